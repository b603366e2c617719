"""Spot above which a call is exercised on the day before an ex-date."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import erfcx, ndtr

from riskcalc.pricing.american.convergence import Root, falling_root
from riskcalc.pricing.american.pre_dividend import FARTHEST, TINY, CallContract, Eve, after_drop, average
from riskcalc.pricing.american.quadrature import SQRT_2

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

# In standard deviations: the square of the last step is what is left, and the value errs by its square.
LAST_STEP = 1e-4
LEFT = 0.02  # in the log of the put: what one more step of Newton squares

FEW = 8  # contracts valued together, as a plan does again and again, whose boundary is kept


class CallBoundary(NamedTuple):
    """Log of the spot after a drop from which exercise before it would have been better."""

    log_spot: FloatArray
    """FARTHEST where exercise never pays, -FARTHEST where it always does."""
    settled: NDArray[np.bool_]


def last_boundary(contract: CallContract, discounted: FloatArray, deviation: FloatArray) -> CallBoundary:
    """Find the boundary before the last drop.

    There the put's value equals what exercise gains: the dividend less the interest on the strike.
    """
    amount = float(contract.dividend_amounts[-1])
    if len(contract.strike) > FEW:
        return _search(contract.strike, discounted, deviation, amount)
    return _known_boundary(contract.strike.tobytes(), discounted.tobytes(), deviation.tobytes(), amount)


@lru_cache(maxsize=64)
def _known_boundary(strike: bytes, discounted: bytes, deviation: bytes, amount: float) -> CallBoundary:
    """The boundary of few contracts, whose columns come as bytes: it does not move with the spot."""
    found = _search(_column(strike), _column(discounted), _column(deviation), amount)
    for part in found:
        part.flags.writeable = False
    return found


def _column(numbers: bytes) -> FloatArray:
    return np.frombuffer(numbers)[:, None]


def _search(strike: FloatArray, discounted: FloatArray, deviation: FloatArray, amount: float) -> CallBoundary:
    gain = amount - (strike - discounted)
    wanted = np.log(np.clip(gain, TINY * strike, discounted * (1 - TINY)))

    def excess(log_spot: FloatArray) -> tuple[FloatArray, FloatArray]:
        log_put, elasticity = _log_put(log_spot, discounted=discounted, deviation=deviation)
        return log_put - wanted, -elasticity

    root = falling_root(
        excess,
        start=np.log(np.maximum(discounted - np.exp(wanted), TINY * discounted)),
        low=np.full_like(strike, -FARTHEST),
        high=np.full_like(strike, FARTHEST),
        tolerance=LAST_STEP * deviation,
        left=LEFT,
    )
    return _ruled(strike, root, gain=gain, amount=amount)


def _log_put(
    log_spot: FloatArray, *, discounted: FloatArray, deviation: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Log of a European put and minus its slope in the log-spot, precise however small the put."""
    d1 = (log_spot - np.log(discounted)) / deviation + deviation / 2
    d2 = d1 - deviation
    tail1, tail2 = (erfcx(np.maximum(d, 0.0) / SQRT_2) for d in (d1, d2))
    far_log = log_spot - d1**2 / 2 + np.log(np.maximum(tail2 - tail1, TINY**2) / 2)
    far_slope = tail1 / np.maximum(tail2 - tail1, TINY**2)
    share = np.exp(log_spot) * ndtr(-d1)
    near_put = np.maximum(discounted * ndtr(-d2) - share, TINY**2)
    far = d2 > 0.0
    return np.where(far, far_log, np.log(near_put)), np.where(far, far_slope, share / near_put)


def earlier_boundary(
    contract: CallContract, later: Eve, i: int, *, trusted: Callable[[], tuple[FloatArray, FloatArray]]
) -> CallBoundary:
    """Find the boundary before drop i, between two logs of spots after it.

    Beyond them the later eve does not know its value. A boundary below them is the lower one, one above
    them is none.
    """
    cheapest, amount = cheapest_wait(contract, i), float(contract.dividend_amounts[i])
    gain = amount + cheapest - contract.strike
    wanted = np.log(np.maximum(gain, TINY * contract.strike))
    searched = (gain > TINY * contract.strike) & (contract.strike > amount)
    if not searched.any():
        nowhere = np.where(contract.strike <= amount, -FARTHEST, FARTHEST)
        return CallBoundary(nowhere, np.ones_like(searched))
    lowest, highest = trusted()

    def excess(log_spot: FloatArray) -> tuple[FloatArray, FloatArray]:
        jet = average(contract, later, log_spot, now=float(contract.dividend_times[i]))
        spot = np.exp(log_spot)
        put = np.maximum(jet.value - spot + cheapest, 1e-3 * TINY * contract.strike)
        slope = np.minimum(jet.slope - spot, -TINY * put) / put
        return np.where(searched, np.log(put) - wanted, 0.0), slope

    start = np.where(
        later.exercise_from < FARTHEST, after_drop(later.exercise_from, amount), np.log(contract.strike)
    )
    low = np.maximum(np.log(np.maximum(contract.strike - amount, np.exp(-FARTHEST))), lowest)
    deviation = contract.deviation(contract.expiry - contract.dividend_times[i])
    root = falling_root(
        excess,
        start=start,
        low=low,
        high=np.maximum(low, highest),
        tolerance=LAST_STEP * deviation,
        left=LEFT,
    )
    return _ruled(contract.strike, root, gain=gain, amount=amount)


def cheapest_wait(contract: CallContract, i: int) -> FloatArray:
    """Present cost, just after ex-date i, of buying the share later: strike then, dividends missed."""
    waits = contract.dividend_times[i + 1 :] - contract.dividend_times[i]
    missed = np.exp(-contract.rate * waits) * contract.dividend_amounts[i + 1 :]
    strikes = contract.strike * np.exp(-contract.rate * waits)
    on_eves = strikes + np.cumsum(missed, axis=1) - missed
    at_expiry = contract.strike * np.exp(
        -contract.rate * (contract.expiry - contract.dividend_times[i])
    ) + missed.sum(axis=1, keepdims=True)
    cheapest: FloatArray = np.minimum(on_eves.min(axis=1, keepdims=True), at_expiry)
    return cheapest


def _ruled(strike: FloatArray, root: Root, *, gain: FloatArray, amount: float) -> CallBoundary:
    """Handle cases without a root: exercise never pays, or always pays."""
    pays, taken = gain > TINY * strike, strike <= amount
    at_strike = np.log(np.maximum(strike - amount, np.exp(-FARTHEST)))
    log_spot = np.where(pays & ~root.above, np.maximum(root.place, at_strike), FARTHEST)
    return CallBoundary(
        np.where(taken, -FARTHEST, np.minimum(log_spot, FARTHEST)), root.settled | ~pays | taken
    )
