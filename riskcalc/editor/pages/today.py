"""The page Today: the signal board and the events ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

from riskcalc.editor.draft import Draft
from riskcalc.environment import today as day_of_clock
from riskcalc.formatting.events import events_table
from riskcalc.formatting.numbers import count
from riskcalc.formatting.signals import signals_tables, signals_title
from riskcalc.formatting.table import Table
from riskcalc.signals.book_values import BookValues
from riskcalc.trading_day import read_trading_day

AHEAD = dt.timedelta(days=92)
"""Events are listed so far ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the page shows."""

    verdict: str
    """The board in a sentence."""
    signals: tuple[Table, ...]
    coming: str
    """The events in a sentence."""
    events: Table


def read_today(draft: Draft) -> Today:
    """Return what the user's files say of the day a draft is planned for, else of the clock's.

    Raises
    ------
    PresetError
        A file of signals or events cannot be read.
    BookError
        A rule is on the book, and it cannot be read.
    """
    day = draft.today or day_of_clock()
    known = read_trading_day(day, book=partial(_read_book, day))
    events = [event for event in known.events or () if day <= event.date <= day + AHEAD]
    return Today(
        verdict=signals_title(known.board) if known.board else f"Signals on {day}: none are known",
        signals=signals_tables(known.board) if known.board else (),
        coming=f"{count(len(events), 'event')} until {day + AHEAD}",
        events=events_table(events, today=day, title=""),
    )


def _read_book(day: dt.date) -> BookValues | None:
    """The values of the user's book; SQLite is loaded only for a rule on it."""
    from riskcalc.book import read_book_values  # noqa: PLC0415 - as above

    return read_book_values(day)
