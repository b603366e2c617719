"""The command line that prints the plan on the screen."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shlex
from collections.abc import Mapping
from typing import Any

from riskcalc import presets
from riskcalc.domain import Sticky
from riskcalc.editor.draft import Draft
from riskcalc.environment import book_path
from riskcalc.errors import PresetError
from riskcalc.presets import Preset
from riskcalc.presets.data import preset_data
from riskcalc.presets.overrides import rivals_of
from riskcalc.presets.written import Data


def reproduce(draft: Draft, *more: str, command: str = "plan") -> str:
    """Return the ``riskcalc plan`` line of a draft, quoted for a shell.

    Parameters
    ----------
    draft : Draft
        Opened from a file; one made in Python is said by all its values over a shipped preset.
    more : str
        Words that follow.
    command : str
        Another command on a preset.

    Returns
    -------
    str
        It names the preset and sets every value that differs from its file. A chain is not named: the prices
        it gave are set, and vols stick to strikes. A book that the draft does not stand beside is left out.

    Examples
    --------
    >>> from riskcalc.editor.draft import open_draft
    >>> from riskcalc.presets import load_preset
    >>> draft = open_draft(load_preset("iwm-call-spread"))
    >>> reproduce(draft.with_quote(spot=300.0).with_exits(stop=0.05))
    'riskcalc plan iwm-call-spread --set market.quotes.IWM.spot=300 --set trade.legs.0.strike=295 ...
    """
    book_option = ("--no-book",) if draft.preset.book is None and book_path().exists() else ()
    return command_line(command, _name(draft), overrides(draft), *book_option, *more)


def command_line(command: str, preset: str, settings: Mapping[str, Any], *more: str) -> str:
    """Return the line of a command on a preset with settings, quoted for a shell.

    Examples
    --------
    >>> command_line("report", "iwm-call-spread", {"exits.stop": "5%"}, "-o", "my plan.html")
    "riskcalc report iwm-call-spread --set exits.stop=5% -o 'my plan.html'"
    """
    pairs = (("--set", f"{key}={_text(value)}") for key, value in settings.items())
    return shlex.join(["riskcalc", command, preset, *(word for pair in pairs for word in pair), *more])


def left_out(draft: Draft) -> tuple[str, ...]:
    """Return what the command line cannot reproduce: without its chain a draft has no smile."""
    if draft.chain is None:
        return ()
    moving = ("sticky strike",) if draft.sticky is Sticky.MONEYNESS else ()
    return ("P(profit) is at one vol", *moving)


def overrides(draft: Draft) -> Data:
    """Return the values of a draft that differ from its preset's file, by dotted key."""
    name, book = _name(draft), draft.preset.book
    opened = presets.load_preset(name, book=book)
    new = preset_data(dataclasses.replace(draft.to_preset(), inherited=opened.inherited))
    changed = _differences(_beside_account(opened, new), new, ())
    # Setting the quote's vol moves those of the legs: only where these went elsewhere they are set, too.
    key = f"market.quotes.{draft.trade.symbol}.vol"
    vol = {key: changed[key]} if key in changed else {}
    return vol | _differences(_beside_account(presets.load_preset(name, vol, book=book), new), new, ())


def _beside_account(opened: Preset, new: Data) -> Data:
    """What a file says, its account open to single keys: a whole table would hide the user's account."""
    old = preset_data(opened)
    if "account" in new:
        account = dict(old.get("account", {}))
        old["account"] = account | ({"costs": account.get("costs", {})} if "costs" in new["account"] else {})
    return old


def _name(draft: Draft) -> str:
    """Name of the draft's preset, else its path."""
    path = draft.preset.path
    if path is None:
        return draft.preset.name
    try:
        preset_path = presets.find_preset(path.stem)
    except PresetError:
        return str(path)
    return path.stem if preset_path == path else str(path)


def _differences(old: Any, new: Any, path: tuple[str, ...]) -> Data:  # noqa: ANN401 - tables, lists, values
    if old == new:
        return {}
    if isinstance(old, dict) and isinstance(new, dict) and not _lost(old, new):
        differences: Data = {}
        for key, value in new.items():
            differences |= _differences(old.get(key), value, (*path, key))
        return differences
    if _are_tables(old) and _are_tables(new) and len(old) == len(new):
        pairs = [_differences(a, b, (*path, str(k))) for k, (a, b) in enumerate(zip(old, new, strict=True))]
        if all(a.get("kind") == b.get("kind") for a, b in zip(old, new, strict=True)):
            return {key: value for pair in pairs for key, value in pair.items()}
    return {".".join(path): new}


def _lost(old: Data, new: Data) -> list[str]:
    """Keys that can only be removed by replacing the whole table."""
    return [key for key in old if key not in new and not any(rival in new for rival in rivals_of(key))]


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _text(value: Any) -> str:  # noqa: ANN401 - what TOML can hold
    """A value in the form of ``--set``: TOML, or plain text."""
    if isinstance(value, str):
        return value
    return _toml(value)


def _toml(value: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else repr(value)
