"""The price axis that chart and heatmap share, and the spots the heatmap looks at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from riskcalc.domain import TradePlan
from riskcalc.editor.figure_data import HeatRow

PRIORITY = ("spot", "stop", "target", "breakeven", "strike", "gap")
"""Levels in the order in which they keep their place when there is little."""

MARGIN = 0.05
"""Room beside the outermost level, as a share of the span."""

ZOOM = 0.8
"""What one step of zoom leaves of the axis."""


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
    kept = sorted(named, key=lambda row: PRIORITY.index(row.kind))[:count]
    taken = [start, *(row.spot for row in kept)]
    return kept + [
        HeatRow(label="", kind="price", spot=spot)
        for spot in _between(taken, start=start, end=end, count=count - len(kept))
    ]


def _between(taken: Sequence[float], *, start: float, end: float, count: int) -> list[float]:
    """Round prices from start to end, each as far from its neighbours as can be."""
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


def _spot(plan: TradePlan) -> float:
    return plan.report.market.quote(plan.report.trade.symbol).spot


def _levels(plan: TradePlan) -> tuple[float, ...]:
    return (
        plan.stop.spot,
        *(outcome.level.spot for outcome in plan.targets.outcomes),
        *(leg.strike for leg in plan.report.trade.option_legs),
        *plan.report.breakevens,
    )
