"""Filters of a table as they are typed: words, ranges and comparisons, all of which must hold."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import field

import numpy as np

from riskcalc.errors import InvalidInputError
from riskcalc.pricing.arrays import Flags, Floats
from riskcalc.records import dataclass

NUMBER = r"[-+]?\$?\d[\d,]*(?:\.\d+)?[kKmM%]?|[-+]?\$?\.\d+[%]?"
_BETWEEN = " \t,;"
_NAME = re.compile(r"[A-Za-z][A-Za-z_()&]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_COMPARED = re.compile(rf"\s*(<=|>=|<|>|=)\s*({NUMBER})")
_RANGE = re.compile(rf"\s*({NUMBER})\s*(?:\.\.|-|to\b)\s*({NUMBER})")
_SINGLE = re.compile(rf"\s*({NUMBER})")
_FACTORS = {"k": 1e3, "m": 1e6, "%": 0.01}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number of a table that a filter may name."""

    key: str
    """Its column."""
    names: tuple[str, ...]
    """What it may be called, the first in messages."""
    percent: bool = False
    """Whether numbers above 1 are percent or points: ``delta 20-40`` is 0.20 to 0.40."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a filter of a table may say."""

    quantities: tuple[Quantity, ...]
    words: Mapping[str, tuple[str, str]]
    """Column and value of text that a word stands for."""
    bare: str
    """Column of a range without a name."""
    days: str = ""
    """Column of dates; empty where the table has none."""

    @property
    def text(self) -> str:
        """Everything a filter may name."""
        return ", ".join(dict.fromkeys([*self.words, *(quantity.names[0] for quantity in self.quantities)]))

    def find(self, name: str) -> Quantity | None:
        """Return the quantity of a name."""
        return next((quantity for quantity in self.quantities if name in quantity.names), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A column between two bounds."""

    key: str
    low: float = -math.inf
    high: float = math.inf
    open_ends: bool = False
    """Whether the bounds themselves are left out."""

    def holds(self, values: Floats) -> Flags:
        """Return which values pass; what is not known does not."""
        with np.errstate(invalid="ignore"):
            if self.open_ends:
                return (values > self.low) & (values < self.high)
            return (values >= self.low) & (values <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter that has been read."""

    text: str = ""
    conditions: tuple[Condition, ...] = ()
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By column the texts that pass; several words of one column are alternatives."""

    def holds(self, numbers: Mapping[str, Floats], texts: Mapping[str, Sequence[str]], count: int) -> Flags:
        """Return which of so many rows pass, shape (count,).

        A row of numbers of shape (k, count), the strikes of a spread, passes where each of them does.
        """
        passing = np.ones(count, dtype=bool)
        for condition in self.conditions:
            passing &= np.atleast_2d(condition.holds(numbers[condition.key])).all(axis=0)
        for key, allowed in self.words.items():
            passing &= np.fromiter((text in allowed for text in texts[key]), dtype=bool, count=count)
        return passing


NO_FILTER = Filter()


def read_filter(text: str, vocabulary: Vocabulary) -> Filter:
    """Return a typed filter; an empty text lets everything pass.

    Parameters
    ----------
    text : str
        Parts with spaces or commas between them: ``calls``, ``delta 20-40``, ``oi>500``, ``290-310``.
    vocabulary : Vocabulary
        What the table knows.

    Raises
    ------
    InvalidInputError
        A part says nothing that the table knows.

    Examples
    --------
    >>> known = Vocabulary(
    ...     quantities=(Quantity(key="strike", names=("strike",)), Quantity(key="oi", names=("oi",))),
    ...     words={"calls": ("type", "call")},
    ...     bare="strike",
    ... )
    >>> [(one.key, one.low, one.high) for one in read_filter("calls 290-310 oi>1k", known).conditions]
    [('strike', 290.0, 310.0), ('oi', 1000.0, inf)]
    >>> read_filter("ois>500", known)
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: filter: 'ois' is not known, did you mean oi? known: calls, strike, oi
    """
    conditions: list[Condition] = []
    words: dict[str, frozenset[str]] = {}
    start = _next_part(text, 0)
    while start < len(text):
        start = _next_part(text, _read_part(text, start, vocabulary, conditions, words))
    return Filter(text=text.strip(), conditions=tuple(conditions), words=words)


def _next_part(text: str, start: int) -> int:
    """Where the next part of a text starts."""
    return len(text) - len(text[start:].lstrip(_BETWEEN))


def _read_part(
    text: str,
    start: int,
    vocabulary: Vocabulary,
    conditions: list[Condition],
    words: dict[str, frozenset[str]],
) -> int:
    """Read the part of a text that starts at a place; return where it ends."""
    day, named = _DAY.match(text, start), _NAME.match(text, start)
    if day and vocabulary.days:
        _allow(words, vocabulary.days, day[0])
        return day.end()
    if named is None:
        condition, end = _bounds(text, start, Quantity(key=vocabulary.bare, names=(vocabulary.bare,)))
        conditions.append(condition)
        return end
    name = named[0].lower()
    quantity = vocabulary.find(name)
    # Some names are both: a debit spread, and a debit below 300 dollars.
    is_number = quantity is not None and _COMPARED.match(text, named.end())
    if name in vocabulary.words and not is_number:
        _allow(words, *vocabulary.words[name])
        return named.end()
    if quantity is None:
        raise InvalidInputError(_unknown(named[0], vocabulary))
    condition, end = _bounds(text, named.end(), quantity)
    conditions.append(condition)
    return end


def _allow(words: dict[str, frozenset[str]], key: str, value: str) -> None:
    words[key] = words.get(key, frozenset()) | {value}


def _unknown(name: str, vocabulary: Vocabulary) -> str:
    names = [*vocabulary.words, *(name for quantity in vocabulary.quantities for name in quantity.names)]
    near = difflib.get_close_matches(name.lower(), names, n=1)
    meant = f", did you mean {near[0]}?" if near else ";"
    return f"filter: {name!r} is not known{meant} known: {vocabulary.text}"


def _bounds(text: str, start: int, quantity: Quantity) -> tuple[Condition, int]:
    """The bounds of a quantity that start at a place, and where they end."""
    name = quantity.names[0]
    if match := _COMPARED.match(text, start):
        sign, (value,) = match[1], _numbers(quantity, match[2])
        if sign == "=":
            return Condition(key=quantity.key, low=value, high=value), match.end()
        below = sign.startswith("<")
        low, high = (-math.inf, value) if below else (value, math.inf)
        return Condition(key=quantity.key, low=low, high=high, open_ends="=" not in sign), match.end()
    if match := _RANGE.match(text, start):
        low, high = _numbers(quantity, match[1], match[2])
        if low > high:
            raise InvalidInputError(f"filter: {name} must be from low to high, got {match[0].strip()}")
        return Condition(key=quantity.key, low=low, high=high), match.end()
    if match := _SINGLE.match(text, start):
        (value,) = _numbers(quantity, match[1])
        return Condition(key=quantity.key, low=value, high=value), match.end()
    rest = text[start:].split()
    got = repr(rest[0]) if rest else "nothing"
    raise InvalidInputError(
        f"filter: {name} needs a range or a bound, like {name} 20-40 or {name}>20, got {got}"
    )


def _numbers(quantity: Quantity, *texts: str) -> list[float]:
    """Numbers of one condition; those of a percentage are fractions where none is above 1."""
    values = [_number(text) for text in texts]
    in_points = quantity.percent and any(abs(value) > 1 for value in values)
    if not in_points:
        return values
    return [value if text.endswith("%") else value / 100 for text, value in zip(texts, values, strict=True)]


def _number(text: str) -> float:
    typed = text.replace(",", "").replace("$", "")
    factor = _FACTORS.get(typed[-1].lower(), 1.0)
    return float(typed.rstrip("kKmM%")) * factor
