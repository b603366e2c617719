"""Results of a preset's rules on daily price bars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from riskcalc.domain.legs import Side
from riskcalc.domain.serialization import to_plain
from riskcalc.records import dataclass


class EntryMode(StrEnum):
    """At which closes a backtest enters."""

    FLAT = "flat"
    """At each close at which no trade is open: one trade after the other."""
    EACH = "each"
    """At every close: trades overlap, and the account takes as many as its limits allow."""


class ExitReason(StrEnum):
    """What closed the last part of a trade."""

    STOP = "stop"
    BREAKEVEN = "breakeven stop"
    TARGET = "target"
    TIME = "time stop"
    OPEN = "open"
    """The prices end before the trade does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestTrade:
    """One trade of a backtest; prices as they were traded."""

    entry_date: dt.date
    entry_spot: float
    """Close of the day of entry [dollars]."""
    description: str
    units: int
    """As many as the account allowed."""
    taken: bool
    """Whether the account had room for it beside the trades that were open; the equity has it then."""
    debit: float
    """Debit of one unit [dollars]; negative for a credit."""
    risk: float
    """Planned loss of all units, costs included: 1R [dollars]."""
    exit_date: dt.date
    exit_spot: float
    """Of the last part [dollars]."""
    reason: ExitReason
    targets_reached: int
    """Targets at which a part was closed."""
    gapped: bool
    """Whether the stop was filled at an open beyond it."""
    ambiguous: bool
    """Whether a day touched a stop and a target, and what came first is assumed."""
    sessions: int
    """Held."""
    dividends: float
    """Received by all units, negative where owed [dollars]."""
    pnl: float
    """Of all units, costs and dividends included [dollars]; of an open trade at the last close."""
    r: float
    """`pnl` over `risk`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeStatistics:
    """Results of some trades in R."""

    name: str
    n: int
    mean_r: float | None
    """Expectancy; None without trades, and so are the fields below."""
    error: float | None
    """One standard error of `mean_r`, by the stationary bootstrap; None below 3 trades."""
    median_r: float | None
    win_rate: float | None
    profit_factor: float | None
    """Sum of the gains over that of the losses; inf without losses."""
    average_win: float | None
    average_loss: float | None
    best: float | None
    worst: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestYear:
    """The account over one calendar year."""

    year: int
    equity: float
    """At the last close of the year [dollars]."""
    change: float
    """Of the equity over the year, a fraction."""
    max_drawdown: float
    """Largest fall from a high within the year, a fraction >= 0."""
    trades: TradeStatistics
    """Of those entered in the year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRegime:
    """Trades entered while trailing volatility was in one third of its range."""

    vol_from: float
    """Per sqrt(year)."""
    vol_to: float
    trades: TradeStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class RBin:
    """Count of trades with R in a range."""

    low: float
    """Included; -inf for the first."""
    high: float
    """Not included; inf for the last."""
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityPoint:
    """Equity of the account, open trades at the close [dollars]."""

    date: dt.date
    equity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Results of a preset's rules on daily bars.

    R and its statistics are those of all counted trades; the equity is that of an account that takes them as
    its limits allow.
    """

    preset: str
    symbol: str
    description: str
    """Description of the rules."""
    first: dt.date
    last: dt.date
    entries: EntryMode
    side: Side
    assumptions: tuple[str, ...]
    """Assumptions that replace data missing from the prices, described."""
    warnings: tuple[str, ...]
    """Warnings about the result."""
    statistics: TradeStatistics
    taken: int
    """Counted trades that the account had room for."""
    exits: Mapping[str, int]
    """Trades by what closed their last part."""
    gapped_stops: int
    ambiguous: int
    """Trades with a day that touched a stop and a target; the stop counts as first."""
    open_trades: tuple[BacktestTrade, ...]
    """Those that the end of the prices leaves open; in the equity, not in the statistics."""
    uncounted: Mapping[str, int]
    """Closes without a counted trade, by reason."""
    mean_sessions: float | None
    """Average holding period."""
    start_equity: float
    end_equity: float
    annual_return: float | None
    """Compound growth of the equity per year; None where it is lost, or over less than a year."""
    max_drawdown: float
    """Largest fall of the daily equity from a high, a fraction >= 0."""
    drawdown_from: dt.date | None
    """Day of that high; None without a fall."""
    drawdown_to: dt.date | None
    histogram: tuple[RBin, ...]
    quantiles: Mapping[str, float]
    """Of R, by percent; empty without trades."""
    years: tuple[BacktestYear, ...]
    regimes: tuple[BacktestRegime, ...]
    equity: tuple[EquityPoint, ...]
    """At the last close of each month."""
    trades: tuple[BacktestTrade, ...]
    """Counted ones, by entry."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data, without the counted trades."""
        data: dict[str, Any] = to_plain(self)
        del data["trades"]
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One setting of a grid of backtests."""

    settings: Mapping[str, str]
    """Values by key, as typed."""
    n: int
    mean_r: float | None
    error: float | None
    win_rate: float | None
    profit_factor: float | None
    max_drawdown: float | None
    end_equity: float | None
    problem: str = ""
    """Why there is no result; empty if there is one."""

    @property
    def errors_from_zero(self) -> float | None:
        """Expectancy over its error; None where one of them is not known."""
        return None if self.mean_r is None or not self.error else self.mean_r / self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestGrid:
    """Backtests of many settings, best expectancy first."""

    preset: str
    symbol: str
    first: dt.date
    last: dt.date
    entries: EntryMode
    rows: tuple[GridRow, ...]
    tried: int
    """Settings that gave an answer."""
    chance_best: float | None
    """Errors from zero that the best of as many independent settings without an edge reaches on average."""
    p_value: float | None
    """Chance that the best of as many independent settings without an edge is as many errors above zero."""
    assumptions: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        data: dict[str, Any] = to_plain(self)
        return data
