"""Values of one unit at the points of the figures, kept while only the spot moves.

The value of an option at a spot of the axis does not depend on where the spot is now: a step of the spot asks
for few new points, and often for none.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from riskcalc.analysis import PositionGreeks, days_held, value_position
from riskcalc.analysis.valuation import without_prices
from riskcalc.domain import Quote, Sticky, Trade, TradePlan
from riskcalc.editor.figure_data import Floats
from riskcalc.records import replace

Block: TypeAlias = tuple[Floats, float]
"""Spots, all on one day [days after the market's date]."""

Point: TypeAlias = tuple[float, float]
"""A spot [dollars], and a day."""

MOST_POINTS, MOST_BLOCKS = 10_000, 200
"""Kept of one trade; some four megabytes."""

ANY_SPOT = 1.0


def unit_values(plan: TradePlan, blocks: Sequence[Block]) -> list[PositionGreeks]:
    """Value one unit at blocks of points: what is not known yet, in one call of the model.

    Parameters
    ----------
    plan : TradePlan
        Its trade and market.
    blocks : sequence of (ndarray, float)
        Spots [dollars], and the day that they share.

    Returns
    -------
    list of PositionGreeks
        One for each block, arrays as long as its spots.
    """
    if not blocks:
        return []
    cache = _cache_of(plan)
    if cache is None:
        return _valued(plan, blocks)
    names = [(spots.tobytes(), day) for spots, day in blocks]
    new = {name: block for name, block in zip(names, blocks, strict=True) if name not in cache.blocks}
    cache.blocks.update(zip(new, _at_points(plan, list(new.values()), cache.points), strict=True))
    values = [cache.blocks[name] for name in names]
    if len(cache.points) > MOST_POINTS or len(cache.blocks) > MOST_BLOCKS:
        cache.points.clear()
        cache.blocks.clear()
    return values


def _at_points(
    plan: TradePlan, blocks: Sequence[Block], known: dict[Point, list[float]]
) -> list[PositionGreeks]:
    """Values of blocks that hold some points again: round prices come and go as levels move."""
    points = [(spot, day) for spots, day in blocks for spot in spots.tolist()]
    new = [point for point in dict.fromkeys(points) if point not in known]
    valued = _valued(plan, [(np.array([spot]), day) for spot, day in new])
    known |= ((point, [float(part[0]) for part in values]) for point, values in zip(new, valued, strict=True))
    values = np.array([known[point] for point in points]).reshape(-1, len(PositionGreeks._fields)).T
    return _parts(values, blocks)


def _valued(plan: TradePlan, blocks: Sequence[Block]) -> list[PositionGreeks]:
    """Values of blocks in one call of the model, half of which is overhead."""
    if not blocks:
        return []
    spots = np.concatenate([spots for spots, _ in blocks])
    days = np.repeat([day for _, day in blocks], [spots.size for spots, _ in blocks])
    values = value_position(plan.report.trade, plan.report.market, spot=spots, days=days)
    return _parts(np.array(values), blocks)


def _parts(values: Floats, blocks: Sequence[Block]) -> list[PositionGreeks]:
    """Divide the values of all blocks, an array of Greeks x points."""
    ends = list(itertools.accumulate((spots.size for spots, _ in blocks), initial=0))
    return [PositionGreeks(*values[:, start:end]) for start, end in itertools.pairwise(ends)]


def ladder_values(plan: TradePlan) -> dict[Point, float]:
    """Values of one unit that a plan has: at the spot and the breakevens, on the days of its ladder."""
    dates = {row.when: row.date for row in plan.ladder}
    days = {label: 0.0 if label == "today" else days_of(plan, day) for label, day in dates.items()}
    return {
        (row.spot, days[row.when]): row.value
        for row in plan.ladder
        if "spot" in row.label or "breakeven" in row.label
    }


def days_of(plan: TradePlan, day: dt.date) -> float:
    """Return the calendar days from the market's moment to a day of the plan, >= 0."""
    market = plan.report.market
    return days_held(plan.report.trade, market, day) if day > market.date else 0.0


class _Kept(NamedTuple):
    """What is known of a trade in a market, filled by `unit_values`."""

    blocks: dict[tuple[bytes, float], PositionGreeks]
    points: dict[Point, list[float]]


def _cache_of(plan: TradePlan) -> _Kept | None:
    """What is known of a trade; None where its value depends on where the spot is now."""
    trade, market = plan.report.trade, plan.report.market
    quote = market.quote(trade.symbol)
    moves = quote.smile is not None and quote.smile.rule is Sticky.MONEYNESS
    if trade.linear_legs or moves:
        return None
    quote = replace(quote, spot=ANY_SPOT)
    return _kept(without_prices(trade), quote, market.moment, market.rate)


@lru_cache(maxsize=4)
def _kept(trade: Trade, quote: Quote, moment: dt.datetime, rate: float) -> _Kept:
    """Return the tables of a trade and its market."""
    del trade, quote, moment, rate
    return _Kept({}, {})
