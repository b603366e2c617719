"""Calendars in ICS files: entries in New York's dates, all-day entries, repeats and their exceptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from riskcalc.domain.events import MarketEvent
from riskcalc.domain.validation import FIRST_DAY, LAST_DAY
from riskcalc.errors import PresetError, printable
from riskcalc.presets.files import read_text

if TYPE_CHECKING:
    from icalendar import Component, vRecur

NEW_YORK = ZoneInfo("America/New_York")
REPEATS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
REPEAT_PROPERTIES = frozenset({"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
MOST_REPEATS = 20_000
"""Occurrences of one entry within a window; more is a mistake."""
MOST_DAYS = 31
"""Days of an all-day entry that are listed one by one."""
MOST_TEXT = 100

UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, OverflowError)
"""What `icalendar` raises of damaged entries: it checks a property when it is used, a zone by a file."""

Moment = dt.datetime | dt.date


def read_ics(path: Path, *, start: dt.date, end: dt.date) -> tuple[MarketEvent, ...]:
    """Return the events of a calendar from one day to another, in order.

    Parameters
    ----------
    path : Path
        ICS file.
    start, end : date
        First and last day, in New York; repeats are followed between them.

    Returns
    -------
    tuple of MarketEvent
        Times with a zone are brought to New York, times without one are New York's; an all-day entry of
        several days has an event for each. Canceled entries are left out.

    Raises
    ------
    PresetError
        The file cannot be read, is no calendar, or an entry has no date or repeats more often than daily.
    """
    entries = _entries(path)
    replaced = {(uid, _recurrence(path, entry)) for entry in entries if (uid := _moved_uid(entry))}
    events: list[MarketEvent] = []
    for entry in entries:
        if str(entry.get("STATUS", "")).upper() != "CANCELLED":
            events += _read_entry(path, entry, replaced, start=start, end=end)
    return tuple(sorted(events, key=lambda event: (event.date, event.time or dt.time.min, event.what)))


def count_entries(path: Path) -> int:
    """Return how many entries a calendar has, repeats once.

    Raises
    ------
    PresetError
        As `read_ics` does.
    """
    entries = _entries(path)
    for entry in entries:
        _start(path, entry)
    return len(entries)


def _read_entry(
    path: Path, entry: Component, replaced: set[tuple[str, str]], *, start: dt.date, end: dt.date
) -> list[MarketEvent]:
    """The events of one entry from one day to another, without occurrences that another entry replaces."""
    uid = str(entry.get("UID", ""))
    try:
        return [
            event
            for moment in _occurrences(path, entry, start=start, end=end)
            if _moved_uid(entry) or (uid, _utc(moment)) not in replaced
            for event in _events(path, entry, moment)
            if start <= event.date <= end
        ]
    except UNREADABLE as error:
        raise _unreadable(path, entry, error) from None


def _recurrence(path: Path, entry: Component) -> str:
    """The moment that an entry replaces."""
    try:
        return _utc(entry.decoded("RECURRENCE-ID"))
    except UNREADABLE as error:
        raise _unreadable(path, entry, error) from None


def _unreadable(path: Path, entry: Component, error: Exception) -> PresetError:
    reason = " ".join(printable(str(error)).split())[:MOST_TEXT]
    return PresetError(f"{path}: {_summary(entry)}: cannot be read: {reason}")


def _entries(path: Path) -> list[Component]:
    from icalendar import Calendar  # noqa: PLC0415 - slow to import, and only calendars need it

    content = read_text(path, kind="calendar")
    if "BEGIN:VCALENDAR" not in content:
        raise PresetError(f"{path}: is not an ICS calendar: it has no BEGIN:VCALENDAR")
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        entries: list[Component] = [entry for calendar in calendars for entry in calendar.walk("VEVENT")]
    except UNREADABLE as error:
        raise PresetError(
            f"{path}: is not a readable calendar: {printable(str(error)).splitlines()[0]}"
        ) from None
    if not entries:
        raise PresetError(f"{path}: the calendar has no entries")
    return entries


def _moved_uid(entry: Component) -> str:
    """The UID of an entry that replaces one occurrence of a repeated one; empty for any other."""
    return str(entry.get("UID", "")) if "RECURRENCE-ID" in entry else ""


def _summary(entry: Component) -> str:
    return " ".join(printable(str(entry.get("SUMMARY", ""))).split())[:MOST_TEXT] or "untitled entry"


def _start(path: Path, entry: Component) -> Moment:
    try:
        moment = entry.decoded("DTSTART")
    except UNREADABLE:
        raise PresetError(f"{path}: {_summary(entry)}: has no date that can be read") from None
    if not isinstance(moment, dt.date):
        raise PresetError(f"{path}: {_summary(entry)}: has no date that can be read")
    if not FIRST_DAY <= _day(moment) <= LAST_DAY:
        raise PresetError(f"{path}: {_summary(entry)}: must have a date of the years 1900 to 2200")
    return moment


def _occurrences(path: Path, entry: Component, *, start: dt.date, end: dt.date) -> Iterator[Moment]:
    """First moment of an entry and its repeats, on the entry's own clock."""
    first = _start(path, entry)
    _require_readable_repeats(path, entry)
    if "RRULE" not in entry and "RDATE" not in entry:
        yield first
        return
    excluded = {_utc(moment) for moment in _dates(entry, "EXDATE")}
    moments = {first, *_dates(entry, "RDATE")}
    for rule in _as_list(entry.get("RRULE")):
        moments |= set(_expand_rule(path, entry, rule, first, start=start, end=end))
    yield from (moment for moment in moments if _utc(moment) not in excluded)


