"""American implied volatility: the vol at which `american` gives a premium."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import EX_DATE_TOLERANCE, Batch, Schedule
from riskcalc.pricing.american.deterministic import spot_may_reach_zero
from riskcalc.pricing.american.pricing import value_batch
from riskcalc.pricing.arrays import as_floats, common_shape
from riskcalc.pricing.implied_vol import ImpliedVol, VolStatus, implied_vol

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.arrays import FloatArray

MAX_STEPS = 40
"""Most steps of the search."""
STEP_TOLERANCE = 1e-7
"""Relative Newton step of convergence; a smaller one is below the resolution of the price."""
PREDICTED_STEP_TOLERANCE = 1e-9
"""The same for a next step that is only predicted from the two before it."""
QUADRATIC_FROM = 0.1
"""Relative step from which Newton converges quadratically."""
VEGA_ERROR = 1e-4
"""Relative error of a vega."""
NEWTON_STEPS = 8
"""Steps after which Newton converges, unless noise in the last digits of the price prevents it."""
LOOSE_STEP_TOLERANCE = 1e-5
"""Relative Newton step that converges after that many steps."""
PRICE_TOLERANCE = 1e-4
"""Largest distance of the price from the premium before the last step, over the larger of spot and strike."""
FLOOR_ROUNDING = 1e-12
"""Rounding error of the value at a vol of 0, relative to the upper bound."""
LOWEST_VOL, HIGHEST_VOL = 1e-4, 20.0
"""Range of the search."""
FIRST_VOLS = (0.02, 3.0)
"""Range of the first guess."""
USUAL_VOL = 0.3
"""First guess where the European formula has none."""


def american_implied_vol(
    *,
    premium: ArrayLike,
    sign: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    dividend_times: ArrayLike = (),
    dividend_amounts: ArrayLike = (),
) -> ImpliedVol:
    """Volatility at which `american` gives the premium.

    Parameters
    ----------
    premium : array_like
        Price of one option [dollars per share].
    sign : array_like
        +1 for a call, -1 for a put.
    spot, strike : array_like
        [dollars], > 0.
    time_to_expiry : array_like
        [years], > 0.
    rate, dividend_yield : array_like
        Continuous interest rate and yield as fractions, any sign.
    dividend_times, dividend_amounts : array_like
        Ex-dates in years from now and cash amounts [dollars per share], as in `american`.

    Returns
    -------
    ImpliedVol
        ``vol`` between 0.0001 and 20, nan with a reason in ``status`` where there is none. A premium at the
        value without vol (for an option that should be exercised now: its intrinsic value) has vol 0.0 with
        status OK, the smallest of the vols that give it. No warning is issued.

    Raises
    ------
    InvalidInputError
        The schedule is not a list of finite times with amounts >= 0, or an input is not numeric.

    Examples
    --------
    >>> found = american_implied_vol(
    ...     premium=[11.6564, 20.0], sign=[1, -1], spot=100, strike=[100, 120], time_to_expiry=1, rate=0.06,
    ...     dividend_times=[0.5], dividend_amounts=[7.0],
    ... )
    >>> found.vol.round(4)
    array([0.3, nan])
    >>> VolStatus(found.status[1]).text
    'premium is below the discounted intrinsic value'
    """
    inputs = {
        "premium": premium,
        "sign": sign,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "vol": 0.0,
        "rate": rate,
        "dividend_yield": dividend_yield,
    }
    arrays = {name: as_floats(name, values) for name, values in inputs.items()}
    shape = common_shape(arrays)
    premiums = np.broadcast_to(arrays.pop("premium"), shape).ravel()
    batch, _ = Batch.of(**{name: np.broadcast_to(values, shape) for name, values in arrays.items()})
    schedule = Schedule.of(times=dividend_times, amounts=dividend_amounts)
    vol, status = _solve(batch, schedule, premiums)
    return ImpliedVol(vol.reshape(shape)[()], status.astype(np.int8).reshape(shape)[()])


def _solve(batch: Batch, schedule: Schedule, premium: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return vols and `VolStatus` codes: names premiums without a vol, then searches for the others'."""
    floor, bound = _floor_and_bound(batch, schedule)
    with np.errstate(invalid="ignore", over="ignore"):
        least, intrinsic = floor - FLOOR_ROUNDING * bound, floor + FLOOR_ROUNDING * bound
    problems = {
        VolStatus.NOT_FINITE: ~(np.isfinite(premium) & batch.finite() & np.isfinite(bound)),
        VolStatus.OUT_OF_RANGE: (np.abs(batch.sign) != 1.0) | ~(np.minimum(batch.spot, batch.strike) > 0.0),
        VolStatus.NO_TIME: ~(batch.time_to_expiry > 0.0),
        VolStatus.BELOW_INTRINSIC: premium < least,
        VolStatus.ABOVE_BOUND: premium >= bound,
    }
    status = np.select(list(problems.values()), [int(code) for code in problems], int(VolStatus.OK))
    vol = np.where(status == VolStatus.OK, 0.0, np.nan)
    search = np.flatnonzero((status == VolStatus.OK) & (premium > intrinsic))
    vol[search] = _search(batch.take(search), schedule, premium[search], floor[search])
    status[search] = np.where(np.isnan(vol[search]), int(VolStatus.NOT_CONVERGED), int(VolStatus.OK))
    return vol, status


