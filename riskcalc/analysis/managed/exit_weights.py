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

from riskcalc.analysis.managed.exit_values import (
    Points,
    between_spots,
    gap_distance,
    landed,
    lay_clock,
    smooth_spots,
    step_days,
)
from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.path_walk import Walked, walk
from riskcalc.analysis.managed.timeline import Nodes, Timeline, lay_nodes
from riskcalc.domain import ExitPlan

FloatArray: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ExitWeights:
    """Chances of a managed trade, spread over the points it is valued at; shapes (stages, p)."""

    points: Points
    """Arrays of one shape (p,)."""
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
    found = walk(levels, timeline, nodes)
    left = math.sqrt(max(days_to_expiry - timeline.days, 0.0) / 365)
    blocks = [
        _level_block(levels, timeline, exits, found, days_to_expiry),
        *_drop_blocks(levels, timeline, nodes, exits, found),
        _last_block(timeline, nodes, found.held[:, 0], smooth_spots(nodes, least=least_vol * left)),
    ]
    points = Points(
        *(np.concatenate(parts) for parts in zip(*(block.points for block in blocks), strict=True))
    )
    stop, target, time = (
        np.concatenate([getattr(block, name) for block in blocks], axis=1)
        for name in ("stop", "target", "time")
    )
    return ExitWeights(points=points, stop=stop, target=target, time=time)


def _level_block(
    levels: ExitStages, timeline: Timeline, exits: ExitPlan, walked: Walked, days_to_expiry: float
) -> ExitWeights:
    """Stops, gaps and targets through time: three levels a stage, at the dates of every stretch."""
    stages = levels.stages
    clocks = [lay_clock(days_to_expiry, stretch) for stretch in timeline.stretches]
    stop, target = (
        np.concatenate(
            [
                _by_stage(getattr(passed, name)) @ clock.matrix(step_days(stretch).ravel())
                for passed, clock, stretch in zip(walked.stretches, clocks, timeline.stretches, strict=True)
            ],
            axis=1,
        )
        for name in ("stop", "reach")
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


def _by_stage(passed: FloatArray) -> FloatArray:
    """Chances to leave from each stage, over the moments of all steps, wherever the step started."""
    chances: FloatArray = np.moveaxis(passed[:, :, 0].sum(axis=1), 1, 0).reshape(passed.shape[3], -1)
    return chances


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


def _drop_blocks(
    levels: ExitStages, timeline: Timeline, nodes: Nodes, exits: ExitPlan, walked: Walked
) -> Iterable[ExitWeights]:
    """Fills at the open of an ex-date: each level and where the dividend drops it to, a line between."""
    for place, dropped in walked.drops.items():
        stretch = timeline.stretches[place]
        for number, stage in enumerate(levels.stages):
            for name, past, end, shift in (
                ("stop", dropped.stop, stage.stop, exits.vol_shift),
                ("target", dropped.reach, stage.target, 0.0),
            ):
                chances = past[number, 0]
                if not chances.any():
                    continue
                fallen = landed(levels, end, stretch.dividend)
                part = np.clip((nodes.points - end) / (fallen - end), 0.0, 1.0)
                weights = np.zeros((len(levels.stages), 2))
                weights[number] = chances @ (1 - part), chances @ part
                points = Points(np.array([end, fallen]), np.full(2, stretch.last_day), np.full(2, shift))
                none = np.zeros_like(weights)
                yield ExitWeights(
                    points=points,
                    stop=weights if name == "stop" else none,
                    target=weights if name == "target" else none,
                    time=none,
                )


def _last_block(timeline: Timeline, nodes: Nodes, held: FloatArray, spots: FloatArray | None) -> ExitWeights:
    """The time stop: at the nodes, or at fewer spots where values are smooth."""
    time = held if spots is None else held @ between_spots(nodes, spots)
    ends = nodes.points if spots is None else spots
    none = np.zeros_like(time)
    points = Points(ends, np.full(len(ends), timeline.days), np.zeros(len(ends)))
    return ExitWeights(points=points, stop=none, target=none, time=time)
