"""Panels of a plan, each redrawing only changed lines, and views computed in a thread while visible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widgets import Static
from textual.worker import get_current_worker

from riskcalc.tui.line_widget import LineWidget, seen

if TYPE_CHECKING:
    from textual.widget import Widget

    from riskcalc.domain import TradePlan
    from riskcalc.editor import Draft, State, TradeEditor
    from riskcalc.formatting.metric import Line

NARROWEST = 38
"""Minimum width of a panel [cells]."""

DIM = Style(dim=True)


T = TypeVar("T")
NARROWEST_VIEW = 60
"""Cells a view's text needs; a narrower one scrolls sideways."""

STYLES = {
    "plain": "",
    "title": "bold $text-primary",
    "quiet": "$foreground-muted",
    "good": "$text-success",
    "bad": "$text-error",
    "warn": "bold $text-warning",
}
"""Look of each style; a `riskcalc.formatting.metric.Style` is its own key."""


class PlanPanel(LineWidget):
    """Panel of a plan in lines of fixed width.

    It makes its strips itself: a `Static` wraps and styles every line again, which takes seven times as long.
    """

    PANEL: ClassVar[str]
    """Its name in `riskcalc.formatting.panel`."""
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"panel--{style}" for style in STYLES}
    DEFAULT_CSS = """
    PlanPanel {
        height: auto;
        & > .panel--title { color: $text-primary; text-style: bold; }
        & > .panel--quiet { color: $foreground-muted; }
        & > .panel--good { color: $text-success; }
        & > .panel--bad { color: $text-error; }
        & > .panel--warn { color: $text-warning; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id, classes=classes)
        self._requested: State | None = None
        self._state: State | None = None
        self._width = 0
        self._kind: tuple[object, ...] | None = None
        self._lines: list[Line] = []
        self._rows = 1

    @property
    def text(self) -> str:
        """The displayed text."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.panel import panel_lines  # noqa: PLC0415 - the first frame comes before the engine

        roomy = self.screen.has_class("-wide") and self.screen.has_class("-high")
        return panel_lines(self.PANEL, plan, width=width, pinned=pinned, stale=stale, roomy=roomy)

    def show(self, state: State) -> None:
        """Show a state: only changed lines are drawn, and nothing moves unless more room is needed.

        A panel that cannot be seen takes it up in the first frame in which it can.
        """
        self._requested = state
        if not seen(self):
            self.forget_lines()
            return
        before, old = self._state, self._lines
        if self._update_lines(self.content_size.width):
            self.refresh(layout=True)
        elif before is None or before.stale != state.stale:
            self.refresh()
        else:
            self._redraw(old)

    def on_resize(self) -> None:
        """Fill the new width."""
        if self._requested is not None:
            self.show(self._requested)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height of the tallest text so far."""
        del container, viewport
        self._update_lines(width)
        return self._rows

    def render_line(self, y: int) -> Strip:
        """One line of the text."""
        if self._update_lines(self.content_size.width):
            self.call_later(self.refresh, layout=True)
        width, base = self.size.width, self._style("plain")
        line = self._lines[y] if y < len(self._lines) else ()
        segments = [Segment(text, self._style(style)) for text, style in line]
        return Strip(segments).adjust_cell_length(width, base)

    def _update_lines(self, width: int) -> bool:
        """Update the lines; return whether the panel grows."""
        state, width = self._requested, max(NARROWEST, width)
        if state is None or (state is self._state and width == self._width):
            return False
        self._state, self._width = state, width
        if state.plan is None:
            return False
        self._lines = self.lines(state.plan, width=width, pinned=state.pinned, stale=state.stale)
        return self._needs_room(state)

    def _needs_room(self, state: State) -> bool:
        """Whether the panel grows; it shrinks for another trade or width alone: a nudge moves nothing."""
        kind = (state.draft.preset.name, state.pinned is None, self._width)
        least = self._rows if kind == self._kind else 0
        before, self._kind, self._rows = self._rows, kind, max(least, len(self._lines))
        return self._rows != before

    def _redraw(self, old: list[Line]) -> None:
        new, width = self._lines, self.size.width
        longest = max(len(old), len(new))
        rows = [y for y in range(longest) if old[y : y + 1] != new[y : y + 1]]
        if rows:
            self.refresh(*(Region(0, y, width, 1) for y in rows))

    def _style(self, name: str) -> Style:
        style = self.part(f"panel--{name}")
        # Not what says that the numbers are stale, nor what is as faint as can be read already.
        dimmed = self._state is not None and self._state.stale and name not in {"warn", "quiet"}
        return style + DIM if dimmed else style


class PricePanel(PlanPanel):
    """Debit, max loss and max profit, breakeven, P(profit)."""

    PANEL = "price"


class GreeksPanel(PlanPanel):
    """The Greeks of one unit in trader units."""

    PANEL = "greeks"


class SizePanel(PlanPanel):
    """Position size, the limit that binds in words, and the risk; below it the user's book with the trade."""

    PANEL = "size"

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text, and what the trade adds to the book where there is one."""
        plan_lines = super().lines(plan, width=width, pinned=pinned, stale=stale)
        if self._state is None or not self._state.added:
            return plan_lines
        from riskcalc.formatting.book import book_lines  # noqa: PLC0415 - the first frame comes before the engine
        from riskcalc.formatting.metric import PanelLayout  # noqa: PLC0415 - as above

        return [*plan_lines, *book_lines(self._state.added, PanelLayout(width=width, stale=stale))]


class ExitsPanel(PlanPanel):
    """P&L at stop, targets and gaps by day, and the odds between them."""

    PANEL = "exits"


class ChecksPanel(PlanPanel):
    """Every check with its verdict first."""

    PANEL = "checks"


class EventsPanel(PlanPanel):
    """Events before the end of the plan with their source, and gamma clusters between its exits."""

    PANEL = "events"


class EventsBeside(PlanPanel):
    """The same beside the form; nothing where none are known."""

    PANEL = "events-beside"


class Summary(PlanPanel):
    """Price, Greeks, then exits and checks; what does not fit is left out from the right."""

    PANEL = "summary"


class Background:
    """Background thread of a widget; a waiting request is replaced by a newer one."""

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._busy = False
        self._next: tuple[Callable[[], Any], Callable[[Any], None]] | None = None

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run `work` in a thread and pass its result to `then`, unless superseded."""
        if self._busy:
            self._next = (work, then)
            return
        self._busy = True
        self._owner.run_worker(partial(self._run, work, then), thread=True)

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        worker = get_current_worker()
        answer = work()
        if not worker.is_cancelled:
            self._owner.app.call_from_thread(self._deliver, then, answer)

    def _deliver(self, then: Callable[[Any], None], answer: object) -> None:
        self._busy = False
        newer, self._next = self._next, None
        if newer is not None:
            self.ask(*newer)
        elif self._owner.is_attached:
            then(answer)


