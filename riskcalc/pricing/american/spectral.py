"""Options without cash dividends that may be exercised at any moment: the boundary, then one integral.

A call is the put with spot and strike, rate and yield exchanged, so puts of strike 1 are all there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.foresight import above_floor
from riskcalc.pricing.american.put_boundary import Boundary, boundary_at, moments, put_boundary
from riskcalc.pricing.american.put_premium import Premium, PutTerms, european_put
from riskcalc.pricing.american.quadrature import Jet
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.blocks import FloatArray

BLOCK = 64  # options valued together: their moments stay in the cache
VALUE_MOMENTS = 48


def spectral(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Value options whose exercise region is bounded on one side by one boundary."""
    terms = _terms(batch)
    log_spot = (batch.sign * np.log(batch.strike / batch.spot))[:, None]
    if all((column == column[0]).all() for column in terms.values()):
        parts = [(PutTerms(**{name: column[:1] for name, column in terms.items()}), log_spot.T)]
    else:
        parts = [
            (PutTerms(**{name: column[part] for name, column in terms.items()}), log_spot[part])
            for part in (slice(start, start + BLOCK) for start in range(0, len(log_spot), BLOCK))
        ]
    jets = [put_jet(rows, put_boundary(rows), spots) for rows, spots in parts]
    fields = Jet.__slots__
    joined = (np.concatenate([getattr(jet, name).ravel() for jet in jets]) for name in fields)
    greeks = put_greeks(batch, Jet(**dict(zip(fields, joined, strict=True))))
    return above_floor(greeks, batch, schedule)


def _terms(batch: Batch) -> dict[str, FloatArray]:
    """Say each option as a put of strike 1, in columns."""
    call = batch.sign > 0.0
    terms = {
        "rate": np.where(call, batch.dividend_yield, batch.rate),
        "dividend_yield": np.where(call, batch.rate, batch.dividend_yield),
        "vol": batch.vol,
        "time_to_expiry": batch.time_to_expiry,
        "rate_step": np.where(call, 0.0, 1.0),
        "yield_step": np.where(call, 1.0, 0.0),
    }
    return {name: values[:, None] for name, values in terms.items()}


def put_jet(terms: PutTerms, boundary: Boundary, log_spot: FloatArray, *, count: int = VALUE_MOMENTS) -> Jet:
    """Value puts of strike 1 at each of their spots, shape (puts, spots)."""
    rule = moments(count)
    level, level_vega, level_rho = (part[:, None, :] for part in boundary_at(boundary, count))
    time = terms.time_to_expiry
    delay, weight = ((time * part)[:, None, :] for part in (rule.delay, rule.weight))
    held = european_put(terms, log_spot, time)
    early = Premium.of(terms, log_spot, level, delay=delay, weight=weight)
    drive = early.drive
    exercised = log_spot <= boundary.now
    spot = np.exp(log_spot)
    return Jet(
        value=np.where(exercised, 1 - spot, held.value + early.value),
        slope=np.where(exercised, -spot, held.slope + early.slope),
        curvature=np.where(exercised, -spot, held.curvature + early.curvature),
        vega=np.where(exercised, 0.0, held.vega + early.vega + (drive * level_vega).sum(axis=-1)),
        rho=np.where(exercised, 0.0, held.rho + early.rho + (drive * level_rho).sum(axis=-1)),
    )


def put_greeks(batch: Batch, put: Jet) -> OptionGreeks:
    """Turn puts of strike 1 back into the options they stand for."""
    call = batch.sign > 0.0
    scale = np.where(call, batch.spot, batch.strike)
    delta = np.where(call, put.value - put.slope, put.slope * batch.strike / batch.spot)
    bend = scale * (put.curvature - put.slope)
    value = scale * put.value
    carry = batch.rate * value - (batch.rate - batch.dividend_yield) * batch.spot * delta
    exercised = bend == 0.0
    return OptionGreeks(
        value=value,
        delta=delta,
        gamma=bend / batch.spot**2,
        # The pricing equation ties theta to the other derivatives; what is exercised waits for nothing.
        theta=np.where(exercised, 0.0, carry - batch.vol**2 / 2 * bend),
        vega=scale * put.vega,
        rho=scale * put.rho,
    )
