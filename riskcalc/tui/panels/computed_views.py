"""Views computed in a background thread while visible: scenarios, and vehicles side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import ComposeResult
from textual.containers import ScrollableContainer
from textual.widgets import Static
from textual.worker import get_current_worker

from riskcalc.tui.panels.styled_text import toned

if TYPE_CHECKING:
    from textual.widget import Widget

    from riskcalc.editor import Draft, TradeEditor
    from riskcalc.formatting.metric import Line

T = TypeVar("T")

NARROWEST = 60
"""Cells a view's text needs; a narrower one scrolls sideways."""


class Background:
    """One thread at a time for a widget; a thread cannot be stopped, so what waits is replaced."""

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._busy = False
        self._next: tuple[Callable[[], Any], Callable[[Any], None]] | None = None

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run `work` in a thread and hand its answer to `then` on the screen, unless asked anew before."""
        if self._busy:
            self._next = (work, then)
            return
        self._busy = True
        self._owner.run_worker(partial(self._run, work, then), thread=True)

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        worker = get_current_worker()
        answer = work()
        if not worker.is_cancelled:
            self._owner.app.call_from_thread(self._arrived, then, answer)

    def _arrived(self, then: Callable[[Any], None], answer: object) -> None:
        self._busy = False
        newer, self._next = self._next, None
        if newer is not None:
            self.ask(*newer)
        elif self._owner.is_attached:
            then(answer)


class ComputedView(ScrollableContainer, can_focus=False):
    """A text about the trade on the editor, computed again only for another draft."""

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

    def lines(self, editor: TradeEditor, *, width: int) -> list[Line] | str:
        """The text, or why there is none; called in a thread."""
        raise NotImplementedError

    def show(self, editor: TradeEditor) -> None:
        """Show the trade on the editor; a view that is not displayed computes nothing.

        What is there already is dimmed until the answer for a new draft has come, and while a typed value
        cannot be planned.
        """
        state = editor.state
        wanted = (state.draft, max(NARROWEST, self._room()))
        # One that has never been laid out does not know its width yet.
        if self.display and self.outer_size.width and wanted != self._asked:
            self._asked = wanted
            self._background.ask(lambda: self.lines(editor, width=wanted[1]), partial(self._draw, wanted[0]))
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


class ScenariosView(ComputedView):
    """Scenarios with what they do to all units, and whether the risk budget holds."""

    def lines(self, editor: TradeEditor, *, width: int) -> list[Line] | str:
        """The verdict in a sentence, then every scenario."""
        from riskcalc.formatting.stress import scenario_lines  # noqa: PLC0415 - after the first frame

        plan, rows = editor.state.plan, editor.stress()
        if isinstance(rows, str) or plan is None:
            return str(rows)
        return scenario_lines(plan, rows, width=width)


class VehiclesView(ComputedView):
    """Vehicles side by side: sizes and costs, then the P&L of all units on one path of the benchmark."""

    def lines(self, editor: TradeEditor, *, width: int) -> list[Line] | str:
        """What separates them, then the tables."""
        from riskcalc.formatting import comparison_sections  # noqa: PLC0415 - after the first frame
        from riskcalc.formatting.table import document_lines  # noqa: PLC0415 - as above

        found = editor.vehicles()
        if isinstance(found, str):
            return found
        return document_lines(comparison_sections(found), summary=found.summary, width=width)
