"""Finite-difference grid for options of any kind, solved from the expiry back to now.

Time steps are backward differences of second order (BDF2), which damp the errors of a kink, on fixed spots
from zero up; Howard's policy iteration solves the exercise condition of each step exactly. One solve serves
all spots and valuation times of a contract: they are interpolated between its time layers.

References
----------
P. A. Forsyth, K. R. Vetzal, "Quadratic convergence for valuing American options using a penalty method",
SIAM Journal on Scientific Computing 23(6), 2002: why the steps grow from the expiry.

C. Reisinger, J. H. Witte, "On the use of policy iteration as an easy way of pricing American options",
SIAM Journal on Financial Mathematics 3(1), 2012.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.pricing.american.batch import EX_DATE_TOLERANCE, Batch, Schedule
from riskcalc.pricing.scipy_kernels import tridiagonal_solver
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

TIME_STEPS = 60
"""Time steps of the coarsest grid over the whole life."""
STEP_POWER = 0.5
"""Power of a period's share of the life that gives its share of the time steps."""
MIN_TIME_STEPS = 4
"""Fewest time steps between two drops."""
MAX_POLICY_ITERATIONS = 25
"""Most policy iterations of a step, which needs two or three."""
EXERCISE_TOLERANCE = 1e-13
"""Difference from the value of exercise that counts as none [strikes]."""
MAX_CACHED_CONTRACTS = 4
"""Most contracts solved together whose grid is cached: a plan values few again and again."""
CACHE_SIZE = 48
"""Number of cached grids."""
TIME_LAYERS = 4
"""Layers of the polynomial that interpolates in time."""
SPOT_NODES = 6
"""Nodes of the polynomial that interpolates in the spot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPoints:
    """Spots and times at which contracts are valued, every field of shape (contracts, points)."""

    spot: FloatArray
    """[dollars]."""
    time_to_expiry: FloatArray
    """[years]."""
    dividends_ahead: NDArray[np.intp]
    """Number of dividends still to come."""

    def all_at_start(self, life: FloatArray) -> bool:
        """Return whether all points are at the start of the contracts' life."""
        return bool((self.time_to_expiry == life[:, None]).all())

    def columns_with(self, drops: int) -> NDArray[np.intp]:
        """Return the columns in which some contract has that many dividends to come."""
        return np.flatnonzero((self.dividends_ahead == drops).any(axis=0))

    def take(self, columns: NDArray[np.intp]) -> ReadPoints:
        """Return the chosen columns."""
        return ReadPoints(
            spot=self.spot[:, columns],
            time_to_expiry=self.time_to_expiry[:, columns],
            dividends_ahead=self.dividends_ahead[:, columns],
        )


