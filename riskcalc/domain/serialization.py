"""Records as JSON-ready data: one rule for enums, dates and infinity everywhere."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from enum import Enum, StrEnum
from functools import singledispatch
from pathlib import PurePath
from typing import Any


@singledispatch
def to_plain(value: Any) -> Any:  # noqa: ANN401 - any record of the domain
    """Return a value as JSON-ready data.

    Parameters
    ----------
    value : object
        A dataclass, mapping, sequence, frozenset, enum, date, number, text or None.

    Returns
    -------
    object
        Dataclasses and mappings as dicts, sequences as lists, sets sorted, dates as ISO 8601, enums by name,
        infinity as ``"unlimited"``, NaN as None.

    Examples
    --------
    >>> to_plain({"max_loss": math.inf, "expiry": dt.date(2026, 9, 18)})
    {'max_loss': 'unlimited', 'expiry': '2026-09-18'}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value


@to_plain.register
def _(value: dt.date) -> str:
    return value.isoformat()


@to_plain.register
def _(value: dt.time) -> str:
    return value.isoformat("auto" if value.second or value.microsecond else "minutes")


@to_plain.register
def _(value: PurePath) -> str:
    return str(value)


@to_plain.register(frozenset)
def _(value: frozenset[Any]) -> list[Any]:
    return sorted((to_plain(item) for item in value), key=str)


@to_plain.register
def _(value: Enum) -> str:
    return value.name.lower()


@to_plain.register
def _(value: StrEnum) -> str:
    return value.value


@to_plain.register
def _(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "unlimited" if value > 0 else "-unlimited"
    return float(value)


@to_plain.register(tuple)
@to_plain.register(list)
def _(value: list[Any]) -> list[Any]:
    return [to_plain(item) for item in value]


@to_plain.register(Mapping)
def _(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): to_plain(item) for key, item in value.items()}
