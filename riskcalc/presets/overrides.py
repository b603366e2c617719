"""Overrides of single values of a preset: ``market.quotes.IWM.spot`` = 295.4."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping, MutableMapping
from numbers import Real
from typing import Any

from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.files import too_deep
from riskcalc.presets.problems import KeyPath, Problem, dotted, is_known, is_list, nearest
from riskcalc.presets.units_parsing import percent_text

_RIVALS = (
    ("strike", "moneyness", "delta"),
    ("expiry", "days"),
    ("risk", "risk_fraction", "risk_dollars"),
    ("below", "above"),
    ("vol", "correlation"),
)
"""Keys for the same quantity: setting one removes the others."""

_TAKES_PLACE = {"buying_power": ("buying_power_used",)}
"""Keys whose value replaces other keys, which state a part of it."""

SHARES_OF_EQUITY = ("account.risk", "account.max_heat", "account.max_position")
"""Keys whose typed bare number below 1 is ambiguous."""


def parse_assignments(assignments: Iterable[str]) -> dict[str, Any]:
    """Read ``key=value`` texts, as a command line gives them.

    Parameters
    ----------
    assignments : iterable of str
        Each a dotted key, an equals sign and a value.

    Returns
    -------
    dict
        Keys and values, fit for the `overrides` of a preset.

    Raises
    ------
    PresetError
        One of them is no key and value.

    Examples
    --------
    >>> parse_assignments(["market.quotes.IWM.spot=295.4", "exits.stop=7%", 'exits.targets=["+8%"]'])
    {'market.quotes.IWM.spot': 295.4, 'exits.stop': '7%', 'exits.targets': ['+8%']}
    """
    overrides: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or not key.strip():
            raise PresetError(f"an override must be like exits.stop=7%, got {assignment!r}")
        overrides[key.strip()] = _assigned(key.strip(), value.strip())
    return overrides


def _assigned(key: str, text: str) -> Any:  # noqa: ANN401 - whatever TOML can hold
    """Parse a value; a share of equity stays text, so that a bare 0.5 is refused."""
    parsed = parse_value(text)
    return text if key in SHARES_OF_EQUITY and isinstance(parsed, int | float) else parsed


def parse_value(text: str) -> Any:  # noqa: ANN401 - whatever TOML can hold
    """Read a text as the TOML value it is, else as plain text.

    Examples
    --------
    >>> parse_value("2026-09-18"), parse_value("300"), parse_value("7%")
    (datetime.date(2026, 9, 18), 300, '7%')
    """
    try:
        document = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return document["value"] if document.keys() == {"value"} and not too_deep(document) else text


def override(data: Mapping[str, Any], overrides: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Set values over a preset's data.

    Parameters
    ----------
    data : mapping
        A preset's data; not changed.
    overrides : mapping
        Values by dotted key; None removes the key. Another way to say the same thing (a strike by moneyness,
        by delta, exactly) replaces the earlier one. The number after the last of a list appends.

        A number below 1 for one of `SHARES_OF_EQUITY` is a fraction, as everywhere in Python.

    Returns
    -------
    dict, list
        The data with the values set, and what is wrong with the keys.
    """
    changed = copy.deepcopy(dict(data))
    problems: list[Problem] = []
    for key, value in overrides.items():
        path = _path(key)
        problem = _set(changed, path, copy.deepcopy(_of_python(key, value)))
        problems += [(path, problem)] if problem else []
    return changed, problems


def require_not_of_chain(overrides: Mapping[str, Any], *, symbol: str) -> None:
    """Refuse overrides of values that come from the quotes of a symbol.

    Raises
    ------
    InvalidInputError
        One of them is the day, the spot or the vol.
    """
    quote = f"market.quotes.{symbol}"
    for key in ("market.date", "market.time", f"{quote}.spot", f"{quote}.vol"):
        if key in overrides:
            raise InvalidInputError(f"{key} comes from the chain: leave out the override or the chain")


def sets(overrides: Iterable[str], path: KeyPath) -> bool:
    """Whether one of the overrides sets a value, by itself or with the table or list that holds it."""
    return any(path[: len(set_path)] == set_path for set_path in map(_path, overrides))


def put(table: MutableMapping[str, Any], key: str, value: object) -> None:
    """Set a key of a table and remove its rivals; None removes the key."""
    for rival in rivals_of(key) if value is not None else (key,):
        table.pop(rival, None)
    if value is not None:
        table[key] = value


def rivals_of(key: str) -> tuple[str, ...]:
    """Return the keys that setting a key removes: those for the same quantity or a part of it."""
    same = (rival for group in _RIVALS if key in group for rival in group if rival != key)
    return (*same, *_TAKES_PLACE.get(key, ()))


def _of_python(key: str, value: Any) -> Any:  # noqa: ANN401 - whatever a preset can hold
    """Convert a fraction of equity from Python to the notation of a file."""
    typed = isinstance(value, Real) and not isinstance(value, bool)
    if typed and key in SHARES_OF_EQUITY and 0 < value < 1:
        return percent_text(float(value))
    return value


def _path(key: str) -> KeyPath:
    return tuple(int(step) if step.isdecimal() and len(step) < 10 else step for step in key.split("."))


def _set(data: dict[str, Any], path: KeyPath, value: object) -> str:
    """Set one value; return what is wrong with its path, or nothing."""
    for length in range(1, len(path) + 1):
        if not is_known(path[:length]):
            return _unknown(path, length)
    return _set_below(data, path, 0, value)


def _set_below(table: Any, path: KeyPath, depth: int, value: object) -> str:  # noqa: ANN401 - a table or a list
    parent, step, last = path[:depth], path[depth], depth == len(path) - 1
    if isinstance(table, list) and isinstance(step, int):
        if step > len(table):
            return f"{dotted(path)} is past the end: {dotted(parent)} holds {len(table)}, counted from 0"
        table[step : step + 1] = [value if last else _as_table(table[step : step + 1])]
    elif isinstance(table, dict) and last:
        put(table, str(step), value)
    elif isinstance(table, dict):
        table.setdefault(step, [] if is_list(path[: depth + 1]) else {})
    else:
        return f"{dotted(path)} cannot be set: {dotted(parent)} is a single value in the file"
    return "" if last else _set_below(table[step], path, depth + 1, value)


def _as_table(entry: list[Any]) -> Any:  # noqa: ANN401 - whatever the list holds
    """The table of an entry: a new one, or that of a target written as a bare move."""
    if not entry:
        return {}
    return entry[0] if isinstance(entry[0], dict) else {"move": entry[0]}


def _unknown(path: KeyPath, length: int) -> str:
    parent = path[: length - 1]
    if is_list(parent):
        return f"{dotted(path)} is not a known key: {dotted(parent)} is a list, so a number from 0 follows"
    hint = nearest(path[:length])
    return f"{dotted(path)} is not a known key; {hint}"
