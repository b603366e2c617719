"""Exercise boundary of calls before an ex-date: the spot above which exercise beats holding."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.pricing.american.convergence import Root, decreasing_root
from riskcalc.pricing.american.pre_dividend import (
    MAX_LOG_SPOT,
    NEGLIGIBLE,
    CallContract,
    PreDividendCall,
    after_drop,
    call_expectation,
)
from riskcalc.pricing.american.quadrature import SQRT_2
from riskcalc.pricing.scipy_kernels import erfcx, ndtr

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

STEP_TOLERANCE = 1e-4
"""Last Newton step of a boundary, in standard deviations: its error is the square of that."""
RESIDUAL_TOLERANCE = 0.02
"""Largest residual, in the log of a put, from which one Newton step has a negligible error."""
MAX_CACHED_CONTRACTS = 8
"""Most contracts valued together whose boundaries are cached: a plan values few again and again."""


class CallBoundary(NamedTuple):
    """Exercise boundary before a drop, as the log of the spot after the drop."""

    log_spot: FloatArray
    """`MAX_LOG_SPOT` where exercise never pays, -`MAX_LOG_SPOT` where it always does."""
    converged: NDArray[np.bool_]
    """Whether the search converged, shape (contracts, 1)."""


def last_boundary(
    contract: CallContract, discounted_strike: FloatArray, deviation: FloatArray
) -> CallBoundary:
    """Return the boundary before the last drop.

    There the European put after the drop is worth the dividend minus the interest on the strike.
    """
    amount = float(contract.dividend_amounts[-1])
    columns = contract.strike, discounted_strike, deviation
    if len(contract.strike) > MAX_CACHED_CONTRACTS:
        return _solve_last_boundary(*columns, amount)
    strike_bytes, discounted_bytes, deviation_bytes = (column.tobytes() for column in columns)
    return _cached_boundary(strike_bytes, discounted_bytes, deviation_bytes, amount)


@lru_cache(maxsize=64)
def _cached_boundary(
    strike: bytes, discounted_strike: bytes, deviation: bytes, amount: float
) -> CallBoundary:
    """Return the boundary of few contracts from columns as bytes: it does not depend on the spot."""
    strikes, discounted_strikes, deviations = (
        np.frombuffer(numbers)[:, None] for numbers in (strike, discounted_strike, deviation)
    )
    boundary = _solve_last_boundary(strikes, discounted_strikes, deviations, amount)
    for part in boundary:
        part.flags.writeable = False
    return boundary


def _solve_last_boundary(
    strike: FloatArray, discounted_strike: FloatArray, deviation: FloatArray, amount: float
) -> CallBoundary:
    """Return the root, in log-spot, of put value = dividend - interest on the strike, by Newton on logs."""
    gain = amount - (strike - discounted_strike)
    log_target = np.log(np.clip(gain, NEGLIGIBLE * strike, discounted_strike * (1 - NEGLIGIBLE)))

    def excess(log_spot: FloatArray) -> tuple[FloatArray, FloatArray]:
        log_put, elasticity = _log_put(log_spot, discounted_strike=discounted_strike, deviation=deviation)
        return log_put - log_target, -elasticity

    root = decreasing_root(
        excess,
        start=np.log(np.maximum(discounted_strike - np.exp(log_target), NEGLIGIBLE * discounted_strike)),
        low=np.full_like(strike, -MAX_LOG_SPOT),
        high=np.full_like(strike, MAX_LOG_SPOT),
        step_tolerance=STEP_TOLERANCE * deviation,
        residual_tolerance=RESIDUAL_TOLERANCE,
    )
    return _apply_limits(strike, root, gain=gain, amount=amount)


def _log_put(
    log_spot: FloatArray, *, discounted_strike: FloatArray, deviation: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the log of a European put and minus its slope in log-spot, exact however small the put."""
    d1 = (log_spot - np.log(discounted_strike)) / deviation + deviation / 2
    d2 = d1 - deviation
    tail1, tail2 = (erfcx(np.maximum(d, 0.0) / SQRT_2) for d in (d1, d2))
    tail_gap = np.maximum(tail2 - tail1, NEGLIGIBLE**2)
    far_log = log_spot - d1**2 / 2 + np.log(tail_gap / 2)
    far_slope = tail1 / tail_gap
    share_value = np.exp(log_spot) * ndtr(-d1)
    near_put = np.maximum(discounted_strike * ndtr(-d2) - share_value, NEGLIGIBLE**2)
    far = d2 > 0.0
    return np.where(far, far_log, np.log(near_put)), np.where(far, far_slope, share_value / near_put)


