"""American calls on a share with cash dividends and a yield > 0 or a rate < 0: exercised on any day.

By put-call symmetry a call is a put on the inverse of the spot, with rate and yield exchanged. In the period
before an ex-date it is an American put whose payoff is its own value just before the drop. At the end of the
period its boundary tends to that before the drop, or to where the yield equals the interest. After the last
drop the call is one without cash dividends.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import collapse_columns, contract_keys, tables
from riskcalc.pricing.american.cash_dividend_puts import BLOCK, BOUNDARY_DENSITY, PERIOD_TIME_POINTS
from riskcalc.pricing.american.collocation import root_time_nodes
from riskcalc.pricing.american.continuous_exercise import (
    VALUE_TIME_POINTS,
    american_put,
    put_greeks,
    put_terms,
    scatter,
)
from riskcalc.pricing.american.convergence import MAX_RESIDUAL, Priced
from riskcalc.pricing.american.deterministic import raise_to_floor
from riskcalc.pricing.american.dividend_periods import (
    MIN_TIME,
    TIME_VALUE_DEVIATIONS,
    ValuationPoints,
    time_value_width,
)
from riskcalc.pricing.american.pre_dividend import PreDividendPut, put_expectation
from riskcalc.pricing.american.put_boundary import (
    BOUNDARY_NODES,
    SHARED_BOUNDARY_NODES,
    ExpiryLimit,
    PutBoundary,
    limit_at_expiry,
    newton_boundary,
    put_boundary,
)
from riskcalc.pricing.american.put_premium import european_put
from riskcalc.pricing.american.quadrature import Nodes, panel_nodes, resolved
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.american.put_boundary import HoldValue
    from riskcalc.pricing.american.put_premium import PutTerms
    from riskcalc.pricing.american.quadrature import ValueAndDerivatives
    from riskcalc.pricing.arrays import FloatArray

NEWTON_STEPS = 16
"""Most Newton steps for the boundary of a period."""
RARE_DEVIATIONS = 4.7
"""Standard deviations of the spot that one path in a million exceeds."""
SEARCH_STEPS = 40
"""Most steps of the search for the boundary before a drop."""
SEARCH_TOLERANCE = 1e-9
"""Step at which that search stops [strikes]."""
MAX_LAST_STEP = 1e-6
"""Largest last step of a search that has converged [strikes]: Newton's next would be far smaller."""
MIN_SLOPE = 1e-9
"""Least slope of the gain of exercise in the spot."""
GUESS_STEPS = 10
"""Most steps of the search for the initial guess."""
GUESS_TOLERANCE = 1e-2
"""Step of that search, in log-spot, from which Newton converges."""
MIN_GUESS_DEVIATIONS = 0.03
"""Least distance of the guess from the limit of the boundary, in standard deviations: for tiny drops."""
MAX_GUESS_STEP = 0.3
"""Largest change of the guess in one step, in log-spot."""
PREMIUM_SHARE = 0.7
"""Early-exercise premium over the gain of exercise now, assumed for the initial guess: 0.5 to 1."""
RELATIVE_FLOOR = 1e-8
"""Least argument of a logarithm relative to its target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """Calls from just after a drop, or from now, to the next drop or the expiry, as puts of strike 1."""

    terms: PutTerms
    """Terms whose time to expiry is the length of the period."""
    boundary: PutBoundary
    hold_value: HoldValue
    """Value without exercise before the end of the period."""

    def evaluate(
        self, log_inverse: FloatArray, *, time_points: int, time_in_period: FloatArray
    ) -> ValueAndDerivatives:
        """Return the value at logs of inverse spots, shape (calls, points), after some time in the period."""
        time = self.terms.time_to_expiry - time_in_period
        return american_put(
            self.terms,
            self.boundary,
            log_inverse,
            time=time,
            time_points=time_points,
            hold_value=self.hold_value,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _ExDate:
    """A drop, the period after it, and the exercise boundary just before it; columns of shape (calls, 1)."""

    later: _Period
    amount: FloatArray
    """Dividend [strikes]."""
    boundary_after: FloatArray
    """Exercise boundary before the drop, as the log of the inverse spot after it."""
    limit: ExpiryLimit
    """Limit of the boundary at the end of the period before the drop."""
    converged: NDArray[np.bool_]
    """Whether the search for the boundary converged, shape (calls,)."""

    def evaluate(self, log_inverse: FloatArray) -> ValueAndDerivatives:
        """Return the value just after the drop."""
        return self.later.evaluate(
            log_inverse, time_points=PERIOD_TIME_POINTS, time_in_period=np.zeros((1, 1))
        )

    def tabulate(self, low: FloatArray, high: FloatArray, feature_width: FloatArray) -> PreDividendPut:
        """Tabulate the call held through the drop, between logs of inverse spots after it."""
        nodes, weights = panel_nodes(low, np.maximum(high, low), feature_width)
        # Puts are in units of the spot: the drop scales them by the spot after it over the spot before.
        hold, spot_ratio = self.evaluate(nodes), 1 / (1 + self.amount * np.exp(nodes))
        values = np.stack([hold.value, hold.vega, hold.rho], axis=-1) * spot_ratio[..., None]
        ones = np.ones_like(low)
        return PreDividendPut(
            nodes=Nodes.of(nodes + np.log(spot_ratio), weights * spot_ratio, values),
            line_to=-np.log(np.exp(-self.boundary_after) + self.amount),
            cash=ones,
            cash_rho=np.zeros_like(low),
            share=ones,
            zero_spot_value=ones,
            waits_for_later_drop=np.zeros(low.shape, dtype=bool),
            resolved=resolved(low, high, feature_width)[:, 0],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _InverseSpotBounds:
    """Ranges of the log of the inverse spot, shape (calls, 1); all but `lowest_reached` after a drop."""

    low: FloatArray
    """The larger of the lowest reached and the exercise boundary before the drop."""
    highest_reached: FloatArray
    """Highest reached from now without earlier drops."""
    worthless_from: FloatArray
    """Lowest at which the call is worthless."""
    lowest_reached: FloatArray
    """Before the drop: one path in a million goes lower."""


def continuous_exercise_calls(batch: Batch, schedule: Schedule) -> Priced:
    """Return value and Greeks of calls that expire after all ex-dates, with rate and yield as above."""
    log_inverse = np.log(batch.strike / batch.spot)
    keys = contract_keys(batch, time_to_drop=schedule.times[0] - batch.elapsed)
    tables_used = list(tables(keys, most_rows=BLOCK))
    parts = [
        _value_table(batch.take(table[:, 0]), schedule, log_inverse[table], batch.elapsed[table])
        for table in tables_used
    ]
    value, converged = scatter(tables_used, parts)
    return raise_to_floor(Priced(put_greeks(batch, value), converged), batch, schedule)


def _value_table(
    contracts: Batch, schedule: Schedule, log_inverse: FloatArray, now: FloatArray
) -> tuple[ValueAndDerivatives, NDArray[np.bool_]]:
    """Return the values of each contract at its spots and valuation times; they share a first period."""
    start = now.min(axis=1, keepdims=True)
    points = ValuationPoints(log_spot=log_inverse, time_in_period=collapse_columns(now - start))
    times_left = np.maximum(contracts.expiry[:, None] - schedule.times, 0.0)
    terms = put_terms(contracts, np.maximum(times_left[:, -1:], MIN_TIME))
    period = _Period(terms=terms, boundary=put_boundary(terms), hold_value=european_put)
    converged = period.boundary.converged
    for i in range(len(schedule.times) - 1, -1, -1):
        length = schedule.times[i] - (schedule.times[i - 1] if i else start)
        terms = replace(terms, time_to_expiry=np.broadcast_to(length, start.shape))
        drop = _solve_ex_date(period, schedule.amounts[i] / contracts.strike[:, None])
        time_left = times_left[:, i : i + 1]
        bounds = _inverse_spot_bounds(terms, drop, time_left, points, schedule.times[i] - start)
        is_shared = i == 0 and points.time_in_period.shape[1] > 1
        order = SHARED_BOUNDARY_NODES if is_shared else BOUNDARY_NODES
        period = _period_before(terms, drop, bounds, time_left, order=order)
        converged = converged & drop.converged & period.boundary.converged
    # Tabulate the first drop again, as finely as the latest valuation needs and only where spots reach.
    time_to_drop = terms.time_to_expiry - points.time_in_period.max(axis=1, keepdims=True)
    feature_width = terms.vol * np.sqrt(np.minimum(time_to_drop, time_left + MIN_TIME))
    pre_dividend = drop.tabulate(bounds.low, bounds.highest_reached, feature_width)
    value = replace(period, hold_value=_hold_value(pre_dividend)).evaluate(
        log_inverse, time_points=VALUE_TIME_POINTS, time_in_period=points.time_in_period
    )
    return value, converged & pre_dividend.resolved


def _solve_ex_date(later: _Period, amount: FloatArray) -> _ExDate:
    """Solve for the boundary before a drop: there the time value after it equals the dividend."""
    # The gain of exercise is concave: Newton from below stays below. The root of the time value is nearly
    # linear next to the boundary, so Newton on it is faster, and used where it stays in the bracket.
    spot = low = 1 - amount
    high = np.exp(-later.boundary.at_start)
    for _ in range(SEARCH_STEPS):
        put = later.evaluate(-np.log(spot), time_points=PERIOD_TIME_POINTS, time_in_period=np.zeros((1, 1)))
        time_value = np.maximum(spot * put.value - (spot - 1), 0.0)
        slope = np.maximum(1 - put.value + put.slope, MIN_SLOPE)
        below = time_value >= amount
        low = np.where(below, spot + (time_value - amount) / slope, low)
        high = np.where(below, high, spot)
        fast = spot + 2 * (time_value - np.sqrt(amount * time_value)) / slope
        in_bracket = (fast > low - SEARCH_TOLERANCE) & (fast < high + SEARCH_TOLERANCE)
        residual = np.abs(time_value - amount)
        before, spot = spot, np.where(in_bracket & (time_value > amount / 4), fast, low)
        if np.abs(spot - before).max() < SEARCH_TOLERANCE:
            break
    return _ExDate(
        later=later,
        amount=amount,
        boundary_after=-np.log(spot),
        limit=_limit_before_drop(limit_at_expiry(later.terms), put, spot, amount, slope),
        # A step that a bracket's end cuts short may be small far from the root: its residual is not.
        converged=((np.abs(spot - before) < MAX_LAST_STEP) & (residual < MAX_RESIDUAL))[:, 0],
    )


def _limit_before_drop(
    limit: ExpiryLimit, put: ValueAndDerivatives, spot: FloatArray, amount: FloatArray, slope: FloatArray
) -> ExpiryLimit:
    """Return the lower of the boundary before a drop and the limit of rate over yield, in inverse spots.

    `spot` is the boundary after the drop, `put` the value there, `slope` that of the gain of exercise.
    """
    before_drop = -np.log(spot + amount)
    per_value = spot / (slope * (spot + amount))
    yield_binds = limit.log_spot < before_drop
    return ExpiryLimit(
        log_spot=np.minimum(before_drop, limit.log_spot),
        vega=np.where(yield_binds, limit.vega, -put.vega * per_value),
        rho=np.where(yield_binds, limit.rho, -put.rho * per_value),
    )


def _inverse_spot_bounds(
    terms: PutTerms, drop: _ExDate, time_left: FloatArray, points: ValuationPoints, time: FloatArray
) -> _InverseSpotBounds:
    """Return the inverse spots reached at a drop, `time` after the start and `time_left` before expiry."""
    deviation = terms.vol * np.sqrt(time)
    drift = np.abs(terms.rate - terms.dividend_yield) * time
    reach = deviation * (TIME_VALUE_DEVIATIONS + deviation / 2) + drift
    lowest_now, highest_now = (bound(points.log_spot, axis=1, keepdims=True) for bound in (np.min, np.max))
    worthless_from = np.maximum(time_value_width(terms, time_left), drop.boundary_after)
    highest_spot = np.exp(reach - lowest_now) - drop.amount
    lowest_spot = np.exp(-reach - highest_now) - drop.amount
    low, highest_reached = (
        np.clip(-np.log(np.maximum(spot, np.exp(-worthless_from))), drop.boundary_after, worthless_from)
        for spot in (highest_spot, lowest_spot)
    )
    return _InverseSpotBounds(
        low=low,
        highest_reached=highest_reached,
        worthless_from=worthless_from,
        lowest_reached=lowest_now - reach + deviation * (TIME_VALUE_DEVIATIONS - RARE_DEVIATIONS),
    )


def _period_before(
    terms: PutTerms, drop: _ExDate, bounds: _InverseSpotBounds, time_left: FloatArray, *, order: int
) -> _Period:
    """Return the period that ends with a drop; `time_left` is the time from there to the expiry."""
    at_boundary = terms.vol * np.sqrt(terms.time_to_expiry) * root_time_nodes(order)[0]
    length = bounds.worthless_from - bounds.low
    near_end = np.maximum(at_boundary, BOUNDARY_DENSITY * np.sqrt(length * at_boundary))
    elsewhere = terms.vol * np.sqrt(np.minimum(terms.time_to_expiry, time_left + MIN_TIME))
    pre_dividend = drop.tabulate(bounds.low, bounds.worthless_from, np.minimum(near_end, elsewhere))
    hold_value = _hold_value(pre_dividend)
    boundary = newton_boundary(
        terms,
        drop.limit,
        _initial_guess(terms, hold_value, drop.limit.log_spot, order),
        hold_value=hold_value,
        steps=NEWTON_STEPS,
        lowest_reached=bounds.lowest_reached,
    )
    return _Period(terms=terms, boundary=boundary, hold_value=hold_value)


def _initial_guess(terms: PutTerms, hold_value: HoldValue, limit: FloatArray, order: int) -> FloatArray:
    """Return nodes that match values if the premium is a fixed share of the gain of exercise now."""
    time = terms.time_to_expiry * root_time_nodes(order) ** 2
    # Interest on the strike and dividends of the share in that time, exact for tiny rates.
    earned, paid = (-np.expm1(-a * time) for a in (terms.rate, terms.dividend_yield))
    least = RELATIVE_FLOOR * (np.abs(earned) + np.abs(paid))
    deviation = terms.vol * np.sqrt(time)
    nodes = limit - deviation
    for _ in range(GUESS_STEPS):
        hold, spot = hold_value(terms, nodes, time), np.exp(nodes)
        gain = np.maximum(earned - paid * spot, least)
        excess = np.maximum(hold.value - (1 - spot) + earned - paid * spot, RELATIVE_FLOOR * gain)
        rise = (hold.slope + spot - paid * spot) / excess + paid * spot / gain
        step = np.log(excess / (PREMIUM_SHARE * gain)) / np.maximum(rise, RELATIVE_FLOOR)
        step = np.clip(step, -MAX_GUESS_STEP, MAX_GUESS_STEP)
        nodes = np.minimum(nodes - step, limit - MIN_GUESS_DEVIATIONS * deviation)
        if np.abs(step).max() < GUESS_TOLERANCE:
            break
    return nodes


def _hold_value(pre_dividend: PreDividendPut) -> HoldValue:
    """Return the function that values puts held to the end of a period with that pre-dividend value."""

    def hold_value(terms: PutTerms, log_spot: FloatArray, time: FloatArray) -> ValueAndDerivatives:
        return put_expectation(terms, pre_dividend, log_spot, time)

    return hold_value
