"""What every test of the screen has: own files, all colors, no waiting by time, and frames where it looks."""

from __future__ import annotations

import threading

import pytest
from textual.screen import Screen

from riskcalc.tui.app import LaunchOptions
from tests.tui import painting, style_sheets, waiting
from tests.tui.shared_screen import SHARED, all_colors

style_sheets.parse_once()
waiting.wait_by_events()
painting.render_where_a_test_looks()


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
def every_frame(monkeypatch):
    """Render every frame, as in a terminal."""
    monkeypatch.setattr(Screen, "_compositor_refresh", painting.RENDERS)


@pytest.fixture
def engine(monkeypatch):
    """An event that the engine waits for before it is loaded."""
    wanted, load = threading.Event(), LaunchOptions.editor

    def loaded(opening, tell):
        assert wanted.wait(20)
        return load(opening, tell)

    monkeypatch.setattr(LaunchOptions, "editor", loaded)
    return wanted
