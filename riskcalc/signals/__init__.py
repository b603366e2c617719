"""Signals: dated series filed by content, rules on them, and the board that a day is held against."""
