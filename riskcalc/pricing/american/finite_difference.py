"""Finite differences for options of any kind: those without a faster method, and those it failed on.

Without one are puts with cash dividends and a yield at a rate > 0, a negative yield beside cash dividends,
drops of much of the strike or the spot, and exercise regions with two boundaries. Richardson extrapolation of
two grids removes their leading error; where the two are too far apart for that, the grid is refined.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import Batch, grid_keys, tables
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.deterministic import raise_to_floor
from riskcalc.pricing.american.grid import ReadPoints, Solved, solve
from riskcalc.pricing.black_scholes import OptionGreeks
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Schedule
    from riskcalc.pricing.arrays import FloatArray

BLOCK = 16
"""Contracts solved together."""
VOL_BUMP = 0.01
"""Bump of the vol for vega, relative to it."""
RATE_BUMP = 1e-3
"""Bump of the rate for rho."""
REFINEMENTS = (1, 2, 4)
"""Refinements of the coarser grid of a pair."""
MAX_PAIR_DISTANCE = 8e-6
"""Distance of the values of two grids [strikes] that leaves a tenth of it after extrapolation."""
MAX_PAIR_DELTA_DISTANCE = 1.5e-4
"""Distance of the deltas of two such grids; next to an exercise boundary no grid has an exact one."""
MAX_EXTRAPOLATED_DISTANCE = 1e-3
"""Largest distance of the values of two grids whose extrapolation is compared with the one before."""
EXTRAPOLATION_TOLERANCE = 3e-6
"""Largest difference of two extrapolations [strikes], which is larger than their error."""
LAST_EXTRAPOLATION_TOLERANCE = 2e-5
"""The same for the finest pair, whose error is the smallest."""
MAX_CARRY = 0.15
"""Largest rate plus yield over the life for which a single pair will do: more makes a sharp boundary."""
MAX_SMOOTH_DROP = 0.03
"""Largest drop [strikes] for which a single pair will do: more leaves kinks between the nodes."""
EXERCISED_TOLERANCE = 1e-12
"""Largest excess over the intrinsic value of an option that is exercised now [strikes]."""

CELLS = 360
"""Cells of the coarsest grid."""
REACH_DEVIATIONS = 6.0
"""Extent of a grid above the strike and the highest spot, in standard deviations."""
MIN_DENSE_WIDTH, MAX_DENSE_WIDTH = 1e-5, 0.6
"""Range of the width around the strike in which nodes are dense [strikes]."""
DRIFT_SHARE = 0.15
"""Share of the drift over the life that this width covers at least."""
LOG_WEIGHT = 0.5
"""Weight of nodes that are equidistant in log-spot."""
RUIN_DROPS = 5.0
"""Spot, in average drops, below which nodes are equidistant where drops may take the whole spot."""
RUIN_DEVIATIONS = 2.5
"""Fall of the spot, in standard deviations, after which drops may take the rest."""
MAX_LOG = 230.0
"""Bound of a log: squares of spots stay finite."""


def finite_difference(batch: Batch, schedule: Schedule) -> Priced:
    """Return value and Greeks of options of any kind that expire after all ex-dates of the schedule."""
    greeks = np.empty((len(OptionGreeks._fields), batch.spot.size))
    converged = np.zeros(batch.spot.size, dtype=bool)
    for table in tables(grid_keys(batch), most_rows=BLOCK):
        greeks[:, table], converged[table] = _price_table(batch, schedule, table)
    return raise_to_floor(Priced(OptionGreeks(*greeks), converged), batch, schedule)


def _price_table(
    batch: Batch, schedule: Schedule, table: NDArray[np.intp]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Refine each contract of a table until two grids are close, or two extrapolations agree."""
    greeks = np.full((len(OptionGreeks._fields), *table.shape), np.nan)
    converged = np.zeros(table.shape, dtype=bool)
    pair_suffices = _pair_suffices(batch, schedule)[table]
    rows = _Rows.of(batch, schedule, table)
    open_, coarse, before = np.arange(len(table)), rows.solve(1), np.full(table.shape, np.inf)
    for level in REFINEMENTS:
        last = level == REFINEMENTS[-1]
        fine = rows.solve(2 * level)
        extrapolated = (4 * fine.greeks - coarse.greeks) / 3
        strike = rows.batch.strike[:, None]
        tolerance = LAST_EXTRAPOLATION_TOLERANCE if last else EXTRAPOLATION_TOLERANCE
        agrees = np.abs(extrapolated[0] - before) / strike <= tolerance
        distance, is_close = _compare(fine, coarse, extrapolated, strike)
        accurate = is_close & pair_suffices[open_] | ((distance <= MAX_EXTRAPOLATED_DISTANCE) & agrees)
        finished = accurate.all(axis=1) | last
        if finished.any():
            index = open_[finished]
            greeks[:, index], solved = rows.take(finished).greeks(extrapolated[:, finished], level)
            converged[index] = accurate[finished] & solved[:, None]
        if finished.all():
            break
        open_, rows, coarse = open_[~finished], rows.take(~finished), fine.take(~finished)
        before = extrapolated[0, ~finished]
    return greeks, converged


