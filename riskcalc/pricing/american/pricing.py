"""American prices: checks inputs and selects the method."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import Batch, Schedule
from riskcalc.pricing.american.cash_dividend_calls import cash_dividend_calls
from riskcalc.pricing.american.cash_dividend_puts import cash_dividend_puts
from riskcalc.pricing.american.continuous_exercise import continuous_exercise
from riskcalc.pricing.american.continuous_exercise_calls import continuous_exercise_calls
from riskcalc.pricing.american.convergence import Priced, clip_to_bounds
from riskcalc.pricing.american.deterministic import deterministic, nearly_deterministic, spot_may_reach_zero
from riskcalc.pricing.american.finite_difference import finite_difference
from riskcalc.pricing.black_scholes import OptionGreeks, black_scholes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.arrays import FloatArray

    Method = Callable[[Batch, Schedule], Priced]

DETERMINISTIC_TOTAL_VOL = 1e-8  # total vol below which the spot's path is known
MAX_BOUNDARY_TOTAL_VOL = 2.0  # total vol above which a put's boundary before a drop is not resolved
MAX_CALL_DIVIDENDS = (
    4  # dividends up to which a call exercised at any moment costs less than finite differences
)
MAX_PUT_DIVIDENDS = 24  # dividends of a put up to which its boundaries cost less than finite differences
MAX_DROP_SHARE = (
    0.5  # share of the strike up to which a drop leaves a call's boundary on its eve well above it
)
RUIN_DEVIATIONS = 3.5  # standard deviations down to which several drops must leave something of the spot


def american(
    *,
    sign: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    vol: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    dividend_times: ArrayLike = (),
    dividend_amounts: ArrayLike = (),
    elapsed: ArrayLike = 0.0,
) -> OptionGreeks:
    """Value and Greeks of American options on a spot that pays cash dividends, a yield, or both.

    The spot follows geometric Brownian motion, drops by the cash amount at each ex-date (the "spot" model)
    and is worth at least zero after a drop. The holder may exercise at any moment, the day before an ex-date
    included.

    Parameters
    ----------
    sign : array_like
        +1 for a call, -1 for a put.
    spot : array_like
        Price of the share [dollars], >= 0.
    strike : array_like
        Strike [dollars], >= 0.
    time_to_expiry : array_like
        [years], >= 0.
    vol : array_like
        Volatility of the spot between ex-dates as a fraction (0.20), >= 0.
    rate : array_like
        Continuous interest rate as a fraction, any sign.
    dividend_yield : array_like
        Continuous yield as a fraction, any sign, paid on top of the cash dividends.
    dividend_times : array_like
        Ex-dates in years from now (see `elapsed`), one schedule for all elements, in any order. A time <= 0,
        or less than half a minute, is past: the spot is ex-dividend already. A time beyond an element's
        expiry is ignored; one exactly at the expiry counts: the day before is the last opportunity to
        exercise. Drops within five minutes are merged.
    dividend_amounts : array_like
        Cash amount of each ex-date [dollars per share], >= 0.
    elapsed : array_like
        Years from day 0 of the schedule to each element's own moment. `dividend_times` count from day 0,
        `time_to_expiry` and the Greeks from the moment; a dividend at or before it is past. One call over
        many moments of one contract costs little more than one moment does.

    Returns
    -------
    OptionGreeks
        Raw units (theta per year of calendar time with the ex-dates fixed, vega and rho per 1.00), shaped as
        the inputs broadcast. An element with an input that is not finite or outside its range is nan in
        every field; no warning is issued. At zero time or vol, delta is that of the known path and the other
        Greeks are 0.

    Raises
    ------
    InvalidInputError
        The schedule is not a list of finite times with amounts >= 0, or an input is not numeric.

    Notes
    -----
    The value is continuous as a dividend goes to 0, and for a call as an ex-date passes the expiry. It jumps
    when an ex-date passes today, since the spot is then quoted ex-dividend, and for a put when an ex-date
    passes the expiry.

    Every exercise boundary is verified: bracketed, or matched at its nodes and resolved between them, with
    the value within its bounds. Otherwise the price comes from finite differences, refined until two grids
    agree, or is nan. For a strike of 100 the error is about 1e-7 dollars for calls with cash dividends that
    are exercised before ex-dates only, 1e-5 otherwise, and 1e-4 for finite differences: close ex-dates, a
    yield beside cash dividends, many dividends of a call that may be exercised at any moment, drops of much
    of the spot, two exercise boundaries, yields far below zero. There vega errs by 1e-4 of itself, and where
    drops may take the whole spot or the total vol is above 2 the value by up to 5e-4.

    Run time is bounded: one price takes 2 ms with a few quarterly dividends, 0.05 to 0.3 s by finite
    differences, and at most about 2 s with weekly dividends over three years; all spots and times of a
    contract share it.

    References
    ----------
    E. G. Haug, J. Haug, A. Lewis, "Back to Basics: a new approach to the discrete dividend problem",
    Wilmott Magazine, September 2003.

    L. Andersen, M. Lake, D. Offengenden, "High-performance American option pricing",
    Journal of Computational Finance 20(1), 2016.

    Examples
    --------
    A year's call at the money whose share pays 7 dollars after half a year (Haug, Haug and Lewis, table 5).

    >>> call = american(
    ...     sign=1, spot=100, strike=100, time_to_expiry=1, vol=0.3, rate=0.06,
    ...     dividend_times=[0.5], dividend_amounts=[7.0],
    ... )
    >>> round(float(call.value), 4)
    11.6564
    """
    batch, shape = Batch.of(
        sign=sign,
        spot=spot,
        strike=strike,
        time_to_expiry=time_to_expiry,
        vol=vol,
        rate=rate,
        dividend_yield=dividend_yield,
        elapsed=elapsed,
    )
    greeks = value_batch(batch, Schedule.of(times=dividend_times, amounts=dividend_amounts))
    return OptionGreeks(*(field.reshape(shape)[()] for field in greeks))


def value_batch(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Price each element by the method that suits it; nan where an input is out of range."""
    past = schedule.count_past(batch.elapsed)
    greeks = np.full((len(OptionGreeks._fields), batch.spot.size), np.nan)
    unconverged = np.zeros(batch.spot.size, dtype=bool)
    for count in np.unique(past):
        index = _indices(past == count)
        greeks[:, index], unconverged[index] = _price_with_schedule(
            batch.take(index), schedule.remaining(int(count))
        )
    for fallback in (finite_difference, nearly_deterministic):
        if unconverged.any():
            left = np.flatnonzero(unconverged)
            greeks[:, left], unconverged[left] = _price_by_fallback(fallback, batch.take(left), schedule)
    greeks[:, unconverged] = np.nan
    return OptionGreeks(*greeks)


