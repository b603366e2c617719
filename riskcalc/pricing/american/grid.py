"""The grid of finite differences: options of any kind, solved from the expiry back to now.

It moves with the drift in the log of the spot, so the equation is the heat equation: Crank-Nicolson after
damped steps, the exercise condition solved exactly in each step by Howard's policy iteration. One solve
serves all spots and moments of a contract: they are read from its layers.

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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.blocks import FloatArray

CELLS, STEPS = 240, 80  # of the coarser grid
REACH = 5.5  # standard deviations of the grid beyond strike and forward
POLICIES = 50
LAYERS = 4  # of the polynomial that reads between the layers
POINTS = 6  # of the one that reads a layer
DROP_POINTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Where and when contracts are looked at, shape (contracts, points)."""

    spot: FloatArray
    left: FloatArray
    """Time to expiry."""


class _Layer(NamedTuple):
    """The values of a grid at one time to expiry."""

    values: FloatArray
    share: FloatArray
    cash: FloatArray


@dataclass(slots=True, kw_only=True)
class _Grid:
    """Undiscounted values on a grid that moves with the drift; `share` x spot - `cash` is the far value."""

    batch: Batch
    nodes: FloatArray
    """Log of the spot at expiry, shape (options, nodes)."""
    values: FloatArray
    share: FloatArray
    cash: FloatArray
    elapsed: FloatArray
    """Time to expiry, shape (options, 1)."""

    @property
    def drift(self) -> FloatArray:
        batch = self.batch
        return (batch.rate - batch.dividend_yield - batch.vol**2 / 2)[:, None]

    @property
    def growth(self) -> FloatArray:
        """What undoes the discount until now."""
        return np.exp(self.batch.rate[:, None] * self.elapsed)

    def spot(self) -> FloatArray:
        return np.exp(self.nodes - self.drift * self.elapsed)

    def payoff(self) -> FloatArray:
        return self.growth * self.batch.sign[:, None] * (self.spot() - self.batch.strike[:, None])

    def far(self, spot: FloatArray) -> FloatArray:
        """Value where exercise, now or at the best moment, is certain."""
        return self.growth * _far(self.batch, spot, self.elapsed, self.share, self.cash)

    def layer(self) -> _Layer:
        return _Layer(self.values, self.share, self.cash)


def solve(batch: Batch, schedule: Schedule, points: Points, *, refined: int) -> FloatArray:
    """Value with its two derivatives in the log of the spot at each contract's points."""
    grid = _start(batch, schedule, refined)
    dates = (np.maximum(batch.expiry - time, 0.0) for time in schedule.times[::-1])
    ends = [*dates, batch.time_to_expiry]
    drops = [*schedule.amounts[::-1], 0.0]
    for first, (end, drop) in enumerate(zip(ends, drops, strict=True)):
        span = end[:, None] - grid.elapsed
        share = np.sqrt((span / batch.time_to_expiry[:, None]).max())
        count = max(int(np.ceil(STEPS * share)), 6) * refined
        begin, power = grid.elapsed, 1.5 if first else 2.0
        layers = [grid.layer()]
        for fraction, implicit in _fractions(count, power=power):
            _step(grid, begin + span * fraction, implicit=implicit)
            layers.append(grid.layer())
        if drop:
            _drop(grid, drop)
    # Halves of the first steps left out, the layers are even in this power of the time.
    position = count * np.clip((points.left - begin) / span, 0.0, 1.0) ** (1 / power)
    return _read(grid, [layers[0], layers[2], *layers[4:]], points, position)


def _start(batch: Batch, schedule: Schedule, refined: int) -> _Grid:
    """Payoff on a grid with the strike on a node."""
    width = REACH * batch.vol * np.sqrt(batch.time_to_expiry)
    shift = (batch.rate - batch.dividend_yield - batch.vol**2 / 2) * batch.time_to_expiry
    paid = -np.log1p(-np.minimum(schedule.amounts.sum() / batch.strike, 0.8))
    below, above = width + paid - np.minimum(shift, 0.0), width + paid + np.maximum(shift, 0.0)
    step = (below + above) / CELLS
    offsets = np.arange(CELLS * refined + 1) / refined - np.round(below / step)[:, None]
    nodes = np.log(batch.strike)[:, None] + offsets * step[:, None]
    payoff = batch.sign[:, None] * (np.exp(nodes) - batch.strike[:, None])
    one = np.ones_like(step)[:, None]
    return _Grid(
        batch=batch,
        nodes=nodes,
        values=np.maximum(payoff, 0.0),
        share=one,
        cash=batch.strike[:, None] * one,
        elapsed=0 * one,
    )


