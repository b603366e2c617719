"""Early exercise of calls for dividends: boundary and probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.batch import NOW, Batch, Schedule
from riskcalc.pricing.american.cash_dividend_calls import call_contract, call_eves
from riskcalc.pricing.american.pre_dividend import FARTHEST, after_drop
from riskcalc.pricing.american.quadrature import Nodes, gaussian_means
from riskcalc.pricing.arrays import as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.american.pre_dividend import CallContract, Eve
    from riskcalc.pricing.arrays import FloatArray


class EarlyExercise(NamedTuple):
    """Exercise on the day before each ex-date; the last axis follows the schedule as given."""

    boundary: FloatArray
    """Spot from which exercise pays [dollars]: inf for a call and 0 for a put that is not exercised then."""
    chance: FloatArray
    """Risk-neutral probability of exercise then and not before an earlier ex-date."""


def early_exercise(
    *,
    sign: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    vol: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_times: ArrayLike,
    dividend_amounts: ArrayLike,
) -> EarlyExercise:
    """Boundary and probability of exercise on the day before each ex-date, without a continuous yield.

    With rate >= 0 a call is exercised early on the day before an ex-date or never. At a negative rate,
    exercise may pay on other days too; the figures are those at a rate of zero. A put is never exercised
    right before an ex-date: the drop is worth more than a day's interest.

    Parameters
    ----------
    sign : array_like
        +1 for a call, -1 for a put.
    spot, strike : array_like
        [dollars], > 0.
    time_to_expiry : array_like
        [years], >= 0.
    vol : array_like
        Volatility as a fraction, > 0.
    rate : array_like
        Continuous interest rate as a fraction, any sign.
    dividend_times, dividend_amounts : array_like
        Ex-dates in years from now and cash amounts [dollars per share], as in `american`.

    Returns
    -------
    EarlyExercise
        Arrays of the broadcast shape with one more axis, as long as the schedule. An ex-date that is past or
        beyond the expiry, an element with an input out of range, and an unverified boundary, are nan.
        Dividends within five minutes share boundary and probability.

    Raises
    ------
    InvalidInputError
        The schedule is not a list of finite times with amounts >= 0, or an input is not numeric.

    Examples
    --------
    >>> early = early_exercise(
    ...     sign=1, spot=296, strike=280, time_to_expiry=0.19, vol=0.18, rate=0.043,
    ...     dividend_times=[0.18], dividend_amounts=[0.75],
    ... )
    >>> early.boundary.round(2), early.chance.round(3)
    (array([284.6]), array([0.718]))
    """
    batch, shape = Batch.of(
        sign=sign,
        spot=spot,
        strike=strike,
        time_to_expiry=time_to_expiry,
        vol=vol,
        rate=np.maximum(as_floats("rate", rate), 0.0),
        dividend_yield=0.0,
    )
    schedule = Schedule.of(times=dividend_times, amounts=dividend_amounts)
    schedule = schedule.coming(int(schedule.past(np.zeros(()))))
    with np.errstate(all="ignore"):
        by_day = _by_day(batch, schedule)
    times = np.atleast_1d(np.asarray(dividend_times, dtype=np.float64))
    amounts = np.atleast_1d(np.asarray(dividend_amounts, dtype=np.float64))
    day = np.searchsorted(schedule.times, times, side="right") - 1
    counts = _usable(batch)[:, None] & (times > NOW) & (times <= batch.time_to_expiry[:, None])
    unpaid = np.stack([np.where(batch.sign > 0.0, np.inf, 0.0), np.zeros_like(batch.sign)])[..., None]
    given = np.where(amounts > 0.0, by_day[:, :, day] if schedule.times.size else unpaid, unpaid)
    return EarlyExercise(*np.where(counts, given, np.nan).reshape(2, *shape, times.size))


def _usable(batch: Batch) -> NDArray[np.bool_]:
    usable: NDArray[np.bool_] = batch.valid() & (batch.vol > 0.0)
    return usable & (np.minimum(batch.spot, batch.strike) > 0.0)


def _by_day(batch: Batch, schedule: Schedule) -> FloatArray:
    """Boundary and probability for each ex-date of the cleaned schedule, shape (2, options, dates)."""
    result = np.full((2, batch.spot.size, schedule.times.size), np.nan)
    count = schedule.seen(batch)
    result[:, batch.sign < 0.0] = 0.0
    for dividends in np.unique(count[count > 0]):
        calls = np.flatnonzero(_usable(batch) & (batch.sign > 0.0) & (count == dividends))
        if calls.size:
            result[:, calls, :dividends] = _of_calls(batch.take(calls), schedule.first(int(dividends)))
    return result


def _of_calls(batch: Batch, schedule: Schedule) -> FloatArray:
    """Boundary and probability for calls with every dividend of the schedule."""
    contract = call_contract(batch, schedule)
    # The nodes have to reach the boundary, however far the spot is from it.
    far = contract.strike * np.exp(3 * contract.deviation(contract.expiry))
    spots = np.concatenate([batch.spot[:, None], contract.strike, far], axis=1)
    eves = call_eves(contract, spots, now=np.zeros((1, 1)))
    boundary = np.concatenate([eve.exercise_from for eve in eves], axis=1)
    chance = [_chance(contract, eves[: i + 1], np.log(batch.spot[:, None])) for i in range(len(eves))]
    found = np.stack(
        [np.where(boundary >= FARTHEST, np.inf, np.exp(boundary)), np.concatenate(chance, axis=1)]
    )
    return np.where(np.concatenate([eve.settled for eve in eves], axis=1), found, np.nan)


def _chance(contract: CallContract, eves: list[Eve], log_spot: FloatArray) -> FloatArray:
    """Probability to reach the last eve's boundary without having been exercised on the eves before."""
    last = len(eves) - 1
    nodes = eves[-1].nodes
    for i in range(last, -1, -1):
        before = _after(contract, eves, i - 1) if i else log_spot
        deviation = contract.deviation(_span(contract, i))
        center = before + (contract.rate - contract.vol**2 / 2) * _span(contract, i)
        if i == last:
            chance = ndtr((center - eves[i].exercise_from) / deviation)
        else:
            chance = gaussian_means(nodes, center, deviation)[0]
        if i:
            values = np.zeros((*chance.shape, 3))
            values[..., 0] = chance
            earlier = eves[i - 1].nodes
            nodes = Nodes.of(earlier.middle + earlier.offsets, earlier.weights, values)
    return chance


def _after(contract: CallContract, eves: list[Eve], i: int) -> FloatArray:
    """Return the logs of the spots just after drop i from which the nodes of its eve come."""
    nodes = eves[i].nodes
    return after_drop(nodes.middle + nodes.offsets, contract.dividend_amounts[i])


def _span(contract: CallContract, i: int) -> float:
    """Time from the ex-date before (or now) to ex-date i."""
    return float(np.diff(contract.dividend_times, prepend=0.0)[i])
