"""The top row of a page: the pages with their keys, and the trade that is being planned."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from riskcalc.tui.header import BADGE_WIDTH, Heading, tab_at, tab_texts
from riskcalc.tui.line_widget import LineWidget

LEAST_BADGE = 12
"""Cells below which no badge is shown: one with less says nothing."""


class TabRow(LineWidget):
    """One row: a tab for each page, then title and badge of the trade at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"tabs--{part}" for part in ("current", "other", "text", "ok", "over", "input", "no", "wait")
    }

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, tabs: tuple[tuple[str, str, str], ...], *, current: str) -> None:
        """Take name, title and key of each page, and the name of the one that is shown."""
        super().__init__(id="tabs")
        self.tabs = tabs
        self.current = current
        self.heading = Heading(title="")

    def show(self, heading: Heading, tabs: tuple[tuple[str, str, str], ...]) -> None:
        """Show the heading of the trade, and the tabs with the keys of the keymap."""
        if (heading, tabs) != (self.heading, self.tabs):
            self.heading, self.tabs = heading, tabs
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - the widget has one row
        """The row; where it is narrow, the trade's title gives way to the badge, and both to the tabs."""
        width, heading = self.size.width, self.heading
        tabs = [
            Segment(text, self._style("current" if name == self.current else "other"))
            for name, text in self._texts()
        ]
        room = width - sum(len(text) for _, text in self._texts())
        badge = _cut(f" {heading.badge.rstrip()}", min(BADGE_WIDTH, room)) if room >= LEAST_BADGE else ""
        title = f"{heading.title} {heading.days}".strip()
        room -= len(badge)
        shown = title if len(title) + 2 <= room else heading.title if len(heading.title) + 2 <= room else ""
        middle = f"{shown}  ".rjust(room) if shown else " " * max(room, 0)
        ends = [Segment(middle, self._style("text")), Segment(badge, self._style(heading.kind))]
        return Strip([*tabs, *ends]).adjust_cell_length(width, self._style("text"))

    def on_click(self, event: events.Click) -> None:
        """Open the page whose tab is clicked."""
        name = tab_at(self._texts(), event.x)
        if name:
            self.post_message(self.Chosen(name))

    def _texts(self) -> list[tuple[str, str]]:
        return tab_texts(self.tabs, current=self.current)

    def _style(self, part: str) -> Style:
        return self.part(f"tabs--{part}")


def _cut(text: str, width: int) -> str:
    """Return a badge in exactly that many cells, without its limit where there is no room, then cut."""
    shown = text if len(text) <= width else text.partition(" of ")[0]
    return shown.ljust(width) if len(shown) <= width else f"{text[: width - 1]}…"
