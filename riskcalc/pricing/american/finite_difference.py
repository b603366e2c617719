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
from riskcalc.pricing.american.deterministic import raise_to_floor
from riskcalc.pricing.american.grid import ReadPoints, Solved, solve
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Schedule
    from riskcalc.pricing.arrays import FloatArray

BLOCK = 16  # contracts solved together
VOL_BUMP, RATE_BUMP = 0.01, 1e-3
REFINEMENTS = (1, 2, 4)  # refinements of the coarser grid of a pair
MAX_PAIR_DISTANCE = 8e-6  # of the strike: two grids this close leave a tenth of it after extrapolation
MAX_PAIR_DELTA_DISTANCE = 1.5e-4  # the same for deltas, but at an exercise boundary, where no grid has one
MAX_EXTRAPOLATED_DISTANCE = 1e-3  # the same for grids that are extrapolated to values that agree
EXTRAPOLATION_TOLERANCE = 3e-6  # of the strike: two extrapolations this close err less than that
LAST_EXTRAPOLATION_TOLERANCE = 2e-5  # the same for the finest, whose errors are the smallest
MAX_CARRY = 0.15  # rate and yield over the life: more lets the value bend sharply at the exercise boundary
MAX_SMOOTH_DROP = 0.03  # of the strike: a larger drop leaves kinks of the value between the nodes
EXERCISED_TOLERANCE = 1e-12


CELLS = 360  # of the coarsest grid
REACH_DEVIATIONS = 6.0  # standard deviations above the strike and the highest spot
MAX_DENSE_WIDTH, MIN_DENSE_WIDTH = 0.6, 1e-5  # of the strike: what counts as near it
DRIFT_SHARE = 0.15  # share of the drift over the life that counts as near the strike
LOG_WEIGHT = 0.5  # weight of the nodes that are even in the log of the spot
RUIN_DROPS, RUINED_DEVIATIONS = (
    5.0,
    2.5,
)  # drops of the spot below which it may be lost by drops: cells are even
HIGHEST_LOG = 230.0  # bound of a log: squares of spots stay finite
INVERSE_TABLE = 400  # places of the first guess of a node


