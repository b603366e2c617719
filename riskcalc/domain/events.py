"""Dated events that move markets: meetings, releases, earnings, rebalances, expirations."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from functools import lru_cache
from typing import Any

from riskcalc.domain.serialization import to_plain
from riskcalc.domain.validation import calendar_date, text
from riskcalc.records import dataclass

KINDS = {
    "FOMC": "fomc|fomc (rate )?(decision|meeting|statement)|federal open market committee( meeting)?",
    "FOMC minutes": "fomc minutes",
    "CPI": r".*\b(cpi|consumer price index)\b.*",
    "PPI": r".*\b(ppi|producer price index)\b.*",
    "jobs": "jobs|jobs report|nfp|non-?farm payrolls?|(the )?employment situation( (for|in) .*)?",
}
"""Kinds of events whose moves are counted together, with patterns for their names."""
LAST_OF_SEVERAL = re.compile(r" \(day (?P<day>\d+) of (?P<days>\d+)\)$")
"""Ends the name of one day of an entry of several; the last one moves the market."""


class Certainty(StrEnum):
    """How sure a date is."""

    ANNOUNCED = "announced"
    UNCERTAIN = "uncertain"
    """Announced more than once, differently, or tentative."""
    RULE = "rule"
    """Follows from a calendar rule, without an announcement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketEvent:
    """One event on one day."""

    date: dt.date
    """In New York."""
    what: str
    source: str
    """Source of the event."""
    checked: dt.date | None = None
    """Day on which the date was looked up; None for an entry of the user's."""
    time: dt.time | None = None
    """Time of day in New York; None for a whole day."""
    certainty: Certainty = Certainty.ANNOUNCED
    is_expiration: bool = False
    """Whether it is an expiration of options, which every monthly option shares."""

    def __post_init__(self) -> None:
        """Check date and text."""
        calendar_date("date", self.date)
        text("what", self.what)

    @property
    def kind(self) -> str:
        """Which of `KINDS` it is, whoever names it; empty for any other.

        Examples
        --------
        >>> MarketEvent(date=dt.date(2026, 8, 12), what="Consumer Price Index", source="bls.ics").kind
        'CPI'
        """
        return _kind(self.what)

    @property
    def label(self) -> str:
        """Name with its time, and its certainty unless announced."""
        time_text = "" if self.time is None else f" {self.time:%H:%M}"
        sure = " (date uncertain)" if self.certainty is Certainty.UNCERTAIN else ""
        return f"{self.what}{time_text}{sure}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        data: dict[str, Any] = to_plain(self)
        return data


@lru_cache(maxsize=1024)
def _kind(what: str) -> str:
    part = LAST_OF_SEVERAL.search(what)
    if part and part["day"] != part["days"]:
        return ""
    name = LAST_OF_SEVERAL.sub("", what)
    return next((kind for kind, words in KINDS.items() if re.fullmatch(words, name, re.IGNORECASE)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMove:
    """How far a fund has moved on the days of one kind of event; moves are sizes, close to close."""

    symbol: str
    kind: str
    count: int
    """Days of such an event within the prices, >= 1."""
    mean: float
    """Mean absolute move on them, a fraction."""
    error: float | None
    """Its standard error; None of one day."""
    all_count: int
    """All days since the first of them, they with them."""
    all_mean: float
    """Mean absolute move on all days, a fraction."""
    all_error: float | None
    since: dt.date
    """The first of the days."""
    until: dt.date
    """Day of the last price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAhead:
    """An event of a horizon, seen from a day."""

    event: MarketEvent
    sessions: int
    """NYSE sessions from the day to the event."""
    moves: tuple[EventMove, ...] = ()
    """How funds have moved on such days, where their prices are kept."""
