"""Dated events: shipped, imported and own."""
