"""Calls on a spot that pays cash dividends only, rate >= 0: one Gaussian integral per ex-date.

Such a call is worth exercising only on the day before an ex-date, where its value is the larger of the
exercise value and the value after the drop. Each integral runs over Gauss-Legendre nodes in the log of
the spot after the drop and ends at the exercise boundary, where the integrand has a kink; its values at
the nodes are the integral of the following ex-date. Lines in the spot are integrated in closed form.

References
----------
E. G. Haug, J. Haug, A. Lewis, "Back to Basics: a new approach to the discrete dividend problem",
Wilmott Magazine, September 2003.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.batch import contract_keys, shared, tables
from riskcalc.pricing.american.call_boundary import cheapest_wait, earlier_boundary, last_boundary
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.pre_dividend import (
    FARTHEST,
    CallContract,
    Eve,
    after_drop,
    average,
    before_drop,
)
from riskcalc.pricing.american.quadrature import SQRT_2PI, Nodes, panel, resolved
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.arrays import FloatArray

BLOCK = 256  # contracts valued together: their kernels stay in the cache
REACH = 6.2  # standard deviations kept on each side: what lies beyond weighs less than 1e-8
MANY, FINER = 12, 1.5  # eves from which their errors add up to something, and how much closer the nodes lie
TRUSTED = 5.2  # standard deviations up to which the next eve's nodes reach far enough for its mean


def cash_dividend_calls(batch: Batch, schedule: Schedule) -> Priced:
    """Value calls that see every dividend of the schedule; sign, yield and rate are known to fit."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    proved = np.empty(batch.spot.size, dtype=bool)
    keys = contract_keys(batch, wait=schedule.times[0] - batch.elapsed)
    for table in tables(keys, most_rows=BLOCK):
        contract = call_contract(batch.take(table[:, 0]), schedule)
        greeks[:, table], proved[table] = _greeks(
            contract, batch.spot[table], now=shared(batch.elapsed[table])
        )
    return Priced(OptionGreeks(*greeks), proved)


def call_contract(batch: Batch, schedule: Schedule) -> CallContract:
    """Write each option's terms as a row."""
    return CallContract(
        strike=batch.strike[:, None],
        vol=batch.vol[:, None],
        rate=batch.rate[:, None],
        expiry=np.maximum(batch.expiry, schedule.times[-1])[:, None],
        dividend_times=schedule.times,
        dividend_amounts=schedule.amounts,
    )


def _greeks(contract: CallContract, spot: FloatArray, *, now: FloatArray) -> Priced:
    eve = call_eves(contract, spot, now=now)[0]
    jet = average(contract, eve, np.log(spot), now=now)
    bend = jet.curvature - jet.slope
    greeks = OptionGreeks(
        value=jet.value,
        delta=jet.slope / spot,
        gamma=bend / spot**2,
        # The pricing equation ties theta to the other derivatives.
        theta=contract.rate * (jet.value - jet.slope) - contract.vol**2 / 2 * bend,
        vega=jet.vega,
        rho=jet.rho,
    )
    return Priced(greeks, eve.settled)


def call_eves(contract: CallContract, spot: FloatArray, *, now: FloatArray) -> list[Eve]:
    """Return the call on the day before each ex-date, in the order of the dates, where the spots can lead.

    Spots have shape (contracts, points); the moments when they are seen too, or one column.
    """
    spans = _spans(contract, now)
    last = len(spans) - 1
    reach = _reach(contract, spot, last, now=now, deviations=REACH)
    eves = [_last_eve(contract, reach, spans[last])]
    for i in reversed(range(last)):
        shortest = np.minimum(spans[i], spans[i + 1])
        led = partial(_reach, contract, spot, i, now=now)
        reach, trusted = led(deviations=REACH), partial(led, deviations=TRUSTED)
        eves.insert(0, _earlier_eve(contract, eves[0], i, shortest, reach=reach, trusted=trusted))
    return eves


def _reach(
    contract: CallContract, spot: FloatArray, i: int, *, now: FloatArray, deviations: float
) -> tuple[FloatArray, FloatArray]:
    """Bounds of the log-spot on the day before ex-date i."""
    date = contract.dividend_times[i]
    deviation = contract.deviation(date - now)
    growth = contract.rate * (date - now)
    paid = np.exp(contract.rate * (date - contract.dividend_times[:i])) @ contract.dividend_amounts[:i]
    low = spot * np.exp(growth - deviation * (deviations + deviation / 2))
    high = np.log(spot) + growth + deviation * (deviations + deviation / 2)
    lowest, highest = low.min(axis=1, keepdims=True), high.max(axis=1, keepdims=True)
    return np.log(np.maximum(lowest - paid[:, None], np.exp(-FARTHEST))), np.minimum(highest, FARTHEST)