def _fractions(count: int, *, power: float) -> list[tuple[float, bool]]:
    """Return the steps' ends, short at first, and whether they damp: halves of the first two do."""
    ends = (np.arange(1, count + 1) / count) ** power
    damped = [(ends[0] / 2, True), (ends[0], True), ((ends[0] + ends[1]) / 2, True), (ends[1], True)]
    return damped + [(float(end), False) for end in ends[2:]]


def _step(grid: _Grid, elapsed: FloatArray, *, implicit: bool) -> None:
    """Move to a longer time to expiry."""
    batch, span = grid.batch, elapsed - grid.elapsed
    width = grid.nodes[:, 1:2] - grid.nodes[:, :1]
    weight = batch.vol[:, None] ** 2 * span / (2 * width**2)
    explicit = 0.0 if implicit else 0.5 * weight
    known = grid.values.copy()
    known[:, 1:-1] += explicit * np.diff(grid.values, 2)
    grid.elapsed = elapsed
    grid.cash = grid.cash * np.exp(-batch.rate[:, None] * span)
    grid.share = grid.share * np.exp(-batch.dividend_yield[:, None] * span)
    payoff = grid.payoff()
    _set_edges(grid, known, payoff)
    grid.values = _best_policy(known, payoff, weight - explicit)


def _set_edges(grid: _Grid, known: FloatArray, payoff: FloatArray) -> None:
    """Fix the value at both ends: nothing on one, certain exercise on the other."""
    edge = np.where(grid.batch.sign > 0.0, -1, 0)
    rows = np.arange(len(edge))
    spot = np.exp(grid.nodes[rows, edge][:, None] - grid.drift * grid.elapsed)
    waited, now = grid.far(spot)[:, 0], payoff[rows, edge]
    better = (now > waited)[:, None]
    grid.share = np.where(better, 1.0, grid.share)
    grid.cash = np.where(better, grid.batch.strike[:, None], grid.cash)
    known[:, [0, -1]] = 0.0
    known[rows, edge] = np.maximum(np.maximum(now, waited), 0.0)


def _best_policy(known: FloatArray, payoff: FloatArray, weight: FloatArray) -> FloatArray:
    """Solve the implicit step with the best choice between holding and exercise at every node."""
    inner = np.zeros_like(known)
    inner[:, 1:-1] = weight
    exercised = known < payoff
    exercised[:, [0, -1]] = False
    values = known
    for _ in range(POLICIES):
        off = np.where(exercised, 0.0, -inner)
        flat = off.ravel()
        solved = dgtsv(flat[1:], (1 - 2 * off).ravel(), flat[:-1], np.where(exercised, payoff, known).ravel())
        values = solved[3].reshape(known.shape)
        held = values.copy()
        held[:, 1:-1] -= inner[:, 1:-1] * np.diff(values, 2)
        # Exercised nodes stay so while holding would demand more than it has; others join below the payoff.
        chosen = np.where(exercised, held >= known, values < payoff)
        chosen[:, [0, -1]] = False
        if (chosen == exercised).all():
            break
        exercised = chosen
    return values


def _drop(grid: _Grid, amount: float) -> None:
    """Go through an ex-date: the value after the drop, or exercise on its eve."""
    spot = grid.spot()
    after = np.maximum(spot - amount, 0.0)
    first, step = grid.nodes[:, :1], grid.nodes[:, 1:2] - grid.nodes[:, :1]
    log_after = np.log(np.maximum(after, np.exp(-600.0))) + grid.drift * grid.elapsed
    position = (log_after - first) / step
    rows = np.arange(len(position))[:, None]
    cell = np.clip(position.astype(int), 0, grid.nodes.shape[1] - 2)
    low, high = (grid.values[rows, cell + i] for i in (0, 1))
    near, offset = _window(np.clip(position, 0, None), grid.nodes.shape[1], DROP_POINTS)
    inside = _polynomial(grid.values[rows[..., None], near], offset)[0]
    inside = np.clip(inside, np.minimum(low, high), np.maximum(low, high))
    # Below the grid a call is worth nothing and a put is certain to be exercised.
    below = np.where(grid.batch.sign[:, None] > 0.0, 0.0, np.maximum(grid.far(after), 0.0))
    values = np.where(position < 0, below, inside)
    grid.cash = grid.cash + grid.share * amount
    grid.values = np.maximum(values, grid.payoff())


