"""Context of a day from the user's files: the signal board and the known events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from riskcalc.domain.events import EventMove, MarketEvent
from riskcalc.domain.trading_day import TradingDay
from riskcalc.events.calendar import events_between
from riskcalc.events.moves import event_moves
from riskcalc.signals.board import todays_board
from riskcalc.signals.book_values import ReadBook
from riskcalc.signals.sectors import sector_weights
from riskcalc.signals.series import Series
from riskcalc.signals.store import read_store

FIRST_YEAR, LAST_YEAR = 2025, 2028
"""Years of the events that ship with riskcalc; plans of sample prices are in them, whatever the day."""
YEARS_AHEAD = 3


def read_trading_day(today: dt.date, *, book: ReadBook | None = None) -> TradingDay:
    """Return the signals up to a day and the events around it.

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
    store = read_store()
    closes = filed_closes(store, until=today)
    oldest = min((series.first_day.year for series in closes.values()), default=today.year)
    first = dt.date(min(today.year - 1, FIRST_YEAR, oldest), 1, 1)
    last = dt.date(max(today.year + YEARS_AHEAD, LAST_YEAR), 12, 31)
    events = events_between(first, last)
    return TradingDay(
        board=todays_board(today, store, book=book),
        events=events,
        moves=moves_of(closes, events),
        sectors=sector_weights(store, day=today),
    )


def filed_closes(store: Mapping[str, Series], *, until: dt.date) -> dict[str, Series]:
    """Return the closes that the user keeps, by symbol, up to a day."""
    ending = ".close"
    closes = {
        name.removesuffix(ending): series.until(until)
        for name, series in store.items()
        if name.endswith(ending)
    }
    return {symbol: series for symbol, series in closes.items() if series is not None}


def moves_of(closes: Mapping[str, Series], events: Sequence[MarketEvent]) -> tuple[EventMove, ...]:
    """Return how each symbol has moved on the days of each kind of event."""
    return tuple(
        move
        for symbol, series in closes.items()
        if (series.values > 0).all()
        for move in event_moves(symbol, series.days, series.values, events)
    )
