"""Average true ranges, as `riskcalc history` measured them and the book reads them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from riskcalc.domain.price_history import AverageRange
from riskcalc.domain.validation import brief_repr, record, text
from riskcalc.environment import data_folder
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.files import edit_toml, parse_toml, read_text

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""

FIELDS = ("atr14", "close", "date")


def ranges_path() -> Path:
    """Return the file that keeps measured ranges, which need not exist."""
    return data_folder() / "ranges.toml"


def read_ranges() -> dict[str, AverageRange]:
    """Return the measured ranges by symbol; empty where none was measured.

    Raises
    ------
    PresetError
        The file cannot be read, was written by a newer riskcalc, or holds what is no range.
    """
    path = ranges_path()
    if not path.exists():
        return {}
    kept = parse_toml(read_text(path, kind="ranges"), path, newest=SCHEMA_VERSION)
    return {
        symbol: _range(data, path=path, symbol=symbol) for symbol, data in kept.items() if symbol != "schema"
    }


def write_range(measured: AverageRange, *, symbol: str) -> Path | None:
    """Store a measured range of a symbol and return the file; None if a newer one is stored.

    Raises
    ------
    PresetError
        The file that is there cannot be read, or not be written.
    """
    record("measured", AverageRange, measured)
    if not text("symbol", symbol):
        raise InvalidInputError("symbol must not be empty")
    path, existing = ranges_path(), read_ranges().get(symbol)
    if existing is not None and existing.date > measured.date:
        return None
    with edit_toml(path, kind="ranges", check=partial(parse_toml, newest=SCHEMA_VERSION)) as document:
        document[symbol] = {
            "atr14": round(measured.atr14, 4),
            "close": round(measured.close, 4),
            "date": measured.date,
        }
    return path


def _range(data: object, *, path: Path, symbol: str) -> AverageRange:
    if not isinstance(data, Mapping) or any(name not in data for name in FIELDS):
        raise PresetError(f"{path}: {symbol} must be a table of {', '.join(FIELDS)}, got {brief_repr(data)}")
    try:
        return AverageRange(**{name: data[name] for name in FIELDS})
    except InvalidInputError as error:
        raise PresetError(f"{path}: {symbol}: {error}") from None
