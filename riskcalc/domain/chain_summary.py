"""Summary of an option chain: counts of its quotes, and one row per expiry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from riskcalc.domain.instrument import ExerciseStyle
from riskcalc.domain.serialization import to_plain
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteCounts:
    """Counts of the rows of a quote file: usable, suspect and dropped add up to `read`."""

    read: int
    """Rows of the file."""
    usable: int
    """Quotes with bid and ask that are consistent with each other and with the spot."""
    doubtful: Mapping[str, int]
    """Number of suspect quotes by reason."""
    dropped: Mapping[str, int]
    """Number of excluded rows by reason."""
    without_quoted_vol: int
    """Quotes for which the file has no volatility; riskcalc's own are solved from bid and ask."""
    without_vol: Mapping[str, int]
    """Number of usable quotes whose mid has no implied volatility, by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpirySummary:
    """One expiry of a chain; None if its quotes do not determine a value."""

    expiry: dt.date
    days: int
    """Calendar days from the day of the quotes."""
    quotes: int
    usable: int
    forward: float | None
    """Forward implied by put-call parity, adjusted for early exercise [dollars]."""
    forward_error: float | None
    """One standard deviation of it, from quoted widths [dollars]."""
    implied_yield: float | None
    """Implied yield from dividends and borrow fee, continuous, per year."""
    implied_yield_error: float | None
    """One standard deviation of it: near an expiry a cent of the forward is many percent a year."""
    atm_vol: float | None
    """At the forward, between the strikes beside it, per sqrt(year)."""
    risk_reversal: float | None
    """IV of the 25-delta call less IV of the 25-delta put; negative for put skew."""
    expected_move: float | None
    """One standard deviation by the expiry, from `atm_vol` [dollars]."""
    straddle: float | None
    """Mid of call and put at the strike nearest the forward [dollars per share]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSummary:
    """Summary of a chain."""

    symbol: str
    date: dt.date
    quote_time: dt.datetime | None
    """New York time; None if the file does not state it."""
    spot: float
    rate: float
    """Priced with, continuous, per year."""
    exercise: ExerciseStyle
    """Of the options, by their symbol: those on an index are European."""
    account: QuoteCounts
    expiries: tuple[ExpirySummary, ...]
    """Nearest first."""
    spot_implied: float | None = None
    """Spot implied by calls and puts, if the file's spot contradicts it [dollars]."""
    warnings: tuple[str, ...] = ()
    """Warnings about the file as a whole, and how it was read."""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready data; unknown values are None."""
        data: dict[str, Any] = to_plain(self)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class SmileFit:
    """Fit of one expiry."""

    expiry: dt.date
    quotes: int
    """Out of the money, with a bid and solved vols: these are fitted."""
    liquid: int
    """Of these: mid of at least 5 cents, width of at most 10% of it or 5 cents."""
    inside: float
    """Share of the liquid quotes with the fit inside bid and ask; NaN without any."""
    error: float
    """Root mean square distance from the liquid mids, in vol; NaN without any."""
    least_butterfly: float
    """Minimum of Durrleman's g far beyond the quotes; negative means butterfly arbitrage."""
    least_calendar: float
    """Least rise of total variance from the expiry before, at one ratio of strike to forward, as a part of
    what it was there; NaN if none is before."""

    @property
    def free_of_arbitrage(self) -> bool:
        """Whether no butterfly, and no calendar spread at one ratio to the forward, is worth less than 0."""
        return self.least_butterfly >= 0 and not self.least_calendar < 0
