"""Range checks of single values: each returns the value, or names field, value and range."""

from __future__ import annotations

import math
from datetime import date, time
from enum import StrEnum
from numbers import Integral, Real
from typing import TypeVar

from riskcalc.errors import InvalidInputError

Choice = TypeVar("Choice", bound=StrEnum)


def one_of(field: str, choices: type[Choice], word: str) -> Choice:
    """Return the choice that a word names."""
    if word not in set(choices):
        raise InvalidInputError(f"{field} must be one of {', '.join(choices)}, got {word!r}")
    return choices(word)


def finite(field: str, value: float) -> float:
    """Return the value if it is a finite number."""
    return _require(math.isfinite(_number(field, value)), field, value, "a finite number")


def positive(field: str, value: float) -> float:
    """Return the value if it is finite and > 0."""
    return _require(0 < _number(field, value) < math.inf, field, value, "a number > 0")


def non_negative(field: str, value: float) -> float:
    """Return the value if it is finite and >= 0."""
    return _require(0 <= _number(field, value) < math.inf, field, value, "a number >= 0")


def fraction(field: str, value: float) -> float:
    """Return the value if it is in (0, 1]."""
    return _require(0 < _number(field, value) <= 1, field, value, "in (0, 1]")


def probability(field: str, value: float) -> float:
    """Return the value if it is in [0, 1]."""
    return _require(0 <= _number(field, value) <= 1, field, value, "in [0, 1]")


def open_fraction(field: str, value: float) -> float:
    """Return the value if it is in (0, 1)."""
    return _require(0 < _number(field, value) < 1, field, value, "in (0, 1)")


def whole_count(field: str, value: int) -> int:
    """Return the value if it is a whole number >= 1."""
    if not _is_a(Integral, value) or value < 1:
        raise InvalidInputError(f"{field} must be a whole number >= 1, got {value!r}")
    return int(value)


def time_of_day(field: str, value: time) -> time:
    """Return the value if it is a time of day without a zone: New York's is meant."""
    if not _is_a(time, value) or value.tzinfo is not None:
        raise InvalidInputError(
            f"{field} must be a time of day in New York, like time(10, 30), got {value!r}"
        )
    return value


def calendar_date(field: str, value: date) -> date:
    """Return the value if it is a plain date."""
    if type(value) is not date:
        raise InvalidInputError(f"{field} must be a date, got {value!r}")
    return value


def _is_a(kind: type, value: object) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _number(field: str, value: float) -> float:
    if not _is_a(Real, value):
        raise InvalidInputError(f"{field} must be a number, got {value!r}")
    try:
        return float(value)
    except OverflowError:  # a whole number of over 308 digits
        return math.inf


def _require(ok: bool, field: str, value: float, allowed: str) -> float:  # noqa: FBT001 - a private verdict
    if not ok:
        raise InvalidInputError(f"{field} must be {allowed}, got {_number(field, value):g}")
    return float(value)
