"""Values of records as a preset file has them; what equals the record's default is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from typing import Any

Data = dict[str, Any]

CALIBRATED = "calibrated"
"""Word for the calibrated volatility: k times the implied one."""


def stated(record: Any, base: Any = None, **writers: Callable[[Any], Any]) -> Data:  # noqa: ANN401 - any record of the domain
    """Return the fields of a record that differ from another's, or from their defaults, as they are written.

    Examples
    --------
    >>> from riskcalc.domain import ShareLeg, Side
    >>> stated(ShareLeg(side=Side.SHORT, shares=1), side=enum_name, shares=int)
    {'side': 'short'}
    """
    defaults = {
        field.name: field.default if base is None else getattr(base, field.name)
        for field in dataclasses.fields(record)
    }
    values = {key: getattr(record, key) for key in writers}
    return {key: writers[key](value) for key, value in values.items() if value != defaults[key]}


def written_number(value: float) -> float:
    """Return a number without a needless ``.0``."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def enum_name(value: Enum) -> str:
    """Return the name of a member in lower case."""
    return value.name.lower()
