"""American options without cash dividends: the boundary by collocation, then one premium integral.

By put-call symmetry a call is a put with spot and strike, and rate and yield, exchanged, so this module
values puts of strike 1 only.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import boundary_keys, collapse_columns, tables
from riskcalc.pricing.american.collocation import for_remaining_time, time_quadrature
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.deterministic import raise_to_floor
from riskcalc.pricing.american.put_boundary import (
    BOUNDARY_NODES,
    SHARED_BOUNDARY_NODES,
    PutBoundary,
    boundary_at,
    put_boundary,
)
from riskcalc.pricing.american.put_premium import (
    EarlyExercisePremium,
    PutTerms,
    european_put,
    exercise_or_hold,
)
from riskcalc.pricing.american.quadrature import ValueAndDerivatives
from riskcalc.pricing.black_scholes import OptionGreeks
from riskcalc.pricing.compiled.loader import core

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.american.put_boundary import HoldValue
    from riskcalc.pricing.arrays import FloatArray

BLOCK = 64
"""Contracts valued together: their integrands stay in the processor's cache."""
VALUE_TIME_POINTS = 48
"""Quadrature points over exercise times of a final value."""
EXERCISED_TOLERANCE = 1e-12
"""Largest excess over the intrinsic value of an option that is exercised now [strikes]."""
REACH_DEVIATIONS = 8.0
"""Deviations of the spot from every exercise boundary at which no path counts: 6e-16 of them go that far."""


def boundary_out_of_reach(batch: Batch, earned: FloatArray, forgone: FloatArray) -> NDArray[np.bool_]:
    """Return which options without cash dividends hardly a path exercises, so that they are European.

    Such is a call on a yield far below the rate. Its holder earns one rate by exercise and forgoes another,
    as a put's does. The boundary is at most its limit at expiry, min(1, earned / forgone) strikes of the
    equivalent put; by Kim's integral the premium is at most the rates' income of a strike, times the largest
    probability to be beyond that limit.
    """
    with np.errstate(all="ignore"):  # an option that earns nothing has no such limit: never out of reach
        limit = np.log(np.minimum(earned / np.maximum(forgone, earned), 1.0))
        distance = batch.sign * np.log(batch.strike / batch.spot) - limit
        variance = batch.vol**2
        # Away from the limit a drift brings no path closer at an earlier time.
        drift = np.minimum(earned - forgone - variance / 2, 0.0)
        time = batch.time_to_expiry
        out_of_reach: NDArray[np.bool_] = distance + drift * time >= REACH_DEVIATIONS * np.sqrt(
            variance * time
        )
    return out_of_reach & (earned > 0.0)


def continuous_exercise(batch: Batch, schedule: Schedule) -> Priced:
    """Return value and Greeks of options that have a single exercise boundary, by the core if there is."""
    found = list(tables(boundary_keys(batch), most_rows=BLOCK, within=batch.time_to_expiry))
    if (compiled := core()) is None:
        return _by_numpy(batch, schedule, found)
    from riskcalc.pricing.american.compiled_puts import Results, american_rows  # noqa: PLC0415 - only with one

    results, unresolved = Results.empty(batch.spot.size), []
    for table in found:
        order = _boundary_order(batch.time_to_expiry[table])
        american_rows(compiled, batch, table, results, order=order, time_points=VALUE_TIME_POINTS)
        failed = results.status[table[:, 0]] < 0.0
        if failed.any():
            unresolved.append(table[failed])
    priced = Priced(OptionGreeks(*results.greeks), results.status > 0.0)
    if unresolved:
        index = np.unique(np.concatenate([table.ravel() for table in unresolved]))
        rows = [np.searchsorted(index, table) for table in unresolved]
        slow = _by_numpy(batch.take(index), schedule, rows)
        results.greeks[:, index], priced.converged[index] = np.stack(slow.greeks), slow.converged
    return priced


def _by_numpy(batch: Batch, schedule: Schedule, found: list[NDArray[np.intp]]) -> Priced:
    """Return value and Greeks of options by tables of indices, whose rows share a boundary."""
    log_spot = batch.sign * np.log(batch.strike / batch.spot)
    parts = []
    for table in found:
        time = collapse_columns(batch.time_to_expiry[table])
        terms = put_terms(batch.take(table[:, 0]), time.max(axis=1, keepdims=True))
        boundary = put_boundary(terms, order=_boundary_order(time))
        parts.append((american_put(terms, boundary, log_spot[table], time=time), boundary.converged))
    value, converged = scatter(found, parts)
    return raise_to_floor(Priced(put_greeks(batch, value), converged), batch, schedule)


