"""The header row: preset, trade and badge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from riskcalc.records import dataclass
from riskcalc.tui.line_widget import LineWidget

BADGE_WIDTH = 34
"""Fixed width of the badge [cells]."""
WITH_TABS = 170
"""Width from which there is room for the tabs of the pages too [cells]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Content of the header."""

    title: str
    """Name of the preset, with ``*`` where it differs from its file."""
    description: str = ""
    days: str = ""
    market: tuple[str, ...] = ()
    """Day and source of the prices: the widest text first."""
    pinned: str = "A/B off"
    badge: str = ""
    kind: str = "wait"
    """``ok``, ``over``, ``input``, ``no`` or ``wait``."""


class Header(LineWidget):
    """One row; the badge keeps its place at the right end. Wide ones have the tabs of the pages as well."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"header--{part}" for part in ("title", "text", "pinned", "ok", "over", "input", "no", "wait")
    }

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, heading: Heading) -> None:
        super().__init__(id="header")
        self.heading = heading
        self._tabs: list[tuple[str, str]] = []

    def show(self, heading: Heading) -> None:
        """Show this heading."""
        if heading != self.heading:
            self.heading = heading
            self.refresh()

    def show_tabs(self, tabs: Iterable[tuple[str, str, str]], *, current: str) -> None:
        """Show name, title and key of each page where there is room."""
        self._tabs = tab_texts(tabs, current=current)
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - the widget has one row
        """The row: title, description and days from the left, A/B and the badge at the right."""
        heading, width = self.heading, self.size.width
        tabs = "".join(text for _, text in self._tabs) if width >= WITH_TABS else ""
        right = f" {heading.pinned}  "
        badge = f" {heading.badge} ".ljust(BADGE_WIDTH)[:BADGE_WIDTH]
        room = width - len(tabs) - len(right) - BADGE_WIDTH
        left = _left(heading, room)
        name_end = left.find(heading.title) + len(heading.title) if heading.title in left else len(left)
        return Strip(
            [
                Segment(left[:name_end], self._style("title")),
                Segment(left[name_end:].ljust(room - name_end), self._style("text")),
                Segment(tabs, self._style("text")),
                Segment(right, self._style("pinned")),
                Segment(badge, self._style(heading.kind)),
            ]
        ).adjust_cell_length(width)

    def on_click(self, event: events.Click) -> None:
        """Open the page whose tab is clicked."""
        right = len(f" {self.heading.pinned}  ") + BADGE_WIDTH
        start = self.size.width - right - sum(len(text) for _, text in self._tabs)
        name = tab_at(self._tabs, event.x - start) if self.size.width >= WITH_TABS else ""
        if name:
            self.post_message(self.Chosen(name))

    def _style(self, part: str) -> Style:
        return self.part(f"header--{part}")


def tab_texts(tabs: Iterable[tuple[str, str, str]], *, current: str) -> list[tuple[str, str]]:
    """Return name and text of each tab; brackets around the current one, so that it is told without color."""
    return [
        (name, f"[{title} {key}]" if name == current else f" {title} {key} ") for name, title, key in tabs
    ]


def tab_at(texts: Iterable[tuple[str, str]], x: int) -> str:
    """Return the name of the tab at a cell of their row; empty where there is none."""
    at = 0
    for name, text in texts:
        if at <= x < at + len(text):
            return name
        at += len(text)
    return ""


def _left(heading: Heading, room: int) -> str:
    """Name, trade, days and market: all of it in the widest words that fit, else what there is room for."""
    days = f"  {heading.days}" if heading.days else ""
    middle = f"   {heading.description}" if heading.description else ""
    # The program's own name goes first: whose prices these are, and of what trade, must be seen.
    texts = [(f" {program}{heading.title}", f"{days}{market}") for program, market in _variants(heading)]
    for name, end in texts:
        if len(name) + len(middle) + len(end) <= room:
            return f"{name}{middle}{end}"
    short = next(
        (text for text in texts if len("".join(text)) <= room), (f" riskcalc  {heading.title}", days)
    )
    return _with_cut_description(*short, heading.description, room=room)


def _with_cut_description(name: str, end: str, description: str, *, room: int) -> str:
    """Name and end with as much of the description between them as there is room for."""
    space = room - len(name) - len(end) - 3
    middle = f"   {description[: space - 1].rstrip()}…" if space > len("IWM spread") else ""
    return f"{name}{middle}{end}"[: max(room, 0)]


def _variants(heading: Heading) -> list[tuple[str, str]]:
    """Program and market in the words that there may be room for, the widest first."""
    programs = ("riskcalc  ", "")
    if not heading.market:
        return [(programs[0], "")]
    return [(program, f"  {market}") for market in heading.market for program in programs]
