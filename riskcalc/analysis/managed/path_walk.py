"""Paths of a managed trade, followed from stage to stage and step by step until something closes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.exit_values import Drop, ExitValues
from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.timeline import Nodes, Stretch, Timeline, before_drop
from riskcalc.analysis.managed.transitions import MOMENTS, Touches, landing, touches

FloatArray: TypeAlias = NDArray[np.float64]

NOISE = 1e-13
"""Chance below which the moments of an exit within a step are rounding."""

StepTables: TypeAlias = tuple[FloatArray, ...]
"""By the stage at the start of a step one matrix, with a row for each node there. Its columns are, for each
stage at the end, the nodes to land at, the moments at which it is stopped, and those at which its target is
taken: one product takes all paths of a stage through the step."""

Corridor: TypeAlias = tuple[float, float]
"""Log distances of a stop and of a target."""


class Passed(NamedTuple):
    """Who left within the steps of a stretch, by the stage at the start of the step and the stage left."""

    left: FloatArray
    """Shape (steps, stages, rows, stages, moments twice): to the stop, and to the target."""
    banked: FloatArray
    """P&L that targets passed earlier in the step bank, shape (steps, stages, stages) [dollars]."""

    @property
    def stop(self) -> FloatArray:
        """To the stop of a stage, shape (steps, stages, rows, stages, moments)."""
        return self.left[..., : len(MOMENTS)]

    @property
    def reach(self) -> FloatArray:
        """To its target."""
        return self.left[..., len(MOMENTS) :]


class Dropped(NamedTuple):
    """Whom the drop of an ex-date takes past a level: shapes (stages, rows, nodes)."""

    stop: FloatArray
    reach: FloatArray


@dataclass(frozen=True, kw_only=True)
class Walked:
    """Everything that paths did."""

    stretches: tuple[Passed, ...]
    drops: dict[int, Dropped]
    """By stretch that ends on an ex-date."""
    held: FloatArray
    """Who is left at the time stop, shape (stages, rows, nodes)."""


def walk(
    levels: ExitStages,
    timeline: Timeline,
    nodes: Nodes,
    *,
    values: ExitValues | None = None,
    banked: float = 0.0,
) -> Walked:
    """Follow all paths from the spot now to their exits.

    Parameters
    ----------
    levels : ExitStages
        The spot lies between stop and target of the first stage.
    timeline : Timeline
        Drift, vol and stretches between ex-dates.
    nodes : Nodes
        Of `lay_nodes`.
    values : ExitValues, optional
        What a whole unit makes at each exit; without them nothing is banked.
    banked : float
        P&L of what has been closed already [dollars].

    Returns
    -------
    Walked
        The rows are the chance and, with values, chance times the mean of what has been banked and of its
        square. The chances of all exits sum to 1, but for what the nodes lose where paths hardly spread.

    Notes
    -----
    Within a stage the paths stand on the nodes. A path that takes targets in a step and survives in the
    corridor of the next stage is counted by the difference of the corridors up to that target and up to the
    one before: that is exact. Only a stop that moves to break-even is not watched in the very step in which
    it is moved.
    """
    rows = (1.0,) if values is None else (1.0, banked, banked**2)
    held = np.zeros((len(levels.stages), len(rows), len(nodes.points)))
    held[0, :, 0] = rows
    stretches, drops = [], {}
    for place, stretch in enumerate(timeline.stretches):
        passed = _nobody(len(held), len(rows), stretch.steps)
        for number, tables in enumerate(step_tables(levels, nodes, timeline, stretch)):
            gains = None if values is None else values.stretches[place].target[:, number]
            step = Passed(*(field[number] for field in passed))
            held = _advance(levels, held, tables, step, gains=gains)
        stretches.append(passed)
        if stretch.dividend:
            drop = None if values is None else values.drops[place]
            drops[place] = _drop(levels, nodes.points, held, drop)
    return Walked(stretches=tuple(stretches), drops=drops, held=held)


def step_tables(levels: ExitStages, nodes: Nodes, timeline: Timeline, stretch: Stretch) -> list[StepTables]:
    """Chances of each step of a stretch from every node; at an ex-date, of one that ends after the drop.

    A path that takes targets in a step and survives in the corridor of a later stage is counted by the
    difference of two corridors: the one up to that stage's target, and the one up to the target before.
    """
    step, stages = timeline.step(stretch, levels.side), levels.stages
    corridors = list(
        dict.fromkeys((low.stop, high.target) for n, low in enumerate(stages) for high in stages[n:])
    )
    touched = touches(nodes.points, np.array(corridors), step)
    dividends = [0.0] * (stretch.steps - 1) + [stretch.dividend]
    made = {}
    for dividend in dict.fromkeys(dividends):
        ends, slope = before_drop(levels, nodes.points, dividend)
        landed = [
            landing(nodes.points, ends, nodes.weights * slope, corridor=corridor, step=step, stays=neither)
            for corridor, neither in zip(corridors, touched.neither, strict=True)
        ]
        made[dividend] = _by_stage(levels, corridors, touched, landed, ends)
    return [made[dividend] for dividend in dividends]


def _nobody(stages: int, rows: int, steps: int) -> Passed:
    left = np.zeros((steps, stages, rows, stages, 2 * len(MOMENTS)))
    return Passed(left, np.zeros((steps, stages, stages)))


def _advance(
    levels: ExitStages, held: FloatArray, tables: StepTables, step: Passed, *, gains: FloatArray | None
) -> FloatArray:
    """Who is held after a step; who has left is noted in what is of this step."""
    after = np.zeros_like(held)
    rows, nodes = held.shape[1:]
    for start, paths in enumerate(held):
        if not paths[0].any():
            continue
        moved = (paths @ tables[start]).reshape(rows, len(held) - start, -1)
        land, left = moved[..., :nodes], moved[..., nodes:]
        step.left[start, :, start:] = left
        if gains is not None and start + 1 < len(held):
            closes = [stage.closes for stage in levels.stages[start:-1]]
            taken = closes * means(left[0, :-1, len(MOMENTS) :], gains[start:-1])
            banked = step.banked[start, start + 1 :] = np.cumsum(taken)
            land[:, 1:] = shifted(land[:, 1:], banked[:, None])
        after[start:] += land.swapaxes(0, 1)
    return after


def means(chances: FloatArray, values: FloatArray) -> FloatArray:
    """Means of values over the moments of a step, on the last axis."""
    total = chances.sum(axis=-1)
    rounding = total < NOISE
    weighed = (chances * values).sum(axis=-1) / np.where(rounding, 1.0, total)
    found: FloatArray = np.where(rounding, values[..., len(MOMENTS) // 2], weighed)
    return found


def _drop(levels: ExitStages, points: FloatArray, held: FloatArray, drop: Drop | None) -> Dropped:
    """Take off what an ex-date takes past a level, in place, once its dividend has been paid."""
    dropped = Dropped(np.zeros_like(held), np.zeros_like(held))
    if drop is not None:
        for number, stage in enumerate(levels.stages):
            held[number] = shifted(held[number], stage.open_share * drop.cash)
    for number, stage in enumerate(levels.stages):
        below, above = points <= stage.stop, points >= stage.target
        dropped.stop[number], dropped.reach[number] = held[number] * below, held[number] * above
        held[number][:, below | above] = 0.0
        if number + 1 < len(held):
            gain = 0.0 if drop is None else stage.closes * drop.targets[number].at(points)
            held[number + 1] += shifted(dropped.reach[number], gain)
    return dropped


def shifted(moments: FloatArray, gain: FloatArray | float) -> FloatArray:
    """Moments, on the first axis, after a gain; a chance alone has none to shift."""
    found = moments.copy()
    if len(found) > 1:
        found[2] += gain * (2 * moments[1] + gain * moments[0])
        found[1] += gain * moments[0]
    return found


def _by_stage(
    levels: ExitStages,
    corridors: list[Corridor],
    touched: Touches,
    landed: list[FloatArray],
    ends: FloatArray,
) -> StepTables:
    """Paths that pass targets within a step, as differences between corridors."""
    stages, nodes, tables = levels.stages, len(ends), []
    for start, first in enumerate(stages):
        table = np.empty((nodes, len(stages) - start, nodes + 2 * len(MOMENTS)))
        land, stop, reach = np.split(table, (nodes, nodes + len(MOMENTS)), axis=2)
        before = None
        for k, stage in enumerate(stages[start:]):
            now = corridors.index((first.stop, stage.target))
            land[:, k], stop[:, k], reach[:, k] = landed[now], touched.lower[now], touched.upper[now]
            if before is not None:
                land[:, k] = np.maximum(land[:, k] - landed[before], 0.0) * (ends > stage.stop)
                stop[:, k] -= touched.lower[before]
            if stage.stop != first.stop:
                # A stop that has moved is not watched in this step: it takes what ends beyond it.
                passed = (reach[:, k - 1] - reach[:, k]).sum(axis=1)
                stop[:, k] = 0.0
                stop[:, k, -1] = np.maximum(passed - land[:, k].sum(axis=1), 0.0)
            before = now
        tables.append(table.reshape(nodes, -1))
    return tuple(tables)
