"""Checks of single values, type and range: each returns the value or raises an error naming the field."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping
from datetime import date, time
from enum import Enum, StrEnum
from numbers import Integral, Real
from typing import TypeVar, cast

from riskcalc.errors import InvalidInputError

Choice = TypeVar("Choice", bound=StrEnum)
Member = TypeVar("Member", bound=Enum)
Record = TypeVar("Record")

MOST = 2**53
"""No count of contracts or shares is larger."""

LEAST_PRICE, MOST_PRICE = 1e-6, 1e9
"""Of a share, an index point or a strike [dollars]; beyond them a unit is wrong, or a file damaged."""

MOST_DOLLARS = 1e15
"""No account and no cost is larger."""

MOST_VOL = 100.0
"""Per sqrt(year): ten thousand percent."""

MOST_RATE = 10.0
"""Of rates and yields without their sign, per year: a thousand percent."""

MOST_DRIFT = 1000.0
"""Of expected growth without its sign, per year: more than enough to be certain."""

LONG_INTEGER = 200
"""Bits above which a whole number is not written out in a message."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""A day before or after these is a typing error, and calendars do not reach it."""


def one_of(field: str, choices: type[Choice], word: object) -> Choice:
    """Return the choice that a word names."""
    if not isinstance(word, str) or word not in set(choices):
        raise InvalidInputError(f"{field} must be one of {', '.join(choices)}, got {brief_repr(word)}")
    return choices(word)


def time_of_day(field: str, value: object) -> time:
    """Return the value if it is a time of day without a zone: New York's is meant."""
    if not isinstance(value, time) or value.tzinfo is not None:
        raise InvalidInputError(
            f"{field} must be a time of day in New York, like time(10, 30), got {brief_repr(value)}"
        )
    return value


def member(field: str, enum: type[Member], value: object) -> Member:
    """Return the value if it is a member of an enumeration."""
    if not isinstance(value, enum):
        names = " or ".join(f"{enum.__name__}.{value.name}" for value in enum)
        raise InvalidInputError(f"{field} must be {names}, got {brief_repr(value)}")
    return value


def record(field: str, kind: type[Record] | tuple[type[Record], ...], value: object) -> Record:
    """Return the value if it is an object of a class."""
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        expected = " or ".join(f"{_article(kind.__name__)} {kind.__name__}" for kind in kinds)
        raise InvalidInputError(f"{field} must be {expected}, got {brief_repr(value)}")
    return value


def records(field: str, kind: type[Record] | tuple[type[Record], ...], values: object) -> tuple[Record, ...]:
    """Return the values as a tuple if each is an object of a class."""
    items = listed(field, values)
    if not all(isinstance(value, kind) for value in items):
        for k, value in enumerate(items):
            record(f"{field}[{k}]", kind, value)
    return cast("tuple[Record, ...]", items)


