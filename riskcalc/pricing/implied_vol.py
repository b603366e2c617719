"""European implied volatility: from a premium back to the vol that gives it."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.pricing.arrays import FloatArray, broadcast_floats, in_blocks, in_core_or_blocks
from riskcalc.pricing.black_scholes import to_forward_terms
from riskcalc.pricing.compiled.loader import core
from riskcalc.pricing.scipy_kernels import erfcx, ndtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Rounding error of the intrinsic value, relative to its larger term.
_ROUNDING = 4.0 * float(np.finfo(np.float64).eps)
_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_SQRT_HALF = math.sqrt(0.5)
_SQRT_HALF_PI = math.sqrt(0.5 * math.pi)
# Least log-moneyness: the seed divides by it.
_MIN_DISTANCE = 1e-100
# Bound of an argument of a logarithm.
_HUGE = 1e300
# Share of its upper bound above which an option is solved from the bound down.
_NEAR_BOUND = 0.5
# Half total vol below which the difference of the two Mills ratios loses too many digits.
_SMALL_HALF_VOL = 5e-4
# Relative size of a fourth-order step after which the error is below rounding.
_STEP_TOLERANCE = 2e-4
# Most steps; 30,000 options over all double prices took at most 4.
_MAX_STEPS = 16


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
    VolStatus.ABOVE_BOUND: "premium is at or above the upper bound of the option value",
    VolStatus.NO_TIME: "no time is left to expiry",
    VolStatus.NOT_FINITE: "an input, or the forward it implies, is not a finite number",
    VolStatus.OUT_OF_RANGE: "spot and strike must be > 0 and sign +1 or -1",
    VolStatus.NOT_CONVERGED: "the search did not converge",
}


SOLVED = np.int8(VolStatus.OK)


class ImpliedVol(NamedTuple):
    """Implied vols and how each search ended; numpy scalars when all inputs were scalars."""

    vol: FloatArray
    """Volatility as a fraction; nan where ``status`` is not 0."""
    status: NDArray[np.int8]
    """A ``VolStatus`` code."""


_new = tuple.__new__  # a named tuple in half the time of its class


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
        vol 0.0 with status OK. A premium at its upper bound has none. No warning is issued.

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
    'premium is at or above the upper bound of the option value'
    """
    if (compiled := core()) is not None:
        one = compiled.implied_vol((premium, sign, spot, strike, time_to_expiry, rate, dividend_yield))
        if one == one:  # noqa: PLR0124 - not nan
            return _new(ImpliedVol, (np.float64(one), SOLVED))
    inputs = {
        "premium": premium,
        "sign": sign,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
    }
    vol, status = in_core_or_blocks(_kernel, outputs=2, compiled="implied_vol", **inputs)
    unsolved = status < 0.0
    if unsolved.any():
        vol, status = _complete(inputs, vol, status, unsolved)
    return ImpliedVol(vol, status.astype(np.int8))


