"""Where a managed trade ends: paths followed from stage to stage until a stop, a target or the time stop."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.exit_levels import ExitStages
from riskcalc.analysis.exit_tables import Tables, transition_tables
from riskcalc.analysis.exit_timeline import Nodes, Timeline
from riskcalc.analysis.exit_values import Between, Drop, ExitValues, StepValues
from riskcalc.analysis.transitions import MOMENTS

FloatArray: TypeAlias = NDArray[np.float64]

NOISE = 1e-13
"""Chance below which the moments of an exit within a step are rounding."""


class Ending(IntEnum):
    """What closed the last part of a unit."""

    STOP = 0
    TARGET = 1
    TIME = 2


class Exit(NamedTuple):
    """Paths that end in one way, in one step or at one node."""

    ending: Ending
    moments: FloatArray
    """Chance, and chance times the mean of the P&L and of its square."""
    day: float
    point: float
    """Log distance of the spot then, in the trade's favour."""
    width: float = 0.0
    """How far the P&L moves within the step [dollars]."""


@dataclass
class Flow:
    """Everything that paths did."""

    exits: list[Exit] = field(default_factory=list)
    taken: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Chance that each stage's target was taken."""
    gap_loss: float = 0.0


def follow(
    levels: ExitStages, timeline: Timeline, nodes: Nodes, values: ExitValues, *, banked: float = 0.0
) -> Flow:
    """Follow all paths from the spot now to their exits.

    Parameters
    ----------
    levels : ExitStages
        The spot lies between stop and target of the first stage.
    timeline : Timeline
        Drift, vol and stretches between ex-dates.
    nodes : Nodes
        Of `lay_nodes`.
    values : ExitValues
        What a whole unit makes at each exit.
    banked : float
        P&L of what has been closed already [dollars].

    Returns
    -------
    Flow
        The chances of all exits sum to 1.

    Notes
    -----
    Within a stage the paths stand on the nodes by their chance and the first two moments of what has been
    banked. A path that takes targets in a step and survives in the corridor of the next stage is counted by
    the difference of the corridors up to that target and up to the one before: that is exact. Only a stop
    that moves to break-even is not watched in the very step in which it is moved.
    """
    held = np.zeros((len(levels.stages), 3, len(nodes.points)))
    held[0, :, 0] = 1.0, banked, banked**2
    walk = _Walk(levels, nodes, values, held, Flow(taken=np.zeros(len(levels.stages))))
    for place, stretch in enumerate(timeline.stretches):
        step = timeline.step(stretch, levels.side)
        tables = transition_tables(levels, nodes, step)
        for number in range(stretch.steps):
            if stretch.dividend and number == stretch.steps - 1:
                tables = transition_tables(levels, nodes, step, dividend=stretch.dividend)
            walk.advance(tables, values.steps[place][number])
        if stretch.dividend:
            walk.drop(values.drops[place])
    walk.close()
    return walk.flow


@dataclass
class _Walk:
    """Paths on their way."""

    levels: ExitStages
    nodes: Nodes
    values: ExitValues
    held: FloatArray
    """Chance and moments of what is banked: by stage, moment and node."""
    flow: Flow

    def advance(self, tables: Tables, values: StepValues) -> None:
        """Let one step pass."""
        stages, after = self.levels.stages, np.zeros_like(self.held)
        for start, held in enumerate(self.held):
            if not held[0].any():
                continue
            banked, reached = 0.0, np.zeros((3, len(MOMENTS)))
            for end in range(start, len(stages)):
                after[end] += _shifted(held @ tables.land[start, end], banked)
                self._stop(held @ tables.stop[start, end], end, banked, values)
                if stages[end].target == math.inf:
                    break
                reached = held @ tables.reach[start, end]
                self.flow.taken[end] += reached[0].sum()
                banked += stages[end].closes * _mean(reached[0], values.target[end])
            else:
                day = _mean(reached[0], values.days)
                whole, width = (
                    _shifted(reached.sum(axis=1), banked),
                    stages[-1].closes * _width(values.target[-1]),
                )
                self.flow.exits.append(Exit(Ending.TARGET, whole, day, stages[-1].target, width))
        self.held = after

    def _stop(self, stopped: FloatArray, stage: int, banked: float, values: StepValues) -> None:
        """Close what is left at the stop, a part of it at the gap price."""
        moments, day = stopped.sum(axis=1), _mean(stopped[0], values.days)
        filled, part = _mean(stopped[0], values.stop[stage]), values.gap_share
        share, level = self.levels.stages[stage].open_share, self.levels.stages[stage].stop
        whole, width = _shifted(moments, banked + share * filled), share * _width(values.stop[stage])
        self.flow.exits.append(Exit(Ending.STOP, (1 - part) * whole, day, level, width))
        if part:
            jumped = _mean(stopped[0], values.gap[stage])
            whole, width = _shifted(moments, banked + share * jumped), share * _width(values.gap[stage])
            self.flow.exits.append(Exit(Ending.STOP, part * whole, day, level, width))
            self.flow.gap_loss += part * share * float(moments[0]) * (filled - jumped)

    def drop(self, drop: Drop) -> None:
        """Pay a dividend, and fill at the open what the drop takes past a level."""
        stages, points = self.levels.stages, self.nodes.points
        for start, stage in enumerate(stages):
            self.held[start] = _shifted(self.held[start], stage.open_share * drop.cash)
            stopped = self._taken_off(start, points <= stage.stop, stage.open_share, drop.stops[start])
            self.flow.exits.append(Exit(Ending.STOP, stopped.sum(axis=1), drop.day, stage.stop))
            if stage.target == math.inf:
                break
            past = points >= stage.target
            reached = self._taken_off(start, past, stage.closes, drop.targets[start])
            self.flow.taken[start] += reached[0].sum()
            if start + 1 < len(stages):
                self.held[start + 1][:, past] += reached
            else:
                self.flow.exits.append(Exit(Ending.TARGET, reached.sum(axis=1), drop.day, stage.target))

    def _taken_off(self, stage: int, past: NDArray[np.bool_], share: float, pnls: Between) -> FloatArray:
        """Take the paths at some nodes out of a stage, a share of them closed."""
        moved = _shifted(self.held[stage][:, past], share * pnls.at(self.nodes.points[past]))
        self.held[stage][:, past] = 0.0
        return moved

    def close(self) -> None:
        """Close what is left at the time stop, node by node."""
        for stage, moments in zip(self.levels.stages, self.held, strict=True):
            whole = _shifted(moments, stage.open_share * self.values.last)
            for place in np.flatnonzero(moments[0]):
                point = float(self.nodes.points[place])
                self.flow.exits.append(Exit(Ending.TIME, whole[:, place], self.values.last_day, point))


def _shifted(moments: FloatArray, gain: FloatArray | float) -> FloatArray:
    """Moments after a gain."""
    found = moments.copy()
    found[2] += gain * (2 * moments[1] + gain * moments[0])
    found[1] += gain * moments[0]
    return found


def _mean(weights: FloatArray, values: FloatArray) -> float:
    """Mean over the moments of a step."""
    total = float(weights.sum())
    if total < NOISE:
        return float(values[len(MOMENTS) // 2])
    return float(weights @ values) / total


def _width(values: FloatArray) -> float:
    """How far a value moves within a step."""
    return abs(float(values[-1] - values[0]))