def listed(field: str, values: object) -> tuple[object, ...]:
    """Return several values as a tuple; refuse a text, a mapping or a single value."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise InvalidInputError(f"{field} must be a list, got {brief_repr(values)}")
    try:
        return tuple(values)
    except TypeError:  # an array without a dimension says it is iterable
        raise InvalidInputError(f"{field} must be a list, got {brief_repr(values)}") from None


def mapping(field: str, values: object) -> Mapping[str, object]:
    """Return the value if it is a mapping with texts as keys."""
    if not isinstance(values, Mapping):
        raise InvalidInputError(f"{field} must be a mapping by name, got {brief_repr(values)}")
    for name in values:
        if not isinstance(name, str):
            raise InvalidInputError(f"a key of {field} must be text, got {brief_repr(name)}")
    return values


def text(field: str, value: object) -> str:
    """Return the value if it is text."""
    if not isinstance(value, str):
        raise InvalidInputError(f"{field} must be text, got {brief_repr(value)}")
    return value


def flag(field: str, value: object) -> bool:
    """Return the value if it is true or false."""
    if not isinstance(value, bool):
        raise InvalidInputError(f"{field} must be true or false, got {brief_repr(value)}")
    return value


def real(field: str, value: object) -> float:
    """Return the value as a float if it is a number; a whole number too long for one is infinite."""
    if type(value) is float:  # the usual case first: an abstract class is asked ten times as long
        return value
    if not isinstance(value, Real) or not _is_a(Real, value):
        raise InvalidInputError(f"{field} must be a number, got {brief_repr(value)}")
    try:
        return float(value)
    except OverflowError:  # a whole number of over 308 digits
        return math.inf


def finite(field: str, value: object) -> float:
    """Return the value if it is a finite number."""
    return _require(math.isfinite(real(field, value)), field, value, "a finite number")


def finite_each(field: str, values: object) -> tuple[float, ...]:
    """Return several values as a tuple if each is a finite number."""
    return tuple(finite(f"{field}[{k}]", value) for k, value in enumerate(listed(field, values)))


def positive(field: str, value: float) -> float:
    """Return the value if it is finite and > 0."""
    return _require(0 < real(field, value) < math.inf, field, value, "a number > 0")


def non_negative(field: str, value: float) -> float:
    """Return the value if it is finite and >= 0."""
    return _require(0 <= real(field, value) < math.inf, field, value, "a number >= 0")


def positive_or_inf(field: str, value: float) -> float:
    """Return the value if it is > 0; infinity is."""
    return _require(real(field, value) > 0, field, value, "a number > 0")


def non_negative_or_inf(field: str, value: float) -> float:
    """Return the value if it is >= 0; infinity is."""
    return _require(real(field, value) >= 0, field, value, "a number >= 0")


def price(field: str, value: float) -> float:
    """Return the value if it can be the price of a share or a strike [dollars]."""
    if type(value) is float and LEAST_PRICE <= value <= MOST_PRICE:
        return value
    positive(field, value)
    return _within(field, value, LEAST_PRICE, MOST_PRICE)


def dollars(field: str, value: float) -> float:
    """Return the value if it can be an amount of money [dollars]: 0 or more."""
    if type(value) is float and 0.0 <= value <= MOST_DOLLARS:
        return value
    non_negative(field, value)
    return _within(field, value, 0.0, MOST_DOLLARS)


def volatility(field: str, value: float) -> float:
    """Return the value if it can be a volatility, per sqrt(year): 0.2 is 20%."""
    if type(value) is float and 0.0 <= value <= MOST_VOL:
        return value
    non_negative(field, value)
    return _within(field, value, 0.0, MOST_VOL)


def yearly(field: str, value: float) -> float:
    """Return the value if it can be a rate, a yield or a drift, per year: 0.04 is 4%."""
    finite(field, value)
    return _within(field, value, -MOST_RATE, MOST_RATE)


def drift(field: str, value: float) -> float:
    """Return the value if it can be the growth a trader expects, per year."""
    finite(field, value)
    return _within(field, value, -MOST_DRIFT, MOST_DRIFT)


def multiple(field: str, value: float) -> float:
    """Return the value if it is > 0 and no larger than any move, ratio or step is."""
    positive(field, value)
    return _within(field, value, 0.0, MOST_PRICE)


def fraction(field: str, value: float) -> float:
    """Return the value if it is in (0, 1]."""
    return _require(0 < real(field, value) <= 1, field, value, "in (0, 1]")


def probability(field: str, value: float) -> float:
    """Return the value if it is in [0, 1]."""
    return _require(0 <= real(field, value) <= 1, field, value, "in [0, 1]")


def open_fraction(field: str, value: float) -> float:
    """Return the value if it is in (0, 1)."""
    return _require(0 < real(field, value) < 1, field, value, "in (0, 1)")


def whole_count(field: str, value: int, *, most: int = MOST) -> int:
    """Return the value if it is a whole number >= 1 and no larger than anything that is counted."""
    if not _is_a(Integral, value) or value < 1:
        raise InvalidInputError(f"{field} must be a whole number >= 1, got {brief_repr(value)}")
    if value > most:
        raise InvalidInputError(f"{field} must be at most {most:,}, got {brief_repr(value)}")
    return int(value)


def calendar_date(field: str, value: date) -> date:
    """Return the value if it is a plain date of the years 1900 to 2200."""
    if type(value) is not date:
        raise InvalidInputError(f"{field} must be a date, got {brief_repr(value)}")
    if not FIRST_DAY <= value <= LAST_DAY:
        raise InvalidInputError(f"{field} must be a date of the years 1900 to 2200, got {value}")
    return value


def brief_repr(value: object) -> str:
    """Describe any value in one short line."""
    return " ".join(_BRIEF.repr(value).split())


class _BriefRepr(reprlib.Repr):
    """The standard library's, but for whole numbers that Python refuses to write out."""

    def repr_int(self, x: int, level: int) -> str:
        """Digits, or how many there are."""
        if x.bit_length() > LONG_INTEGER:
            return f"a whole number of {int(x.bit_length() * math.log10(2)) + 1:,} digits"
        return super().repr_int(x, level)


_BRIEF = _BriefRepr()
_BRIEF.maxstring = _BRIEF.maxother = 60


def _article(noun: str) -> str:
    return "an" if noun[0] in "AEIOU" else "a"


def _is_a(kind: type, value: object) -> bool:
    """Whether a value is a number; a boolean is a whole number to Python, a span of time to numpy."""
    if not isinstance(value, kind) or isinstance(value, bool):
        return False
    return getattr(getattr(value, "dtype", None), "kind", "") != "m"


def _within(field: str, value: float, low: float, high: float) -> float:
    return _require(low <= real(field, value) <= high, field, value, f"from {low:g} to {high:g}")


def _require(ok: bool, field: str, value: object, allowed: str) -> float:  # noqa: FBT001 - a private verdict
    number = real(field, value)
    if not ok:
        raise InvalidInputError(f"{field} must be {allowed}, got {number:g}")
    return number
