"""What the exits of a managed trade add up to: quantiles, a histogram, and the drift that breaks even."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from riskcalc.analysis.exit_flow import Ending, Exit
from riskcalc.analysis.exit_levels import ExitStages
from riskcalc.analysis.exit_timeline import Timeline, after_drop
from riskcalc.domain import PnlBin, PnlQuantile

FloatArray = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

BINS = 20

TAIL = 1e-3
"""Chance on either side that the histogram does not make room for."""

SPREAD = 8
"""Points that stand for the P&L from one node at the time stop to the next."""

FURTHEST = 6.0
"""Deviations of the log price at the horizon within which the drift that breaks even is looked for."""

SEARCHED = 120

RARE = 1e-14
"""Chance of an exit that says nothing."""


def pnl_law(exits: Sequence[Exit]) -> tuple[tuple[PnlQuantile, ...], tuple[PnlBin, ...]]:
    """Quantiles and histogram of the P&L [dollars]."""
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


def _points(exits: Sequence[Exit]) -> tuple[FloatArray, FloatArray]:
    """P&L and chance, point by point; what ends at the time stop is spread from node to node."""
    found = [one for one in exits if one.moments[0] > RARE]
    chances = np.array([one.moments[0] for one in found])
    pnls = np.array([one.moments[1] for one in found]) / chances
    timed = np.array([one.ending is Ending.TIME for one in found])
    if timed.sum() < 2:
        return pnls, chances
    # Exits at the time stop follow each other node by node, stage by stage.
    places = np.array([one.point for one in found])[timed]
    spread, at = [], pnls[timed]
    for block in np.split(np.arange(len(at)), np.flatnonzero(np.diff(places) < 0) + 1):
        middle = (at[block][1:] + at[block][:-1]) / 2
        edges = np.concatenate([at[block][:1], middle, at[block][-1:]])
        parts = (np.arange(SPREAD) + 0.5) / SPREAD
        spread.append((edges[:-1, None] + np.diff(edges)[:, None] * parts).ravel())
    return (
        np.concatenate([pnls[~timed], *spread]),
        np.concatenate([chances[~timed], np.repeat(chances[timed] / SPREAD, SPREAD)]),
    )


def break_even_drift(exits: Sequence[Exit], timeline: Timeline, levels: ExitStages) -> float | None:
    """Growth of the spot per year at which the expected P&L is 0, nearest to the one the exits stand under.

    The exits are weighted anew by what another drift makes of their chances (Girsanov), which depends on
    their day and spot alone. Of a dividend the log of the drop is taken at the spot now.
    """
    if timeline.days == 0 or len(exits) == 1:
        return None
    moments = np.array([one.moments[:2] for one in exits])
    years = np.array([one.day for one in exits]) / 365
    moved = np.array([one.point for one in exits]) - _dropped(years, timeline, levels)
    drift, variance = timeline.log_drift(levels.side), timeline.diffusion**2

    def expected(shift: FloatArray | float) -> FloatArray:
        more = np.asarray(shift)[..., None]
        weight = np.exp(np.clip(more * (moved - drift * years - more * years / 2) / variance, -700, 300))
        mean: FloatArray = (weight @ moments[:, 1]) / (weight @ moments[:, 0])
        return mean

    furthest = FURTHEST * timeline.diffusion / math.sqrt(timeline.days / 365)
    shifts = furthest * np.linspace(-1, 1, SEARCHED + 1)
    signs = np.sign(expected(shifts))
    crossings = np.flatnonzero(signs[1:] * signs[:-1] <= 0)
    if not len(crossings):
        return None
    nearest = crossings[np.argmin(np.abs(shifts[crossings] + shifts[crossings + 1]))]
    root = brentq(lambda shift: float(expected(shift)), shifts[nearest], shifts[nearest + 1], xtol=1e-10)
    return timeline.drift + levels.side * float(root)


def _dropped(years: FloatArray, timeline: Timeline, levels: ExitStages) -> FloatArray:
    """Log distance that dividends have moved the spot by."""
    total = np.zeros_like(years)
    for stretch in timeline.stretches:
        if stretch.dividend:
            past = years * 365 >= stretch.last_day - 1e-9
            total += past * after_drop(levels, 0.0, min(stretch.dividend, 0.99 * levels.spot))
    return total
