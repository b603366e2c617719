"""The last row: the commonest keys."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip

from riskcalc.tui.keys import key_line
from riskcalc.tui.line_widget import LineWidget


class KeyRow(LineWidget):
    """As many of the commonest keys as the width holds."""

    def __init__(self) -> None:
        super().__init__(id="keys")

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - the widget has one row
        """The row."""
        width = self.size.width
        line = f" {key_line(width - 2)}".ljust(width)
        return Strip([Segment(line, self.base)]).adjust_cell_length(width)
