"""A preset back to TOML text: a new one, or an edit of the old that keeps its comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import AbstractTable, AoT

from riskcalc.presets.data import Data, preset_data
from riskcalc.presets.overrides import put
from riskcalc.presets.preset import Preset


def document_text(
    preset: Preset, *, title: str, file_name: str, base: tuple[str, Preset] | None = None
) -> str:
    """Return the text of a preset.

    Parameters
    ----------
    preset : Preset
        What the text shall say.
    title : str
        What it is called.
    file_name : str
        Stem of its file, which names it where the text does not.
    base : (str, Preset) or None
        A text and what it says now. Only what differs is changed, so that comments, order and spelling stay.

    Returns
    -------
    str
        TOML.
    """
    document = tomlkit.parse(base[0]) if base else tomlkit.document()
    new = preset_data(preset)
    if "name" in document or title != file_name:
        new = {"schema": new["schema"], "name": title} | new
    _edit(document, old=preset_data(base[1]) if base else {}, new=new)
    return tomlkit.dumps(document)


def _edit(table: Any, *, old: Data, new: Data) -> None:  # noqa: ANN401 - tomlkit's tables share no type
    """Change what differs between two states of a table, in place."""
    if old.get("kind") != new.get("kind"):
        # Another kind of leg knows other keys, and the text may state defaults that `old` leaves out.
        for key in list(table):
            table.pop(key)
        old = {}
    for key in old:
        if key not in new:
            table.pop(key, None)
    for key, value in new.items():
        if key not in old or old[key] != value:
            _change(table, key, old.get(key), value)


def _change(table: Any, key: str, old: object, new: object) -> None:  # noqa: ANN401 - as above
    current = table.get(key)
    if isinstance(current, AbstractTable) and isinstance(new, dict):
        _edit(current, old=old if isinstance(old, dict) else {}, new=new)
    elif isinstance(current, AoT) and _holds_tables(new):
        _edit_entries(current, old if _holds_tables(old) else [], new)
    else:
        put(table, key, _inline(new) if key == "targets" else new)


def _edit_entries(entries: AoT, old: Any, new: Any) -> None:  # noqa: ANN401 - lists of tables, checked by the caller
    """Change the entries that both states have, then drop or append the rest."""
    while len(entries) > len(new):
        del entries[-1]
    for place, value in enumerate(new):
        if place < len(entries):
            _edit(entries[place], old=old[place] if place < len(old) else {}, new=value)
        else:
            entries.append(tomlkit.item(value))


def _holds_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _inline(targets: object) -> object:
    """Targets as one array, be they moves or tables."""
    array = tomlkit.array()
    for target in targets if isinstance(targets, list) else []:
        entry = tomlkit.inline_table() if isinstance(target, dict) else target
        if isinstance(target, dict):
            entry.update(target)
        array.append(entry)
    return array
