"""Finite differences, for any option: what the faster methods leave, and their second opinion.

Left are puts with cash dividends and a yield at a rate > 0, a negative yield beside cash dividends, drops of
much of the strike or the spot, exercise regions with two boundaries, and whatever a faster method could not
confirm. One Richardson extrapolation over a grid and its half takes their leading error off; where the two
are too far apart for that the grid is refined.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import Batch, grid_keys, tables
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.deterministic import above_floor
from riskcalc.pricing.american.grid import Points, Solved, solve
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Schedule
    from riskcalc.pricing.arrays import FloatArray

BLOCK = 16  # contracts solved together
VOL_BUMP, RATE_BUMP = 0.01, 1e-3
LEVELS = (1, 2, 4)  # refinements of the coarser grid of a pair
CLOSE = 8e-6  # of the strike: two grids this close leave a tenth of it after extrapolation
CLOSE_DELTA = 1.5e-4  # the same for deltas, but at an exercise boundary, where no grid has one
NEAR = 1e-3  # the same for grids that are extrapolated to values that agree
AGREED = 3e-6  # of the strike: two extrapolations this close err less than that
LAST_AGREED = 2e-5  # the same for the finest, whose errors are the smallest
BENT = 0.15  # rate and yield over the life: more lets the value bend sharply at the exercise boundary
KINKED = 0.03  # of the strike: a larger drop leaves kinks of the value between the nodes
ROUNDING = 1e-12


CELLS = 360  # of the coarsest grid
REACH = 6.0  # standard deviations above the strike and the highest spot
WIDEST, NARROWEST = 0.6, 1e-5  # of the strike: what counts as near it
DRIFTED = 0.15  # share of the drift over the life that counts as near the strike
LOG_SHARE = 0.5  # weight of the nodes that are even in the log of the spot
RUINED, RUINED_DEVIATIONS = 5.0, 2.5  # drops of the spot below which it may be lost by drops: cells are even
HIGHEST_LOG = 230.0  # bound of a log: squares of spots stay finite
TABLE = 400  # places of the first guess of a node


def finite_difference(batch: Batch, schedule: Schedule) -> Priced:
    """Value options of any kind that see every dividend of the schedule but what is past at their moment."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    proved = np.zeros(batch.spot.size, dtype=bool)
    for table in tables(grid_keys(batch), most_rows=BLOCK):
        greeks[:, table], proved[table] = _table(batch, schedule, table)
    return above_floor(Priced(OptionGreeks(*greeks), proved), batch, schedule)


