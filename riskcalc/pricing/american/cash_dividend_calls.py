"""American calls on a share with cash dividends only and a rate >= 0: one Gaussian integral per ex-date.

Such a call is exercised early only on the day before an ex-date, where its value is the larger of exercise
value and value after the drop. Each integral runs over Gauss-Legendre nodes in the log of the spot after
the drop and ends at the exercise boundary, where the integrand has a kink; its values at the nodes are the
integral of the following ex-date. Lines in the spot are integrated in closed form.

References
----------
E. G. Haug, J. Haug, A. Lewis, "Back to Basics: a new approach to the discrete dividend problem",
Wilmott Magazine, September 2003.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import collapse_columns, contract_keys, tables
from riskcalc.pricing.american.call_boundary import earlier_boundary, last_boundary, least_deferred_cost
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.pre_dividend import (
    MAX_LOG_SPOT,
    CallContract,
    PreDividendCall,
    after_drop,
    before_drop,
    call_expectation,
)
from riskcalc.pricing.american.quadrature import SQRT_2PI, Nodes, panel_nodes, resolved
from riskcalc.pricing.black_scholes import OptionGreeks
from riskcalc.pricing.compiled.loader import core
from riskcalc.pricing.scipy_kernels import ndtr

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.arrays import FloatArray

    Range = tuple[FloatArray, FloatArray]  # bounds of the log-spot, each of shape (contracts, 1)

BLOCK = 256
"""Contracts valued together: their kernels stay in the processor's cache."""
REACH_DEVIATIONS = 6.2
"""Standard deviations of the spot kept on each side: what lies beyond weighs less than 1e-8."""
VALID_DEVIATIONS = 5.2
"""Standard deviations of the spot up to which the nodes of the next ex-date give its full expectation."""
MANY_DIVIDENDS = 12
"""Number of ex-dates above which the errors of their integrals add up."""
REFINEMENT = 1.5
"""Density of the nodes of many ex-dates, relative to that of few."""


