"""Values of the user's book that rules may be on; they are handed in from above, where the book is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from riskcalc.domain.validation import calendar_date, finite, mapping, text
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass
from riskcalc.signals.rules import BOOK_UNITS, Rule
from riskcalc.signals.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class BookValues:
    """Values of a book on one day, by the names that rules use."""

    day: dt.date
    """Of the marks."""
    values: Mapping[str, float]
    """Each in its unit of `riskcalc.signals.rules.BOOK_UNITS`; one that is not known is left out."""
    source: str = "book"

    def __post_init__(self) -> None:
        """Check day, names and numbers."""
        calendar_date("day", self.day)
        text("source", self.source)
        for name, value in mapping("values", self.values).items():
            if name not in BOOK_UNITS:
                raise InvalidInputError(f"values must be of {', '.join(BOOK_UNITS)}, got {name}")
            finite(name, value)


ReadBook = Callable[[], BookValues | None]
"""Reads the book; None if there is none."""


def book_series(rules: Iterable[Rule], read: ReadBook | None) -> dict[str, Series]:
    """Return the book's values as series of one day; the book is read only if a rule is on it.

    Parameters
    ----------
    rules : iterable of Rule
        From `load_rules`.
    read : callable or None
        Returns the book's values; None where no book is to be read.
    """
    if read is None or not any(name in BOOK_UNITS for rule in rules for name in rule.series):
        return {}
    series = read()
    if series is None:
        return {}
    days = np.array([series.day], dtype="datetime64[D]")
    return {
        name: Series(
            name=name, unit=BOOK_UNITS[name], days=days, values=np.array([value]), source=series.source
        )
        for name, value in series.values.items()
    }
