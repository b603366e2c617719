"""TOML text to plain data, or the one reason why it cannot be read at all."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from riskcalc.domain.ranges import brief_repr
from riskcalc.errors import PresetError, printable

MOST_LEVELS = 20
"""A preset has five."""


def parse_toml(text: str, path: Path, *, newest: int) -> dict[str, Any]:
    """Read a TOML text.

    Parameters
    ----------
    text : str
        What the file holds.
    path : Path
        Named in errors.
    newest : int
        Newest schema that this riskcalc reads.

    Raises
    ------
    PresetError
        The text is empty, no TOML, or was written by a newer schema.
    """
    data = _toml(text, path)
    version = data.get("schema")
    if isinstance(version, int) and version > newest:
        reads = f"this riskcalc reads up to {newest}"
        raise PresetError(f"{path}: written by schema {version}, {reads}: update riskcalc")
    return data


def _toml(text: str, path: Path) -> dict[str, Any]:
    if not text.strip():
        raise PresetError(f"{path}: the file is empty")
    try:
        data = tomllib.loads(text)
        if not too_deep(data):
            _require_plain_texts(data, path)
            return data
    except RecursionError:
        pass
    except ValueError as error:
        raise PresetError(f"{path}: {_toml_problem(str(error))}") from None
    raise PresetError(f"{path}: the file is nested too deeply")


def too_deep(value: object) -> bool:
    """Whether tables and lists stand in each other deeper than any file of ours needs."""
    level = [value]
    for _ in range(MOST_LEVELS):
        inner = [
            one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))
        ]
        level = [one for values in inner for one in values]
        if not level:
            return False
    return True


def _require_plain_texts(data: object, path: Path) -> None:
    """Refuse texts that a terminal may take for commands: names and descriptions are shown as they are."""
    if isinstance(data, dict):
        for key, value in data.items():
            _require_plain_texts(key, path)
            _require_plain_texts(value, path)
    elif isinstance(data, list):
        for value in data:
            _require_plain_texts(value, path)
    elif isinstance(data, str) and printable(data) != data.replace("\t", "\\t"):
        raise PresetError(f"{path}: a text holds a control character: {brief_repr(data)}")


def _toml_problem(message: str) -> str:
    """The parser's message with its place first, and a key that stands twice named as that."""
    found = re.fullmatch(r"(.*) \(at (.*)\)", message, flags=re.DOTALL)
    if "integer string conversion" in message:
        return "a number has more than 4,300 digits"
    problem, place = (found[1], found[2]) if found else (message, "")
    if "overwrite" in problem or "twice" in problem:
        problem = "a key or table stands twice"
    return f"{place}: {problem}" if place else problem