def earlier_boundary(
    contract: CallContract,
    later: PreDividendCall,
    i: int,
    *,
    valid_range: Callable[[], tuple[FloatArray, FloatArray]],
) -> CallBoundary:
    """Return the boundary before drop i, searched for in the valid range of log-spots after it.

    Only there is the expectation of the later call exact. A boundary below the range becomes its lower end, a
    boundary above it none.
    """
    strike, amount = contract.strike, float(contract.dividend_amounts[i])
    deferred_cost = least_deferred_cost(contract, i)
    gain = amount + deferred_cost - strike
    log_target = np.log(np.maximum(gain, NEGLIGIBLE * strike))
    searched = (gain > NEGLIGIBLE * strike) & (strike > amount)
    if not searched.any():
        trivial = np.where(strike <= amount, -MAX_LOG_SPOT, MAX_LOG_SPOT)
        return CallBoundary(trivial, np.ones_like(searched))
    lowest, highest = valid_range()

    def excess(log_spot: FloatArray) -> tuple[FloatArray, FloatArray]:
        hold = call_expectation(contract, later, log_spot, now=float(contract.dividend_times[i]))
        spot = np.exp(log_spot)
        put = np.maximum(hold.value - spot + deferred_cost, 1e-3 * NEGLIGIBLE * strike)
        slope = np.minimum(hold.slope - spot, -NEGLIGIBLE * put) / put
        return np.where(searched, np.log(put) - log_target, 0.0), slope

    later_boundary = after_drop(later.exercise_boundary, amount)
    low = np.maximum(np.log(np.maximum(strike - amount, np.exp(-MAX_LOG_SPOT))), lowest)
    root = decreasing_root(
        excess,
        start=np.where(later.exercise_boundary < MAX_LOG_SPOT, later_boundary, np.log(strike)),
        low=low,
        high=np.maximum(low, highest),
        step_tolerance=STEP_TOLERANCE * contract.deviation(contract.expiry - contract.dividend_times[i]),
        residual_tolerance=RESIDUAL_TOLERANCE,
    )
    return _apply_limits(strike, root, gain=gain, amount=amount)


def least_deferred_cost(contract: CallContract, i: int) -> FloatArray:
    """Return the least present cost, just after ex-date i, of exercising later [dollars].

    It is the discounted strike plus the dividends missed until then.
    """
    times_ahead = contract.dividend_times[i + 1 :] - contract.dividend_times[i]
    dividends_missed = np.exp(-contract.rate * times_ahead) * contract.dividend_amounts[i + 1 :]
    strikes = contract.strike * np.exp(-contract.rate * times_ahead)
    before_drops = strikes + np.cumsum(dividends_missed, axis=1) - dividends_missed
    strike = contract.strike * np.exp(-contract.rate * (contract.expiry - contract.dividend_times[i]))
    at_expiry = strike + dividends_missed.sum(axis=1, keepdims=True)
    deferred_cost: FloatArray = np.minimum(before_drops.min(axis=1, keepdims=True), at_expiry)
    return deferred_cost


def _apply_limits(strike: FloatArray, root: Root, *, gain: FloatArray, amount: float) -> CallBoundary:
    """Return the root as a boundary, or none where exercise never pays or a drop exceeds the strike."""
    pays, share_lost = gain > NEGLIGIBLE * strike, strike <= amount
    at_strike = np.log(np.maximum(strike - amount, np.exp(-MAX_LOG_SPOT)))
    log_spot = np.where(pays & ~root.above_bracket, np.maximum(root.location, at_strike), MAX_LOG_SPOT)
    return CallBoundary(
        np.where(share_lost, -MAX_LOG_SPOT, np.minimum(log_spot, MAX_LOG_SPOT)),
        root.converged | ~pays | share_lost,
    )
