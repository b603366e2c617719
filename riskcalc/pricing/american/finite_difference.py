"""Finite differences, for any option: what the faster methods leave, and their second opinion.

Left are puts with cash dividends and a yield at a rate > 0, a negative yield beside cash dividends, drops of
much of the strike or the spot, and exercise regions with two boundaries.
The grid moves with the drift in the log of the spot, so the equation is the heat equation:
Crank-Nicolson after damped steps, the exercise condition solved exactly in each step by Howard's policy
iteration, and one Richardson extrapolation over a grid and its half.

References
----------
P. A. Forsyth, K. R. Vetzal, "Quadratic convergence for valuing American options using a penalty method",
SIAM Journal on Scientific Computing 23(6), 2002: why the steps grow from the expiry.

C. Reisinger, J. H. Witte, "On the use of policy iteration as an easy way of pricing American options",
SIAM Journal on Financial Mathematics 3(1), 2012.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg.lapack import dgtsv

from riskcalc.pricing.american.foresight import above_floor
from riskcalc.pricing.black_scholes import OptionGreeks

if TYPE_CHECKING:
    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.blocks import FloatArray

BLOCK = 16  # options solved together
CELLS, STEPS = 240, 80  # of the coarser grid
REACH = 5.5  # standard deviations of the grid beyond strike and forward
POLICIES = 50
VOL_BUMP, RATE_BUMP = 0.005, 1e-4
POINTS = 6  # of the polynomial that reads the grid


def finite_difference(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Value options of any kind that see every dividend of the schedule."""
    parts = [
        _block(batch.take(slice(start, start + BLOCK)), schedule)
        for start in range(0, batch.spot.size, BLOCK)
    ]
    return above_floor(OptionGreeks(*np.concatenate(parts, axis=1)), batch, schedule)


def _block(batch: Batch, schedule: Schedule) -> FloatArray:
    """Greeks as rows; vega and rho from the same scheme at moved vols and rates."""
    value, slope, curvature = _extrapolated(batch, schedule)
    vol_step = VOL_BUMP * batch.vol
    vega, rho = (
        (_extrapolated(up, schedule)[0] - _extrapolated(down, schedule)[0]) / (2 * step)
        for up, down, step in (
            (replace(batch, vol=batch.vol + vol_step), replace(batch, vol=batch.vol - vol_step), vol_step),
            (
                replace(batch, rate=batch.rate + RATE_BUMP),
                replace(batch, rate=batch.rate - RATE_BUMP),
                RATE_BUMP,
            ),
        )
    )
    delta, bend = slope / batch.spot, curvature - slope
    theta = batch.rate * value - (batch.rate - batch.dividend_yield) * slope - batch.vol**2 / 2 * bend
    exercised = value <= batch.intrinsic()
    gamma, theta, vega, rho = (
        np.where(exercised, 0.0, greek) for greek in (bend / batch.spot**2, theta, vega, rho)
    )
    return np.stack([value, np.where(exercised, batch.sign, delta), gamma, theta, vega, rho])


def _extrapolated(batch: Batch, schedule: Schedule) -> FloatArray:
    """Value and its two derivatives in the log of the spot, the leading error removed."""
    coarse, fine = (_solve(batch, schedule, refined=factor) for factor in (1, 2))
    return (4 * fine - coarse) / 3


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
        line = self.batch.sign[:, None] * (self.share * spot - self.cash)
        postponed = np.exp(-self.batch.rate[:, None] * self.elapsed)
        worthless = self.batch.strike[:, None] * np.maximum(postponed, 1.0)
        # A drop leaves at least nothing, so a put is worth no more than on a worthless share.
        put = np.minimum(line, worthless)
        return self.growth * np.where(self.batch.sign[:, None] > 0.0, line, put)


def _solve(batch: Batch, schedule: Schedule, *, refined: int) -> FloatArray:
    grid = _start(batch, schedule, refined)
    dates = (np.maximum(batch.expiry - time, 0.0) for time in schedule.times[::-1])
    ends = [*dates, batch.time_to_expiry]
    drops = [*schedule.amounts[::-1], 0.0]
    for first, (end, drop) in enumerate(zip(ends, drops, strict=True)):
        span = end[:, None] - grid.elapsed
        share = np.sqrt((span / batch.time_to_expiry[:, None]).max())
        count = max(int(np.ceil(STEPS * share)), 6) * refined
        begin = grid.elapsed
        for fraction, implicit in _fractions(count, power=1.5 if first else 2.0):
            _step(grid, begin + span * fraction, implicit=implicit)
        if drop:
            _drop(grid, drop)
    return _read(grid)


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
    inside = _polynomial(grid.values, np.clip(position, 0, None), points=4)[0]
    inside = np.clip(inside, np.minimum(low, high), np.maximum(low, high))
    # Below the grid a call is worth nothing and a put is certain to be exercised.
    below = np.where(grid.batch.sign[:, None] > 0.0, 0.0, np.maximum(grid.far(after), 0.0))
    values = np.where(position < 0, below, inside)
    grid.cash = grid.cash + grid.share * amount
    grid.values = np.maximum(values, grid.payoff())


def _read(grid: _Grid) -> FloatArray:
    """Value at the spot with its two derivatives in the log of the spot."""
    batch, log_spot = grid.batch, np.log(grid.batch.spot)[:, None]
    step = grid.nodes[:, 1:2] - grid.nodes[:, :1]
    position = (log_spot + grid.drift * grid.elapsed - grid.nodes[:, :1]) / step
    read = _polynomial(grid.values, position, points=POINTS) / np.stack([step**0, step, step**2])
    spot = batch.spot[:, None]
    far = np.stack([grid.far(spot), *(2 * [grid.growth * batch.sign[:, None] * grid.share * spot])])
    last = grid.nodes.shape[1] - 1
    beyond = np.where(batch.sign[:, None] > 0.0, position > last, position < 0)
    nothing = np.where(batch.sign[:, None] > 0.0, position < 0, position > last)
    result: FloatArray = np.where(beyond, far, np.where(nothing, 0.0, read)) / grid.growth
    return result[..., 0]


def _polynomial(values: FloatArray, position: FloatArray, *, points: int) -> FloatArray:
    """Lagrange polynomial through the nearest nodes: value and two derivatives, in steps of the grid."""
    first = np.clip(np.floor(position).astype(int) - points // 2 + 1, 0, values.shape[1] - points)
    offset = position - first
    powers = np.arange(points)
    to_series = np.linalg.inv(np.vander(powers - (points - 1) / 2, increasing=True))
    rows = np.arange(len(values))[:, None, None]
    series = values[rows, first[..., None] + powers] @ to_series.T
    series_offset = (offset - (points - 1) / 2)[..., None]
    terms = series * series_offset**powers
    slopes = series[..., 1:] * powers[1:] * series_offset ** powers[:-1]
    bends = series[..., 2:] * (powers[2:] * powers[1:-1]) * series_offset ** powers[:-2]
    return np.stack([terms.sum(axis=-1), slopes.sum(axis=-1), bends.sum(axis=-1)])
