"""Value and Greeks of American options: checks the inputs and picks the method of each element."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import Batch, Schedule
from riskcalc.pricing.american.cash_dividend_calls import cash_dividend_calls
from riskcalc.pricing.american.cash_dividend_puts import cash_dividend_puts
from riskcalc.pricing.american.continuous_exercise import (
    VALUE_TIME_POINTS,
    boundary_out_of_reach,
    continuous_exercise,
)
from riskcalc.pricing.american.continuous_exercise_calls import continuous_exercise_calls
from riskcalc.pricing.american.convergence import Priced, clip_to_bounds
from riskcalc.pricing.american.deterministic import deterministic, nearly_deterministic, spot_may_reach_zero
from riskcalc.pricing.american.finite_difference import finite_difference
from riskcalc.pricing.american.put_boundary import BOUNDARY_NODES
from riskcalc.pricing.arrays import distinct
from riskcalc.pricing.black_scholes import OptionGreeks, black_scholes
from riskcalc.pricing.compiled.loader import core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.arrays import FloatArray

    Method = Callable[[Batch, Schedule], Priced]

DETERMINISTIC_TOTAL_VOL = 1e-8
"""Largest vol x sqrt(time) at which the spot's path counts as known."""
MAX_BOUNDARY_TOTAL_VOL = 2.0
"""Smallest vol x sqrt(time) at which a boundary before a drop is not resolved."""
MAX_CALL_DIVIDENDS = 4
"""Most dividends of a call exercised on any day: with more, finite differences cost less."""
MAX_PUT_DIVIDENDS = 24
"""Most dividends of a put: with more, finite differences cost less."""
MAX_DROP_SHARE = 0.5
"""Largest drop [strikes] that leaves a call's boundary before it well above the drop."""
RUIN_DEVIATIONS = 3.5
"""Fall of the spot, in standard deviations, after which drops must leave some of it."""


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
    and is at least zero after a drop. The holder may exercise at any moment, also just before an ex-date.

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
        expiry does not count for it; one exactly on the expiry does: exercise then comes before the drop.
        Drops within five minutes are one drop.
    dividend_amounts : array_like
        Cash amount of each ex-date [dollars per share], >= 0.
    elapsed : array_like
        Years from day 0 of the schedule to each element's valuation time. `dividend_times` count from day 0,
        `time_to_expiry` and the Greeks from the valuation time; a dividend at or before it is past. One call
        over many valuation times of one contract costs little more than one does.

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
    The value is continuous as a dividend goes to 0, and for a call as its ex-date passes the expiry. It jumps
    when an ex-date passes today, since the spot then is quoted without the dividend, and for a put when an
    ex-date passes the expiry.

    The convergence of every exercise boundary is checked: it is bracketed, or matches values at its nodes and
    between them; the value must lie within its bounds. An element that fails is priced by finite differences,
    refined until two grids agree, and is nan where they do not. For a strike of 100 the error is about 1e-7
    dollars for calls that are exercised only before ex-dates, 1e-5 for other options, and 1e-4 for finite
    differences: close ex-dates, a yield beside cash dividends, many dividends of a call that is exercised on
    any day, drops of much of the spot, two exercise boundaries, yields far below zero. There the relative
    error of vega is 1e-4; where drops may take the whole spot or the total vol is above 2 the error of the
    value is up to 5e-4.

    The time of one price is 2 ms with a few quarterly dividends, 0.05 to 0.3 s by finite differences, and at
    most about 2 s with weekly dividends over three years; all spots and valuation times of a contract share
    it.

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
    terms = (sign, spot, strike, time_to_expiry, vol, rate, dividend_yield)
    usual = type(elapsed) is float and type(dividend_times) is type(dividend_amounts) is tuple
    no_cash = usual and not (elapsed or dividend_times or dividend_amounts)
    if no_cash and (option_greeks := _one_option(terms)) is not None:
        return option_greeks
    names = ("sign", "spot", "strike", "time_to_expiry", "vol", "rate", "dividend_yield", "elapsed")
    batch, shape = Batch.of(**dict(zip(names, (*terms, elapsed), strict=True)))
    greeks = value_batch(batch, Schedule.of(times=dividend_times, amounts=dividend_amounts))
    return OptionGreeks(*(field.reshape(shape)[()] for field in greeks))


def _one_option(terms: tuple[ArrayLike, ...]) -> OptionGreeks | None:
    """Return value and Greeks of one option without cash dividends by the compiled core, if it takes it."""
    if (compiled := core()) is None:
        return None
    from riskcalc.pricing.american.compiled_puts import one_option  # noqa: PLC0415 - only with a core

    return one_option(compiled, terms, order=BOUNDARY_NODES, time_points=VALUE_TIME_POINTS)


