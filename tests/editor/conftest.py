"""Every test has a folder of presets and a session file of its own."""

import pytest


@pytest.fixture(autouse=True)
def own_files(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "presets"))
    monkeypatch.setenv("RISKCALC_SESSION", str(tmp_path / "state" / "session.json"))
    return tmp_path
