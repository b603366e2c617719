"""Where a managed trade ends: what paths have made at the stop, the target or the time stop they come to."""

from __future__ import annotations

import math
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.analysis.managed.exit_values import Drop, ExitValues, StretchValues
from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.path_walk import Dropped, Passed, means, shifted, walk
from riskcalc.analysis.managed.timeline import Nodes, Timeline

FloatArray: TypeAlias = NDArray[np.float64]


class Ending(IntEnum):
    """What closed the last part of a unit."""

    STOP = 0
    TARGET = 1
    TIME = 2


class Exits(NamedTuple):
    """Paths that end in one way, in one step or at one node: an element each."""

    ending: NDArray[np.intp]
    moments: FloatArray
    """Chance, and chance times the mean of the P&L and of its square: shape (3, exits)."""
    day: FloatArray
    point: FloatArray
    """Log distance of the spot then, in the trade's favour."""
    width: FloatArray
    """How far the P&L moves within the step [dollars]."""

    @classmethod
    def of(
        cls,
        ending: Ending,
        moments: FloatArray,
        *,
        day: ArrayLike,
        point: ArrayLike,
        width: ArrayLike = 0.0,
    ) -> Exits:
        """Exits of one ending; day, point and width broadcast against a moment."""
        rest = (np.broadcast_to(part, moments.shape[1:]).ravel() for part in (day, point, width))
        return cls(np.full(moments[0].size, ending), moments.reshape(3, -1), *rest)

    @classmethod
    def together(cls, parts: list[Exits]) -> Exits:
        """Exits one after the other, but for those that nobody comes to."""
        moments = np.concatenate([part.moments for part in parts], axis=1)
        (some,) = np.nonzero(moments[0])
        ending = np.concatenate([part.ending for part in parts])
        rest = (
            np.concatenate([getattr(part, name) for part in parts])[some]
            for name in ("day", "point", "width")
        )
        return cls(ending[some], moments[:, some], *rest)


class Flow(NamedTuple):
    """Everything that paths did."""

    exits: Exits
    taken: FloatArray
    """Chance that each stage's target was taken."""
    gap_loss: float


def certain(ending: Ending, pnl: float) -> Exits:
    """The one exit of a trade that ends at once."""
    return Exits.of(ending, np.array([[1.0], [pnl], [pnl**2]]), day=0.0, point=0.0)


def follow(
    levels: ExitStages, timeline: Timeline, nodes: Nodes, values: ExitValues, *, banked: float = 0.0
) -> Flow:
    """Follow all paths from the spot now to their exits; see `walk`.

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
    """
    found = walk(levels, timeline, nodes, values=values, banked=banked)
    exits, taken, gap_loss = [], np.zeros(len(levels.stages)), 0.0
    for place, (passed, worth) in enumerate(zip(found.stretches, values.stretches, strict=True)):
        stopped, lost = _stops(levels, passed, worth, values.gap_share)
        exits += [*stopped, _targets(levels, passed, worth)]
        taken += passed.reach[:, :, 0].sum(axis=(0, 1, 3))
        gap_loss += lost
        if place in found.drops:
            exits += _opens(levels, nodes, found.drops[place], values.drops[place])
            taken += found.drops[place].reach[:, 0].sum(axis=1)
    for stage, moments in zip(levels.stages, found.held, strict=True):
        whole = shifted(moments, stage.open_share * values.last)
        exits.append(Exits.of(Ending.TIME, whole, day=values.last_day, point=nodes.points))
    return Flow(Exits.together(exits), taken, gap_loss)


def _stops(
    levels: ExitStages, passed: Passed, worth: StretchValues, gap_share: float
) -> tuple[list[Exits], float]:
    """Close what is left at the stops, a part of it at the gap price; and what that costs on the mean."""
    share, level = (
        np.array([getattr(one, name) for one in levels.stages]) for name in ("open_share", "stop")
    )
    chances = passed.stop[:, :, 0]
    moments = np.moveaxis(passed.stop.sum(axis=-1), 2, 0)
    day = means(chances, worth.days[:, None, None])

    def filled(part: float, values: FloatArray) -> tuple[Exits, FloatArray]:
        values = np.moveaxis(values, 0, 1)[:, None]
        pnl, width = means(chances, values), share * _width(values)
        whole = part * shifted(moments, passed.banked + share * pnl)
        return Exits.of(Ending.STOP, whole, day=day, point=level, width=width), pnl

    exits, at_stop = filled(1 - gap_share, worth.stop)
    if not gap_share:
        return [exits], 0.0
    jumped, at_gap = filled(gap_share, worth.gap)
    return [exits, jumped], gap_share * float((share * moments[0] * (at_stop - at_gap)).sum())


def _targets(levels: ExitStages, passed: Passed, worth: StretchValues) -> Exits:
    """Close the last part at the last target, where there is one."""
    last, reached = levels.stages[-1], passed.reach[:, :, :, -1]
    chances, worths = reached[:, :, 0], worth.target[-1][:, None]
    gain = passed.banked[:, :, -1] + last.closes * means(chances, worths)
    whole = shifted(np.moveaxis(reached.sum(axis=-1), 2, 0), gain)
    day = means(chances, worth.days[:, None])
    return Exits.of(Ending.TARGET, whole, day=day, point=last.target, width=last.closes * _width(worths))


def _opens(levels: ExitStages, nodes: Nodes, dropped: Dropped, drop: Drop) -> Iterator[Exits]:
    """Fill at the open of an ex-date what its drop takes past a stop, or past the last target."""
    for number, stage in enumerate(levels.stages):
        gain = stage.open_share * drop.stops[number].at(nodes.points)
        whole = shifted(dropped.stop[number], gain).sum(axis=1, keepdims=True)
        yield Exits.of(Ending.STOP, whole, day=drop.day, point=stage.stop)
    last = levels.stages[-1]
    if math.isfinite(last.target):
        gain = last.closes * drop.targets[-1].at(nodes.points)
        whole = shifted(dropped.reach[-1], gain).sum(axis=1, keepdims=True)
        yield Exits.of(Ending.TARGET, whole, day=drop.day, point=last.target)


def _width(values: FloatArray) -> FloatArray:
    """How far values move within each step."""
    moved: FloatArray = np.abs(values[..., -1] - values[..., 0])
    return moved
