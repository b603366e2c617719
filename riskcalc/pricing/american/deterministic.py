"""Deterministic options: zero time, vol, spot or strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import NOW
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.arrays import FloatArray

MISSED = 1e-5  # of the strike: how far below a floor a value may lie by what its method errs
SURE = 6.0  # standard deviations down to which drops must leave something of the spot


def foreseen(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Value exercise at the best moment of the one path the spot can take; past dividends do not count.

    Delta is that of the path, halved where exercise is worth exactly nothing; the other Greeks are 0.
    """
    best = np.full(batch.spot.shape, -np.inf)
    delta = np.zeros_like(best)
    start, spot, slope = np.zeros_like(best), batch.spot, np.ones_like(best)
    for date, amount in zip([*schedule.times, np.inf], [*schedule.amounts, 0.0], strict=True):
        coming = date > batch.elapsed + NOW
        end = np.where(coming, date - batch.elapsed, 0.0)
        for time in _moments(batch, spot, start, np.minimum(end, batch.time_to_expiry)):
            kept = np.exp(-batch.dividend_yield * (time - start) - batch.rate * start)
            gain = batch.sign * (spot * kept - batch.strike * np.exp(-batch.rate * time))
            better = gain > best
            best, delta = np.where(better, gain, best), np.where(better, batch.sign * slope * kept, delta)
        if not np.isfinite(date):
            break
        growth = np.exp((batch.rate - batch.dividend_yield) * (end - start))
        start, spot, slope = end, np.maximum(spot * growth - coming * amount, 0.0), slope * growth
        slope = np.where(spot > 0.0, slope, 0.0)
    nothing = np.zeros_like(best)
    return OptionGreeks(
        np.maximum(best, 0.0), delta * np.heaviside(best, 0.5), nothing, nothing, nothing, nothing
    )


def without_surprise(batch: Batch, schedule: Schedule) -> Priced:
    """Value options that have no time, vol, spot or strike: nothing is left to prove."""
    return Priced(foreseen(batch, schedule), np.ones(batch.spot.size, dtype=bool))


def nearly_foreseen(batch: Batch, schedule: Schedule) -> Priced:
    """Value options on the one path, proved where no other path can change the value by much.

    The expected largest distance of a Brownian motion from its start is 1.25 standard deviations.
    """
    grown = np.exp(np.maximum(-batch.dividend_yield, 0.0) * batch.time_to_expiry)
    strayed = 1.26 * batch.vol * np.sqrt(batch.time_to_expiry) * batch.spot * grown
    return Priced(foreseen(batch, schedule), strayed <= MISSED * batch.strike)


def above_floor(priced: Priced, batch: Batch, schedule: Schedule) -> Priced:
    """Replace what lies a little below the value of exercise at the best moment set today.

    That is always allowed. What lies further below was not found by its method and is not proved.
    """
    floor = _floor(batch, schedule)
    below = floor.value - priced.greeks.value
    greeks = (np.where(below > 0.0, low, high) for low, high in zip(floor, priced.greeks, strict=True))
    return Priced(OptionGreeks(*greeks), priced.proved & (below <= MISSED * batch.strike))


def _floor(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Value of the one path, or for a put whose drops may take the whole spot, of the path without them.

    Such drops leave more of the spot on average than the one path has left.
    """
    if not schedule.times.size:
        return foreseen(batch, schedule)
    ruined = (batch.sign < 0.0) & may_ruin(batch, schedule.to_come(batch), deviations=SURE)
    floors = foreseen(batch, schedule), foreseen(batch, schedule.first(0))
    return OptionGreeks(*(np.where(ruined, without, with_) for with_, without in zip(*floors, strict=True)))


def may_ruin(batch: Batch, drops: float | FloatArray, *, deviations: float) -> NDArray[np.bool_]:
    """Say where a spot that falls by some standard deviations is worth less than the drops ahead."""
    fall = deviations * batch.vol * np.sqrt(batch.time_to_expiry)
    fall = fall + np.maximum(batch.dividend_yield - batch.rate, 0.0) * batch.time_to_expiry
    ruined: NDArray[np.bool_] = drops * np.exp(
        np.maximum(-batch.rate, 0.0) * batch.time_to_expiry
    ) > batch.spot * np.exp(-fall)
    return ruined


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
