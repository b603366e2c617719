"""JSON records to a table of text, so that bad values are found and named as in any other file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from riskcalc.chains.table import Table, column_of
from riskcalc.errors import ChainError


def records_table(
    records: Sequence[Any],
    *,
    wanted: Collection[str],
    place_text: str,
    once: Mapping[str, Any] | None = None,
) -> Table:
    """Table of records.

    Parameters
    ----------
    records : sequence of dict
        At least one; nested values are left out.
    wanted : collection of str
        Keys to keep; any of them may be missing.
    place_text : str
        How the number of a record, from 0, is said in messages.
    once : mapping, optional
        Values that hold for each record that has none of its own.

    Raises
    ------
    ChainError
        A record is no object.
    """
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            raise ChainError(f"{place_text.format(number)} is no record of an option: {str(record)[:40]}")
    shared = once or {}
    known = keys_of(records) | shared.keys()
    return Table(
        columns={
            name: column_of([_text(record.get(name, shared.get(name))) for record in records])
            for name in wanted
            if name in known
        },
        places=np.arange(len(records)),
        place_text=place_text,
        column_word="key",
    )


def keys_of(records: Iterable[Any]) -> set[str]:
    """Keys of all records that are objects."""
    return set().union(*(record for record in records if isinstance(record, dict)))


def section(value: Any, key: str, *, kind: type[object], place: str = "") -> Any:  # noqa: ANN401 - any JSON value
    """What stands under a key.

    Raises
    ------
    ChainError
        It is missing or of another kind.
    """
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, kind):
        wanted = "an object" if kind is dict else "a list"
        raise ChainError(f"key {place}{key} must hold {wanted}, got {_kind(found)}")
    return found


def _text(value: object) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return str(value)


def _kind(value: object) -> str:
    return "nothing" if value is None else str(value)[:40]
