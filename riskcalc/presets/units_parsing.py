"""Parsing of fractions, rates and vols.

Everything inside riskcalc is a fraction. Of what people write, text with a percent sign means what it says;
a bare number is read by the rule that its reader states. Only the standard library is imported here.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import reprlib
from decimal import Decimal
from numbers import Integral, Real
from typing import NamedTuple

from riskcalc.errors import InvalidInputError

Written = str | int | float
"""Accepted types of a quantity: ``6``, ``"6%"``, ``0.06``."""

SMALLEST_WRITTEN_OUT = 1e-6
"""Smaller fractions are written with an exponent."""

_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2}))?\s*((?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE,
)

MOST_RATE = 5.0
"""Maximum rate or volatility per year."""

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(%?)")


class Number(NamedTuple):
    """A number as it was written, apart from its percent sign."""

    amount: Decimal
    percent: bool


class _Unit(NamedTuple):
    """The unit that a change is written in."""

    name: str
    pattern: str
    per_one: int
    """How many of it make 1."""
    most: int
    """Maximum change in this unit; a bare fraction must be smaller."""


def parse_fraction(
    value: Written,
    *,
    field: str = "value",
    positive: bool = False,
    below: float | None = None,
    at_most: float | None = None,
) -> float:
    """Read the size of a move or a share of equity; its sign is dropped.

    Parameters
    ----------
    value : str or float
        With a percent sign: percent. Without: a fraction when its size is below 1, else percent, so that
        1 is one percent.
    field : str
        Name used in the error.
    positive : bool
        Whether 0 is refused.
    below, at_most : float or None
        Bounds of the fraction, exclusive and inclusive; None sets none.

    Returns
    -------
    float
        A fraction, >= 0.

    Raises
    ------
    InvalidInputError
        The value is no finite number, or outside the bounds.

    Examples
    --------
    >>> [parse_fraction(written) for written in (6, "6%", "-6%", 0.06, "+6%")]
    [0.06, 0.06, 0.06, 0.06, 0.06]
    >>> parse_fraction("six", field="stop")
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: stop must be like 6, 6%, -6% or 0.06, got 'six'
    """
    bounds = _bounds(positive=positive, below=below, at_most=at_most)
    form = f"like 6, 6%, -6% or 0.06{bounds}"
    fraction = abs(_as_fraction(read_number(value, field, form)))
    low_enough = (below is None or fraction < below) and (at_most is None or fraction <= at_most)
    if not low_enough or (positive and fraction == 0):
        raise refused(field, form, value)
    return fraction


def parse_share(value: Written, *, field: str = "value") -> float:
    """Read a part of a whole, in (0, 1]; a bare 1 is all of it.

    Examples
    --------
    >>> parse_share(0.5), parse_share("50%"), parse_share(1)
    (0.5, 0.5, 1.0)
    """
    form = "like 0.5 or 50%, above 0 and at most 1"
    number = read_number(value, field, form)
    share = float(number.amount / 100 if number.percent else number.amount)
    if not 0 < share <= 1:
        raise refused(field, form, value)
    return share


def parse_move(value: Written, *, field: str = "value", atm: bool = True) -> float:
    """Read a signed move of the underlying by the rule of `parse_fraction`; ``"ATM"``, if allowed, is none.

    Examples
    --------
    >>> parse_move("+10%"), parse_move(-5), parse_move("ATM")
    (0.1, -0.05, 0.0)
    """
    if atm and isinstance(value, str) and value.strip().upper() == "ATM":
        return 0.0
    form = f"like {'ATM, ' if atm else ''}+10%, -5% or 0.10, above -100%"
    move = _as_fraction(read_number(value, field, form))
    if move <= -1:
        raise refused(field, form, value)
    return move


def parse_rate(value: Written, *, field: str = "value") -> float:
    """Read a signed yearly rate, yield or drift.

    A bare number is a fraction below 1 in size: what may be a forgotten percent sign is refused.

    Examples
    --------
    >>> parse_rate("4%"), parse_rate(-0.005)
    (0.04, -0.005)
    >>> parse_rate(4, field="rate")
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: rate must be like 4% or 0.04, within -500% and 500%, got 4;
    did you mean 4%?
    """
    return _yearly(value, field, "like 4% or 0.04, within -500% and 500%", bare_below=1.0)


def parse_vol(value: Written, *, field: str = "value") -> float:
    """Read a volatility per sqrt(year); a bare number is a fraction up to 5.

    Examples
    --------
    >>> parse_vol("20%"), parse_vol(0.2)
    (0.2, 0.2)
    """
    form = "like 20% or 0.20, from 0 to 500%"
    vol = _yearly(value, field, form, bare_below=MOST_RATE)
    if vol < 0:
        raise refused(field, form, value)
    return vol


def parse_points(value: Written, *, field: str = "value") -> float:
    """Read a signed change of volatility: ``"+3 points"`` or the fraction ``0.03``.

    A percent sign is refused, since 3% of a volatility is not three points.

    Examples
    --------
    >>> parse_points("+3 points"), parse_points(-0.02)
    (0.03, -0.02)
    """
    form = "like +3 points or 0.03, within -100 and 100 points"
    return _shift(value, field, form, _Unit("points", r"points?|pts?", per_one=100, most=100))


def parse_basis_points(value: Written, *, field: str = "value") -> float:
    """Read a signed change of a rate: ``"+25 bp"`` or the fraction ``0.0025``; a percent sign is refused.

    Examples
    --------
    >>> parse_basis_points("+25 bp"), parse_basis_points(-0.005)
    (0.0025, -0.005)
    """
    form = "like +25 bp or 0.0025, within -1000 and 1000 bp"
    return _shift(value, field, form, _Unit("bp", r"bps?", per_one=10_000, most=1_000))


def parse_time(value: object, *, field: str = "value") -> dt.time:
    """Read a time of day in New York.

    Parameters
    ----------
    value : str or time
        Hours and minutes of a 24-hour clock, or of a 12-hour one with am or pm; a time as it stands.
    field : str
        Name for the error.

    Returns
    -------
    time
        Without a zone.

    Raises
    ------
    InvalidInputError
        It is no time of day, or has a zone.

    Examples
    --------
    >>> parse_time("10:30").isoformat(), parse_time("2:15 pm").isoformat()
    ('10:30:00', '14:15:00')
    """
    if isinstance(value, dt.time) and value.tzinfo is None:
        return value
    parts = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if parts is not None:
        hour, half = int(parts["hour"]), (parts["half"] or "").lower()
        if half:
            hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
        minute, second = int(parts["minute"]), int(parts["second"] or 0)
        if hour < 24 and minute < 60 and second < 60:
            return dt.time(hour, minute, second)
    raise refused(field, "a time of day in New York from 00:00 to 23:59, like 10:30", value)


def move_text(move: float) -> str:
    """Write a signed move: ``+10%``, ``ATM``.

    Examples
    --------
    >>> move_text(0.1), move_text(0.0)
    ('+10%', 'ATM')
    """
    if move == 0:
        return "ATM"
    text = percent_text(move)
    return f"+{text}" if move > 0 else text


def percent_text(fraction: float) -> str:
    """Write a fraction so that every reader here finds exactly it again.

    Examples
    --------
    >>> percent_text(0.06), percent_text(1.0), percent_text(0.165)
    ('6%', '100%', '16.5%')
    """
    return f"{_percent(fraction)}%"


def points_text(change: float) -> str | float:
    """Write a change of volatility: ``+3 points``.

    Examples
    --------
    >>> points_text(0.03)
    '+3 points'
    """
    if 0 < abs(change) < 1e-6:
        return change
    return f"{'+' if change > 0 else ''}{_percent(change)} points"


def _as_fraction(number: Number) -> float:
    bare_fraction = not number.percent and abs(number.amount) < 1
    return float(number.amount if bare_fraction else number.amount / 100)


def _yearly(value: Written, field: str, form: str, *, bare_below: float) -> float:
    number = read_number(value, field, form)
    rate = float(number.amount / 100 if number.percent else number.amount)
    if not number.percent and abs(rate) >= bare_below:
        raise refused(field, form, value, _suggest_unit(number, "%", most=100 * MOST_RATE))
    if abs(rate) > MOST_RATE:
        raise refused(field, form, value)
    return rate


def _shift(value: Written, field: str, form: str, unit: _Unit) -> float:
    """Read a signed change, in its unit or as a bare fraction."""
    pattern = rf"(.*\d\.?)\s*(?:{unit.pattern})"
    match = re.fullmatch(pattern, value.strip()) if isinstance(value, str) else None
    number = read_number(match[1] if match else value, field, form)
    size = abs(number.amount) * (1 if match else unit.per_one)
    if number.percent or size > unit.most or (not match and size == unit.most):
        percent = Number(number.amount * unit.per_one / 100, percent=False)
        meant = _suggest_unit(percent if number.percent else number, f" {unit.name}", most=unit.most)
        raise refused(field, form, value, "" if match else meant)
    return float(number.amount / unit.per_one if match else number.amount)


def read_number(value: object, field: str, form: str) -> Number:
    """Split a written number from its percent sign; decimals stay exact."""
    if isinstance(value, bool) or not isinstance(value, str | Real):
        raise refused(field, form, value)
    if not isinstance(value, str):
        return Number(_finite_decimal(value, field, form), percent=False)
    # A minus sign copied from a text is often the typographic one.
    match = _NUMBER.fullmatch(value.strip().replace("\N{MINUS SIGN}", "-"))
    if match is None:
        raise refused(field, form, value)
    return Number(_finite_decimal(match[1], field, form), percent=bool(match[2]))


def _finite_decimal(value: str | Real, field: str, form: str) -> Decimal:
    if isinstance(value, str | Integral):
        amount = Decimal(value if isinstance(value, str) else int(value))
    else:
        # repr is the shortest text of a float: 0.07 stays 0.07, not its 55 binary digits.
        amount = Decimal(repr(float(value)))
    if not math.isfinite(amount) or not math.isfinite(float(amount)):
        raise refused(field, form, value)
    return amount


def refused(field: str, form: str, value: object, hint: str = "") -> InvalidInputError:
    """Name field, form and value of what cannot be read."""
    return InvalidInputError(f"{field} must be {form}, got {reprlib.repr(value)}{hint}")


def _bounds(*, positive: bool, below: float | None, at_most: float | None) -> str:
    bounds = ["above 0"] if positive else []
    bounds += [f"below {100 * below:g}%"] if below is not None else []
    bounds += [f"at most {100 * at_most:g}%"] if at_most is not None else []
    return ", " + " and ".join(bounds) if bounds else ""


def _suggest_unit(number: Number, unit: str, *, most: float) -> str:
    """Suggest the unit that is probably missing."""
    likely = abs(number.amount) <= most
    return f"; did you mean {float(number.amount):g}{unit}?" if likely else ""


def _percent(fraction: float) -> str:
    # Adding 0.0 turns -0.0 into 0.0 and an integer or a numpy float into a plain one.
    scaled = (Decimal(repr(float(fraction) + 0.0)) * 100).normalize()
    # What is next to nothing would be a row of zeros.
    return f"{scaled:e}" if 0 < abs(fraction) < SMALLEST_WRITTEN_OUT else f"{scaled:f}"
