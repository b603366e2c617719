"""Bad moments: the session and the files survive whatever ends or hinders the screen."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import time

import pytest

from riskcalc.editor import session_file
from riskcalc.presets import user_folder
from tests.terminal import Terminal
from tests.tui.driving import drive, start, text

SCREEN = [sys.executable, "-m", "riskcalc"]


def spot(path):
    """The spot that a session file shows."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return next(row[2] for row in data["glimpse"]["rows"] if row[1] == "Spot")


def wait_for_spot(path, text):
    """Wait until the session is saved with a spot."""
    deadline = time.monotonic() + 30
    while not path.exists() or spot(path) != text:
        assert time.monotonic() < deadline, f"never saved with {text}"
        time.sleep(0.02)


@pytest.fixture
def apart(tmp_path):
    return {"RISKCALC_SESSION": str(tmp_path / "session.json"), "RISKCALC_PRESETS": str(tmp_path / "presets")}


def test_a_hang_up_keeps_the_session(tmp_path, apart):
    with Terminal(SCREEN, environment=apart) as terminal:
        terminal.wait_for("P(profit)")
        terminal.settle()
        terminal.key("up")
        terminal.wait_for("296.00")
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.wait_for_end() == -signal.SIGHUP
        assert "Traceback" not in terminal.text
    assert spot(tmp_path / "session.json") == "296.00"


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("keys", [("s",), ("S", "x", "enter")])
def test_a_full_disk_is_a_message_and_loses_nothing(keys, monkeypatch):
    async def script(pilot):
        await pilot.press("up")
        monkeypatch.setattr("os.fsync", full_disk)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.2)
        message = text(pilot.app)
        await pilot.press("escape")
        await pilot.pause()
        return message, pilot.app.main_screen.editor.state.dirty, list(user_folder().iterdir())

    message, dirty, left = drive(script)
    assert "on device" in message
    assert dirty
    assert left == []


def test_a_session_that_cannot_be_written_is_a_message(monkeypatch):
    monkeypatch.setattr("os.fsync", full_disk)

    async def script(pilot):
        await pilot.press("up")
        for _ in range(100):
            await pilot.pause(0.05)
            if "not saved" in pilot.app.main_screen.message.text:
                break
        await pilot.press("q")
        return pilot.app.main_screen.message.text, pilot.app

    message, app = start(script)
    assert "the session is not saved" in message
    assert "no space left" in app.unkept


def test_a_folder_that_may_not_be_written_is_a_message(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "file" / "presets"))

    async def script(pilot):
        await pilot.press("up", "s")
        await pilot.pause()
        return pilot.app.main_screen.message.text

    assert "cannot be saved" in drive(script)


def test_a_preset_that_does_not_parse_says_so_and_the_trade_stays(tmp_path):
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "half.toml").write_text("[market\nspot = ", encoding="utf-8")

    async def script(pilot):
        await pilot.press("o")
        await pilot.pause(0.3)
        await pilot.press(*"half")
        await pilot.pause(0.3)
        previewed = text(pilot.app)
        await pilot.press("enter")
        await pilot.pause(0.2)
        return (
            previewed,
            pilot.app.main_screen.message.text,
            pilot.app.main_screen.editor.state.draft.preset.name,
        )

    previewed, message, name = drive(script)
    assert "cannot be read" in previewed
    assert "half.toml" in message
    assert name == "iwm-call-spread"


def test_a_broken_session_is_said_on_the_screen(tmp_path):
    path = tmp_path / "session.json"
    path.write_text("{", encoding="utf-8")

    async def script(pilot):
        return pilot.app.main_screen.message.text, pilot.app.main_screen.editor.state.draft.preset.name

    message, name = start(script)
    assert "the last session could not be restored" in message
    assert name == "iwm-call-spread"
    assert (tmp_path / "session.json.broken").read_text(encoding="utf-8") == "{"


@pytest.mark.slow
@pytest.mark.alone
def test_of_two_screens_the_last_to_leave_is_kept_whole(tmp_path, apart):
    """One is terminated, the terminal of the other vanishes."""
    with Terminal(SCREEN, environment=apart) as one, Terminal(SCREEN, environment=apart) as other:
        for terminal in (one, other):
            terminal.wait_for("P(profit)")
            terminal.settle()
        other.key("up", "up", "up")
        other.wait_for("298.00")
        # The other saves a moment after its last key: before that, it would save over the first one.
        wait_for_spot(tmp_path / "session.json", "298.00")
        one.key("up")
        one.wait_for("296.00")
        one.process.send_signal(signal.SIGTERM)
        assert one.wait_for_end() == 128 + signal.SIGTERM
        assert "Traceback" not in one.text
        assert spot(tmp_path / "session.json") == "296.00"
        other.hang_up()
        other.process.wait(timeout=20)
    assert spot(tmp_path / "session.json") == "298.00"
    assert [path.name for path in tmp_path.iterdir()] == ["session.json"]


def test_no_key_waits_for_a_slow_disk():
    async def script(pilot):
        app = pilot.app
        slow = app.main_screen.autosave._writing
        slow.acquire()
        app.main_screen.autosave.save_in_background()
        await pilot.press("up")
        moved = app.main_screen.form.row.text
        slow.release()
        await pilot.press("up", "q")
        return moved

    assert start(script) == "296.00"
    assert {row[1]: row[2] for row in session_file.session_preview().rows}["Spot"] == "297.00"
