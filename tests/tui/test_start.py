from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections import Counter
from datetime import date

import pytest
from textual.css.stylesheet import Stylesheet
from textual.widget import Widget

from riskcalc.cli import main
from riskcalc.editor import Draft
from riskcalc.errors import ChainError, PresetError
from riskcalc.tui.app import LaunchOptions, RiskApp
from riskcalc.tui.trade_screen import AUTOSAVE_SECONDS
from tests.rows import sample
from tests.tui.driving import live, settle, start, text, until

FIRST_FRAME = """
import asyncio, json, sys
from riskcalc.tui.app import RiskApp

class Stopped(RiskApp):
    def _start(self):
        self.exit()

async def first_frame():
    async with Stopped().run_test(size=(120, 40)) as pilot:
        await pilot.pause()

asyncio.run(first_frame())
print(json.dumps(sorted(sys.modules)))
"""
FIRST_NUMBERS = """
import json, sys
from datetime import date
from riskcalc.tui.app import LaunchOptions

opening = LaunchOptions(today=date(2026, 12, 1), held_against_day=True, book_wanted=True)
editor, _ = opening.editor(lambda *_: None)
assert editor.state.plan is not None
print(json.dumps(sorted(sys.modules)))
"""
NOT_FOR_NUMBERS = {
    *(
        "pandas",
        "sqlite3",
        "tomlkit",
        "holidays",
        "scipy.linalg",
        "scipy.linalg._flapack",
        "numpy.ma",
    ),
    *(
        "riskcalc.presets.scenarios",
        "riskcalc.editor.vehicles",
        "riskcalc.editor.files",
        "riskcalc.editor.figures",
    ),
}
HEAVY = {"numpy", "scipy", "pandas", "pydantic", "tomlkit", "holidays", "vollib"}


