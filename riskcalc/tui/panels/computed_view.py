"""What the views share whose answer takes longer than a key may: computed off the key path, when shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import ScrollableContainer
from textual.widgets import Static

from riskcalc.tui.panels.background import Background
from riskcalc.tui.panels.toned import toned

if TYPE_CHECKING:
    from riskcalc.formatting.fact import Line
    from riskcalc.workbench import Bench, Draft

NARROWEST = 60
"""Cells a view's text needs; a narrower one scrolls sideways."""


class ComputedView(ScrollableContainer):
    """A text about the trade on the bench, computed again only for another draft."""

    DEFAULT_CSS = """
    ComputedView { scrollbar-size-vertical: 1; }
    ComputedView > Static { width: auto; min-width: 100%; }
    """

    WORKING = "working…"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id, classes=classes)
        self._text = Static(self.WORKING, markup=False)
        self._background = Background(self)
        self._asked: tuple[Draft, int] | None = None

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        yield self._text

    def lines(self, bench: Bench, *, width: int) -> list[Line] | str:
        """The text, or why there is none; called in a thread."""
        raise NotImplementedError

    def show(self, bench: Bench) -> None:
        """Show the trade on the bench; a view that is not displayed computes nothing."""
        wanted = (bench.state.draft, max(NARROWEST, self._room()))
        if self.display and wanted != self._asked:
            self._asked = wanted
            self._background.ask(lambda: self.lines(bench, width=wanted[1]), self._draw)

    def _room(self) -> int:
        """Cells beside the scrollbar, whether it is there yet or not."""
        return self.outer_size.width - self.gutter.width - self.styles.scrollbar_size_vertical

    def _draw(self, found: list[Line] | str) -> None:
        self._text.update(found if isinstance(found, str) else toned(found))
