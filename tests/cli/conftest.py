from __future__ import annotations

import pytest

from riskcalc.cli import main


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run the command line in an empty folder; returns exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "user presets"))
    monkeypatch.delenv("RISKCALC_HOME", raising=False)
    monkeypatch.delenv("RISKCALC_SCENARIOS", raising=False)
    monkeypatch.delenv("RISKCALC_INSTRUMENTS", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            main(list(arguments))
        printed = capsys.readouterr()
        return int(stopped.value.code), printed.out, printed.err

    return call