def test_the_first_frame_needs_no_engine():
    done = subprocess.run([sys.executable, "-c", FIRST_FRAME], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not {name.partition(".")[0] for name in loaded} & HEAVY
    assert not {name for name in loaded if name.startswith(("riskcalc.domain", "riskcalc.planning"))}


def test_the_first_numbers_load_no_more_than_they_need():
    done = subprocess.run([sys.executable, "-c", FIRST_NUMBERS], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "numpy" in loaded
    assert not loaded & NOT_FOR_NUMBERS


@pytest.mark.usefixtures("every_frame")
@pytest.mark.parametrize(("columns", "rows"), sample([(80, 24), (120, 40), (200, 60)], 1))
def test_every_widget_is_styled_once_before_the_first_frame(columns, rows, monkeypatch):
    styled, apply = Counter(), Stylesheet.apply

    def counted(sheet, node, **named):
        styled[node if isinstance(node, Widget) else f"a part of {node.parent}"] += 1
        return apply(sheet, node, **named)

    monkeypatch.setattr(Stylesheet, "apply", counted)
    painted = []

    class Stopped(RiskApp):
        def _display(self, screen, renderable):
            if renderable is not None and not self._batch_count:
                painted.append(Counter(styled))
            super()._display(screen, renderable)

        def _start(self):
            self.exit()

    async def first_frame():
        async with Stopped().run_test(size=(columns, rows)) as pilot:
            await pilot.pause()

    asyncio.run(first_frame())
    first = painted[0]
    assert {count for node, count in first.items() if isinstance(node, Widget)} == {1}
    # Parts are looked up when they are painted, in widgets that can be seen.
    assert sum(count for node, count in first.items() if isinstance(node, str)) < 25


@pytest.mark.parametrize("day", [{}, {"today": date(2026, 12, 1), "held_against_day": True}], ids=["", "day"])
@pytest.mark.parametrize("asked", [{}, {"preset": "iwm-call-spread"}], ids=["session", "preset"])
def test_the_engine_plans_once(asked, day, monkeypatch):
    planned, plan = [], Draft.plan
    monkeypatch.setattr(Draft, "plan", lambda *given: (planned.append(given), plan(*given))[1])
    editor, _ = LaunchOptions(**asked, **day).editor(lambda *_: None)
    assert len(planned) == 1
    assert editor.state.plan is not None
    assert len(planned) == 1


def test_keys_pressed_before_the_engine_are_replayed_in_order(engine):
    async def run():
        app = RiskApp()
        async with app.run_test(size=(120, 40)) as pilot:
            early = not app.main_screen.ready
            app.main_screen.press("3", "3")
            app.main_screen.press("0", "0")
            app.main_screen.press("5", "5")
            app.main_screen.press("enter", None)
            app.main_screen.press("j", "j")
            engine.set()
            await live(pilot)
            return early, app.main_screen.editor.state.draft.quote.spot, app.main_screen.form.row.key

    assert asyncio.run(run()) == (True, 305.0, "market.vol")


def test_the_first_run_opens_the_call_spread():
    async def script(pilot):
        return text(pilot.app)

    assert "iwm-call-spread" in start(script).splitlines()[0]


def test_a_preset_opens_with_settings():
    async def script(pilot):
        return pilot.app.main_screen.editor.state

    state = start(script, opening=LaunchOptions(preset="tna-momentum", settings={"account.equity": 50_000}))
    assert state.draft.preset.name == "tna-momentum"
    assert state.draft.account.equity == 50_000


def test_what_cannot_be_opened_ends_the_screen_with_the_reason():
    async def run():
        app = RiskApp(LaunchOptions(preset="no-such-preset"))
        async with app.run_test() as pilot:
            for _ in range(200):
                if app.refused:
                    break
                await pilot.pause(0.02)
        return app.refused

    assert isinstance(asyncio.run(run()), PresetError)


def test_escape_stops_the_reading_of_quotes(tmp_path, monkeypatch):
    reading, stopped = threading.Event(), threading.Event()

    def read_for_ever(*_, **__):
        reading.set()
        stopped.wait(20)
        raise ChainError("read to the end")

    monkeypatch.setattr("riskcalc.chains.read_chain", read_for_ever)

    async def run():
        app = RiskApp(LaunchOptions(chain=tmp_path / "quotes.csv"))
        async with app.run_test(size=(120, 40)) as pilot:
            while not reading.is_set():
                await pilot.pause(0.02)
            await pilot.pause()
            progress = text(app)
            await pilot.press("escape")
            await live(pilot)
            stopped.set()
            await pilot.pause(0.1)
            return progress, text(app), app.refused

    progress, after, refused = asyncio.run(run())
    assert "reading quotes.csv" in progress
    assert "Esc cancels" in progress
    assert "stopped reading quotes.csv" in after
    assert refused is None


def test_a_session_is_glimpsed_before_the_engine(engine):
    async def tune(pilot):
        await pilot.press("t", "b", "m", "j", "up", "q")

    engine.set()
    start(tune)
    engine.clear()

    async def run():
        app = RiskApp()
        async with app.run_test(size=(120, 40)) as pilot:
            first, ready = text(app), app.main_screen.ready
            engine.set()
            await live(pilot)
            main_screen = app.main_screen
            return (
                first,
                ready,
                app.theme,
                main_screen.figures.palette,
                main_screen.view_name,
                main_screen.form.row.key,
            )

    first, ready, *kept = asyncio.run(run())
    assert not ready
    assert "21.0 %" in first
    assert kept == ["textual-light", "blue-orange", "heatmap", "market.vol"]


def test_the_session_is_written_a_second_after_the_last_change(tmp_path):
    async def script(pilot):
        await pilot.press("up")
        early = (tmp_path / "session.json").exists()
        await pilot.pause(AUTOSAVE_SECONDS + 0.3)
        return early, (tmp_path / "session.json").exists()

    assert start(script) == (False, True)


@pytest.mark.usefixtures("every_frame")
def test_an_unexpected_error_keeps_the_session_first(monkeypatch):
    kept = []
    monkeypatch.setattr(RiskApp, "keep_all", lambda _: kept.append(True))

    async def script(pilot):
        monkeypatch.setattr(pilot.app.main_screen.header, "render_line", lambda _: 1 / 0)
        kept.clear()
        await pilot.press("pageup")
        await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        start(script)
    assert kept


@pytest.mark.parametrize("arguments", [(), ("screen",), ("screen", "tna-momentum")], ids=" ".join)
@pytest.mark.parametrize("terminal", ["dumb", "xterm-256color"])
def test_without_a_terminal_the_plan_is_printed(arguments, terminal, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    monkeypatch.setenv("TERM", terminal)
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    printed = capsys.readouterr().out
    assert stopped.value.code == 0
    assert "Size" in printed.splitlines()
    assert "\x1b" not in printed
    assert not (tmp_path / "session.json").exists()


def test_a_program_without_a_terminal_prints_the_plan(tmp_path):
    command = [sys.executable, "-m", "riskcalc"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    assert "Size" in done.stdout.splitlines()
    assert not (tmp_path / "session.json").exists()


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "opens", ["f", *(pytest.param(key, marks=SLOW) for key in ("o", "question_mark", "f3"))]
)
def test_keys_typed_after_one_that_opens_something_do_not_reach_the_trade(opens, monkeypatch):
    loads, real = threading.Event(), LaunchOptions.editor

    def editor(self, tell):
        loads.wait()
        return real(self, tell)

    async def script():
        app = RiskApp(LaunchOptions())
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("up", opens, "slash", *"c9d")
            loads.set()
            await until(pilot, lambda: app.main_screen.ready)
            await settle(pilot)
            state = app.main_screen.editor.state
            return app.screen is not app.main_screen, state.draft.quote.spot, state.pinned, state.problem

    monkeypatch.setattr(LaunchOptions, "editor", editor)
    assert asyncio.run(script()) == (True, 296.0, None, "")