def _last_eve(contract: CallContract, reach: tuple[FloatArray, FloatArray], span: float | FloatArray) -> Eve:
    """After the last drop the call is European: its time value at the nodes, its intrinsic as a line."""
    time, amount = contract.dividend_times[-1], contract.dividend_amounts[-1]
    left = contract.expiry - time
    deviation = contract.deviation(left)
    discounted = contract.strike * np.exp(-contract.rate * left)
    kink = np.log(discounted)
    boundary, settled = last_boundary(contract, discounted, deviation)
    width = _width(deviation)
    lowest, highest = (after_drop(log_spot, amount) for log_spot in reach)
    resolution = np.minimum(deviation, contract.deviation(span)) / _finer(contract)
    below = (np.maximum(kink - width, lowest), np.minimum(np.minimum(kink, boundary), highest))
    above = (np.maximum(kink, lowest), np.minimum(np.minimum(kink + width, boundary), highest))
    panels = [panel(*bounds, resolution) for bounds in (below, above)]
    nodes, weights = (np.concatenate(parts, axis=1) for parts in zip(*panels, strict=True))
    seen = [resolved(*bounds, resolution) for bounds in (below, above)]
    values = _time_value(nodes, discounted=discounted, deviation=deviation, left=left)
    exercise_from = _exercise_from(contract, boundary, amount)
    return Eve(
        time=float(time),
        nodes=_nodes_before_drop(nodes, weights, values, amount),
        hold_from=np.minimum(before_drop(kink, amount), exercise_from),
        hold_cost=discounted + amount,
        hold_cost_rho=-left * discounted,
        exercise_from=exercise_from,
        settled=settled & seen[0] & seen[1],
    )


def _earlier_eve(
    contract: CallContract,
    later: Eve,
    i: int,
    span: float | FloatArray,
    *,
    reach: tuple[FloatArray, FloatArray],
    trusted: Callable[[], tuple[FloatArray, FloatArray]],
) -> Eve:
    """After an earlier drop the call's value is the average of the following eve."""
    time, amount = contract.dividend_times[i], contract.dividend_amounts[i]
    left = contract.expiry - time
    worthless = np.log(contract.strike) - contract.rate * left - _width(contract.deviation(left))
    lowest, highest = (after_drop(end, amount) for end in reach)

    def after() -> tuple[FloatArray, FloatArray]:
        low, high = trusted()
        return after_drop(low, amount), after_drop(high, amount)

    boundary, settled = earlier_boundary(contract, later, i, trusted=after)
    start, end = np.maximum(lowest, worthless), np.minimum(boundary, highest)
    resolution = contract.deviation(span) / _finer(contract)
    nodes, weights = panel(start, end, resolution)
    jet = average(contract, later, nodes, now=float(time))
    values = np.stack([jet.value, jet.vega, jet.rho], axis=-1)
    exercise_from = _exercise_from(contract, boundary, amount)
    cheapest = cheapest_wait(contract, i)
    return Eve(
        time=float(time),
        nodes=_nodes_before_drop(nodes, weights, values, amount),
        # Beyond the reach of the spots the value only has to be plausible, for the search of boundaries.
        hold_from=np.minimum(before_drop(np.maximum(end, np.log(cheapest)), amount), exercise_from),
        hold_cost=cheapest + amount,
        hold_cost_rho=np.zeros_like(cheapest),
        exercise_from=exercise_from,
        settled=later.settled & settled & resolved(start, end, resolution),
    )


def _finer(contract: CallContract) -> float:
    """Refinement of the nodes for many ex-dates, whose errors add up."""
    return FINER if len(contract.dividend_times) > MANY else 1.0


def _time_value(
    nodes: FloatArray, *, discounted: FloatArray, deviation: FloatArray, left: FloatArray
) -> FloatArray:
    """Out-of-the-money European value at logs of spots, with its vega and rho in the last axis."""
    d1 = (nodes - np.log(discounted)) / deviation + deviation / 2
    sign = np.where(d1 < deviation / 2, 1.0, -1.0)
    spot = np.exp(nodes)
    chance = discounted * ndtr(sign * (d1 - deviation))
    value = sign * (spot * ndtr(sign * d1) - chance)
    vega = spot * np.exp(-(d1**2) / 2) / SQRT_2PI * np.sqrt(left)
    return np.stack([np.maximum(value, 0.0), vega, sign * left * chance], axis=-1)


def _width(deviation: FloatArray) -> FloatArray:
    """Distance from the strike, in log-spot, with time value."""
    return np.minimum(deviation * (REACH + deviation / 2), FARTHEST)


def _exercise_from(contract: CallContract, boundary: FloatArray, amount: float) -> FloatArray:
    return np.where(contract.strike <= amount, np.log(contract.strike), before_drop(boundary, amount))


def _nodes_before_drop(log_spot: FloatArray, weights: FloatArray, values: FloatArray, amount: float) -> Nodes:
    """Move nodes and weights from the log-spot after the drop to the log-spot before it."""
    before = np.exp(log_spot) + amount
    return Nodes.of(np.log(before), weights * (1 - amount / before), values)


def _spans(contract: CallContract, now: FloatArray) -> list[float | FloatArray]:
    """Times to each ex-date from the one before it; to the first from the last of each row's moments."""
    first = contract.dividend_times[0] - now.max(axis=1, keepdims=True)
    return [first, *np.diff(contract.dividend_times)]
