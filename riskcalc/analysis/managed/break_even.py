"""The drift of the spot at which a managed trade breaks even."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.exit_flow import ExitRecords
from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.timeline import Timeline, distance_after_dividend

FloatArray: TypeAlias = NDArray[np.float64]

FURTHEST = 6.0
"""Deviations of the log price at the horizon within which the breakeven drift is searched."""

SEARCHED = 60
"""Steps of the grid on which the drift is searched."""

CLOSE = 1e-9
"""Accuracy of the drift, as a share of a step of the grid."""


def break_even_drift(exits: ExitRecords, timeline: Timeline, levels: ExitStages) -> float | None:
    """Return the drift per year at which the expected P&L is 0, the one nearest to the drift assumed.

    The exits are reweighted for another drift (Girsanov), which depends on their day and spot alone. The log
    of a dividend's drop is taken at the current spot.
    """
    if timeline.days == 0 or exits.day.size == 1:
        return None
    years = exits.day / 365
    moved = exits.point - dividend_distance(years, timeline, levels)
    drift, variance = timeline.log_drift(levels.side), timeline.diffusion**2

    def expected(shift: FloatArray | float) -> FloatArray:
        more = np.asarray(shift)[..., None]
        weight = np.exp(np.clip(more * (moved - drift * years - more * years / 2) / variance, -700, 300))
        mean: FloatArray = (weight @ exits.moments[1]) / (weight @ exits.moments[0])
        return mean

    furthest = FURTHEST * timeline.diffusion / math.sqrt(timeline.days / 365)
    shifts = np.linspace(-furthest, furthest, SEARCHED + 1)
    expectations = expected(shifts)
    crossings = np.flatnonzero(expectations[1:] * expectations[:-1] <= 0)
    if not len(crossings):
        return None
    nearest = crossings[np.argmin(np.abs(shifts[crossings] + shifts[crossings + 1]))]
    between = slice(nearest, nearest + 2)
    return timeline.drift + levels.side * _zero(
        expected, shifts[between].tolist(), expectations[between].tolist()
    )


def _zero(curve: Callable[[float], FloatArray], ends: list[float], values: list[float]) -> float:
    """Zero between two points of opposite sign, by false position that halves what stays (Illinois)."""
    (low, high), (at_low, at_high) = ends, values
    close = CLOSE * (high - low)
    while at_high and at_low and abs(high - low) > close:
        place = high - at_high * (high - low) / (at_high - at_low)
        moved, value = abs(place - high), float(curve(place))
        if value * at_high < 0:
            low, at_low = high, at_high
        else:
            at_low /= 2
        high, at_high = place, value
        if moved <= close:
            break
    return high if at_low else low


def dividend_distance(years: FloatArray, timeline: Timeline, levels: ExitStages) -> FloatArray:
    """Return the log distance by which dividends have moved the spot."""
    total = np.zeros_like(years)
    for period in timeline.periods:
        if period.dividend:
            past = years * 365 >= period.last_day - 1e-9
            total += past * distance_after_dividend(levels, 0.0, min(period.dividend, 0.99 * levels.spot))
    return total
