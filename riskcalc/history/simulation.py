"""Filtered historical simulation: past bars, each in units of its own volatility, in a new order.

References
----------
Barone-Adesi, Giannopoulos and Vosper, "VaR without Correlations for Portfolios of Derivative Securities",
Journal of Futures Markets 19 (1999), 583-602.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from riskcalc.domain.legs import Side
from riskcalc.domain.price_history import FirstExit
from riskcalc.domain.scenario import MOST_SESSIONS
from riskcalc.domain.validation import (
    listed,
    member,
    multiple,
    open_fraction,
    positive,
    real,
    record,
    volatility,
    whole_count,
)
from riskcalc.errors import InvalidInputError
from riskcalc.history.bars import Bars, Floats
from riskcalc.history.measures import SESSIONS_A_YEAR
from riskcalc.history.resampling import walk_indices

DECAY = 0.94
"""Weight of the past in RiskMetrics' variance of daily returns."""

MEAN_BLOCK = 21
WARM_UP = 63
LEAST_BARS = 252
PATHS = 20_000
MOST_STEPS = 20_000_000
"""Sessions times paths: a few seconds."""
SEED = 20260720


class _Standard(NamedTuple):
    """Log moves from the close before over the deviation forecast for the day; closes have mean 0."""

    open: Floats
    worst: Floats
    best: Floats
    close: Floats


def filtered_simulation(
    bars: Bars,
    *,
    stop: float,
    targets: Sequence[float],
    sessions: int,
    vol: float | None = None,
    side: Side = Side.LONG,
    paths: int = PATHS,
) -> FirstExit:
    """Probabilities of stop and targets on paths made of past bars.

    Parameters
    ----------
    bars : Bars
        From `read_prices`, with opens, highs and lows, at least 252 of them.
    stop : float
        Adverse move from the entry, in (0, 1).
    targets : sequence of float
        Moves in the trade's favor, > 0, nearest first.
    sessions : int
        Sessions within which the exits act, 1 to 2,520.
    vol : float, optional
        Volatility of the paths per sqrt(year), > 0, such as k times implied; by default the bars' own at the
        end, exponentially weighted.
    side : Side
        LONG by default.
    paths : int
        Paths, >= 1, at most 20 million over `sessions`; the same ones every time.

    Returns
    -------
    FirstExit

    Raises
    ------
    InvalidInputError
        An argument is outside its range, or there are too few bars.

    Notes
    -----
    Bars are divided by their exponentially weighted volatility (decay 0.94), resampled in stationary blocks
    of mean 21, and scaled by a volatility that starts at `vol` and follows each path by the same rule. Paths
    have no drift. Touches are counted as in `outcomes`.
    """
    open_fraction("stop", stop)
    moves = [multiple("targets", real("targets", move)) for move in listed("targets", targets)]
    whole_count("sessions", sessions, most=MOST_SESSIONS)
    whole_count("paths", paths, most=MOST_STEPS // sessions)
    member("side", Side, side)
    variances = _variances(record("bars", Bars, bars))
    if vol is None:
        vol = math.sqrt(SESSIONS_A_YEAR * variances[-1])
    positive("vol", volatility("vol", vol))
    standard = _standardized(bars, variances, side)
    lower = side * math.log1p(-side * stop)
    uppers = [side * math.log1p(side * move) if side * move > -1 else math.inf for move in moves]
    counts = _walk(standard, lower=lower, uppers=uppers, vol=vol, side=side, sessions=sessions, paths=paths)
    stop_first, *reached = (count / paths for count in counts)
    target_first = reached[0] if reached else 0.0
    chances = (stop_first, target_first, 1 - stop_first - target_first)
    return FirstExit(
        method="filtered historical simulation",
        vol=vol,
        stop_first=stop_first,
        target_first=target_first,
        neither=max(chances[2], 0.0),
        targets=tuple(reached),
        error=max(math.sqrt(max(chance * (1 - chance), 0.0) / paths) for chance in chances),
    )


def _variances(bars: Bars) -> Floats:
    """Variance forecast for each return, and for the one after the last: shape (n,)."""
    if not bars.has_ranges:
        raise InvalidInputError("bars have closes only: stops and targets are touched by lows and highs")
    if len(bars) < LEAST_BARS:
        raise InvalidInputError(
            f"bars must be at least {LEAST_BARS} sessions for a simulation, got {len(bars)}"
        )
    squares = np.diff(np.log(bars.close)) ** 2
    if not squares[:WARM_UP].any():
        raise InvalidInputError(f"bars must vary: the first {WARM_UP} closes are equal")
    start = float(squares[:WARM_UP].mean())
    steps = itertools.accumulate(
        squares.tolist(), lambda before, square: DECAY * before + (1 - DECAY) * square, initial=start
    )
    return np.fromiter(steps, dtype=np.float64, count=len(bars))


def _standardized(bars: Bars, variances: Floats, side: Side) -> _Standard:
    """The bars after the warm-up; a short's are mirrored."""
    deviation = np.sqrt(variances[:-1])[WARM_UP:]
    before = bars.close[:-1]
    high, low = (bars.high, bars.low) if side is Side.LONG else (bars.low, bars.high)
    moves = [
        side * np.log(values[1:] / before)[WARM_UP:] / deviation
        for values in (bars.open, low, high, bars.close)
    ]
    mean, spread = moves[-1].mean(), moves[-1].std()
    return _Standard(*((move - mean) / spread for move in moves))


def _walk(
    bars: _Standard,
    *,
    lower: float,
    uppers: Sequence[float],
    vol: float,
    side: Side,
    sessions: int,
    paths: int,
) -> list[int]:
    """Paths whose stop comes before the nearest target, and those that reach each target before the stop."""
    random = np.random.default_rng(SEED)
    level = np.zeros(paths)
    variance = np.full(paths, vol * vol / SESSIONS_A_YEAR)
    alive = np.ones(paths, dtype=np.bool_)
    stop_first = np.zeros(paths, dtype=np.bool_)
    reached = [np.zeros(paths, dtype=np.bool_) for _ in uppers]
    count = len(bars.close)
    for indices in walk_indices(random, count=count, paths=paths, steps=sessions, mean_block=MEAN_BLOCK):
        deviation = np.sqrt(variance)
        # Without drift the price, not its log, stays the same on average.
        base = level - side * variance / 2
        stopped = alive & (base + bars.worst[indices] * deviation <= lower)
        opened = base + bars.open[indices] * deviation
        best = base + bars.best[indices] * deviation
        reached = [
            hit | (alive & (best >= upper) & (~stopped | (opened >= upper)))
            for hit, upper in zip(reached, uppers, strict=True)
        ]
        stop_first |= stopped & ~reached[0] if reached else stopped
        alive &= ~stopped
        moved = bars.close[indices] * deviation
        level = base + moved
        variance = DECAY * variance + (1 - DECAY) * moved * moved
    return [int(stop_first.sum()), *(int(hit.sum()) for hit in reached)]
