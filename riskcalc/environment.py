"""The process environment: the user's folders, and today's date, which only the user interfaces read."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from riskcalc.errors import InvalidInputError

HOME_VARIABLE = "RISKCALC_HOME"
"""Environment variable that names one folder for all files of the user."""

PRESETS_VARIABLE = "RISKCALC_PRESETS"
"""Environment variable that names another folder for the user's own presets; the rest is beside it."""

TODAY_VARIABLE = "RISKCALC_TODAY"
"""Environment variable that fixes the day, for tests and documents."""

TODAY = "today"
"""The word for the day of now, wherever a front door takes a date."""

SET_ACCOUNT_LINE = "riskcalc account set equity=50000 risk=1%"
"""The command that gives an account of one's own."""

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Years of the days that files may hold."""


def today() -> dt.date:
    """Return the day in New York, or the one that the environment fixes.

    Raises
    ------
    InvalidInputError
        The environment names something that is no date.
    """
    setting = os.environ.get(TODAY_VARIABLE)
    if not setting:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - a fixed day needs no zone

        return dt.datetime.now(ZoneInfo("America/New_York")).date()
    try:
        day = dt.date.fromisoformat(setting)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        form = f"a date from {FIRST_YEAR} to {LAST_YEAR}, like 2026-09-18"
        raise InvalidInputError(f"{TODAY_VARIABLE} must be {form}, got {setting!r}")
    return day


def presets_folder() -> Path:
    """Return the folder of the user's own presets, which need not exist yet."""
    setting = os.environ.get(PRESETS_VARIABLE)
    return Path(setting).expanduser() if setting else data_folder() / "presets"


def data_folder() -> Path:
    """Return the folder of presets, the market of today and the book, which need not exist yet."""
    return _folder_beside_presets("data")


def config_folder() -> Path:
    """Return the folder of the account, scenarios and keys, which need not exist yet."""
    return _folder_beside_presets("config")


def account_path() -> Path:
    """Return the file of the user's account, which need not exist."""
    return config_folder() / "account.toml"


def book_path() -> Path:
    """Return the file of the user's book, which need not exist."""
    return data_folder() / "book.sqlite"


def state_folder() -> Path:
    """Return the folder of the session, which need not exist yet."""
    return _folder("state")


def cache_folder() -> Path:
    """Return the folder of fetched quotes, which need not exist yet."""
    home = _home()
    return _folder("cache") if home is None else home / "cache"


def _folder_beside_presets(kind: str) -> Path:
    """The folder that is named for all, else the one above a named presets folder, else the platform's."""
    if _home() is None and os.environ.get(PRESETS_VARIABLE):
        return presets_folder().parent
    return _folder(kind)


def _folder(kind: str) -> Path:
    home = _home()
    if home is not None:
        return home
    import platformdirs  # noqa: PLC0415 - a folder that is named needs none

    folders = platformdirs.PlatformDirs("riskcalc", appauthor=False)
    return {
        "data": folders.user_data_path,
        "config": folders.user_config_path,
        "state": folders.user_state_path,
        "cache": folders.user_cache_path,
    }[kind]


def _home() -> Path | None:
    setting = os.environ.get(HOME_VARIABLE)
    try:
        return Path(setting).expanduser() if setting else None
    except RuntimeError:
        raise InvalidInputError(f"{HOME_VARIABLE} is {setting}: there is no such home folder") from None
