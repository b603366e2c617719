"""Every exit of a managed trade: its P&L, and expected P&L as a weighted sum over valuations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.analysis.managed.exit_values import (
    DividendDrop,
    ExitValues,
    PeriodValues,
    ValuationPoints,
    build_date_grid,
    chebyshev_spots,
    gap_distance,
    interpolation_matrix,
    level_after_dividend,
    moment_days,
)
from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.path_walk import (
    DropExits,
    PathChances,
    StepExits,
    mean_over_step,
    shift_moments,
    walk_paths,
)
from riskcalc.analysis.managed.timeline import Nodes, Timeline, build_nodes
from riskcalc.domain import ExitPlan
from riskcalc.records import dataclass

FloatArray: TypeAlias = NDArray[np.float64]


class ExitReason(IntEnum):
    """Reason for the exit of the last part of a unit."""

    STOP = 0
    TARGET = 1
    TIME = 2


class ExitRecords(NamedTuple):
    """Exits for one reason, in one step or at one node: one element each."""

    reason: NDArray[np.intp]
    moments: FloatArray
    """Probability, and probability times the mean of the P&L and of its square: shape (3, exits)."""
    day: FloatArray
    point: FloatArray
    """Log distance of the spot then, in the trade's favor."""
    width: FloatArray
    """How far the P&L moves within the step [dollars]."""

    @classmethod
    def of_reason(
        cls,
        reason: ExitReason,
        moments: FloatArray,
        *,
        day: ArrayLike,
        point: ArrayLike,
        width: ArrayLike = 0.0,
    ) -> ExitRecords:
        """Return exits for one reason; day, point and width broadcast against a moment."""
        rest = (np.broadcast_to(part, moments.shape[1:]).ravel() for part in (day, point, width))
        return cls(np.full(moments[0].size, reason), moments.reshape(3, -1), *rest)

    @classmethod
    def concatenate(cls, parts: list[ExitRecords]) -> ExitRecords:
        """Concatenate exits, leaving out those without a probability."""
        moments = np.concatenate([part.moments for part in parts], axis=1)
        (some,) = np.nonzero(moments[0])
        reason = np.concatenate([part.reason for part in parts])
        rest = (
            np.concatenate([getattr(part, name) for part in parts])[some]
            for name in ("day", "point", "width")
        )
        return cls(reason[some], moments[:, some], *rest)


class PnlFlow(NamedTuple):
    """All exits of a managed trade, with their probabilities and P&L."""

    exits: ExitRecords
    prob_targets: FloatArray
    """Probability that each stage's target was taken."""
    gap_loss: float


def immediate_exit(reason: ExitReason, pnl: float) -> ExitRecords:
    """Return the one exit of a trade that is closed immediately."""
    return ExitRecords.of_reason(reason, np.array([[1.0], [pnl], [pnl**2]]), day=0.0, point=0.0)


def compute_pnl_flow(
    levels: ExitStages, timeline: Timeline, nodes: Nodes, values: ExitValues, *, realized_pnl: float = 0.0
) -> PnlFlow:
    """Return the P&L at every exit; see `walk_paths`.

    Parameters
    ----------
    levels, timeline, nodes, values, realized_pnl : ExitStages, Timeline, Nodes, ExitValues, float
        As in `walk_paths`.

    Returns
    -------
    PnlFlow
        The probabilities of all exits sum to 1.
    """
    walk = walk_paths(levels, timeline, nodes, values=values, realized_pnl=realized_pnl)
    exits, closed, gap_loss = [], np.zeros(len(levels.stages)), 0.0
    for place, (passed, worth) in enumerate(zip(walk.periods, values.periods, strict=True)):
        stopped, lost = _stops(levels, passed, worth, values.gap_share)
        exits += [*stopped, _targets(levels, passed, worth)]
        closed += passed.target[:, :, 0].sum(axis=(0, 1, 3))
        gap_loss += lost
        if place in walk.drops:
            exits += _open_fills(levels, nodes, walk.drops[place], values.drops[place])
            closed += walk.drops[place].target[:, 0].sum(axis=1)
    for stage, moments in zip(levels.stages, walk.held, strict=True):
        whole = shift_moments(moments, stage.open_share * values.last)
        exits.append(ExitRecords.of_reason(ExitReason.TIME, whole, day=values.last_day, point=nodes.points))
    return PnlFlow(ExitRecords.concatenate(exits), closed, gap_loss)


