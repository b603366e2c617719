"""The wheel carries all it needs: installed alone, away from the repository, it plans every preset."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

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
    assert "riskcalc/presets/scenarios.toml" in names
    assert not any(name.startswith(("tests", "benchmarks")) for name in names)


@pytest.mark.slow
def test_unpacked_anywhere_it_plans_every_preset(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    for name in PRESETS:
        plan = [sys.executable, "-m", "riskcalc", "plan", name, "--json"]
        done = subprocess.run(
            plan, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["trade"]["name"] == name
