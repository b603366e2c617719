"""Options on a deterministic spot path (no time, vol, spot or strike), a lower bound of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import EX_DATE_TOLERANCE
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.arrays import FloatArray

FLOOR_ROUNDING = 1e-12
"""Largest distance below the lower bound that is rounding, of the larger of spot and strike."""
FLOOR_TOLERANCE = 1e-5
"""Largest distance below the lower bound that is an error of the method [strikes]."""
RUIN_DEVIATIONS = 6.0
"""Fall of the spot, in standard deviations, after which drops must leave some of it."""


def deterministic_greeks(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Return the value of exercise at the best time of the zero-vol path; past dividends do not count.

    Delta is that of the path, halved where exercise is worth exactly zero; the other Greeks are 0.
    """
    best = np.full(batch.spot.shape, -np.inf)
    delta = np.zeros_like(best)
    start, spot, slope = np.zeros_like(best), batch.spot, np.ones_like(best)
    for date, amount in zip([*schedule.times, np.inf], [*schedule.amounts, 0.0], strict=True):
        is_ahead = date > batch.elapsed + EX_DATE_TOLERANCE
        end = np.where(is_ahead, date - batch.elapsed, 0.0)
        for time in _exercise_candidates(batch, spot, start, np.minimum(end, batch.time_to_expiry)):
            discount = np.exp(-batch.dividend_yield * (time - start) - batch.rate * start)
            gain = batch.sign * (spot * discount - batch.strike * np.exp(-batch.rate * time))
            better = gain > best
            best, delta = np.where(better, gain, best), np.where(better, batch.sign * slope * discount, delta)
        if not np.isfinite(date):
            break
        growth = np.exp((batch.rate - batch.dividend_yield) * (end - start))
        start, spot, slope = end, np.maximum(spot * growth - is_ahead * amount, 0.0), slope * growth
        slope = np.where(spot > 0.0, slope, 0.0)
    zero = np.zeros_like(best)
    return OptionGreeks(np.maximum(best, 0.0), delta * np.heaviside(best, 0.5), zero, zero, zero, zero)


def deterministic(batch: Batch, schedule: Schedule) -> Priced:
    """Return value and Greeks of options without time, vol, spot or strike, which are exact."""
    return Priced(deterministic_greeks(batch, schedule), np.ones(batch.spot.size, dtype=bool))


def nearly_deterministic(batch: Batch, schedule: Schedule) -> Priced:
    """Return value and Greeks on the zero-vol path, converged where other paths change the value little.

    The expected largest distance of a Brownian motion from its start is 1.25 standard deviations.
    """
    growth = np.exp(np.maximum(-batch.dividend_yield, 0.0) * batch.time_to_expiry)
    path_deviation = 1.26 * batch.vol * np.sqrt(batch.time_to_expiry) * batch.spot * growth
    return Priced(deterministic_greeks(batch, schedule), path_deviation <= FLOOR_TOLERANCE * batch.strike)


def raise_to_floor(priced: Priced, batch: Batch, schedule: Schedule) -> Priced:
    """Replace values a little below their lower bound by it; those further below have not converged.

    The bound is the value of exercise at a time fixed today.
    """
    floor = _lower_bound(batch, schedule)
    below = floor.value - priced.greeks.value
    # A value that is below by rounding has Greeks of its own: held to expiry, it still has a rho.
    replaced = below > FLOOR_ROUNDING * np.maximum(batch.spot, batch.strike)
    greeks = [np.where(replaced, low, high) for low, high in zip(floor, priced.greeks, strict=True)]
    greeks[0] = np.where(below > 0.0, floor.value, priced.greeks.value)
    return Priced(OptionGreeks(*greeks), priced.converged & (below <= FLOOR_TOLERANCE * batch.strike))


def _lower_bound(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Return the value on the zero-vol path; for a put whose drops may take the whole spot, without drops.

    Floored at zero, the spot after such drops is larger on average than on the zero-vol path.
    """
    if not schedule.times.size:
        return deterministic_greeks(batch, schedule)
    drops = schedule.remaining_amount(batch)
    may_reach_zero = spot_may_reach_zero(batch, drops, deviations=RUIN_DEVIATIONS) & (batch.sign < 0.0)
    with_drops = deterministic_greeks(batch, schedule)
    without_drops = deterministic_greeks(batch, schedule.first(0))
    pairs = zip(without_drops, with_drops, strict=True)
    return OptionGreeks(*(np.where(may_reach_zero, without, with_) for without, with_ in pairs))


def spot_may_reach_zero(batch: Batch, drops: float | FloatArray, *, deviations: float) -> NDArray[np.bool_]:
    """Return where a spot that falls by that many standard deviations is below the drops to come."""
    fall = deviations * batch.vol * np.sqrt(batch.time_to_expiry)
    fall = fall + np.maximum(batch.dividend_yield - batch.rate, 0.0) * batch.time_to_expiry
    largest_drops = drops * np.exp(np.maximum(-batch.rate, 0.0) * batch.time_to_expiry)
    may_reach_zero: NDArray[np.bool_] = largest_drops > batch.spot * np.exp(-fall)
    return may_reach_zero


def _exercise_candidates(
    batch: Batch, spot: FloatArray, start: FloatArray, end: FloatArray
) -> tuple[FloatArray, ...]:
    """Return the times in a period at which exercise can be best: its ends and where the gain is flat."""
    end = np.maximum(end, start)
    with np.errstate(divide="ignore", invalid="ignore"):
        income_ratio = batch.rate * batch.strike / (batch.dividend_yield * spot)
        flat = start + np.log(income_ratio) / (batch.rate - batch.dividend_yield)
    flat = np.where(np.isnan(flat), start, np.nan_to_num(flat))
    return start, np.clip(flat, start, end), end
