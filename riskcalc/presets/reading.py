"""TOML text to a preset, or every problem of it at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from riskcalc.errors import PresetError
from riskcalc.presets.dividend_sources import anchor_files, read_files
from riskcalc.presets.keys import Path, dotted
from riskcalc.presets.overrides import override
from riskcalc.presets.preset import Preset
from riskcalc.presets.problems import Problem, problem_lines, problems_between, problems_in
from riskcalc.presets.schema import SCHEMA_VERSION, PresetShape
from riskcalc.presets.toml_text import parse_toml


def read_preset(text: str, *, path: FilePath, overrides: Mapping[str, Any] | None = None) -> Preset:
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
    data = parse_toml(text, path, newest=SCHEMA_VERSION)
    anchor_files(data, path.parent)
    data, problems = override(data, overrides or {})
    problems += read_files(data)
    shape, misshapen = _shaped(data)
    if shape is None or problems or misshapen:
        given = {tuple(key.split(".")) for key in overrides or {}}
        raise PresetError("\n".join(problem_lines(problems + misshapen, path, overridden=given)))
    return _preset(shape, path)


def _shaped(data: Mapping[str, Any]) -> tuple[PresetShape | None, list[Problem]]:
    between = problems_between(data)
    try:
        shape = PresetShape.model_validate(data)
    except ValidationError as error:
        return None, problems_in(error, data) + between
    return shape, between + _problems_of_units(shape)


def _problems_of_units(shape: PresetShape) -> list[Problem]:
    """Signals and rules of one name that do not speak of it in one unit."""
    found: list[Problem] = []
    for place, rule in enumerate(shape.entry.triggers):
        path: Path = ("entry", "triggers", place)
        observed = shape.market.signals.get(rule.signal)
        if rule.signal in shape.entry.in_percent and not rule.record().percent:
            text = (
                f"{dotted(path)} must be in per cent, like the other rules for {rule.signal}: write a % sign"
            )
            found.append((path, text))
        elif observed and observed.percent and not rule.record().percent and rule.level >= 1:
            key: Path = ("market", "signals", rule.signal)
            unit = f"must be a plain number in the unit of its rule, {rule.words}"
            found.append((key, f"{dotted(key)} {unit}, got {100 * observed.amount:g}%"))
    return found


def _preset(shape: PresetShape, path: FilePath) -> Preset:
    name = shape.name or path.stem
    trade = dataclasses.replace(shape.trade.record(), entry=shape.entry.record(), name=name)
    return Preset(
        name=name,
        description=shape.description,
        template=trade,
        market=shape.market.record(in_percent=shape.entry.in_percent),
        account=shape.account.record(),
        exits=shape.exits.record(),
        view=shape.view.record(),
        path=path,
    )
