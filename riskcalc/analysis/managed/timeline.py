"""Time and price grids of a managed trade: periods between ex-dates, and quadrature nodes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.transitions import Step
from riskcalc.domain import ExitPlan, Market, Side, Trade, View
from riskcalc.domain.validation import record
from riskcalc.records import dataclass

FloatArray: TypeAlias = NDArray[np.float64]

DAYS_PER_STEP = 3.0
"""Maximum calendar days per step, within at most `MOST_STEPS` steps per period."""

MOST_STEPS = 64
MOST_SHORT_STEPS = 200
"""The same where a stop moves to breakeven so close to the first target that short steps are needed."""

WATCHED = 4.0
"""Deviations of a step from the first target to a stop at breakeven: one in 10,000 travels that at once."""

LONGEST_HOLDING = 365
"""Calendar days after which a trade without time stop and expiry is closed."""

REACH = 8.5
"""Deviations from the spot that prices are followed to: beyond lies less than 1e-16."""

PER_DEVIATION = 1.9
"""Nodes per deviation of a step."""

FEWEST_NODES = 6
MOST_NODES = 32
"""Maximum nodes per panel; a longer panel is split."""

MOST_DEVIATIONS = 120.0
"""Deviations of a step that the nodes span, at most: a wider range gets wider panels."""

LEAST_SPREAD = 1e-3
"""Minimum deviation of the log price at the horizon; smaller values are raised to it."""


class Period(NamedTuple):
    """Days between two ex-dates, cut into equal steps."""

    first_day: float
    days: float
    steps: int
    dividend: float
    """Cash per share at the end of the period [dollars]; 0 where it ends without an ex-date."""

    @property
    def last_day(self) -> float:
        """Last day of the period."""
        return self.first_day + self.days


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """How the spot moves while the trade is managed: a drift, a vol, and a drop at each ex-date."""

    drift: float
    """Growth of the spot per year, between ex-dates."""
    vol: float
    last_day: dt.date
    """Day of the time stop."""
    periods: tuple[Period, ...]

    @property
    def days(self) -> float:
        """Calendar days until the time stop, parts of a day included."""
        return self.periods[-1].last_day

    @cached_property
    def diffusion(self) -> float:
        """The vol, or the smallest one that the nodes resolve."""
        return max(self.vol, LEAST_SPREAD / math.sqrt(max(self.days, 1.0) / 365))

    def log_drift(self, side: int, drift: float | None = None) -> float:
        """Expected log travel per year in the trade's favor."""
        return side * ((self.drift if drift is None else drift) - self.diffusion**2 / 2)

    def step(self, period: Period, side: int) -> Step:
        """Travel and variance of one step."""
        years = period.days / period.steps / 365
        return Step(self.log_drift(side) * years, self.diffusion**2 * years)


def build_timeline(
    trade: Trade, market: Market, exits: ExitPlan, *, view: View, levels: ExitStages
) -> Timeline:
    """Return the periods and spot dynamics of a managed trade, to its time stop or expiry, else for a year.

    Parameters
    ----------
    trade : Trade
        What is managed.
    market : Market
        Day 0, rate, and the underlying's quote.
    exits : ExitPlan
        Says the time stop.
    view : View
        Drift and vol in place of the market's.
    levels : ExitStages
        Of `exit_stages`; they say how short the steps must be.

    Returns
    -------
    Timeline
        Cut at the ex-dates.
    """
    record("view", View, view)
    quote = market.quote(trade.symbol)
    vol = view.vol_from(quote.vol)
    last_day = exits.time_stop(entry=market.date, expiry=trade.expiry)
    last_day = last_day or market.date + dt.timedelta(days=LONGEST_HOLDING)
    ends = {days_held(trade, market, last_day): 0.0}
    coming = market.dividends_until(trade.symbol, last_day)
    ends |= {market.days_to(dividend.ex_date): dividend.amount for dividend in coming if dividend.amount}
    days = [0.0, *sorted(ends)]
    return Timeline(
        drift=view.drift_from(market.rate - quote.dividend_yield),
        vol=vol,
        last_day=last_day,
        periods=tuple(
            Period(first, last - first, _steps(last - first, levels, vol), ends[last])
            for first, last in pairwise(days)
        ),
    )


def days_held(trade: Trade, market: Market, day: dt.date) -> float:
    """Return the calendar days, >= 0, to the close of a day, or to the expiry of options that end on it."""
    days = max(market.days_to(day), 0.0)
    if trade.expiry is None:
        return days
    return min(days, market.days_to_expiry(trade.expiry, trade.instrument))