def _complete(
    inputs: dict[str, ArrayLike], vol: FloatArray, status: FloatArray, unsolved: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return vols and statuses with those that the compiled core leaves to the kernel here."""
    arrays = broadcast_floats(**inputs)
    rest = {name: np.broadcast_to(array, status.shape)[unsolved] for name, array in arrays.items()}
    vol, status = np.array(vol), np.array(status)
    vol[unsolved], status[unsolved] = in_blocks(_kernel, outputs=2, **rest)
    return vol[()], status[()]


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
    """Return implied vol and status of one block, by parity from the out-of-the-money option."""
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


class _Problem(NamedTuple):
    """Equation of each element in total vol: log(level) - log(density) = target."""

    target: FloatArray
    distance: FloatArray
    """Absolute log-moneyness, > 0."""
    side: FloatArray
    """+1: the level is the option's price; -1: its upper bound minus the price."""

    def where(self, mask: NDArray[np.bool_]) -> _Problem:
        """Return the elements where the mask is true."""
        return _Problem(*(part[mask] for part in self))


def solve_total_vol(
    *, time_value: FloatArray, room: FloatArray, lesser: FloatArray, distance: FloatArray
) -> FloatArray:
    """Solve for the total vol at which an out-of-the-money option is worth its time value.

    Parameters
    ----------
    time_value : ndarray
        Price of the out-of-the-money option [dollars], in (0, lesser); nan gives nan.
    room : ndarray
        ``lesser`` minus ``time_value``, without the cancellation [dollars], > 0.
    lesser : ndarray
        The smaller of the discounted share and strike, the bound of that option [dollars], > 0.
    distance : ndarray
        Absolute log-moneyness, >= 0.

    Returns
    -------
    ndarray
        Vol times the root of time, of the broadcast shape; nan where the search did not converge.

    References
    ----------
    Jäckel, "Let's Be Rational", Wilmott 2015(75), 40-53: Householder steps on an objective per region.

    Examples
    --------
    >>> value = np.array([0.0398776])  # of one dollar, at the money
    >>> solve_total_vol(time_value=value, room=1 - value, lesser=np.ones(1), distance=np.zeros(1)).round(6)
    array([0.1])
    """
    shape = np.broadcast_shapes(*(np.shape(part) for part in (time_value, room, lesser, distance)))
    time_value, room, lesser, distance = np.broadcast_arrays(
        *np.atleast_1d(time_value, room, lesser, distance)
    )
    distance = np.maximum(distance, _MIN_DISTANCE)
    near_bound = time_value > _NEAR_BOUND * lesser
    level = np.where(near_bound, room, time_value)
    problem = _Problem(
        target=np.log(level) - np.log(lesser) - 0.5 * distance + _HALF_LOG_2PI,
        distance=distance,
        side=np.where(near_bound, -1.0, 1.0),
    )
    total_vol = _seed(lesser / time_value, distance)
    total_vol[near_bound] = _seed_near_bound(room[near_bound] / lesser[near_bound], distance[near_bound])
    return _solve(problem, total_vol).reshape(shape)


def _solve(problem: _Problem, total_vol: FloatArray) -> FloatArray:
    """Step in lockstep, each time with the elements that the last step still moved."""
    result = np.full_like(total_vol, np.nan)
    index = np.arange(total_vol.size)
    for _ in range(_MAX_STEPS):
        # A step back may overshoot zero; none that is right halves its start.
        step = np.maximum(_householder_step(problem, total_vol), -0.5 * total_vol)
        total_vol = total_vol + step
        result[index] = total_vol
        moved = np.abs(step) > _STEP_TOLERANCE * total_vol
        if not moved.any():
            return result
        index, problem, total_vol = index[moved], problem.where(moved), total_vol[moved]
    result[index] = np.nan
    return result


def _householder_step(problem: _Problem, total_vol: FloatArray) -> FloatArray:
    """Return a fourth-order Householder step on the log of the level.

    With h = distance / total_vol and t = total_vol / 2 the level is exp(-(h^2 + t^2) / 2) / sqrt(2 pi), which
    is the density and its own slope in total vol, times a gap of Mills ratios.
    """
    target, distance, side = problem
    h, t = distance / total_vol, 0.5 * total_vol
    gap = _mills_gap(h=h, t=t, side=side)
    miss = np.log(gap) - 0.5 * (h * h + t * t) - target
    slope = side / gap
    curve = h * h / total_vol - 0.5 * t  # slope of the log of the density
    newton = -miss / slope
    second = curve - slope
    third = second * (second - slope) - 3.0 * (h / total_vol) ** 2 - 0.25
    step: FloatArray = (
        newton * (1.0 + 0.5 * second * newton) / (1.0 + newton * (second + third * newton / 6.0))
    )
    return step


def _mills_gap(*, h: FloatArray, t: FloatArray, side: FloatArray) -> FloatArray:
    """Return the level over the density.

    It is mills(t - h) - mills(-t - h) for side 1, and mills(h - t) + mills(-t - h) for side -1.
    """
    gap = _mills(side * (t - h)) - side * _mills(-t - h)
    small = t < _SMALL_HALF_VOL  # of side 1 only: an option near its bound has a large vol
    if small.any():
        gap[small] = _small_vol_mills_gap(h[small], t[small])
    return gap


def _small_vol_mills_gap(h: FloatArray, t: FloatArray) -> FloatArray:
    """Expand the gap of side 1 in t, which avoids the cancellation."""
    first = 1.0 - h * _mills(-h)
    third = (3.0 + h * h) * first - 1.0
    return 2.0 * t * (first + t * t / 6.0 * third)


def _mills(z: FloatArray) -> FloatArray:
    """Return the normal distribution over its density at z."""
    ratio: FloatArray = _SQRT_HALF_PI * erfcx(-_SQRT_HALF * z)
    return ratio


def _seed(bound_over_value: FloatArray, distance: FloatArray) -> FloatArray:
    """Guess from the Bachelier inverse, bent to the lognormal: 1e-4 off for most, 20% in the far wings."""
    w = np.log1p(np.minimum(np.expm1(distance) * bound_over_value, _HUGE))
    # Bachelier moneyness over w, squared: our fit, good to 1e-4 from the money to the least double price.
    numerator = 0.1591583 + w * (0.02913243 + w * (0.003959544 + w * 2.030415e-05))
    denominator = 1.0 + w * (0.1838977 + w * (0.03110809 + w * (0.002103401 + w * 1.016380e-05)))
    total_vol = distance / (w * np.sqrt(numerator / denominator))
    # At the money exact to fifth order; away from it the next term for small total vol.
    bend = total_vol * total_vol / (12.0 * np.sqrt(1.0 + distance * distance / 60.0))
    guess: FloatArray = total_vol / np.sqrt(np.maximum(1.0 - bend * (1.0 + 0.3 * bend), 0.05))
    return guess


def _seed_near_bound(room_over_bound: FloatArray, distance: FloatArray) -> FloatArray:
    """Guess from the distance to the bound, 2 Phi(-t) exp(-h^2 / 2) of it for a large total vol."""
    h = -0.5 * distance / ndtri(0.5 * room_over_bound)
    guess = -2.0 * ndtri(np.minimum(0.5 * room_over_bound * np.exp(0.5 * h * h), 0.45))
    # Above half its bound an option has d1 > 0.
    return np.maximum(guess, np.sqrt(2.0 * distance))
