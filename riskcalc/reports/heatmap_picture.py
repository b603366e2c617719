"""The heatmap of a plan as SVG: P&L and R at the levels of the plan on the days of its ladder."""

from __future__ import annotations

import math
from collections.abc import Iterable

from riskcalc.domain import TradePlan
from riskcalc.editor.figure_data import HeatmapFigure
from riskcalc.formatting.numbers import number, price, whole_money
from riskcalc.records import dataclass
from riskcalc.reports.markup import element, lines, words
from riskcalc.reports.payoff_picture import WIDTH
from riskcalc.reports.picture_style import GAIN, INK, LOSS, QUIET, SMALL, SMALL_WIDTH

HEAD, ROW = 40.0, 26.0
"""Height of the heading and of a row [pixels]."""

PRICES, GAP = 66.0, 2.0
"""Width of the column of spots, space between cells [pixels]."""

EM_SPACE = "\u2003"
"""Between P&L and R; runs of plain spaces are one in a picture."""

FAINTEST, STRONGEST = 0.06, 0.58
"""Opacity of a cell near zero and of the largest, so that its text stays legible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Columns of cells."""

    left: float
    """Where the first begins [pixels]."""
    width: float
    """How wide each is, with the space around it [pixels]."""

    def middle(self, column: int) -> float:
        """Return the middle of a column [pixels]."""
        return self.left + self.width * (column + 0.5)


def heatmap_height(figure: HeatmapFigure) -> float:
    """Return the height of the picture [pixels]."""
    return HEAD + ROW * len(figure.rows)


def heatmap_picture(plan: TradePlan, figure: HeatmapFigure) -> str:
    """Return the heatmap as an SVG element.

    Parameters
    ----------
    plan : TradePlan
        For its unit and planned loss.
    figure : HeatmapFigure
        From `riskcalc.editor.figures.draw_figures`.

    Returns
    -------
    str
        Each cell has its spot, date and P&L in ``data-spot``, ``data-date`` and ``data-pnl``.
    """
    height = heatmap_height(figure)
    noun = plan.report.trade.unit_noun
    left = _labels_width(figure) + PRICES
    grid = _Grid(left=left, width=(WIDTH - left) / len(figure.columns))
    return element(
        "svg",
        lines(
            (
                element("title", words(f"P&L per {noun} by spot and date")),
                element("desc", words(_description(figure, noun))),
                *_heads(figure, grid),
                *(part for index in range(len(figure.rows)) for part in _row(plan, figure, index, grid)),
            )
        ),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        width=WIDTH,
        height=height,
        role="img",
        class_="picture heatmap",
    )


def _description(figure: HeatmapFigure, noun: str) -> str:
    days = ", ".join(f"{column.label} {column.date}" for column in figure.columns)
    return (
        f"P&L per {noun} in dollars and R, before costs, at {len(figure.rows)} spots on {days}; the table of "
        "the P&L gives those at the levels of the plan."
    )


def _labels_width(figure: HeatmapFigure) -> float:
    return 12 + SMALL_WIDTH * max(len(row.label) for row in figure.rows)


def _heads(figure: HeatmapFigure, grid: _Grid) -> Iterable[str]:
    yield _text("spot", grid.left - 8, 30, anchor="end", tone="quiet")
    for index, column in enumerate(figure.columns):
        yield _text(column.label, grid.middle(index), 15, anchor="middle", tone="ink")
        yield _text(f"{column.date}", grid.middle(index), 30, anchor="middle", tone="quiet")


def _row(plan: TradePlan, figure: HeatmapFigure, index: int, grid: _Grid) -> Iterable[str]:
    row = figure.rows[index]
    top = HEAD + ROW * index
    foot = top + ROW / 2 + 4
    weight = "600" if row.kind == "spot" else None
    yield _text(row.label, 2, foot, anchor="start", tone="ink", weight=weight)
    yield _text(price(row.spot), grid.left - 8, foot, anchor="end", tone="ink", weight=weight)
    for at, column in enumerate(figure.columns):
        pnl = float(figure.pnl[index, at])
        side = "gain" if pnl >= 0 else "loss"
        yield element(
            "rect", x=grid.left + grid.width * at + GAP / 2, y=top + GAP / 2,
            width=grid.width - GAP, height=ROW - GAP,
            fill=GAIN if pnl >= 0 else LOSS, fill_opacity=_opacity(pnl, figure), class_=f"cell {side}",
            data_spot=repr(float(row.spot)), data_date=column.date.isoformat(), data_pnl=repr(pnl),
        )  # fmt: skip
        yield _text(_cell_text(plan, pnl), grid.middle(at), foot, anchor="middle", tone="ink", weight=weight)


def _cell_text(plan: TradePlan, pnl: float) -> str:
    r = plan.to_r_multiple(pnl)
    shown = whole_money(pnl, one_r=plan.size.loss_per_unit)
    return shown if r is None else f"{shown}{EM_SPACE}{number(r, digits=1, signed=True)}R"


def _opacity(pnl: float, figure: HeatmapFigure) -> float:
    """Opacity of a cell: its share of the largest absolute P&L, the same scale for gains and losses."""
    largest = float(abs(figure.pnl).max()) or 1.0
    return FAINTEST + (STRONGEST - FAINTEST) * math.pow(abs(pnl) / largest, 0.7)


def _text(text: str, x: float, y: float, *, anchor: str, tone: str, weight: str | None = None) -> str:
    return element(
        "text", words(text), x=x, y=y, text_anchor=anchor, fill=INK if tone == "ink" else QUIET,
        font_weight=weight, class_=tone, **SMALL,
    )  # fmt: skip
