"""Statistics of a managed trade's exits: P&L quantiles, histogram, and breakeven drift."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.pnl_flow import ExitReason, ExitRecords
from riskcalc.analysis.managed.timeline import Timeline, distance_after_dividend
from riskcalc.domain import PnlBin, PnlQuantile

FloatArray = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

BINS = 20

TAIL = 1e-3
"""Chance on either side that the histogram does not make room for."""

SPREAD = 8
"""Points that stand for the P&L of one exit."""

FURTHEST = 6.0
"""Deviations of the log price at the horizon within which the breakeven drift is searched."""

SEARCHED = 60
NARROWINGS = 5
"""Times that the drift is looked for between neighbors of so many: 60^5 leaves ten digits."""

RARE = 1e-14
"""Chance below which an exit is ignored."""


def pnl_distribution(exits: ExitRecords) -> tuple[tuple[PnlQuantile, ...], tuple[PnlBin, ...]]:
    """Return quantiles and histogram of the P&L [dollars]."""
    pnls, chances = _points(exits)
    order = np.argsort(pnls, kind="stable")
    pnls, chances = pnls[order], chances[order]
    reached = np.cumsum(chances) / chances.sum()

    def quantile(probability: float) -> float:
        return float(pnls[min(int(np.searchsorted(reached, probability)), len(pnls) - 1)])

    low, high = quantile(TAIL), quantile(1 - TAIL)
    if high - low < 1e-6 * max(abs(low), 1.0):
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, BINS + 1)
    counts, _ = np.histogram(np.clip(pnls, low, high), bins=edges, weights=chances)
    return (
        tuple(PnlQuantile(probability=part, pnl=quantile(part)) for part in QUANTILES),
        tuple(
            PnlBin(low=float(left), high=float(right), probability=float(count))
            for (left, right), count in zip(pairwise(edges), counts, strict=True)
        ),
    )


def _points(exits: ExitRecords) -> tuple[FloatArray, FloatArray]:
    """P&L and chance by point: each exit spread over its step, or to its neighbors on the last day."""
    found = exits.moments[0] > RARE
    chances = exits.moments[0, found]
    pnls, half = exits.moments[1, found] / chances, exits.width[found] / 2
    low, high = pnls - half, pnls + half
    timed = np.flatnonzero(exits.reason[found] == ExitReason.TIME)
    # Exits at the time stop follow each other node by node, stage by stage.
    places = exits.point[found][timed]
    for block in np.split(timed, np.flatnonzero(np.diff(places) < 0) + 1):
        middle = (pnls[block][1:] + pnls[block][:-1]) / 2
        low[block[1:]], high[block[:-1]] = middle, middle
    parts = (np.arange(SPREAD) + 0.5) / SPREAD
    return (
        (low[:, None] + (high - low)[:, None] * parts).ravel(),
        np.repeat(chances / SPREAD, SPREAD),
    )


def break_even_drift(exits: ExitRecords, timeline: Timeline, levels: ExitStages) -> float | None:
    """Return the drift per year at which the expected P&L is 0, the one nearest to the drift assumed.

    The exits are weighted anew by what another drift makes of their chances (Girsanov), which depends on
    their day and spot alone. Of a dividend the log of the drop is taken at the spot now.
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
    low, high = -furthest, furthest
    for _ in range(NARROWINGS):
        shifts = np.linspace(low, high, SEARCHED + 1)
        found = expected(shifts)
        crossings = np.flatnonzero(found[1:] * found[:-1] <= 0)
        if not len(crossings):
            break
        nearest = crossings[np.argmin(np.abs(shifts[crossings] + shifts[crossings + 1]))]
        low, high = shifts[nearest], shifts[nearest + 1]
    # Between close neighbors rounding may hide the crossing; without one they are as far apart as ever.
    if high - low == 2 * furthest:
        return None
    return timeline.drift + levels.side * float(low + high) / 2


def dividend_distance(years: FloatArray, timeline: Timeline, levels: ExitStages) -> FloatArray:
    """Return the log distance by which dividends have moved the spot."""
    total = np.zeros_like(years)
    for period in timeline.periods:
        if period.dividend:
            past = years * 365 >= period.last_day - 1e-9
            total += past * distance_after_dividend(levels, 0.0, min(period.dividend, 0.99 * levels.spot))
    return total
