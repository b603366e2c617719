"""A preset written as TOML text: new, or edited in place with comments preserved."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AbstractTable, AoT, Array, InlineTable

from riskcalc.presets.data import preset_data
from riskcalc.presets.dividend_files import named_files
from riskcalc.presets.fields import NO_DIVIDENDS
from riskcalc.presets.overrides import put
from riskcalc.presets.template import Preset
from riskcalc.presets.written import Data

_INLINE = ("targets", "dividends")
"""Lists of tables that are written as an array rather than under headers."""


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


def _data_in_file(text: str, preset: Preset, *, folder: Path) -> Data:
    """Parsed data of a text, without dividend files that cannot be found."""
    data = preset_data(preset)
    own_folder = folder if preset.path is None else preset.path.parent
    for symbol, file_name in named_files(tomllib.loads(text)).items():
        if (own_folder / file_name).resolve() != (folder / file_name).resolve():
            data["market"]["quotes"][symbol]["dividends"] = []
    return data


def _edit_entries(entries: Any, old: Any, new: Any) -> None:  # noqa: ANN401 - lists of tables, checked by the caller
    """Edit entries in both states, then delete or append the rest."""
    while len(entries) > len(new):
        del entries[-1]
    for index, value in enumerate(new):
        if index < len(entries):
            _edit(entries[index], old=old[index] if index < len(old) else {}, new=value)
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
