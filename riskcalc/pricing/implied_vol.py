"""European implied volatility: from a premium back to the vol that gives it."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.pricing.block_evaluation import FloatArray, in_blocks
from riskcalc.pricing.forward_terms import to_forward_terms
from riskcalc.pricing.normalized_implied_vol import solve_total_vol

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# The intrinsic value is known to a few units in the last place of its larger term.
_ROUNDING = 4.0 * float(np.finfo(np.float64).eps)


class VolStatus(IntEnum):
    """How the search for an implied vol ended, per element."""

    OK = 0
    BELOW_INTRINSIC = 1
    ABOVE_BOUND = 2
    NO_TIME = 3
    NOT_FINITE = 4
    OUT_OF_RANGE = 5
    NOT_CONVERGED = 6

    @property
    def text(self) -> str:
        """One line for people."""
        return _TEXTS[self]


_TEXTS = {
    VolStatus.OK: "solved",
    VolStatus.BELOW_INTRINSIC: "premium is below the discounted intrinsic value",
    VolStatus.ABOVE_BOUND: "premium is at or above the most the option can be worth",
    VolStatus.NO_TIME: "no time is left to expiry",
    VolStatus.NOT_FINITE: "an input, or the forward it implies, is not a finite number",
    VolStatus.OUT_OF_RANGE: "spot and strike must be > 0 and sign +1 or -1",
    VolStatus.NOT_CONVERGED: "the search did not settle",
}


class ImpliedVol(NamedTuple):
    """Implied vols and how each search ended; numpy scalars when all inputs were scalars."""

    vol: FloatArray
    """Volatility as a fraction; nan where ``status`` is not 0."""
    status: NDArray[np.int8]
    """A ``VolStatus`` code."""


def implied_vol(
    *,
    premium: ArrayLike,
    sign: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> ImpliedVol:
    """Volatility at which `black_scholes` gives the premium.

    Parameters
    ----------
    premium : array_like
        Price of one option [dollars per share].
    sign : array_like
        +1 for a call, -1 for a put (an ``IntEnum`` works).
    spot : array_like
        Price of the share [dollars], > 0.
    strike : array_like
        Strike [dollars], > 0.
    time_to_expiry : array_like
        [years], > 0.
    rate : array_like
        Continuous interest rate as a fraction, any sign.
    dividend_yield : array_like
        Continuous yield as a fraction, any sign.

    Returns
    -------
    ImpliedVol
        ``vol`` to about 1e-14, or to a few units in the last place of the premium where that moves it more;
        nan with a reason in ``status`` where there is none. A premium at the discounted intrinsic value
        (0 for an out-of-the-money option), or short of it by no more than the rounding of that value, has
        vol 0.0 with status OK. A premium at its upper bound has none: only an infinite vol would reach it.
        Nothing warns.

    Raises
    ------
    InvalidInputError
        The shapes do not broadcast, or an input is not numeric.

    References
    ----------
    Jäckel, "Let's Be Rational", Wilmott 2015(75), 40-53: the normalized price and the objective per region.

    Examples
    --------
    >>> found = implied_vol(premium=[3.0, 300.0], sign=1, spot=220, strike=235, time_to_expiry=60 / 365)
    >>> found.vol.round(4)
    array([0.2303,    nan])
    >>> VolStatus(found.status[1]).text
    'premium is at or above the most the option can be worth'
    """
    vol, status = in_blocks(
        _kernel,
        outputs=2,
        premium=premium,
        sign=sign,
        spot=spot,
        strike=strike,
        time_to_expiry=time_to_expiry,
        rate=rate,
        dividend_yield=dividend_yield,
    )
    return ImpliedVol(vol, status.astype(np.int8))


def _kernel(
    *,
    premium: FloatArray,
    sign: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    time_to_expiry: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Implied vol and status of one block; parity takes every option to its out-of-the-money side."""
    _, share, cash, log_moneyness = to_forward_terms(
        spot=spot, strike=strike, time_to_expiry=time_to_expiry, rate=rate, dividend_yield=dividend_yield
    )
    bound = np.where(sign > 0.0, share, cash)
    time_value = premium - np.maximum(sign * (share - cash), 0.0)
    finite = np.isfinite(premium + sign + share + cash + time_to_expiry + rate + dividend_yield)
    in_range = (np.abs(sign) == 1.0) & (spot > 0.0) & (strike > 0.0)
    problems = {
        VolStatus.NOT_FINITE: ~finite,
        VolStatus.OUT_OF_RANGE: ~in_range,
        VolStatus.NO_TIME: time_to_expiry <= 0.0,
        VolStatus.BELOW_INTRINSIC: (premium < 0.0) | (time_value < -_ROUNDING * bound),
        VolStatus.ABOVE_BOUND: premium >= bound,
    }
    status = np.select(list(problems.values()), [float(code) for code in problems], float(VolStatus.OK))
    solvable = (status == VolStatus.OK) & (time_value > 0.0)
    total_vol = solve_total_vol(
        time_value=np.where(solvable, time_value, np.nan),
        room=bound - premium,
        lesser=np.minimum(share, cash),
        distance=np.abs(log_moneyness),
    )
    status = np.where(solvable & np.isnan(total_vol), float(VolStatus.NOT_CONVERGED), status)
    at_intrinsic = (status == VolStatus.OK) & ~solvable
    return np.where(at_intrinsic, 0.0, total_vol / np.sqrt(time_to_expiry)), status
