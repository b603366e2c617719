from __future__ import annotations

import pytest

from tests.tui import style_sheets
from tests.tui.shared_screen import SHARED

style_sheets.parse_once()


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
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
