"""What every test of the screen has: files of its own, all colors, and no waiting by time."""

from __future__ import annotations

import threading

import pytest

from riskcalc.tui.app import LaunchOptions
from tests.tui import style_sheets, waiting
from tests.tui.shared_screen import SHARED, all_colors

style_sheets.parse_once()
waiting.wait_by_events()


@pytest.fixture(scope="session", autouse=True)
def _last():
    """End the screen that the tests share."""
    yield
    SHARED.end()


@pytest.fixture(autouse=True)
def _own_files(tmp_path, monkeypatch):
    """Session, presets and keys of their own for every test, and all colors."""
    monkeypatch.setenv("RISKCALC_SESSION", str(tmp_path / "session.json"))
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "presets"))
    monkeypatch.setenv("RISKCALC_KEYS", str(tmp_path / "keys.toml"))
    all_colors(monkeypatch)


@pytest.fixture
def engine(monkeypatch):
    """An event that the engine waits for before it is loaded."""
    wanted, load = threading.Event(), LaunchOptions.editor

    def loaded(opening, tell):
        assert wanted.wait(20)
        return load(opening, tell)

    monkeypatch.setattr(LaunchOptions, "editor", loaded)
    return wanted