def _boundary_order(time: FloatArray) -> int:
    """Return the nodes of boundaries: fewer where each row has one time to expiry."""
    return BOUNDARY_NODES if (time == time[:, :1]).all() else SHARED_BOUNDARY_NODES


def put_terms(batch: Batch, time_to_expiry: FloatArray) -> PutTerms:
    """Return each option as a put of strike 1; `time_to_expiry`, shape (options, 1), is the boundary's."""
    call = batch.sign[:, None] > 0.0
    rate, dividend_yield = batch.rate[:, None], batch.dividend_yield[:, None]
    return PutTerms(
        rate=np.where(call, dividend_yield, rate),
        dividend_yield=np.where(call, rate, dividend_yield),
        vol=batch.vol[:, None],
        time_to_expiry=time_to_expiry,
        rate_step=np.where(call, 0.0, 1.0),
        yield_step=np.where(call, 1.0, 0.0),
    )


def scatter(
    tables_used: list[NDArray[np.intp]], results: list[tuple[ValueAndDerivatives, NDArray[np.bool_]]]
) -> tuple[ValueAndDerivatives, NDArray[np.bool_]]:
    """Return the values of all tables, and whether their rows converged, in the order of the elements."""
    size = 1 + max(int(table.max()) for table in tables_used)
    parts = {name: np.empty(size) for name in ValueAndDerivatives.__slots__}
    converged = np.empty(size, dtype=bool)
    for table, (value, row_converged) in zip(tables_used, results, strict=True):
        converged[table] = row_converged[:, None]
        for name, part in parts.items():
            part[table] = getattr(value, name)
    return ValueAndDerivatives(**parts), converged


def american_put(
    terms: PutTerms,
    boundary: PutBoundary,
    log_spot: FloatArray,
    *,
    time: FloatArray,
    time_points: int = VALUE_TIME_POINTS,
    hold_value: HoldValue = european_put,
) -> ValueAndDerivatives:
    """Return the value of American puts of strike 1 at logs of spots, shape (puts, points).

    `time` is the time to the end of the period [years], shape (puts, points) or (puts, 1), at most that of
    the boundary. `hold_value` values the put without exercise before that end: its expiry, or the day before
    an ex-date.
    """
    quadrature = time_quadrature(time_points)
    root_fraction = np.sqrt(time / terms.time_to_expiry)
    boundary_of = partial(boundary_at, boundary)
    level, level_vega, level_rho = for_remaining_time(boundary_of, root_fraction, quadrature.root_remaining)
    exercise_level = boundary.at_start
    if not (root_fraction == 1.0).all():
        exercise_level = for_remaining_time(boundary_of, root_fraction, np.ones(1))[0][..., 0]
    delay, weight = (time[..., None] * part for part in (quadrature.delay, quadrature.weight))
    hold = hold_value(terms, log_spot, time)
    premium = EarlyExercisePremium.of(terms, log_spot, level, delay=delay, weight=weight)
    boundary_sensitivity = premium.boundary_sensitivity
    hold = ValueAndDerivatives(
        value=hold.value + premium.value,
        slope=hold.slope + premium.slope,
        curvature=hold.curvature + premium.curvature,
        vega=hold.vega + premium.vega + (boundary_sensitivity * level_vega).sum(axis=-1),
        rho=hold.rho + premium.rho + (boundary_sensitivity * level_rho).sum(axis=-1),
    )
    return exercise_or_hold(hold, log_spot <= exercise_level, log_spot)


def put_greeks(batch: Batch, put: ValueAndDerivatives) -> OptionGreeks:
    """Return the Greeks of options from the values of the equivalent puts of strike 1."""
    call = batch.sign > 0.0
    scale = np.where(call, batch.spot, batch.strike)
    delta = np.where(call, put.value - put.slope, put.slope * batch.strike / batch.spot)
    scaled_curvature = scale * (put.curvature - put.slope)
    value = scale * put.value
    carry = batch.rate * value - (batch.rate - batch.dividend_yield) * batch.spot * delta
    # Deep in the money a put held for a dividend has zero gamma too, but is worth more than exercise.
    gain = batch.sign * (batch.spot - batch.strike)
    exercised = (scaled_curvature == 0.0) & (value - gain <= EXERCISED_TOLERANCE * scale)
    return OptionGreeks(
        value=value,
        delta=delta,
        gamma=scaled_curvature / batch.spot**2,
        # Theta follows from the Black-Scholes equation; it is 0 for an option that is exercised now.
        theta=np.where(exercised, 0.0, carry - batch.vol**2 / 2 * scaled_curvature),
        vega=scale * put.vega,
        rho=scale * put.rho,
    )
