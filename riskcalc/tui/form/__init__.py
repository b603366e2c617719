"""The column of fields: rows, the focused one's slider, typing."""
