"""Levels of signals as text: a number with its unit, or without one in the unit of its rule."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import NamedTuple

from riskcalc.presets.units_parsing import Written, percent_text, read_number
from riskcalc.presets.written import written_number

LEVEL = re.compile(
    r"(?P<sign>[+\-−]?)(?P<dollar>\$?)(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?P<unit>%|bp|points?|sd|x|M|positions?)?"
)
FORM = "like -3%, +25 bp or 25"
WORDS = {"points": " points", "bp": " bp", "sd": " sd", "ratio": "x", "$M": "M", "positions": " positions"}
"""Suffix of each unit."""


class Level(NamedTuple):
    """A level as it was written; percent as a fraction, all else in its unit."""

    amount: float
    unit: str
    """Empty where none was written."""


def parse_level(level: object) -> tuple[float, str] | None:
    """Return the number and the unit of a level or a typed value; None if it has no unit.

    Examples
    --------
    >>> parse_level("+25 bp"), parse_level("-$250M"), parse_level("1.5x"), parse_level("25")
    ((25.0, 'bp'), (-250.0, '$M'), (1.5, 'ratio'), None)
    """
    match = LEVEL.fullmatch(level.strip()) if isinstance(level, str) else None
    if match is None or not match["unit"] or (match["dollar"] and match["unit"] != "M"):
        return None
    units = {"M": "$M", "x": "ratio", "point": "points", "position": "positions"}
    number = float(match["digits"].replace(",", ""))
    if not math.isfinite(number):
        return None
    return (-number if match["sign"] in ("-", "−") else number), units.get(match["unit"], match["unit"])


def parse_signal(value: Written, *, field: str = "value") -> Level:
    """Read the level of a market signal: with its unit, or bare in that of the rule that looks at it.

    Examples
    --------
    >>> parse_signal("-3%"), parse_signal("+25 bp"), parse_signal(25)
    (Level(amount=-0.03, unit='%'), Level(amount=25.0, unit='bp'), Level(amount=25.0, unit=''))
    """
    if isinstance(value, Level):
        return value
    level = parse_level(value)
    if level is not None and level[1] != "%":
        return Level(*level)
    number = read_number(value, field, FORM)
    return Level(
        float(number.amount / 100 if number.percent else number.amount), "%" if number.percent else ""
    )


def level_text(amount: float, unit: str) -> str | float:
    """Write a level so that `parse_signal` finds exactly it again.

    Examples
    --------
    >>> level_text(-0.03, "%"), level_text(25.0, "bp"), level_text(-250.0, "$M"), level_text(25.0, "")
    ('-3%', '25 bp', '-$250M', 25)
    """
    if unit == "%":
        return percent_text(amount)
    if not unit:
        return written_number(amount)
    digits = format(Decimal(repr(written_number(abs(amount)))), "f")
    return f"{'-' if amount < 0 else ''}{'$' if unit == '$M' else ''}{digits}{WORDS[unit]}"
