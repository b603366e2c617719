"""American options without cash dividends: exercise boundary, then one integral.

A call is the put with spot and strike, rate and yield exchanged, so puts of strike 1 are all there is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import boundary_keys, shared, tables
from riskcalc.pricing.american.collocation import at_shares, moments
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.deterministic import above_floor
from riskcalc.pricing.american.put_boundary import NODES, SHARED_NODES, Boundary, boundary_at, put_boundary
from riskcalc.pricing.american.put_premium import Premium, PutTerms, european_put, or_exercised
from riskcalc.pricing.american.quadrature import Jet
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.american.put_boundary import Held
    from riskcalc.pricing.arrays import FloatArray

BLOCK = 64  # options valued together: their moments stay in the cache
VALUE_MOMENTS = 48
ROUNDING = 1e-12
"""Of the strike: what an exercised option may seem to be worth beyond its intrinsic value."""


def spectral(batch: Batch, schedule: Schedule) -> Priced:
    """Value options whose exercise region is bounded on one side by one boundary."""
    log_spot = batch.sign * np.log(batch.strike / batch.spot)
    parts = []
    for table in (found := list(tables(boundary_keys(batch), most_rows=BLOCK))):
        time = shared(batch.time_to_expiry[table])
        terms = put_terms(batch.take(table[:, 0]), time.max(axis=1, keepdims=True))
        boundary = put_boundary(terms, order=NODES if time.shape[1] == 1 else SHARED_NODES)
        parts.append((put_jet(terms, boundary, log_spot[table], time=time), boundary.settled))
    jet, proved = scattered(found, parts)
    return above_floor(Priced(put_greeks(batch, jet), proved), batch, schedule)


def put_terms(batch: Batch, time_to_expiry: FloatArray) -> PutTerms:
    """Say each option as a put of strike 1; the times, shape (options, 1), are those of the boundary."""
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


def scattered(
    tables_of: list[NDArray[np.intp]], found: list[tuple[Jet, NDArray[np.bool_]]]
) -> tuple[Jet, NDArray[np.bool_]]:
    """Bring the jets of tables, and which of their rows are proved, back into the order of the elements."""
    size = 1 + max(int(table.max()) for table in tables_of)
    parts = {name: np.empty(size) for name in Jet.__slots__}
    proved = np.empty(size, dtype=bool)
    for table, (jet, settled) in zip(tables_of, found, strict=True):
        proved[table] = settled[:, None]
        for name, part in parts.items():
            part[table] = getattr(jet, name)
    return Jet(**parts), proved


def put_jet(
    terms: PutTerms,
    boundary: Boundary,
    log_spot: FloatArray,
    *,
    time: FloatArray,
    count: int = VALUE_MOMENTS,
    held: Held = european_put,
) -> Jet:
    """Value puts of strike 1 at each of their spots, shape (puts, spots), that time before expiry.

    Times have the shape of the spots or one column; none is longer than the boundary's. `held` values the
    put without exercise before that expiry, which may be the day before a drop.
    """
    rule = moments(count)
    share = np.sqrt(time / terms.time_to_expiry)
    boundary_of = partial(boundary_at, boundary)
    level, level_vega, level_rho = at_shares(boundary_of, share, rule.left)
    now = boundary.now if (share == 1.0).all() else at_shares(boundary_of, share, np.ones(1))[0][..., 0]
    delay, weight = (time[..., None] * part for part in (rule.delay, rule.weight))
    waiting = held(terms, log_spot, time)
    early = Premium.of(terms, log_spot, level, delay=delay, weight=weight)
    drive = early.drive
    waiting = Jet(
        value=waiting.value + early.value,
        slope=waiting.slope + early.slope,
        curvature=waiting.curvature + early.curvature,
        vega=waiting.vega + early.vega + (drive * level_vega).sum(axis=-1),
        rho=waiting.rho + early.rho + (drive * level_rho).sum(axis=-1),
    )
    return or_exercised(waiting, log_spot <= now, log_spot)


def put_greeks(batch: Batch, put: Jet) -> OptionGreeks:
    """Turn puts of strike 1 back into the options they stand for."""
    call = batch.sign > 0.0
    scale = np.where(call, batch.spot, batch.strike)
    delta = np.where(call, put.value - put.slope, put.slope * batch.strike / batch.spot)
    bend = scale * (put.curvature - put.slope)
    value = scale * put.value
    carry = batch.rate * value - (batch.rate - batch.dividend_yield) * batch.spot * delta
    # Deep in the money a put that waits for a dividend bends as little as one that is exercised.
    gain = batch.sign * (batch.spot - batch.strike)
    exercised = (bend == 0.0) & (value - gain <= ROUNDING * scale)
    return OptionGreeks(
        value=value,
        delta=delta,
        gamma=bend / batch.spot**2,
        # The pricing equation ties theta to the other derivatives; what is exercised waits for nothing.
        theta=np.where(exercised, 0.0, carry - batch.vol**2 / 2 * bend),
        vega=scale * put.vega,
        rho=scale * put.rho,
    )
