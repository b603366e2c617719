"""The heatmap as lines of cells: rows of spots, columns of days, P&L on a background of its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from riskcalc.formatting.events_panel import EVENT
from riskcalc.formatting.numbers import NumberFormat, pnl_format, price
from riskcalc.tui.figures.figure_widget import RenderStyle, strip

if TYPE_CHECKING:
    from riskcalc.editor.figure_data import HeatmapFigure, HeatRow

Cell = tuple[str, str, str, bool]

NARROWEST, WIDEST = 7, 14
"""Cells of a column of P&L."""

LABEL = 12
"""Cells of the names of the rows."""

PRICE = 9
"""Cells of their spots, with a blank behind."""

WORDS = {"breakeven": "BE"}
HEADS = {"expiry": "expiry", "time stop": "t-stop"}
SHORT_HEADS = {"expiry": "exp", "time stop": "tstop"}
"""The same where a mark leaves no room."""

LEAST_SCALE = 0.25
"""Minimum color scale of one side, as a share of the other side's."""


def draw_heatmap(figure: HeatmapFigure, style: RenderStyle) -> list[Strip]:
    """Draw a heatmap.

    Parameters
    ----------
    figure : HeatmapFigure
        Rows with the highest spot first.
    style : RenderStyle
        Size and colors; the row nearest to the crosshair is marked.

    Returns
    -------
    list of Strip
        A head and one line for each row that fits.
    """
    label, spots, columns, width = _layout(figure, style.width)
    shown = shown_rows(figure, style.height)
    scales = _scales(figure)
    amounts = pnl_format(max(scales))
    marked = _marked(figure, style, shown)
    lines = [_head(figure, style, label + spots, columns, width)] if style.height > 1 else []
    for k in shown:
        cells = _row_head(figure.rows[k], style, label, spots, marked=k == marked)
        for column in columns:
            cells.append(_cell(float(figure.pnl[k, column]), scales, style, width, amounts))
        cells.append((" " * (style.width - sum(len(text) for text, *_ in cells)), "", "", False))
        lines.append(cells)
    return [strip(_cut(cells, style.width), dim=style.stale) for cells in lines]


def shown_rows(figure: HeatmapFigure, height: int) -> list[int]:
    """The rows that fit, the spot in the middle."""
    room = max(height - 1, 1)
    count = len(figure.rows)
    center = next(k for k, row in enumerate(figure.rows) if row.kind == "spot")
    first = min(max(center - room // 2, 0), max(count - room, 0))
    return list(range(first, min(first + room, count)))


def _layout(figure: HeatmapFigure, width: int) -> tuple[int, int, list[int], int]:
    """Widths of names and spots, shown columns, and their width."""
    count = len(figure.columns)
    label = LABEL if width >= 1 + LABEL + PRICE + min(count, 3) * NARROWEST else 0
    room = max(width - 1 - label - PRICE, 0)
    fits = max(min(count, room // NARROWEST), 1)
    columns = sorted(sorted(range(count), key=lambda k: _weight(figure, k))[:fits])
    return label, PRICE, columns, min(max(room // fits, 1), WIDEST)


def _weight(figure: HeatmapFigure, k: int) -> int:
    """Priority of a column if not all fit."""
    return (
        0 if k == 0 else 1 if k == len(figure.columns) - 1 else 2 if figure.columns[k].label in HEADS else 3
    )


def _scales(figure: HeatmapFigure) -> tuple[float, float]:
    """Largest loss and gain, for the strongest backgrounds."""
    loss, gain = max(-float(figure.pnl.min()), 0.0), max(float(figure.pnl.max()), 0.0)
    return max(loss, LEAST_SCALE * gain), max(gain, LEAST_SCALE * loss)


def _marked(figure: HeatmapFigure, style: RenderStyle, shown: list[int]) -> int | None:
    """The row nearest to the crosshair."""
    at = style.crosshair
    return None if at is None else min(shown, key=lambda k: abs(figure.rows[k].spot - at))


def _head(figure: HeatmapFigure, style: RenderStyle, left: int, columns: list[int], width: int) -> list[Cell]:
    palette = style.palette
    corner = f" {'stale' if style.stale else ''}"
    cells: list[Cell] = [(f"{corner:<{left - 5}}{'price ':>6}", palette.muted, "", False)]
    first = figure.columns[0].date
    for k in columns:
        column = figure.columns[k]
        days = (column.date - first).days
        name = HEADS.get(column.label, column.label)
        dated = f"{name} {days}d"
        text = dated if column.label in HEADS and len(dated) < width else name
        if column.events and len(text) > width - 2:
            text = SHORT_HEADS.get(column.label, text)
        marked = f"{EVENT}{text[: width - 2]}" if column.events else text[: width - 1]
        cells.append((f"{marked:>{width - 1}} ", palette.text, "", False))
    used = sum(len(text) for text, *_ in cells)
    return [*cells, (" " * (style.width - used), "", "", False)]


def _row_head(row: HeatRow, style: RenderStyle, label: int, width: int, *, marked: bool) -> list[Cell]:
    palette = style.palette
    spot = row.kind == "spot"
    mark = ">" if spot else "•" if marked else " "
    name = _name(row)[: label - 1] if label else ""
    color = palette.crosshair if marked else palette.text if row.label else palette.muted
    return [(f"{mark}{name:<{label}}{price(row.spot):>{width - 1}} ", color, "", spot or marked)]


def _name(row: HeatRow) -> str:
    """Short name of a row: ``stop -6%``, ``BE``; a strike's number stands in the next column."""
    parts = (part.removeprefix("second ") for part in row.label.split(", "))
    return ", ".join("strike" if part.startswith("strike") else WORDS.get(part, part) for part in parts)


def _cell(
    pnl: float, scales: tuple[float, float], style: RenderStyle, width: int, amounts: NumberFormat
) -> Cell:
    loss, gain = scales
    scale = gain if pnl > 0 else loss
    background = style.palette.background(pnl / scale if scale else 0.0)
    text = amounts.text(pnl, bare=True)
    return (f"{text:>{width - 1}} "[-width:], style.palette.on(background), background, False)


def _cut(cells: list[Cell], width: int) -> list[Cell]:
    """No more cells than the widget is wide."""
    shortened: list[Cell] = []
    for text, color, background, bold in cells:
        shortened.append((text[: max(width, 0)], color, background, bold))
        width -= len(text)
    return shortened
