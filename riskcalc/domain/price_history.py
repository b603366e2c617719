"""Results from daily price bars: measures at the last bar, and how often each exit was hit first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from riskcalc.domain.legs import Side
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.validation import calendar_date, multiple, non_negative, positive, text
from riskcalc.records import dataclass

DEFAULT_K = 0.83
"""Median realized over implied volatility of IWM, 2010 to 2026."""

DEFAULT_K_SOURCE = "default, IWM 2010-2026"


class PriceBasis(StrEnum):
    """Whether the prices of a file are those that were traded; splits are undone in all of them."""

    RAW = "raw"
    """As traded: a price falls by its dividend on the ex-date, as stops see it."""
    ADJUSTED = "adjusted"
    """Dividends are taken out of earlier prices, so that the past has lower ones than were traded."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Realized over implied volatility: what implied volatility is multiplied by for calibrated odds."""

    k: float = DEFAULT_K
    """Median of realized over implied volatility, > 0."""
    k_source: str = DEFAULT_K_SOURCE
    """Prices, implied volatilities and sessions that it was measured on."""
    date: dt.date | None = None
    """Last session that it was measured on; None for the default."""
    error: float | None = None
    """One standard error of `k`; None for the default."""

    def __post_init__(self) -> None:
        """Check every field."""
        multiple("k", self.k)
        text("k_source", self.k_source)
        if self.date is not None:
            calendar_date("date", self.date)
        if self.error is not None:
            non_negative("error", self.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excursion:
    """How far a price went one way while trades were open, as moves from entry in the trade's favor."""

    median: float
    tail: float
    """Nine of ten trades stay nearer to the entry."""
    largest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCount:
    """How often one target was reached before the stop."""

    move: float
    """From entry, in the trade's favor, > 0."""
    reached: int
    share: float
    """Of all entries."""
    error: float
    """One standard error of `share`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeCounts:
    """Outcomes of the entries at which trailing volatility was in one third of its range."""

    name: str
    """Low, middle or high."""
    vol_from: float
    """Least trailing volatility of these entries, per sqrt(year)."""
    vol_to: float
    n: int
    stop_first: int
    target_first: int
    neither: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What came first after each entry: the stop, the nearest target, or neither within the sessions.

    Entries overlap: those of neighboring days share most of their sessions, so that `n` entries tell about
    as much as `independent` ones.
    """

    stop: float
    """Adverse move from entry, in (0, 1)."""
    sessions: int
    """Sessions after the entry within which the exits act."""
    side: Side
    first_entry: dt.date
    last_entry: dt.date
    n: int
    """Entries: each close that has all its sessions after it."""
    independent: float
    """`n` over `sessions`."""
    stop_first: int
    """Entries whose stop was hit first, including `ambiguous` ones."""
    target_first: int
    """Entries whose nearest target was hit first."""
    neither: int
    ambiguous: int
    """Entries whose stop and nearest target were touched on one day, within it; they count as stop first."""
    gapped_stops: int
    """Entries that opened beyond their stop, and were filled there."""
    mean_overshoot: float | None
    """Mean move from the stop to the fill of the gapped stops, as a part of the entry price; None without."""
    overshoot_tail: float | None
    """The same at the 90th percentile."""
    largest_overshoot: float | None
    errors: Mapping[str, float]
    """One standard error of the shares of `stop_first`, `target_first` and `neither`."""
    targets: tuple[TargetCount, ...]
    """Nearest first; each against the stop alone."""
    adverse: Excursion
    """MAE: worst move of each trade until it was closed, fills included."""
    favorable: Excursion
    """MFE: best move of each trade until it was closed, fills included."""
    adverse_before_target: Excursion | None
    """MAE of the trades whose nearest target came first, up to the day before; None without any."""
    regimes: tuple[RegimeCounts, ...]
    """By trailing volatility at entry, lowest first; entries without enough bars before are in none."""

    def share(self, name: str) -> float:
        """Return the share of the entries that are in a count, such as ``"stop_first"``."""
        count: int = getattr(self, name)
        return count / self.n

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        data: dict[str, Any] = to_plain(self)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstExit:
    """Probabilities that stop, nearest target or neither comes first, by one way to find them."""

    method: str
    vol: float
    """Per sqrt(year)."""
    stop_first: float
    target_first: float
    neither: float
    targets: tuple[float, ...]
    """Probability of each target before the stop, nearest first."""
    error: float = 0.0
    """Largest standard error of the probabilities, of the simulation alone; 0 for a closed form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoMovement:
    """How two price series moved together, by daily returns on the sessions they share."""

    symbol: str
    benchmark: str
    sessions: int
    """Daily returns that were compared."""
    beta: float
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceHistory:
    """Measures of daily bars; those of a window are None where there are too few bars for it."""

    symbol: str
    first: dt.date
    last: dt.date
    bars: int
    basis: PriceBasis
    basis_reason: str
    notes: tuple[str, ...]
    """Notes on how the rows of the file were treated."""
    close: float
    realised_vol: Mapping[str, float | None]
    """Close to close, per sqrt(year), by sessions: ``"21"``, ``"63"``, ``"252"``."""
    yang_zhang_vol: Mapping[str, float | None]
    """The same from opens, highs, lows and closes."""
    atr14: float | None
    ema20: float | None
    sma50: float | None
    sma200: float | None
    co_movements: tuple[CoMovement, ...]
    k: float
    """Realized over implied volatility, measured or as kept."""
    k_error: float | None
    k_source: str
    k_date: dt.date | None
    implied_vol: float | None
    """Beside the last bar, per sqrt(year); None where no file or preset says it."""
    implied_vol_source: str
    """Its source; empty without one."""
    outcomes: Outcomes | None
    chances: tuple[FirstExit, ...]
    """Second opinions on the same exits from the last bar."""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready data; unknown values are None."""
        data: dict[str, Any] = to_plain(self)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageRange:
    """Average true range of an underlying, as `riskcalc history` measured it.

    Examples
    --------
    >>> AverageRange(atr14=3.9, close=300, date=dt.date(2026, 7, 20)).share
    0.013
    """

    atr14: float
    """Wilder's, of 14 sessions [dollars], > 0."""
    close: float
    """Last close of the same prices [dollars], > 0."""
    date: dt.date
    """Of the close."""

    def __post_init__(self) -> None:
        """Check every field."""
        positive("atr14", self.atr14)
        positive("close", self.close)
        calendar_date("date", self.date)

    @property
    def share(self) -> float:
        """The range as a fraction of the price, which splits and later prices do not change."""
        return self.atr14 / self.close
