"""Read and replace one value inside nested frozen records, by a path such as ``account.equity``."""

from __future__ import annotations

import dataclasses
from functools import reduce
from typing import Any, TypeVar

Record = TypeVar("Record")


def get_value(record: Any, path: str) -> Any:  # noqa: ANN401 - whatever the records hold
    """Return the value at a path: attribute names and indices of tuples, with points between.

    Examples
    --------
    >>> from riskcalc.domain import Account, ExitPlan, Target
    >>> get_value(Account(equity=100_000), "limits.max_heat_fraction")
    0.06
    >>> get_value(ExitPlan(stop=0.06, targets=(Target(move=0.1),), close_dte=21), "targets.0.move")
    0.1
    """
    return reduce(_part, path.split("."), record)


def set_value(record: Record, path: str, value: Any) -> Record:  # noqa: ANN401 - whatever the records hold
    """Return a copy of a record with another value at a path; every record on the way is checked again.

    Examples
    --------
    >>> from riskcalc.domain import Account
    >>> set_value(Account(equity=100_000), "limits.max_heat_fraction", 0.04).limits.max_heat_fraction
    0.04
    """
    name, _, rest = path.partition(".")
    inner = set_value(_part(record, name), rest, value) if rest else value
    if isinstance(record, tuple):
        index = int(name)
        return (*record[:index], inner, *record[index + 1 :])  # type: ignore[return-value]
    return dataclasses.replace(record, **{name: inner})  # type: ignore[type-var]


def _part(record: Any, name: str) -> Any:  # noqa: ANN401 - whatever the records hold
    return record[int(name)] if isinstance(record, tuple) else getattr(record, name)
