"""Dollars as people write them: ``1500``, ``$100,000``, ``1_000``, ``$50k``."""

from __future__ import annotations

import math
import re
import reprlib
import sys
from decimal import Decimal
from numbers import Integral, Real

from riskcalc.errors import InvalidInputError

FORM = "dollars like 250, $250 or $100,000"

_GROUPED = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:_\d{3})+"
_DOLLARS = re.compile(
    rf"(?P<sign>[+-]?)\s*\$?\s*(?P<digits>(?:(?:{_GROUPED}|\d+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d{{1,3}})?)\s*(?P<many>[km]?)",
    flags=re.ASCII | re.IGNORECASE,
)
_MANY = {"": 1, "k": 1_000, "m": 1_000_000}

MOST_CHARACTERS = 40
"""No amount that is meant is longer."""


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
    found = _amount(value)
    if found is None or not math.isfinite(found):
        raise InvalidInputError(f"{field} must be {FORM}, got {reprlib.repr(value)}")
    return found


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
