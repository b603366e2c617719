"""Newton held inside a bracket, for many equations at once: each root is proved or said not to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskcalc.pricing.block_evaluation import FloatArray

MOST_STEPS = 80


class Root(NamedTuple):
    """Where a falling function crosses zero, per element."""

    place: FloatArray
    above: NDArray[np.bool_]
    """The function is still positive at the upper end of the bracket."""
    settled: NDArray[np.bool_]
    """The last step and what was left were small, or the root is beyond an end."""


def falling_root(
    function: Callable[[FloatArray], tuple[FloatArray, FloatArray]],
    *,
    start: FloatArray,
    low: FloatArray,
    high: FloatArray,
    tolerance: FloatArray,
    left: float,
) -> Root:
    """Find the root of a falling function in [low, high], from its value and slope.

    A root is settled by a Newton step below `tolerance` from a value within `left` of zero.

    The bracket shrinks with every step; where Newton leaves it, its middle is next. An end is tried before
    it is believed: a root beyond it is the end.
    """
    place = np.clip(start, low, high)
    low_tried, high_tried = np.zeros_like(place, dtype=bool), np.zeros_like(place, dtype=bool)
    settled, above = np.zeros_like(low_tried), np.zeros_like(low_tried)
    for _ in range(MOST_STEPS):
        value, slope = function(place)
        positive = value > 0.0
        above = above | (positive & (place >= high) & ~high_tried)
        beyond = above | (~positive & (place <= low) & ~low_tried)
        low, low_tried = np.where(positive, place, low), low_tried | positive
        high, high_tried = np.where(positive, high, place), high_tried | ~positive
        step = -value / np.minimum(slope, -1e-300)
        moved = place + step
        inside = (moved > low) & (moved < high)
        end = np.where(moved >= high, np.where(high_tried, np.nan, high), np.where(low_tried, np.nan, low))
        moved = np.where(inside, moved, np.where(np.isfinite(end), end, (low + high) / 2))
        narrow = (np.abs(moved - place) <= tolerance) & (np.abs(value) <= left)
        at_once = beyond | (value == 0.0)
        place = np.where(at_once | settled, place, moved)
        settled = settled | at_once | narrow
        if settled.all():
            break
    return Root(place, above, settled)
