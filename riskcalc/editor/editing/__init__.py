"""What can be edited: each field's text, steps, range and slider."""
