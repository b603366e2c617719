"""Breakeven drift of each managed spread, from its exits reweighted for other drifts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.statistics import dividend_distance
from riskcalc.scanning.expiry_exits import ExpiryExits

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

FURTHEST = 2.5
"""Deviations of the log price at the time stop within which the drift is looked for."""

TRIED = 201
ROWS_AT_ONCE = 4096


def break_even_drifts(
    exits: ExpiryExits,
    values: Floats,
    *,
    fractions: tuple[float, ...],
    long: Indices,
    short: Indices,
    multiplier: int,
    entry: Floats,
) -> Floats:
    """Return the drift per year at which the expected managed P&L of each spread is 0.

    Parameters
    ----------
    exits : ExpiryExits
        Of the spreads' side.
    values : ndarray
        Discounted values of the options at the points of the exits, shape (options, p).
    fractions : tuple of float
        Part closed at each target.
    long, short : ndarray
        What each spread buys and sells, as indices of the options, shape (n,).
    multiplier : int
        Shares an option stands for.
    entry : ndarray
        Debit and costs [dollars], shape (n,).

    Returns
    -------
    ndarray
        Shape (n,), the one nearest to the drift of the exits, to some 0.1 % a year; NaN where there is none
        within `FURTHEST`. `ManagedOutcome.break_even_drift` is the same for one trade.
    """
    shifts, weights = _weights(exits, fractions)
    per_option, total = weights @ values.T, weights.sum(axis=1)
    found = np.empty(len(entry))
    for start in range(0, len(entry), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        brought = multiplier * (per_option[:, long[rows]] - per_option[:, short[rows]])
        found[rows] = _zeros(shifts, brought / total[:, None] - entry[rows])
    return exits.timeline.drift + int(exits.stages.side) * found


def _weights(exits: ExpiryExits, fractions: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Shifts of the drift in the trade's favor, and the weights of the points under each (Girsanov)."""
    timeline, stages, points = exits.timeline, exits.stages, exits.weights.points
    years = points.day / 365
    moved = points.distance - dividend_distance(years, timeline, stages)
    furthest = FURTHEST * timeline.diffusion / math.sqrt(timeline.days / 365)
    shifts = np.linspace(-furthest, furthest, TRIED)
    ahead = moved - timeline.log_drift(stages.side) * years - shifts[:, None] * years / 2
    factor = np.exp(np.clip(shifts[:, None] * ahead / timeline.diffusion**2, -700.0, 300.0))
    weights: Floats = factor * exits.weights.of(fractions)
    return shifts, weights


def _zeros(shifts: Floats, expected: Floats) -> Floats:
    """Zero of each column that is nearest to no shift, by straight lines between neighbors."""
    before, after = expected[:-1], expected[1:]
    crosses = (before <= 0) != (after <= 0)
    middle = np.abs(shifts[:-1] + shifts[1:])[:, None]
    nearest = np.where(crosses, middle, np.inf).argmin(axis=0)
    columns = np.arange(expected.shape[1])
    low, high = before[nearest, columns], after[nearest, columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = shifts[nearest] + (shifts[1] - shifts[0]) * low / (low - high)
    found: Floats = np.where(crosses.any(axis=0), zero, np.nan)
    return found
