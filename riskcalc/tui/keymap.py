"""The user's own keys, from a file."""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections import Counter
from pathlib import Path

from textual.binding import Binding, InvalidBinding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from riskcalc.environment import config_folder
from riskcalc.errors import InvalidInputError
from riskcalc.tui.keys import COMMANDS, KEYS, PAGE_KEYS, Key, page_table, remapped, shown

FILE_VARIABLE = "RISKCALC_KEYS"
"""Environment variable that names another file."""

MODIFIERS = frozenset({"alt", "ctrl", "hyper", "meta", "shift", "super"})
NAMED = frozenset(key.value for key in Keys) | frozenset(KEY_NAME_REPLACEMENTS.values())
"""Names of keys without a character, and Textual's short names of others."""

TYPES_A_VALUE = frozenset("123456789") | {"full_stop"}
"""Keys that always type into the field."""

TEXTUALS_OWN = frozenset({"ctrl+q", "ctrl+p"})
"""Keys that Textual takes before any screen sees them."""


def keymap_path() -> Path:
    """Return the file of the user's keys, which need not exist."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named).expanduser()
    return config_folder() / "keys.toml"


def read_keymap(path: Path | None = None) -> dict[str, str]:
    """Return the user's keys as a keymap for Textual; empty where there is no file.

    Parameters
    ----------
    path : Path, optional
        File to read; without it the user's ``keys.toml``.

    Returns
    -------
    dict of str to str
        Textual's key names with commas between, by the name of the command.

    Raises
    ------
    InvalidInputError
        The file cannot be read or is not TOML, a command or a key is unknown, or two commands have one key.
    """
    path = path or keymap_path()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return parse_keymap(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not UTF-8 text") from error
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error}") from error


def parse_keymap(text: str) -> dict[str, str]:
    r"""Return the keymap that a text in TOML describes.

    Examples
    --------
    >>> parse_keymap('undo = "ctrl+z"\nhelp = ["?", "f9"]')
    {'undo': 'ctrl+z', 'help': 'question_mark,f9'}
    """
    import tomllib  # noqa: PLC0415 - most users have no such file

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"not TOML: {error}") from error
    keymap = {_command(name): ",".join(_keys(name, value)) for name, value in table.items()}
    _refuse_shared_keys(keymap)
    return keymap


def _command(name: str) -> str:
    names = [key.name for key in COMMANDS]
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known commands: {', '.join(names)}"
        raise InvalidInputError(f"{name!r} is not a command; {hint}")
    return name


def _keys(name: str, value: object) -> list[str]:
    """Return the keys that a command is given, as Textual names them."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(key, str) for key in values):
        raise InvalidInputError(f'{name} must be a key such as "ctrl+z" or a list of keys, got {value!r}')
    return [_key(name, key.strip()) for key in values]


def _key(name: str, written: str) -> str:
    try:
        (binding,) = Binding.make_bindings([Binding("comma" if written == "," else written, name)])
    except (InvalidBinding, ValueError) as error:
        raise InvalidInputError(f"{name} must be one key, got {written!r}") from error
    *modifiers, base = binding.key.split("+")
    if not (MODIFIERS.issuperset(modifiers) and _is_key(base)):
        raise InvalidInputError(f'{name} must be a key such as "z", "f2" or "ctrl+z", got {written!r}')
    if modifiers == ["shift"] and len(base) == 1:
        raise InvalidInputError(f"{name}: write {written!r} as {base.upper()!r}")
    if binding.key in TYPES_A_VALUE:
        raise InvalidInputError(f"{name} cannot have the key {written!r}, which types a value")
    if binding.key in TEXTUALS_OWN and not _has_by_default(name, binding.key):
        raise InvalidInputError(f"{name} cannot have the key {written!r}, which Textual keeps for itself")
    return binding.key


def _is_key(base: str) -> bool:
    if len(base) == 1:
        return base.isprintable() and not base.isspace()
    try:
        return base in NAMED or bool(unicodedata.lookup(base.replace("_", " ")))
    except KeyError:
        return False


def _has_by_default(name: str, key: str) -> bool:
    return any(row.name == name and key in row.keys for row in COMMANDS)


def _refuse_shared_keys(keymap: dict[str, str]) -> None:
    for table in (remapped(keymap, KEYS), *(page_table(page, keymap) for page in PAGE_KEYS)):
        _refuse_shared_within(table)


def _refuse_shared_within(table: tuple[Key, ...]) -> None:
    for key, count in Counter(name for row in table for name in row.keys).items():
        if count > 1:
            sharing = [row.name for row in table if key in row.keys]
            if len(sharing) == 1:
                raise InvalidInputError(f"{sharing[0]} has the key {shown(key)!r} twice")
            together = f"{' and '.join(sharing)} cannot share the key {shown(key)!r}"
            raise InvalidInputError(f"{together}; give each its own")
