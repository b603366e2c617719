"""Signals: dated series recognized by content, rules on them, and the signal board of a day."""
