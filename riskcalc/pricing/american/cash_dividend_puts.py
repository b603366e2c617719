"""American puts on a share that pays cash dividends, solved backward from one ex-date to the one before.

In the period before an ex-date the put is an American put whose payoff is its own value on the day before
the drop. Its value is the expectation of that payoff plus Kim's early-exercise premium along the boundary.
Deep in the money, in a window before each ex-date, the drop is worth more than the interest on the strike, so
there the boundary is zero. After the last drop the put is one without cash dividends. This holds for a yield
of zero; with rate <= 0 and yield >= 0 no put is exercised before its expiry.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import collapse_columns, contract_keys, tables
from riskcalc.pricing.american.continuous_exercise import VALUE_TIME_POINTS, put_greeks, put_terms, scatter
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.dividend_periods import (
    MIN_TIME,
    TIME_VALUE_DEVIATIONS,
    EuropeanPeriod,
    FinalPeriod,
    Period,
    PreDividendPeriod,
    ValuationPoints,
    time_value_width,
)
from riskcalc.pricing.american.period_boundary import period_boundary, waiting_window
from riskcalc.pricing.american.pre_dividend import MAX_LOG_SPOT, PreDividendPut
from riskcalc.pricing.american.put_boundary import BOUNDARY_NODES, SHARED_BOUNDARY_NODES, put_boundary
from riskcalc.pricing.american.quadrature import Nodes, panel_nodes, resolved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.american.put_premium import PutTerms
    from riskcalc.pricing.american.quadrature import ValueAndDerivatives
    from riskcalc.pricing.arrays import FloatArray

BLOCK = 128
"""Contracts solved together: with fewer the calls cost more, with more the arrays leave the cache."""
EVERYWHERE = ValuationPoints(log_spot=np.array([[-np.inf, np.inf]]), time_in_period=np.zeros((1, 1)))
PERIOD_TIME_POINTS = 32
"""Quadrature points over exercise times of values between two drops."""
KINK_DEVIATIONS = 0.7
"""Width of a smoothed kink that nodes must resolve, in standard deviations since the kink."""
BOUNDARY_DENSITY = 0.25
"""Measured: next to its boundary a panel resolves a width w with features of this times sqrt(length w)."""


def cash_dividend_puts(batch: Batch, schedule: Schedule) -> Priced:
    """Return value and Greeks of puts that expire after all ex-dates, with rate and yield as above."""
    log_spot = np.log(batch.spot / batch.strike)
    keys = contract_keys(batch, time_to_drop=schedule.times[0] - batch.elapsed)
    tables_used = list(tables(keys, most_rows=BLOCK))
    parts = [
        _value_table(batch.take(table[:, 0]), schedule, log_spot[table], batch.elapsed[table])
        for table in tables_used
    ]
    value, converged = scatter(tables_used, parts)
    return Priced(put_greeks(batch, value), converged)


def _value_table(
    contracts: Batch, schedule: Schedule, log_spot: FloatArray, now: FloatArray
) -> tuple[ValueAndDerivatives, NDArray[np.bool_]]:
    """Return the values of each contract at its spots and valuation times; they share a first period."""
    start = now.min(axis=1, keepdims=True)
    time_in_period = collapse_columns(now - start)
    points = ValuationPoints(log_spot=log_spot, time_in_period=time_in_period)
    period = first_period(contracts, schedule, points, start)
    value = period.evaluate(log_spot, time_points=VALUE_TIME_POINTS, time_in_period=time_in_period)
    return value, period.converged


def first_period(contracts: Batch, schedule: Schedule, points: ValuationPoints, start: FloatArray) -> Period:
    """Solve from the expiry back to the period that begins at `start` [years from day 0], shape (puts, 1)."""
    drops = schedule.amounts / contracts.strike[:, None]
    times_left = np.maximum(contracts.expiry[:, None] - schedule.times, 0.0)
    last = put_terms(contracts, np.maximum(times_left[:, -1:], MIN_TIME))
    period: Period = EuropeanPeriod(terms=last)
    if (contracts.rate > 0.0).all():
        period = FinalPeriod(terms=last, boundary=put_boundary(last))
    for i in range(len(schedule.times) - 1, -1, -1):
        length = schedule.times[i] - (schedule.times[i - 1] if i else start)
        terms = replace(last, time_to_expiry=np.broadcast_to(length, start.shape))
        drop, time_left = drops[:, i : i + 1], times_left[:, i : i + 1]
        kink = np.log1p(drops[:, i + 1 :].sum(axis=1, keepdims=True))
        used = EVERYWHERE if i else points
        pre_dividend = _pre_dividend(terms, period, drop, used, time_left=time_left, kink=kink)
        is_shared = i == 0 and points.time_in_period.shape[1] > 1
        order = SHARED_BOUNDARY_NODES if is_shared else BOUNDARY_NODES
        earlier = _period_before(terms, pre_dividend, time_left, order=order)
        period = replace(earlier, converged=earlier.converged & period.converged)
    return period


def _period_before(
    terms: PutTerms, pre_dividend: PreDividendPut, time_left: FloatArray, *, order: int
) -> PreDividendPeriod:
    """Return the period that ends with `pre_dividend`; `time_left` is the time from there to the expiry."""
    boundary = period_boundary(terms, pre_dividend, order=order)
    length = terms.time_to_expiry
    discount, yield_factor = np.exp(-terms.rate * length), np.exp(-terms.dividend_yield * length)
    waits = ~boundary.exercisable
    cash_rho = discount * (pre_dividend.cash_rho - length * pre_dividend.cash)
    width = time_value_width(terms, time_left + length)
    return PreDividendPeriod(
        terms=terms,
        pre_dividend=pre_dividend,
        boundary=boundary,
        cash=np.where(waits, np.maximum(discount * pre_dividend.cash, 1.0), 1.0),
        cash_rho=np.where(waits, cash_rho, 0.0),
        share=np.where(waits, yield_factor * pre_dividend.share, 1.0),
        line_to=np.where(waits, -width, boundary.at_start),
        converged=boundary.converged & pre_dividend.resolved,
    )


def _pre_dividend(
    terms: PutTerms,
    later: Period,
    drop: FloatArray,
    points: ValuationPoints,
    *,
    time_left: FloatArray,
    kink: FloatArray,
) -> PreDividendPut:
    """Tabulate the put on the day before a drop, from its values in the period after it.

    `kink` is the log-spot above which the put, after all later drops, ends out of the money.
    """
    high = np.maximum(later.line_to, kink) + time_value_width(terms, time_left)
    share = later.share
    cash = later.cash + share * drop
    window = waiting_window(terms, cash)
    low, high = _clip_to_reach(terms, window, drop, (later.line_to, high), points.log_spot)
    shortest = terms.time_to_expiry - points.time_in_period.max(axis=1, keepdims=True)
    width = _feature_width(terms, window, shortest=shortest, time_left=time_left, length=high - low)
    width = np.minimum(width, KINK_DEVIATIONS * terms.vol * np.sqrt(later.time_since_kink))
    nodes, weights = panel_nodes(low, high, width)
    hold = later.evaluate(nodes, time_points=PERIOD_TIME_POINTS, time_in_period=np.zeros((1, 1)))
    before = np.exp(nodes) + drop
    values = np.stack([hold.value, hold.vega, hold.rho], axis=-1)
    return PreDividendPut(
        nodes=Nodes.of(np.log(before), weights * (1 - drop / before), values),
        line_to=np.log(np.exp(later.line_to) + drop),
        cash=cash,
        cash_rho=later.cash_rho,
        share=share,
        # At a spot of zero immediate exercise is best with a positive rate, exercise at expiry otherwise.
        zero_spot_value=np.exp(-np.minimum(terms.rate, 0.0) * time_left),
        waits_for_later_drop=later.cash > 1.0,
        resolved=resolved(low, high, width)[:, 0],
    )


def _clip_to_reach(
    terms: PutTerms,
    window: FloatArray,
    drop: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    log_spot: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Clip a panel to what spots can reach, unless the boundary of the period needs all of it."""
    deviation = terms.vol * np.sqrt(terms.time_to_expiry)
    drift = np.abs(terms.rate - terms.dividend_yield) * terms.time_to_expiry
    reach = deviation * (TIME_VALUE_DEVIATIONS + deviation / 2) + drift
    lowest = np.exp(log_spot.min(axis=1, keepdims=True) - reach) - drop
    highest = np.exp(np.minimum(log_spot.max(axis=1, keepdims=True) + reach, MAX_LOG_SPOT)) - drop
    low, high = bounds
    cut_low = np.maximum(low, np.log(np.maximum(lowest, np.exp(low))))
    cut_high = np.minimum(high, np.log(np.maximum(highest, np.exp(cut_low))))
    no_boundary = window >= terms.time_to_expiry
    return np.where(no_boundary, cut_low, low), np.where(no_boundary, np.maximum(cut_high, cut_low), high)


def _feature_width(
    terms: PutTerms, window: FloatArray, *, shortest: FloatArray, time_left: FloatArray, length: FloatArray
) -> FloatArray:
    """Return the smallest width, in log-spot, that a panel's nodes must resolve.

    Next to the boundary, at the low end of the panel, Gauss-Legendre nodes are denser. `shortest` is the
    shortest time from a valuation to the drop, `length` the length of the panel.
    """
    at_boundary = terms.vol * np.sqrt(np.minimum(window, terms.time_to_expiry))
    near_end = np.maximum(at_boundary, BOUNDARY_DENSITY * np.sqrt(np.maximum(length, 0.0) * at_boundary))
    elsewhere = terms.vol * np.sqrt(np.minimum(shortest, time_left + MIN_TIME))
    width: FloatArray = np.minimum(near_end, elsewhere)
    return width