def cash_dividend_calls(batch: Batch, schedule: Schedule) -> Priced:
    """Return value and Greeks of calls that expire after all ex-dates, without a yield and with rate >= 0."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    converged = np.empty(batch.spot.size, dtype=bool)
    keys = contract_keys(batch, time_to_drop=schedule.times[0] - batch.elapsed)
    for table in tables(keys, most_rows=BLOCK):
        contract = call_contract(batch.take(table[:, 0]), schedule)
        now = collapse_columns(batch.elapsed[table])
        greeks[:, table], converged[table] = _compiled_or_numpy(contract, batch.spot[table], now)
    return Priced(OptionGreeks(*greeks), converged)


def _compiled_or_numpy(contract: CallContract, spot: FloatArray, now: FloatArray) -> Priced:
    """Return value and Greeks at spots by the compiled core, if there is one and it takes the numbers."""
    if (compiled := core()) is not None:
        from riskcalc.pricing.american.compiled_calls import compiled_calls  # noqa: PLC0415 - only with a core

        if (priced := compiled_calls(compiled, contract, spot, now)) is not None:
            return priced
    return _greeks(contract, spot, now=now)


def call_contract(batch: Batch, schedule: Schedule) -> CallContract:
    """Return the terms of calls, one per row."""
    return CallContract(
        strike=batch.strike[:, None],
        vol=batch.vol[:, None],
        rate=batch.rate[:, None],
        expiry=np.maximum(batch.expiry, schedule.times[-1])[:, None],
        dividend_times=schedule.times,
        dividend_amounts=schedule.amounts,
    )


def _greeks(contract: CallContract, spot: FloatArray, *, now: FloatArray) -> Priced:
    """Return value and Greeks at spots, shape (contracts, points)."""
    pre_dividend = pre_dividend_calls(contract, spot, now=now)[0]
    hold = call_expectation(contract, pre_dividend, np.log(spot), now=now)
    scaled_curvature = hold.curvature - hold.slope
    greeks = OptionGreeks(
        value=hold.value,
        delta=hold.slope / spot,
        gamma=scaled_curvature / spot**2,
        # Theta follows from the Black-Scholes equation.
        theta=contract.rate * (hold.value - hold.slope) - contract.vol**2 / 2 * scaled_curvature,
        vega=hold.vega,
        rho=hold.rho,
    )
    return Priced(greeks, pre_dividend.converged)


def pre_dividend_calls(contract: CallContract, spot: FloatArray, *, now: FloatArray) -> list[PreDividendCall]:
    """Return the calls before each ex-date, in the order of the dates, at spots that can be reached.

    `spot` has shape (contracts, points); `now` [years from day 0] has that shape or (contracts, 1).
    """
    intervals = _intervals(contract, now)
    last = len(intervals) - 1
    spot_range = _spot_range(contract, spot, last, now=now, deviations=REACH_DEVIATIONS)
    periods = [_last_pre_dividend(contract, spot_range, intervals[last])]
    for i in reversed(range(last)):
        shortest = np.minimum(intervals[i], intervals[i + 1])
        range_at = partial(_spot_range, contract, spot, i, now=now)
        spot_range = range_at(deviations=REACH_DEVIATIONS)
        valid_range = partial(range_at, deviations=VALID_DEVIATIONS)
        earlier = _earlier_pre_dividend(
            contract, periods[0], i, shortest, spot_range=spot_range, valid_range=valid_range
        )
        periods.insert(0, earlier)
    return periods


def _spot_range(
    contract: CallContract, spot: FloatArray, i: int, *, now: FloatArray, deviations: float
) -> Range:
    """Return the log-spots before ex-date i within that many standard deviations of any spot now."""
    date = contract.dividend_times[i]
    deviation = contract.deviation(date - now)
    growth = contract.rate * (date - now)
    paid = np.exp(contract.rate * (date - contract.dividend_times[:i])) @ contract.dividend_amounts[:i]
    low = spot * np.exp(growth - deviation * (deviations + deviation / 2))
    high = np.log(spot) + growth + deviation * (deviations + deviation / 2)
    lowest = low.min(axis=1, keepdims=True) - paid[:, None]
    highest = high.max(axis=1, keepdims=True)
    return np.log(np.maximum(lowest, np.exp(-MAX_LOG_SPOT))), np.minimum(highest, MAX_LOG_SPOT)


def _last_pre_dividend(
    contract: CallContract, spot_range: Range, interval: float | FloatArray
) -> PreDividendCall:
    """Return the call before the last drop: a European call's time value at nodes, intrinsic as a line."""
    time, amount = contract.dividend_times[-1], contract.dividend_amounts[-1]
    time_left = contract.expiry - time
    deviation = contract.deviation(time_left)
    discounted_strike = contract.strike * np.exp(-contract.rate * time_left)
    kink = np.log(discounted_strike)
    boundary, converged = last_boundary(contract, discounted_strike, deviation)
    width = _time_value_width(deviation)
    lowest, highest = (after_drop(log_spot, amount) for log_spot in spot_range)
    feature_width = np.minimum(deviation, contract.deviation(interval)) / _refinement(contract)
    below = (np.maximum(kink - width, lowest), np.minimum(np.minimum(kink, boundary), highest))
    above = (np.maximum(kink, lowest), np.minimum(np.minimum(kink + width, boundary), highest))
    panels = [panel_nodes(*bounds, feature_width) for bounds in (below, above)]
    nodes, weights = (np.concatenate(parts, axis=1) for parts in zip(*panels, strict=True))
    below_resolved, above_resolved = (resolved(*bounds, feature_width) for bounds in (below, above))
    values = _time_value(nodes, discounted_strike=discounted_strike, deviation=deviation, time_left=time_left)
    exercise_boundary = _exercise_boundary(contract, boundary, amount)
    return PreDividendCall(
        time=float(time),
        nodes=_nodes_before_drop(nodes, weights, values, amount),
        hold_line_from=np.minimum(before_drop(kink, amount), exercise_boundary),
        hold_line_cost=discounted_strike + amount,
        hold_line_cost_rho=-time_left * discounted_strike,
        exercise_boundary=exercise_boundary,
        converged=converged & below_resolved & above_resolved,
    )


