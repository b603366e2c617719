"""TOML text to a preset, or every problem of it at once."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from riskcalc.errors import PresetError
from riskcalc.presets.dividend_sources import anchor_files, read_files
from riskcalc.presets.keys import Path as KeyPath
from riskcalc.presets.overrides import override
from riskcalc.presets.preset import Preset
from riskcalc.presets.problems import Problem, problems_between, problems_in
from riskcalc.presets.schema import SCHEMA_VERSION, PresetShape


def read_preset(text: str, *, path: Path, overrides: Mapping[str, Any] | None = None) -> Preset:
    """Read a preset's text.

    Parameters
    ----------
    text : str
        TOML.
    path : Path
        Where the text comes from: named in errors, and its stem is the name of a preset without one.
    overrides : mapping or None
        Values by dotted key, set over the text's own. A dividend file named here is looked for like any path
        that a program is given, one named in the text from the text's own folder.

    Returns
    -------
    Preset

    Raises
    ------
    PresetError
        The text is no TOML, was written by a newer schema, or breaks the schema; one line for each problem.
    """
    data = _toml(text, path)
    _require_readable(data, path)
    anchor_files(data, path.parent)
    data, problems = override(data, overrides or {})
    problems += read_files(data)
    shape, misshapen = _shaped(data)
    if shape is None or problems or misshapen:
        given = {tuple(key.split(".")) for key in overrides or {}}
        raise PresetError("\n".join(_lines(problems + misshapen, path, given)))
    return _preset(shape, path)


def _toml(text: str, path: Path) -> dict[str, Any]:
    if not text.strip():
        raise PresetError(f"{path}: the file is empty")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise PresetError(f"{path}: the file is nested too deeply to be a preset") from None
    except ValueError as error:
        raise PresetError(f"{path}: {_toml_problem(str(error))}") from None


def _toml_problem(message: str) -> str:
    """The parser's message with its place first, and a key that stands twice named as that."""
    found = re.fullmatch(r"(.*) \(at (.*)\)", message, flags=re.DOTALL)
    problem, place = (found[1], found[2]) if found else (message, "")
    if "overwrite" in problem or "twice" in problem:
        problem = "a key or table stands twice"
    return f"{place}: {problem}" if place else problem


def _require_readable(data: Mapping[str, Any], path: Path) -> None:
    version = data.get("schema")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        reads = f"this riskcalc reads up to {SCHEMA_VERSION}"
        raise PresetError(f"{path}: written by schema {version}, {reads}: update riskcalc")


def _shaped(data: Mapping[str, Any]) -> tuple[PresetShape | None, list[Problem]]:
    between = problems_between(data)
    try:
        return PresetShape.model_validate(data), between
    except ValidationError as error:
        return None, problems_in(error, data) + between


def _lines(problems: Iterable[Problem], path: Path, overridden: set[tuple[str, ...]]) -> list[str]:
    """Each problem with where it was written: in the file, or in an override."""
    lines = [f"{_origin(place, path, overridden)}: {text}" for place, text in problems]
    return list(dict.fromkeys(" ".join(line.split("\n")) for line in lines))


def _origin(place: KeyPath, path: Path, overridden: set[tuple[str, ...]]) -> str:
    steps = tuple(map(str, place))
    return "override" if any(steps[: len(key)] == key for key in overridden) else str(path)


def _preset(shape: PresetShape, path: Path) -> Preset:
    name = shape.name or path.stem
    trade = dataclasses.replace(shape.trade.record(), entry=shape.entry.record(), name=name)
    return Preset(
        name=name,
        description=shape.description,
        template=trade,
        market=shape.market.record(),
        account=shape.account.record(),
        exits=shape.exits.record(),
        view=shape.view.record(),
        path=path,
    )
