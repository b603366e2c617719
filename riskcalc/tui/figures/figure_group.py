"""Chart, heatmap and Greeks on one price axis: its zoom, the crosshair and the colors they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.tui.figures.greeks_strip import GreeksStrip
from riskcalc.tui.figures.heatmap import Heatmap
from riskcalc.tui.figures.palette import PALETTES
from riskcalc.tui.figures.payoff_chart import PayoffChart
from riskcalc.tui.line_widget import seen

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.editor import State
    from riskcalc.editor.figure_data import Figures, PayoffFigure

Axis = tuple[float, float]
"""Ends of the price axis [dollars]."""

DEEPEST_ZOOM = 12
"""Steps in or out."""

SLACK = 0.06
"""Tolerance of the wanted axis outside the drawn one, as a share of its span."""

LOOSEST = 1.6
"""How much wider than wanted the drawn axis may be."""

CROSSHAIR_STEPS = 60
"""Steps of the crosshair over the axis where no chart gives it columns."""


class FigureGroup:
    """The three figures, computed together; the axis is stable while a value is stepped.

    A figure asks for its values when it is about to be drawn, so whatever becomes visible, by whatever key,
    is drawn from the newest state in its first frame; what cannot be seen costs nothing.
    """

    def __init__(self, *, palette: str) -> None:
        self.chart = PayoffChart(id="chart", fetch=self._fetch_chart)
        self.strip = GreeksStrip(id="strip", fetch=self._fetch_strip)
        self.heatmap = Heatmap(id="heatmap", fetch=self._fetch_heatmap)
        self.palette = PALETTES[0]
        self._state: State | None = None
        self._crosshair: float | None = None
        self._zoom = 0
        self._axis: Axis | None = None
        self._axis_plan: TradePlan | None = None
        self._valued: tuple[TradePlan, Axis, int, Figures] | None = None
        self._payoff: tuple[TradePlan, Axis, PayoffFigure] | None = None
        self._pinned: tuple[TradePlan, Axis, PayoffFigure] | None = None
        if palette in PALETTES:
            self._wear(palette)

    @property
    def look(self) -> tuple[str, int, float | None]:
        """Colors, zoom and crosshair."""
        return self.palette, self._zoom, self._crosshair

    def show(self, state: State) -> None:
        """Show a state; visible figures are drawn in the next frame."""
        if state is not self._state:
            self._state = state
            self._expire()

    def new_axis(self) -> None:
        """Reset the axis, for another trade."""
        self.zoom_reset()
        self.set_crosshair(None)

    def zoom_by(self, count: int) -> None:
        """Zoom in, or out where negative."""
        self._zoom = min(max(self._zoom + count, -DEEPEST_ZOOM), DEEPEST_ZOOM)
        self._axis = None
        self._expire()

    def zoom_reset(self) -> None:
        """Put the axis back."""
        self._axis, self._zoom = None, 0
        self._expire()

    def set_crosshair(self, spot: float | None) -> None:
        """Set or hide the crosshair in all figures."""
        self._crosshair = spot
        for widget in (self.chart, self.strip, self.heatmap):
            widget.set_crosshair(spot)

    def move_crosshair(self, state: State, count: int) -> None:
        """Move the crosshair along the axis; the first move starts at the spot."""
        if seen(self.chart):
            self.chart.step_crosshair(count)
        elif self._axis is not None:
            low, high = self._axis
            start = state.draft.quote.spot if self._crosshair is None else self._crosshair
            self.set_crosshair(min(max(start + count * (high - low) / CROSSHAIR_STEPS, low), high))

    def next_palette(self) -> str:
        """Switch to the next colors and return their name."""
        self._wear(PALETTES[(PALETTES.index(self.palette) + 1) % len(PALETTES)])
        return self.palette

    def _wear(self, palette: str) -> None:
        self.palette = palette
        for widget in (self.chart, self.strip, self.heatmap):
            widget.set_colors(palette)

    def _expire(self) -> None:
        for widget in (self.chart, self.strip, self.heatmap):
            if seen(widget):
                widget.refresh()
            else:
                widget.forget_lines()

    def _fetch_chart(self) -> None:
        state = self._state
        if state is not None and state.plan is not None:
            axis = self._axis_of(state.plan)
            pinned = None if state.pinned is None else self._pinned_figure(state.pinned, axis)
            self.chart.put(self._payoff_figure(state.plan, axis), pinned=pinned, stale=state.stale)

    def _fetch_strip(self) -> None:
        state = self._state
        if state is not None and state.plan is not None:
            self.strip.put(self._figures(state.plan, self._axis_of(state.plan)).greeks, stale=state.stale)

    def _fetch_heatmap(self) -> None:
        state = self._state
        if state is not None and state.plan is not None:
            self.heatmap.put(self._figures(state.plan, self._axis_of(state.plan)).heatmap, stale=state.stale)

    def _axis_of(self, plan: TradePlan) -> Axis:
        """The drawn axis, as long as it contains the wanted one and is not much wider."""
        if self._axis is None or plan is not self._axis_plan:
            self._axis, self._axis_plan = self._kept_axis(plan), plan
        return self._axis

    def _kept_axis(self, plan: TradePlan) -> Axis:
        from riskcalc.editor import figures  # noqa: PLC0415 - not needed for the first frame

        wanted = figures.axis_range(plan, zoom=self._zoom)
        if self._axis is None:
            return wanted
        low, high = self._axis
        span = wanted[1] - wanted[0]
        holds = wanted[0] + SLACK * span >= low and wanted[1] - SLACK * span <= high
        return self._axis if holds and high - low <= LOOSEST * span else wanted

    def _figures(self, plan: TradePlan, axis: Axis) -> Figures:
        """All three figures of a plan, cached by axis and heatmap rows."""
        from riskcalc.editor import figures  # noqa: PLC0415 - not needed for the first frame

        rows = self.heatmap.rows if seen(self.heatmap) else 1
        if self._valued is None or self._valued[0] is not plan or self._valued[1:3] != (axis, rows):
            drawn = figures.draw_figures(plan, low=axis[0], high=axis[1], rows=rows)
            self._valued = (plan, axis, rows, drawn)
        return self._valued[3]

    def _payoff_figure(self, plan: TradePlan, axis: Axis) -> PayoffFigure:
        """The payoff, computed together with the other visible figures."""
        if seen(self.strip) or seen(self.heatmap):
            return self._figures(plan, axis).payoff
        self._payoff = _payoff_on(self._payoff, plan, axis)
        return self._payoff[2]

    def _pinned_figure(self, plan: TradePlan, axis: Axis) -> PayoffFigure:
        """The payoff of A on the axis."""
        self._pinned = _payoff_on(self._pinned, plan, axis)
        return self._pinned[2]


def _payoff_on(
    known: tuple[TradePlan, Axis, PayoffFigure] | None, plan: TradePlan, axis: Axis
) -> tuple[TradePlan, Axis, PayoffFigure]:
    """The payoff of a plan on an axis: the known one where it is that."""
    if known is not None and known[0] is plan and known[1] == axis:
        return known
    from riskcalc.editor import figures  # noqa: PLC0415 - not needed for the first frame

    return plan, axis, figures.payoff_figure(plan, low=axis[0], high=axis[1])
