"""Transitions of a managed trade in one step: between its stages, to its stops and to its targets."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.exit_levels import ExitStages
from riskcalc.analysis.exit_timeline import Nodes, Stretch, Timeline, before_drop
from riskcalc.analysis.transitions import MOMENTS, Touches, landing, touches

FloatArray: TypeAlias = NDArray[np.float64]

StepTables: TypeAlias = tuple[FloatArray, ...]
"""By the stage at the start of a step one matrix, with a row for each node there. Its columns are, for each
stage at the end, the nodes to land at, the moments at which it is stopped, and those at which its target is
taken: one product takes all paths of a stage through the step."""

Corridor: TypeAlias = tuple[float, float]
"""Log distances of a stop and of a target."""


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
