"""A preset as TOML text: new, or edited in place with comments preserved."""

from __future__ import annotations

import copy
import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import AbstractTable, AoT, Array, InlineTable

from riskcalc.domain import Calibration, InstrumentTable, Market, ShareLeg, Source, Trigger
from riskcalc.domain.signals import value_with_unit
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.calibration import read_calibration
from riskcalc.presets.data import preset_data
from riskcalc.presets.dividend_files import anchor_files, named_files, read_files
from riskcalc.presets.fields import NO_DIVIDENDS
from riskcalc.presets.files import parse_toml
from riskcalc.presets.instruments import load_instruments
from riskcalc.presets.levels import Level
from riskcalc.presets.overlay import Overlaid, UserFiles, overlaid, sources_of
from riskcalc.presets.overrides import override, put, sets
from riskcalc.presets.problems import KeyPath, Problem, dotted, problem_lines, problems_between, problems_in
from riskcalc.presets.schema import SCHEMA_VERSION, MarketShape, PresetShape
from riskcalc.presets.template import Preset, TradeTemplate, with_vols_moved
from riskcalc.presets.written import Data

_INLINE = ("targets", "dividends")
"""Lists of tables that are written as an array rather than under headers."""


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
    own = Source.SAMPLE if shipped else Source.PRESET
    base = copy.deepcopy(dict(written))
    for table, key in CHOOSING:
        if f"{table}.{key}" in (overrides or {}) and isinstance(base.get(table), dict):
            base[table][key] = (overrides or {})[f"{table}.{key}"]
    merged = Overlaid(data=base, equity=own) if files is None else overlaid(base, files, instruments)
    data, problems = override(merged.data, overrides or {})
    problems += read_files(data)
    shape, misshapen = _validate_shape(data, instruments)
    if shape is None or problems or misshapen:
        given = {tuple(key.split(".")) for key in overrides or {}}
        raise PresetError("\n".join(problem_lines(problems + misshapen, path, overridden=given)))
    preset = _preset(shape, path, instruments, calibration)
    underlying = preset.template.instrument
    preset = dataclasses.replace(
        preset,
        sources=sources_of(merged, data, underlying=underlying, own=own, overrides=overrides or ()),
        inherited=None if files is None else files.account,
        book=None if files is None else files.book,
    )
    moved = bool(overrides) or merged.vol is not None
    return _with_vols_moved(preset, written, overrides or {}, instruments) if moved else preset


def document_text(preset: Preset, *, title: str, path: Path, base: tuple[str, Preset] | None = None) -> str:
    """Return the text of a preset.

    Parameters
    ----------
    preset : Preset
        What the text shall say.
    title : str
        What it is called.
    path : Path
        Its file: the stem names it where the text does not, and dividend files are looked for beside it.
    base : (str, Preset) or None
        A text and what it says now. Only what differs is changed, so that comments, order and spelling stay;
        so does a dividend file that is named, unless it would not be found from the new folder.

    Returns
    -------
    str
        TOML.
    """
    document = tomlkit.parse(base[0]) if base else tomlkit.document()
    new = preset_data(preset)
    if "name" in document or title != path.stem:
        new = {"schema": new["schema"], "name": title} | new
    _edit(document, old=_data_in_file(*base, folder=path.parent) if base else {}, new=new)
    return tomlkit.dumps(document)


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
    for place, written in enumerate(shape.entry.triggers):
        rule = written.record()
        unit, observed = shape.entry.units.get(rule.signal, ""), shape.market.signals.get(rule.signal)
        if rule.unit != unit:
            path: KeyPath = ("entry", "triggers", place)
            problems.append((path, f"{dotted(path)} must be in {_unit_hint(unit, rule.signal)}"))
        elif observed and _is_of_another_unit(observed, rule):
            key: KeyPath = ("market", "signals", rule.signal)
            unit_text = (
                f"in {unit}, the unit of its rule" if unit else "a plain number in the unit of its rule"
            )
            got = _describe_observed(observed)
            problems.append((key, f"{dotted(key)} must be {unit_text}, {_rule_words(rule)}, got {got}"))
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
    preset: Preset, written: Mapping[str, Any], overrides: Mapping[str, Any], instruments: InstrumentTable
) -> Preset:
    """Shift the legs' vols by the override of the quote's vol."""
    symbol, legs = preset.template.instrument.symbol, preset.template.legs
    before = _written_vol(written, symbol, instruments)
    if before is None:
        return preset
    shift = preset.market.quote(symbol).vol - before
    stated = {place for place in range(len(legs)) if sets(overrides, ("trade", "legs", place, "vol"))}
    moved = with_vols_moved(legs, shift, stated=stated) if shift else legs
    return dataclasses.replace(preset, template=dataclasses.replace(preset.template, legs=moved))


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


def _data_in_file(text: str, preset: Preset, *, folder: Path) -> Data:
    """Parsed data of a text, without dividend files that cannot be found."""
    data = preset_data(preset)
    own_folder = folder if preset.path is None else preset.path.parent
    for symbol, written in named_files(tomllib.loads(text)).items():
        if (own_folder / written).resolve() != (folder / written).resolve():
            data["market"]["quotes"][symbol]["dividends"] = []
    return data


def _edit_entries(entries: Any, old: Any, new: Any) -> None:  # noqa: ANN401 - lists of tables, checked by the caller
    """Edit entries in both states, then delete or append the rest."""
    while len(entries) > len(new):
        del entries[-1]
    for place, value in enumerate(new):
        if place < len(entries):
            _edit(entries[place], old=old[place] if place < len(old) else {}, new=value)
        else:
            entries.append(_in_braces(value) if isinstance(entries, Array) else value)


def _edit(table: Any, *, old: Data, new: Data) -> None:  # noqa: ANN401 - tomlkit's tables share no type
    """Change what differs between two states of a table, in place."""
    if old.get("kind") != new.get("kind"):
        # Another kind of leg knows other keys, and the text may state defaults that `old` leaves out.
        for key in list(table):
            table.pop(key)
        old = {}
    for key in old:
        if key not in new:
            # Write "none" explicitly: an omitted key might look forgotten.
            put(table, key, NO_DIVIDENDS if key == "dividends" else None)
    for key, value in new.items():
        if key not in old or old[key] != value:
            _change(table, key, old.get(key), value)


def _change(table: Any, key: str, old: object, new: object) -> None:  # noqa: ANN401 - as above
    if key not in table and isinstance(new, dict):
        table[key] = tomlkit.inline_table() if isinstance(table, InlineTable) else tomlkit.table()
    current = table.get(key)
    if isinstance(current, AbstractTable) and isinstance(new, dict):
        _edit(current, old=old if isinstance(old, dict) else {}, new=new)
    elif _is_list_of_tables(current) and _holds_tables(new):
        _edit_entries(current, old if _holds_tables(old) else [], new)
    else:
        put(table, key, _inline(new, lines=key == "dividends") if key in _INLINE else new)


def _is_list_of_tables(current: object) -> bool:
    """Whether it is one under headers, or an array of tables in braces."""
    return isinstance(current, AoT) or (isinstance(current, Array) and _holds_tables(current))


def _holds_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _inline(entries: object, *, lines: bool) -> object:
    """Moves or tables as one array, optionally with one per line."""
    array = tomlkit.array()
    for entry in entries if isinstance(entries, list) else []:
        array.append(_in_braces(entry) if isinstance(entry, dict) else entry)
    return array.multiline(lines and len(array) > 1)


def _in_braces(entry: Data) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(entry)
    return table
