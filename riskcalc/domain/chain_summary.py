"""Summary of an option chain: counts of its quotes, and one row per expiry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskcalc.domain.instrument import ExerciseStyle
from riskcalc.domain.serialization import to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteCounts:
    """Every row of a quote file by what became of it: usable, doubtful and dropped add up to `read`."""

    read: int
    """Rows of the file."""
    usable: int
    """Quotes with a bid and an ask that agree with each other and with the spot."""
    doubtful: Mapping[str, int]
    """Quotes kept but not trusted, by reason in words."""
    dropped: Mapping[str, int]
    """Rows left out, by reason in words."""
    without_quoted_vol: int
    """Quotes for which the file has no volatility; our own are solved from bid and ask."""
    without_vol: Mapping[str, int]
    """Usable quotes whose mid implies no volatility, by reason in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpirySummary:
    """One expiry of a chain; None where its quotes do not tell."""

    expiry: dt.date
    days: int
    """Calendar days from the day of the quotes."""
    quotes: int
    usable: int
    forward: float | None
    """Implied by calls and puts of one strike, early exercise priced in [dollars]."""
    forward_error: float | None
    """One standard deviation of it, from quoted widths [dollars]."""
    implied_yield: float | None
    """Dividends and borrowing fee beside the rate, continuous, per year."""
    implied_yield_error: float | None
    """One standard deviation of it: near an expiry a cent of the forward is many percent a year."""
    atm_vol: float | None
    """At the forward, between the strikes beside it, per sqrt(year)."""
    risk_reversal: float | None
    """Vol of the 25-delta call less that of the 25-delta put; below 0 where puts are dearer."""
    expected_move: float | None
    """One standard deviation by the expiry, from `atm_vol` [dollars]."""
    straddle: float | None
    """Mid of call and put at the strike nearest the forward [dollars per share]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSummary:
    """A chain at a glance."""

    symbol: str
    date: dt.date
    quote_time: dt.datetime | None
    """New York; None where the file does not say it."""
    spot: float
    rate: float
    """Priced with, continuous, per year."""
    exercise: ExerciseStyle
    """Of the options, by their symbol: those on an index are European."""
    account: QuoteCounts
    expiries: tuple[ExpirySummary, ...]
    """Nearest first."""
    spot_implied: float | None = None
    """What calls and puts imply, where the file's spot contradicts it [dollars]."""
    warnings: tuple[str, ...] = ()
    """What was doubtful about the file as a whole, and how it was read."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data; what is not known is None."""
        found: dict[str, Any] = to_plain(self)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SmileFit:
    """How one expiry was fitted."""

    expiry: dt.date
    quotes: int
    """Out of the money, with a bid and solved vols: these are fitted."""
    liquid: int
    """Of these: mid of at least 5 cents, width of at most 10% of it or 5 cents."""
    inside: float
    """Share of the liquid ones whose bid and ask hold the fit; NaN without any."""
    error: float
    """Root mean square distance from the liquid mids, in vol; NaN without any."""
    least_butterfly: float
    """Least of Durrleman's g far beyond the quotes; below 0 a butterfly would cost less than nothing."""
    least_calendar: float
    """Least rise of total variance from the expiry before, at one ratio of strike to forward, as a part of
    what it was there; NaN if none is before."""

    @property
    def free_of_arbitrage(self) -> bool:
        """Whether no butterfly, and no calendar spread at one ratio to the forward, is worth less than 0."""
        return self.least_butterfly >= 0 and not self.least_calendar < 0
