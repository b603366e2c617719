from __future__ import annotations

import pytest

from riskcalc.tui.keys import KEYS, key_line, shown
from tests.tui.driving import drive, painted, start

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
    **dict.fromkeys(("left_square_bracket", "right_square_bracket", "plus", "minus"), ("p",)),
    "0": ("p", "plus"),
    "f2": ("f1",),
}
"""Keys that need something to act on, by the first key of their command."""

SECTIONS = tuple(dict.fromkeys(key.section for key in KEYS))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_does_something_that_shows(section):
    """One after another on one screen, whose dialogs are closed in between; the one that quits comes last."""
    commands = sorted((key for key in KEYS if key.section == section), key=lambda key: key.name == "quit")

    async def script(pilot):
        silent = []
        for first, name in [(key.keys[0], name) for key in commands for name in key.keys]:
            await pilot.press(*ROOM_FOR.get(first, ()))
            await pilot.pause()
            before = seen(pilot.app)
            await pilot.press(name)
            await pilot.pause()
            await pilot.pause()
            if before == seen(pilot.app):
                silent.append(name)
            while pilot.app.screen is not pilot.app.main_screen:
                await pilot.press("escape" if pilot.app.screen.is_modal else "f2")
                await pilot.pause()
        return silent

    run = start if commands[-1].name == "quit" else drive
    assert run(script, size=(80, 24)) == []


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
