"""A stop as people write it, a price or a move from the entry, read as a price."""

from __future__ import annotations

import math
import re
import reprlib
from decimal import Decimal

from riskcalc.domain import Side
from riskcalc.errors import InvalidInputError
from riskcalc.presets.money import parse_money
from riskcalc.presets.units_parsing import parse_fraction

WIDEST_BARE_PERCENT = 30.0
"""A bare number above this is never meant as per cent: stops that people trade are 5 to 15 %."""

FURTHEST_PRICE = 0.5
"""A bare number further than this from the entry, as a share of it, is never meant as a price."""


def parse_stop_price(written: str, *, entry: float, side: Side = Side.LONG) -> float:
    """Read a stop as a price.

    Parameters
    ----------
    written : str
        ``"54"`` or ``"$54"`` is a price; ``"6%"``, ``"-6%"`` and ``"0.06"`` are moves from the entry. A bare
        number is a price when it lies near the entry, else per cent; refused where it could be both.
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
        The text is no number, or could mean a price and per cent.

    Examples
    --------
    >>> parse_stop_price("54", entry=60), parse_stop_price("10%", entry=60), parse_stop_price("6", entry=300)
    (54.0, 54.0, 282.0)
    >>> parse_stop_price("10", entry=12)
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: stop 10 could be a price or per cent: write $10 or 10%
    """
    text = written.strip()
    if text.startswith("$"):
        return _number(text[1:], written)
    if text.endswith("%"):
        return _moved(text, entry=entry, side=side)
    bare = _number(text, written)
    as_price = abs(bare - entry) <= FURTHEST_PRICE * entry
    as_percent = abs(bare) <= WIDEST_BARE_PERCENT
    if as_price and as_percent:
        raise InvalidInputError(f"stop {text} could be a price or per cent: write ${text} or {text}%")
    return bare if as_price or not as_percent else _moved(text, entry=entry, side=side)


def parse_exit_price(written: object, *, field: str) -> float | None:
    """Read a stop or target of a preset that is written as a price; None where it is a move.

    Examples
    --------
    >>> parse_exit_price("$277.67", field="stop"), parse_exit_price("-6%", field="stop")
    (277.67, None)
    >>> parse_exit_price("$0", field="stop")
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: stop must be a price above 0, like $277.67, got '$0'
    """
    if not isinstance(written, str) or not written.strip().startswith("$"):
        return None
    match = _PRICE.fullmatch(written.strip())
    price = float(match[1].replace(",", "")) if match else math.nan
    if not 0 < price < math.inf:
        raise InvalidInputError(f"{field} must be a price above 0, like $277.67, got {reprlib.repr(written)}")
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


_PRICE = re.compile(r"\$\s*(\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)")


def _moved(text: str, *, entry: float, side: Side) -> float:
    return entry * (1 - side * parse_fraction(text, field="stop", positive=True, below=1.0))


def _number(text: str, written: str) -> float:
    try:
        return parse_money(text, field="stop")
    except InvalidInputError:
        raise InvalidInputError(f"stop must be like 54, $54 or 6%, got {written!r}") from None
