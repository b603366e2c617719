"""A preset read from TOML text, with what is set over it."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from riskcalc.domain import Calibration, InstrumentTable, Market, ShareLeg, Source, Trigger
from riskcalc.domain.signals import value_with_unit
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.calibration import read_calibration
from riskcalc.presets.dividend_files import anchor_files, read_files
from riskcalc.presets.files import parse_toml
from riskcalc.presets.instruments import load_instruments
from riskcalc.presets.levels import Level
from riskcalc.presets.overlay import Overlaid, UserFiles, overlaid, sources_of
from riskcalc.presets.overrides import override, sets
from riskcalc.presets.problems import KeyPath, Problem, dotted, problem_lines, problems_between, problems_in
from riskcalc.presets.schema import SCHEMA_VERSION, MarketShape, PresetShape
from riskcalc.presets.template import Preset, TradeTemplate, with_vols_moved

CHOOSING = (("market", "pinned"), ("trade", "symbol"))
"""Keys that select which of the user's prices override a preset's; they are applied first."""


def read_preset(
    text: str,
    *,
    path: Path,
    overrides: Mapping[str, Any] | None = None,
    files: UserFiles | None = None,
    shipped: bool = False,
    calibration: Calibration | None = None,
) -> Preset:
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
    files : UserFiles or None
        The market of today and the user's account, which the preset takes where it says nothing of its own;
        a market of today moves the legs' vols as an override does. None reads the text alone.
    shipped : bool
        Whether the text's own market is a sample.
    calibration : Calibration or None
        Realized over implied volatility; None is what the user has measured.

    Returns
    -------
    Preset

    Raises
    ------
    PresetError
        The text is no TOML, was written by a newer schema, or breaks the schema; one line for each problem.
        So is what is wrong with the user's own file of instruments.
    """
    instruments = load_instruments()
    written = parse_toml(text, path, newest=SCHEMA_VERSION)
    anchor_files(written, path.parent)
    own_source = Source.SAMPLE if shipped else Source.PRESET
    base = copy.deepcopy(dict(written))
    for table, key in CHOOSING:
        if f"{table}.{key}" in (overrides or {}) and isinstance(base.get(table), dict):
            base[table][key] = (overrides or {})[f"{table}.{key}"]
    merged = Overlaid(data=base, equity=own_source) if files is None else overlaid(base, files, instruments)
    data, problems = override(merged.data, overrides or {})
    problems += read_files(data)
    shape, misshapen = _validate_shape(data, instruments)
    if shape is None or problems or misshapen:
        override_keys = {tuple(key.split(".")) for key in overrides or {}}
        raise PresetError("\n".join(problem_lines(problems + misshapen, path, overridden=override_keys)))
    preset = _preset(shape, path, instruments, calibration)
    underlying = preset.template.instrument
    preset = dataclasses.replace(
        preset,
        sources=sources_of(
            merged, data, underlying=underlying, default_source=own_source, overrides=overrides or ()
        ),
        inherited=None if files is None else files.account,
        book=None if files is None else files.book,
    )
    moved = bool(overrides) or merged.vol is not None
    return _with_vols_moved(preset, written, overrides or {}, instruments) if moved else preset


def _validate_shape(
    data: Mapping[str, Any], instruments: InstrumentTable
) -> tuple[PresetShape | None, list[Problem]]:
    between = problems_between(data, instruments=instruments)
    try:
        shape = PresetShape.model_validate(data, context=instruments)
    except ValidationError as error:
        return None, problems_in(error, data) + between
    return shape, between + _problems_of_units(shape)


