"""Vectorized bracketed Newton, and verification of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch
    from riskcalc.pricing.arrays import FloatArray
    from riskcalc.pricing.black_scholes import OptionGreeks

GAP = 2e-5  # of the strike: how far the value at a boundary may be from what exercise pays
STEP = 2e-3  # last move of a node, in log-spot: the next would be its square; at its limit a node rests
TAIL = 6e-2  # of a boundary in its highest polynomials: before a drop it ends in a logarithm

OUTSIDE = 1e-5  # of the strike or the spot: what a method may err beyond the limits of the value
STEEPER = 1e-3  # what a delta may err beyond the most it can be


MOST_STEPS = 80


class Priced(NamedTuple):
    """Greeks, and which of them were verified."""

    greeks: OptionGreeks
    proved: NDArray[np.bool_]


def collocated(*, gap: FloatArray, step: FloatArray, series: FloatArray) -> NDArray[np.bool_]:
    """Say which boundaries solve their equations and are resolved by their polynomial.

    Mismatches of the value at the nodes and their last moves have shape (puts, nodes), series too, from low
    degrees to high. What is not a number is not proved.
    """
    size = np.abs(series)
    resolved: NDArray[np.bool_] = size[:, -2:].max(axis=1) <= TAIL * size.max(axis=1)
    return resolved & matched(gap=gap, step=step)


def matched(*, gap: FloatArray, step: FloatArray) -> NDArray[np.bool_]:
    """Say which boundaries solve their equations at the nodes."""
    solved: NDArray[np.bool_] = (np.abs(gap).max(axis=1) <= GAP) & (np.abs(step).max(axis=1) <= STEP)
    return solved


def within_limits(priced: Priced, batch: Batch) -> Priced:
    """Cut values to their limits; those that lie far outside are not proved."""
    low, high = batch.limits()
    value, delta, *others = priced.greeks
    slack = OUTSIDE * np.maximum(batch.strike, batch.spot)
    sound = (value >= low - slack) & (value <= high + slack)
    sound &= np.abs(delta) <= np.exp(np.maximum(-batch.dividend_yield * batch.time_to_expiry, 0.0)) + STEEPER
    for greek in others:
        sound &= np.isfinite(greek)
    # Without time the delta and the value are what they are.
    return Priced(
        priced.greeks._replace(value=np.clip(value, low, high)), priced.proved & (sound | (batch.vol == 0.0))
    )


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
