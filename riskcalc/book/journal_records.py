"""Records of the journal: closed trades, their statistics, and stated odds against outcomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from riskcalc.domain.serialization import to_plain
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStats:
    """Closed trades of one preset or tag."""

    name: str
    n: int
    win_rate: float | None
    mean_r: float | None
    mean_r_error: float | None
    """Standard error of the mean."""
    total_pnl: float
    """[dollars]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """One closed trade: a point of the equity curve."""

    id: int
    symbol: str
    description: str
    opened: dt.date
    closed: dt.date
    days: int
    """Calendar days held."""
    pnl: float
    """Realized, costs taken off [dollars]."""
    r: float | None
    """The same over the planned loss; None without a plan."""
    total_pnl: float
    """Of this and all earlier trades [dollars]."""
    total_r: float
    """Of this and all earlier trades with a plan: the equity curve in R."""
    outcome: str | None
    """``stop``, ``target`` or ``neither`` came first; None where that is not known."""
    preset: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Trades with a stated probability within one range."""

    low: float
    high: float
    n: int
    stated: float
    """Mean of the stated probabilities."""
    happened: float
    """Share of them that came true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Stated odds of one event against what happened."""

    event: str
    """``profit``, ``stop first`` or ``target first``, at the implied odds of the plans; the same followed by
    ``, calibrated`` at their calibrated odds."""
    n: int
    brier: float | None
    """Mean squared error of the odds, 0 is perfect; None without trades."""
    brier_error: float | None
    """Its standard error."""
    brier_of_rate: float | None
    """That of always stating the share that came true: odds should beat it."""
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Statistics of closed trades."""

    n: int
    """Closed trades."""
    n_planned: int
    """Those with a plan, whose results are known in R."""
    total_pnl: float
    """[dollars]"""
    win_rate: float | None
    """Share of all closed trades that gained."""
    win_rate_error: float | None
    """Standard error, not 0 where a few trades all gained: A. Agresti and B. Coull, "Approximate Is Better
    than Exact for Interval Estimation of Binomial Proportions", American Statistician 52 (1998)."""
    mean_r: float | None
    mean_r_error: float | None
    """Standard error of the mean."""
    mean_win_r: float | None
    """Mean R of the trades that gained; None without any."""
    mean_loss_r: float | None
    """Mean R of the others, negative."""
    mean_days: float | None
    """Calendar days held."""
    longest_losing_streak: int
    """Most losses in a row."""
    profit_factor: float | None
    """Gains over losses [dollars]; inf without losses."""
    sqn: float | None
    """System quality number: mean R over its standard deviation, times sqrt(n)."""
    quantiles: Mapping[str, float]
    """Of R."""
    drawdown_r: float | None
    """Largest fall of cumulative R from a peak, >= 0."""
    drawdown_band: tuple[float, float] | None
    """90 % range of it if the same results had come in another order and mix: bootstrap."""
    kelly: float | None
    """Share of equity as 1R that would have grown the account fastest."""
    kelly_band: tuple[float, float] | None
    """90 % bootstrap range."""
    by_preset: tuple[GroupStats, ...]
    by_tag: tuple[GroupStats, ...]
    calibration: tuple[Calibration, ...]
    results: tuple[JournalRow, ...]
    """Every closed trade in the order of closing: the series of R and the equity curve."""
    exits_unknown: int
    """Planned trades of which it is not known whether stop or target came first."""
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; `calibration` by event."""
        data = dict(to_plain(self))
        return data | {"calibration": {event.event: to_plain(event) for event in self.calibration}}
