"""Realized over implied volatility, as `riskcalc history` measured it and plans read it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from riskcalc.domain.instrument_table import find_instrument
from riskcalc.domain.price_history import Calibration
from riskcalc.domain.validation import brief_repr, record, text
from riskcalc.environment import data_folder
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.files import edit_toml, parse_toml, read_text

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""

FIELDS = ("k", "k_source", "date", "error")
"""Fields of an underlying's table; all of them are there."""


def calibration_path() -> Path:
    """Return the file that keeps measured calibrations, which need not exist."""
    return data_folder() / "calibration.toml"


def read_calibration(symbol: str = "IWM") -> Calibration:
    """Read what implied volatility is multiplied by for calibrated odds.

    Parameters
    ----------
    symbol : str
        Underlying; a leveraged fund without a calibration of its own has that of its benchmark.

    Returns
    -------
    Calibration
        As `write_calibration` kept it last; the default, which says that it is one, where none was measured.

    Raises
    ------
    PresetError
        The file cannot be read, was written by a newer riskcalc, or holds what is no calibration.
    """
    text("symbol", symbol)
    path = calibration_path()
    if not path.exists():
        return Calibration()
    data = parse_toml(read_text(path, kind="calibration"), path, newest=SCHEMA_VERSION)
    fund = find_instrument(symbol)
    for name in (symbol, "" if fund is None else fund.benchmark):
        if name in data:
            return _calibration(data[name], path=path, symbol=name)
    return Calibration()


def write_calibration(calibration: Calibration, *, symbol: str) -> Path:
    """Store a measured calibration of an underlying; those of others stay.

    Parameters
    ----------
    calibration : Calibration
        With its date.
    symbol : str
        Underlying, not empty.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    PresetError
        The file that is there cannot be read, or not be written.
    InvalidInputError
        The calibration has no date or error, or there is no symbol.
    """
    record("calibration", Calibration, calibration)
    if calibration.date is None or calibration.error is None:
        raise InvalidInputError("calibration must be a measured one, with date and error")
    if not text("symbol", symbol):
        raise InvalidInputError("symbol must not be empty")
    path = calibration_path()
    with edit_toml(path, kind="calibration", check=partial(parse_toml, newest=SCHEMA_VERSION)) as document:
        document[symbol] = {
            "k": round(calibration.k, 4),
            "error": round(calibration.error, 4),
            "k_source": calibration.k_source,
            "date": calibration.date,
        }
    return path


def _calibration(data: object, *, path: Path, symbol: str) -> Calibration:
    """Check the fields of one underlying's table."""
    if not isinstance(data, Mapping):
        raise PresetError(f"{path}: {symbol} must be a table, got {brief_repr(data)}")
    missing = [name for name in FIELDS if name not in data]
    if missing:
        raise PresetError(f"{path}: {symbol} lacks {', '.join(missing)}")
    try:
        return Calibration(**{name: data[name] for name in FIELDS})
    except InvalidInputError as error:
        raise PresetError(f"{path}: {symbol}: {error}") from None