class Solved(NamedTuple):
    """Greeks read from a grid."""

    greeks: FloatArray
    """Value, delta and gamma, shape (3, contracts, points)."""
    converged: NDArray[np.bool_]
    """Whether every policy iteration converged, shape (contracts,)."""

    def take(self, rows: NDArray[np.bool_]) -> Solved:
        """Return the chosen contracts."""
        return Solved(self.greeks[:, rows], self.converged[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """Time from one drop back to the one before it, in years before the expiry, shape (contracts, 1)."""

    begin: FloatArray
    """Time to expiry at the later drop."""
    end: FloatArray
    """Time to expiry at the earlier drop, or now."""
    life: FloatArray
    """Time to expiry now."""


@dataclass(slots=True, kw_only=True)
class _Grid:
    """Values at the nodes at some time before the expiry; arrays have shape (contracts, nodes)."""

    nodes: FloatArray
    """Increasing spots [dollars]."""
    values: FloatArray
    payoff: FloatArray
    """Value of exercise, negative out of the money [dollars]."""
    exercised: NDArray[np.bool_]
    converged: NDArray[np.bool_]
    """Whether every policy iteration converged, shape (contracts,)."""
    lower: FloatArray
    """Lower diagonal of the Black-Scholes operator [per year]."""
    middle: FloatArray
    upper: FloatArray
    tolerance: FloatArray
    """Difference from the value of exercise that counts as none [dollars], shape (contracts, 1)."""


def solve(batch: Batch, schedule: Schedule, points: ReadPoints, *, nodes: FloatArray, refined: int) -> Solved:
    """Return the Greeks of each contract by a grid of its nodes, with `refined` times as many time steps."""
    if points.all_at_start(batch.time_to_expiry) and batch.elapsed.size <= MAX_CACHED_CONTRACTS:
        terms = np.stack([getattr(batch, name) for name in Batch.__slots__ if name != "spot"])
        calendar = np.stack([schedule.times, schedule.amounts])
        keys = terms.tobytes(), calendar.tobytes(), nodes.tobytes()
        grid = _cached_grid(*keys, nodes.shape[1], refined=refined)
        return Solved(_interpolate_spots(grid, grid.values[:, None, :], points.spot), grid.converged)
    grid = _initial_grid(batch, nodes)
    return Solved(_solve_backward(grid, batch, schedule, points, refined=refined), grid.converged)


@lru_cache(maxsize=CACHE_SIZE)
def _cached_grid(terms: bytes, calendar: bytes, nodes: bytes, count: int, *, refined: int) -> _Grid:
    """Return the grid, at the start, of few contracts given as bytes: it does not depend on the spot."""
    spots = np.frombuffer(nodes).reshape(-1, count)
    columns = np.frombuffer(terms).reshape(-1, len(spots))
    names = (name for name in Batch.__slots__ if name != "spot")
    batch = Batch(spot=columns[0], **dict(zip(names, columns, strict=True)))
    times, amounts = np.frombuffer(calendar).reshape(2, -1)
    none = np.empty((len(spots), 0))
    points = ReadPoints(spot=none, time_to_expiry=none, dividends_ahead=none.astype(np.intp))
    grid = _initial_grid(batch, spots)
    _solve_backward(grid, batch, Schedule(times=times, amounts=amounts), points, refined=refined)
    return grid


def _solve_backward(
    grid: _Grid, batch: Batch, schedule: Schedule, points: ReadPoints, *, refined: int
) -> FloatArray:
    """Solve from the expiry back to the start; return the Greeks of points, each read in its period."""
    life = batch.time_to_expiry
    dates = (np.clip(batch.expiry - time, 0.0, life) for time in schedule.times[::-1])
    greeks = np.full((3, *points.spot.shape), np.nan)
    begin = np.zeros_like(life)
    drops = [*schedule.amounts[::-1], 0.0]
    for drops_ahead, (end, drop) in enumerate(zip([*dates, life], drops, strict=True)):
        columns = points.columns_with(drops_ahead)
        period = _Period(begin=begin[:, None], end=end[:, None], life=life[:, None])
        period_greeks = _solve_period(grid, period, points.take(columns), refined=refined)
        in_period = points.dividends_ahead[:, columns] == drops_ahead
        greeks[:, :, columns] = np.where(in_period, period_greeks, greeks[:, :, columns])
        begin = end
        if drop:
            _apply_dividend(grid, drop)
    return greeks


def _solve_period(grid: _Grid, period: _Period, points: ReadPoints, *, refined: int) -> FloatArray:
    """Solve back to the drop before; return the Greeks of points in the period, as in `Solved`."""
    length = period.end - period.begin
    share = (length / period.life).max() ** STEP_POWER
    count = max(int(np.ceil(TIME_STEPS * share)), MIN_TIME_STEPS) * refined
    # An expiry on the ex-date leaves no time between them to step through.
    steps = _time_steps(count) if (length > EX_DATE_TOLERANCE / 10).any() else []
    between_layers = bool((points.time_to_expiry < period.end).any())
    layers = [grid.values]
    for step, ratio in steps:
        _step(grid, length * step, ratio, layers[-1], layers[-2:][0])
        layers = [*(layers if between_layers else layers[-1:]), grid.values]
    if not points.spot.size:
        return np.empty((3, *points.spot.shape))
    if not between_layers or not steps:
        return _interpolate_spots(grid, grid.values[:, None, :], points.spot)
    # Without the half steps at the start, layers are equidistant in the square root of time.
    fraction = (points.time_to_expiry - period.begin) / np.maximum(length, EX_DATE_TOLERANCE / 10)
    index, weights = layer_weights(count * np.sqrt(np.clip(fraction, 0.0, 1.0)), len(layers) - 2)
    whole_steps = np.stack([layers[0], layers[2], *layers[4:]])
    rows = np.arange(len(grid.nodes))[:, None, None]
    values = np.einsum("rpl,rplx->rpx", weights, whole_steps[index, rows])
    return _interpolate_spots(grid, values, points.spot)


def _interpolate_spots(grid: _Grid, values: FloatArray, spot: FloatArray) -> FloatArray:
    """Return value, delta and gamma at spots, from one layer per contract or one per point."""
    exercised = values - grid.payoff[:, None, :] <= grid.tolerance[..., None]
    return interpolate_in_spot(grid.nodes, values, spot, exercised=exercised)


def _initial_grid(batch: Batch, nodes: FloatArray) -> _Grid:
    """Return the grid at expiry, with central differences, or upwind ones where the drift dominates."""
    payoff = batch.sign[:, None] * (nodes - batch.strike[:, None])
    lower, upper = np.zeros_like(nodes), np.zeros_like(nodes)
    inner, steps = nodes[:, 1:-1], np.diff(nodes)
    below, above = steps[:, :-1], steps[:, 1:]
    variance = batch.vol[:, None] ** 2 * inner**2
    drift = (batch.rate - batch.dividend_yield)[:, None] * nodes
    inside = drift[:, 1:-1]
    down, up = variance / (below * (below + above)), variance / (above * (below + above))
    central_down = down - inside * above / (below * (below + above))
    central_up = up + inside * below / (above * (below + above))
    upwind = np.minimum(central_down, central_up) < 0.0
    lower[:, 1:-1] = np.where(upwind, down + np.maximum(-inside, 0.0) / below, central_down)
    upper[:, 1:-1] = np.where(upwind, up + np.maximum(inside, 0.0) / above, central_up)
    # At the highest spot gamma is zero.
    lower[:, -1] = -drift[:, -1] / steps[:, -1]
    return _Grid(
        nodes=nodes,
        values=np.maximum(payoff, 0.0),
        payoff=payoff,
        exercised=payoff > 0.0,
        converged=np.ones(len(nodes), dtype=bool),
        lower=lower,
        middle=-(lower + upper) - batch.rate[:, None],
        upper=upper,
        tolerance=EXERCISE_TOLERANCE * batch.strike[:, None],
    )


@lru_cache(maxsize=256)
def _time_steps(count: int) -> list[tuple[float, float]]:
    """Return time steps, as fractions of a period, and their ratios to the step before.

    They grow from the start. The first two are halved and taken by implicit Euler: a ratio of zero.
    """
    ends = (np.arange(1, count + 1) / count) ** 2
    ends = np.concatenate([[ends[0] / 2, ends[0], (ends[0] + ends[1]) / 2], ends[1:]])
    steps = np.diff(ends, prepend=0.0)
    ratios = np.concatenate([np.zeros(4), steps[4:] / steps[3:-1]])
    return list(zip(steps.tolist(), ratios.tolist(), strict=True))


def _step(grid: _Grid, step: FloatArray, ratio: float, last: FloatArray, before: FloatArray) -> None:
    """Take one BDF2 step of that length [years] from the last values and those before them."""
    weight = (1 + 2 * ratio) / (1 + ratio)
    right_side = last if ratio == 0.0 else ((1 + ratio) * last - ratio**2 / (1 + ratio) * before) / weight
    scaled = step / weight
    _policy_iteration(grid, right_side, -scaled * grid.lower, 1 - scaled * grid.middle, -scaled * grid.upper)


def _tridiagonal_product(
    lower: FloatArray, middle: FloatArray, upper: FloatArray, values: FloatArray
) -> FloatArray:
    """Return products of tridiagonal matrices with values."""
    product = middle * values
    product[:, 1:] += lower[:, 1:] * values[:, :-1]
    product[:, :-1] += upper[:, :-1] * values[:, 1:]
    return product


def _policy_iteration(
    grid: _Grid, right_side: FloatArray, lower: FloatArray, middle: FloatArray, upper: FloatArray
) -> None:
    """Solve an implicit step for the better of holding and exercise at every node."""
    exercised, solve = grid.exercised, tridiagonal_solver()
    for _ in range(MAX_POLICY_ITERATIONS):
        values = solve(
            np.where(exercised, 0.0, lower).ravel()[1:],
            np.where(exercised, 1.0, middle).ravel(),
            np.where(exercised, 0.0, upper).ravel()[:-1],
            np.where(exercised, grid.payoff, right_side).ravel(),
            overwrite_dl=True,
            overwrite_d=True,
            overwrite_du=True,
            overwrite_b=True,
        )[3].reshape(right_side.shape)
        # Exercised nodes stay exercised while holding loses value; held nodes below the payoff are exercised.
        excess = _tridiagonal_product(lower, middle, upper, values) - right_side
        better = np.where(exercised, excess >= -grid.tolerance, values < grid.payoff - grid.tolerance)
        changed = better != exercised
        exercised = better
        if not changed.any():
            break
    grid.converged = grid.converged & ~changed.any(axis=1)
    grid.values, grid.exercised = values, exercised


def _apply_dividend(grid: _Grid, amount: float) -> None:
    """Step over an ex-date: the larger of the value after the drop and exercise before it."""
    hold = _hold_through_drop(grid, amount)
    grid.values, grid.exercised = np.maximum(hold, grid.payoff), hold < grid.payoff


def _hold_through_drop(grid: _Grid, amount: float) -> FloatArray:
    """Return the value after a drop by cubic interpolation, clipped to the two nodes around each spot."""
    nodes, values = grid.nodes, grid.values
    after = np.maximum(nodes - amount, 0.0)
    cell = find_cells(nodes, after)
    first = np.clip(cell - 1, 0, nodes.shape[1] - 4)
    rows = np.arange(len(nodes))[:, None]
    hold = np.zeros_like(values)
    for degree, slopes in reversed(list(enumerate(_divided_differences(nodes, values)))):
        hold = slopes[rows, first] + hold * (after - nodes[rows, first + degree])
    low, high = values[rows, cell], values[rows, cell + 1]
    return np.clip(hold, np.minimum(low, high), np.maximum(low, high))


def _divided_differences(nodes: FloatArray, values: FloatArray) -> list[FloatArray]:
    """Return the divided differences of degree zero to three that begin at each node."""
    columns = [values]
    for degree in (1, 2, 3):
        columns.append(np.diff(columns[-1], axis=1) / (nodes[:, degree:] - nodes[:, :-degree]))
    return columns


def interpolate_in_spot(
    nodes: FloatArray, values: FloatArray, spot: FloatArray, *, exercised: NDArray[np.bool_]
) -> FloatArray:
    """Return value, delta and gamma at spots of shape (contracts, points), by a polynomial around each.

    Nodes have shape (contracts, nodes), values and `exercised` (contracts, points or one, nodes).
    """
    shape = (*spot.shape, nodes.shape[1])
    values = np.broadcast_to(values, shape)
    stencil = _one_sided_stencil(find_cells(nodes, spot), np.broadcast_to(exercised, shape))
    spots = np.take_along_axis(nodes[:, None, :], stencil, axis=2)
    at_spots = np.take_along_axis(values, stencil, axis=2)
    scale = (spots[..., -1:] - spots[..., :1]) / 2
    powers = ((spots - spot[..., None]) / scale)[..., None] ** np.arange(SPOT_NODES)
    series = np.linalg.solve(powers, at_spots[..., None])[..., 0]
    value, slope, half_curvature = (series[..., degree] for degree in range(3))
    scale = scale[..., 0]
    return np.stack([value, slope / scale, 2 * half_curvature / scale**2])


def _one_sided_stencil(cell: NDArray[np.intp], exercised: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return indices of the nodes around cells, as a last axis: held nodes only, except in exercised cells.

    No polynomial follows the kink of gamma at the exercise boundary.
    """
    count = exercised.shape[2]
    first = np.clip(cell - SPOT_NODES // 2 + 1, 0, count - SPOT_NODES)
    ends = np.stack([cell, cell + 1], axis=-1)
    inside = np.take_along_axis(exercised, ends, axis=2).all(axis=2)
    for _ in range(SPOT_NODES - 1):
        left, right = (
            np.take_along_axis(exercised, (first + part)[..., None], axis=2)[..., 0]
            for part in (0, SPOT_NODES - 1)
        )
        move = np.where(inside | (left & right), 0, left.astype(int) - right)
        first = np.clip(first + move, 0, count - SPOT_NODES)
    return first[..., None] + np.arange(SPOT_NODES)


def layer_weights(position: FloatArray, count: int) -> tuple[NDArray[np.intp], FloatArray]:
    """Return indices of the layers around each position, and their weights in the interpolation."""
    layers = min(TIME_LAYERS, count)
    first = np.clip(np.floor(position).astype(int) - layers // 2 + 1, 0, count - layers)
    index = first[..., None] + np.arange(layers)
    return index, _lagrange(index.astype(float), position)


def _lagrange(nodes: FloatArray, at: FloatArray) -> FloatArray:
    """Return the Lagrange weights of nodes, the last axis."""
    weights = np.ones_like(nodes)
    for i in range(nodes.shape[-1]):
        for j in range(nodes.shape[-1]):
            if i != j:
                weights[..., i] *= (at - nodes[..., j]) / (nodes[..., i] - nodes[..., j])
    return weights


def find_cells(nodes: FloatArray, spot: FloatArray) -> NDArray[np.intp]:
    """Return the index of the node at or below each spot."""
    pairs = zip(nodes, spot, strict=True)
    cells = np.stack([np.searchsorted(row, spots, side="right") - 1 for row, spots in pairs])
    inside: NDArray[np.intp] = np.clip(cells, 0, nodes.shape[1] - 2)
    return inside
