"""What the user's files say of a day: the signal board and the known events."""

from __future__ import annotations

import datetime as dt

from riskcalc.domain.trading_day import TradingDay
from riskcalc.events.calendar import events_between
from riskcalc.signals.board import todays_board
from riskcalc.signals.book_values import ReadBook
from riskcalc.signals.sectors import sector_weights
from riskcalc.signals.store import read_store

FIRST_YEAR, LAST_YEAR = 2025, 2028
"""Years of the events that ship with riskcalc; plans of sample prices are in them, whatever the day."""
YEARS_AHEAD = 3


def read_trading_day(today: dt.date, *, book: ReadBook | None = None) -> TradingDay:
    """Return what is known of a day: signals up to it, and events around it.

    Parameters
    ----------
    today : date
        Day of the board; events are known from the year before to three years after it, at least.
    book : callable, optional
        Reads the values of the user's book for rules on it, as `riskcalc.book.read_book_values` does; called
        only where there is such a rule.

    Raises
    ------
    PresetError
        A file of signals or events cannot be read.
    """
    first = dt.date(min(today.year - 1, FIRST_YEAR), 1, 1)
    last = dt.date(max(today.year + YEARS_AHEAD, LAST_YEAR), 12, 31)
    store = read_store()
    return TradingDay(
        board=todays_board(today, store, book=book),
        events=events_between(first, last),
        sectors=sector_weights(store, day=today),
    )
