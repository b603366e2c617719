from __future__ import annotations

import pytest
from textual import events

from tests.tui.driving import drive, text

TYPED = {
    ("3", "0", "0"): 295.39,
    ("3", "0", "0", "enter"): 300.0,
    ("3", "0", "0", "j"): 300.0,
    ("3", "0", "0", "escape"): 295.39,
    ("3", "0", "1", "backspace", "0", "enter"): 300.0,
    ("backspace", "2", "9", "0", "enter"): 290.0,
    ("enter", "1", "enter"): 295.391,
    ("3", "0", "0", "enter", "u"): 295.39,
}
"""The spot after some keys, pressed on an untouched one."""
BACK = ("escape", "home", "r")
LAST = ("enter", "j", "v")
"""Keys that leave a field."""
OUT = {"v": ("home", "escape", "p"), "j": ("home", "escape")}
"""Keys after them, back to the field that is wrong."""


def test_typing_is_provisional_until_enter_or_leaving():
    async def script(pilot):
        result, editor = {}, pilot.app.main_screen.editor
        for keys in TYPED:
            await pilot.press(*BACK, *keys)
            await pilot.pause()
            result[keys] = editor.state.draft.quote.spot
            assert not editor.state.stale, keys
        return result

    assert drive(script) == TYPED


WRONG = ("9",) * 8


def test_what_is_typed_is_shown_and_a_wrong_value_stays_until_escape():
    """It is marked while it is typed, and blames nothing before it is left: then it says why."""

    async def script(pilot):
        result, editor = {}, pilot.app.main_screen.editor
        for keys in (("3", "0", "0"), WRONG, *((*WRONG, last) for last in LAST), (*WRONG, "enter", "escape")):
            await pilot.press(*BACK, *keys)
            await pilot.pause()
            result[keys] = editor.state, text(pilot.app)
            await pilot.press(*OUT.get(keys[-1], ()))
        return result

    (_, cursor), (typing, marked), *left, (escaped, clean) = drive(script).values()
    assert "300_" in cursor
    assert "!Spot" in marked
    assert not typing.stale
    for state, screen in left:
        assert state.stale
        assert state.draft.quote.spot == 295.39
        assert "! INPUT" in screen.splitlines()[0]
        assert "stale" in screen
        assert "!Spot" in screen
        assert "99999999" in screen.splitlines()[-3] + screen.splitlines()[-2]
    assert not escaped.stale
    assert "! INPUT" not in clean


def test_a_sign_is_typed_where_the_value_has_one():
    async def script(pilot):
        main_screen = pilot.app.main_screen
        while main_screen.form.row.key != "exits.vol_shift":
            await pilot.press("j")
        await pilot.press("minus", "2", "enter")
        await pilot.pause()
        return main_screen.editor.state.draft.exits.vol_shift

    assert drive(script) == pytest.approx(-0.02)


def test_escape_never_quits():
    async def script(pilot):
        await pilot.press(*["escape"] * 5)
        return pilot.app.is_running

    assert drive(script)


PASTED = {
    "300": 300.0,
    " $301.50\n": 301.5,
    "three hundred": 295.39,
    "9" * 100_000: 295.39,
    "": 295.39,
    "\x00\x07": 295.39,
}
"""The spot after a paste on an untouched one."""


def test_a_pasted_number_is_typed_and_nothing_else():
    async def script(pilot):
        result, main_screen = {}, pilot.app.main_screen
        for pasted in PASTED:
            await pilot.press(*BACK)
            pilot.app.post_message(events.Paste(pasted))
            await pilot.pause()
            await pilot.press("down" if main_screen.typing is None else "enter", "up", "u")
            await pilot.pause()
            result[pasted] = main_screen.editor.state.draft.quote.spot
        return result

    assert drive(script) == PASTED


def test_keys_hit_at_once_open_one_dialog():
    async def script(pilot):
        for key in "oo?SO":
            pilot.app.main_screen.post_message(events.Key(key, key))
        await pilot.pause(0.3)
        opened = len(pilot.app.screen_stack)
        await pilot.press("escape")
        await pilot.pause()
        return opened, pilot.app.screen is pilot.app.main_screen

    assert drive(script) == (2, True)


def test_steps_hit_at_once_are_applied_before_the_key_after_them():
    async def script(pilot):
        main_screen = pilot.app.main_screen
        await pilot.press("a")
        while main_screen.form.row.key != "legs.2.contracts":
            await pilot.press("j")
        for key in ("up", "up", "u", "u", "up"):
            main_screen.post_message(events.Key(key, None))
        await pilot.pause()
        return len(main_screen.editor.state.draft.trade.legs)

    assert drive(script) == 2
