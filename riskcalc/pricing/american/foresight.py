"""Options on a spot that cannot surprise: no time, no vol, no spot or no strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.blocks import FloatArray


def foreseen(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Value exercise at the best moment of the one path the spot can take.

    Delta is that of the path, halved where exercise is worth exactly nothing; the other Greeks are 0.
    """
    best = np.full(batch.spot.shape, -np.inf)
    delta = np.zeros_like(best)
    start, spot, slope = np.zeros_like(best), batch.spot, np.ones_like(best)
    for date, amount in zip([*schedule.times, np.inf], [*schedule.amounts, 0.0], strict=True):
        end = date - batch.elapsed
        for time in _moments(batch, spot, start, np.minimum(end, batch.time_to_expiry)):
            kept = np.exp(-batch.dividend_yield * (time - start) - batch.rate * start)
            gain = batch.sign * (spot * kept - batch.strike * np.exp(-batch.rate * time))
            better = gain > best
            best, delta = np.where(better, gain, best), np.where(better, batch.sign * slope * kept, delta)
        if not np.isfinite(date):
            break
        growth = np.exp((batch.rate - batch.dividend_yield) * (end - start))
        start, spot, slope = end, np.maximum(spot * growth - amount, 0.0), slope * growth
        slope = np.where(spot > 0.0, slope, 0.0)
    nothing = np.zeros_like(best)
    return OptionGreeks(
        np.maximum(best, 0.0), delta * np.heaviside(best, 0.5), nothing, nothing, nothing, nothing
    )


def above_floor(greeks: OptionGreeks, batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Replace what lies below the value of exercise at the best moment set today, which is always allowed.

    That happens where so little vol is left that a method cannot resolve the boundary.
    """
    floor = foreseen(batch, schedule)
    known = floor.value > greeks.value
    return OptionGreeks(*(np.where(known, low, high) for low, high in zip(floor, greeks, strict=True)))


def _moments(batch: Batch, spot: FloatArray, start: FloatArray, end: FloatArray) -> tuple[FloatArray, ...]:
    """Return the moments of a stretch at which exercise can be best: its ends and where the gain is level."""
    with np.errstate(divide="ignore", invalid="ignore"):
        level = start + np.log(batch.rate * batch.strike / (batch.dividend_yield * spot)) / (
            batch.rate - batch.dividend_yield
        )
    return (
        start,
        np.clip(np.where(np.isnan(level), start, np.nan_to_num(level)), start, np.maximum(end, start)),
        np.maximum(end, start),
    )
