"""The Greeks against the spot on screen, under the payoff chart and on its axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from riskcalc.tui.figures.braille_canvas import Canvas, cell_of, dot_rows, value_of
from riskcalc.tui.figures.cell_grid import CellGrid
from riskcalc.tui.figures.figure_widget import GUTTER, FigureWidget, RenderStyle

if TYPE_CHECKING:
    from riskcalc.editor.figure_data import Floats, GreeksFigure

Cell = tuple[str, str, str, bool]


class GreeksStrip(FigureWidget["GreeksFigure"]):
    """Delta, gamma, theta and vega of one unit, each on its own scale with its zero."""

    def spot_at(self, x: int, y: int) -> float | None:  # noqa: ARG002 - the spot is in its columns
        """Spot under a cell of the plot [dollars]."""
        left = _left(self.size.width)
        width = self.size.width - left
        if self._figure is None or not 0 <= x - left < width:
            return None
        return value_of(x - left, across=(self._figure.low, self._figure.high), width=width)

    def draw(self, style: RenderStyle) -> Sequence[Strip]:
        """Every line of the strip."""
        return draw_greeks(self._figure, style) if self._figure else ()


def draw_greeks(figure: GreeksFigure, style: RenderStyle) -> list[Strip]:
    """Draw a band for each Greek, from top to bottom as many as there are rows."""
    curves = (
        ("delta", figure.delta),
        ("theta/d", figure.theta_per_day),
        ("vega/pt", figure.vega_per_point),
        ("gamma", figure.gamma),
    )
    shown = curves[: style.height]
    tall, more = divmod(style.height, len(shown))
    return [
        line
        for k, (name, values) in enumerate(shown)
        for line in _band(figure, name, values, style, height=tall + (k < more))
    ]


def _left(width: int) -> int:
    """Text in the width of the chart's gutter."""
    return GUTTER if width >= 3 * GUTTER else 0


def _band(figure: GreeksFigure, name: str, values: Floats, style: RenderStyle, *, height: int) -> list[Strip]:
    """The curve over the line at the crosshair or the spot, over the zero line, beside name and value."""
    left, palette = _left(style.width), style.palette
    width = style.width - left
    across, down = (figure.low, figure.high), _axis(values)
    canvas = Canvas(width, height)
    canvas.plot(
        dot_rows(figure.spots, values, across=across, down=down, width=width, height=height), owner="curve"
    )
    at = figure.spot if style.crosshair is None else style.crosshair
    column = cell_of(at, across=across, width=width)
    grid = CellGrid(style.width, height, color=palette.muted)
    grid.put_row(round(down[1] / (down[1] - down[0]) * (4 * height - 1)) // 4, "─" * width, start=left)
    if column is not None:
        grid.put_column(left + column, "│", color=palette.muted)
    grid.put_canvas(canvas, {"curve": palette.today}, left=left)
    for y, word in enumerate(_words(name, _at(figure, values, at), height) if left else ()):
        grid.put_row(y, word.ljust(left), color=palette.text)
    if style.stale and name == "delta":
        grid.put_row(0, "stale", color=palette.text, start=max(style.width - len("stale"), 0), bold=True)
    return grid.strips(dim=style.stale)


def _words(name: str, value: float, height: int) -> list[str]:
    """Name over value; a single row has the first letter and the value."""
    digits = max(0, min(3, 2 - math.floor(math.log10(abs(value))))) if abs(value) >= 0.001 else 3
    text = f"{value:+.{digits}f}"
    if height == 1:
        return [f"{name[0]} {text}"[: GUTTER - 1]]
    return [name, text[: GUTTER - 1], *[""] * (height - 2)]


def _at(figure: GreeksFigure, values: Floats, spot: float) -> float:
    import numpy as np  # noqa: PLC0415 - not on the path to the first frame

    return float(np.interp(spot, figure.spots, values))


def _axis(values: Floats) -> tuple[float, float]:
    """From the least to the largest value and zero."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    return (low, high) if high > low else (-1.0, 1.0)
