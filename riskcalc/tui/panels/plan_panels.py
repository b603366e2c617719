"""Panels of a plan (price, Greeks, size, exits, checks, summary); each redraws only changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from riskcalc.tui.line_widget import LineWidget, seen

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.editor import State
    from riskcalc.formatting.metric import Line

NARROWEST = 38
"""Cells that every panel's lines need; a narrower widget cuts them off."""

DIM = Style(dim=True)


class PlanPanel(LineWidget):
    """A part of a plan in lines of fixed width.

    It makes its strips itself: a `Static` wraps and styles every line anew, which takes seven times as long.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "panel--plain",
        "panel--title",
        "panel--quiet",
        "panel--good",
        "panel--bad",
        "panel--warn",
    }
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
        self._wanted: State | None = None
        self._state: State | None = None
        self._width = 0
        self._kind: tuple[object, bool] | None = None
        self._lines: list[Line] = []
        self._rows = 1

    @property
    def text(self) -> str:
        """What is shown, as plain text."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        raise NotImplementedError

    def show(self, state: State) -> None:
        """Show a state: only changed lines are drawn, and nothing moves unless more room is needed.

        A panel that cannot be seen takes it up in the first frame in which it can.
        """
        self._wanted = state
        if not seen(self):
            self.forget_lines()
            return
        before, old = self._state, self._lines
        if self._take_up(self.content_size.width):
            self.refresh(layout=True)
        elif before is None or before.stale != state.stale:
            self.refresh()
        else:
            self._redraw(old)

    def on_resize(self) -> None:
        """Fill the new width."""
        if self._wanted is not None:
            self.show(self._wanted)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As tall as the tallest text so far."""
        del container, viewport
        self._take_up(width)
        return self._rows

    def render_line(self, y: int) -> Strip:
        """One line of the text."""
        if self._take_up(self.content_size.width):
            self.call_later(self.refresh, layout=True)
        width, base = self.size.width, self._style("plain")
        line = self._lines[y] if y < len(self._lines) else ()
        segments = [Segment(text, self._style(tone)) for text, tone in line]
        return Strip(segments).adjust_cell_length(width, base)

    def _take_up(self, width: int) -> bool:
        """Make the lines of the wanted state, where there are others; whether the panel grows."""
        state, width = self._wanted, max(NARROWEST, width)
        if state is None or (state is self._state and width == self._width):
            return False
        self._state, self._width = state, width
        if state.plan is None:
            return False
        self._lines = self.lines(state.plan, width=width, pinned=state.pinned, stale=state.stale)
        return self._needs_room(state)

    def _needs_room(self, state: State) -> bool:
        """Whether the panel grows; it shrinks only for another trade, so that a nudge moves nothing."""
        kind = (state.draft.preset.name, state.pinned is None)
        least = self._rows if kind == self._kind else 0
        before, self._kind, self._rows = self._rows, kind, max(least, len(self._lines))
        return self._rows != before

    def _redraw(self, old: list[Line]) -> None:
        new, width = self._lines, self.size.width
        longest = max(len(old), len(new))
        rows = [y for y in range(longest) if old[y : y + 1] != new[y : y + 1]]
        if rows:
            self.refresh(*(Region(0, y, width, 1) for y in rows))

    def _style(self, tone: str) -> Style:
        style = self.part(f"panel--{tone}")
        return style + DIM if self._state is not None and self._state.stale else style


class PricePanel(PlanPanel):
    """Debit, largest loss and gain, breakeven, chance of profit."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.panel import price_lines  # noqa: PLC0415 - the first frame comes before the engine

        return price_lines(plan, width=width, pinned=pinned, stale=stale)


class GreeksPanel(PlanPanel):
    """The Greeks of one unit in the units traders read."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.panel import greeks_lines  # noqa: PLC0415 - the first frame comes before the engine

        return greeks_lines(plan, width=width, pinned=pinned, stale=stale)


class SizePanel(PlanPanel):
    """Units, the limit that binds in words, and what they risk."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.panel import size_lines  # noqa: PLC0415 - the first frame comes before the engine

        return size_lines(plan, width=width, pinned=pinned, stale=stale)


class ExitsPanel(PlanPanel):
    """P&L at stop, targets and gaps by day, and the odds between them."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.exits import exits_lines  # noqa: PLC0415 - the first frame comes before the engine

        return exits_lines(plan, width=width, pinned=pinned, stale=stale)


class ChecksPanel(PlanPanel):
    """Every rule with its verdict first."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.summary import checks_lines  # noqa: PLC0415 - the first frame comes before the engine

        roomy = self.screen.has_class("-wide") and self.screen.has_class("-high")
        return checks_lines(plan, width=width, pinned=pinned, stale=stale, whole=roomy)


class Summary(PlanPanel):
    """Price, Greeks, then exits and verdicts; what does not fit is left out from the right."""

    def lines(self, plan: TradePlan, *, width: int, pinned: TradePlan | None, stale: bool) -> list[Line]:
        """The panel's text."""
        from riskcalc.formatting.summary import summary_lines  # noqa: PLC0415 - the first frame comes before the engine

        return summary_lines(plan, width=width, pinned=pinned, stale=stale)
