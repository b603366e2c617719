"""What is shown instead of everything where the terminal is too small."""

from __future__ import annotations

from textual.widgets import Static

SMALLEST = (60, 18)
"""Columns and rows below which nothing useful fits."""


class TooSmall(Static):
    """What the screen needs, what it has, and the way out."""

    def on_resize(self) -> None:
        """Say the new size."""
        width, height = self.app.size
        needs, rows = SMALLEST
        self.update(
            f"riskcalc needs {needs}x{rows}\nthis terminal is {width}x{height}\nenlarge it, or q quits"
        )
