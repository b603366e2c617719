from __future__ import annotations

import pytest

from riskcalc.tui.keys import KEYS, key_line, shown
from tests.tui.driving import drive, painted

ROOM_FOR = {
    "down": ("up",),
    "pagedown": ("pageup",),
    "home": ("j",),
    "escape": ("3",),
    "backspace": ("3",),
    "r": ("up",),
    "u": ("up",),
    "U": ("up", "u"),
    "d": ("a",),
    "x": ("c", "up"),
    "p": ("m",),
    "0": ("plus",),
}
"""Keys that need something to act on, by the first key of their command."""

CALLS = [pytest.param(name, id=shown(name)) for key in KEYS for name in key.keys]


def first_key(name):
    return next(key.keys[0] for key in KEYS if name in key.keys)


@pytest.mark.parametrize("name", CALLS)
def test_every_key_does_something_that_shows(name):
    async def script(pilot):
        await pilot.press(*ROOM_FOR.get(first_key(name), ()))
        await pilot.pause()
        before = seen(pilot.app)
        await pilot.press(name)
        await pilot.pause()
        await pilot.pause()
        return before != seen(pilot.app)

    assert drive(script, size=(80, 24))


def seen(app):
    """What a person notices, and what the key leaves behind."""
    return painted(app), type(app.screen), app.clipboard, app._exit


def test_no_key_has_two_commands():
    names = [name for key in KEYS for name in key.keys]
    assert len(names) == len(set(names))


def test_commands_with_a_modifier_have_a_twin_without():
    for key in KEYS:
        assert any("+" not in name and not name.startswith("f1") for name in key.keys), key.words


@pytest.mark.parametrize("width", [20, 58, 78, 118, 198])
def test_the_key_line_fits_and_holds_whole_entries(width):
    line = key_line(width)
    assert len(line) <= width
    entries = {f"{key.brief_keys or shown(key.keys[0])} {key.brief}" for key in KEYS if key.brief}
    assert {"up/dn step", line.rsplit("  ", 1)[-1]} <= entries


def test_keys_are_written_as_they_are_printed():
    assert [shown(name) for name in ("pageup", "shift+up", "J", "question_mark", "ctrl+p")] == [
        "PgUp",
        "shift+Up",
        "J",
        "?",
        "ctrl+p",
    ]