def _read(grid: _Grid, layers: list[_Layer], points: Points, position: FloatArray) -> FloatArray:
    """Read the layers at each point."""
    sign, rate = grid.batch.sign[:, None], grid.batch.rate[:, None]
    rows, last = np.arange(len(sign))[:, None, None], grid.nodes.shape[1] - 1
    step = grid.nodes[:, 1:2] - grid.nodes[:, :1]
    place = (np.log(points.spot) + grid.drift * points.left - grid.nodes[:, :1]) / step
    when, weights = _between(position, len(layers))
    where, offset = _window(place, last + 1, POINTS)
    values, share, cash = (np.stack(part) for part in zip(*layers, strict=True))
    around = np.einsum("rpl,rplx->rpx", weights, values[when[..., None], rows[..., None], where[:, :, None]])
    read = _polynomial(around, offset) / np.stack([step**0, step, step**2])
    share, cash = (np.einsum("rpl,rpl->rp", weights, part[when, rows, 0]) for part in (share, cash))
    line = sign * share * points.spot
    far = np.stack([_far(grid.batch, points.spot, points.left, share, cash), line, line])
    beyond = np.where(sign > 0.0, place > last, place < 0)
    nothing = np.where(sign > 0.0, place < 0, place > last)
    return np.where(beyond, far, np.where(nothing, 0.0, read * np.exp(-rate * points.left)))


def _far(batch: Batch, spot: FloatArray, left: FloatArray, share: FloatArray, cash: FloatArray) -> FloatArray:
    """Value where exercise, now or at the best moment, is certain."""
    sign = batch.sign[:, None]
    line = sign * (share * spot - cash)
    worthless = batch.strike[:, None] * np.maximum(np.exp(-batch.rate[:, None] * left), 1.0)
    # A drop leaves at least nothing, so a put is worth no more than on a worthless share.
    return np.where(sign > 0.0, line, np.minimum(line, worthless))


def _between(position: FloatArray, count: int) -> tuple[NDArray[np.intp], FloatArray]:
    """Numbers of the layers about each position, and their weights in the polynomial through them."""
    near, offset = _window(position, count, LAYERS)
    powers = (offset - (LAYERS - 1) / 2)[..., None] ** np.arange(LAYERS)
    return near, powers @ _to_series(LAYERS)


def _window(position: FloatArray, count: int, points: int) -> tuple[NDArray[np.intp], FloatArray]:
    """Numbers of the nodes about each position, as a last axis, and how far it is from the first."""
    first = np.clip(np.floor(position).astype(int) - points // 2 + 1, 0, count - points)
    return first[..., None] + np.arange(points), position - first


def _polynomial(around: FloatArray, offset: FloatArray) -> FloatArray:
    """Polynomial through even nodes, the last axis: value and two derivatives, in steps of the grid."""
    points = around.shape[-1]
    powers = np.arange(points)
    series = around @ _to_series(points).T
    from_middle = (offset - (points - 1) / 2)[..., None]
    terms = series * from_middle**powers
    slopes = series[..., 1:] * powers[1:] * from_middle ** powers[:-1]
    bends = series[..., 2:] * (powers[2:] * powers[1:-1]) * from_middle ** powers[:-2]
    return np.stack([terms.sum(axis=-1), slopes.sum(axis=-1), bends.sum(axis=-1)])


@lru_cache(maxsize=4)
def _to_series(points: int) -> FloatArray:
    """Matrix from values at even nodes to a series in the distance from their middle."""
    return np.linalg.inv(np.vander(np.arange(points) - (points - 1) / 2, increasing=True))
