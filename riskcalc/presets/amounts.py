"""Parsing of dollars, risk, limits and exit prices; ambiguous input is refused."""

from __future__ import annotations

import math
import re
import reprlib
import sys
from decimal import Decimal
from numbers import Integral, Real
from typing import NamedTuple

from riskcalc.domain import Side
from riskcalc.errors import InvalidInputError
from riskcalc.presets.units_parsing import Number, Written, parse_fraction, read_number, refused

FORM = "dollars like 250, $250 or $100,000"

_GROUPED = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:_\d{3})+"
_DOLLARS = re.compile(
    rf"(?P<sign>[+-]?)\s*\$?\s*(?P<digits>(?:(?:{_GROUPED}|\d+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d{{1,3}})?)\s*(?P<many>[km]?)",
    flags=re.ASCII | re.IGNORECASE,
)
_MANY = {"": 1, "k": 1_000, "m": 1_000_000}

MOST_CHARACTERS = 40
"""Maximum length of an amount."""


LARGEST_BARE_RISK = 10
"""Largest bare number read as percent of risk; larger ones are ambiguous."""

WIDEST_BARE_PERCENT = 30.0
"""A bare number above this is never meant as percent: stops that people trade are 5 to 15%."""

FURTHEST_PRICE = 0.5
"""A bare number further than this from the entry, as a share of it, is never meant as a price."""

_PRICE = re.compile(r"\$\s*(\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)")


def parse_money(value: str | float, *, field: str = "value") -> float:
    """Read an amount of dollars.

    Parameters
    ----------
    value : str or float
        A number, or text: a dollar sign, groups of three digits set apart by commas or underscores, and ``k``
        or ``m`` for thousands and millions may be written.
    field : str
        Name used in the error.

    Returns
    -------
    float
        [dollars], signed; what range it must lie in is the caller's affair.

    Raises
    ------
    InvalidInputError
        It is no amount, as ``1,00`` is none.

    Examples
    --------
    >>> [parse_money(written) for written in (250, "$250", "$100,000", "1_000", "$50k", "0.65")]
    [250.0, 250.0, 100000.0, 1000.0, 50000.0, 0.65]
    >>> parse_money("1,00", field="equity")
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: equity must be dollars like 250, $250 or $100,000, got '1,00'
    """
    amount = _amount(value)
    if amount is None or not math.isfinite(amount):
        raise InvalidInputError(f"{field} must be {FORM}, got {reprlib.repr(value)}")
    return amount


def _amount(value: object) -> float | None:
    if isinstance(value, Real) and not isinstance(value, bool):
        return (
            math.inf if isinstance(value, Integral) and abs(int(value)) > sys.float_info.max else float(value)
        )
    # A minus sign copied from a text is often the typographic one.
    text = value.strip().replace("\N{MINUS SIGN}", "-") if isinstance(value, str) else ""
    match = _DOLLARS.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
    if match is None:
        return None
    digits = re.sub("[,_]", "", match["digits"])
    return float(Decimal(match["sign"] + digits) * _MANY[match["many"].lower()])


def money_text(amount: float) -> str:
    """Write dollars so that `parse_money` finds exactly them again.

    Examples
    --------
    >>> money_text(500.0), money_text(1234.5)
    ('$500', '$1234.5')
    """
    exact = Decimal(repr(float(amount)))
    return f"${exact.quantize(Decimal(1))}" if exact == exact.to_integral() else f"${exact}"


class Risk(NamedTuple):
    """Risk of a trade, as a fraction or in dollars; one of them is set."""

    fraction: float | None = None
    """Share of equity, in (0, 1]."""
    dollars: float | None = None
    """[dollars], > 0"""


def parse_risk(value: Written, *, field: str = "risk") -> Risk:
    """Parse the risk per trade, as a share of equity or in dollars.

    Parameters
    ----------
    value : str or float
        With a percent sign: percent, its sign dropped. With a dollar sign: dollars. A bare number from 1 to
        10 is percent.
    field : str
        Name used in the error.

    Raises
    ------
    InvalidInputError
        It could be read two ways, is no number, or not above 0 and at most 100%.

    Examples
    --------
    >>> parse_risk("1%"), parse_risk(2), parse_risk("$500")
    (Risk(fraction=0.01, dollars=None), Risk(fraction=0.02, dollars=None), Risk(fraction=None, dollars=500.0))
    >>> parse_risk(0.5)
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: risk 0.5 is ambiguous: write 0.5% or 50%
    """
    form = "like 1%, 2 or $500, above 0 and at most 100%"
    if isinstance(value, str) and "$" in value:
        dollars = parse_money(value, field=field)
        if not dollars > 0:
            raise refused(field, form, value)
        return Risk(dollars=dollars)
    number = read_number(value, field, form)
    if not number.percent and abs(number.amount) > LARGEST_BARE_RISK:
        amount = _plain(number)
        raise InvalidInputError(f"{field} {amount} is ambiguous: write {amount}% or ${amount}")
    return Risk(fraction=_share(number, value, field, form))