def _price_with_schedule(batch: Batch, schedule: Schedule) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Price options none of whose dividends is past; Greeks as rows, and which no method could confirm."""
    greeks = np.full((len(OptionGreeks._fields), batch.spot.size), np.nan)
    unconverged = np.zeros(batch.spot.size, dtype=bool)
    for method, index, count in _group_by_method(batch, schedule):
        if method is None:
            unconverged[index] = True
        else:
            greeks[:, index], unconverged[index] = _apply_method(
                method, batch.take(index), schedule.first(count)
            )
    return greeks, unconverged


def _price_by_fallback(
    method: Method, batch: Batch, schedule: Schedule
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Price options of all moments by a method that takes them together."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    unconverged = np.empty(batch.spot.size, dtype=bool)
    count, past = schedule.count_until_expiry(batch), schedule.count_past(batch.elapsed)
    # Drops joined into one are another schedule to a moment between them.
    past_if_merged = past if schedule.merges_ex_dates else np.zeros_like(past)
    for dividend_count, past_count in np.unique(np.stack([count, past_if_merged]), axis=1).T:
        index = np.flatnonzero((count == dividend_count) & (past_if_merged == past_count))
        coming = schedule.first(int(dividend_count)).remaining(int(past_count))
        greeks[:, index], unconverged[index] = _apply_method(method, batch.take(index), coming)
    return greeks, unconverged


def _apply_method(method: Method, batch: Batch, schedule: Schedule) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Greeks by a method, and which of them it could not confirm."""
    with np.errstate(all="ignore"):  # what overflows at absurd vols is not proved
        priced = clip_to_bounds(method(batch, schedule), batch)
    return np.stack(priced.greeks), ~priced.converged


