"""Presets of a session as records, already checked, so that no schema is loaded to read them.

What a session says are the TOML texts beside them. The records stand for the texts only under their seal,
which covers both and the code that checks them: what was edited, or is of another version, is read in full.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import importlib
import json
import os
from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from riskcalc.domain import Instrument, instrument
from riskcalc.domain.validation import brief_repr
from riskcalc.errors import InvalidInputError
from riskcalc.presets.calibration import read_calibration
from riskcalc.presets.instruments import load_instruments
from riskcalc.presets.template import Preset

Data = dict[str, Any]

FIELDS = ("name", "description", "pinned", "template", "market", "account", "exits", "view")
"""What a preset's text says; the rest comes from the user's files."""

HOMES = ("riskcalc.domain.", "riskcalc.presets.")
"""Packages of the records."""

CHECKING = ("presets", "domain", "editor")
"""Packages that decide what a text means, and what its records are."""


def sealed(texts: Mapping[str, Any], presets: Mapping[str, Preset | None]) -> Data | None:
    """Return presets as plain data with a seal; None where one has something that is no record.

    Parameters
    ----------
    texts : mapping
        What a session says of a draft, JSON-ready.
    presets : mapping of str to Preset or None
        The presets that its texts were written from, by name.
    """
    try:
        records = {name: None if preset is None else _preset_data(preset) for name, preset in presets.items()}
    except TypeError:
        return None
    return {"records": records, "seal": _seal(texts, records)}


def opened(data: Mapping[str, Any], which: str, *, path: Path) -> Preset | None:
    """Return a preset of a session as its text is read; None where its records cannot stand for it.

    Parameters
    ----------
    data : mapping
        What the session says of a draft, its records under ``checked``.
    which : str
        One of its presets.
    path : Path
        The preset's file.

    Raises
    ------
    PresetError
        The user's own file of instruments or of calibrations cannot be read.
    """
    checked = data.get("checked")
    texts = {key: value for key, value in data.items() if key != "checked"}
    if not isinstance(checked, dict) or checked.get("seal") != _seal(texts, checked.get("records")):
        return None
    try:
        fields = {key: _value(value) for key, value in checked["records"][which].items()}
        fields["name"] = name = fields["name"] or path.stem
        fields["template"] = dataclasses.replace(fields["template"], name=name)
        calibration = read_calibration(fields["template"].instrument.symbol)
        view = fields["view"]
        calibrated = view.k is not None and view.vol is None
        fields["view"] = dataclasses.replace(view, k=calibration.k if calibrated else None)
        return Preset(**fields, path=path, calibration=calibration)
    except (AttributeError, ImportError, InvalidInputError, KeyError, LookupError, TypeError, ValueError):
        return None


def _seal(texts: Mapping[str, Any], records: object) -> str:
    whole = json.dumps([_code(), texts, records], sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _code() -> list[tuple[str, int, int]]:
    """Name, size and time of the modules that check: another version of one checks anew."""
    root = Path(__file__).parent.parent
    return sorted(
        (f"{package}/{entry.name}", entry.stat().st_size, entry.stat().st_mtime_ns)
        for package in CHECKING
        for entry in os.scandir(root / package)
        if entry.is_file()
    )


def _preset_data(preset: Preset) -> Data:
    return {name: _plain(getattr(preset, name)) for name in FIELDS}


def _plain(value: object) -> Any:  # noqa: ANN401, PLR0911 - JSON; a line per kind
    """A value as JSON; every object that JSON has not is a table of one key, its kind."""
    if isinstance(value, Enum):
        return {"enum": [_home(type(value)), value.name]}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Instrument):
        return _known_instrument(value)
    if dataclasses.is_dataclass(value):
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"record": [_home(type(value)), fields]}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return {"set": sorted((_plain(item) for item in value), key=str)}
    if isinstance(value, Mapping):
        return {"table": [[key, _plain(item)] for key, item in value.items()]}
    if isinstance(value, dt.date | dt.time) and not isinstance(value, dt.datetime):
        return {type(value).__name__: value.isoformat()}
    raise TypeError(f"{type(value).__name__} is no record")


def _known_instrument(value: Instrument) -> Data:
    """An instrument by its symbol: the user's file may say more of it until the session is read."""
    known = instrument(value.symbol, instruments=load_instruments())
    if dataclasses.replace(known, monthly_settlement=value.monthly_settlement) != value:
        raise TypeError(f"{value.symbol} is not as its file says")
    own = value.monthly_settlement != known.monthly_settlement
    return {"instrument": [value.symbol, _plain(value.monthly_settlement) if own else None]}


def _value(plain: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(plain, list):
        return tuple(_value(item) for item in plain)
    if not isinstance(plain, dict):
        return plain
    ((kind, of),) = plain.items()
    return READERS[kind](of)


def _record_of(of: Any) -> Any:  # noqa: ANN401 - as above
    name, fields = of
    cls = _named(name)
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{brief_repr(name)} is no record")
    make: Any = cls
    return make(**{key: _value(value) for key, value in fields.items()})


def _enum_of(of: Any) -> Enum:  # noqa: ANN401 - as above
    cls = _named(of[0])
    if not issubclass(cls, Enum):
        raise TypeError(f"{brief_repr(of[0])} is no choice")
    member: Enum = cls[of[1]]
    return member


def _instrument_of(of: Any) -> Instrument:  # noqa: ANN401 - as above
    symbol, settlement = of
    known = instrument(symbol, instruments=load_instruments())
    return known if settlement is None else dataclasses.replace(known, monthly_settlement=_value(settlement))


READERS = {
    "enum": _enum_of,
    "record": _record_of,
    "instrument": _instrument_of,
    "set": lambda of: frozenset(_value(item) for item in of),
    "table": lambda of: {key: _value(item) for key, item in of},
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
}


def _home(cls: type) -> str:
    if not cls.__module__.startswith(HOMES):
        raise TypeError(f"{cls.__module__} has no records of presets")
    return f"{cls.__module__}:{cls.__qualname__}"


def _named(name: str) -> Any:  # noqa: ANN401 - a class
    module, _, cls = name.partition(":")
    if not module.startswith(HOMES):
        raise TypeError(f"{brief_repr(module)} has no records of presets")
    return getattr(importlib.import_module(module), cls)
