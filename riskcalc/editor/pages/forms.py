"""A form of a page: fields that are typed, what is done with them, and what comes of it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import field

from riskcalc.book.risk_records import BookRisk
from riskcalc.errors import InvalidInputError
from riskcalc.formatting.table import Table
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A line to type in."""

    name: str
    label: str
    value: str = ""
    """What it holds at first."""
    hint: str = ""
    """Shown while it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What is typed into a form."""

    values: Mapping[str, str]
    """By the names of the fields."""
    confirmed: bool = False
    """Whether the answer to the same values has been shown, and Enter was pressed again."""

    def text(self, name: str) -> str:
        """Return the text of a field; empty where the form has none such."""
        return self.values.get(name, "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a form."""

    said: str
    tables: tuple[Table, ...] = ()
    lines: tuple[str, ...] = ()
    """Below the tables."""
    confirm: str = ""
    """What another Enter does; empty where nothing more is asked."""
    done: bool = False
    """Whether the form closes."""
    risk: BookRisk | None = None
    """Of the book after a write."""
    opens: str = ""
    """Preset that is opened as the trade; empty where none is."""
    units: int = 0
    """How many of it to add to the book."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """What the session keeps of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form."""

    title: str
    verb: str
    """What Enter does."""
    fields: tuple[FormField, ...]
    work: Callable[[Typed], Answer]
    """Does it, in a thread.

    Raises
    ------
    RiskcalcError
        Nothing was done; the first line says why.
    """
    about: str = ""
    """Above the fields."""


def typed_number(name: str, text: str) -> float:
    """Read a number as it is typed: ``9.65``, ``-0.40``, ``$1,250``.

    Raises
    ------
    InvalidInputError
        It is none, or not finite.
    """
    try:
        number = float(text.strip().replace("$", "").replace(",", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidInputError(f"{name} must be a number, got {text.strip()!r}")
    return number


def typed_whole(name: str, text: str) -> int:
    """Read a whole number of at least 1.

    Raises
    ------
    InvalidInputError
        It is none.
    """
    number = typed_number(name, text)
    if number < 1 or not number.is_integer():
        raise InvalidInputError(f"{name} must be a whole number of at least 1, got {text.strip()!r}")
    return int(number)


def typed_day(name: str, text: str) -> dt.date:
    """Read a date, ``2026-09-18``.

    Raises
    ------
    InvalidInputError
        It is none.
    """
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInputError(f"{name} must be a date like 2026-09-18, got {text.strip()!r}") from None


def midnight(day: dt.date) -> dt.datetime:
    """Return the time of a fill of which only the day is known."""
    return dt.datetime.combine(day, dt.time())
