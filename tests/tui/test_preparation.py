"""The pages are made while no key comes, and a key puts it off."""

from __future__ import annotations

import ast
import asyncio
import importlib
import sys
from functools import partial
from pathlib import Path

import pytest

from riskcalc.tui import preparation
from riskcalc.tui.pages.registry import PAGES, TRADE
from riskcalc.tui.pages.today_page import TodayPage
from tests.tui.driving import drive, start, until


class Screen:
    """Timers that run when they are told to."""

    def __init__(self):
        self.message_queue_size = 0
        self.timers = []

    def set_timer(self, seconds, call):
        self.timers.append((seconds, call))

    def run(self):
        (_, call), *self.timers = self.timers
        call()


def prepared(monkeypatch):
    """The steps that are taken, and the screen and its preparation."""
    steps, screen = [], Screen()
    monkeypatch.setattr(preparation.Preparation, "_read_styles", lambda _: steps.append("styles"))
    monkeypatch.setattr(importlib, "import_module", steps.append)
    started = preparation.Preparation(screen, [partial(steps.append, page.name) for page in PAGES])
    started.start()
    return steps, screen, started


def test_steps_are_taken_one_at_a_time_and_then_no_timer_is_left(monkeypatch):
    steps, screen, _ = prepared(monkeypatch)
    while screen.timers:
        before = len(steps)
        screen.run()
        assert len(steps) == before + 1
    assert steps == [*preparation.MODULES, "styles", *(page.name for page in PAGES)]


def test_a_key_and_a_waiting_message_put_it_off(monkeypatch):
    steps, screen, started = prepared(monkeypatch)
    started.keys += 1
    screen.run()
    assert not steps
    screen.message_queue_size = 1
    screen.run()
    assert not steps
    screen.message_queue_size = 0
    screen.run()
    assert len(steps) == 1
    assert next(seconds for seconds, _ in screen.timers) < preparation.QUIET_SECONDS


def test_every_page_is_prepared_with_what_it_reads_in():
    """The module of each page, and what its functions import once it is open."""
    prepared = set(preparation.MODULES)
    for page in PAGES:
        module = page.place.partition(":")[0]
        if module:
            assert module in prepared
            tree = ast.parse(Path(importlib.import_module(module).__file__).read_text(encoding="utf-8"))
            reads = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            assert {
                name for name in reads if f"editor.pages.{page.name}" == name.partition(".")[2]
            } <= prepared


def test_pages_of_a_screen_that_was_left_alone_are_made_and_filled_before_they_are_opened(monkeypatch):
    monkeypatch.setattr(preparation, "QUIET_SECONDS", 0.01)

    async def script(pilot):
        app = pilot.app
        sheet, parsed = app.stylesheet, []
        await until(pilot, lambda: not app.main_screen.preparation._left)
        made = {name: stack[0] for name, stack in app._screen_stacks.items() if name != "_default"}
        assert list(made) == [TRADE, *(page.name for page in PAGES if page.name != TRADE)]
        await until(pilot, lambda: made["book"].book and made["journal"].journal)
        assert app.screen is app.main_screen
        assert made["chain"].chain is None
        reparse = sheet.reparse
        monkeypatch.setattr(sheet, "reparse", lambda: parsed.append(1) or reparse())
        for name in ("today", "chain", TRADE):
            app.open_page(name)
            await pilot.pause()
            assert app.screen is made[name]
        assert not parsed
        await pilot.resize_terminal(200, 60)
        app.theme = "textual-light"
        await pilot.pause()
        for name in ("book", "journal"):
            app.open_page(name)
            await pilot.pause()
            assert app.screen.styles.background == app.main_screen.styles.background
            assert app.screen.size == (200, 60)
            assert app.screen.has_class("-wide")

    start(script)
    assert set(preparation.MODULES) <= set(sys.modules)


@pytest.mark.parametrize("turns", [0, 1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("opens", ["prepare_page", pytest.param("open_page", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["book", pytest.param("journal", marks=pytest.mark.slow)])
def test_the_screen_is_left_while_a_page_is_made(name, opens, turns):
    async def script(pilot):
        getattr(pilot.app, opens)(name)
        for _ in range(turns):
            await asyncio.sleep(0)
        pilot.app.exit()
        return pilot.app

    app = start(script)
    assert app._exception is None
    assert not app.return_code


def test_a_page_that_is_opened_reads_its_files_once(monkeypatch):
    calls = []
    monkeypatch.setattr(TodayPage, "reload", lambda page: calls.append(page.NAME))

    async def script(pilot):
        for name, times in (("today", 1), (TRADE, 1), ("today", 2)):
            pilot.app.open_page(name)
            await pilot.pause()
            await pilot.pause()
            assert len(calls) == times

    drive(script)
