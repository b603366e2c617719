"""What the views share whose answer takes longer than a key may: computed off the key path, when shown."""

from __future__ import annotations

from functools import partial
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
    ComputedView.-old > Static { text-style: dim; }
    """

    WORKING = "working…"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id, classes=classes)
        self._text = Static(self.WORKING, markup=False)
        self._background = Background(self)
        self._asked: tuple[Draft, int] | None = None
        self._drawn_for: Draft | None = None
        self._stale = False

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        yield self._text

    def lines(self, bench: Bench, *, width: int) -> list[Line] | str:
        """The text, or why there is none; called in a thread."""
        raise NotImplementedError

    def show(self, bench: Bench) -> None:
        """Show the trade on the bench; a view that is not displayed computes nothing.

        What is there already is dimmed until the answer for a new draft has come, and while a typed value
        cannot be planned.
        """
        state = bench.state
        wanted = (state.draft, max(NARROWEST, self._room()))
        # One that has never been laid out does not know its width yet.
        if self.display and self.outer_size.width and wanted != self._asked:
            self._asked = wanted
            self._background.ask(lambda: self.lines(bench, width=wanted[1]), partial(self._draw, wanted[0]))
        self._stale = state.stale
        self._dim(state.draft)

    def _room(self) -> int:
        """Cells beside the scrollbar, whether it is there yet or not."""
        return self.outer_size.width - self.gutter.width - self.styles.scrollbar_size_vertical

    def _draw(self, draft: Draft, found: list[Line] | str) -> None:
        self._drawn_for = draft
        self._text.update(found if isinstance(found, str) else toned(found))
        self._dim(draft)

    def _dim(self, wanted: Draft) -> None:
        known = self._drawn_for
        self.set_class(known is not None and (self._stale or known is not wanted), "-old")
