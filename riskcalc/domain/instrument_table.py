"""Table of the shipped instruments, and lookup by symbol."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.validation import brief_repr
from riskcalc.errors import InvalidInputError

InstrumentTable = Mapping[str, Instrument]
"""Instruments by symbol, in upper case."""

TABLE_FILE = Path(__file__).parent / "instruments.toml"

SYMBOL = re.compile(r"[A-Z0-9]{1,10}(?:[./_-][A-Z0-9]{1,10})?")
"""Pattern of a symbol: ``QQQ``, ``BRK.B``, ``BRK/B``."""

INDEX_MARKS = re.compile(r"(?:I:|[$^._])(?P<marked>[A-Z]{2,5})(?:\.X[A-Z]?)?|(?P<dotted>[A-Z]{2,5})\.X")
"""Marks of an index: ``^RUT``, ``$RUT``, ``$RUT.X``, ``.RUT``, ``_RUT``, ``I:SPX``, ``RUT.X``."""
INDEX_NAMES = {"GSPC": "SPX", "INX": "SPX"}
"""Other names of an index: Yahoo's and Google's of the S&P 500."""

FIELDS = {
    "multiplier": "option_multiplier",
    "monthly_settlement": "usual_monthly_settlement",
    "weekly_settlement": "usual_weekly_settlement",
    "dividends": "payouts",
}
"""Fields of `Instrument` whose key in a row differs."""

DESCRIPTIVE = frozenset({"name", "source"})
"""Keys of a row that only inform readers."""


@cache
def shipped_instruments() -> InstrumentTable:
    """Return the shipped instruments.

    Examples
    --------
    >>> spxl = shipped_instruments()["SPXL"]
    >>> spxl.benchmark, spxl.leverage
    ('SPY', 3)
    """
    import tomllib  # noqa: PLC0415 - a trade on an `Instrument` of its own needs no file

    rows = tomllib.loads(TABLE_FILE.read_text(encoding="utf-8"))["instruments"]
    return MappingProxyType({symbol: instrument_of_row(symbol, row) for symbol, row in rows.items()})


def instrument_of_row(symbol: str, row: Mapping[str, Any]) -> Instrument:
    """Return the instrument that a row of ``instruments.toml`` describes.

    Parameters
    ----------
    symbol : str
        Its symbol.
    row : mapping
        Values by key of the file, with rates as fractions.

    Raises
    ------
    InvalidInputError
        A value is outside its range.
    """
    fields = {FIELDS.get(key, key): value for key, value in row.items() if key not in DESCRIPTIVE}
    delivery = fields.pop("delivery", "shares")
    return Instrument(symbol=symbol, tradable_shares=delivery == "shares", **fields)


def find_instrument(symbol: str, *, instruments: InstrumentTable | None = None) -> Instrument | None:
    """Return the instrument of a row, or the pair of two rows; None if there is no such row.

    Parameters
    ----------
    symbol : str
        Symbol in upper or lower case, index marks allowed; ``IWM/SPY`` is long IWM, short SPY.
    instruments : mapping, optional
        Instruments by symbol; default: the shipped ones.
    """
    table = shipped_instruments() if instruments is None else instruments
    name = underlying_symbol(symbol)
    if name in table:
        return table[name]
    long_symbol, _, against = name.partition("/")
    is_pair = all(symbol in table and table[symbol].tradable_shares for symbol in (long_symbol, against))
    return Instrument(symbol=name, against=against) if is_pair and long_symbol != against else None


def instrument(symbol: str | Instrument, *, instruments: InstrumentTable | None = None) -> Instrument:
    """Look up an instrument by its symbol; an `Instrument` is passed through.

    Parameters
    ----------
    symbol : str or Instrument
        A symbol without a row is treated as shares with American options, see `Instrument.assumption`.
    instruments : mapping, optional
        Instruments by symbol; default: the shipped ones.

    Raises
    ------
    InvalidInputError
        The text is not a symbol.

    Examples
    --------
    >>> instrument("^RUT").exercise.value, instrument("IWM/SPY").against, instrument("lunr").assumed
    ('european', 'SPY', True)
    """
    if isinstance(symbol, Instrument):
        return symbol
    if not isinstance(symbol, str):
        raise InvalidInputError(f"symbol must be text or an Instrument, got {brief_repr(symbol)}")
    match = find_instrument(symbol, instruments=instruments)
    return match or Instrument(symbol=require_symbol(symbol), broad_based=False, assumed=True)


@lru_cache(maxsize=4096)
def require_symbol(symbol: str) -> str:
    """Return a symbol without the marks of an index.

    Raises
    ------
    InvalidInputError
        The text is not a symbol.
    """
    name = underlying_symbol(symbol)
    if not SYMBOL.fullmatch(name):
        raise InvalidInputError(
            f"symbol must be 1 to 10 letters or digits like QQQ or BRK.B, got {brief_repr(symbol)}"
        )
    return name


def underlying_symbol(text: str) -> str:
    """Symbol of an underlying in capitals, without the marks that vendors put around that of an index.

    Examples
    --------
    >>> [underlying_symbol(text) for text in ("^RUT", "I:SPX", "rut.x", "^GSPC", "BRK.B")]
    ['RUT', 'SPX', 'RUT', 'SPX', 'BRK.B']
    """
    symbol = text.strip().upper()
    match = INDEX_MARKS.fullmatch(symbol)
    bare = (match["marked"] or match["dotted"]) if match else symbol
    return INDEX_NAMES.get(bare, bare) if match else symbol
