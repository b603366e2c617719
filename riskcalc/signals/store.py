"""The store of dated series: one small JSON file per symbol or statistic, written whole."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from riskcalc.domain.validation import brief_repr
from riskcalc.environment import data_folder
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.files import write_whole
from riskcalc.signals.series import Series

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""

SAME_VALUE = 5e-4
"""Values that differ by less, as a part of the larger, are the same: files round."""

SESSION_MOVE = 0.25
"""Largest move of a price within its session, as a part of it; beyond it is another fund's."""

SAFE_NAME = re.compile(r"[A-Za-z0-9_^\-]+(\.[A-Za-z0-9_ &/\-]+)?")
REVISED = ("volume",)
"""Ends of the names of series that vendors revise."""


def store_folder() -> Path:
    """Return the folder of the filed series, which need not exist."""
    return data_folder() / "signals"


def read_store() -> dict[str, Series]:
    """Return all filed series by name.

    Raises
    ------
    PresetError
        A file of the store cannot be read, or was written by a newer riskcalc.
    """
    folder = store_folder()
    if not folder.is_dir():
        return {}
    store: dict[str, Series] = {}
    for path in sorted(folder.glob("*.json")):
        store |= _read(path)
    return store


def merged(
    stored: Mapping[str, Series], new: Iterable[Series], *, replace: bool = False
) -> dict[str, Series]:
    """Return the store with the values of new series added.

    Parameters
    ----------
    stored : mapping
        The store, as `read_store` gives it.
    new : iterable of Series
        Values of days that are there already must agree. A price or a chain's ratio of the newest kept day
        may have been one within its session, and may differ: a price by a quarter at most.
    replace : bool
        Take a new series whole, whatever was there.

    Raises
    ------
    InvalidInputError
        A new series contradicts the kept one: another series under the same name.
    """
    result = dict(stored)
    for series in new:
        old = result.get(series.name)
        result[series.name] = series if old is None or replace else _join_series(old, series)
    return result


def write_store(series: Mapping[str, Series], *, only: Iterable[str]) -> list[Path]:
    """Write the files that hold the named series; each is replaced as a whole.

    Raises
    ------
    PresetError
        A file cannot be written.
    """
    owners = {name.partition(".")[0] for name in only}
    paths = []
    for owner in sorted(owners):
        stored = [member for member in series.values() if member.name.partition(".")[0] == owner]
        path = store_folder() / f"{owner}.json"
        data = {"schema": SCHEMA_VERSION, "series": {path.name: _to_data(path) for path in stored}}
        write_whole(path, json.dumps(data, indent=None, separators=(",", ":")) + "\n")
        paths.append(path)
    return paths


def typed_series(name: str, value: float, unit: str, day: dt.date) -> Series:
    """Return a typed value as a series of one day; its rule's name comes after ``typed.``."""
    days = np.array([day], dtype="datetime64[D]")
    return Series(name=f"typed.{name}", unit=unit, days=days, values=np.array([value]), source="typed")


def require_safe(name: str) -> str:
    """Return a name of a series if it can be that of a file."""
    if not SAFE_NAME.fullmatch(name):
        raise InvalidInputError(f"the name of a series must be letters, digits and _, got {brief_repr(name)}")
    return name


def _join_series(old: Series, new: Series) -> Series:
    common, old_places, new_places = np.intersect1d(old.days, new.days, return_indices=True)
    old_values, new_values = old.values[old_places], new.values[new_places]
    allowed = np.where(common < old.days[-1], SAME_VALUE, _newest_may_differ(old.name))
    wrong = np.abs(old_values - new_values) > allowed * np.maximum(np.abs(old_values), np.abs(new_values))
    if wrong.any() and not old.name.endswith(REVISED) and new.source != "typed":
        row = int(wrong.argmax())
        raise InvalidInputError(
            f"{new.source}: {old.name} of {common[row]} is {new_values[row]:g}, the store has "
            f"{old_values[row]:g}: another series under the same name? --replace takes the file's"
        )
    values = dict(zip(old.days.tolist(), old.values.tolist(), strict=True))
    values |= dict(zip(new.days.tolist(), new.values.tolist(), strict=True))
    days = sorted(values)
    newer = new if new.days[-1] >= old.days[-1] else old
    return Series(
        name=old.name,
        unit=new.unit or old.unit,
        days=np.array(days, dtype="datetime64[D]"),
        values=np.array([values[day] for day in days]),
        source=newer.source,
    )


def _newest_may_differ(name: str) -> float:
    """How far two files may differ on the newest kept day, which may have been within its session."""
    if name.endswith(".close"):
        return SESSION_MOVE
    return math.inf if "." in name else SAME_VALUE


def _to_data(series: Series) -> dict[str, Any]:
    return {
        "unit": series.unit,
        "source": series.source,
        "days": [str(day) for day in series.days],
        "values": series.values.tolist(),
    }


def _read(path: Path) -> dict[str, Series]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data["schema"]
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise PresetError(f"{path}: written by schema {version}: update riskcalc")
        return {name: _series(name, series) for name, series in data["series"].items()}
    except OSError as error:
        raise PresetError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise PresetError(
            f"{path}: is not a file of signals: remove it, and file its data again with --update"
        ) from None


def _series(name: str, data: Mapping[str, Any]) -> Series:
    return Series(
        name=require_safe(name),
        unit=str(data["unit"]),
        days=np.array(data["days"], dtype="datetime64[D]"),
        values=np.array(data["values"], dtype=np.float64),
        source=str(data["source"]),
    )