def _require_readable_repeats(path: Path, entry: Component) -> None:
    """Refuse a damaged repeat: icalendar 6 drops what it cannot read, and only notes it."""
    for name, problem in entry.errors:
        if name in REPEAT_PROPERTIES:
            raise _unreadable(path, entry, ValueError(problem))


def _expand_rule(
    path: Path, entry: Component, rule: vRecur, first: Moment, *, start: dt.date, end: dt.date
) -> list[Moment]:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - only repeats need it

    frequency = str(next(iter(rule.get("FREQ", [""])), "")).upper()
    if frequency not in REPEATS:
        raise PresetError(
            f"{path}: {_summary(entry)}: repeats must be {', '.join(REPEATS)}, got {frequency!r}"
        )
    zone = first.tzinfo if isinstance(first, dt.datetime) else None
    local = _on_entry_clock(first, zone)
    rule = rule.copy()
    rule.pop("UNTIL", None)
    text = rule.to_ical().decode()  # type: ignore[no-untyped-call]
    last = min((_on_entry_clock(until, zone) for until in _until_moments(entry)), default=None)
    window = dt.datetime.combine(start - dt.timedelta(days=MOST_DAYS), dt.time.min)
    close = dt.datetime.combine(end + dt.timedelta(days=1), dt.time.max)
    close = close if last is None else min(close, last)
    try:
        repeats = rrulestr(text, dtstart=local)
        repeats_found = list(zip(range(MOST_REPEATS), repeats.xafter(window, inc=True), strict=False))
    except (ValueError, OverflowError) as error:
        raise PresetError(f"{path}: {_summary(entry)}: repeats by no readable rule: {error}") from None
    moments = [moment for _, moment in repeats_found if moment <= close]
    if len(moments) == MOST_REPEATS:
        raise PresetError(f"{path}: {_summary(entry)}: repeats more than {MOST_REPEATS:,} times")
    if isinstance(first, dt.datetime):
        return [moment.replace(tzinfo=zone) for moment in moments]
    return [moment.date() for moment in moments]


def _until_moments(entry: Component) -> Iterator[Moment]:
    for rule in _as_list(entry.get("RRULE")):
        yield from rule.get("UNTIL", [])


def _on_entry_clock(moment: Moment, zone: dt.tzinfo | None) -> dt.datetime:
    """A moment on the clock of an entry, without its zone; a whole day is its last moment as a bound."""
    if not isinstance(moment, dt.datetime):
        return dt.datetime.combine(moment, dt.time.min)
    if moment.tzinfo is not None and zone is not None:
        moment = moment.astimezone(zone)
    return moment.replace(tzinfo=None)


def _dates(entry: Component, name: str) -> Iterator[Moment]:
    for moment in _as_list(entry.get(name)):
        for item in getattr(moment, "dts", ()):
            yield item.dt[0] if isinstance(item.dt, tuple) else item.dt


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 - one property, several, or none
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _utc(moment: Moment) -> str:
    """A moment as a key that does not depend on its zone."""
    if not isinstance(moment, dt.datetime):
        return moment.isoformat()
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=NEW_YORK)
    return zoned.astimezone(dt.UTC).isoformat()


def _day(moment: Moment) -> dt.date:
    return _new_york(moment).date() if isinstance(moment, dt.datetime) else moment


def _new_york(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo is None else moment.astimezone(NEW_YORK)


def _events(path: Path, entry: Component, moment: Moment) -> Iterable[MarketEvent]:
    """The events of one occurrence: one, or one for each day of an all-day entry."""
    label, source = _summary(entry), path.name
    if isinstance(moment, dt.datetime):
        local = _new_york(moment)
        time = local.time().replace(second=0, microsecond=0, tzinfo=None)
        return [MarketEvent(date=local.date(), what=label, source=source, time=time)]
    days = _all_days(entry)
    return [
        MarketEvent(
            date=moment + dt.timedelta(days=k),
            what=label if days == 1 else f"{label} (day {k + 1} of {days})",
            source=source,
        )
        for k in range(days)
    ]


def _all_days(entry: Component) -> int:
    """Days of an all-day entry; its end is the day after."""
    first = entry.decoded("DTSTART")
    try:
        length = entry.decoded("DTEND") - first if "DTEND" in entry else entry.decoded("DURATION")
    except (KeyError, TypeError, ValueError):
        return 1
    return min(max(int(length / dt.timedelta(days=1)), 1), MOST_DAYS)
