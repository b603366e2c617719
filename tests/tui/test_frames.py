from __future__ import annotations

import gc
from collections import Counter

import pytest
from textual._styles_cache import StylesCache

from riskcalc.tui.form import TRACK
from tests.tui.driving import drive, settle, text

pytestmark = pytest.mark.usefixtures("every_frame")

NUDGES = 10
SIZES = [(80, 24), (120, 40), (200, 60)]


def counted(app):
    """Count frames and layouts of an app from now on."""
    counts = Counter()

    def counting(name, method):
        def call(*arguments, **named):
            counts[name] += 1
            return method(*arguments, **named)

        return call

    app._display = counting("frames", app._display)
    app.main_screen._refresh_layout = counting("layouts", app.main_screen._refresh_layout)
    return counts


@pytest.mark.parametrize("size", [SIZES[0], pytest.param(SIZES[1], marks=pytest.mark.slow), SIZES[2]])
def test_a_nudge_costs_one_frame_and_no_layout(size):
    async def script(pilot):
        # A panel grows once, when its verdict takes more lines, and then keeps the room.
        await pilot.press("pageup", "pagedown")
        await pilot.pause()
        counts = counted(pilot.app)
        for _ in range(NUDGES):
            await pilot.press("up")
        await pilot.pause()
        return counts

    counts = drive(script, size=size)
    assert NUDGES // 2 <= counts["frames"] <= NUDGES + 1
    assert counts["layouts"] == 0


def test_keys_faster_than_the_screen_are_added_up():
    async def script(pilot):
        main_screen = pilot.app.main_screen
        spot = main_screen.editor.state.draft.quote.spot
        stepped = []
        step = main_screen.editor.step
        main_screen.editor.step = lambda key, count: (stepped.append(count), step(key, count))
        for _ in range(NUDGES):
            pilot.app.simulate_key("up")
        await pilot.pause()
        await pilot.pause()
        return stepped, spot, main_screen.editor.state.draft.quote.spot

    stepped, before, after = drive(script)
    assert sum(stepped) == NUDGES
    assert len(stepped) < NUDGES
    assert after > before


def test_moving_through_the_form_costs_no_layout():
    async def script(pilot):
        counts = counted(pilot.app)
        for _ in range(NUDGES):
            await pilot.press("j")
        await pilot.pause()
        return counts

    assert drive(script, size=(80, 24))["layouts"] == 0


def test_closed_dialogs_leave_nothing_behind():
    """Textual's cache of backgrounds would keep the painted lines of the last thousand widgets."""

    async def script(pilot):
        counts = []
        for _ in range(4):
            await pilot.press("question_mark")
            await pilot.pause()
            await pilot.press("escape")
            await pilot.pause()
            gc.collect()
            counts.append(sum(isinstance(one, StylesCache) for one in gc.get_objects()))
        return counts

    counts = drive(script)
    assert counts[-1] <= counts[0]


def test_an_idle_screen_paints_nothing():
    async def script(pilot):
        counts = counted(pilot.app)
        await pilot.pause(0.3)
        return counts

    assert not drive(script)


def test_a_click_focuses_and_the_slider_sets():
    async def script(pilot):
        main_screen = pilot.app.main_screen
        await pilot.click("#form", offset=(3, 3))
        await pilot.pause()
        picked = main_screen.form.row.key
        await pilot.click("#form", offset=(1 + TRACK - 1, 3))
        await pilot.pause()
        return picked, main_screen.form.position

    picked, position = drive(script)
    assert picked == "market.vol"
    assert position == pytest.approx(1.0, abs=0.05)


def test_long_forms_scroll_and_keep_the_focused_field_in_sight():
    async def script(pilot):
        seen = []
        main_screen = pilot.app.main_screen
        for _ in range(len(main_screen.form.rows)):
            await pilot.press("j")
            await pilot.pause()
            seen.append(f">{main_screen.form.row.label}" in text(pilot.app))
        return seen

    assert all(drive(script, size=(80, 24)))


def test_every_size_can_be_drawn():
    async def script(pilot):
        shown = {}
        for width, height in [
            (20, 5),
            (59, 18),
            (60, 17),
            (60, 18),
            (79, 24),
            (80, 24),
            (109, 30),
            (110, 31),
        ]:
            await pilot.resize_terminal(width, height)
            await pilot.press("up")
            await pilot.pause()
            shown[width, height] = "needs 60x18" in text(pilot.app)
        for width in range(70, 240, 40):
            await pilot.resize_terminal(width, 18 + width // 5)
            await pilot.pause()
            assert len(text(pilot.app).splitlines()) == 18 + width // 5
        return shown

    assert [size for size, small in drive(script).items() if small] == [(20, 5), (59, 18), (60, 17)]


@pytest.mark.parametrize("opened", ["colon", "o", "f1", "f4", "f5"])
def test_page_keys_do_no_harm_where_no_row_fits(opened):
    async def script(pilot):
        await pilot.press(opened)
        await settle(pilot)
        for size in ((60, 3), (10, 3), (20, 5)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            await pilot.press("down", "pagedown", "pageup", "end", "home")
        return pilot.app.is_running

    assert drive(script)
