"""What holds for every page of the screen: keys, tabs, palette, session, and the trade behind it."""

from __future__ import annotations

import asyncio
import importlib
import json
import threading

import pytest
from textual.actions import parse

from riskcalc.editor import session_file
from riskcalc.tui.app import LaunchOptions, RiskApp
from riskcalc.tui.keys import COMMANDS, KEYS, PAGE_KEYS, page_table
from riskcalc.tui.pages.page import EARLY
from riskcalc.tui.pages.registry import PAGES, TRADE, page_entry
from tests.editor.drafts import editor
from tests.tui.driving import drive, settle, start, strips, text, until

BESIDE = [page.name for page in PAGES if page.name != TRADE]


def top(app):
    return strips(app)[0].text


def opened_page(app):
    return getattr(app.screen, "NAME", TRADE)


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


def test_every_page_opens_by_each_of_its_keys():
    keys_of = {page.name: next(key.keys for key in KEYS if key.name == f"page-{page.name}") for page in PAGES}
    # The digit opens pages only where no value can be typed: the trade comes last.
    digits = {name: keys[0].removeprefix("f") for name, keys in keys_of.items()}
    rounds = [
        *((name, keys_of[name][0]) for name in keys_of),
        *((name, keys_of[name][1]) for name in keys_of),
        *((name, digits[name]) for name in (*BESIDE, TRADE)),
    ]

    async def script(pilot):
        result = []
        for name, key in rounds:
            before = opened_page(pilot.app)
            await pilot.press(key)
            await pilot.pause()
            result.append((name != before, opened_page(pilot.app), key))
            # What a page left early reads in a thread comes too late for it.
            await settle(pilot)
        return result

    assert drive(script) == [(True, name, key) for name, key in rounds]


def test_a_click_on_a_tab_opens_its_page():
    async def script(pilot):
        await pilot.press("f1")
        await settle(pilot)
        await pilot.click("#tabs", offset=(top(pilot.app).index("Trade"), 0))
        await settle(pilot)
        return opened_page(pilot.app)

    assert drive(script) == TRADE


def test_a_page_marks_its_tab_and_names_trade_and_keys_at_every_size():
    async def script(pilot):
        result = {}
        for size in ((50, 15), (60, 18), (80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            for name in BESIDE:
                pilot.app.main_screen.show_page(name)
                await settle(pilot)
                # A page that was too small is laid out again in a frame of its own.
                await until(pilot, lambda: size == (50, 15) or text(pilot.app).partition("\n")[0])  # noqa: B023
                result[size, name] = text(pilot.app)
        return result

    for (size, name), shown in drive(script).items():
        lines = shown.splitlines()
        if size == (50, 15):
            assert "riskcalc needs 60x18" in shown, name
            continue
        assert f"[{page_entry(name).title} " in lines[0], size
        assert "q quit" in lines[-1], (size, name)
        if size[0] >= 110:
            assert "iwm-call-spread" in lines[0], (size, name)


def look_of(path):
    return json.loads(path.read_text())["look"]


def test_the_session_opens_with_the_page_it_was_left_on_and_fills_it_once_the_engine_is_loaded(tmp_path):
    path = tmp_path / "session.json"

    async def leave(pilot):
        for name in BESIDE:
            pilot.app.main_screen.show_page(name)
            await settle(pilot)
            pilot.app.screen.keep(mark=name)

    start(leave)
    look = look_of(path)
    assert look["page"] == BESIDE[-1]
    assert {name: look["pages"][name]["mark"] for name in BESIDE} == {name: name for name in BESIDE}

    async def come_back(pilot):
        await settle(pilot)
        return opened_page(pilot.app), pilot.app.screen.state["mark"], text(pilot.app)

    for name in BESIDE:
        data = json.loads(path.read_text())
        data["look"]["page"] = name
        path.write_text(json.dumps(data))
        *result, shown = start(come_back)
        assert result == [name, name]
        assert "loading the engine" not in shown


@pytest.mark.parametrize(
    ("look", "page", "pages"),
    [
        ({"page": 7}, "", {}),
        ({"page": "today", "pages": []}, "today", {}),
        ({"pages": {"today": 1}}, "", {}),
    ],
    ids=str,
)
def test_a_damaged_page_of_a_session_is_left_out(look, page, pages, tmp_path):
    assert preview_with(tmp_path, look) == (page, pages)


def preview_with(folder, look):
    """Page and states of pages as a session with a changed look has them."""
    session_file.save(editor())
    path = folder / "session.json"
    data = json.loads(path.read_text())
    data["look"] |= look
    path.write_text(json.dumps(data))
    preview = session_file.session_preview()
    return preview.page, preview.pages


def test_a_session_with_a_page_of_another_version_opens_with_the_trade(tmp_path):
    assert preview_with(tmp_path, {"page": "no such"}) == ("no such", {})

    async def opened(pilot):
        return opened_page(pilot.app), "P(profit)" in text(pilot.app)

    assert start(opened) == (TRADE, True)


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


def test_quit_from_a_page_saves_the_session(tmp_path):
    async def script(pilot):
        await pilot.press("up", "f1")
        await settle(pilot)
        await pilot.press("q")
        await settle(pilot)

    start(script)
    assert look_of(tmp_path / "session.json")["page"] == "today"


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


@pytest.mark.slow
def test_no_key_of_a_page_ends_the_screen_while_the_engine_loads(monkeypatch):
    loads = threading.Event()
    real = LaunchOptions.editor

    def editor(self, tell):
        loads.wait()
        return real(self, tell)

    async def script():
        app = RiskApp(LaunchOptions())
        async with app.run_test(size=(120, 40)) as pilot:
            said = {}
            for name in BESIDE:
                app.open_page(name)
                await pilot.pause()
                page = app.screen
                actions = {row.action: row.keys[0] for row in page.table if parse(row.action)[1] not in EARLY}
                await pilot.press(*actions.values())
                await pilot.pause()
                said[name] = (app.screen is page, page.message.text)
            loads.set()
            await until(pilot, lambda: app.main_screen.ready)
            return said

    monkeypatch.setattr(LaunchOptions, "editor", editor)
    for name, (stays, said) in asyncio.run(script()).items():
        assert stays, name
        assert said in {"", "loading the engine; keys of the page work in a moment"}, name
