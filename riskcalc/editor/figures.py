"""The figures of a plan: payoff, heatmap and Greeks, valued by the core in one call."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from riskcalc.analysis import PositionGreeks, days_held, payoff, value_position
from riskcalc.domain import TargetOutcome, TradePlan
from riskcalc.editor.figure_data import (
    Curve,
    Figures,
    Floats,
    GreeksFigure,
    HeatColumn,
    HeatmapFigure,
    HeatRow,
    Mark,
    PayoffFigure,
)

__all__ = ["axis_range", "draw_figures", "greeks_figure", "heatmap_figure", "payoff_figure"]

POINTS = 80
"""Number of spots per curve, finer than a chart can show."""

Block = tuple[Floats, float]
"""Spots, all on one day [days after the market's date]."""


PRIORITY = ("spot", "stop", "target", "breakeven", "strike", "gap")
"""Kinds of levels by priority if space is limited."""

MARGIN = 0.05
"""Margin beyond the outermost level, as a share of the span."""

ZOOM = 0.8
"""Factor on the axis span per zoom step."""


def draw_figures(
    plan: TradePlan, *, low: float, high: float, points: int = POINTS, rows: int = 13
) -> Figures:
    """Compute all three figures on one axis in one valuation.

    Parameters
    ----------
    plan : TradePlan
        Its trade, market, ladder and exits.
    low, high : float
        Ends of the price axis [dollars]; see `axis_range`.
    points : int
        Spots of the curves, >= 2; kinks are added.
    rows : int
        Spots of the heatmap, >= 1.

    Returns
    -------
    Figures
        The payoff, the heatmap and the Greeks.
    """
    spots = _chart_spots(plan, low=low, high=high, points=points)
    curve_blocks = _curve_blocks(plan, spots)
    chosen = heat_rows(plan, low=low, high=high, rows=rows)
    valued = _values(plan, [*curve_blocks, *_fill_blocks(plan, chosen)])
    curves, fill = valued[: len(curve_blocks)], valued[len(curve_blocks) :]
    return Figures(
        payoff=_payoff(plan, spots, curves, (low, high)),
        heatmap=_heatmap(plan, chosen, fill),
        greeks=_greeks(plan, spots, curves[0], (low, high)),
    )


def payoff_figure(plan: TradePlan, *, low: float, high: float, points: int = POINTS) -> PayoffFigure:
    """P&L at the payoff date, at the time stop and today against the spot; see `draw_figures`."""
    spots = _chart_spots(plan, low=low, high=high, points=points)
    return _payoff(plan, spots, _values(plan, _curve_blocks(plan, spots)), (low, high))


def heatmap_figure(plan: TradePlan, *, low: float, high: float, rows: int = 13) -> HeatmapFigure:
    """P&L at the levels of a plan and round prices between, on the days of its ladder; see `draw_figures`."""
    chosen = heat_rows(plan, low=low, high=high, rows=rows)
    return _heatmap(plan, chosen, _values(plan, _fill_blocks(plan, chosen)))


def greeks_figure(plan: TradePlan, *, low: float, high: float, points: int = POINTS) -> GreeksFigure:
    """Greeks of one unit today against the spot; see `draw_figures`."""
    spots = _chart_spots(plan, low=low, high=high, points=points)
    (today,) = _values(plan, [(spots, 0.0)])
    return _greeks(plan, spots, today, (low, high))


def _chart_spots(plan: TradePlan, *, low: float, high: float, points: int) -> Floats:
    """Even spots, and every strike and breakeven on the axis beside them."""
    strikes = (leg.strike for leg in plan.report.trade.option_legs)
    kinks = [spot for spot in (*strikes, *plan.report.breakevens, _spot(plan)) if low < spot < high]
    return np.unique(np.concatenate((np.linspace(low, high, points), kinks)))


def _curve_blocks(plan: TradePlan, spots: Floats) -> list[Block]:
    """Blocks of today and, if different, of the time stop."""
    stop = plan.time_stop
    if stop is None or stop in {plan.report.market.date, plan.report.trade.expiry}:
        return [(spots, 0.0)]
    return [(spots, 0.0), (spots, _days(plan, stop))]


def _fill_blocks(plan: TradePlan, rows: Sequence[HeatRow]) -> list[Block]:
    """Value the rows that are not in the ladder, on each of its days."""
    spots = np.array([row.spot for row in rows if row.kind == "price"])
    return [(spots, _days(plan, column.date)) for column in _columns(plan)] if spots.size else []


def _values(plan: TradePlan, blocks: Sequence[Block]) -> list[PositionGreeks]:
    """Value all blocks in one call, since half of a call is its overhead."""
    if not blocks:
        return []
    spots = np.concatenate([spots for spots, _ in blocks])
    days = np.concatenate([np.full(spots.size, day) for spots, day in blocks])
    found = np.array(value_position(plan.report.trade, plan.report.market, spot=spots, days=days))
    ends = np.cumsum([0, *(spots.size for spots, _ in blocks)])
    return [PositionGreeks(*found[:, start:end]) for start, end in pairwise(ends)]


def _payoff(
    plan: TradePlan, spots: Floats, valued: Sequence[PositionGreeks], axis: tuple[float, float]
) -> PayoffFigure:
    report = plan.report
    entry = payoff.net_debit(report.trade)
    days = [
        Curve(name=name, pnl=block.value - entry)
        for name, block in zip(("today", "time stop"), valued, strict=False)
    ]
    if report.trade.expiry:
        days.append(
            Curve(name="expiry", pnl=payoff.pnl_at_expiry(report.trade, spot=spots, market=report.market))
        )
    return PayoffFigure(
        low=axis[0],
        high=axis[1],
        spots=spots,
        curves=tuple(reversed(days)),
        marks=_marks(plan),
        spot=_spot(plan),
    )


def _marks(plan: TradePlan) -> tuple[Mark, ...]:
    strikes = sorted({leg.strike for leg in plan.report.trade.option_legs})
    return (
        Mark(kind="spot", label="spot", spot=_spot(plan)),
        Mark(kind="stop", label="stop", spot=plan.stop.spot),
        *(_mark(outcome) for outcome in plan.targets.outcomes),
        *(Mark(kind="breakeven", label="BE", spot=spot) for spot in plan.report.breakevens if spot > 0),
        *(Mark(kind="strike", label="strike", spot=strike) for strike in strikes),
    )


def _mark(outcome: TargetOutcome) -> Mark:
    kind = "stop" if outcome.second_stop else "target"
    return Mark(kind=kind, label=kind, spot=outcome.level.spot)


def _heatmap(plan: TradePlan, rows: tuple[HeatRow, ...], fill: Sequence[PositionGreeks]) -> HeatmapFigure:
    """Build the heatmap from cells of the ladder and valuations between."""
    cells: dict[tuple[str, float], list[float]] = {}
    for row in plan.ladder:
        cells.setdefault((row.label, row.spot), []).append(row.pnl)
    between = (np.array([block.value for block in fill]) - payoff.net_debit(plan.report.trade)).T
    filled = iter(between)
    pnl = np.array([next(filled) if row.kind == "price" else cells[row.label, row.spot] for row in rows])
    planned = plan.to_r_multiple(1.0)
    return HeatmapFigure(
        rows=rows,
        columns=_columns(plan),
        pnl=pnl,
        r=None if planned is None else pnl * planned,
        spot=_spot(plan),
    )


def _columns(plan: TradePlan) -> tuple[HeatColumn, ...]:
    days = {row.when: row.date for row in plan.ladder}
    before = (plan.report.market.date - dt.timedelta(days=1), *days.values())
    return tuple(
        HeatColumn(label=when, date=day, events=_count_events(plan, after=start, until=day))
        for start, (when, day) in zip(before, days.items(), strict=False)
    )


def _count_events(plan: TradePlan, *, after: dt.date, until: dt.date) -> int:
    return sum(not event.is_expiration and after < event.date <= until for event in plan.events)


def _greeks(plan: TradePlan, spots: Floats, today: PositionGreeks, axis: tuple[float, float]) -> GreeksFigure:
    return GreeksFigure(
        low=axis[0],
        high=axis[1],
        spots=spots,
        delta=today.delta,
        gamma=today.gamma,
        theta_per_day=today.theta / 365,
        vega_per_point=today.vega / 100,
        spot=_spot(plan),
    )


def _days(plan: TradePlan, day: dt.date) -> float:
    market = plan.report.market
    return days_held(plan.report.trade, market, day) if day > market.date else 0.0


def _spot(plan: TradePlan) -> float:
    return plan.report.market.quote(plan.report.trade.symbol).spot


def axis_range(plan: TradePlan, *, zoom: int = 0) -> tuple[float, float]:
    """Ends of a price axis that holds the levels of a plan, on round prices.

    Parameters
    ----------
    plan : TradePlan
        Its stop, targets, strikes, near breakevens and spot are inside at `zoom` 0.
    zoom : int
        Each step narrows the axis about the spot by a fifth; negative widens it.

    Returns
    -------
    low, high : float
        [dollars], 0 < low < high.

    Examples
    --------
    >>> import riskcalc
    >>> axis_range(riskcalc.plan_preset("iwm-call-spread"))
    (274.0, 342.0)
    """
    spot = _spot(plan)
    levels = [level for level in _levels(plan) if spot / 2 <= level <= 2 * spot]
    lowest, highest = min(*levels, spot), max(*levels, spot)
    margin = MARGIN * (highest - lowest) if highest > lowest else MARGIN * spot
    left, right = (
        max(spot + side * reach * ZOOM**zoom, spot / 1000)
        for side, reach in ((-1, spot - lowest + margin), (1, highest - spot + margin))
    )
    step = round_step((right - left) / 40)
    low = math.floor(left / step + 0.5) * step
    # Rounding keeps the ends still while a level moves a little; the digits are those of the step.
    return round(max(low, step), 6), round(math.ceil(right / step - 0.5) * step, 6)


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least `least` (> 0).

    Examples
    --------
    >>> round_step(1.3), round_step(0.04), round_step(60)
    (2.0, 0.05, 100.0)
    """
    power = 10.0 ** math.floor(math.log10(least))
    lead = next((lead for lead in (1, 2, 5) if lead * power >= least * (1 - 1e-9)), 10)
    return lead * power if power >= 1 else lead / round(1 / power)


def level_kind(label: str) -> str:
    """The most important of the levels that share a label."""
    names = [part.removeprefix("second ").split()[0] for part in label.split(", ")]
    return next((kind for kind in PRIORITY if kind in names), "price")


def heat_rows(plan: TradePlan, *, low: float, high: float, rows: int) -> tuple[HeatRow, ...]:
    """Choose the spots of a heatmap, highest first: the spot in the middle, levels, round prices between.

    Parameters
    ----------
    plan : TradePlan
        Levels come from its ladder.
    low, high : float
        Levels outside are left out, but for the spot [dollars].
    rows : int
        How many, >= 1; fewer when there are not enough round prices.
    """
    named = {
        (row.label, row.spot): HeatRow(label=row.label, kind=level_kind(row.label), spot=row.spot)
        for row in plan.ladder
    }
    centre = next(row for row in named.values() if row.kind == "spot")
    inside = [row for row in named.values() if row is not centre and low <= row.spot <= high]
    above = [row for row in inside if row.spot > centre.spot]
    below = [row for row in inside if row.spot <= centre.spot]
    up = (rows - 1) // 2
    chosen = (
        *_side(above, count=up, start=centre.spot, end=high),
        centre,
        *_side(below, count=rows - 1 - up, start=centre.spot, end=low),
    )
    return tuple(sorted(chosen, key=lambda row: -row.spot))


def _side(named: Sequence[HeatRow], *, count: int, start: float, end: float) -> list[HeatRow]:
    """The rows on one side of the spot: the most important levels, then prices in the widest gaps."""
    levels = sorted(named, key=lambda row: PRIORITY.index(row.kind))[:count]
    taken = [start, *(row.spot for row in levels)]
    return levels + [
        HeatRow(label="", kind="price", spot=spot)
        for spot in _between(taken, start=start, end=end, count=count - len(levels))
    ]


def _between(taken: Sequence[float], *, start: float, end: float, count: int) -> list[float]:
    """Round prices from start to end, each as far from its neighbors as can be."""
    low, high = min(start, end), max(start, end)
    if count <= 0 or not low < high:
        return []
    step = round_step((high - low) / (3 * (count + len(taken))))
    prices = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
    distance = np.abs(prices[:, None] - np.array(taken)).min(axis=1, initial=math.inf)
    found: list[float] = []
    while len(found) < count and distance.size and distance.max() > step / 2:
        found.append(round(float(prices[distance.argmax()]), 6))
        distance = np.minimum(distance, np.abs(prices - found[-1]))
    return found


def _levels(plan: TradePlan) -> tuple[float, ...]:
    return (
        plan.stop.spot,
        *(outcome.level.spot for outcome in plan.targets.outcomes),
        *(leg.strike for leg in plan.report.trade.option_legs),
        *plan.report.breakevens,
    )
