"""Daily price bars of one symbol, and implied volatilities beside them."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.domain.price_history import PriceBasis
from riskcalc.domain.validation import brief_repr, text
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

Floats: TypeAlias = NDArray[np.float64]
Days: TypeAlias = NDArray[np.datetime64]

PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bars:
    """One row per session, oldest first; every array has shape (n,).

    Examples
    --------
    >>> bars = Bars(symbol="IWM", dates=np.array(["2026-07-17", "2026-07-20"], dtype="datetime64[D]"),
    ...             open=np.array([294.0, 295.0]), high=np.array([296.0, 297.0]),
    ...             low=np.array([293.5, 294.0]), close=np.array([295.5, 296.2]))
    >>> len(bars), bars.last_day
    (2, datetime.date(2026, 7, 20))
    """

    symbol: str
    """Empty if neither file nor caller states it."""
    dates: Days
    """Sessions, datetime64[D], rising."""
    open: Floats
    """Like `high`, `low` and `close` in dollars, > 0, splits undone."""
    high: Floats
    low: Floats
    close: Floats
    has_ranges: bool = True
    """Whether open, high and low are known; if not, the close is used for them."""
    dividends: Floats | None = None
    """Cash per share by ex-date [dollars], >= 0, 0 on other days; None if no file states it."""
    split_factor: Floats | None = None
    """How many of today's shares one share of the day has become, > 0: a price times it is the one that was
    traded. None is 1 throughout."""
    basis: PriceBasis = PriceBasis.UNKNOWN
    basis_reason: str = ""
    """Description of the evidence for raw or adjusted prices."""
    notes: tuple[str, ...] = ()
    """Notes on how the rows of the file were treated."""

    def __post_init__(self) -> None:
        """Check every field."""
        text("symbol", self.symbol)
        object.__setattr__(self, "dates", _days(self.dates))
        for name in PRICES:
            object.__setattr__(self, name, _prices(name, getattr(self, name), len(self.dates)))
        if self.split_factor is not None:
            factor = _prices("split_factor", self.split_factor, len(self.dates))
            object.__setattr__(self, "split_factor", factor)
        if self.dividends is not None:
            paid = _amounts("dividends", self.dividends, len(self.dates))
            object.__setattr__(self, "dividends", paid)

    def __len__(self) -> int:
        """Sessions."""
        return len(self.dates)

    @property
    def first_day(self) -> date:
        """The oldest session."""
        return _date(self.dates[0])

    @property
    def last_day(self) -> date:
        """The newest session."""
        return _date(self.dates[-1])

    def day(self, index: int) -> date:
        """Return the session at a place, from 0."""
        return _date(self.dates[index])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImpliedVols:
    """A history of implied volatility; arrays have shape (n,)."""

    name: str
    """The file's, without its ending."""
    dates: Days
    """Rising."""
    vol: Floats
    """Per sqrt(year), > 0: 0.2 is 20%."""

    def __post_init__(self) -> None:
        """Check every field."""
        text("name", self.name)
        object.__setattr__(self, "dates", _days(self.dates))
        object.__setattr__(self, "vol", _prices("vol", self.vol, len(self.dates)))

    def on(self, day: date, *, within_days: int) -> float | None:
        """Return the last volatility up to a day; None if it is older than `within_days` calendar days."""
        index = int(np.searchsorted(self.dates, np.datetime64(day, "D"), side="right")) - 1
        if index < 0 or (day - _date(self.dates[index])).days > within_days:
            return None
        return float(self.vol[index])


def _date(day: np.datetime64) -> date:
    calendar_day: date = day.astype("datetime64[D]").item()
    return calendar_day


def _days(values: object) -> Days:
    try:
        days = np.asarray(values, dtype="datetime64[D]")
    except (TypeError, ValueError, OverflowError):
        raise InvalidInputError("dates must be an array of days") from None
    if days.ndim != 1 or not len(days) or np.isnat(days).any() or (np.diff(days.astype(np.int64)) < 1).any():
        raise InvalidInputError("dates must be at least one date, in rising order")
    return days


def number_array(name: str, values: object) -> Floats:
    """Return the values as an array of one dimension if they are numbers."""
    try:
        numbers = np.asarray(values)
    except (TypeError, ValueError, OverflowError):
        numbers = np.array("")
    if numbers.dtype.kind not in "fiu" or numbers.ndim != 1:
        raise InvalidInputError(f"{name} must be an array of numbers, got {brief_repr(values)}")
    return numbers.astype(np.float64)


def _prices(name: str, values: object, count: int) -> Floats:
    prices = _one_a_day(name, values, count)
    if not (np.isfinite(prices) & (prices > 0)).all():
        raise InvalidInputError(f"{name} must be finite numbers > 0")
    return prices


def _amounts(name: str, values: object, count: int) -> Floats:
    amounts = _one_a_day(name, values, count)
    if not (np.isfinite(amounts) & (amounts >= 0)).all():
        raise InvalidInputError(f"{name} must be finite numbers >= 0")
    return amounts


def _one_a_day(name: str, values: object, count: int) -> Floats:
    numbers = number_array(name, values)
    if numbers.shape != (count,):
        raise InvalidInputError(f"{name} must have one number for each of the {count} dates")
    return numbers
