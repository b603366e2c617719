"""A number as it is typed beside its unit: a field shows its unit, so 22 and 22% are one.

The readers of preset files take a bare 0.06 for 6 %; here the unit stands beside the field: 0.06 is 0.06 %.
"""

from __future__ import annotations

import re
import reprlib

from riskcalc.editor.editing.tick_grid import Bounds
from riskcalc.errors import InvalidInputError

_GROUPED = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:_\d{3})+"
_NUMBER = rf"(?P<sign>[+-]?)\s*(?P<dollar>\$?)\s*(?P<digits>(?:{_GROUPED}|\d+)(?:\.\d*)?|\.\d+)"
_SUFFIXES = {"$": "[km]?", "%": "%?", "pt": "(?:pts?|points?|%)?", "d": "(?:d|days?)?", "": ""}
"""What may follow the digits, by the unit a field shows; a point of vol is written with either sign."""
_TIMES = {"k": 1e3, "m": 1e6}

MOST_DIGITS = 40
"""No number that is meant is longer."""


def read_number(text: str, *, unit: str, name: str, bounds: Bounds, unsigned: bool = False) -> float:
    """Read a typed number.

    Parameters
    ----------
    text : str
        ``22``, ``22%``, ``1,000``, ``1_000``, ``$50k``, ``+3 pt``: the unit may be repeated.
    unit : str
        The unit that the field shows: ``$``, ``%``, ``pt``, ``d`` or none.
    name : str
        Name of the field in the error.
    bounds : Bounds
        What is allowed, in that unit.
    unsigned : bool
        Whether a sign is dropped, as for a stop, which people write as -6.

    Returns
    -------
    float
        In the unit of the field.

    Raises
    ------
    InvalidInputError
        It is no number in that unit, or out of bounds; the text names field, range and value.

    Examples
    --------
    >>> anything = Bounds(low=0, high=1e9)
    >>> [read_number(text, unit="$", name="Equity", bounds=anything) for text in ("$50k", "1,000", "0.5")]
    [50000.0, 1000.0, 0.5]
    >>> read_number("0", unit="%", name="Stop", bounds=Bounds(low=0, high=100, above=True, below=True))
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: Stop must be a number above 0 and below 100 %, got '0'
    """
    # A minus sign copied from a text is often the typographic one.
    written = text.strip().lower().replace("\N{MINUS SIGN}", "-")
    match = re.fullmatch(rf"{_NUMBER}\s*(?P<suffix>{_SUFFIXES[unit]})", written, flags=re.ASCII)
    if len(written) > MOST_DIGITS or match is None or (match["dollar"] and unit != "$"):
        raise refused(text, unit=unit, name=name, bounds=bounds)
    found = float(re.sub("[,_]", "", match["digits"])) * _TIMES.get(match["suffix"], 1.0)
    if match["sign"] == "-" and not unsigned:
        found = -found + 0.0
    if not bounds.allow(found):
        raise refused(text, unit=unit, name=name, bounds=bounds)
    return found


def incomplete(text: str) -> bool:
    """Whether a text may yet become a number: nothing, a sign, a point.

    Examples
    --------
    >>> incomplete(""), incomplete("-"), incomplete("+."), incomplete("x")
    (True, True, True, False)
    """
    return re.fullmatch(r"[+\-\N{MINUS SIGN}]?\$?\.?", text.strip()) is not None


def refused(text: str, *, unit: str, name: str, bounds: Bounds, kind: str = "number") -> InvalidInputError:
    """Say in one line what the field takes and what it was given, shortened when it is long."""
    return InvalidInputError(
        f"{name} must be a {kind} {bounds.words} {unit}".rstrip() + f", got {reprlib.repr(text.strip())}"
    )
