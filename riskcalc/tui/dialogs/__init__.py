"""Dialogs: open a preset, save, load quotes, help."""
