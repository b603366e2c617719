"""What holds for every page of the screen: keys, tabs, palette, session, and the trade behind it."""

from __future__ import annotations

import asyncio
import importlib
import json

import pytest
from textual.actions import parse

from riskcalc.tui.app import RiskApp
from riskcalc.tui.keys import COMMANDS, KEYS, PAGE_KEYS, page_table
from riskcalc.tui.pages.registry import PAGES, TRADE, page_entry
from tests.tui.driving import drive, live, strips, text

BESIDE = [page.name for page in PAGES if page.name != TRADE]


def top(app):
    return strips(app)[0].text


def opened_page(app):
    return getattr(app.screen, "NAME", TRADE)


async def settle(pilot):
    for _ in range(6):
        await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def test_every_page_has_a_key_a_letter_and_a_table():
    switches = {key.name: key for key in KEYS if key.section == "Pages"}
    assert list(switches) == [f"page-{page.name}" for page in PAGES]
    numbers = [int(key.keys[0].removeprefix("f")) for key in switches.values()]
    assert numbers == sorted(set(numbers))
    assert all(len(key.keys[1]) == 1 for key in switches.values())
    assert list(PAGE_KEYS) == BESIDE


@pytest.mark.parametrize("name", BESIDE)
def test_no_key_of_a_page_has_two_commands_and_every_command_is_an_action(name):
    table = page_table(name, {})
    keys = [key for row in table for key in row.keys]
    assert len(keys) == len(set(keys))
    module, _, kind = page_entry(name).place.partition(":")
    page = getattr(importlib.import_module(module), kind)
    for row in table:
        assert callable(getattr(page, f"action_{parse(row.action)[1]}")), row.name
    assert name == page.NAME


def test_names_of_commands_are_used_once():
    names = [key.name for key in COMMANDS]
    assert len(names) == len(set(names))


def test_every_page_opens_by_each_of_its_keys_and_by_its_tab():
    async def script(pilot):
        shown = {}
        for page in PAGES:
            keys = next(key.keys for key in KEYS if key.name == f"page-{page.name}")
            # The digit opens pages only where no value can be typed.
            for key in (*keys, keys[0].removeprefix("f")):
                start = next(name for name in BESIDE if name != page.name) if len(BESIDE) > 1 else BESIDE[0]
                pilot.app.main_screen.show_page(start)
                await settle(pilot)
                await pilot.press(key)
                await settle(pilot)
                shown[page.name, key] = opened_page(pilot.app)
        return shown

    assert all(shown == name for (name, _), shown in drive(script).items())


def test_a_click_on_a_tab_opens_its_page():
    async def script(pilot):
        await pilot.press("f1")
        await settle(pilot)
        await pilot.click("#tabs", offset=(top(pilot.app).index("Trade"), 0))
        await settle(pilot)
        return opened_page(pilot.app)

    assert drive(script) == TRADE


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize(
    "size", [(60, 18), (80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}"
)
def test_a_page_marks_its_tab_and_names_trade_and_keys(name, size):
    async def script(pilot):
        pilot.app.main_screen.show_page(name)
        await settle(pilot)
        return text(pilot.app)

    lines = drive(script, size=size).splitlines()
    assert f"[{page_entry(name).title} " in lines[0]
    assert "q quit" in lines[-1]
    if size[0] >= 110:
        assert "iwm-call-spread" in lines[0]


@pytest.mark.parametrize("name", BESIDE)
def test_a_page_says_when_the_terminal_is_too_small(name):
    async def script(pilot):
        pilot.app.main_screen.show_page(name)
        await settle(pilot)
        return text(pilot.app)

    assert "riskcalc needs 60x18" in drive(script, size=(50, 15))


@pytest.mark.parametrize("name", BESIDE)
def test_the_session_opens_with_the_page_it_was_left_on(name, tmp_path):
    async def script(pilot):
        pilot.app.main_screen.show_page(name)
        pilot.app.screen.keep(mark="here")
        await settle(pilot)

    drive(script)
    look = json.loads((tmp_path / "session.json").read_text())["look"]
    assert look["page"] == name
    assert look["pages"][name]["mark"] == "here"

    async def again(pilot):
        await settle(pilot)
        return opened_page(pilot.app), pilot.app.screen.state["mark"]

    assert drive(again) == (name, "here")


@pytest.mark.parametrize(
    "look",
    [{"page": 7}, {"page": "no such"}, {"page": "today", "pages": []}, {"pages": {"today": 1}}],
    ids=str,
)
def test_a_session_with_a_damaged_page_still_opens(look, tmp_path):
    async def script(pilot):
        await settle(pilot)

    drive(script)
    path = tmp_path / "session.json"
    data = json.loads(path.read_text())
    data["look"] |= look
    path.write_text(json.dumps(data))

    async def again(pilot):
        await settle(pilot)
        return pilot.app.main_screen.ready

    assert drive(again)


def test_what_another_page_changes_is_on_the_trade_when_it_comes_back():
    async def script(pilot):
        await pilot.press("f1")
        await settle(pilot)
        pilot.app.main_screen.editor.step("market.spot", 1)
        await pilot.press("f2")
        await settle(pilot)
        return pilot.app.main_screen.editor.field("market.spot").text(
            pilot.app.main_screen.editor.state.draft
        ), text(pilot.app)

    spot, shown = drive(script)
    assert spot in shown


def test_the_palette_and_help_of_a_page_list_its_own_commands():
    async def script(pilot):
        await pilot.press("f1")
        await settle(pilot)
        listed = {command.title for command in pilot.app.get_system_commands(pilot.app.screen)}
        await pilot.press("question_mark")
        await settle(pilot)
        return listed, text(pilot.app)

    listed, help_text = drive(script)
    assert {"Read your files again", "Trade: the trade being planned"} <= listed
    assert "One step up" not in listed
    assert "read your files again" in help_text


def test_a_page_opened_before_the_engine_is_filled_once_it_is_loaded():
    async def run():
        app = RiskApp()
        async with app.run_test(size=(120, 40)) as pilot:
            app.main_screen.show_page("today")
            await live(pilot)
            await settle(pilot)
            return text(app)

    shown = asyncio.run(run())
    assert "loading the engine" not in shown
    assert "event" in shown


def test_quit_from_a_page_saves_the_session(tmp_path):
    async def script(pilot):
        await pilot.press("up", "f1")
        await settle(pilot)
        await pilot.press("q")
        await settle(pilot)

    drive(script)
    assert json.loads((tmp_path / "session.json").read_text())["look"]["page"] == "today"


@pytest.mark.slow
def test_a_wide_trade_page_has_the_tabs_too():
    async def script(pilot):
        wide = top(pilot.app)
        await pilot.click("#header", offset=(wide.index("Today F1"), 0))
        await settle(pilot)
        opened = opened_page(pilot.app)
        await pilot.press("f2")
        await pilot.resize_terminal(169, 40)
        await settle(pilot)
        return wide, opened, top(pilot.app)

    wide, opened, narrow = drive(script, size=(170, 40))
    assert "[Trade F2]" in wide
    assert opened == "today"
    assert "[Trade F2]" not in narrow
