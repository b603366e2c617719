"""Context of a trading day: the signal board, dated events, and the open interest of a chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field

from riskcalc.domain.events import EventAhead, EventMove, MarketEvent
from riskcalc.domain.gamma import GammaProfile
from riskcalc.domain.sectors import SectorWeights
from riskcalc.domain.sessions import sessions_between
from riskcalc.domain.signals import SignalBoard, SignalRole
from riskcalc.domain.validation import calendar_date
from riskcalc.records import dataclass

TRIGGER_CHECKS = {
    SignalRole.ENTRY: "trigger",
    SignalRole.STOP: "stop trigger",
    SignalRole.HEDGE: "hedge trigger",
}
"""Names of the checks of a preset's triggers by role."""
DAY_CHECKS = ("stop signals", "entry signals", "hedge signals", "events", *TRIGGER_CHECKS.values())
"""Names of the checks that rest on the day: those that it adds to a plan, and those of triggers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingDay:
    """Context that plans are checked against; fields are None if unknown."""

    board: SignalBoard | None = None
    events: tuple[MarketEvent, ...] | None = None
    """Known events, oldest first; from the day of the prices to the last expiry at least."""
    moves: tuple[EventMove, ...] = ()
    """How funds have moved on the days of events, from the user's kept prices."""
    gamma: GammaProfile | None = None
    """Of the chain that the plan is priced from."""
    sectors: Mapping[str, SectorWeights] = field(default_factory=dict)
    """Sector weights of funds by symbol."""

    def events_ahead(self, today: dt.date, *, until: dt.date) -> tuple[EventAhead, ...]:
        """Return the events of a horizon, oldest first; none where events are not known.

        Parameters
        ----------
        today, until : date
            First and last day; both count.

        Examples
        --------
        >>> import datetime as dt
        >>> event = MarketEvent(date=dt.date(2026, 7, 29), what="FOMC decision", source="own")
        >>> day = TradingDay(events=(event,))
        >>> (ahead,) = day.events_ahead(dt.date(2026, 7, 24), until=event.date)
        >>> ahead.event.what, ahead.sessions
        ('FOMC decision', 3)
        """
        calendar_date("today", today)
        calendar_date("until", until)
        return tuple(
            EventAhead(
                event=event,
                sessions=sessions_between(today, event.date),
                moves=tuple(event_move for event_move in self.moves if event_move.kind == event.kind),
            )
            for event in self.events or ()
            if today <= event.date <= until
        )


ANY_DAY = TradingDay()
"""A day of which nothing is known: it adds nothing to a plan."""
