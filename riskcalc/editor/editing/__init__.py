"""Editable fields: text, steps, range and slider of each."""
