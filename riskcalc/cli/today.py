"""The day it is, for the commands: New York's, or the one that the environment fixes."""

from __future__ import annotations

import datetime as dt
import os

from riskcalc.errors import InvalidInputError

TODAY_VARIABLE = "RISKCALC_TODAY"
"""Environment variable that fixes the day, for tests and documents."""


def today() -> dt.date:
    """Return the day in New York, or the one that the environment fixes.

    Raises
    ------
    InvalidInputError
        The environment names something that is no date.
    """
    named = os.environ.get(TODAY_VARIABLE)
    if not named:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - a fixed day needs no zone

        return dt.datetime.now(ZoneInfo("America/New_York")).date()
    try:
        return dt.date.fromisoformat(named)
    except ValueError:
        raise InvalidInputError(f"{TODAY_VARIABLE} must be a date like 2026-09-18, got {named!r}") from None