def _steps(days: float, levels: ExitStages, vol: float) -> int:
    """Steps of a period."""
    steps = min(max(math.ceil(days / DAYS_PER_STEP), 1), MOST_STEPS)
    before, *after = levels.stages[:2]
    if not after or after[0].stop <= before.stop or not math.isfinite(before.target):
        return steps
    spread = WATCHED * vol * math.sqrt(days / 365) / (before.target - after[0].stop)
    return max(steps, math.ceil(min(spread**2, MOST_SHORT_STEPS)))


class Nodes(NamedTuple):
    """Quadrature nodes in log price; the first is the current spot, with weight zero."""

    points: FloatArray
    weights: FloatArray


def distance_after_dividend(levels: ExitStages, distance: float, dividend: float) -> float:
    """Return the log distance, in the trade's favor, after a dividend has dropped the spot."""
    left = math.exp(levels.side * distance) - dividend / levels.spot
    return levels.side * math.log(left) if left > 0 else -levels.side * math.inf


def distances_before_dividend(
    side: Side, points: FloatArray, dividend_share: float
) -> tuple[FloatArray, FloatArray]:
    """Return the points that a dividend, as a share of the spot, drops to the given ones, and their slope."""
    if not dividend_share:
        return points, np.ones_like(points)
    after = np.exp(side * points)
    return side * np.log(after + dividend_share), after / (after + dividend_share)


def build_nodes(
    levels: ExitStages,
    timeline: Timeline,
    strikes: Iterable[float] = (),
    *,
    others: Iterable[Timeline] = (),
) -> Nodes:
    """Return Gauss-Legendre nodes on panels between levels, levels after dividends, and strikes.

    Other timelines of the same days, with a drift and a vol of their own, may stand on the same nodes.
    """
    timelines = (timeline, *others)
    dividends = [period.dividend for period in timeline.periods if period.dividend]
    dropped = abs(distance_after_dividend(levels, 0.0, min(sum(dividends), 0.99 * levels.spot)))
    reached = [_reach(timeline, levels.side) for timeline in timelines]
    floor, roof = min(low for low, _ in reached) - dropped, max(high for _, high in reached) + dropped
    ends = [stage.stop for stage in levels.stages] + [stage.target for stage in levels.stages]
    ends += [
        distance_after_dividend(levels, end, dividend)
        for end in ends
        for dividend in dividends
        if end < math.inf
    ]
    breaks = sorted({min(max(end, floor), roof) for end in ends})
    kinks = (levels.side * math.log(strike / levels.spot) for strike in strikes)
    breaks = sorted({*breaks, *(kink for kink in kinks if breaks[0] < kink < breaks[-1])})
    shortest = min(
        timeline.step(period, levels.side).variance for timeline in timelines for period in timeline.periods
    )
    spacing = max(math.sqrt(shortest), (breaks[-1] - breaks[0]) / MOST_DEVIATIONS)
    panels = [panel for low, high in pairwise(breaks) for panel in _panels(low, high, spacing)]
    points = np.concatenate([[0.0], *(points for points, _ in panels)])
    return Nodes(points, np.concatenate([[0.0], *(weights for _, weights in panels)]))


def _reach(timeline: Timeline, side: int) -> tuple[float, float]:
    """Log distances that hold the spot until the time stop, dividends apart."""
    travel = timeline.log_drift(side) * timeline.days / 365
    spread = timeline.diffusion * math.sqrt(timeline.days / 365)
    return min(travel, 0.0) - REACH * spread, max(travel, 0.0) + REACH * spread


def _panels(low: float, high: float, spacing: float) -> list[tuple[FloatArray, FloatArray]]:
    wanted = PER_DEVIATION * (high - low) / spacing
    pieces = max(math.ceil(wanted / (MOST_NODES - FEWEST_NODES)), 1)
    points, weights = _legendre(FEWEST_NODES + 2 * math.ceil(wanted / pieces / 2))
    half = (high - low) / pieces / 2
    return [(low + half * (2 * piece + 1 + points), half * weights) for piece in range(pieces)]


@lru_cache(maxsize=MOST_NODES)
def _legendre(count: int) -> tuple[FloatArray, FloatArray]:
    points, weights = np.polynomial.legendre.leggauss(count)
    return points, weights
