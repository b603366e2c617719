"""Finite differences, for any option: what the faster methods leave, and their second opinion.

Left are puts with cash dividends and a yield at a rate > 0, a negative yield beside cash dividends, drops of
much of the strike or the spot, and exercise regions with two boundaries. One Richardson extrapolation over a
grid and its half takes their leading error off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.contracts import grid_keys, tables
from riskcalc.pricing.american.foresight import above_floor
from riskcalc.pricing.american.grid import Points, solve
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.blocks import FloatArray

BLOCK = 16  # contracts solved together
VOL_BUMP, RATE_BUMP = 0.005, 1e-4


def finite_difference(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Value options of any kind that see every dividend of the schedule."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    for table in tables(grid_keys(batch, schedule), most_rows=BLOCK):
        points = Points(spot=batch.spot[table], left=batch.time_to_expiry[table])
        earliest = table[np.arange(len(table)), points.left.argmax(axis=1)]
        greeks[:, table] = _block(batch.take(earliest), schedule, points)
    return above_floor(OptionGreeks(*greeks), batch, schedule)


def _block(batch: Batch, schedule: Schedule, points: Points) -> FloatArray:
    """Greeks in front; vega and rho from the same scheme at moved vols and rates."""
    value, slope, curvature = _extrapolated(batch, schedule, points)
    moves = (("vol", VOL_BUMP * batch.vol), ("rate", np.full_like(batch.rate, RATE_BUMP)))
    vega, rho = (_sensitivity(batch, schedule, points, name, step) for name, step in moves)
    sign, rate, dividend_yield, vol = (
        a[:, None] for a in (batch.sign, batch.rate, batch.dividend_yield, batch.vol)
    )
    bend = curvature - slope
    theta = rate * value - (rate - dividend_yield) * slope - vol**2 / 2 * bend
    gain = sign * (points.spot - batch.strike[:, None])
    exercised = (gain > 0.0) & (value <= gain)
    delta = np.where(exercised, sign, slope / points.spot)
    others = (np.where(exercised, 0.0, greek) for greek in (bend / points.spot**2, theta, vega, rho))
    return np.stack([value, delta, *others])


def _sensitivity(batch: Batch, schedule: Schedule, points: Points, name: str, step: FloatArray) -> FloatArray:
    """Slope of the value in a field of the contracts, on the coarser grid: it errs little more there."""
    up, down = (
        solve(replace(batch, **{name: getattr(batch, name) + move}), schedule, points, refined=1)[0]
        for move in (step, -step)
    )
    slope: FloatArray = (up - down) / (2 * step[:, None])
    return slope


def _extrapolated(batch: Batch, schedule: Schedule, points: Points) -> FloatArray:
    """Value and its two derivatives in the log of the spot, the leading error removed."""
    coarse, fine = (solve(batch, schedule, points, refined=factor) for factor in (1, 2))
    return (4 * fine - coarse) / 3
