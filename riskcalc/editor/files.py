"""Saving a draft: to its own file, or under a name in the user's folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from riskcalc.editor.draft import Draft
from riskcalc.presets import load_preset, save_preset
from riskcalc.presets.store import is_shipped


def saved(draft: Draft) -> Draft:
    """Save a draft, and return it as opened from its file.

    A file of the user's own is replaced, its comments kept; a shipped preset, and one inside a report, goes
    to the user's folder under the same name, unless another file of that name is there.

    Raises
    ------
    PresetError
        It cannot be saved; nothing is changed.
    """
    path = draft.preset.path
    if path is None or is_shipped(path) or path.suffix != ".toml":
        return saved_as(draft, draft.preset.name if path is None else path.stem)
    return _written(draft, path.stem, folder=path.parent, force=True)


def saved_as(draft: Draft, name: str, *, force: bool = False) -> Draft:
    """Save a draft under a name in the user's folder, and return it as opened from there.

    Raises
    ------
    PresetError
        The name is no file name, a file of that name is there and `force` is not set, or it cannot be
        written; nothing is changed.
    """
    return _written(draft, name, folder=None, force=force)


def _written(draft: Draft, name: str, *, folder: Path | None, force: bool) -> Draft:
    path = save_preset(draft.to_preset(), name, folder=folder, force=force)
    return dataclasses.replace(draft, preset=load_preset(path, book=draft.preset.book))
