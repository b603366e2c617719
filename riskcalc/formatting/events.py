"""Events as a table of text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from riskcalc.domain import TradePlan
from riskcalc.domain.events import Certainty, EventMove, MarketEvent
from riskcalc.domain.sessions import sessions_between
from riskcalc.formatting.numbers import MISSING, count, number, percent
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


def moves_table(moves: Iterable[EventMove]) -> Table:
    """Table of the moves of funds on the days of events; no rows where none is known."""
    columns: Columns[EventMove] = {
        "fund": lambda move: move.symbol,
        "event": lambda move: move.kind,
        "days": lambda move: f"{move.count:,}",
        "mean move": lambda move: percent(move.mean),
        "error": lambda move: percent(move.error),
        "all days": lambda move: f"{move.all_count:,}",
        "mean of all": lambda move: percent(move.all_mean),
        "error of all": lambda move: percent(move.all_error),
        "ratio": lambda move: number(move.mean / move.all_mean if move.all_mean else None),
        "since": lambda move: str(move.since),
        "until": lambda move: str(move.until),
    }
    title = "Mean Absolute Move on Days of Events: close to close; errors are standard errors"
    return column_table(title, tuple(moves), columns, left=(0, 1))


def plan_events(plan: TradePlan) -> Table:
    """Table of the events before a plan's last day, with the usual move; no rows where none is known."""
    columns: Columns[MarketEvent] = {
        "date": lambda event: str(event.date),
        "event": lambda event: event.label,
        "before": lambda event: before_words(plan, event),
        "source": lambda event: event.source,
    }
    if any(plan.move_on(event) for event in plan.events):
        columns = {**columns, "mean move on such days": lambda event: move_words(plan.move_on(event))}
    return column_table("Events", plan.events, columns, left=range(len(columns)))


def move_words(move: EventMove | None) -> str:
    """A fund's mean move on days of an event, its error and count, beside all days; empty if not known."""
    if move is None:
        return ""
    error = "" if move.error is None else f" ± {percent(move.error)}"
    usual = f"{percent(move.all_mean)} on all {move.all_count:,}"
    return f"{move.symbol} {percent(move.mean)}{error} on {count(move.count, 'day')}, {usual}"


def before_words(plan: TradePlan, event: MarketEvent) -> str:
    """Which end of a plan an event comes before, or is on the day of."""
    return _describe_lead(event, plan.time_stop, plan.report.trade.expiry)


def _describe_lead(event: MarketEvent, stop: dt.date | None, expiry: dt.date | None) -> str:
    """Which end of the trade an event comes before, or is on the day of."""
    ends = ((stop, "time stop"), (expiry, "expiry"))
    return next((name for day, name in ends if day is not None and event.date <= day), "")
