"""Dates and times as people and vendors write them, in New York's clock.

Read are ISO dates, compact ones (``20260918``), epochs in seconds to nanoseconds, month names
(``Sep 18, 2026``, ``18SEP2026``), and American dates (``09/18/2026``) where a day above 12 proves them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

EXCHANGE_ZONE = "America/New_York"
"""New York: times with an offset are converted to it; times without one are assumed to be in it."""
ZONES = {
    **dict.fromkeys(("et", "est", "edt"), EXCHANGE_ZONE),
    **dict.fromkeys(("ct", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mt", "mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pt", "pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("utc", "gmt", "z"), "UTC"),
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LAST_MONTH = 12
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?([eE]\+?[0-9]+)?")
EPOCHS = (1e9, 4e9)
"""Seconds since 1970 that are a day of listed options: 2001 to 2096."""
UNITS = (1, 10**3, 10**6, 10**9)
"""A second in the units of an epoch."""
CLOCK = (
    r"(?:(?:T|,? at |,? +)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d*)?)?"
    r" ?(?P<half>[ap]\.?m\.?)? ?(?P<zone>[a-z]{1,3})?)?"
)
SLASHED = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<mark>[/-])(?P<b>\d{{1,2}})(?P=mark)(?P<y>\d{{4}}|\d{{2}}){CLOCK}", re.IGNORECASE
)
YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})[/-](?P<m>\d{{1,2}})[/-](?P<d>\d{{1,2}}){CLOCK}", re.IGNORECASE)
COMPACT = re.compile(
    r"(?P<day>\d{8})[ T]?(?:(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?(?:\.0)?"
)
NAMED = re.compile(
    r"(?:[a-z]{3,9},? )??"
    r"(?:(?P<d1>\d{1,2})[ -]?(?P<m1>[a-z]{3,9})\.?[ -]?'?(?P<y1>\d{4}|\d{2})"
    rf"|(?P<m2>[a-z]{{3,9}})\.? ?(?P<d2>\d{{1,2}}),? '?(?P<y2>\d{{4}}|\d{{2}})){CLOCK}",
    re.IGNORECASE,
)


class AmbiguousDateError(ValueError):
    """A date that could mean either of two days; the message names both."""


def month_comes_first(texts: Iterable[str]) -> bool | None:
    """Whether ``09/18/2026`` has its month first, by the days above 12 among some dates; None if unsaid.

    Examples
    --------
    >>> month_comes_first(["07/08/2026", "07/20/2026"]), month_comes_first(["07/08/2026"])
    (True, None)
    """
    matches = [SLASHED.fullmatch(text.strip()) for text in texts]
    return True if any(int(match["b"]) > LAST_MONTH for match in matches if match) else None


@lru_cache(maxsize=2**14)
def read_time(text: str, *, month_first: bool | None = None) -> dt.datetime:
    """Time in New York, without its zone; a date alone is midnight.

    Parameters
    ----------
    text : str
        Without blanks around it.
    month_first : bool, optional
        What `month_comes_first` says of the dates that it stands with.

    Raises
    ------
    AmbiguousDateError
        It may be two days.
    ValueError
        It is no time.

    Examples
    --------
    >>> read_time("1784577600").isoformat(), read_time("Jul 20, 2026 at 3:05 PM CDT").isoformat()
    ('2026-07-20T16:00:00', '2026-07-20T16:05:00')
    """
    if NUMBER.fullmatch(text) and (epoch := _epoch(text)) is not None:
        return epoch
    try:
        return _local(dt.datetime.fromisoformat(text))
    except ValueError:
        return _local(_written(text, month_first=month_first))


@lru_cache(maxsize=2**14)
def read_day(text: str, *, month_first: bool | None = None) -> dt.date:
    """Calendar day as written, ignoring any time-zone offset; raises as `read_time` does.

    Examples
    --------
    >>> [read_day(text).isoformat() for text in ("18 SEP 26", "20260918.0", "1789689600000", "9/18/26")]
    ['2026-09-18', '2026-09-18', '2026-09-18', '2026-09-18']
    """
    if NUMBER.fullmatch(text) and (epoch := _epoch(text)) is not None:
        return epoch.date()
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError:
        return _written(text, month_first=month_first).date()


def _epoch(text: str) -> dt.datetime | None:
    """Time of an epoch; midnight in UTC is read as that date, in any zone."""
    number = float(text)
    for unit in UNITS:
        seconds = number / unit
        if EPOCHS[0] <= seconds < EPOCHS[1]:
            time = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
            at_midnight = time.time() == dt.time.min
            return time.replace(tzinfo=None) if at_midnight else _local(time)
    return None


def _written(text: str, *, month_first: bool | None) -> dt.datetime:
    """Time of a text that is not ISO, with its zone where it names one."""
    if match := COMPACT.fullmatch(text):
        hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
        return dt.datetime.combine(dt.date.fromisoformat(match["day"]), dt.time(hour, minute, second))
    if match := YEAR_FIRST.fullmatch(text):
        return _at_clock(dt.date(int(match["y"]), int(match["m"]), int(match["d"])), match)
    if match := SLASHED.fullmatch(text):
        return _at_clock(_slashed_day(match, text, month_first=month_first), match)
    if match := NAMED.fullmatch(text):
        return _at_clock(_named_day(match), match)
    raise ValueError(text)


def _slashed_day(match: re.Match[str], text: str, *, month_first: bool | None) -> dt.date:
    first, second, year = int(match["a"]), int(match["b"]), _year(match["y"])
    if first > LAST_MONTH:
        raise ValueError(text)
    if month_first is None and second <= LAST_MONTH and first != second:
        readings = " or ".join(str(dt.date(year, *pair)) for pair in ((first, second), (second, first)))
        raise AmbiguousDateError(f"{text!r} may be {readings}; write dates like 2026-09-18")
    return dt.date(year, first, second)


def _named_day(match: re.Match[str]) -> dt.date:
    group = "1" if match["d1"] else "2"
    name = match[f"m{group}"].lower()[:3]
    if name not in MONTHS:
        raise ValueError(match.string)
    return dt.date(_year(match[f"y{group}"]), MONTHS.index(name) + 1, int(match[f"d{group}"]))


def _year(text: str) -> int:
    return int(text) if len(text) > 2 else 2000 + int(text)


def _at_clock(day: dt.date, match: re.Match[str]) -> dt.datetime:
    if match["hour"] is None:
        return dt.datetime.combine(day, dt.time.min)
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
    time = dt.datetime.combine(day, dt.time(hour, int(match["minute"]), int(match["second"] or 0)))
    if not match["zone"]:
        return time
    if match["zone"].lower() not in ZONES:
        raise ValueError(match.string)
    return time.replace(tzinfo=_zone(ZONES[match["zone"].lower()]))


def _local(time: dt.datetime) -> dt.datetime:
    return time.astimezone(_zone(EXCHANGE_ZONE)).replace(tzinfo=None) if time.tzinfo else time


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
