"""All events from one day to another: shipped, by rule, imported, and the user's own."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from riskcalc.domain.events import Certainty, MarketEvent
from riskcalc.domain.sessions import last_session_on_or_before
from riskcalc.domain.validation import calendar_date
from riskcalc.events.ics import read_ics
from riskcalc.events.own import calendars_folder, read_own_events

MINUTES_AFTER = dt.timedelta(weeks=3)
"""From a decision of the FOMC to its minutes."""
DECISION = "FOMC decision"
RULE_SOURCE = "by rule"


def events_between(start: dt.date, end: dt.date) -> tuple[MarketEvent, ...]:
    """Return all known events from one day to another, oldest first.

    Parameters
    ----------
    start, end : date
        First and last day; both count.

    Returns
    -------
    tuple of MarketEvent
        Shipped ones with the day they were checked, expirations by rule, those of imported calendars and the
        user's own. A row of ``events.toml`` with ``off = true`` takes a shipped one away.

    Raises
    ------
    PresetError
        A file of the user's cannot be read.
    """
    calendar_date("start", start)
    calendar_date("end", end)
    own_events, off = read_own_events()
    folder = calendars_folder()
    imported = [
        event
        for path in (sorted(folder.glob("*.ics")) if folder.is_dir() else [])
        for event in read_ics(path, start=start, end=end)
    ]
    all_events = (*shipped_events(), *_expirations(start, end), *imported)
    events = [event for event in all_events if (event.date, event.what) not in off] + list(own_events)
    within = {(event.date, event.what): event for event in events if start <= event.date <= end}
    return tuple(
        sorted(within.values(), key=lambda event: (event.date, event.time or dt.time.min, event.what))
    )


@cache
def shipped_events() -> tuple[MarketEvent, ...]:
    """Return the dated rows that ship with riskcalc, and the minutes of each meeting among them."""
    path = Path(__file__).parent / "shipped.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            MarketEvent(
                date=dt.date.fromisoformat(row["date"]),
                what=row["what"],
                source=row["source"],
                checked=dt.date.fromisoformat(row["checked"]),
                time=dt.time.fromisoformat(row["time"]) if row["time"] else None,
                certainty=Certainty(row["certainty"]),
            )
            for row in csv.DictReader(file)
        ]
    return (*rows, *(_minutes(row) for row in rows if row.what == DECISION))


def _minutes(decision: MarketEvent) -> MarketEvent:
    return MarketEvent(
        date=decision.date + MINUTES_AFTER,
        what="FOMC minutes",
        source=f"three weeks after the decision of {decision.date}",
        checked=decision.checked,
        time=dt.time(14),
        certainty=Certainty.RULE,
    )


def _expirations(start: dt.date, end: dt.date) -> Iterator[MarketEvent]:
    """Monthly expirations of options: the third Friday, or the session before it."""
    day = start.replace(day=1)
    while day <= end:
        friday = day.replace(day=15)
        friday += dt.timedelta(days=(4 - friday.weekday()) % 7)
        quarter = day.month % 3 == 0
        yield MarketEvent(
            date=last_session_on_or_before(friday),
            what="quadruple witching" if quarter else "monthly options expiration",
            source=RULE_SOURCE,
            certainty=Certainty.RULE,
            is_expiration=True,
        )
        day = (day + dt.timedelta(days=32)).replace(day=1)