def finite_difference(batch: Batch, schedule: Schedule) -> Priced:
    """Value options of any kind that see every dividend of the schedule but what is past at their moment."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    converged = np.zeros(batch.spot.size, dtype=bool)
    for table in tables(grid_keys(batch), most_rows=BLOCK):
        greeks[:, table], converged[table] = _price_table(batch, schedule, table)
    return raise_to_floor(Priced(OptionGreeks(*greeks), converged), batch, schedule)


def _price_table(
    batch: Batch, schedule: Schedule, table: NDArray[np.intp]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Refine the contracts of a table until what two grids leave is small, or two extrapolations agree."""
    greeks = np.full((len(OptionGreeks._fields), *table.shape), np.nan)
    converged = np.zeros(table.shape, dtype=bool)
    carried = (np.abs(batch.rate) + np.abs(batch.dividend_yield)) * batch.time_to_expiry
    needs_extrapolation = (
        (schedule.amounts.max(initial=0.0) > MAX_SMOOTH_DROP * batch.strike) | (carried > MAX_CARRY)
    )[table]
    rows = _Rows.of(batch, schedule, table)
    open_, coarse, before = np.arange(len(table)), rows.solve(1), np.inf
    for level in REFINEMENTS:
        fine = rows.solve(2 * level)
        value = (4 * fine.greeks - coarse.greeks) / 3
        strike = rows.batch.strike[:, None]
        distance = np.abs(fine.greeks[0] - coarse.greeks[0]) / strike
        solved = fine.converged & coarse.converged & np.isfinite(value).all(axis=(0, 2))
        distance = np.where(solved[:, None], distance, np.inf)
        extrapolations_agree = np.abs(value[0] - before) / strike <= (
            LAST_EXTRAPOLATION_TOLERANCE if level == REFINEMENTS[-1] else EXTRAPOLATION_TOLERANCE
        )
        pair_agrees = (
            (distance <= MAX_PAIR_DISTANCE)
            & (np.abs(fine.greeks[1] - coarse.greeks[1]) <= MAX_PAIR_DELTA_DISTANCE)
            & ~needs_extrapolation[open_]
        )
        accurate = pair_agrees | ((distance <= MAX_EXTRAPOLATED_DISTANCE) & extrapolations_agree)
        finished = accurate.all(axis=1) | (level == REFINEMENTS[-1])
        if finished.any():
            done = rows.take(finished)
            bumped_greeks, bumped = done.bumped_greeks(max(level // 2, 1))
            greeks[:, open_[finished]] = _greeks(
                done.batch, done.points, np.concatenate([value[:, finished], bumped_greeks])
            )
            converged[open_[finished]] = accurate[finished] & bumped[:, None]
        if finished.all():
            break
        open_, rows, before, coarse = (
            open_[~finished],
            rows.take(~finished),
            value[0, ~finished],
            fine.take(~finished),
        )
    return greeks, converged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Contracts, one a row, as of their earliest moment, and where and when they are looked at."""

    batch: Batch
    schedule: Schedule
    points: ReadPoints

    @classmethod
    def of(cls, batch: Batch, schedule: Schedule, table: NDArray[np.intp]) -> _Rows:
        """Start each row of a table at its earliest moment; leave out what is past by then."""
        earliest = table[np.arange(len(table)), batch.elapsed[table].argmin(axis=1)]
        past = schedule.count_past(batch.elapsed[table])
        return cls(
            batch=batch.take(earliest),
            schedule=schedule.remaining(int(past.min())),
            points=ReadPoints(
                spot=batch.spot[table],
                time_to_expiry=batch.time_to_expiry[table],
                dividends_ahead=len(schedule.times) - past,
            ),
        )

    def take(self, rows: NDArray[np.bool_]) -> _Rows:
        """Return the chosen rows."""
        points = (getattr(self.points, name)[rows] for name in ReadPoints.__slots__)
        chosen = ReadPoints(**dict(zip(ReadPoints.__slots__, points, strict=True)))
        return replace(self, batch=self.batch.take(np.flatnonzero(rows)), points=chosen)

    def nodes(self, refined: int) -> FloatArray:
        """Spots that a grid knows."""
        return spot_nodes(self.batch, self.schedule, self.points.spot, refined=refined)

    def solve(self, refined: int) -> Solved:
        """Value, delta and gamma by one grid."""
        return solve(self.batch, self.schedule, self.points, nodes=self.nodes(refined), refined=refined)

    def bumped_greeks(self, refined: int) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Vega and rho from contracts at moved vols and rates on one grid, and which rows were solved."""
        bumped, bumped_points = _bumped(self.batch, self.points)
        nodes = np.tile(self.nodes(refined), (4, 1))
        found = solve(bumped, self.schedule, bumped_points, nodes=nodes, refined=refined)
        up_vol, down_vol, up_rate, down_rate = found.greeks[0].reshape(4, *self.points.spot.shape)
        vega = (up_vol - down_vol) / (2 * VOL_BUMP * self.batch.vol[:, None])
        rho = (up_rate - down_rate) / (2 * RATE_BUMP)
        greeks = np.stack([vega, rho])
        solved = found.converged.reshape(4, -1).all(axis=0) & np.isfinite(greeks).all(axis=(0, 2))
        return greeks, solved


def _bumped(batch: Batch, points: ReadPoints) -> tuple[Batch, ReadPoints]:
    """Repeat the contracts at moved vols and rates: up and down."""
    bumped = {name: np.tile(getattr(batch, name), (4, 1)) for name in Batch.__slots__}
    bumped["vol"][:2] *= 1 + np.array([[VOL_BUMP], [-VOL_BUMP]])
    bumped["rate"][2:] += np.array([[RATE_BUMP], [-RATE_BUMP]])
    flat = Batch(**{name: values.ravel() for name, values in bumped.items()})
    return flat, ReadPoints(
        spot=np.tile(points.spot, (4, 1)),
        time_to_expiry=np.tile(points.time_to_expiry, (4, 1)),
        dividends_ahead=np.tile(points.dividends_ahead, (4, 1)),
    )


def _greeks(batch: Batch, points: ReadPoints, greeks: FloatArray) -> FloatArray:
    """Fields of `OptionGreeks`, shape (fields, contracts, points)."""
    value, delta, gamma, vega, rho = greeks
    sign, rate, dividend_yield, vol, strike = (
        a[:, None] for a in (batch.sign, batch.rate, batch.dividend_yield, batch.vol, batch.strike)
    )
    gain = sign * (points.spot - strike)
    exercised = (gain > 0.0) & (value <= gain + EXERCISED_TOLERANCE * strike)
    theta = rate * value - (rate - dividend_yield) * points.spot * delta - vol**2 / 2 * points.spot**2 * gamma
    value, delta = np.where(exercised, gain, value), np.where(exercised, sign, delta)
    others = (np.where(exercised, 0.0, greek) for greek in (gamma, theta, vega, rho))
    return np.stack([value, delta, *others])


@dataclass(frozen=True, slots=True)
class _SpotMap:
    """The coordinate in which nodes are even: 0 at the strike; all of shape (contracts, 1)."""

    strike: FloatArray
    dense_width: FloatArray
    log_offset: FloatArray

    def coordinate(self, spot: FloatArray) -> FloatArray:
        """Coordinate of a spot."""
        logs = np.log((spot + self.log_offset) / (self.strike + self.log_offset))
        coordinate: FloatArray = np.arcsinh((spot - self.strike) / self.dense_width) + LOG_WEIGHT * logs
        return coordinate

    def slope(self, spot: FloatArray) -> FloatArray:
        """Derivative of the coordinate in the spot."""
        slope: FloatArray = 1 / np.hypot(spot - self.strike, self.dense_width) + LOG_WEIGHT / (
            spot + self.log_offset
        )
        return slope


def spot_nodes(batch: Batch, schedule: Schedule, spot: FloatArray, *, refined: int) -> FloatArray:
    """Return increasing spots, shape (contracts, nodes): the first is zero, one of them the strike.

    `spot` has shape (contracts, points); a grid twice as refined has every second node in common.
    """
    strike = batch.strike[:, None]
    deviation = (batch.vol * np.sqrt(batch.time_to_expiry))[:, None]
    drift = (np.abs(batch.rate - batch.dividend_yield) * batch.time_to_expiry)[:, None]
    dense_width = strike * np.clip(
        np.maximum(0.8 * deviation, DRIFT_SHARE * drift), MIN_DENSE_WIDTH, MAX_DENSE_WIDTH
    )
    log_offset = strike * np.clip(np.exp(-2 * deviation), 1e-12, 0.1)
    ruin_offset = (
        np.minimum(log_offset, RUIN_DROPS * schedule.amounts.mean()) if schedule.amounts.size else log_offset
    )
    spot_map = _SpotMap(
        strike, dense_width, np.where(_may_reach_zero(batch, schedule, spot), ruin_offset, log_offset)
    )
    # In whole steps: spots of one contract that are looked at in turn find the same grid.
    step = np.maximum(deviation, MIN_DENSE_WIDTH)
    above = np.ceil(np.log(np.maximum(spot.max(axis=1, keepdims=True) / strike, 1.0)) / step)
    highest = strike * np.exp(np.minimum(step * above, HIGHEST_LOG)) + schedule.amounts.sum()
    reach = np.minimum(REACH_DEVIATIONS * deviation + drift + 0.1, HIGHEST_LOG)
    bottom, top = spot_map.coordinate(np.zeros_like(strike)), spot_map.coordinate(highest * np.exp(reach))
    below = np.maximum(np.round(CELLS * -bottom / (top - bottom)), 8.0)
    step = -bottom / below / refined
    coordinates = bottom + step * np.arange(CELLS * refined + 1)
    nodes = _invert_map(spot_map, coordinates, highest * np.exp(reach + 1.0))
    nodes[:, 0] = 0.0
    np.put_along_axis(nodes, (below * refined).astype(int), strike, axis=1)
    return nodes


def _may_reach_zero(batch: Batch, schedule: Schedule, spot: FloatArray) -> NDArray[np.bool_]:
    """Say where spots that are looked at may fall to nothing: there the value has a step each drop."""
    fall = RUINED_DEVIATIONS * batch.vol * np.sqrt(batch.time_to_expiry)
    may_reach_zero: NDArray[np.bool_] = (
        spot.min(axis=1, keepdims=True) < schedule.amounts.sum() * np.exp(fall)[:, None]
    )
    return may_reach_zero


def _invert_map(spot_map: _SpotMap, coordinates: FloatArray, highest: FloatArray) -> FloatArray:
    """Invert the coordinate by bisection between the ends, then Newton."""
    low, high = np.zeros_like(coordinates), np.broadcast_to(highest, coordinates.shape)
    for _ in range(12):
        # In the log of the spot plus what is small: even where the coordinate is.
        middle = np.sqrt((low + spot_map.log_offset) * (high + spot_map.log_offset)) - spot_map.log_offset
        below = spot_map.coordinate(middle) < coordinates
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    spot = (low + high) / 2
    for _ in range(8):
        spot = np.clip(spot - (spot_map.coordinate(spot) - coordinates) / spot_map.slope(spot), low, high)
    return spot
