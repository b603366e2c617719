"""NYSE sessions: the days on which options expire and leveraged funds reset, and the hours of each."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

TABLE_FILE = Path(__file__).parent / "nyse_sessions.csv"
"""Weekdays on which the exchange is closed or closes early, as ``scripts/nyse_sessions.py`` writes them."""

OPEN = time(9, 30)
"""When a session opens, New York."""

CLOSE = time(16)
"""When a session closes, New York, but for early closes."""

FIRST_KNOWN_YEAR, LAST_KNOWN_YEAR = 1863, 2100
"""Years between which holidays are known; in other years only weekends are."""


def is_session(day: date) -> bool:
    """Whether the New York Stock Exchange trades on a day; see `LAST_KNOWN_YEAR`."""
    return day.weekday() < 5 and day not in _table().closures


def why_closed(day: date) -> str:
    """Return why the exchange is closed on a day, empty for a session.

    Examples
    --------
    >>> why_closed(date(2026, 7, 3)), why_closed(date(2026, 7, 4)), why_closed(date(2026, 7, 6))
    ('Independence Day (observed)', 'a Saturday', '')
    """
    if day.weekday() >= 5:
        return f"a {day:%A}"
    return _table().closures.get(day, "")


def closed_expiry(day: date) -> str:
    """Return the message that no option expires on a closed day, with the session before it.

    Examples
    --------
    >>> closed_expiry(date(2026, 7, 4))
    '2026-07-04 (a Saturday): the session before it is 2026-07-02'
    """
    return f"{day} ({why_closed(day)}): the session before it is {last_session_on_or_before(day)}"


def closing_time(day: date) -> time:
    """Return when the exchange closes, New York: 16:00, on half days 13:00, after a snowstorm perhaps 14:30.

    Examples
    --------
    >>> closing_time(date(2026, 11, 27)), closing_time(date(2026, 11, 30))
    (datetime.time(13, 0), datetime.time(16, 0))
    """
    return _table().early_closes.get(day, CLOSE)


@lru_cache(maxsize=4096)
def close_of(day: date) -> datetime:
    """Return the moment at which a day's session closes, New York; 16:00 on a day without one."""
    return datetime.combine(day, closing_time(day))


def last_session_on_or_before(day: date) -> date:
    """The day itself if it is a session, else the session before it."""
    while not is_session(day):
        day -= timedelta(days=1)
    return day


def first_session_on_or_after(day: date) -> date:
    """The day itself if it is a session, else the session after it."""
    while not is_session(day):
        day += timedelta(days=1)
    return day


def is_third_friday(day: date) -> bool:
    """Whether standard monthly options expire on a day: the third Friday, or the session before a holiday.

    Examples
    --------
    >>> is_third_friday(date(2026, 6, 18))  # the Friday, 2026-06-19, is Juneteenth
    True
    """
    friday = date(day.year, day.month, 15)
    friday += timedelta(days=(4 - friday.weekday()) % 7)
    return day == friday or (day < friday and day == last_session_on_or_before(friday))


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


def age_in_sessions(day: date, today: date | None) -> int | None:
    """Return the NYSE sessions from the day of prices to today; below 0 for a day that is still to come.

    Examples
    --------
    >>> age_in_sessions(date(2026, 7, 2), date(2026, 7, 6))  # over Independence Day and the weekend
    1
    """
    if today is None:
        return None
    return sessions_between(day, today) if day <= today else -sessions_between(today, day)


class _Table(NamedTuple):
    closures: dict[date, str]
    """Why the exchange is closed, by day."""
    early_closes: dict[date, time]


@cache
def _table() -> _Table:
    """The table of sessions; read late, since a trade in shares needs none."""
    table = _Table({}, {})
    for line in TABLE_FILE.read_text(encoding="utf-8").splitlines()[1:]:
        day, close, reason = line.split(",", 2)
        if close:
            table.early_closes[date.fromisoformat(day)] = time.fromisoformat(close)
        else:
            table.closures[date.fromisoformat(day)] = reason
    return table