def _stops(
    levels: ExitStages, passed: StepExits, worth: PeriodValues, gap_share: float
) -> tuple[list[ExitRecords], float]:
    """Close what is left at the stops, a share of it at the gap fill; also return the expected gap loss."""
    share, level = (
        np.array([getattr(stage, name) for stage in levels.stages]) for name in ("open_share", "stop")
    )
    chances = passed.stop[:, :, 0]
    moments = np.moveaxis(passed.stop.sum(axis=-1), 2, 0)
    day = mean_over_step(chances, worth.days[:, None, None])

    def filled(part: float, values: FloatArray) -> tuple[ExitRecords, FloatArray]:
        values = np.moveaxis(values, 0, 1)[:, None]
        pnl, width = mean_over_step(chances, values), share * _width(values)
        whole = part * shift_moments(moments, passed.realized_pnl + share * pnl)
        return ExitRecords.of_reason(ExitReason.STOP, whole, day=day, point=level, width=width), pnl

    exits, at_stop = filled(1 - gap_share, worth.stop)
    if not gap_share:
        return [exits], 0.0
    jumped, at_gap = filled(gap_share, worth.gap)
    return [exits, jumped], gap_share * float((share * moments[0] * (at_stop - at_gap)).sum())


def _targets(levels: ExitStages, passed: StepExits, worth: PeriodValues) -> ExitRecords:
    """Close the last part at the last target, where there is one."""
    last, reached = levels.stages[-1], passed.target[:, :, :, -1]
    chances, worths = reached[:, :, 0], worth.target[-1][:, None]
    gain = passed.realized_pnl[:, :, -1] + last.closed_share * mean_over_step(chances, worths)
    whole = shift_moments(np.moveaxis(reached.sum(axis=-1), 2, 0), gain)
    day = mean_over_step(chances, worth.days[:, None])
    return ExitRecords.of_reason(
        ExitReason.TARGET, whole, day=day, point=last.target, width=last.closed_share * _width(worths)
    )


def _open_fills(
    levels: ExitStages, nodes: Nodes, dropped: DropExits, drop: DividendDrop
) -> Iterator[ExitRecords]:
    """Fills at the open of an ex-date for paths that its drop takes past a stop or the last target."""
    for number, stage in enumerate(levels.stages):
        gain = stage.open_share * drop.stops[number].at(nodes.points)
        whole = shift_moments(dropped.stop[number], gain).sum(axis=1, keepdims=True)
        yield ExitRecords.of_reason(ExitReason.STOP, whole, day=drop.day, point=stage.stop)
    last = levels.stages[-1]
    if math.isfinite(last.target):
        gain = last.closed_share * drop.targets[-1].at(nodes.points)
        whole = shift_moments(dropped.target[-1], gain).sum(axis=1, keepdims=True)
        yield ExitRecords.of_reason(ExitReason.TARGET, whole, day=drop.day, point=last.target)


def _width(values: FloatArray) -> FloatArray:
    """Range of the values within each step."""
    moved: FloatArray = np.abs(values[..., -1] - values[..., 0])
    return moved


