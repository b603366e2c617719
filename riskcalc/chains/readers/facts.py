"""Symbol, spot and time stated outside the quotes of a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from riskcalc.chains.dates import read_time
from riskcalc.chains.text_table import normalize_name, split_line
from riskcalc.chains.typed_columns import parse_number
from riskcalc.pricing.arrays import Days
from riskcalc.records import dataclass

NO_TIME = np.datetime64("NaT", "s")
PHRASES = (
    re.compile(r"\bLast: *\$?(?P<spot>[\d,.]+)"),
    re.compile(
        r"\bDate: (?P<time>[A-Z][a-z]+ \d{1,2}, \d{4} at \d{1,2}:\d{2} [ap]\.?m\.? ?[A-Z]{0,3})",
        re.IGNORECASE,
    ),
    re.compile(r"\bquote for (?P<symbol>\S+) on (?P<day>\d{1,2}/\d{1,2}/\d{2,4})", re.IGNORECASE),
    re.compile(r"\bas of (?P<us>\d{1,2}-\d{1,2}-\d{4} \d{1,2}:\d{2} ?[ap]m [A-Z]{2,3})", re.IGNORECASE),
    re.compile(r"LAST TRADE: *\$?(?P<spot>[\d,.]+) \(AS OF (?P<time>[^)]+)\)", re.IGNORECASE),
)
"""Cboe's lines, thinkorswim's (in the user's time zone: only its day is taken), Barchart's, Nasdaq's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """Symbol, spot and time stated outside the columns; empty, NaN or NaT when not stated."""

    symbol: str = ""
    spot: float = np.nan
    time: Days | np.datetime64 = NO_TIME
    location: str = ""
    """Where in the file, for messages."""


def find_facts(lines: Sequence[str], *, location: str = "") -> FileFacts:
    """Facts of some lines of text.

    Examples
    --------
    >>> found = find_facts(["LAST TRADE: $295.39 (AS OF JUL 20, 2026)"])
    >>> found.spot, str(found.time)
    (295.39, '2026-07-20T00:00:00')
    """
    matches = [match.groupdict() for line in lines for phrase in PHRASES if (match := phrase.search(line))]
    facts: dict[str, str] = {}
    for fact in matches:
        facts = fact | facts
    return FileFacts(
        symbol=facts.get("symbol", ""),
        spot=_number(facts.get("spot", "")) if "spot" in facts else _block_spot(lines),
        time=_time(facts),
        location=location,
    )


def _time(facts: dict[str, str]) -> np.datetime64:
    for name in ("time", "us", "day"):
        if name in facts:
            try:
                return np.datetime64(read_time(facts[name], month_first=name != "time"), "s")
            except ValueError:
                continue
    return NO_TIME


def _block_spot(lines: Sequence[str]) -> float:
    """Last price in a small table of the underlying only, as thinkorswim has it."""
    for header, values in pairwise(lines):
        names = [normalize_name(name) for name in split_line(header)]
        if "last" in names and {"bid", "ask"} <= set(names) and "strike" not in names:
            cells = split_line(values)
            return _number(cells[names.index("last")]) if len(cells) == len(names) else np.nan
    return np.nan


def _number(text: str) -> float:
    try:
        return parse_number(text.rstrip(".,"), thousands=True)
    except ValueError:
        return np.nan
