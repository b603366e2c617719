"""A stop as people write it, a price or a move from the entry, read as a price."""

from __future__ import annotations

from riskcalc.domain import Side
from riskcalc.errors import InvalidInputError
from riskcalc.presets.money import parse_money
from riskcalc.presets.quantities import parse_fraction

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


def _moved(text: str, *, entry: float, side: Side) -> float:
    return entry * (1 - side * parse_fraction(text, field="stop", positive=True, below=1.0))


def _number(text: str, written: str) -> float:
    try:
        return parse_money(text, field="stop")
    except InvalidInputError:
        raise InvalidInputError(f"stop must be like 54, $54 or 6%, got {written!r}") from None
