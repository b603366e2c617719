"""The payoff chart as lines of cells: curves, shading, vertical lines and ticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from riskcalc.records import dataclass
from riskcalc.tui.figures.braille_canvas import Canvas, Stroke, cell_of, dot_rows
from riskcalc.tui.figures.cell_grid import CellGrid
from riskcalc.tui.figures.figure_widget import GUTTER, RenderStyle, strip
from riskcalc.tui.figures.palette import Palette
from riskcalc.tui.figures.payoff_labels import distinct_curves, label_row, legend_row, readout_row
from riskcalc.tui.figures.ticks import Label, padded, place, row_text, ticks

if TYPE_CHECKING:
    from riskcalc.editor.figure_data import Curve, PayoffFigure

Cell = tuple[str, str, str, bool]
Axis = tuple[float, float]

EXTRAS = ("readout", "ticks", "labels", "legend")
"""Rows around the plot; the first are the last to be left out."""

LEAST_PLOT = 3
"""Rows a plot keeps before it gives any to the extras."""

VERTICALS = {"spot": "│", "stop": "┆", "target": "┊", "breakeven": "╎"}
STROKES = {"today": Stroke.THIN, "time stop": Stroke.DOTTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Mapping of values and spots to cells of a plot."""

    width: int
    height: int
    across: tuple[float, float]
    """Spots at its edges [dollars]."""
    down: tuple[float, float]
    """P&L at its lowest and highest dot [dollars]."""

    def row(self, value: float) -> int:
        """Cell row of a P&L."""
        bottom, top = self.down
        return round((top - value) / (top - bottom) * (4 * self.height - 1)) // 4

    def column(self, spot: float) -> int | None:
        """Cell column of a spot; None when it is off the axis."""
        return cell_of(spot, across=self.across, width=self.width)

    def dots(self, figure: PayoffFigure, curve: Curve) -> list[int]:
        """Dot rows of a curve."""
        return dot_rows(
            figure.spots,
            curve.pnl,
            across=self.across,
            down=self.down,
            width=self.width,
            height=self.height,
        )


def gutter(width: int) -> int:
    """Cells for value labels; none where they would take most of the width."""
    return GUTTER if width >= 3 * GUTTER else 0


def draw_payoff(
    figure: PayoffFigure, pinned: PayoffFigure | None, style: RenderStyle, *, money: Axis | None = None
) -> list[Strip]:
    """Draw a payoff figure.

    Parameters
    ----------
    figure : PayoffFigure
        Its first curve is bold, the others thin and dotted.
    pinned : PayoffFigure, optional
        Its first curve is drawn behind, dashed.
    style : RenderStyle
        Size and colors.
    money : tuple of float, optional
        Ends of the money axis; what `money_axis` finds by default.

    Returns
    -------
    list of Strip
        One for each row.
    """
    extras = EXTRAS[: max(0, style.height - LEAST_PLOT)]
    left = gutter(style.width)
    plot = Plot(
        width=style.width - left,
        height=style.height - len(extras),
        across=(figure.low, figure.high),
        down=money or money_axis(figure, pinned),
    )
    body = _plot_strips(figure, pinned, plot, style, left=left)
    pad = [(" " * left, "", "", False)]
    rows: dict[str, Callable[[], list[Cell]]] = {
        "legend": lambda: legend_row(figure, pinned, style),
        "labels": lambda: pad + label_row(figure, plot.width, style.palette),
        "ticks": lambda: pad + _tick_row(plot, style.palette),
        "readout": lambda: readout_row(figure, pinned, style),
    }
    above, below = (
        [strip(rows[name](), dim=style.stale) for name in names if name in extras]
        for names in (("legend", "labels"), ("ticks", "readout"))
    )
    return [*above, *body, *below]


def money_axis(figure: PayoffFigure, pinned: PayoffFigure | None, *, previous: Axis | None = None) -> Axis:
    """Ends of a money axis that contains every curve; the previous one if it still does."""
    curves = [*figure.curves, *(pinned.curves[:1] if pinned else ())]
    ends = [end for curve in curves for end in (float(curve.pnl.min()), float(curve.pnl.max()))]
    return padded(ends, previous=previous)


