"""The wheel carries all it needs: installed alone, away from the repository, it plans every preset."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

from riskcalc.pricing.compiled import build, loader

ROOT = Path(__file__).parents[1]
PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.toml"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


def built_wheel(folder: Path, **environment: str) -> Path:
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
    subprocess.run(command, check=True, env={**os.environ, **environment})
    return next(folder.glob("riskcalc-*.whl"))


LIBRARY = f"riskcalc/pricing/compiled/{loader.LIBRARY}"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which(build.compiler()[0]) is None, reason="no C compiler")
def test_a_wheel_with_the_compiled_core_names_its_platform(wheel, tmp_path):
    assert LIBRARY in zipfile.ZipFile(wheel).namelist()
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_").rpartition("_")[2]
    assert wheel.stem.startswith("riskcalc-0.1.0-py3-none-")
    assert wheel.stem.endswith(platform)
    zipfile.ZipFile(wheel).extractall(tmp_path)
    assert answer(tmp_path, "selfcheck")["core"] == f"C ({loader.LIBRARY} is installed)"


@pytest.mark.slow
def test_a_wheel_without_a_compiler_is_for_any_platform(tmp_path):
    wheel = built_wheel(tmp_path, CC="no-such-compiler")
    assert wheel.name == "riskcalc-0.1.0-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    assert LIBRARY not in names
    assert "riskcalc/pricing/compiled/core.c" in names
    zipfile.ZipFile(wheel).extractall(tmp_path / "apart")
    assert answer(tmp_path / "apart", "selfcheck")["core"].startswith("numpy (libcore")


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
