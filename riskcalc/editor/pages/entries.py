"""Writes what is typed on the page Today: prices of the day, and values of signals."""

from __future__ import annotations

import datetime as dt

from riskcalc.errors import InvalidInputError
from riskcalc.presets.market_file import write_quotes
from riskcalc.presets.typed_quotes import typed_quotes
from riskcalc.presets.units_parsing import parse_rate
from riskcalc.signals.rules import load_rules
from riskcalc.signals.store import merged, read_store, write_store
from riskcalc.signals.typed import typed_values


def write_typed_quotes(prices: str, vols: str, rate: str, *, day: dt.date) -> str:
    """Write prices to the market of today, as ``riskcalc quote`` does; return what was written.

    Parameters
    ----------
    prices, vols : str
        Like ``IWM=297.40 TNA=71.20`` and ``IWM=19%``, with spaces or commas between them; may be empty.
    rate : str
        Like ``3.9%``; empty keeps the one that is there.
    day : date
        Day of the prices.

    Raises
    ------
    InvalidInputError
        Nothing was typed, or something of it is wrong.
    PresetError
        The market of today cannot be read or written; nothing is changed.
    """
    known = typed_quotes(_words(prices), _words(vols), (), date=day)
    paid = parse_rate(rate, field="rate") if rate.strip() else None
    if not known and paid is None:
        raise InvalidInputError("type a price, like IWM=297.40")
    path = write_quotes(known, rate=paid, date=day)
    names = [*known, *(["the rate"] if paid is not None else [])]
    *first, last = names
    return f"{', '.join(first)}{' and ' if first else ''}{last} of {day} written to {path}"


def file_typed_signal(text: str, *, day: dt.date) -> str:
    """File the value of a signal, as ``riskcalc signals --enter`` does; return what was filed.

    Parameters
    ----------
    text : str
        Like ``iwm_flow=-250M``.
    day : date
        Day of the value.

    Raises
    ------
    InvalidInputError
        It names no signal that takes a value, or not in its unit.
    PresetError
        The rules or the store cannot be read or written; nothing is changed.
    """
    rules = {rule.name: rule for rule in load_rules()}
    new = typed_values([text], rules, day)
    write_store(merged(read_store(), new), only=[one.name for one in new])
    return f"filed: {text.strip()} of {day}"


def _words(text: str) -> list[str]:
    """Words of a field; a symbol without a value behind it was not typed."""
    return [word for word in text.replace(",", " ").split() if not word.endswith("=")]
