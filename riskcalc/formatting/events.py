"""Events as a table of text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from riskcalc.domain import TradePlan
from riskcalc.domain.events import Certainty, MarketEvent
from riskcalc.domain.sessions import sessions_between
from riskcalc.formatting.numbers import MISSING
from riskcalc.formatting.table import Columns, Table, column_table

CERTAINTY_WORDS = {Certainty.ANNOUNCED: "", Certainty.UNCERTAIN: "uncertain", Certainty.RULE: "by rule"}


def events_table(events: Iterable[MarketEvent], *, today: dt.date, title: str = "Events") -> Table:
    """Table of events with the sessions until each.

    Parameters
    ----------
    events : iterable of MarketEvent
        In order.
    today : date
        Day that sessions are counted from.
    title : str
        Heading.
    """
    rows = tuple(
        (
            str(event.date),
            MISSING if event.time is None else f"{event.time:%H:%M}",
            event.what,
            str(sessions_between(today, event.date)) if event.date >= today else "past",
            CERTAINTY_WORDS[event.certainty],
            event.source,
            MISSING if event.checked is None else str(event.checked),
        )
        for event in events
    )
    header = ("date", "New York", "event", "sessions", "date is", "source", "checked")
    return Table(title=title, header=header, rows=rows, left=frozenset({0, 2, 4, 5, 6}))


def plan_events(plan: TradePlan) -> Table:
    """Table of the events before a plan's last day; no rows where none is known."""
    expiry, stop = plan.report.trade.expiry, plan.time_stop
    columns: Columns[MarketEvent] = {
        "date": lambda event: str(event.date),
        "event": lambda event: event.label,
        "before": lambda event: _before(event, stop, expiry),
        "source": lambda event: event.source,
    }
    return column_table("Events", plan.events, columns, left=(0, 1, 2, 3))


def _before(event: MarketEvent, stop: dt.date | None, expiry: dt.date | None) -> str:
    """Which end of the trade an event comes before, or is on the day of."""
    ends = ((stop, "time stop"), (expiry, "expiry"))
    return next((name for day, name in ends if day is not None and event.date <= day), "")
