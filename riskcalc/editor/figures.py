"""The figures of a plan: payoff, heatmap and Greeks, valued by the core in one call."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from riskcalc.analysis import PositionGreeks, payoff
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
from riskcalc.editor.figure_values import Block, days_of, ladder_values, unit_values

__all__ = ["axis_range", "draw_figures", "greeks_figure", "heatmap_figure", "payoff_figure"]

POINTS = 80
"""Number of spots per curve, finer than a chart can show."""

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
    chart = _ChartSpots.of(plan, low=low, high=high, points=points)
    curve_blocks = chart.blocks(plan)
    chosen = heat_rows(plan, low=low, high=high, rows=rows)
    valued = unit_values(plan, [*curve_blocks, *_fill_blocks(plan, chosen)])
    curves, fill = valued[: len(curve_blocks)], valued[len(curve_blocks) :]
    return Figures(
        payoff=_payoff(plan, chart, curves, (low, high)),
        heatmap=_heatmap(plan, chosen, fill),
        greeks=_greeks(plan, chart, curves[0], (low, high)),
    )


def payoff_figure(plan: TradePlan, *, low: float, high: float, points: int = POINTS) -> PayoffFigure:
    """P&L at the payoff date, at the time stop and today against the spot; see `draw_figures`."""
    chart = _ChartSpots.of(plan, low=low, high=high, points=points)
    return _payoff(plan, chart, unit_values(plan, chart.blocks(plan)), (low, high))


def heatmap_figure(plan: TradePlan, *, low: float, high: float, rows: int = 13) -> HeatmapFigure:
    """P&L at the levels of a plan and round prices between, on the days of its ladder; see `draw_figures`."""
    chosen = heat_rows(plan, low=low, high=high, rows=rows)
    return _heatmap(plan, chosen, unit_values(plan, _fill_blocks(plan, chosen)))


def greeks_figure(plan: TradePlan, *, low: float, high: float, points: int = POINTS) -> GreeksFigure:
    """Greeks of one unit today against the spot; see `draw_figures`."""
    chart = _ChartSpots.of(plan, low=low, high=high, points=points)
    return _greeks(plan, chart, unit_values(plan, chart.blocks(plan)[:1])[0], (low, high))


class _ChartSpots(NamedTuple):
    """Spots of the curves: those that stay as the spot moves, and those that move with it."""

    still: Floats
    """Even spots and strikes."""
    moving: Floats
    """The spot and the breakevens, apart from those above."""

    @classmethod
    def of(cls, plan: TradePlan, *, low: float, high: float, points: int) -> Self:
        """Return the spots on an axis, every kink among them."""
        strikes = (leg.strike for leg in plan.report.trade.option_legs if low < leg.strike < high)
        still = sorted({*np.linspace(low, high, points).tolist(), *strikes})
        moving = {spot for spot in (*plan.report.breakevens, _spot(plan)) if low < spot < high}
        return cls(np.array(still), np.array(sorted(moving.difference(still))))

    def blocks(self, plan: TradePlan) -> list[Block]:
        """Blocks of today and, if different, of the time stop."""
        stop = plan.time_stop
        if stop is None or stop in {plan.report.market.date, plan.report.trade.expiry}:
            return [(self.still, 0.0)]
        return [(self.still, 0.0), (self.still, days_of(plan, stop))]

    def curves(self, plan: TradePlan, valued: Sequence[PositionGreeks]) -> tuple[Floats, Floats]:
        """Return all spots, rising, and the values of one unit there: a row for each of the blocks."""
        days, moving = [day for _, day in self.blocks(plan)], self.moving.tolist()
        known = ladder_values(plan)
        missing = [(spot, day) for day in days for spot in moving if (spot, day) not in known]
        at_missing = unit_values(plan, [(np.array([spot]), day) for spot, day in missing])
        known |= {point: float(values.value[0]) for point, values in zip(missing, at_missing, strict=True)}
        spots = np.concatenate(self)
        values = [
            np.concatenate((still.value, [known[spot, day] for spot in moving]))
            for still, day in zip(valued, days, strict=False)
        ]
        order = np.argsort(spots)
        return spots[order], np.array(values)[:, order]


def _fill_blocks(plan: TradePlan, rows: Sequence[HeatRow]) -> list[Block]:
    """Value the rows that are not in the ladder, on each of its days."""
    spots = np.array([row.spot for row in rows if row.kind == "price"])
    return [(spots, days_of(plan, column.date)) for column in _columns(plan)] if spots.size else []


def _payoff(
    plan: TradePlan, chart: _ChartSpots, valued: Sequence[PositionGreeks], axis: tuple[float, float]
) -> PayoffFigure:
    report, (spots, values) = plan.report, chart.curves(plan, valued)
    entry = payoff.net_debit(report.trade)
    days = [
        Curve(name=name, pnl=on_day - entry)
        for name, on_day in zip(("today", "time stop"), values, strict=False)
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


def _greeks(
    plan: TradePlan, chart: _ChartSpots, today: PositionGreeks, axis: tuple[float, float]
) -> GreeksFigure:
    """Greeks at the spots that stay, and at the spot now, where the plan has them."""
    now, spot = plan.report.greeks, _spot(plan)
    index = np.searchsorted(chart.still, spot)
    apart = axis[0] < spot < axis[1] and spot not in chart.still.tolist()
    known = (
        (chart.still, spot),
        (today.delta, now.delta),
        (today.gamma, now.gamma),
        (today.theta / 365, now.theta_per_day),
        (today.vega / 100, now.vega_per_point),
    )
    spots, *greeks = (np.insert(still, index, values) if apart else still for still, values in known)
    delta, gamma, theta, vega = greeks
    return GreeksFigure(
        low=axis[0],
        high=axis[1],
        spots=spots,
        delta=delta,
        gamma=gamma,
        theta_per_day=theta,
        vega_per_point=vega,
        spot=spot,
    )


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
    center = next(row for row in named.values() if row.kind == "spot")
    inside = [row for row in named.values() if row is not center and low <= row.spot <= high]
    above = [row for row in inside if row.spot > center.spot]
    below = [row for row in inside if row.spot <= center.spot]
    up = (rows - 1) // 2
    chosen = (
        *_side(above, count=up, start=center.spot, end=high),
        center,
        *_side(below, count=rows - 1 - up, start=center.spot, end=low),
    )
    return tuple(sorted(chosen, key=lambda row: -row.spot))


def _side(named: Sequence[HeatRow], *, count: int, start: float, end: float) -> list[HeatRow]:
    """The rows on one side of the spot: the most important levels, then prices in the widest gaps."""
    levels = sorted(named, key=lambda row: PRIORITY.index(row.kind))[:count]
    used = [start, *(row.spot for row in levels)]
    return levels + [
        HeatRow(label="", kind="price", spot=spot)
        for spot in _between(used, start=start, end=end, count=count - len(levels))
    ]


def _between(used: Sequence[float], *, start: float, end: float, count: int) -> list[float]:
    """Round prices from start to end, each as far from its neighbors as can be."""
    low, high = min(start, end), max(start, end)
    if count <= 0 or not low < high:
        return []
    step = round_step((high - low) / (3 * (count + len(used))))
    prices = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
    distance = np.abs(prices[:, None] - np.array(used)).min(axis=1, initial=math.inf)
    between: list[float] = []
    while len(between) < count and distance.size and distance.max() > step / 2:
        between.append(round(float(prices[distance.argmax()]), 6))
        distance = np.minimum(distance, np.abs(prices - between[-1]))
    return between


def _levels(plan: TradePlan) -> tuple[float, ...]:
    return (
        plan.stop.spot,
        *(outcome.level.spot for outcome in plan.targets.outcomes),
        *(leg.strike for leg in plan.report.trade.option_legs),
        *plan.report.breakevens,
    )
