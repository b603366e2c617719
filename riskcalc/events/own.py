"""Events of the user's own, in ``events.toml``, and calendars in the folder beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from riskcalc.domain.events import Certainty, MarketEvent
from riskcalc.domain.validation import brief_repr, calendar_date
from riskcalc.environment import data_folder
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.events.ics import count_entries
from riskcalc.presets.files import edit_toml, parse_toml, read_text, write_whole

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""

KEYS = ("date", "what", "source", "time", "off")


def own_events_path() -> Path:
    """Return the file of the user's own events, which need not exist."""
    return data_folder() / "events.toml"


def calendars_folder() -> Path:
    """Return the folder of imported calendars, which need not exist."""
    return data_folder() / "events"


def read_own_events(
    path: Path | None = None,
) -> tuple[tuple[MarketEvent, ...], frozenset[tuple[dt.date, str]]]:
    """Return the user's own events, and those of the shipped ones that they take away.

    Parameters
    ----------
    path : Path, optional
        File of the rows, which need not exist; by default the user's.

    Raises
    ------
    PresetError
        The file cannot be read, or a row is no event; the text has a line for each.
    """
    path = path or own_events_path()
    if not path.exists():
        return (), frozenset()
    data = parse_toml(read_text(path, kind="events"), path, newest=SCHEMA_VERSION)
    rows = data.get("events", [])
    if not isinstance(rows, list):
        raise PresetError(f"{path}: events must be rows like [[events]], got {brief_repr(rows)}")
    problems: list[str] = []
    events, off = [], set()
    for index, row in enumerate(rows):
        try:
            event = _event(row)
        except InvalidInputError as error:
            problems.append(f"{path}: events.{index}: {error}")
            continue
        if row.get("off") is True:
            off.add((event.date, event.what))
        else:
            events.append(event)
    if problems:
        raise PresetError("\n".join(problems))
    return tuple(events), frozenset(off)


def parse_event(text: str) -> MarketEvent:
    """Return the event of a text such as ``2026-12-10 CPI`` or ``2026-12-10 08:30 CPI``.

    Raises
    ------
    InvalidInputError
        The text does not begin with a date, or says nothing after it.

    Examples
    --------
    >>> event = parse_event("2026-12-10 08:30 CPI")
    >>> event.date.isoformat(), event.label
    ('2026-12-10', 'CPI 08:30')
    """
    first, _, rest = text.strip().partition(" ")
    time, _, after = rest.strip().partition(" ")
    row: dict[str, Any] = {"date": first, "what": rest.strip()}
    if ":" in time:
        row |= {"time": time, "what": after.strip()}
    return _event(row)


def add_event(event: MarketEvent) -> Path:
    """Add an event to the user's own; comments stay.

    Raises
    ------
    PresetError
        The file that is there cannot be read, or not be written.
    """
    import tomlkit  # noqa: PLC0415 - reading needs none

    path = own_events_path()
    events, _ = read_own_events()
    if (event.date, event.what) in {(other.date, other.what) for other in events}:
        return path
    row = tomlkit.table()
    row |= {"date": event.date, "what": event.what}
    if event.time is not None:
        row["time"] = f"{event.time:%H:%M}"
    if event.source != "own":
        row["source"] = event.source
    with edit_toml(path, kind="events", check=partial(parse_toml, newest=SCHEMA_VERSION)) as document:
        document.setdefault("events", tomlkit.aot()).append(row)
    return path


def add_calendar(path: Path) -> tuple[Path, int]:
    """Copy a calendar into the user's folder, after reading it; returns the copy and its entries.

    Raises
    ------
    PresetError
        It cannot be read, is no calendar, or cannot be written.
    """
    count = count_entries(path)
    target = calendars_folder() / f"{path.stem}.ics"
    write_whole(target, read_text(path, kind="calendar"))
    return target, count


def _event(row: object) -> MarketEvent:
    """An event of a row, with dates and times as TOML has them or as text."""
    if not isinstance(row, Mapping):
        raise InvalidInputError(f"must be a table with date and what, got {brief_repr(row)}")
    extra = [key for key in row if key not in KEYS]
    if extra:
        raise InvalidInputError(f"unknown key {extra[0]}; keys are {', '.join(KEYS)}")
    date = _date(row.get("date"))
    description = row.get("what")
    if not isinstance(description, str) or not description.strip():
        raise InvalidInputError(f"what must say what happens, got {brief_repr(description)}")
    source = row.get("source", "own")
    if not isinstance(source, str):
        raise InvalidInputError(f"source must be text, got {brief_repr(source)}")
    return MarketEvent(
        date=date,
        what=description.strip(),
        source=source,
        time=_time(row.get("time")),
        certainty=Certainty.ANNOUNCED,
    )


def _date(value: object) -> dt.date:
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            raise InvalidInputError(f"date must be a date like 2026-12-10, got {value!r}") from None
    if not isinstance(value, dt.date):
        raise InvalidInputError(f"date must be a date like 2026-12-10, got {brief_repr(value)}")
    return calendar_date("date", value)


def _time(value: object) -> dt.time | None:
    if value is None or isinstance(value, dt.time):
        return value
    try:
        return dt.time.fromisoformat(str(value))
    except ValueError:
        raise InvalidInputError(f"time must be a time like 08:30, got {brief_repr(value)}") from None