def _pair_suffices(batch: Batch, schedule: Schedule) -> NDArray[np.bool_]:
    """Return for which options two close grids are enough: small drops, and little carry over the life."""
    carry = (np.abs(batch.rate) + np.abs(batch.dividend_yield)) * batch.time_to_expiry
    largest_drop = schedule.amounts.max(initial=0.0)
    suffices: NDArray[np.bool_] = ~((largest_drop > MAX_SMOOTH_DROP * batch.strike) | (carry > MAX_CARRY))
    return suffices


def _compare(
    fine: Solved, coarse: Solved, extrapolated: FloatArray, strike: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the distance of the values of two grids [strikes], and whether values and deltas are close."""
    finite = np.isfinite(extrapolated).all(axis=(0, 2))
    solved = fine.converged & coarse.converged & finite
    value_gap, delta_gap = np.abs(fine.greeks[:2] - coarse.greeks[:2])
    distance = np.where(solved[:, None], value_gap / strike, np.inf)
    return distance, (distance <= MAX_PAIR_DISTANCE) & (delta_gap <= MAX_PAIR_DELTA_DISTANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Contracts, one per row, at their earliest valuation time, and the points at which they are valued."""

    batch: Batch
    schedule: Schedule
    points: ReadPoints

    @classmethod
    def of(cls, batch: Batch, schedule: Schedule, table: NDArray[np.intp]) -> _Rows:
        """Return the rows of a table, each at its earliest valuation time, without past dividends."""
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
        """Return the spots of a grid."""
        return spot_nodes(self.batch, self.schedule, self.points.spot, refined=refined)

    def solve(self, refined: int) -> Solved:
        """Return value, delta and gamma by one grid."""
        return solve(self.batch, self.schedule, self.points, nodes=self.nodes(refined), refined=refined)

    def greeks(self, extrapolated: FloatArray, level: int) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return all Greeks from value, delta and gamma, and which rows' vega and rho were solved."""
        vega_and_rho, solved = self.vega_and_rho(max(level // 2, 1))
        rows = np.concatenate([extrapolated, vega_and_rho])
        return _option_greeks(self.batch, self.points, rows), solved

    def vega_and_rho(self, refined: int) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return central differences in vol and rate on one grid, and which rows were solved."""
        bumped, bumped_points = _bumped(self.batch, self.points)
        nodes = np.tile(self.nodes(refined), (4, 1))
        solution = solve(bumped, self.schedule, bumped_points, nodes=nodes, refined=refined)
        up_vol, down_vol, up_rate, down_rate = solution.greeks[0].reshape(4, *self.points.spot.shape)
        vega = (up_vol - down_vol) / (2 * VOL_BUMP * self.batch.vol[:, None])
        rho = (up_rate - down_rate) / (2 * RATE_BUMP)
        greeks = np.stack([vega, rho])
        solved = solution.converged.reshape(4, -1).all(axis=0) & np.isfinite(greeks).all(axis=(0, 2))
        return greeks, solved


def _bumped(batch: Batch, points: ReadPoints) -> tuple[Batch, ReadPoints]:
    """Return the contracts at bumped inputs: vol up, vol down, rate up, rate down."""
    bumped = {name: np.tile(getattr(batch, name), (4, 1)) for name in Batch.__slots__}
    bumped["vol"][:2] *= 1 + np.array([[VOL_BUMP], [-VOL_BUMP]])
    bumped["rate"][2:] += np.array([[RATE_BUMP], [-RATE_BUMP]])
    flat = Batch(**{name: values.ravel() for name, values in bumped.items()})
    return flat, ReadPoints(
        spot=np.tile(points.spot, (4, 1)),
        time_to_expiry=np.tile(points.time_to_expiry, (4, 1)),
        dividends_ahead=np.tile(points.dividends_ahead, (4, 1)),
    )


def _option_greeks(batch: Batch, points: ReadPoints, grid_greeks: FloatArray) -> FloatArray:
    """Return the fields of `OptionGreeks`, shape (fields, contracts, points): adds theta and exercise."""
    value, delta, gamma, vega, rho = grid_greeks
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
    """Coordinate of the spot in which nodes are equidistant, 0 at the strike; fields are (contracts, 1)."""

    strike: FloatArray
    dense_width: FloatArray
    """Width around the strike in which nodes are dense [dollars]."""
    log_offset: FloatArray
    """Spot below which nodes are equidistant in the spot instead of its log [dollars]."""

    def coordinate(self, spot: FloatArray) -> FloatArray:
        """Return the coordinate of a spot."""
        logs = np.log((spot + self.log_offset) / (self.strike + self.log_offset))
        coordinate: FloatArray = np.arcsinh((spot - self.strike) / self.dense_width) + LOG_WEIGHT * logs
        return coordinate

    def slope(self, spot: FloatArray) -> FloatArray:
        """Return the derivative of the coordinate in the spot."""
        near_strike = 1 / np.hypot(spot - self.strike, self.dense_width)
        slope: FloatArray = near_strike + LOG_WEIGHT / (spot + self.log_offset)
        return slope


def spot_nodes(batch: Batch, schedule: Schedule, spot: FloatArray, *, refined: int) -> FloatArray:
    """Return increasing spots, shape (contracts, nodes): the first is zero, one of them the strike.

    `spot` has shape (contracts, points); a grid twice as refined has every second node in common.
    """
    strike = batch.strike[:, None]
    deviation = (batch.vol * np.sqrt(batch.time_to_expiry))[:, None]
    drift = (np.abs(batch.rate - batch.dividend_yield) * batch.time_to_expiry)[:, None]
    spot_map = _spot_map(batch, schedule, spot, deviation=deviation, drift=drift)
    # Rounded up to whole steps, so that later calls with other spots of a contract find the same grid.
    step = np.maximum(deviation, MIN_DENSE_WIDTH)
    above = np.ceil(np.log(np.maximum(spot.max(axis=1, keepdims=True) / strike, 1.0)) / step)
    highest = strike * np.exp(np.minimum(step * above, MAX_LOG)) + schedule.amounts.sum()
    reach = np.minimum(REACH_DEVIATIONS * deviation + drift + 0.1, MAX_LOG)
    bottom, top = spot_map.coordinate(np.zeros_like(strike)), spot_map.coordinate(highest * np.exp(reach))
    below = np.maximum(np.round(CELLS * -bottom / (top - bottom)), 8.0)
    step = -bottom / below / refined
    coordinates = bottom + step * np.arange(CELLS * refined + 1)
    nodes = _invert_map(spot_map, coordinates, highest * np.exp(reach + 1.0))
    nodes[:, 0] = 0.0
    np.put_along_axis(nodes, (below * refined).astype(int), strike, axis=1)
    return nodes


def _spot_map(
    batch: Batch, schedule: Schedule, spot: FloatArray, *, deviation: FloatArray, drift: FloatArray
) -> _SpotMap:
    """Return the coordinate of contracts with that standard deviation and drift over their life."""
    strike = batch.strike[:, None]
    width = np.maximum(0.8 * deviation, DRIFT_SHARE * drift)
    dense_width = strike * np.clip(width, MIN_DENSE_WIDTH, MAX_DENSE_WIDTH)
    log_offset = strike * np.clip(np.exp(-2 * deviation), 1e-12, 0.1)
    if schedule.amounts.size:
        ruin_offset = np.minimum(log_offset, RUIN_DROPS * schedule.amounts.mean())
        log_offset = np.where(_may_reach_zero(batch, schedule, spot), ruin_offset, log_offset)
    return _SpotMap(strike, dense_width, log_offset)


def _may_reach_zero(batch: Batch, schedule: Schedule, spot: FloatArray) -> NDArray[np.bool_]:
    """Return where drops may take the whole spot: there each drop leaves a kink of the value."""
    fall = RUIN_DEVIATIONS * batch.vol * np.sqrt(batch.time_to_expiry)
    largest = schedule.amounts.sum() * np.exp(fall)[:, None]
    may_reach_zero: NDArray[np.bool_] = spot.min(axis=1, keepdims=True) < largest
    return may_reach_zero


def _invert_map(spot_map: _SpotMap, coordinates: FloatArray, highest: FloatArray) -> FloatArray:
    """Return the spots at coordinates, by bisection between the ends, then Newton."""
    low, high = np.zeros_like(coordinates), np.broadcast_to(highest, coordinates.shape)
    for _ in range(12):
        # Bisect in the log of the spot plus its offset, in which the coordinate is nearly linear.
        middle = np.sqrt((low + spot_map.log_offset) * (high + spot_map.log_offset)) - spot_map.log_offset
        below = spot_map.coordinate(middle) < coordinates
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    spot = (low + high) / 2
    for _ in range(8):
        spot = np.clip(spot - (spot_map.coordinate(spot) - coordinates) / spot_map.slope(spot), low, high)
    return spot
