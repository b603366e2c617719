"""Dated events that move markets: meetings, releases, earnings, rebalances, expirations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from riskcalc.domain.serialization import to_plain
from riskcalc.domain.validation import calendar_date, text


class Certainty(StrEnum):
    """How sure a date is."""

    ANNOUNCED = "announced"
    UNCERTAIN = "uncertain"
    """Announced more than once, differently, or tentative."""
    RULE = "rule"
    """Follows from a rule of the calendar; nobody had to announce it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketEvent:
    """One event on one day."""

    date: dt.date
    """In New York."""
    what: str
    source: str
    """Who says so."""
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
    def label(self) -> str:
        """What it is, with its time, and how sure it is unless announced."""
        when = "" if self.time is None else f" {self.time:%H:%M}"
        sure = " (date uncertain)" if self.certainty is Certainty.UNCERTAIN else ""
        return f"{self.what}{when}{sure}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        found: dict[str, Any] = to_plain(self)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAhead:
    """An event of a horizon, seen from a day."""

    event: MarketEvent
    sessions: int
    """NYSE sessions from the day to the event."""
