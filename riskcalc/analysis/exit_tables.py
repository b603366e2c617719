"""Transitions of a managed trade in one step: between its stages, to its stops and to its targets."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.exit_levels import ExitStages
from riskcalc.analysis.exit_timeline import Nodes, before_drop
from riskcalc.analysis.transitions import Step, Touches, landing, touches

FloatArray: TypeAlias = NDArray[np.float64]

LEAST_COUNT = 1e-300
"""A smaller number of survivors counts as none: a share of it would overflow."""


class Tables(NamedTuple):
    """Transitions of one step, by the stage at its start and the one at its end."""

    land: dict[tuple[int, int], FloatArray]
    stop: dict[tuple[int, int], FloatArray]
    """Chance to be stopped there, over the moments of the step."""
    reach: dict[tuple[int, int], FloatArray]
    """Chance to take the target of the second stage, over the moments of the step."""


def transition_tables(levels: ExitStages, nodes: Nodes, step: Step, *, dividend: float = 0.0) -> Tables:
    """Chances of one step from every node; with a dividend, of one that ends after its drop.

    A path that takes targets in a step and survives in the corridor of a later stage is counted by the
    difference of two corridors: the one up to that stage's target, and the one up to the target before.
    """
    stages, points = levels.stages, nodes.points
    ends, slope = before_drop(levels, points, dividend) if dividend else (points, np.ones_like(points))
    corridors = list(
        dict.fromkeys((low.stop, high.target) for n, low in enumerate(stages) for high in stages[n:])
    )
    bounds = np.array(corridors)
    touched = touches(points, bounds, step)
    landed = {}
    for place, corridor in enumerate(corridors):
        chance = landing(points, ends, nodes.weights * slope, corridor=bounds[place], step=step)
        total = chance.sum(axis=1)
        # The nodes count the survivors to a quadrature's error; their number is known exactly.
        counted = total > LEAST_COUNT
        chance *= np.where(counted, touched.neither[place] / np.where(counted, total, 1.0), 0.0)[:, None]
        landed[corridor] = chance
    return _by_stage(levels, corridors, touched, landed, ends)


def _by_stage(
    levels: ExitStages,
    corridors: list[tuple[float, float]],
    touched: Touches,
    landed: dict[tuple[float, float], FloatArray],
    ends: FloatArray,
) -> Tables:
    """Paths that pass targets within a step, as differences between corridors."""
    stages, tables = levels.stages, Tables({}, {}, {})
    for start, first in enumerate(stages):
        for end in range(start, len(stages)):
            now = (first.stop, stages[end].target)
            place = corridors.index(now)
            tables.reach[start, end] = touched.upper[place]
            land, stop = landed[now], touched.lower[place]
            if end > start:
                before = (first.stop, stages[end - 1].target)
                land = np.maximum(land - landed[before], 0.0) * (ends > stages[end].stop)
                stop = stop - touched.lower[corridors.index(before)]
            if stages[end].stop != first.stop:
                passed = tables.reach[start, end - 1] - tables.reach[start, end]
                stop = np.zeros_like(stop)
                stop[:, -1] = np.maximum(passed.sum(axis=1) - land.sum(axis=1), 0.0)
            tables.land[start, end], tables.stop[start, end] = land, stop
    return tables