@dataclass(frozen=True, kw_only=True)
class ExitWeights:
    """Probabilities of a managed trade, spread over the points it is valued at; shapes (stages, p)."""

    points: ValuationPoints
    """Arrays of one shape (p,)."""
    stop: FloatArray
    """Weight of a whole unit closed at the stop of each stage."""
    target: FloatArray
    """Weight of a whole unit closed at the target of each stage."""
    time: FloatArray
    """Weight of a whole unit closed at the time stop in each stage."""

    def of(self, fractions: Sequence[float]) -> FloatArray:
        """Weights of a unit closed in parts, shape (p,); the rest stays open.

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
    """Return the exit weights of options of one expiry.

    Parameters
    ----------
    levels : ExitStages
        Of `exit_stages`; the spot lies between stop and target of the first stage.
    timeline : Timeline
        Of `build_timeline`.
    exits : ExitPlan
        Vol shift at the stop, and the share of stops that are gapped over.
    days_to_expiry : float
        Of the options.
    least_vol : float
        The lowest vol among them, which says how finely the last day is valued.
    strikes : iterable of float
        Where values have a kink on the last day: the strikes, if the options expire then.

    Returns
    -------
    ExitWeights
        The sum of weights times discounted values at the points is the expected exit value, as in
        `managed_outcome`.
    """
    nodes = build_nodes(levels, timeline, strikes)
    walk = walk_paths(levels, timeline, nodes)
    left = math.sqrt(max(days_to_expiry - timeline.days, 0.0) / 365)
    blocks = [
        _level_block(levels, timeline, exits, walk, days_to_expiry),
        *_drop_blocks(levels, timeline, nodes, exits, walk),
        _last_block(timeline, nodes, walk.held[:, 0], chebyshev_spots(nodes, least=least_vol * left)),
    ]
    points = ValuationPoints(
        *(np.concatenate(parts) for parts in zip(*(block.points for block in blocks), strict=True))
    )
    stop, target, time = (
        np.concatenate([getattr(block, name) for block in blocks], axis=1)
        for name in ("stop", "target", "time")
    )
    return ExitWeights(points=points, stop=stop, target=target, time=time)


def _level_block(
    levels: ExitStages, timeline: Timeline, exits: ExitPlan, path_chances: PathChances, days_to_expiry: float
) -> ExitWeights:
    """Stops, gaps and targets through time: three levels a stage, at the dates of every period."""
    stages = levels.stages
    date_grids = [build_date_grid(days_to_expiry, period) for period in timeline.periods]
    stop, target = (
        np.concatenate(
            [
                _by_stage(getattr(passed, name)) @ date_grid.matrix(moment_days(period).ravel())
                for passed, date_grid, period in zip(
                    path_chances.periods, date_grids, timeline.periods, strict=True
                )
            ],
            axis=1,
        )
        for name in ("stop", "target")
    )
    days = np.concatenate([date_grid.dates for date_grid in date_grids])
    level_chances = _level_chances(levels, exits, stop, target)
    # Stages mostly share a stop; equal levels are valued once.
    rows = list(dict.fromkeys((level, shift) for level, shift, *_ in level_chances))
    block = {name: np.zeros((len(stages), len(rows), len(days))) for name in ("stop", "target")}
    for level, shift, weights, number, name in level_chances:
        block[name][number, rows.index((level, shift))] += weights
    distances, shifts = (np.repeat(part, len(days)) for part in np.array(rows).T)
    flat = {name: weights.reshape(len(stages), -1) for name, weights in block.items()}
    points = ValuationPoints(distances, np.tile(days, len(rows)), shifts)
    return ExitWeights(points=points, **flat, time=np.zeros_like(flat["stop"]))


def _by_stage(passed: FloatArray) -> FloatArray:
    """Exit probabilities by stage and moment, summed over the starts of the steps."""
    chances: FloatArray = np.moveaxis(passed[:, :, 0].sum(axis=1), 1, 0).reshape(passed.shape[3], -1)
    return chances


class _LevelChances(NamedTuple):
    """A level of a stage, and the probabilities of an exit there by date."""

    level: float
    vol_shift: float
    chances: FloatArray
    stage: int
    reason: str
    """``stop`` or ``target``."""


def _level_chances(
    levels: ExitStages, exits: ExitPlan, stop: FloatArray, target: FloatArray
) -> list[_LevelChances]:
    """Stops, the prices at which stops gapped over are filled, and targets."""
    stages, jumped = list(enumerate(levels.stages)), exits.gap_share
    chances = [
        _LevelChances(stage.stop, exits.vol_shift, (1 - jumped) * stop[n], n, "stop") for n, stage in stages
    ]
    if jumped:
        chances += [
            _LevelChances(gap_distance(levels, stage.gap_move), exits.vol_shift, jumped * stop[n], n, "stop")
            for n, stage in stages
        ]
    chances += [
        _LevelChances(stage.target, 0.0, target[n], n, "target")
        for n, stage in stages
        if stage.target < math.inf
    ]
    return chances


def _drop_blocks(
    levels: ExitStages, timeline: Timeline, nodes: Nodes, exits: ExitPlan, path_chances: PathChances
) -> Iterable[ExitWeights]:
    """Fills at the open of an ex-date: each level and the level after the drop, with a line in between."""
    for place, dropped in path_chances.drops.items():
        period = timeline.periods[place]
        for number, stage in enumerate(levels.stages):
            for name, past, end, shift in (
                ("stop", dropped.stop, stage.stop, exits.vol_shift),
                ("target", dropped.target, stage.target, 0.0),
            ):
                chances = past[number, 0]
                if not chances.any():
                    continue
                fallen = level_after_dividend(levels, end, period.dividend)
                part = np.clip((nodes.points - end) / (fallen - end), 0.0, 1.0)
                weights = np.zeros((len(levels.stages), 2))
                weights[number] = chances @ (1 - part), chances @ part
                points = ValuationPoints(
                    np.array([end, fallen]), np.full(2, period.last_day), np.full(2, shift)
                )
                none = np.zeros_like(weights)
                yield ExitWeights(
                    points=points,
                    stop=weights if name == "stop" else none,
                    target=weights if name == "target" else none,
                    time=none,
                )


def _last_block(timeline: Timeline, nodes: Nodes, held: FloatArray, spots: FloatArray | None) -> ExitWeights:
    """The time stop: at the nodes, or at fewer spots where values are smooth."""
    time = held if spots is None else held @ interpolation_matrix(nodes, spots)
    ends = nodes.points if spots is None else spots
    none = np.zeros_like(time)
    points = ValuationPoints(ends, np.full(len(ends), timeline.days), np.zeros(len(ends)))
    return ExitWeights(points=points, stop=none, target=none, time=time)
