"""Open interest of a chain as gamma by strike, put/call ratios and max pain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from riskcalc.domain.serialization import to_plain
from riskcalc.records import dataclass

NET_ASSUMPTION = "naive net: assumes that dealers are long every call and short every put"
"""Assumption behind the sign of a net gamma, since open interest does not show who is long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeGamma:
    """Gamma of the open interest at one strike [dollars of delta per 1% move of the spot]."""

    strike: float
    """[dollars]"""
    gross: float
    """Calls and puts added up, >= 0."""
    net: float
    """Calls less puts: the naive sign."""
    open_interest: float
    """Contracts, calls and puts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutCallRatios:
    """Puts over calls, all strikes and expiries; None where the file does not say or there are no calls."""

    volume: float | None
    open_interest: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaProfile:
    """Gamma and put/call measures from the open interest of a chain."""

    symbol: str
    date: dt.date
    spot: float
    gamma: tuple[StrikeGamma, ...]
    """By strike, lowest first; strikes without open interest are left out."""
    flip: float | None
    """Spot nearest to today's at which the naive net is zero, within 20% [dollars]; None without one."""
    put_call: PutCallRatios
    max_pain: float | None
    """Strike at which the options of all expiries together are worth least to their holders [dollars]."""
    max_pain_by_expiry: Mapping[str, float] = field(default_factory=dict)
    """The same of each expiry."""
    without_vol: int = 0
    """Contracts of open interest whose gamma is not known, since their expiry has no implied vol."""

    @property
    def gross(self) -> float:
        """Gamma of all strikes, gross [dollars of delta per 1% move]."""
        return sum(row.gross for row in self.gamma)

    @property
    def net(self) -> float:
        """The naive net of all strikes [dollars of delta per 1% move]."""
        return sum(row.net for row in self.gamma)

    def clusters(self, *, low: float, high: float, count: int = 3) -> tuple[StrikeGamma, ...]:
        """Return the strikes with the most gross gamma from one spot to another, lowest strike first.

        Parameters
        ----------
        low, high : float
            Spots [dollars], both ends with them.
        count : int
            How many at most.
        """
        within = [row for row in self.gamma if low <= row.strike <= high and row.gross > 0]
        largest = sorted(within, key=lambda row: row.gross, reverse=True)[:count]
        return tuple(sorted(largest, key=lambda row: row.strike))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data; null means not known."""
        data: dict[str, Any] = to_plain(self)
        return data | {
            "gross": to_plain(self.gross),
            "net": to_plain(self.net),
            "net_assumption": NET_ASSUMPTION,
        }
