"""NYSE sessions: the days on which options expire and leveraged funds reset."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


def is_session(day: date) -> bool:
    """Whether the New York Stock Exchange trades on a day."""
    return day.weekday() < 5 and day not in _closures()


def last_session_on_or_before(day: date) -> date:
    """The day itself if it is a session, else the session before it."""
    while not is_session(day):
        day -= timedelta(days=1)
    return day


def sessions_later(day: date, count: int) -> date:
    """Return the session that is `count` sessions after a day; the day itself for 0.

    Examples
    --------
    >>> sessions_later(date(2026, 7, 2), 1)  # over Independence Day and the weekend
    datetime.date(2026, 7, 6)
    """
    while count > 0:
        day += timedelta(days=1)
        count -= is_session(day)
    return day


def sessions_between(start: date, end: date) -> int:
    """Count the sessions after `start` up to and including `end`; 0 when `end` is not later."""
    return sum(is_session(start + timedelta(days=k)) for k in range(1, (end - start).days + 1))


@cache
def _closures() -> HolidayBase:
    """The exchange's holidays; imported late, since a trade in shares needs none."""
    import holidays  # noqa: PLC0415 - slow to import, and only dates need it

    return holidays.financial_holidays("NYSE")
