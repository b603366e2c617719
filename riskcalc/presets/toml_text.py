"""TOML text to plain data, or the one reason why it cannot be read at all."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from riskcalc.errors import PresetError


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
        return tomllib.loads(text)
    except RecursionError:
        raise PresetError(f"{path}: the file is nested too deeply") from None
    except ValueError as error:
        raise PresetError(f"{path}: {_toml_problem(str(error))}") from None


def _toml_problem(message: str) -> str:
    """The parser's message with its place first, and a key that stands twice named as that."""
    found = re.fullmatch(r"(.*) \(at (.*)\)", message, flags=re.DOTALL)
    problem, place = (found[1], found[2]) if found else (message, "")
    if "overwrite" in problem or "twice" in problem:
        problem = "a key or table stands twice"
    return f"{place}: {problem}" if place else problem
