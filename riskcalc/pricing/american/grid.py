"""Finite-difference grid: options of any kind, solved back from the expiry.

Backward differences of the second order, which damp what a kink leaves, on fixed spots from zero up; the
exercise condition is solved exactly in each step by Howard's policy iteration, in a bounded number of rounds.
One solve serves all spots and moments of a contract: they are read from its layers.

References
----------
P. A. Forsyth, K. R. Vetzal, "Quadratic convergence for valuing American options using a penalty method",
SIAM Journal on Scientific Computing 23(6), 2002: why the steps grow from the expiry.

C. Reisinger, J. H. Witte, "On the use of policy iteration as an easy way of pricing American options",
SIAM Journal on Financial Mathematics 3(1), 2012.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg.lapack import dgtsv

from riskcalc.pricing.american.batch import EX_DATE_TOLERANCE, Batch, Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

TIME_STEPS = 60  # of the coarsest grid over the whole life
STEP_POWER = 0.5  # power of a part of the life: its share of the steps
MIN_TIME_STEPS = 4  # between two drops
MAX_POLICY_ITERATIONS = 25  # a step needs two or three
EXERCISE_TOLERANCE = 1e-13  # of the strike: what does not count as a gain
MAX_CACHED_CONTRACTS, CACHE_SIZE = (
    4,
    48,
)  # contracts whose grids are kept, as a plan looks at one again and again


TIME_LAYERS = 4  # of the polynomial that reads between the layers
SPOT_NODES = 6  # of the one that reads a layer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPoints:
    """Where and when contracts are looked at, shape (contracts, points)."""

    spot: FloatArray
    time_to_expiry: FloatArray
    """Time to expiry."""
    dividends_ahead: NDArray[np.intp]
    """How many of the dividends are still to come."""

    def all_at_start(self, life: FloatArray) -> bool:
        """Whether all look at their contract in its own moment."""
        return bool((self.time_to_expiry == life[:, None]).all())

    def columns_with(self, drops: int) -> NDArray[np.intp]:
        """Columns in which some contract still has that many dividends to come."""
        return np.flatnonzero((self.dividends_ahead == drops).any(axis=0))

    def take(self, columns: NDArray[np.intp]) -> ReadPoints:
        """Return the chosen columns."""
        return ReadPoints(
            spot=self.spot[:, columns],
            time_to_expiry=self.time_to_expiry[:, columns],
            dividends_ahead=self.dividends_ahead[:, columns],
        )


class Solved(NamedTuple):
    """Value, delta and gamma, shape (3, contracts, points), and which contracts' every step was solved."""

    greeks: FloatArray
    converged: NDArray[np.bool_]

    def take(self, rows: NDArray[np.bool_]) -> Solved:
        """Return the chosen contracts."""
        return Solved(self.greeks[:, rows], self.converged[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """From one drop back to the one before, in years before the expiry, shape (contracts, 1)."""

    begin: FloatArray
    end: FloatArray
    life: FloatArray
    """Of the whole contract."""


@dataclass(slots=True, kw_only=True)
class _Grid:
    """Values on the nodes, shape (contracts, nodes), some time before the expiry."""

    nodes: FloatArray
    values: FloatArray
    payoff: FloatArray
    exercised: NDArray[np.bool_]
    converged: NDArray[np.bool_]
    lower: FloatArray
    middle: FloatArray
    upper: FloatArray
    """Of the generator: what a year changes in the value of holding."""
    tolerance: FloatArray


def solve(batch: Batch, schedule: Schedule, points: ReadPoints, *, nodes: FloatArray, refined: int) -> Solved:
    """Solve each contract on its nodes, with steps that are as many times finer."""
    if points.all_at_start(batch.time_to_expiry) and batch.elapsed.size <= MAX_CACHED_CONTRACTS:
        terms = np.stack([getattr(batch, name) for name in Batch.__slots__ if name != "spot"])
        calendar = np.stack([schedule.times, schedule.amounts])
        grid = _cached_grid(
            terms.tobytes(), calendar.tobytes(), nodes.tobytes(), nodes.shape[1], refined=refined
        )
        return Solved(_interpolate_spots(grid, grid.values[:, None, :], points.spot), grid.converged)
    grid = _initial_grid(batch, nodes)
    return Solved(_solve_backward(grid, batch, schedule, points, refined=refined), grid.converged)


@lru_cache(maxsize=CACHE_SIZE)
def _cached_grid(terms: bytes, calendar: bytes, nodes: bytes, count: int, *, refined: int) -> _Grid:
    """Grid, at their own moment, of few contracts that come as bytes: it does not move with the spot."""
    spots = np.frombuffer(nodes).reshape(-1, count)
    columns = np.frombuffer(terms).reshape(-1, len(spots))
    names = (name for name in Batch.__slots__ if name != "spot")
    batch = Batch(spot=columns[0], **dict(zip(names, columns, strict=True)))
    times, amounts = np.frombuffer(calendar).reshape(2, -1)
    nowhere = np.empty((len(spots), 0))
    points = ReadPoints(spot=nowhere, time_to_expiry=nowhere, dividends_ahead=nowhere.astype(np.intp))
    grid = _initial_grid(batch, spots)
    _solve_backward(grid, batch, Schedule(times=times, amounts=amounts), points, refined=refined)
    return grid


def _solve_backward(
    grid: _Grid, batch: Batch, schedule: Schedule, points: ReadPoints, *, refined: int
) -> FloatArray:
    """Solve from the expiry back to the contracts' moment; points are read in their stretches."""
    life = batch.time_to_expiry
    dates = (np.clip(batch.expiry - time, 0.0, life) for time in schedule.times[::-1])
    greeks = np.full((3, *points.spot.shape), np.nan)
    begin = np.zeros_like(life)
    drops = [*schedule.amounts[::-1], 0.0]
    for number, (end, drop) in enumerate(zip([*dates, life], drops, strict=True)):
        columns = points.columns_with(number)
        period = _Period(begin=begin[:, None], end=end[:, None], life=life[:, None])
        period_greeks = _solve_period(grid, period, points.take(columns), refined=refined)
        greeks[:, :, columns] = np.where(
            points.dividends_ahead[:, columns] == number, period_greeks, greeks[:, :, columns]
        )
        begin = end
        if drop:
            _apply_dividend(grid, drop)
    return greeks


def _solve_period(grid: _Grid, period: _Period, points: ReadPoints, *, refined: int) -> FloatArray:
    """Solve back to the drop before, and read the points of that stretch: shape (3, contracts, points)."""
    span = period.end - period.begin
    share = (span / period.life).max() ** STEP_POWER
    count = max(int(np.ceil(TIME_STEPS * share)), MIN_TIME_STEPS) * refined
    # An expiry next to the drop has no time between them; nor has it anything to damp.
    steps = _time_steps(count) if (span > EX_DATE_TOLERANCE / 10).any() else []
    between = bool((points.time_to_expiry < period.end).any())
    layers = [grid.values]
    for step, ratio in steps:
        _step(grid, span * step, ratio, layers[-1], layers[-2:][0])
        layers = [*(layers if between else layers[-1:]), grid.values]
    if not points.spot.size:
        return np.empty((3, *points.spot.shape))
    if not between or not steps:
        return _interpolate_spots(grid, grid.values[:, None, :], points.spot)
    # Halves of the first steps left out, the layers are even in the root of the time.
    share = (points.time_to_expiry - period.begin) / np.maximum(span, EX_DATE_TOLERANCE / 10)
    when, weights = layer_weights(count * np.sqrt(np.clip(share, 0.0, 1.0)), len(layers) - 2)
    chosen = np.stack([layers[0], layers[2], *layers[4:]])
    rows = np.arange(len(grid.nodes))[:, None, None]
    return _interpolate_spots(grid, np.einsum("rpl,rplx->rpx", weights, chosen[when, rows]), points.spot)


def _interpolate_spots(grid: _Grid, values: FloatArray, spot: FloatArray) -> FloatArray:
    """Value, delta and gamma at spots, from a layer of each contract or of each of its points."""
    exercised = values - grid.payoff[:, None, :] <= grid.tolerance[..., None]
    return interpolate_in_spot(grid.nodes, values, spot, exercised=exercised)


def _initial_grid(batch: Batch, nodes: FloatArray) -> _Grid:
    """Payoff, and the generator by central differences, one-sided where the drift outweighs the variance."""
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
    one_sided = np.minimum(central_down, central_up) < 0.0
    lower[:, 1:-1] = np.where(one_sided, down + np.maximum(-inside, 0.0) / below, central_down)
    upper[:, 1:-1] = np.where(one_sided, up + np.maximum(inside, 0.0) / above, central_up)
    # At the top the value is a line in the spot.
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
    """Return steps, short at first, and how many times each is the one before it.

    The first two are taken in halves that look back on nothing: a ratio of zero.
    """
    ends = (np.arange(1, count + 1) / count) ** 2
    ends = np.concatenate([[ends[0] / 2, ends[0], (ends[0] + ends[1]) / 2], ends[1:]])
    steps = np.diff(ends, prepend=0.0)
    ratios = np.concatenate([np.zeros(4), steps[4:] / steps[3:-1]])
    return list(zip(steps.tolist(), ratios.tolist(), strict=True))


def _step(grid: _Grid, span: FloatArray, ratio: float, last: FloatArray, before: FloatArray) -> None:
    """Move to a longer time to expiry, from the last values and those before them."""
    weight = (1 + 2 * ratio) / (1 + ratio)
    right_side = last if ratio == 0.0 else ((1 + ratio) * last - ratio**2 / (1 + ratio) * before) / weight
    share = span / weight
    _policy_iteration(grid, right_side, -share * grid.lower, 1 - share * grid.middle, -share * grid.upper)


def _tridiagonal_product(
    lower: FloatArray, middle: FloatArray, upper: FloatArray, values: FloatArray
) -> FloatArray:
    """Product of tridiagonal matrices with values."""
    product = middle * values
    product[:, 1:] += lower[:, 1:] * values[:, :-1]
    product[:, :-1] += upper[:, :-1] * values[:, 1:]
    return product


def _policy_iteration(
    grid: _Grid, right_side: FloatArray, lower: FloatArray, middle: FloatArray, upper: FloatArray
) -> None:
    """Solve the implicit step with the best choice between holding and exercise at every node."""
    exercised = grid.exercised
    for _ in range(MAX_POLICY_ITERATIONS):
        values = dgtsv(
            np.where(exercised, 0.0, lower).ravel()[1:],
            np.where(exercised, 1.0, middle).ravel(),
            np.where(exercised, 0.0, upper).ravel()[:-1],
            np.where(exercised, grid.payoff, right_side).ravel(),
            overwrite_dl=True,
            overwrite_d=True,
            overwrite_du=True,
            overwrite_b=True,
        )[3].reshape(right_side.shape)
        # Exercised nodes stay so while holding would demand more than it has; others join below the payoff.
        required = _tridiagonal_product(lower, middle, upper, values) - right_side
        chosen = np.where(exercised, required >= -grid.tolerance, values < grid.payoff - grid.tolerance)
        changed = chosen != exercised
        exercised = chosen
        if not changed.any():
            break
    grid.converged = grid.converged & ~changed.any(axis=1)
    grid.values, grid.exercised = values, exercised


def _apply_dividend(grid: _Grid, amount: float) -> None:
    """Go through an ex-date: the value after the drop, or exercise on its eve."""
    hold = _after_drop(grid, amount)
    grid.values, grid.exercised = np.maximum(hold, grid.payoff), hold < grid.payoff


def _after_drop(grid: _Grid, amount: float) -> FloatArray:
    """Value of holding through a drop, by a cubic through four nodes that stays between the two about it."""
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
    """Coefficients of Newton's polynomials that begin at each node, by degree up to three."""
    found = [values]
    for degree in (1, 2, 3):
        found.append(np.diff(found[-1], axis=1) / (nodes[:, degree:] - nodes[:, :-degree]))
    return found


def interpolate_in_spot(
    nodes: FloatArray, values: FloatArray, spot: FloatArray, *, exercised: NDArray[np.bool_]
) -> FloatArray:
    """Value, delta and gamma at spots, shape (contracts, points).

    Nodes have shape (contracts, nodes); values and what is exercised have (contracts, points or one, nodes).
    """
    shape = (*spot.shape, nodes.shape[1])
    values = np.broadcast_to(values, shape)
    near = _one_sided_stencil(find_cells(nodes, spot), np.broadcast_to(exercised, shape))
    places = np.take_along_axis(nodes[:, None, :], near, axis=2)
    around = np.take_along_axis(values, near, axis=2)
    scale = (places[..., -1:] - places[..., :1]) / 2
    powers = ((places - spot[..., None]) / scale)[..., None] ** np.arange(SPOT_NODES)
    series = np.linalg.solve(powers, around[..., None])[..., 0]
    return np.stack([series[..., 0], series[..., 1] / scale[..., 0], 2 * series[..., 2] / scale[..., 0] ** 2])


def _one_sided_stencil(cell: NDArray[np.intp], exercised: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Numbers of the nodes about cells, as a last axis: of held nodes only, but in an exercised cell.

    At the exercise boundary the value bends, and no polynomial follows it there.
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
    """Numbers of the layers about each position, and their weights in the polynomial through them."""
    layers = min(TIME_LAYERS, count)
    first = np.clip(np.floor(position).astype(int) - layers // 2 + 1, 0, count - layers)
    near = first[..., None] + np.arange(layers)
    return near, _lagrange(near.astype(float), position)


def _lagrange(nodes: FloatArray, at: FloatArray) -> FloatArray:
    """Weights of the polynomial through nodes, the last axis."""
    weights = np.ones_like(nodes)
    for i in range(nodes.shape[-1]):
        for j in range(nodes.shape[-1]):
            if i != j:
                weights[..., i] *= (at - nodes[..., j]) / (nodes[..., i] - nodes[..., j])
    return weights


def find_cells(nodes: FloatArray, spot: FloatArray) -> NDArray[np.intp]:
    """Numbers of the nodes below spots."""
    pairs = zip(nodes, spot, strict=True)
    cells = np.stack([np.searchsorted(row, spots, side="right") - 1 for row, spots in pairs])
    inside: NDArray[np.intp] = np.clip(cells, 0, nodes.shape[1] - 2)
    return inside
