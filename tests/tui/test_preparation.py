"""What the pages need is imported while no key comes, and a key puts it off."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

from riskcalc.tui import preparation
from riskcalc.tui.pages.registry import PAGES
from tests.tui.driving import start


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
    """What is imported, and the screen and its preparation."""
    imported, screen = [], Screen()
    monkeypatch.setattr(preparation.Preparation, "_read_styles", lambda _: None)
    monkeypatch.setattr(importlib, "import_module", imported.append)
    started = preparation.Preparation(screen)
    started.start()
    return imported, screen, started


def test_modules_come_one_at_a_time_and_then_no_timer_is_left(monkeypatch):
    imported, screen, _ = prepared(monkeypatch)
    while screen.timers:
        before = len(imported)
        screen.run()
        assert len(imported) == before + 1
    assert tuple(imported) == preparation.MODULES


def test_a_key_and_a_waiting_message_put_it_off(monkeypatch):
    imported, screen, started = prepared(monkeypatch)
    started.keys += 1
    screen.run()
    assert not imported
    screen.message_queue_size = 1
    screen.run()
    assert not imported
    screen.message_queue_size = 0
    screen.run()
    assert len(imported) == 1
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


def test_a_page_of_a_screen_that_was_left_alone_parses_no_style_sheet_again(monkeypatch):
    monkeypatch.setattr(preparation, "QUIET_SECONDS", 0.01)

    async def script(pilot):
        app = pilot.app
        left, sheet, parsed = app.main_screen.preparation._left, app.stylesheet, []
        for _ in range(300):
            if not left and sheet.has_source(str(preparation.STYLES)):
                break
            await pilot.pause(0.02)
        reparse = sheet.reparse
        monkeypatch.setattr(sheet, "reparse", lambda: parsed.append(1) or reparse())
        for page in PAGES:
            app.open_page(page.name)
            await pilot.pause()
            assert app.screen.styles.background == app.main_screen.styles.background
        return list(left), parsed

    assert start(script) == ([], [])
    assert set(preparation.MODULES) <= set(sys.modules)