def _problems_of_units(shape: PresetShape) -> list[Problem]:
    """Problems of signals and rules with different units."""
    problems: list[Problem] = []
    for index, trigger in enumerate(shape.entry.triggers):
        rule = trigger.record()
        unit, observed = shape.entry.units.get(rule.signal, ""), shape.market.signals.get(rule.signal)
        if rule.unit != unit:
            path: KeyPath = ("entry", "triggers", index)
            problems.append((path, f"{dotted(path)} must be in {_unit_hint(unit, rule.signal)}"))
        elif observed and _is_of_another_unit(observed, rule):
            key: KeyPath = ("market", "signals", rule.signal)
            unit_text = (
                f"in {unit}, the unit of its rule" if unit else "a plain number in the unit of its rule"
            )
            observed_text = _describe_observed(observed)
            problems.append(
                (key, f"{dotted(key)} must be {unit_text}, {_rule_words(rule)}, got {observed_text}")
            )
    return problems


def _unit_hint(unit: str, signal: str) -> str:
    if unit == "%":
        return f"percent, like the other rules for {signal}: write a % sign"
    return f"{unit}, like the first rule for {signal}"


def _is_of_another_unit(observed: Level, rule: Trigger) -> bool:
    """Whether a signal is in another unit than its rule; without a unit, its size decides."""
    if rule.unit or not observed.unit:
        return observed.unit not in ("", rule.unit)
    return observed.unit == "%" and abs(rule.level) >= 1


def _rule_words(rule: Trigger) -> str:
    """The rule as it was written: ``above 25``."""
    return f"{'above' if rule.above is not None else 'below'} {rule.format_value(rule.level)}"


def _describe_observed(observed: Level) -> str:
    if observed.unit == "%":
        return f"{100 * observed.amount:g}%"
    return value_with_unit(observed.amount, observed.unit)


def _with_vols_moved(
    preset: Preset, data: Mapping[str, Any], overrides: Mapping[str, Any], instruments: InstrumentTable
) -> Preset:
    """Shift the legs' vols by the override of the quote's vol."""
    symbol, legs = preset.template.instrument.symbol, preset.template.legs
    before = _written_vol(data, symbol, instruments)
    if before is None:
        return preset
    shift = preset.market.quote(symbol).vol - before
    explicit = {index for index in range(len(legs)) if sets(overrides, ("trade", "legs", index, "vol"))}
    shifted = with_vols_moved(legs, shift, explicit=explicit) if shift else legs
    return dataclasses.replace(preset, template=dataclasses.replace(preset.template, legs=shifted))


def _written_vol(written: Mapping[str, Any], symbol: str, instruments: InstrumentTable) -> float | None:
    """Vol of a symbol in a text; None if there is none."""
    data = copy.deepcopy(dict(written))
    missing = ("market", "quotes", symbol, "vol")
    between = problems_between(data, instruments=instruments)
    if read_files(data) or any(path == missing for path, _ in between):
        return None
    try:
        shape = MarketShape.model_validate(data.get("market"), context=instruments)
        return shape.record(instruments=instruments).quote(symbol).vol
    except (ValidationError, InvalidInputError):
        return None


def _preset(
    shape: PresetShape, path: Path, instruments: InstrumentTable, calibration: Calibration | None
) -> Preset:
    name = shape.name or path.stem
    trade = shape.trade.record(instruments=instruments)
    trade = dataclasses.replace(trade, entry=shape.entry.record(), name=name)
    calibration = calibration or read_calibration(trade.instrument.symbol)
    market = shape.market.record(in_percent=shape.entry.in_percent, instruments=instruments)
    return Preset(
        name=name,
        description=shape.description,
        template=trade,
        market=market,
        account=shape.account.record(),
        exits=shape.exits.record(entry=_entry_spot(trade, market)),
        view=shape.view.record(k=calibration.k),
        calibration=calibration,
        path=path,
        pinned=shape.market.pinned,
    )


def _entry_spot(template: TradeTemplate, market: Market) -> float:
    """Spot that stops and targets written as prices are moves from, in the preset's own market."""
    entries = [leg.entry_price for leg in template.legs if isinstance(leg, ShareLeg) and leg.entry_price]
    return entries[0] if entries else market.quote(template.instrument.symbol).spot
