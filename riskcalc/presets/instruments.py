"""The instruments riskcalc knows: the shipped ones, and the user's own."""

from __future__ import annotations

import os
from pathlib import Path

from riskcalc.domain import Instrument, shipped_instruments
from riskcalc.domain.validation import record
from riskcalc.environment import data_folder

FILE_VARIABLE = "RISKCALC_INSTRUMENTS"
"""Environment variable for another path of the user's instruments."""


def load_instruments(path: str | Path | None = None) -> dict[str, Instrument]:
    """Load the shipped instruments and the user's own.

    Parameters
    ----------
    path : str or Path, optional
        File of the user; default: `user_instruments`, which may be absent.

    Returns
    -------
    dict of str to Instrument
        Instruments by symbol; a user's row replaces the whole shipped row.

    Raises
    ------
    PresetError
        The file cannot be read; one line per problem.

    Examples
    --------
    >>> load_instruments()["TQQQ"].benchmark
    'QQQ'
    """
    if path is not None:
        record("path", (str, Path), path)
    own_file = user_instruments() if path is None else Path(path).expanduser()
    # A named file must exist, so that a typo in its name is not ignored.
    has_file = path is not None or os.environ.get(FILE_VARIABLE) or own_file.exists()
    if not has_file:
        return dict(shipped_instruments())
    from riskcalc.presets.instrument_file import read_instruments  # noqa: PLC0415 - most have no file of their own

    return {**shipped_instruments(), **read_instruments(own_file)}


def user_instruments() -> Path:
    """Return the path of the user's instruments, which may be absent."""
    setting = os.environ.get(FILE_VARIABLE)
    return Path(setting).expanduser() if setting else data_folder() / "instruments.toml"
