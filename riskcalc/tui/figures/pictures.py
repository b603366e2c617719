"""Chart, heatmap and Greeks on one price axis: its zoom, the crosshair and the colours they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from riskcalc.tui.figures.greeks_strip import GreeksStrip
from riskcalc.tui.figures.heatmap import Heatmap
from riskcalc.tui.figures.palette import PALETTES
from riskcalc.tui.figures.payoff_chart import PayoffChart

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.workbench import State
    from riskcalc.workbench.figure_data import PayoffFigure

Axis = tuple[float, float]
"""Ends of the price axis [dollars]."""

DEEPEST_ZOOM = 12
"""Steps in or out."""

SLACK = 0.06
"""How far the wanted axis may lie outside the drawn one before that moves, as a share of its span."""

LOOSEST = 1.6
"""How much wider than wanted the drawn axis may be."""

CROSSHAIR_STEPS = 60
"""Steps of the crosshair over the axis where no chart gives it columns."""


class Pictures:
    """The three widgets, drawn together from one state; the axis stays still while a value is nudged."""

    def __init__(self, *, palette: str) -> None:
        self.chart = PayoffChart(id="chart")
        self.strip = GreeksStrip(id="strip")
        self.heatmap = Heatmap(id="heatmap")
        self.palette = PALETTES[0]
        self._crosshair: float | None = None
        self._zoom = 0
        self._axis: Axis | None = None
        self._pinned: tuple[TradePlan, Axis, PayoffFigure] | None = None
        if palette in PALETTES:
            self._wear(palette)

    @property
    def look(self) -> tuple[str, int, float | None]:
        """Colours, zoom and crosshair: what the keys of the views change here."""
        return self.palette, self._zoom, self._crosshair

    def show(self, state: State) -> None:
        """Draw what can be seen."""
        plan = state.plan
        if plan is None or not any(map(_seen, (self.chart, self.strip, self.heatmap))):
            return
        from riskcalc.workbench import figures  # noqa: PLC0415 - arrays come after the first frame

        low, high = self._axis = self._kept_axis(plan)
        if _seen(self.heatmap):
            drawn = figures.draw_figures(plan, low=low, high=high, rows=self.heatmap.rows)
            self.heatmap.show(drawn.heatmap, stale=state.stale)
            payoff, greeks = drawn.payoff, drawn.greeks
        elif _seen(self.strip):
            drawn = figures.draw_figures(plan, low=low, high=high, rows=1)
            payoff, greeks = drawn.payoff, drawn.greeks
        else:
            payoff, greeks = figures.payoff_figure(plan, low=low, high=high), None
        if _seen(self.strip) and greeks is not None:
            self.strip.show(greeks, stale=state.stale)
        if _seen(self.chart):
            self.chart.show(payoff, pinned=self._pinned_figure(state.pinned), stale=state.stale)

    def new_axis(self) -> None:
        """Forget the axis, as for another trade."""
        self._axis, self._zoom = None, 0
        self.set_crosshair(None)

    def zoom_by(self, count: int) -> None:
        """Zoom in, or out where negative."""
        self._zoom = min(max(self._zoom + count, -DEEPEST_ZOOM), DEEPEST_ZOOM)
        self._axis = None

    def zoom_reset(self) -> None:
        """Put the axis back."""
        self._axis, self._zoom = None, 0

    def set_crosshair(self, spot: float | None) -> None:
        """Put the crosshair at a spot in all three, or take it away."""
        self._crosshair = spot
        for widget in (self.chart, self.strip, self.heatmap):
            widget.set_crosshair(spot)

    def move_crosshair(self, state: State, count: int) -> None:
        """Move the crosshair along the axis; the first move starts at the spot."""
        if _seen(self.chart):
            self.chart.step_crosshair(count)
        elif self._axis is not None:
            low, high = self._axis
            start = state.draft.quote.spot if self._crosshair is None else self._crosshair
            self.set_crosshair(min(max(start + count * (high - low) / CROSSHAIR_STEPS, low), high))

    def next_palette(self) -> str:
        """Go on to the next colours; their name."""
        self._wear(PALETTES[(PALETTES.index(self.palette) + 1) % len(PALETTES)])
        return self.palette

    def _wear(self, palette: str) -> None:
        self.palette = palette
        for widget in (self.chart, self.strip, self.heatmap):
            widget.set_colours(palette)

    def _kept_axis(self, plan: TradePlan) -> Axis:
        """The drawn axis while it holds what should be seen and is not much too wide."""
        from riskcalc.workbench import figures  # noqa: PLC0415 - as above

        wanted = figures.axis_range(plan, zoom=self._zoom)
        if self._axis is None:
            return wanted
        low, high = self._axis
        span = wanted[1] - wanted[0]
        holds = wanted[0] + SLACK * span >= low and wanted[1] - SLACK * span <= high
        return self._axis if holds and high - low <= LOOSEST * span else wanted

    def _pinned_figure(self, plan: TradePlan | None) -> PayoffFigure | None:
        """The payoff of A on the axis; drawn once per axis."""
        if plan is None or self._axis is None:
            return None
        if self._pinned is None or self._pinned[0] is not plan or self._pinned[1] != self._axis:
            from riskcalc.workbench import figures  # noqa: PLC0415 - as above

            low, high = self._axis
            self._pinned = (plan, self._axis, figures.payoff_figure(plan, low=low, high=high))
        return self._pinned[2]


def _seen(widget: Widget) -> bool:
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))
