"""The payoff of a plan as SVG: P&L by spot at the payoff date, at the time stop and today."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from itertools import groupby, pairwise

import numpy as np

from riskcalc.domain import TradePlan
from riskcalc.editor.figure_data import Curve, Floats, Mark, PayoffFigure
from riskcalc.formatting.numbers import NumberFormat, money, price
from riskcalc.records import dataclass
from riskcalc.reports.markup import element, lines, words
from riskcalc.reports.picture_style import CURVES, GAIN, INK, LOSS, MARKS, QUIET, RULE, SMALL, SMALL_WIDTH
from riskcalc.reports.scale import Scale, label_rows

WIDTH, PLOT = 760.0, 300.0
"""Width of the picture, height of its plot [pixels]."""

LEFT, RIGHT, BOTTOM, ROW, LEGEND = 68.0, 14.0, 42.0, 15.0, 22.0
PADDING = 0.07
"""Space above and below the curves, as a share of their span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Both axes; y points up."""

    x: Scale
    y: Scale


def payoff_height(figure: PayoffFigure) -> float:
    """Return the height of the picture [pixels]: more where labels of levels need more rows."""
    return _top(figure) + PLOT + BOTTOM


def payoff_picture(plan: TradePlan, figure: PayoffFigure) -> str:
    """Return the payoff as an SVG element.

    Parameters
    ----------
    plan : TradePlan
        For its unit, dates, maximum loss and maximum profit.
    figure : PayoffFigure
        From `riskcalc.editor.figures.draw_figures`.

    Returns
    -------
    str
        Lines of levels have their spot in ``data-spot``, lines of extremes their P&L in ``data-pnl``.
    """
    height = payoff_height(figure)
    frame = _frame(figure, top=_top(figure))
    return element(
        "svg",
        lines(
            (
                element("title", words(f"P&L per {plan.report.trade.unit_noun} by spot")),
                element("desc", words(_description(plan, figure))),
                *_legend(plan, figure.curves),
                *_areas(figure, frame),
                *_axes(frame),
                *_marks(figure, frame),
                *(_curve(figure.spots, curve, frame) for curve in reversed(figure.curves)),
                *_extremes(plan, frame),
            )
        ),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        width=WIDTH,
        height=height,
        role="img",
        class_="picture payoff",
    )


def curve_days(plan: TradePlan) -> dict[str, dt.date | None]:
    """Return the day of each curve."""
    return {"expiry": plan.report.payoff_date, "time stop": plan.time_stop, "today": plan.report.market.date}


def _description(plan: TradePlan, figure: PayoffFigure) -> str:
    levels = "; ".join(f"{mark.label} {price(mark.spot)}" for mark in figure.marks)
    report = plan.report
    extremes = f"max loss {money(report.max_loss)}, max profit {money(report.max_profit)}"
    return f"{report.trade.description}: {extremes}, before costs. Levels: {levels}."


def _frame(figure: PayoffFigure, *, top: float) -> _Frame:
    pnl = np.concatenate([curve.pnl for curve in figure.curves])
    low, high = float(min(pnl.min(), 0.0)), float(max(pnl.max(), 0.0))
    padding = PADDING * (high - low) or 1.0
    return _Frame(
        x=Scale(low=figure.low, high=figure.high, start=LEFT, end=WIDTH - RIGHT),
        y=Scale(low=low - padding, high=high + padding, start=top + PLOT, end=top),
    )


def _named_levels(figure: PayoffFigure) -> list[tuple[float, str, str]]:
    """Spot, kind and label of each place on the axis that has levels, from the left."""
    inside = sorted(
        (mark for mark in figure.marks if figure.low <= mark.spot <= figure.high),
        key=lambda level: level.spot,
    )
    return [
        (spot, _kind(marks), f"{', '.join(dict.fromkeys(mark.label for mark in marks))} {price(spot)}")
        for spot, marks in (
            (spot, list(marks)) for spot, marks in groupby(inside, key=lambda level: level.spot)
        )
    ]


def _kind(marks: Iterable[Mark]) -> str:
    return min((mark.kind for mark in marks), key=list(MARKS).index)


def _label_places(figure: PayoffFigure) -> tuple[list[float], list[float]]:
    """Middle and width of each label, kept inside the picture [pixels]."""
    x = Scale(low=figure.low, high=figure.high, start=LEFT, end=WIDTH - RIGHT)
    levels = _named_levels(figure)
    widths = [SMALL_WIDTH * len(label) for _, _, label in levels]
    middles = [
        min(max(x.at(spot), width / 2), WIDTH - width / 2)
        for (spot, _, _), width in zip(levels, widths, strict=True)
    ]
    return middles, widths


def _top(figure: PayoffFigure) -> float:
    rows = max(label_rows(*_label_places(figure), gap=8.0), default=0) + 1
    return LEGEND + 10.0 + rows * ROW


def _axes(frame: _Frame) -> Iterable[str]:
    x, y = frame.x, frame.y
    dollars = NumberFormat(currency="$", signed=True, digits=_digits(y.ticks(6)))
    for tick in y.ticks(6):
        height, zero = y.at(tick), tick == 0
        yield element(
            "line", x1=x.start, x2=x.end, y1=height, y2=height,
            stroke=QUIET if zero else RULE, stroke_width=1.2 if zero else 0.8,
            class_="line-quiet" if zero else "rule",
        )  # fmt: skip
        yield element(
            "text", words(dollars.text(tick)), x=x.start - 8, y=height + 4,
            text_anchor="end", class_="quiet tick-y", fill=QUIET, **SMALL,
        )  # fmt: skip
    for tick in x.ticks(10):
        yield element(
            "line",
            x1=x.at(tick),
            x2=x.at(tick),
            y1=y.start,
            y2=y.start + 4,
            stroke=QUIET,
            class_="line-quiet",
        )
        yield element(
            "text", words(f"{tick:,g}"), x=x.at(tick), y=y.start + 17,
            text_anchor="middle", class_="quiet tick-x", fill=QUIET, **SMALL,
        )  # fmt: skip
    yield element(
        "text", words("spot"), x=(x.start + x.end) / 2, y=y.start + 34,
        text_anchor="middle", class_="quiet", fill=QUIET, **SMALL,
    )  # fmt: skip


def _digits(ticks: tuple[float, ...]) -> int:
    """Decimals that tell the ticks apart: whole dollars, cents, or more for a fraction of a cent."""
    if all(tick == round(tick) for tick in ticks):
        return 0
    step = min(abs(after - before) for before, after in pairwise(ticks))
    return max(2, -math.floor(math.log10(step) + 1e-9))


def _areas(figure: PayoffFigure, frame: _Frame) -> Iterable[str]:
    """Gain and loss at the payoff date as areas down to zero, where the spots hold every breakeven."""
    pnl = figure.curves[0].pnl
    for name, color, part in (("gain", GAIN, np.maximum(pnl, 0.0)), ("loss", LOSS, np.minimum(pnl, 0.0))):
        zero = frame.y.at(0.0)
        points = _points(figure.spots, part, frame)
        ends = f"{frame.x.at(figure.spots[-1]):.2f},{zero:.2f} {frame.x.at(figure.spots[0]):.2f},{zero:.2f}"
        yield element("polygon", points=f"{points} {ends}", fill=color, fill_opacity=0.12, class_=name)


def _points(spots: Floats, pnl: Floats, frame: _Frame) -> str:
    pairs = zip(spots.tolist(), pnl.tolist(), strict=True)
    return " ".join(f"{frame.x.at(spot):.2f},{frame.y.at(value):.2f}" for spot, value in pairs)


def _curve(spots: Floats, curve: Curve, frame: _Frame) -> str:
    width, dashes = CURVES[curve.name]
    return element(
        "polyline", points=_points(spots, curve.pnl, frame), fill="none", stroke=INK,
        stroke_width=width, stroke_dasharray=dashes, stroke_linejoin="round", class_="curve",
        data_curve=curve.name,
    )  # fmt: skip


def _extremes(plan: TradePlan, frame: _Frame) -> Iterable[str]:
    """Maximum loss and profit, where they are on the axis."""
    report = plan.report
    for label, pnl, amount, color, name in (
        ("max profit", report.max_profit, report.max_profit, GAIN, "gain"),
        ("max loss", -report.max_loss, report.max_loss, LOSS, "loss"),
    ):
        if not (math.isfinite(pnl) and frame.y.holds(pnl)):
            continue
        height = frame.y.at(pnl)
        yield element(
            "line", x1=frame.x.start, x2=frame.x.end, y1=height, y2=height, stroke=color,
            stroke_width=1, stroke_dasharray="3 3", class_=f"line-{name}",
            data_extreme=label, data_pnl=repr(float(pnl)),
        )  # fmt: skip
        text = f"{label} {money(amount)}"
        half = SMALL_WIDTH * len(text) / 2
        # A rising payoff leaves room above on the left and below on the right.
        middle = frame.x.start + half + 8 if label == "max profit" else frame.x.end - half - 8
        yield _label(text, middle, height - 6, color=color, tone=name)


def _label(text: str, x: float, y: float, *, color: str, tone: str) -> str:
    """Centered text on its own background, so that lines pass behind it."""
    width = SMALL_WIDTH * len(text) + 4
    paper = element(
        "rect", x=x - width / 2, y=y - 10.5, width=width, height=13.5, fill="#ffffff", class_="paper"
    )
    return paper + element(
        "text", words(text), x=x, y=y, text_anchor="middle", fill=color, class_=tone, **SMALL
    )


def _marks(figure: PayoffFigure, frame: _Frame) -> Iterable[str]:
    """A line at each level, and its label above, in another row where one is near; the labels on top."""
    middles, widths = _label_places(figure)
    rows = label_rows(middles, widths, gap=8.0)
    labels = []
    for (spot, kind, label), middle, row in zip(_named_levels(figure), middles, rows, strict=True):
        color, dashes = MARKS[kind]
        x, foot = frame.x.at(spot), frame.y.end - 4 - ROW * row
        tone = {GAIN: "gain", LOSS: "loss", INK: "spot"}.get(color, "quiet")
        yield element(
            "line", x1=x, x2=x, y1=foot, y2=frame.y.start, stroke=color, stroke_width=1.2,
            stroke_dasharray=dashes, class_=f"mark line-{tone}", data_kind=kind, data_spot=repr(float(spot)),
        )  # fmt: skip
        labels.append(_label(label, middle, foot - 3, color=color, tone="ink" if tone == "spot" else tone))
    yield from labels


def _legend(plan: TradePlan, curves: tuple[Curve, ...]) -> Iterable[str]:
    days = curve_days(plan)
    x = LEFT
    for curve in curves:
        width, dashes = CURVES[curve.name]
        label = f"{curve.name} {days[curve.name]}"
        yield element(
            "line", x1=x, x2=x + 30, y1=10, y2=10, stroke=INK, stroke_width=width,
            stroke_dasharray=dashes, class_="curve",
        )  # fmt: skip
        yield element("text", words(label), x=x + 36, y=14, fill=INK, class_="ink", **SMALL)
        x += 36 + SMALL_WIDTH * len(label) + 26
