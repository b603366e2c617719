"""P&L of a managed trade at every exit: stop, target or time stop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.analysis.managed.exit_values import DividendDrop, ExitValues, PeriodValues
from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.path_walk import (
    DropExits,
    StepExits,
    mean_over_step,
    shift_moments,
    walk_paths,
)
from riskcalc.analysis.managed.timeline import Nodes, Timeline

FloatArray: TypeAlias = NDArray[np.float64]


class ExitReason(IntEnum):
    """Exit that closed the last part of a unit."""

    STOP = 0
    TARGET = 1
    TIME = 2


class ExitRecords(NamedTuple):
    """Exits for one reason, in one step or at one node: one element each."""

    reason: NDArray[np.intp]
    moments: FloatArray
    """Chance, and chance times the mean of the P&L and of its square: shape (3, exits)."""
    day: FloatArray
    point: FloatArray
    """Log distance of the spot then, in the trade's favor."""
    width: FloatArray
    """How far the P&L moves within the step [dollars]."""

    @classmethod
    def for_reason(
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
        """Concatenate exits, leaving out those without a chance."""
        moments = np.concatenate([part.moments for part in parts], axis=1)
        (some,) = np.nonzero(moments[0])
        reason = np.concatenate([part.reason for part in parts])
        rest = (
            np.concatenate([getattr(part, name) for part in parts])[some]
            for name in ("day", "point", "width")
        )
        return cls(reason[some], moments[:, some], *rest)


class PnlFlow(NamedTuple):
    """All exits of a managed trade, and what follows from them."""

    exits: ExitRecords
    prob_targets: FloatArray
    """Chance that each stage's target was taken."""
    gap_loss: float


def immediate_exit(reason: ExitReason, pnl: float) -> ExitRecords:
    """Return the one exit of a trade that is closed immediately."""
    return ExitRecords.for_reason(reason, np.array([[1.0], [pnl], [pnl**2]]), day=0.0, point=0.0)


def compute_pnl_flow(
    levels: ExitStages, timeline: Timeline, nodes: Nodes, values: ExitValues, *, realized_pnl: float = 0.0
) -> PnlFlow:
    """Return the P&L at every exit; see `walk_paths`.

    Parameters
    ----------
    levels : ExitStages
        The spot lies between stop and target of the first stage.
    timeline : Timeline
        Drift, vol and periods between ex-dates.
    nodes : Nodes
        Of `build_nodes`.
    values : ExitValues
        What a whole unit makes at each exit.
    realized_pnl : float
        P&L of the part already closed [dollars].

    Returns
    -------
    Flow
        The chances of all exits sum to 1.
    """
    found = walk_paths(levels, timeline, nodes, values=values, realized_pnl=realized_pnl)
    exits, taken, gap_loss = [], np.zeros(len(levels.stages)), 0.0
    for place, (passed, worth) in enumerate(zip(found.periods, values.periods, strict=True)):
        stopped, lost = _stops(levels, passed, worth, values.gap_share)
        exits += [*stopped, _targets(levels, passed, worth)]
        taken += passed.target[:, :, 0].sum(axis=(0, 1, 3))
        gap_loss += lost
        if place in found.drops:
            exits += _opens(levels, nodes, found.drops[place], values.drops[place])
            taken += found.drops[place].target[:, 0].sum(axis=1)
    for stage, moments in zip(levels.stages, found.held, strict=True):
        whole = shift_moments(moments, stage.open_share * values.last)
        exits.append(ExitRecords.for_reason(ExitReason.TIME, whole, day=values.last_day, point=nodes.points))
    return PnlFlow(ExitRecords.concatenate(exits), taken, gap_loss)


def _stops(
    levels: ExitStages, passed: StepExits, worth: PeriodValues, gap_share: float
) -> tuple[list[ExitRecords], float]:
    """Close what is left at the stops, a share of it at the gap fill; also return the expected gap loss."""
    share, level = (
        np.array([getattr(one, name) for one in levels.stages]) for name in ("open_share", "stop")
    )
    chances = passed.stop[:, :, 0]
    moments = np.moveaxis(passed.stop.sum(axis=-1), 2, 0)
    day = mean_over_step(chances, worth.days[:, None, None])

    def filled(part: float, values: FloatArray) -> tuple[ExitRecords, FloatArray]:
        values = np.moveaxis(values, 0, 1)[:, None]
        pnl, width = mean_over_step(chances, values), share * _width(values)
        whole = part * shift_moments(moments, passed.realized_pnl + share * pnl)
        return ExitRecords.for_reason(ExitReason.STOP, whole, day=day, point=level, width=width), pnl

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
    return ExitRecords.for_reason(
        ExitReason.TARGET, whole, day=day, point=last.target, width=last.closed_share * _width(worths)
    )


def _opens(levels: ExitStages, nodes: Nodes, dropped: DropExits, drop: DividendDrop) -> Iterator[ExitRecords]:
    """Fill at the open of an ex-date what its drop takes past a stop, or past the last target."""
    for number, stage in enumerate(levels.stages):
        gain = stage.open_share * drop.stops[number].at(nodes.points)
        whole = shift_moments(dropped.stop[number], gain).sum(axis=1, keepdims=True)
        yield ExitRecords.for_reason(ExitReason.STOP, whole, day=drop.day, point=stage.stop)
    last = levels.stages[-1]
    if math.isfinite(last.target):
        gain = last.closed_share * drop.targets[-1].at(nodes.points)
        whole = shift_moments(dropped.target[-1], gain).sum(axis=1, keepdims=True)
        yield ExitRecords.for_reason(ExitReason.TARGET, whole, day=drop.day, point=last.target)


def _width(values: FloatArray) -> FloatArray:
    """How far values move within each step."""
    moved: FloatArray = np.abs(values[..., -1] - values[..., 0])
    return moved