def _floor_and_bound(batch: Batch, schedule: Schedule) -> tuple[FloatArray, FloatArray]:
    """Return the values at a vol of 0 and at an infinite vol."""
    without_vol = replace(batch, vol=np.zeros_like(batch.spot))
    value_without_vol = value_batch(without_vol, schedule).value
    with np.errstate(all="ignore"):
        # Where drops take the whole zero-vol path, floored at zero, a put may be worth less with vol.
        drops = (schedule.times <= batch.time_to_expiry[:, None]) @ schedule.amounts
        may_reach_zero = spot_may_reach_zero(without_vol, drops, deviations=0.0)
        no_floor = (batch.sign < 0.0) & (value_without_vol > 0.0) & may_reach_zero
        return np.where(no_floor, batch.intrinsic(), value_without_vol), batch.bounds()[1]


def _search(batch: Batch, schedule: Schedule, premium: FloatArray, floor: FloatArray) -> FloatArray:
    """Return vols by bracketed Newton on the logs of time value and vol; nan without convergence."""
    vol = _first_guess(batch, schedule, premium)
    price_tolerance = PRICE_TOLERANCE * np.maximum(batch.spot, batch.strike)
    low, high = np.full_like(vol, LOWEST_VOL), np.full_like(vol, HIGHEST_VOL)
    best, before = np.full_like(vol, np.nan), np.full_like(vol, np.inf)
    open_ = np.arange(vol.size)
    for step in range(MAX_STEPS):
        if not open_.size:
            break
        now = vol[open_]
        greeks = value_batch(replace(batch.take(open_), vol=now), schedule)
        # A value may be nan at a small vol on the way: then the root is above it, as the comparison says.
        above = greeks.value > premium[open_]
        high[open_] = np.where(above, now, high[open_])
        low[open_] = np.where(above, low[open_], now)
        guess = _newton_step(now, greeks.value - floor[open_], greeks.vega, premium[open_] - floor[open_])
        moved = np.abs(guess - now) / now
        inside = (guess > low[open_]) & (guess < high[open_])
        converged = (moved <= STEP_TOLERANCE) | (inside & _next_step_negligible(moved, before[open_]))
        converged |= (moved <= LOOSE_STEP_TOLERANCE) & (step >= NEWTON_STEPS)
        converged &= np.abs(greeks.value - premium[open_]) <= price_tolerance[open_]
        vol[open_] = np.where(converged | inside, guess, np.sqrt(low[open_] * high[open_]))
        before[open_] = np.where(inside, moved, np.inf)
        best[open_[converged]] = vol[open_[converged]]
        open_ = open_[~converged]
    return best


def _next_step_negligible(step: FloatArray, before: FloatArray) -> NDArray[np.bool_]:
    """Return where the step after the last two, all relative to the vol, will be negligible.

    It is predicted as the last step times the square of their ratio (each goes with the square of the one
    before), or times the relative error of the vega.
    """
    by_convergence = step**3 <= PREDICTED_STEP_TOLERANCE * before**2
    by_vega: NDArray[np.bool_] = step * VEGA_ERROR <= STEP_TOLERANCE
    return by_convergence & by_vega & (before <= QUADRATIC_FROM)


def _newton_step(now: FloatArray, time_value: FloatArray, vega: FloatArray, wanted: FloatArray) -> FloatArray:
    """Return the next vol if the time value is a power of vol, as it nearly is; inf without vega."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        guess = now * np.exp(np.log(wanted / time_value) * time_value / (vega * now))
    return np.where(np.isfinite(guess), guess, np.inf)


def _first_guess(batch: Batch, schedule: Schedule, premium: FloatArray) -> FloatArray:
    """Return the European vol for the spot minus the present value of the dividends before the expiry."""
    counted = (schedule.times > EX_DATE_TOLERANCE) & (schedule.times <= batch.time_to_expiry[:, None])
    dividends = (counted * np.exp(-batch.rate[:, None] * schedule.times)) @ schedule.amounts
    european = implied_vol(
        premium=premium,
        sign=batch.sign,
        spot=batch.spot - dividends,
        strike=batch.strike,
        time_to_expiry=batch.time_to_expiry,
        rate=batch.rate,
        dividend_yield=batch.dividend_yield,
    ).vol
    return np.clip(np.nan_to_num(european, nan=USUAL_VOL), *FIRST_VOLS)
