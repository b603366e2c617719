"""What the exits of a trade weigh: its expected P&L as a sum over valuations, whatever it holds.

The chances of a managed trade depend on its exits and on the spot, never on its legs, and its P&L is linear
in them. So the weights are found once for all trades of one expiry, side and exit plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.exit_levels import ExitStages
from riskcalc.analysis.exit_tables import Tables, transition_tables
from riskcalc.analysis.exit_timeline import Nodes, Timeline, lay_nodes
from riskcalc.analysis.exit_values import (
    between_spots,
    gap_distance,
    landed,
    lay_clock,
    smooth_spots,
    step_days,
)
from riskcalc.analysis.transitions import MOMENTS
from riskcalc.domain import ExitPlan

FloatArray: TypeAlias = NDArray[np.float64]


class Points(NamedTuple):
    """Where and when a trade is valued; arrays of one shape (p,)."""

    distance: FloatArray
    """Log distance of the spot, in the trade's favour."""
    day: FloatArray
    vol_shift: FloatArray


@dataclass(frozen=True, kw_only=True)
class ExitWeights:
    """Chances of a managed trade, spread over the points it is valued at; shapes (stages, p)."""

    points: Points
    stop: FloatArray
    """Weight of a whole unit left at the stop of each stage."""
    target: FloatArray
    """Weight of a whole unit closed at the target of each stage."""
    time: FloatArray
    """Weight of a whole unit left at the time stop in each stage."""

    def of(self, fractions: Sequence[float]) -> FloatArray:
        """Weights of a unit closed in parts, shape (p,); what no target closes is held on.

        Parameters
        ----------
        fractions : sequence of float
            Part closed at each target, summing to at most 1.
        """
        closed = np.zeros(len(self.stop))
        closed[: len(fractions)] = fractions
        still_open = 1 - np.concatenate([[0.0], np.cumsum(closed)[:-1]])
        weights: FloatArray = still_open @ (self.stop + self.time) + closed @ self.target
        return weights


def exit_weights(
    levels: ExitStages,
    timeline: Timeline,
    exits: ExitPlan,
    *,
    days_to_expiry: float,
    least_vol: float,
    strikes: Iterable[float] = (),
) -> ExitWeights:
    """Weigh the exits of options of one expiry.

    Parameters
    ----------
    levels : ExitStages
        Of `exit_stages`; the spot lies between stop and target of the first stage.
    timeline : Timeline
        Of `lay_timeline`.
    exits : ExitPlan
        Vol shift at the stop, and the share of stops that are jumped.
    days_to_expiry : float
        Of the options.
    least_vol : float
        The lowest vol among them, which says how finely the last day is valued.
    strikes : iterable of float
        Where values have a kink on the last day: the strikes, if the options expire then.

    Returns
    -------
    ExitWeights
        Times the discounted values at its points they sum to what exits bring: `managed_outcome` has the
        same, found by following the P&L itself.
    """
    nodes = lay_nodes(levels, timeline, strikes)
    walk = _walk(levels, timeline, nodes)
    left = math.sqrt(max(days_to_expiry - timeline.days, 0.0) / 365)
    blocks = [
        _level_block(levels, timeline, exits, walk, days_to_expiry),
        *_drop_blocks(levels, exits, walk),
        _last_block(timeline, nodes, walk, smooth_spots(nodes, least=least_vol * left)),
    ]
    points = Points(
        *(np.concatenate(parts) for parts in zip(*(block.points for block in blocks), strict=True))
    )
    stop, target, time = (
        np.concatenate([getattr(block, name) for block in blocks], axis=1)
        for name in ("stop", "target", "time")
    )
    return ExitWeights(points=points, stop=stop, target=target, time=time)


class _Drop(NamedTuple):
    """Chances that an ex-date takes past a level, by stage and node."""

    day: float
    dividend: float
    stop: FloatArray
    target: FloatArray


@dataclass
class _Walk:
    """Where paths went."""

    points: FloatArray
    held: FloatArray
    """Chance by stage and node."""
    stop: list[FloatArray]
    """By stretch: shape (stages, steps, moments)."""
    target: list[FloatArray]
    drops: list[_Drop]

    def advance(self, levels: ExitStages, tables: Tables, step: int) -> None:
        """Let one step pass, as `exit_flow` does."""
        after = np.zeros_like(self.held)
        for start, held in enumerate(self.held):
            for end in range(start, len(levels.stages)):
                after[end] += held @ tables.land[start, end]
                self.stop[-1][end, step] += held @ tables.stop[start, end]
                if levels.stages[end].target == math.inf:
                    break
                self.target[-1][end, step] += held @ tables.reach[start, end]
        self.held = after

    def drop(self, levels: ExitStages, day: float, dividend: float) -> None:
        """Take off what an ex-date takes past a level."""
        stopped, reached = np.zeros_like(self.held), np.zeros_like(self.held)
        for number, stage in enumerate(levels.stages):
            below, above = self.points <= stage.stop, self.points >= stage.target
            stopped[number, below] = self.held[number, below]
            reached[number, above] = self.held[number, above]
            self.held[number, below | above] = 0.0
            if number + 1 < len(levels.stages):
                self.held[number + 1] += reached[number]
        self.drops.append(_Drop(day, dividend, stopped, reached))


