"""The expiries of a chain side by side, the current one between brackets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from riskcalc.tui.line_widget import LineWidget

if TYPE_CHECKING:
    from riskcalc.editor.pages.chain import ExpiryCell

CELL = 19
"""Cells of an expiry, its brackets included."""
ENDS = 2
"""Cells at both ends, for the marks of what is further on."""


class ExpiryStrip(LineWidget):
    """Three rows: date and DTE, ATM IV, expected move of each expiry; those around the current one fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"expiries--{part}" for part in ("current", "other", "more")}

    class Chosen(Message):
        """An expiry was clicked."""

        def __init__(self, expiry: dt.date) -> None:
            super().__init__()
            self.expiry = expiry

    def __init__(self) -> None:
        super().__init__(id="expiries")
        self.cells: Sequence[ExpiryCell] = ()
        self.current = 0

    def show(self, cells: Sequence[ExpiryCell], *, current: int) -> None:
        """Show expiries, one of them the current one."""
        if (cells, current) != (self.cells, self.current):
            self.cells, self.current = cells, current
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of the three rows."""
        first, count = self._visible()
        segments = [Segment("‹ " if first and y == 0 else "  ", self.part("expiries--more"))]
        for index in range(first, first + count):
            text, is_current = self.cells[index].lines[y], index == self.current
            left, right = ("[", "]") if is_current and y == 0 else (" ", " ")
            style = self.part(f"expiries--{'current' if is_current else 'other'}")
            segments.append(Segment(f"{left}{text:<{CELL - 2}}{right}", style))
        more = first + count < len(self.cells) and y == 0
        segments.append(Segment(" ›" if more else "  ", self.part("expiries--more")))
        return Strip(segments).adjust_cell_length(self.size.width, self.base)

    def on_click(self, event: events.Click) -> None:
        """Choose the expiry that is clicked."""
        first, count = self._visible()
        index = (event.x - ENDS) // CELL
        if 0 <= index < count:
            self.post_message(self.Chosen(self.cells[first + index].expiry))

    def _visible(self) -> tuple[int, int]:
        """The first expiry that is shown, and how many."""
        count = min(max((self.size.width - 2 * ENDS) // CELL, 1), len(self.cells))
        return min(max(self.current - count // 2, 0), len(self.cells) - count), count
