"""A list of rows with a cursor, of which only the visible ones are ever made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from riskcalc.tui.line_widget import LineWidget

Pieces = Sequence[tuple[str, str]]
"""Pieces of a line with the names of their styles."""

WHEEL = 3
"""Rows that a turn of the wheel scrolls."""


class Rows(Protocol):
    """What a list shows."""

    def __len__(self) -> int:
        """Rows."""

    def selectable(self, line: int) -> bool:
        """Whether the cursor may stand on a row."""

    def head(self, width: int) -> Pieces:
        """The heading in a width."""

    def line(self, index: int, width: int, *, cursor: bool) -> Pieces:
        """One row in a width."""


class RowList(LineWidget):
    """A heading and rows that scroll below it; a bar at the right says where one is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"rows--{part}" for part in ("plain", "title", "quiet", "good", "bad", "warn", "cursor", "bar")
    }

    class Picked(Message):
        """A row was clicked."""

        def __init__(self, line: int, x: int, *, again: bool) -> None:
            super().__init__()
            self.line = line
            self.x = x
            """Cell of the row."""
            self.again = again
            """Whether it was a double click."""

    class HeadClicked(Message):
        """The heading was clicked at a cell."""

        def __init__(self, x: int) -> None:
            super().__init__()
            self.x = x

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self.rows: Rows | None = None
        self.cursor = 0
        self._top = 0

    @property
    def page_size(self) -> int:
        """Rows that are visible at once."""
        return max(self.size.height - 1, 1)

    def show(self, rows: Rows, *, cursor: int, centered: bool = False) -> None:
        """Show rows with the cursor on one of them, the nearest it may stand on."""
        self.rows = rows
        self.cursor = self._allowed(cursor, 1)
        if centered:
            self._top = self.cursor - self.page_size // 2
        self._scroll()
        self.refresh()

    def move(self, count: int) -> None:
        """Move the cursor by rows, at most to the ends; only what changes is drawn."""
        if self.rows is None or not len(self.rows):
            return
        before, top = self.cursor, self._top
        self.cursor = self._allowed(before + count, 1 if count > 0 else -1)
        self._scroll()
        if self._top != top:
            self.refresh()
        elif self.cursor != before:
            width = self.size.width
            self.refresh(*(Region(0, 1 + line - top, width, 1) for line in (before, self.cursor)))

    def render_line(self, y: int) -> Strip:
        """The heading, or one of the visible rows."""
        rows, width = self.rows, self.size.width - 1
        if rows is None:
            return Strip([])
        line = y - 1 + self._top
        if y == 0:
            pieces = rows.head(width)
        elif line < len(rows):
            pieces = rows.line(line, width, cursor=line == self.cursor)
        else:
            pieces = ()
        strip = Strip([Segment(text, self.part(f"rows--{style}")) for text, style in pieces])
        edge = Segment(self._edge(y), self.part("rows--bar"))
        return Strip([*strip.adjust_cell_length(width, self.base), edge], width + 1)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._scroll()

    def on_click(self, event: events.Click) -> None:
        """Say what was clicked."""
        if event.y == 0:
            self.post_message(self.HeadClicked(event.x))
            return
        line = event.y - 1 + self._top
        if self.rows is not None and line < len(self.rows) and self.rows.selectable(line):
            self.move(line - self.cursor)
            self.post_message(self.Picked(line, event.x, again=event.chain > 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up."""
        event.stop()
        self.move(-WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down."""
        event.stop()
        self.move(WHEEL)

    def _allowed(self, wanted: int, direction: int) -> int:
        """The nearest row the cursor may stand on, in a direction first."""
        rows = self.rows
        if rows is None or not len(rows):
            return 0
        wanted = min(max(wanted, 0), len(rows) - 1)
        for step in (direction, -direction):
            line = wanted
            while 0 <= line < len(rows):
                if rows.selectable(line):
                    return line
                line += step
        return wanted

    def _scroll(self) -> None:
        """Bring the cursor into view, and leave no room below the last row."""
        count, size = 0 if self.rows is None else len(self.rows), self.page_size
        top = min(max(self._top, self.cursor - size + 1), self.cursor)
        self._top = max(min(top, count - size), 0)

    def _edge(self, y: int) -> str:
        """The bar beside a line: a block where the visible rows are among all."""
        count, size = 0 if self.rows is None else len(self.rows), self.page_size
        if y == 0 or count <= size:
            return " "
        length = max(size * size // count, 1)
        start = round(self._top / (count - size) * (size - length))
        return "█" if start <= y - 1 < start + length else "│"