def value_batch(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Return value and Greeks of each element by its method; nan where an input is out of range."""
    past = schedule.count_past(batch.elapsed)
    greeks = np.full((len(OptionGreeks._fields), batch.spot.size), np.nan)
    unconverged = np.zeros(batch.spot.size, dtype=bool)
    for count in distinct(past):
        index = _indices(past == count)
        remaining = schedule.remaining(int(count))
        greeks[:, index], unconverged[index] = _price_with_schedule(batch.take(index), remaining)
    for fallback in (finite_difference, nearly_deterministic):
        if unconverged.any():
            index = np.flatnonzero(unconverged)
            greeks[:, index], unconverged[index] = _price_by_fallback(fallback, batch.take(index), schedule)
    greeks[:, unconverged] = np.nan
    return OptionGreeks(*greeks)


def _price_with_schedule(batch: Batch, schedule: Schedule) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return Greeks as rows, and which did not converge, of options without past dividends."""
    greeks = np.full((len(OptionGreeks._fields), batch.spot.size), np.nan)
    unconverged = np.zeros(batch.spot.size, dtype=bool)
    for method, index, count in _group_by_method(batch, schedule):
        if method is None:
            unconverged[index] = True
        else:
            relevant = schedule.first(count)
            greeks[:, index], unconverged[index] = _apply_method(method, batch.take(index), relevant)
    return greeks, unconverged


def _price_by_fallback(
    method: Method, batch: Batch, schedule: Schedule
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return Greeks, and which did not converge, by a method that takes all valuation times together."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    unconverged = np.empty(batch.spot.size, dtype=bool)
    count, past = schedule.count_until_expiry(batch), schedule.count_past(batch.elapsed)
    # Merged drops are another schedule for a valuation time between them.
    past_if_merged = past if schedule.merges_ex_dates else np.zeros_like(past)
    for dividend_count, past_count in np.unique(np.stack([count, past_if_merged]), axis=1).T:
        index = np.flatnonzero((count == dividend_count) & (past_if_merged == past_count))
        relevant = schedule.first(int(dividend_count)).remaining(int(past_count))
        greeks[:, index], unconverged[index] = _apply_method(method, batch.take(index), relevant)
    return greeks, unconverged


def _apply_method(method: Method, batch: Batch, schedule: Schedule) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return Greeks by a method, and which of them did not converge."""
    with np.errstate(all="ignore"):  # an overflow at an absurd vol fails the convergence test
        priced = clip_to_bounds(method(batch, schedule), batch)
    return np.stack(priced.greeks), ~priced.converged


def _group_by_method(
    batch: Batch, schedule: Schedule
) -> Iterator[tuple[Method | None, NDArray[np.intp] | slice, int]]:
    """Yield a method, the elements it values, and the number of dividends before their expiry."""
    with np.errstate(all="ignore"):  # elements out of range are left out below
        count = schedule.count_until_expiry(batch)
        method = np.where(batch.valid(), _method_indices(batch, schedule, count), len(METHODS))
    job = method * (count.max(initial=0) + 1) + count
    for number in distinct(job[method < len(METHODS)]):
        same_job = job == number
        first = np.argmax(same_job)
        yield METHODS[method[first]], _indices(same_job), int(count[first])


def _indices(chosen: NDArray[np.bool_]) -> NDArray[np.intp] | slice:
    """Return the indices of the chosen elements; a slice of all, which copies nothing."""
    return slice(None) if chosen.all() else np.flatnonzero(chosen)


def _method_indices(batch: Batch, schedule: Schedule, count: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the index into `METHODS` of the first method that fits each element.

    `count` is the number of dividends before the expiry.
    """
    rate, dividend_yield = batch.rate, batch.dividend_yield
    call, without_cash, without_yield = batch.sign > 0.0, count == 0, dividend_yield == 0.0
    # By put-call symmetry a call is a put with spot and strike, and rate and yield, exchanged.
    earned, forgone = np.where(call, dividend_yield, rate), np.where(call, rate, dividend_yield)
    total_vol = batch.vol * np.sqrt(batch.time_to_expiry)
    path_known = (total_vol <= DETERMINISTIC_TOTAL_VOL) | (np.minimum(batch.spot, batch.strike) == 0.0)
    drops = np.concatenate([[0.0], np.cumsum(schedule.amounts)])[count]
    may_reach_zero = (count > 0) & spot_may_reach_zero(batch, drops, deviations=RUIN_DEVIATIONS)
    resolved = total_vol < MAX_BOUNDARY_TOTAL_VOL
    put_resolved = ~call & (count <= MAX_PUT_DIVIDENDS) & resolved & ~may_reach_zero
    call_resolved = call & (count <= MAX_CALL_DIVIDENDS) & resolved & ~_has_large_drop(batch, schedule, count)
    never_exercised = (earned <= np.minimum(forgone, 0.0)) | boundary_out_of_reach(batch, earned, forgone)
    fits = [
        path_known,
        without_cash & never_exercised,
        without_cash & (earned >= 0.0),
        call & without_yield & (rate >= 0.0),
        call_resolved & (dividend_yield >= 0.0),
        put_resolved & without_yield & (rate > 0.0),
        put_resolved & (dividend_yield >= 0.0) & (rate <= 0.0),
        np.ones_like(call),
    ]
    first = np.empty(batch.spot.size, dtype=np.intp)
    for number in reversed(range(len(fits))):
        first[fits[number]] = number
    return first


def _has_large_drop(batch: Batch, schedule: Schedule, count: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return where one of the first `count` drops is a large share of the strike."""
    largest = np.concatenate([[0.0], np.maximum.accumulate(schedule.amounts)])[count]
    large: NDArray[np.bool_] = largest > MAX_DROP_SHARE * batch.strike
    return large


def _european(batch: Batch, _: Schedule) -> Priced:
    """Return the Black-Scholes value and Greeks of options that are never exercised early."""
    terms = asdict(batch)
    del terms["elapsed"]
    return Priced(black_scholes(**terms), np.ones(batch.spot.size, dtype=bool))


# In the order of the conditions in `_method_indices`; None stands for finite differences.
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