def _walk(levels: ExitStages, timeline: Timeline, nodes: Nodes) -> _Walk:
    held = np.zeros((len(levels.stages), len(nodes.points)))
    held[0, 0] = 1.0
    walk = _Walk(nodes.points, held, [], [], [])
    for stretch in timeline.stretches:
        step = timeline.step(stretch, levels.side)
        shape = (len(levels.stages), stretch.steps, len(MOMENTS))
        walk.stop.append(np.zeros(shape))
        walk.target.append(np.zeros(shape))
        tables = transition_tables(levels, nodes, step)
        for number in range(stretch.steps):
            if stretch.dividend and number == stretch.steps - 1:
                tables = transition_tables(levels, nodes, step, dividend=stretch.dividend)
            walk.advance(levels, tables, number)
        if stretch.dividend:
            walk.drop(levels, stretch.last_day, stretch.dividend)
    return walk


def _level_block(
    levels: ExitStages, timeline: Timeline, exits: ExitPlan, walk: _Walk, days_to_expiry: float
) -> ExitWeights:
    """Stops, gaps and targets through time: three levels a stage, at the dates of every stretch."""
    stages = levels.stages
    clocks = [lay_clock(days_to_expiry, stretch) for stretch in timeline.stretches]
    stop, target = (
        np.concatenate(
            [
                found.reshape(len(stages), -1) @ clock.matrix(step_days(stretch).ravel())
                for found, clock, stretch in zip(chances, clocks, timeline.stretches, strict=True)
            ],
            axis=1,
        )
        for chances in (walk.stop, walk.target)
    )
    days = np.concatenate([clock.dates for clock in clocks])
    watched = _watched(levels, exits, stop, target)
    # Stages mostly share a stop; equal levels are valued once.
    rows = list(dict.fromkeys((level, shift) for level, shift, *_ in watched))
    found = {name: np.zeros((len(stages), len(rows), len(days))) for name in ("stop", "target")}
    for level, shift, weights, number, name in watched:
        found[name][number, rows.index((level, shift))] += weights
    distances, shifts = (np.repeat(part, len(days)) for part in np.array(rows).T)
    flat = {name: weights.reshape(len(stages), -1) for name, weights in found.items()}
    points = Points(distances, np.tile(days, len(rows)), shifts)
    return ExitWeights(points=points, **flat, time=np.zeros_like(flat["stop"]))


class _Watched(NamedTuple):
    """A level of a stage, and the chances of an exit there by date."""

    level: float
    vol_shift: float
    chances: FloatArray
    stage: int
    ending: str
    """``stop`` or ``target``."""


def _watched(levels: ExitStages, exits: ExitPlan, stop: FloatArray, target: FloatArray) -> list[_Watched]:
    """Stops, the prices at which jumped stops are filled, and targets."""
    stages, jumped = list(enumerate(levels.stages)), exits.gap_share
    found = [_Watched(one.stop, exits.vol_shift, (1 - jumped) * stop[n], n, "stop") for n, one in stages]
    if jumped:
        found += [
            _Watched(gap_distance(levels, one.gap_move), exits.vol_shift, jumped * stop[n], n, "stop")
            for n, one in stages
        ]
    found += [_Watched(one.target, 0.0, target[n], n, "target") for n, one in stages if one.target < math.inf]
    return found


def _drop_blocks(levels: ExitStages, exits: ExitPlan, walk: _Walk) -> Iterable[ExitWeights]:
    """Fills at the open of an ex-date: each level and where the dividend drops it to, a line between."""
    for drop in walk.drops:
        for number, stage in enumerate(levels.stages):
            for name, end, shift in (("stop", stage.stop, exits.vol_shift), ("target", stage.target, 0.0)):
                chances: FloatArray = getattr(drop, name)[number]
                if not chances.any():
                    continue
                fallen = landed(levels, end, drop.dividend)
                part = np.clip((walk.points - end) / (fallen - end), 0.0, 1.0)
                weights = np.zeros((len(levels.stages), 2))
                weights[number] = chances @ (1 - part), chances @ part
                points = Points(np.array([end, fallen]), np.full(2, drop.day), np.full(2, shift))
                none = np.zeros_like(weights)
                yield ExitWeights(
                    points=points,
                    stop=weights if name == "stop" else none,
                    target=weights if name == "target" else none,
                    time=none,
                )


def _last_block(timeline: Timeline, nodes: Nodes, walk: _Walk, spots: FloatArray | None) -> ExitWeights:
    """The time stop: at the nodes, or at fewer spots where values are smooth."""
    time = walk.held if spots is None else walk.held @ between_spots(nodes, spots)
    ends = nodes.points if spots is None else spots
    none = np.zeros_like(time)
    points = Points(ends, np.full(len(ends), timeline.days), np.zeros(len(ends)))
    return ExitWeights(points=points, stop=none, target=none, time=time)
