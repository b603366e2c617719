"""Probabilities of every exit of a managed trade, carried forward stage by stage and step by step."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.exit_values import DividendDrop, ExitValues
from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.timeline import Nodes, Period, Timeline, distances_before_dividend
from riskcalc.analysis.managed.transitions import (
    MOMENTS,
    Step,
    TouchChances,
    landing_chances,
    touch_chances,
)
from riskcalc.domain import Side
from riskcalc.records import dataclass

FloatArray: TypeAlias = NDArray[np.float64]

LAST_PERIODS = 2
"""Periods between ex-dates whose matrices are held for the next plan: most plans have one or two."""

NOISE = 1e-13
"""Probability below which the moments of an exit within a step are rounding."""

StepMatrices: TypeAlias = tuple[FloatArray, ...]
"""By the stage at the start of a step one matrix, with a row for each node there. Its columns are, for each
stage at the end, the nodes to land at, the moments at which it is stopped, and those at which its target is
taken: one product takes all paths of a stage through the step."""

Corridor: TypeAlias = tuple[float, float]
"""Log distances of a stop and of a target."""


class StepExits(NamedTuple):
    """Probabilities of an exit within each step of a period, by stage at its start and at the exit."""

    left: FloatArray
    """Shape (steps, stages, rows, stages, moments twice): to the stop, and to the target."""
    realized_pnl: FloatArray
    """P&L realized at targets hit earlier in the step, shape (steps, stages, stages) [dollars]."""

    @property
    def stop(self) -> FloatArray:
        """To the stop of a stage, shape (steps, stages, rows, stages, moments)."""
        return self.left[..., : len(MOMENTS)]

    @property
    def target(self) -> FloatArray:
        """To its target."""
        return self.left[..., len(MOMENTS) :]


class DropExits(NamedTuple):
    """Probabilities that the drop at an ex-date takes the spot past a level: shapes (stages, rows, nodes)."""

    stop: FloatArray
    target: FloatArray


@dataclass(frozen=True, kw_only=True)
class PathChances:
    """Probabilities of every exit and of being still open."""

    periods: tuple[StepExits, ...]
    drops: dict[int, DropExits]
    """By period that ends on an ex-date."""
    held: FloatArray
    """Probabilities of being open at the time stop, shape (stages, rows, nodes)."""


def walk_paths(
    levels: ExitStages,
    timeline: Timeline,
    nodes: Nodes,
    *,
    values: ExitValues | None = None,
    realized_pnl: float = 0.0,
) -> PathChances:
    """Carry the probabilities from the spot now to every exit.

    Parameters
    ----------
    levels : ExitStages
        The spot lies between stop and target of the first stage.
    timeline : Timeline
        Drift, vol and periods between ex-dates.
    nodes : Nodes
        Of `build_nodes`.
    values : ExitValues, optional
        What a whole unit makes at each exit; without them only probabilities are carried.
    realized_pnl : float
        P&L of the part already closed [dollars].

    Returns
    -------
    PathChances
        The rows are the probability and, with values, probability times the mean of the realized P&L and of
        its square. The probabilities of all exits sum to 1, except for losses at the nodes.

    Notes
    -----
    Within a stage the paths stand on the nodes. A path that takes targets in a step and survives in the
    corridor of the next stage is counted by the difference of the corridors up to that target and up to the
    one before: that is exact. Only a stop that moves to breakeven is not watched in the very step in which
    it is moved.
    """
    rows = (1.0,) if values is None else (1.0, realized_pnl, realized_pnl**2)
    held = np.zeros((len(levels.stages), len(rows), len(nodes.points)))
    held[0, :, 0] = rows
    periods, drops = [], {}
    for place, period in enumerate(timeline.periods):
        passed = _no_exits(len(held), len(rows), period.steps)
        for number, tables in enumerate(step_matrices(levels, nodes, timeline, period)):
            gains = None if values is None else values.periods[place].target[:, number]
            step = StepExits(*(field[number] for field in passed))
            held = _advance(levels, held, tables, step, gains=gains)
        periods.append(passed)
        if period.dividend:
            drop = None if values is None else values.drops[place]
            drops[place] = _drop(levels, nodes.points, held, drop)
    return PathChances(periods=tuple(periods), drops=drops, held=held)


def step_matrices(levels: ExitStages, nodes: Nodes, timeline: Timeline, period: Period) -> list[StepMatrices]:
    """Return the transition matrices of each step of a period; at an ex-date the step ends after the drop.

    A path that takes targets in a step and survives in the corridor of a later stage is counted by the
    difference of two corridors: the one up to that stage's target, and the one up to the target before.
    """
    found = _matrices(
        levels.side,
        tuple((stage.stop, stage.target) for stage in levels.stages),
        timeline.step(period, levels.side),
        period.dividend / levels.spot,
        period.steps > 1,
        *(part.tobytes() for part in nodes),
    )
    return [found[0]] * (period.steps - 1) + [found[-1]]


# A plan in dollars changes with every key, its levels as shares of the spot with few.
@lru_cache(maxsize=LAST_PERIODS)
def _matrices(
    side: Side,
    levels: tuple[Corridor, ...],
    step: Step,
    dividend_share: float,
    more_steps: bool,  # noqa: FBT001 - a keyword would be another entry of the cache
    *nodes: bytes,
) -> list[StepMatrices]:
    """Matrices of the steps before the last, where there are some, and of the last of a period."""
    points, weights = (np.frombuffer(part) for part in nodes)
    corridors = list(
        dict.fromkeys((low, high) for n, (low, _) in enumerate(levels) for _, high in levels[n:])
    )
    touched = touch_chances(points, np.array(corridors), step)
    made = []
    for share in dict.fromkeys([0.0, dividend_share] if more_steps else [dividend_share]):
        ends, slope = distances_before_dividend(side, points, share)
        level_after_dividend = [
            landing_chances(points, ends, weights * slope, corridor=corridor, step=step, stays=neither)
            for corridor, neither in zip(corridors, touched.neither, strict=True)
        ]
        made.append(_by_stage(levels, corridors, touched, level_after_dividend, ends))
    return made


def _no_exits(stages: int, rows: int, steps: int) -> StepExits:
    left = np.zeros((steps, stages, rows, stages, 2 * len(MOMENTS)))
    return StepExits(left, np.zeros((steps, stages, stages)))


def _advance(
    levels: ExitStages, held: FloatArray, tables: StepMatrices, step: StepExits, *, gains: FloatArray | None
) -> FloatArray:
    """Return the probabilities to be open after a step, and write those of its exits into `step`."""
    after = np.zeros_like(held)
    rows, nodes = held.shape[1:]
    for start, paths in enumerate(held):
        if not paths[0].any():
            continue
        moved = (paths @ tables[start]).reshape(rows, len(held) - start, -1)
        land, left = moved[..., :nodes], moved[..., nodes:]
        step.left[start, :, start:] = left
        if gains is not None and start + 1 < len(held):
            closed_share = [stage.closed_share for stage in levels.stages[start:-1]]
            taken = closed_share * mean_over_step(left[0, :-1, len(MOMENTS) :], gains[start:-1])
            realized_pnl = step.realized_pnl[start, start + 1 :] = np.cumsum(taken)
            land[:, 1:] = shift_moments(land[:, 1:], realized_pnl[:, None])
        after[start:] += land.swapaxes(0, 1)
    return after


def mean_over_step(chances: FloatArray, values: FloatArray) -> FloatArray:
    """Return means of values over the moments of a step, on the last axis."""
    total = chances.sum(axis=-1)
    rounding = total < NOISE
    weighed = (chances * values).sum(axis=-1) / np.where(rounding, 1.0, total)
    found: FloatArray = np.where(rounding, values[..., len(MOMENTS) // 2], weighed)
    return found


def _drop(levels: ExitStages, points: FloatArray, held: FloatArray, drop: DividendDrop | None) -> DropExits:
    """Pay the dividend, then close, in place, what its drop takes past a level."""
    dropped = DropExits(np.zeros_like(held), np.zeros_like(held))
    if drop is not None:
        for number, stage in enumerate(levels.stages):
            held[number] = shift_moments(held[number], stage.open_share * drop.cash)
    for number, stage in enumerate(levels.stages):
        below, above = points <= stage.stop, points >= stage.target
        dropped.stop[number], dropped.target[number] = held[number] * below, held[number] * above
        held[number][:, below | above] = 0.0
        if number + 1 < len(held):
            gain = 0.0 if drop is None else stage.closed_share * drop.targets[number].at(points)
            held[number + 1] += shift_moments(dropped.target[number], gain)
    return dropped


def shift_moments(moments: FloatArray, gain: FloatArray | float) -> FloatArray:
    """Return moments, on the first axis, after a gain; a probability alone stays as it is."""
    found = moments.copy()
    if len(found) > 1:
        found[2] += gain * (2 * moments[1] + gain * moments[0])
        found[1] += gain * moments[0]
    return found


def _by_stage(
    stages: tuple[Corridor, ...],
    corridors: list[Corridor],
    touched: TouchChances,
    level_after_dividend: list[FloatArray],
    ends: FloatArray,
) -> StepMatrices:
    """Paths that pass targets within a step, as differences between corridors."""
    nodes, tables = len(ends), []
    for start, (first_stop, _) in enumerate(stages):
        table = np.empty((nodes, len(stages) - start, nodes + 2 * len(MOMENTS)))
        land, stop, target = np.split(table, (nodes, nodes + len(MOMENTS)), axis=2)
        before = None
        for k, (level, end) in enumerate(stages[start:]):
            now = corridors.index((first_stop, end))
            land[:, k], stop[:, k], target[:, k] = (
                level_after_dividend[now],
                touched.lower[now],
                touched.upper[now],
            )
            if before is not None:
                land[:, k] = np.maximum(land[:, k] - level_after_dividend[before], 0.0) * (ends > level)
                stop[:, k] -= touched.lower[before]
            if level != first_stop:
                # A moved stop is not monitored within this step: it closes paths that end beyond it.
                passed = (target[:, k - 1] - target[:, k]).sum(axis=1)
                stop[:, k] = 0.0
                stop[:, k, -1] = np.maximum(passed - land[:, k].sum(axis=1), 0.0)
            before = now
        tables.append(table.reshape(nodes, -1))
    return tuple(tables)