def _table(batch: Batch, schedule: Schedule, table: NDArray[np.intp]) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Refine the contracts of a table until what two grids leave is small, or two extrapolations agree."""
    greeks = np.full((len(OptionGreeks._fields), *table.shape), np.nan)
    proved = np.zeros(table.shape, dtype=bool)
    carried = (np.abs(batch.rate) + np.abs(batch.dividend_yield)) * batch.time_to_expiry
    kinked = ((schedule.amounts.max(initial=0.0) > KINKED * batch.strike) | (carried > BENT))[table]
    rows = _Rows.of(batch, schedule, table)
    open_, coarse, before = np.arange(len(table)), rows.solve(1), np.inf
    for level in LEVELS:
        fine = rows.solve(2 * level)
        value = (4 * fine.read - coarse.read) / 3
        strike = rows.batch.strike[:, None]
        distance = np.abs(fine.read[0] - coarse.read[0]) / strike
        solved = fine.settled & coarse.settled & np.isfinite(value).all(axis=(0, 2))
        distance = np.where(solved[:, None], distance, np.inf)
        agreed = np.abs(value[0] - before) / strike <= (LAST_AGREED if level == LEVELS[-1] else AGREED)
        close = (distance <= CLOSE) & (np.abs(fine.read[1] - coarse.read[1]) <= CLOSE_DELTA) & ~kinked[open_]
        sound = close | ((distance <= NEAR) & agreed)
        last = sound.all(axis=1) | (level == LEVELS[-1])
        if last.any():
            done = rows.take(last)
            moves, moved = done.moves(max(level // 2, 1))
            greeks[:, open_[last]] = _greeks(done.batch, done.points, np.concatenate([value[:, last], moves]))
            proved[open_[last]] = sound[last] & moved[:, None]
        if last.all():
            break
        open_, rows, before, coarse = open_[~last], rows.take(~last), value[0, ~last], fine.take(~last)
    return greeks, proved


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Contracts, one a row, as of their earliest moment, and where and when they are looked at."""

    batch: Batch
    schedule: Schedule
    points: Points

    @classmethod
    def of(cls, batch: Batch, schedule: Schedule, table: NDArray[np.intp]) -> _Rows:
        """Start each row of a table at its earliest moment; leave out what is past by then."""
        earliest = table[np.arange(len(table)), batch.elapsed[table].argmin(axis=1)]
        past = schedule.past(batch.elapsed[table])
        return cls(
            batch=batch.take(earliest),
            schedule=schedule.coming(int(past.min())),
            points=Points(
                spot=batch.spot[table],
                left=batch.time_to_expiry[table],
                ahead=len(schedule.times) - past,
            ),
        )

    def take(self, rows: NDArray[np.bool_]) -> _Rows:
        """Return the chosen rows."""
        points = (getattr(self.points, name)[rows] for name in Points.__slots__)
        chosen = Points(**dict(zip(Points.__slots__, points, strict=True)))
        return replace(self, batch=self.batch.take(np.flatnonzero(rows)), points=chosen)

    def nodes(self, refined: int) -> FloatArray:
        """Spots that a grid knows."""
        return spot_nodes(self.batch, self.schedule, self.points.spot, refined=refined)

    def solve(self, refined: int) -> Solved:
        """Value, delta and gamma by one grid."""
        return solve(self.batch, self.schedule, self.points, nodes=self.nodes(refined), refined=refined)

    def moves(self, refined: int) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Vega and rho from contracts at moved vols and rates on one grid, and which rows were solved."""
        moved, around = _with_moves(self.batch, self.points)
        nodes = np.tile(self.nodes(refined), (4, 1))
        found = solve(moved, self.schedule, around, nodes=nodes, refined=refined)
        up_vol, down_vol, up_rate, down_rate = found.read[0].reshape(4, *self.points.spot.shape)
        vega = (up_vol - down_vol) / (2 * VOL_BUMP * self.batch.vol[:, None])
        rho = (up_rate - down_rate) / (2 * RATE_BUMP)
        greeks = np.stack([vega, rho])
        solved = found.settled.reshape(4, -1).all(axis=0) & np.isfinite(greeks).all(axis=(0, 2))
        return greeks, solved


def _with_moves(batch: Batch, points: Points) -> tuple[Batch, Points]:
    """Repeat the contracts at moved vols and rates: up and down."""
    moved = {name: np.tile(getattr(batch, name), (4, 1)) for name in Batch.__slots__}
    moved["vol"][:2] *= 1 + np.array([[VOL_BUMP], [-VOL_BUMP]])
    moved["rate"][2:] += np.array([[RATE_BUMP], [-RATE_BUMP]])
    flat = Batch(**{name: values.ravel() for name, values in moved.items()})
    return flat, Points(
        spot=np.tile(points.spot, (4, 1)),
        left=np.tile(points.left, (4, 1)),
        ahead=np.tile(points.ahead, (4, 1)),
    )


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


@dataclass(frozen=True, slots=True)
class _Map:
    """The coordinate in which nodes are even: 0 at the strike; all of shape (contracts, 1)."""

    strike: FloatArray
    near: FloatArray
    small: FloatArray

    def of(self, spot: FloatArray) -> FloatArray:
        """Coordinate of a spot."""
        logs = np.log((spot + self.small) / (self.strike + self.small))
        place: FloatArray = np.arcsinh((spot - self.strike) / self.near) + LOG_SHARE * logs
        return place

    def slope(self, spot: FloatArray) -> FloatArray:
        """Derivative of the coordinate in the spot."""
        slope: FloatArray = 1 / np.hypot(spot - self.strike, self.near) + LOG_SHARE / (spot + self.small)
        return slope


def spot_nodes(batch: Batch, schedule: Schedule, spot: FloatArray, *, refined: int) -> FloatArray:
    """Return increasing spots, shape (contracts, nodes): the first is zero, one of them the strike.

    `spot` has shape (contracts, points); a grid twice as refined has every second node in common.
    """
    strike = batch.strike[:, None]
    deviation = (batch.vol * np.sqrt(batch.time_to_expiry))[:, None]
    drift = (np.abs(batch.rate - batch.dividend_yield) * batch.time_to_expiry)[:, None]
    near = strike * np.clip(np.maximum(0.8 * deviation, DRIFTED * drift), NARROWEST, WIDEST)
    small = strike * np.clip(np.exp(-2 * deviation), 1e-12, 0.1)
    ruin = np.minimum(small, RUINED * schedule.amounts.mean()) if schedule.amounts.size else small
    chart = _Map(strike, near, np.where(_ruined(batch, schedule, spot), ruin, small))
    # In whole steps: spots of one contract that are looked at in turn find the same grid.
    step = np.maximum(deviation, NARROWEST)
    above = np.ceil(np.log(np.maximum(spot.max(axis=1, keepdims=True) / strike, 1.0)) / step)
    highest = strike * np.exp(np.minimum(step * above, HIGHEST_LOG)) + schedule.amounts.sum()
    reach = np.minimum(REACH * deviation + drift + 0.1, HIGHEST_LOG)
    bottom, top = chart.of(np.zeros_like(strike)), chart.of(highest * np.exp(reach))
    below = np.maximum(np.round(CELLS * -bottom / (top - bottom)), 8.0)
    step = -bottom / below / refined
    places = bottom + step * np.arange(CELLS * refined + 1)
    nodes = _spots(chart, places, highest * np.exp(reach + 1.0))
    nodes[:, 0] = 0.0
    np.put_along_axis(nodes, (below * refined).astype(int), strike, axis=1)
    return nodes


def _ruined(batch: Batch, schedule: Schedule, spot: FloatArray) -> NDArray[np.bool_]:
    """Say where spots that are looked at may fall to nothing: there the value has a step each drop."""
    fall = RUINED_DEVIATIONS * batch.vol * np.sqrt(batch.time_to_expiry)
    ruined: NDArray[np.bool_] = (
        spot.min(axis=1, keepdims=True) < schedule.amounts.sum() * np.exp(fall)[:, None]
    )
    return ruined


def _spots(chart: _Map, places: FloatArray, highest: FloatArray) -> FloatArray:
    """Invert the coordinate by bisection between the ends, then Newton."""
    low, high = np.zeros_like(places), np.broadcast_to(highest, places.shape)
    for _ in range(12):
        # In the log of the spot plus what is small: even where the coordinate is.
        middle = np.sqrt((low + chart.small) * (high + chart.small)) - chart.small
        below = chart.of(middle) < places
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    spot = (low + high) / 2
    for _ in range(8):
        spot = np.clip(spot - (chart.of(spot) - places) / chart.slope(spot), low, high)
    return spot