class ComputedView(ScrollableContainer, can_focus=False):
    """Text about the trade, recomputed only for another draft."""

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
        wanted = (state.draft, max(NARROWEST_VIEW, self._room()))
        # One that has never been laid out does not know its width yet.
        if self.display and self.outer_size.width and wanted != self._asked:
            self._asked = wanted
            self._background.ask(lambda: self.lines(editor, width=wanted[1]), partial(self._draw, wanted[0]))
        self._stale = state.stale
        self._dim(state.draft)

    def _room(self) -> int:
        """Cells beside the scrollbar, whether it is there yet or not."""
        return self.outer_size.width - self.gutter.width - self.styles.scrollbar_size_vertical

    def _draw(self, draft: Draft, result: list[Line] | str) -> None:
        self._drawn_for = draft
        self._text.update(result if isinstance(result, str) else styled_text(result))
        self._dim(draft)

    def _dim(self, wanted: Draft) -> None:
        known = self._drawn_for
        self.set_class(known is not None and (self._stale or known is not wanted), "-old")


class ScenariosView(ComputedView):
    """Scenarios with the P&L of the position and whether it is within the risk budget."""

    def lines(self, editor: TradeEditor, *, width: int) -> list[Line] | str:
        """The verdict in a sentence, then every scenario."""
        from riskcalc.formatting.stress import scenario_lines  # noqa: PLC0415 - after the first frame

        plan, rows = editor.state.plan, editor.stress()
        if isinstance(rows, str) or plan is None:
            return str(rows)
        return scenario_lines(plan, rows, width=width)


class VehiclesView(ComputedView):
    """Vehicles side by side, then the P&L of each position in common scenarios."""

    def lines(self, editor: TradeEditor, *, width: int) -> list[Line] | str:
        """Summary of the comparison, then the tables."""
        from riskcalc.formatting import comparison_tables  # noqa: PLC0415 - after the first frame
        from riskcalc.formatting.table import document_lines  # noqa: PLC0415 - as above

        comparison = editor.vehicles()
        if isinstance(comparison, str):
            return comparison
        return document_lines(comparison_tables(comparison), summary=comparison.summary, width=width)


ALARMS = frozenset({"FAIL", "FIRED", "EXCEEDED"})
"""Verdicts that are bold: without colors the red of theirs is fainter than other text."""
BOLD = " bold"


ALARMS = frozenset({"FAIL", "FIRED", "EXCEEDED"})
"""Verdicts that are bold: without colors the red of theirs is fainter than other text."""
BOLD = " bold"


def styled_text(lines: Iterable[Sequence[tuple[str, str]]], *, dimmed: bool = False) -> Content:
    """Lines as one content; dimmed where they are older than the inputs."""
    parts: list[str | tuple[str, str]] = []
    for line in lines:
        parts += [(text, f"{STYLES[style]}{BOLD if text.strip() in ALARMS else ''}") for text, style in line]
        parts.append("\n")
    content = Content.assemble(*parts[:-1])
    return content.stylize("dim") if dimmed else content
