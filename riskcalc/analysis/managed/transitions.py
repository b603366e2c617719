"""Transition probabilities of one step of a Brownian motion: its end point, and the first barrier hit."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.first_passage import exit_chances

FloatArray: TypeAlias = NDArray[np.float64]

MOMENTS = np.array([0.0, 0.5, 1.0])
"""Moments of a step, as fractions of it, at which exits within the step are valued."""

_RATES = np.array([0.0, 0.05, 0.1])
_TO_MOMENTS: FloatArray = np.linalg.inv(np.exp(-np.outer(_RATES, MOMENTS)))

NEGLIGIBLE = 37.0
"""Exponent from which a mirror image is below rounding."""

LEAST_COUNT = 1e-300
"""Survivors below this count as none: a share of them would overflow."""

MOST_IMAGES = 40
"""Maximum pairs of images; beyond that almost no path stays in the corridor."""


class Step(NamedTuple):
    """Travel of the log price in one step, and its variance."""

    travel: float
    variance: float


class TouchChances(NamedTuple):
    """Probabilities from each start; the last axis of the first two is `MOMENTS`, whose weights they are."""

    lower: FloatArray
    upper: FloatArray
    neither: FloatArray


def touch_chances(start: FloatArray, corridors: FloatArray, step: Step) -> TouchChances:
    """Return the probabilities to leave corridors within a step, spread over its moments.

    Parameters
    ----------
    start : ndarray
        Log prices, shape (n,).
    corridors : ndarray
        Lower and upper ends, shape (c, 2), infinite where there is none.
    step : Step
        Travel and variance, > 0.

    Returns
    -------
    Touches
        Shapes (c, n, 3), (c, n, 3), (c, n). A start outside a corridor has no chance of anything.

    Notes
    -----
    An exit at time t within the step is worth W(t) there. Its mean over t is the one of the interpolation of
    W at the three moments by exponentials, whose means are probabilities under another drift (Girsanov). The
    mean is exact for W in 1, exp(-t), exp(-2t), t in steps, and of third order in the step for any other.
    """
    below, above = start - corridors[:, :1], corridors[:, 1:] - start
    inside = (below > 0) & (above > 0)
    below, above = np.where(inside, below, 1.0), np.where(inside, above, 1.0)
    travel, variance = step
    pace = np.sqrt(travel**2 + 2 * _RATES[1:] * variance)
    drifts = np.concatenate([[travel], -pace, pace])[:, None, None]
    exit_probs = exit_chances(below=below, above=above, travel=drifts, variance=np.asarray(variance))
    chances = np.empty((2, *inside.shape, len(MOMENTS)))
    for place, rate in enumerate(pace):
        # Each drift points at its end, so that no exponent is positive.
        to_lower, to_upper = 1 + place, 3 + place
        chances[0, ..., 1 + place] = np.exp(-(travel + rate) * np.minimum(below, 1e300) / variance)
        chances[0, ..., 1 + place] *= exit_probs.lower_first[to_lower]
        chances[1, ..., 1 + place] = np.exp(-(rate - travel) * np.minimum(above, 1e300) / variance)
        chances[1, ..., 1 + place] *= exit_probs.upper_first[to_upper]
    chances[0, ..., 0], chances[1, ..., 0] = exit_probs.lower_first[0], exit_probs.upper_first[0]
    lower, upper = chances * inside[..., None] @ _TO_MOMENTS.T
    return TouchChances(lower, upper, np.where(inside, exit_probs.neither[0], 0.0))


def landing_chances(
    start: FloatArray,
    ends: FloatArray,
    weights: FloatArray,
    *,
    corridor: tuple[float, float],
    step: Step,
    stays: FloatArray,
) -> FloatArray:
    """Return the probabilities to end at quadrature nodes after a step that stays within a corridor.

    Parameters
    ----------
    start, ends : ndarray
        Log prices, shapes (n,) and (m,).
    weights : ndarray
        Quadrature weights of the ends, shape (m,).
    corridor : tuple of float
        Lower and upper end, infinite where there is none.
    step : Step
        Travel and variance, > 0.
    stays : ndarray
        Probability of staying within the corridor, shape (n,), from `touch_chances`; the nodes, accurate to a
        quadrature error, are scaled to it.

    Returns
    -------
    ndarray
        Shape (n, m); 0 where a start or an end lies outside.
    """
    landed = np.zeros((len(start), len(ends)))
    (rows,) = np.nonzero((start > corridor[0]) & (start < corridor[1]))
    (columns,) = np.nonzero((ends > corridor[0]) & (ends < corridor[1]))
    begin, end = start[rows][:, None], ends[columns]
    chance = np.exp(-((end - begin - step.travel) ** 2) / (2 * step.variance))
    chance *= weights[columns] / math.sqrt(2 * math.pi * step.variance)
    chance *= _stay_chance(begin, end, corridor, step.variance)
    count = chance.sum(axis=1)
    counted = count > LEAST_COUNT
    chance *= np.where(counted, stays[rows] / np.where(counted, count, 1.0), 0.0)[:, None]
    landed[np.ix_(rows, columns)] = chance
    return landed


def _stay_chance(
    start: FloatArray, end: FloatArray, corridor: tuple[float, float], variance: float
) -> FloatArray:
    """Probability that a Brownian bridge between inner points stays within a corridor, by mirror images.

    It is right where the bridge is likely enough to be traveled at all.
    """
    low, high = corridor
    from_low, to_low = start - low, end - low
    stays: FloatArray = -np.expm1(-2 * from_low * to_low / variance)
    if np.isfinite(high):
        from_high, to_high, width, moves = high - start, high - end, high - low, end - start
        stays -= np.exp(-2 * from_high * to_high / variance)
        # An image counts by the density at its distance, which is 2 pair - 1 widths at least.
        pairs = math.floor((math.sqrt(2 * NEGLIGIBLE * variance) / width + 1) / 2)
        for pair in range(1, min(pairs, MOST_IMAGES) + 1):
            shift = pair * width
            stays += np.exp(-2 * shift * (shift + moves) / variance)
            stays += np.exp(-2 * shift * (shift - moves) / variance)
            stays -= np.exp(-2 * (from_low + shift) * (to_low + shift) / variance)
            stays -= np.exp(-2 * (from_high + shift) * (to_high + shift) / variance)
    return np.clip(stays, 0.0, 1.0)
