"""Exercise boundary and exercise probability of calls before each ex-date."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.pricing.american.batch import EX_DATE_TOLERANCE, Batch, Schedule
from riskcalc.pricing.american.cash_dividend_calls import call_contract, pre_dividend_calls
from riskcalc.pricing.american.pre_dividend import MAX_LOG_SPOT, after_drop
from riskcalc.pricing.american.quadrature import Nodes, gaussian_means
from riskcalc.pricing.arrays import as_floats, distinct
from riskcalc.pricing.scipy_kernels import ndtr

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.american.pre_dividend import CallContract, PreDividendCall
    from riskcalc.pricing.arrays import FloatArray


class EarlyExercise(NamedTuple):
    """Exercise on the day before each ex-date; the last axis follows the schedule as given."""

    boundary: FloatArray
    """Spot from which exercise pays [dollars]: inf for a call and 0 for a put that is not exercised then."""
    probability: FloatArray
    """Risk-neutral probability of exercise on that day, and not before an earlier ex-date."""


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
    """Boundary and probability of exercise on the day before each ex-date, for a share without a yield.

    With rate >= 0 a call is exercised early on such a day or never. A negative rate makes exercise pay on
    other days too; its figures are those of a rate of zero. A put is never exercised on such a day: the drop
    is worth more than a day's interest.

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
        beyond the expiry, an element with an input out of range, and a boundary that did not converge, is
        nan. Dividends within five minutes share their boundary and probability.

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
    >>> early.boundary.round(2), early.probability.round(3)
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
    schedule = schedule.remaining(int(schedule.count_past(np.zeros(()))))
    with np.errstate(all="ignore"):
        by_ex_date = _by_ex_date(batch, schedule)
    times = np.atleast_1d(np.asarray(dividend_times, dtype=np.float64))
    amounts = np.atleast_1d(np.asarray(dividend_amounts, dtype=np.float64))
    ex_date_index = np.searchsorted(schedule.times, times, side="right") - 1
    applies = _usable(batch)[:, None] & (times > EX_DATE_TOLERANCE) & (times <= batch.time_to_expiry[:, None])
    no_boundary = np.where(batch.sign > 0.0, np.inf, 0.0)
    never = np.stack([no_boundary, np.zeros_like(no_boundary)])[..., None]
    with_dividend = by_ex_date[:, :, ex_date_index] if schedule.times.size else never
    given = np.where(amounts > 0.0, with_dividend, never)
    return EarlyExercise(*np.where(applies, given, np.nan).reshape(2, *shape, times.size))


def _usable(batch: Batch) -> NDArray[np.bool_]:
    """Return which options have inputs in range."""
    usable: NDArray[np.bool_] = batch.valid() & (batch.vol > 0.0)
    return usable & (np.minimum(batch.spot, batch.strike) > 0.0)


def _by_ex_date(batch: Batch, schedule: Schedule) -> FloatArray:
    """Return boundary and probability for each ex-date of a merged schedule, shape (2, options, dates)."""
    result = np.full((2, batch.spot.size, schedule.times.size), np.nan)
    count = schedule.count_until_expiry(batch)
    result[:, batch.sign < 0.0] = 0.0
    for dividends in distinct(count[count > 0]):
        calls = np.flatnonzero(_usable(batch) & (batch.sign > 0.0) & (count == dividends))
        if calls.size:
            result[:, calls, :dividends] = _call_exercise(batch.take(calls), schedule.first(int(dividends)))
    return result


def _call_exercise(batch: Batch, schedule: Schedule) -> FloatArray:
    """Return boundary and probability of calls that expire after all ex-dates, shape (2, calls, dates)."""
    contract = call_contract(batch, schedule)
    # Nodes must extend to the boundary, however far from it the spot is.
    far_spot = contract.strike * np.exp(3 * contract.deviation(contract.expiry))
    spots = np.concatenate([batch.spot[:, None], contract.strike, far_spot], axis=1)
    calls = pre_dividend_calls(contract, spots, now=np.zeros((1, 1)))
    log_boundary = np.concatenate([call.exercise_boundary for call in calls], axis=1)
    boundary = np.where(log_boundary >= MAX_LOG_SPOT, np.inf, np.exp(log_boundary))
    log_spot = np.log(batch.spot[:, None])
    by_date = [_exercise_probability(contract, calls[: i + 1], log_spot) for i in range(len(calls))]
    boundaries = np.stack([boundary, np.concatenate(by_date, axis=1)])
    return np.where(np.concatenate([call.converged for call in calls], axis=1), boundaries, np.nan)


def _exercise_probability(
    contract: CallContract, calls: list[PreDividendCall], log_spot: FloatArray
) -> FloatArray:
    """Return the probability of exercise before the last ex-date of `calls` and before no earlier one."""
    last = len(calls) - 1
    nodes = calls[-1].nodes
    for i in range(last, -1, -1):
        start = _nodes_after_drop(contract, calls, i - 1) if i else log_spot
        interval = _interval(contract, i)
        deviation = contract.deviation(interval)
        center = start + (contract.rate - contract.vol**2 / 2) * interval
        if i == last:
            probability = ndtr((center - calls[i].exercise_boundary) / deviation)
        else:
            probability = gaussian_means(nodes, center, deviation)[0]
        if i:
            values = np.zeros((*probability.shape, 3))
            values[..., 0] = probability
            earlier = calls[i - 1].nodes
            nodes = Nodes.of(earlier.middle + earlier.offsets, earlier.weights, values)
    return probability


def _nodes_after_drop(contract: CallContract, calls: list[PreDividendCall], i: int) -> FloatArray:
    """Return the log-spots just after drop i at the nodes of the call before it."""
    nodes = calls[i].nodes
    return after_drop(nodes.middle + nodes.offsets, contract.dividend_amounts[i])


def _interval(contract: CallContract, i: int) -> float:
    """Return the time to ex-date i from the one before it, or from now [years]."""
    return float(np.diff(contract.dividend_times, prepend=0.0)[i])
