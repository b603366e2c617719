"""The wheel carries all it needs: installed alone, away from the repository, it plans every preset."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.toml"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    return next(folder.glob("riskcalc-*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_presets_types_and_stubs(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"riskcalc/presets/shipped/{name}.toml" for name in PRESETS} <= names
    assert {"riskcalc/py.typed", "riskcalc/__init__.pyi", "riskcalc/presets/__init__.pyi"} <= names
    assert {"riskcalc/presets/scenarios.toml", "riskcalc/domain/instruments.toml"} <= names
    assert {"riskcalc/reports/report.css", "riskcalc/reports/notebook.css"} <= names
    assert "riskcalc/domain/nyse_sessions.csv" in names
    assert "riskcalc/chains/sample_data/IWM_2026-07-20_made_up.csv" in names
    assert not any(name.startswith(("tests", "benchmarks")) for name in names)


@pytest.mark.slow
def test_unpacked_anywhere_it_plans_every_preset(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    for name in PRESETS:
        assert answer(tmp_path, "plan", name)["trade"]["name"] == name


@pytest.mark.slow
def test_unpacked_anywhere_it_reads_the_sample_chain(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    assert answer(tmp_path, "chain", "--sample")["account"]["read"] == 948


def answer(folder: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "riskcalc", *arguments, "--json"]
    environment = {"PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)
