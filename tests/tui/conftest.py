from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _own_files(tmp_path, monkeypatch):
    """Session, presets and keys of their own for every test, and no colors wished away."""
    monkeypatch.setenv("RISKCALC_SESSION", str(tmp_path / "session.json"))
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "presets"))
    monkeypatch.setenv("RISKCALC_KEYS", str(tmp_path / "keys.toml"))
    monkeypatch.delenv("NO_COLOR", raising=False)