def require_within(equity: float, risk: Risk, *, field: str) -> None:
    """Refuse to risk more dollars than there are."""
    if risk.dollars is not None and risk.dollars > equity:
        most = f"at most the equity of ${equity:,.2f}"
        raise InvalidInputError(f"{field} must be {most}, got ${risk.dollars:,.2f}")


def parse_limit(value: Written, *, field: str = "limit") -> float:
    """Read a limit as a share of equity: percent, or a bare number from 1 to 100.

    Examples
    --------
    >>> parse_limit("6%"), parse_limit(25)
    (0.06, 0.25)
    """
    form = "like 6% or 6, above 0 and at most 100%"
    return _share(read_number(value, field, form), value, field, form)


def parse_position_limit(value: Written, *, field: str = "max_position") -> float:
    """Read the largest position as `parse_limit` does; a bare 1 could be all of the account, and is refused.

    Examples
    --------
    >>> parse_position_limit("100%"), parse_position_limit(50)
    (1.0, 0.5)
    """
    form = "like 50% or 50, above 0 and at most 100%"
    number = read_number(value, field, form)
    if not number.percent and abs(number.amount) == 1:
        raise _ambiguous(number, field)
    return _share(number, value, field, form)


def _share(number: Number, value: Written, field: str, form: str) -> float:
    if not number.percent and 0 < abs(number.amount) < 1:
        raise _ambiguous(number, field)
    share = float(abs(number.amount) / 100)
    if not 0 < share <= 1:
        raise refused(field, form, value)
    return share


def _ambiguous(number: Number, field: str) -> InvalidInputError:
    low, high = _plain(number), _plain(number._replace(amount=100 * number.amount))
    return InvalidInputError(f"{field} {low} is ambiguous: write {low}% or {high}%")


def _plain(number: Number) -> str:
    return f"{float(abs(number.amount)):g}"


def parse_stop_price(written: str, *, entry: float, side: Side = Side.LONG) -> float:
    """Read a stop as a price.

    Parameters
    ----------
    written : str
        ``"54"`` or ``"$54"`` is a price; ``"6%"``, ``"-6%"`` and ``"0.06"`` are moves from the entry. A bare
        number is a price when it lies near the entry, else percent; refused where it could be both.
    entry : float
        Entry price [dollars], > 0.
    side : Side
        The move goes below the entry for a long position, above it for a short one.

    Returns
    -------
    float
        [dollars per share]

    Raises
    ------
    InvalidInputError
        The text is no number, or could mean a price and percent.

    Examples
    --------
    >>> parse_stop_price("54", entry=60), parse_stop_price("10%", entry=60), parse_stop_price("6", entry=300)
    (54.0, 54.0, 282.0)
    >>> parse_stop_price("10", entry=12)
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: stop 10 is ambiguous: write $10 or 10%
    """
    text = written.strip()
    if text.startswith("$"):
        return _number(text[1:], written)
    if text.endswith("%"):
        return _parse_relative(text, entry=entry, side=side)
    bare = _number(text, written)
    as_price = abs(bare - entry) <= FURTHEST_PRICE * entry
    as_percent = abs(bare) <= WIDEST_BARE_PERCENT
    if as_price and as_percent:
        raise InvalidInputError(f"stop {text} is ambiguous: write ${text} or {text}%")
    return bare if as_price or not as_percent else _parse_relative(text, entry=entry, side=side)


def parse_exit_price(text: object, *, field: str) -> float | None:
    """Read a stop or target of a preset that is written as a price; None where it is a move.

    Examples
    --------
    >>> parse_exit_price("$277.67", field="stop"), parse_exit_price("-6%", field="stop")
    (277.67, None)
    >>> parse_exit_price("$0", field="stop")
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: stop must be a price above 0, like $277.67, got '$0'
    """
    if not isinstance(text, str) or not text.strip().startswith("$"):
        return None
    match = _PRICE.fullmatch(text.strip())
    price = float(match[1].replace(",", "")) if match else math.nan
    if not 0 < price < math.inf:
        raise InvalidInputError(f"{field} must be a price above 0, like $277.67, got {reprlib.repr(text)}")
    return price


def price_text(price: float) -> str:
    """Write a price so that `parse_exit_price` finds exactly it again.

    Examples
    --------
    >>> price_text(310.0), price_text(277.67)
    ('$310', '$277.67')
    """
    text = f"{Decimal(repr(float(price))):f}"
    return f"${text.removesuffix('.0')}"


def _parse_relative(text: str, *, entry: float, side: Side) -> float:
    return entry * (1 - side * parse_fraction(text, field="stop", positive=True, below=1.0))


def _number(text: str, written: str) -> float:
    try:
        return parse_money(text, field="stop")
    except InvalidInputError:
        raise InvalidInputError(f"stop must be like 54, $54 or 6%, got {written!r}") from None
