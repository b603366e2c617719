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

MOST_STEPS = 100
"""Steps of the search between two points of the grid: it takes some ten."""


def break_even_drift(exits: ExitRecords, timeline: Timeline, levels: ExitStages) -> float | None:
    """Return the drift per year at which the expected P&L is 0, the one nearest to the drift assumed.

    The exits are reweighted for another drift (Girsanov), which depends on their day and spot alone. The log
    of a dividend's drop is taken at the current spot.

    None where there is none within `FURTHEST`, where the expectation ceases to be a number nearer than that,
    and where the search does not close in on a zero.
    """
    if timeline.days == 0 or exits.day.size == 1:
        return None
    years = exits.day / 365
    moved = exits.point - dividend_distance(years, timeline, levels)
    drift, variance = timeline.log_drift(levels.side), timeline.diffusion**2

    def expected(shift: FloatArray | float) -> FloatArray:
        more = np.asarray(shift)[..., None]
        weight = np.exp(np.clip(more * (moved - drift * years - more * years / 2) / variance, -700, 300))
        with np.errstate(all="ignore"):  # weights that overflow or vanish: the mean is no number
            mean: FloatArray = (weight @ exits.moments[1]) / (weight @ exits.moments[0])
        return mean

    furthest = FURTHEST * timeline.diffusion / math.sqrt(timeline.days / 365)
    shifts = np.linspace(-furthest, furthest, SEARCHED + 1)
    expectations = expected(shifts)
    # Beyond a shift without an expectation no crossing is known to be the nearest.
    unknown = shifts[~np.isfinite(expectations)]
    nearer = np.abs(shifts) < np.min(np.abs(unknown), initial=np.inf)
    shifts, expectations = shifts[nearer], expectations[nearer]
    signs = np.sign(expectations)
    crossings = np.flatnonzero(signs[1:] * signs[:-1] <= 0)
    if not len(crossings):
        return None
    nearest = crossings[np.argmin(np.abs(shifts[crossings] + shifts[crossings + 1]))]
    between = slice(nearest, nearest + 2)
    shift = _zero(expected, shifts[between].tolist(), expectations[between].tolist())
    return None if shift is None else timeline.drift + levels.side * shift


def _zero(curve: Callable[[float], FloatArray], ends: list[float], values: list[float]) -> float | None:
    """Zero between two points of opposite sign, by false position that halves what stays (Illinois).

    The bracket has closed around it to `CLOSE`; None if it does not, or the curve is no number somewhere.
    """
    (low, high), (at_low, at_high) = ends, values
    close = CLOSE * (high - low)
    for _ in range(MOST_STEPS):
        if at_low == 0:
            return low
        if at_high == 0 or abs(high - low) <= close:
            return high
        # A shorter step would not close the bracket: a zero that is so near is stepped over.
        travel = max(abs(at_high / (at_high - at_low) * (high - low)), close / 2)
        place = high + math.copysign(travel, low - high)
        value = float(curve(place))
        if not math.isfinite(value):
            return None
        if value * at_high < 0:
            low, at_low = high, at_high
        else:
            at_low /= 2
        high, at_high = place, value
    return None


def dividend_distance(years: FloatArray, timeline: Timeline, levels: ExitStages) -> FloatArray:
    """Return the log distance by which dividends have moved the spot."""
    total = np.zeros_like(years)
    for period in timeline.periods:
        if period.dividend:
            past = years * 365 >= period.last_day - 1e-9
            total += past * distance_after_dividend(levels, 0.0, min(period.dividend, 0.99 * levels.spot))
    return total
