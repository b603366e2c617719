"""What opens over the screen: presets to open, a name to save, the keys."""