def _earlier_pre_dividend(
    contract: CallContract,
    later: PreDividendCall,
    i: int,
    interval: float | FloatArray,
    *,
    spot_range: Range,
    valid_range: Callable[[], Range],
) -> PreDividendCall:
    """Return the call before drop i: after it the value is the expectation of the following ex-date."""
    time, amount = contract.dividend_times[i], contract.dividend_amounts[i]
    time_left = contract.expiry - time
    width = _time_value_width(contract.deviation(time_left))
    worthless_below = np.log(contract.strike) - contract.rate * time_left - width
    lowest, highest = (after_drop(end, amount) for end in spot_range)

    def valid_range_after() -> Range:
        low, high = valid_range()
        return after_drop(low, amount), after_drop(high, amount)

    boundary, converged = earlier_boundary(contract, later, i, valid_range=valid_range_after)
    start, end = np.maximum(lowest, worthless_below), np.minimum(boundary, highest)
    feature_width = contract.deviation(interval) / _refinement(contract)
    nodes, weights = panel_nodes(start, end, feature_width)
    hold = call_expectation(contract, later, nodes, now=float(time))
    values = np.stack([hold.value, hold.vega, hold.rho], axis=-1)
    exercise_boundary = _exercise_boundary(contract, boundary, amount)
    deferred_cost = least_deferred_cost(contract, i)
    # Spots above `end` are not reached: there the value only guides the search for earlier boundaries.
    line_from = before_drop(np.maximum(end, np.log(deferred_cost)), amount)
    return PreDividendCall(
        time=float(time),
        nodes=_nodes_before_drop(nodes, weights, values, amount),
        hold_line_from=np.minimum(line_from, exercise_boundary),
        hold_line_cost=deferred_cost + amount,
        hold_line_cost_rho=np.zeros_like(deferred_cost),
        exercise_boundary=exercise_boundary,
        converged=later.converged & converged & resolved(start, end, feature_width),
    )


def _refinement(contract: CallContract) -> float:
    """Return the relative density of nodes, larger with many ex-dates, whose errors add up."""
    return REFINEMENT if len(contract.dividend_times) > MANY_DIVIDENDS else 1.0


def _time_value(
    nodes: FloatArray, *, discounted_strike: FloatArray, deviation: FloatArray, time_left: FloatArray
) -> FloatArray:
    """Return the out-of-the-money European value, vega and rho at logs of spots, as a last axis."""
    d1 = (nodes - np.log(discounted_strike)) / deviation + deviation / 2
    sign = np.where(d1 < deviation / 2, 1.0, -1.0)
    spot = np.exp(nodes)
    strike_value = discounted_strike * ndtr(sign * (d1 - deviation))
    value = sign * (spot * ndtr(sign * d1) - strike_value)
    vega = spot * np.exp(-(d1**2) / 2) / SQRT_2PI * np.sqrt(time_left)
    return np.stack([np.maximum(value, 0.0), vega, sign * time_left * strike_value], axis=-1)


def _time_value_width(deviation: FloatArray) -> FloatArray:
    """Return the distance from the strike, in log-spot, at which an option has time value."""
    return np.minimum(deviation * (REACH_DEVIATIONS + deviation / 2), MAX_LOG_SPOT)


def _exercise_boundary(contract: CallContract, boundary: FloatArray, amount: float) -> FloatArray:
    """Return the log of the boundary before a drop, from that after it; the strike if the drop exceeds it."""
    return np.where(contract.strike <= amount, np.log(contract.strike), before_drop(boundary, amount))


def _nodes_before_drop(log_spot: FloatArray, weights: FloatArray, values: FloatArray, amount: float) -> Nodes:
    """Tabulate values at logs of spots after the drop as a function of the log-spot before it."""
    before = np.exp(log_spot) + amount
    return Nodes.of(np.log(before), weights * (1 - amount / before), values)


def _intervals(contract: CallContract, now: FloatArray) -> list[float | FloatArray]:
    """Return the times to each ex-date from the one before it, to the first from the latest `now` [years]."""
    first = contract.dividend_times[0] - now.max(axis=1, keepdims=True)
    return [first, *np.diff(contract.dividend_times)]
