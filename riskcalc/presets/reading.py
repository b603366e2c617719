"""TOML text to a preset, or every problem of it at once."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from riskcalc.domain import Market, ShareLeg
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.dividend_sources import anchor_files, read_files
from riskcalc.presets.keys import KeyPath, dotted
from riskcalc.presets.leg_vols import with_vols_moved
from riskcalc.presets.overrides import override, sets
from riskcalc.presets.preset import Preset
from riskcalc.presets.problems import Problem, problem_lines, problems_between, problems_in
from riskcalc.presets.schema import SCHEMA_VERSION, PresetShape
from riskcalc.presets.schema_trade import MarketShape
from riskcalc.presets.template import TradeTemplate
from riskcalc.presets.toml_text import parse_toml


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
        that a program is given, one named in the text from the text's own folder. Where they move the vol of
        the underlying's quote, the vols that the text's legs state move by as many points.

    Returns
    -------
    Preset

    Raises
    ------
    PresetError
        The text is no TOML, was written by a newer schema, or breaks the schema; one line for each problem.
    """
    written = parse_toml(text, path, newest=SCHEMA_VERSION)
    anchor_files(written, path.parent)
    data, problems = override(written, overrides or {})
    problems += read_files(data)
    shape, misshapen = _shaped(data)
    if shape is None or problems or misshapen:
        given = {tuple(key.split(".")) for key in overrides or {}}
        raise PresetError("\n".join(problem_lines(problems + misshapen, path, overridden=given)))
    preset = _preset(shape, path)
    return _with_vols_moved(preset, written, overrides) if overrides else preset


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
        path: KeyPath = ("entry", "triggers", place)
        observed = shape.market.signals.get(rule.signal)
        if rule.signal in shape.entry.in_percent and not rule.record().percent:
            text = (
                f"{dotted(path)} must be in per cent, like the other rules for {rule.signal}: write a % sign"
            )
            found.append((path, text))
        elif observed and observed.percent and not rule.record().percent and rule.level >= 1:
            key: KeyPath = ("market", "signals", rule.signal)
            unit = f"must be a plain number in the unit of its rule, {rule.words}"
            found.append((key, f"{dotted(key)} {unit}, got {100 * observed.amount:g}%"))
    return found


def _with_vols_moved(preset: Preset, written: Mapping[str, Any], overrides: Mapping[str, Any]) -> Preset:
    """The preset with its legs' vols moved as far as the overrides moved the quote's."""
    symbol, legs = preset.template.instrument.symbol, preset.template.legs
    before = _written_vol(written, symbol)
    if before is None:
        return preset
    shift = preset.market.quote(symbol).vol - before
    stated = {place for place in range(len(legs)) if sets(overrides, ("trade", "legs", place, "vol"))}
    moved = with_vols_moved(legs, shift, stated=stated) if shift else legs
    return dataclasses.replace(preset, template=dataclasses.replace(preset.template, legs=moved))


def _written_vol(written: Mapping[str, Any], symbol: str) -> float | None:
    """What a text alone says of a symbol's vol; None where it says nothing that can be read."""
    data = copy.deepcopy(dict(written))
    missing = ("market", "quotes", symbol, "vol")
    if read_files(data) or any(path == missing for path, _ in problems_between(data)):
        return None
    try:
        return MarketShape.model_validate(data.get("market")).record().quote(symbol).vol
    except (ValidationError, InvalidInputError):
        return None


def _preset(shape: PresetShape, path: Path) -> Preset:
    name = shape.name or path.stem
    trade = dataclasses.replace(shape.trade.record(), entry=shape.entry.record(), name=name)
    market = shape.market.record(in_percent=shape.entry.in_percent)
    return Preset(
        name=name,
        description=shape.description,
        template=trade,
        market=market,
        account=shape.account.record(),
        exits=shape.exits.record(entry=_entry_spot(trade, market)),
        view=shape.view.record(),
        path=path,
    )


def _entry_spot(template: TradeTemplate, market: Market) -> float:
    """Spot that stops and targets written as prices are moves from, in the preset's own market."""
    entries = [leg.entry_price for leg in template.legs if isinstance(leg, ShareLeg) and leg.entry_price]
    return entries[0] if entries else market.quote(template.instrument.symbol).spot