def _plot_strips(
    figure: PayoffFigure, pinned: PayoffFigure | None, plot: Plot, style: RenderStyle, *, left: int
) -> list[Strip]:
    """Curves over vertical lines over the zero line over the shading, the money axis on their left."""
    palette = style.palette
    canvas, main = _curves(figure, pinned, plot)
    grid = CellGrid(left + plot.width, plot.height, color=palette.muted)
    grid.put_row(plot.row(0.0), "─" * plot.width, start=left)
    if left:
        _put_money_axis(grid, plot, palette, left)
    for column, (character, color) in _verticals(figure, plot, style).items():
        grid.put_column(left + column, character, color=color)
    colors = {"main": palette.text, "today": palette.today, "time stop": palette.time_stop}
    colors["pinned"] = palette.pinned
    grid.put_canvas(canvas, colors, left=left, bold=frozenset({"main"}))
    _shade(grid, main, plot, palette, left=left)
    return grid.strips(dim=style.stale)


def _curves(figure: PayoffFigure, pinned: PayoffFigure | None, plot: Plot) -> tuple[Canvas, list[int]]:
    """All curves, and the dot rows of the payoff."""
    canvas = Canvas(plot.width, plot.height)
    # The least important first: a cell takes the color of the last curve drawn through it.
    if pinned is not None:
        canvas.plot(plot.dots(pinned, pinned.curves[0]), owner="pinned", stroke=Stroke.DASHED)
    (_, first), *others = distinct_curves(figure)
    for _, curve in others:
        canvas.plot(plot.dots(figure, curve), owner=curve.name, stroke=STROKES[curve.name])
    main = plot.dots(figure, first)
    canvas.plot(main, owner="main", stroke=Stroke.BOLD)
    return canvas, main


def _shade(grid: CellGrid, main: Sequence[int], plot: Plot, palette: Palette, *, left: int) -> None:
    """Shade each column from zero to the payoff."""
    import numpy as np  # noqa: PLC0415 - not on the path to the first frame

    bottom, top = plot.down
    zero = top / (top - bottom) * (4 * plot.height - 1)
    middles = np.array(main).reshape(-1, 2).mean(axis=1)
    ends = np.rint(middles).astype(np.intp) // 4
    colors = [palette.shade_gain if gains else palette.shade_loss for gains in (middles < zero).tolist()]
    row = round(zero) // 4
    grid.shade(np.minimum(ends, row), np.maximum(ends, row), colors, left=left)


def _verticals(figure: PayoffFigure, plot: Plot, style: RenderStyle) -> dict[int, tuple[str, str]]:
    """Glyph and color of the vertical line in each column that has one; the crosshair over all."""
    palette = style.palette
    colors = {"stop": palette.stop, "target": palette.target, "spot": palette.text}
    lines: dict[int, tuple[str, str]] = {}
    for mark in reversed(figure.marks):
        column = plot.column(mark.spot)
        if column is not None and mark.kind in VERTICALS:
            lines[column] = (VERTICALS[mark.kind], colors.get(mark.kind, palette.muted))
    crosshair = None if style.crosshair is None else plot.column(style.crosshair)
    if crosshair is not None:
        lines[crosshair] = ("┃", palette.crosshair)
    return lines


def _put_money_axis(grid: CellGrid, plot: Plot, palette: Palette, left: int) -> None:
    """The money axis on the left of the plot."""
    most = max(plot.height // 2, 1)
    labels = {plot.row(value): f"{value:+,.10g}" if value else "0" for value in ticks(*plot.down, most=most)}
    grid.put_column(left - 1, "│", color=palette.muted)
    for y, label in labels.items():
        grid.put_row(y, f"{label:>{left - 1}}┤"[:left], color=palette.muted)


def _tick_row(plot: Plot, palette: Palette) -> list[Cell]:
    tick_marks = ticks(*plot.across, most=max(plot.width // 8, 1))
    labels = [Label(plot.column(spot) or 0, (f"{spot:,.10g}",)) for spot in tick_marks]
    return [(row_text(place(labels, plot.width), plot.width), palette.muted, "", False)]