def _group_by_method(
    batch: Batch, schedule: Schedule
) -> Iterator[tuple[Method | None, NDArray[np.intp] | slice, int]]:
    """Split a batch by method and by the number of dividends that count."""
    with np.errstate(all="ignore"):  # elements out of range are picked out below
        count = schedule.count_until_expiry(batch)
        method = np.where(batch.valid(), _method_indices(batch, schedule, count), len(METHODS))
    job = method * (count.max(initial=0) + 1) + count
    for number in np.unique(job[method < len(METHODS)]):
        same_job = job == number
        first = np.argmax(same_job)
        yield METHODS[method[first]], _indices(same_job), int(count[first])


def _indices(chosen: NDArray[np.bool_]) -> NDArray[np.intp] | slice:
    """Where the chosen elements are; of all together nothing has to be copied."""
    return slice(None) if chosen.all() else np.flatnonzero(chosen)


def _method_indices(batch: Batch, schedule: Schedule, count: NDArray[np.intp]) -> NDArray[np.intp]:
    """Index into `METHODS` of the first that fits each element."""
    # A call is a put with spot and strike, rate and yield exchanged.
    call, without_cash, without_yield = batch.sign > 0.0, count == 0, batch.dividend_yield == 0.0
    earned = np.where(call, batch.dividend_yield, batch.rate)
    forgone = np.where(call, batch.rate, batch.dividend_yield)
    total_vol = batch.vol * np.sqrt(batch.time_to_expiry)
    path_known = (total_vol <= DETERMINISTIC_TOTAL_VOL) | (np.minimum(batch.spot, batch.strike) == 0.0)
    drops = np.concatenate([[0.0], np.cumsum(schedule.amounts)])[count]
    may_reach_zero = (count > 0) & spot_may_reach_zero(batch, drops, deviations=RUIN_DEVIATIONS)
    few = count <= MAX_CALL_DIVIDENDS
    boundary_resolved = (
        ~call & (count <= MAX_PUT_DIVIDENDS) & (total_vol < MAX_BOUNDARY_TOTAL_VOL) & ~may_reach_zero
    )
    fits = [
        path_known,
        without_cash & (earned <= np.minimum(forgone, 0.0)),
        without_cash & (earned >= 0.0),
        call & without_yield & (batch.rate >= 0.0),
        call
        & few
        & (batch.dividend_yield >= 0.0)
        & (total_vol < MAX_BOUNDARY_TOTAL_VOL)
        & ~_has_large_drop(batch, schedule, count),
        boundary_resolved & without_yield & (batch.rate > 0.0),
        boundary_resolved & (batch.dividend_yield >= 0.0) & (batch.rate <= 0.0),
        np.ones_like(call),
    ]
    first: NDArray[np.intp] = np.argmax(np.stack(fits), axis=0)
    return first


def _has_large_drop(batch: Batch, schedule: Schedule, count: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say where a drop is worth much of the strike."""
    largest = np.concatenate([[0.0], np.maximum.accumulate(schedule.amounts)])[count]
    large: NDArray[np.bool_] = largest > MAX_DROP_SHARE * batch.strike
    return large


def _european(batch: Batch, _: Schedule) -> Priced:
    terms = asdict(batch)
    del terms["elapsed"]
    return Priced(black_scholes(**terms), np.ones(batch.spot.size, dtype=bool))


# In the order of the conditions of `_method_indices`; None leaves it to finite differences.
METHODS: tuple[Method | None, ...] = (
    deterministic,
    _european,
    continuous_exercise,
    cash_dividend_calls,
    continuous_exercise_calls,
    cash_dividend_puts,
    cash_dividend_puts,
    None,
)
