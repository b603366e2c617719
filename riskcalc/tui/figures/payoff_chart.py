"""The payoff chart on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from riskcalc.tui.figures.braille_canvas import cell_of, value_of
from riskcalc.tui.figures.figure_widget import CrosshairMoved, FigureWidget, RenderStyle

if TYPE_CHECKING:
    from riskcalc.editor.figure_data import PayoffFigure


class PayoffChart(FigureWidget["PayoffFigure"]):
    """P&L by spot: bold payoff, thin today, dotted time stop, lines at the levels of the plan."""

    _pinned: PayoffFigure | None = None
    _money: tuple[float, float] | None = None

    def show(self, figure: PayoffFigure, *, pinned: PayoffFigure | None = None, stale: bool = False) -> None:
        """Draw a figure; the payoff of a pinned one behind it, on the same axis.

        Parameters
        ----------
        figure : PayoffFigure
            Its ends are the axis: the caller keeps them still while a value is nudged.
        pinned : PayoffFigure, optional
            Of trade A, when B is edited.
        stale : bool
            Dimmed, with the word.
        """
        self.put(figure, pinned=pinned, stale=stale)
        self.refresh()

    def put(self, figure: PayoffFigure, *, pinned: PayoffFigure | None = None, stale: bool = False) -> None:
        """Take a figure for the drawing that is under way; see `show`."""
        from riskcalc.tui.figures.payoff_drawing import money_axis  # noqa: PLC0415 - not before the first frame

        before = self._figure
        if figure is not before or pinned is not self._pinned:
            still = before is not None and (before.low, before.high) == (figure.low, figure.high)
            self._money = money_axis(figure, pinned, previous=self._money if still else None)
            self._pinned = pinned
        super().put(figure, stale=stale)

    def step_crosshair(self, count: int) -> None:
        """Share a crosshair some cells to the right of where it is, or of the spot."""
        if self._figure is None:
            return
        axis = (self._figure.low, self._figure.high)
        width = self._plot_width()
        at = self._figure.spot if self._crosshair is None else self._crosshair
        current = cell_of(min(max(at, axis[0]), axis[1]), across=axis, width=width) or 0
        cell = min(max(current + count, 0), width - 1)
        self.post_message(CrosshairMoved(value_of(cell, across=axis, width=width)))

    def spot_at(self, x: int, y: int) -> float | None:  # noqa: ARG002 - a chart's spot is in its columns
        """Spot under a cell of the plot [dollars]."""
        width = self._plot_width()
        cell = x - (self.size.width - width)
        if self._figure is None or not 0 <= cell < width:
            return None
        return value_of(cell, across=(self._figure.low, self._figure.high), width=width)

    def draw(self, style: RenderStyle) -> Sequence[Strip]:
        """Every line of the chart."""
        from riskcalc.tui.figures.payoff_drawing import draw_payoff  # noqa: PLC0415 - not before the first frame

        if self._figure is None:
            return ()
        return draw_payoff(self._figure, self._pinned, style, money=self._money)

    def _plot_width(self) -> int:
        from riskcalc.tui.figures.payoff_drawing import gutter  # noqa: PLC0415 - not before the first frame

        return max(self.size.width - gutter(self.size.width), 1)
