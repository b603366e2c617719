"""Finite differences, for any option: what the faster methods leave, and their second opinion.

Left are puts with cash dividends and a yield at a rate > 0, a negative yield beside cash dividends, drops of
much of the strike or the spot, exercise regions with two boundaries, and whatever a faster method could not
confirm. One Richardson extrapolation over a grid and its half takes their leading error off; where the two
are too far apart for that the grid is refined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import Batch
from riskcalc.pricing.american.contracts import grid_keys, tables
from riskcalc.pricing.american.foresight import above_floor
from riskcalc.pricing.american.grid import Points, solve
from riskcalc.pricing.american.proof import Priced
from riskcalc.pricing.american.spot_nodes import spot_nodes
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Schedule
    from riskcalc.pricing.block_evaluation import FloatArray

BLOCK = 16  # contracts solved together
VOL_BUMP, RATE_BUMP = 0.01, 1e-3
LEVELS = (1, 2, 4)  # refinements of the coarser grid of a pair
CLOSE = 1e-5  # of the strike: two grids this close leave a tenth of it after extrapolation
NEAR = 1e-3  # the same for grids that are extrapolated to values that agree
AGREED = 3e-6  # of the strike: two extrapolations this close err less than that
LAST_AGREED = 2e-5  # the same for the finest, whose errors are the smallest
BENT = 0.15  # rate and yield over the life: more lets the value bend sharply at the exercise boundary
KINKED = 0.03  # of the strike: a larger drop leaves kinks of the value between the nodes
ROUNDING = 1e-12


def finite_difference(batch: Batch, schedule: Schedule) -> Priced:
    """Value options of any kind that see every dividend of the schedule."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    proved = np.zeros(batch.spot.size, dtype=bool)
    for table in tables(grid_keys(batch, schedule), most_rows=BLOCK):
        greeks[:, table], proved[table] = _table(batch, schedule, table)
    return above_floor(Priced(OptionGreeks(*greeks), proved), batch, schedule)


def _table(batch: Batch, schedule: Schedule, table: NDArray[np.intp]) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Refine the contracts of a table until what two grids leave is small, or two extrapolations agree."""
    greeks = np.full((len(OptionGreeks._fields), *table.shape), np.nan)
    proved = np.zeros(table.shape, dtype=bool)
    open_ = np.arange(len(table))
    carried = (np.abs(batch.rate) + np.abs(batch.dividend_yield)) * batch.time_to_expiry
    kinked = ((schedule.amounts.max(initial=0.0) > KINKED * batch.strike) | (carried > BENT))[table]
    for level in LEVELS:
        part = table[open_]
        points = Points(spot=batch.spot[part], left=batch.time_to_expiry[part])
        earliest = part[np.arange(len(part)), points.left.argmax(axis=1)]
        found, distance = _pair(batch.take(earliest), schedule, points, level)
        change = np.abs(found[0] - greeks[0, open_]) / batch.strike[part]
        close = (distance <= CLOSE) & ~kinked[open_]
        agreed = change <= (LAST_AGREED if level == LEVELS[-1] else AGREED)
        proved[open_] = close | ((distance <= NEAR) & agreed)
        greeks[:, open_] = found
        open_ = open_[~proved[open_].all(axis=1)]
        if not open_.size:
            break
    return greeks, proved


def _pair(batch: Batch, schedule: Schedule, points: Points, level: int) -> tuple[FloatArray, FloatArray]:
    """Greeks from a grid and its half, and how far apart their values are, in strikes (inf: unsolved)."""
    fine_nodes = spot_nodes(batch, schedule, points.spot, refined=2 * level)
    fine = solve(batch, schedule, points, nodes=fine_nodes, refined=2 * level)
    moved, around = _with_moves(batch, points)
    coarse = solve(moved, schedule, around, nodes=np.tile(fine_nodes[:, ::2], (5, 1)), refined=level)
    reads = coarse.read.reshape(3, 5, *points.spot.shape)
    vega = (reads[0, 1] - reads[0, 2]) / (2 * VOL_BUMP * batch.vol[:, None])
    rho = (reads[0, 3] - reads[0, 4]) / (2 * RATE_BUMP)
    strike = batch.strike[:, None]
    distance = np.abs(fine.read[0] - reads[0, 0]) / strike
    settled = fine.settled & coarse.settled.reshape(5, -1).all(axis=0)
    value, delta, gamma = (4 * fine.read - reads[:, 0]) / 3
    greeks = _greeks(batch, points, np.stack([value, delta, gamma, vega, rho]))
    return greeks, np.where(settled[:, None] & np.isfinite(greeks).all(axis=0), distance, np.inf)


def _with_moves(batch: Batch, points: Points) -> tuple[Batch, Points]:
    """Repeat the contracts at moved vols and rates: up and down."""
    moved = {name: np.tile(getattr(batch, name), (5, 1)) for name in Batch.__slots__}
    moved["vol"][1:3] *= 1 + np.array([[VOL_BUMP], [-VOL_BUMP]])
    moved["rate"][3:5] += np.array([[RATE_BUMP], [-RATE_BUMP]])
    flat = Batch(**{name: values.ravel() for name, values in moved.items()})
    return flat, Points(spot=np.tile(points.spot, (5, 1)), left=np.tile(points.left, (5, 1)))


def _greeks(batch: Batch, points: Points, read: FloatArray) -> FloatArray:
    """Fields of `OptionGreeks`, shape (fields, contracts, points)."""
    value, delta, gamma, vega, rho = read
    sign, rate, dividend_yield, vol, strike = (
        a[:, None] for a in (batch.sign, batch.rate, batch.dividend_yield, batch.vol, batch.strike)
    )
    gain = sign * (points.spot - strike)
    exercised = (gain > 0.0) & (value <= gain + ROUNDING * strike)
    theta = rate * value - (rate - dividend_yield) * points.spot * delta - vol**2 / 2 * points.spot**2 * gamma
    value, delta = np.where(exercised, gain, value), np.where(exercised, sign, delta)
    others = (np.where(exercised, 0.0, greek) for greek in (gamma, theta, vega, rho))
    return np.stack([value, delta, *others])
