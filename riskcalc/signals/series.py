"""Dated values of one series, and lookups by day."""

from __future__ import annotations

import datetime as dt

import numpy as np

from riskcalc.domain.sessions import is_session, last_session_on_or_before
from riskcalc.domain.validation import text
from riskcalc.errors import InvalidInputError
from riskcalc.history.bars import Days, Floats, number_array
from riskcalc.records import dataclass

MOST_GAP = 5
"""Sessions by which a value may predate its day, as over a holiday of the bond market."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """Values of one name, oldest first; arrays have shape (n,)."""

    name: str
    """Such as ``DGS10``, ``IWM.close`` or ``IWM.put_call_volume``."""
    unit: str
    """One of the board's units; empty if the file does not state it."""
    days: Days
    """datetime64[D], rising; weekends and holidays may be among them."""
    values: Floats
    """In `unit`, finite."""
    source: str
    """File that the newest value came from, or ``typed``."""

    def __post_init__(self) -> None:
        """Check the arrays."""
        text("name", self.name)
        object.__setattr__(self, "values", number_array("values", self.values))
        object.__setattr__(self, "days", np.asarray(self.days, dtype="datetime64[D]"))
        rising = bool((np.diff(self.days.astype(np.int64)) > 0).all())
        if not len(self.days) or self.days.shape != self.values.shape or not rising:
            raise InvalidInputError(f"{self.name}: each value must have a day, in rising order")
        if not np.isfinite(self.values).all():
            raise InvalidInputError(f"{self.name}: every value must be finite")

    def __len__(self) -> int:
        """Values."""
        return len(self.days)

    @property
    def first_day(self) -> dt.date:
        """The oldest day."""
        return _date(self.days[0])

    @property
    def last_day(self) -> dt.date:
        """The newest day."""
        return _date(self.days[-1])

    def until(self, day: dt.date) -> Series | None:
        """Return the values up to a day; None if there are none."""
        count = int(np.searchsorted(self.days, np.datetime64(day, "D"), side="right"))
        if not count:
            return None
        return Series(
            name=self.name,
            unit=self.unit,
            days=self.days[:count],
            values=self.values[:count],
            source=self.source,
        )

    def since(self, day: dt.date) -> Floats:
        """Return the values from a day on, that day with them."""
        return self.values[np.searchsorted(self.days, np.datetime64(day, "D")) :]

    def on(self, day: dt.date) -> float | None:
        """Return the value of a day or of the last one before, None if that is too many sessions older."""
        index = int(np.searchsorted(self.days, np.datetime64(day, "D"), side="right")) - 1
        if index < 0 or _date(self.days[index]) < sessions_before(day, MOST_GAP):
            return None
        return float(self.values[index])


def sessions_before(day: dt.date, count: int) -> dt.date:
    """Return the session that is `count` sessions before a day, or before the last session up to it.

    Examples
    --------
    >>> sessions_before(dt.date(2026, 7, 6), 1)  # over Independence Day and the weekend
    datetime.date(2026, 7, 2)
    """
    day = last_session_on_or_before(day)
    while count > 0:
        day -= dt.timedelta(days=1)
        count -= is_session(day)
    return day


def _date(day: np.datetime64) -> dt.date:
    date: dt.date = day.astype("datetime64[D]").item()
    return date
