"""The clock of option values: calendar days, parts of a day included, from a moment in New York on."""

from __future__ import annotations

import datetime as dt

from riskcalc.domain.instrument import Settlement
from riskcalc.domain.sessions import OPEN, close_of

ONE_DAY = dt.timedelta(days=1)


def moment_of(date: dt.date, time: dt.time | None) -> dt.datetime:
    """Return the moment of prices, New York: the close where no time is given, or a later one.

    Examples
    --------
    >>> moment_of(dt.date(2026, 7, 20), None).isoformat()
    '2026-07-20T16:00:00'
    """
    close = close_of(date)
    return close if time is None else min(dt.datetime.combine(date, time), close)


def days_to_close(moment: dt.datetime, day: dt.date) -> float:
    """Calendar days from a moment to a day's close, negative for the past.

    From close to close they are whole days, but for half days.
    """
    return (close_of(day) - moment) / ONE_DAY


def days_to_settlement(moment: dt.datetime, expiry: dt.date, settlement: Settlement) -> float:
    """Calendar days from a moment until options end, >= 0: at the close, or at the open where settled there.

    Examples
    --------
    >>> ten = dt.datetime(2026, 9, 18, 10)
    >>> days_to_settlement(ten, ten.date(), Settlement.PM)  # six hours
    0.25
    >>> days_to_settlement(ten, ten.date(), Settlement.AM)
    0.0
    """
    if settlement is Settlement.AM:
        return max((dt.datetime.combine(expiry, OPEN) - moment) / ONE_DAY, 0.0)
    return max(days_to_close(moment, expiry), 0.0)
