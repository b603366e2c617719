"""What an import may drag along; the import contracts hold the arrows, this holds the cost."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import riskcalc as rc
from tests.rows import sample

PROBE = (
    "import json, sys; {code}; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
)
HEAVY = {"numpy", "scipy", "pandas", "pydantic", "textual", "rich", "holidays", "vollib"}


def modules_after(code: str) -> set[str]:
    probe = PROBE.format(code=code)
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def run_cli(*arguments: str) -> str:
    return f"""
from contextlib import suppress
from riskcalc.cli import main
with suppress(SystemExit):
    main({list(arguments)})
import json, sys"""


@pytest.mark.parametrize("code", ["import riskcalc", "import riskcalc.domain", "import riskcalc.sizing"])
def test_records_and_sizing_need_nothing_heavy(code):
    assert not modules_after(code) & HEAVY


@pytest.mark.parametrize(
    "code", sample(("from riskcalc.analysis import *", "from riskcalc.planning import *"), 1)
)
def test_the_core_loads_no_screen_and_no_tables(code):
    loaded = modules_after(code)
    assert "numpy" in loaded
    assert not loaded & {"textual", "rich", "click", "pandas", "pydantic", "tomlkit", "vollib"}


@pytest.mark.parametrize(
    "words",
    sample(
        [
            "--help",
            "plan --help",
            "price --help",
            "stress --help",
            "history --help",
            "backtest --help",
            "presets --help",
            "size --help",
            "size --equity 50000 --risk 2 --entry 60 --stop 54 --json",
        ],
        0,
        4,
        8,
    ),
)
def test_help_and_size_answer_without_numpy(words):
    assert not modules_after(run_cli(*words.split())) & (HEAVY - {"rich"})


def test_every_public_name_loads_and_is_stable():
    assert all(getattr(rc, name) is getattr(rc, name) for name in rc.__all__)
    contract = {"load_preset", "plan_preset", "evaluate", "plan", "to_frame", "View", "call_spread", "Preset"}
    assert contract <= set(dir(rc))
    with pytest.raises(AttributeError, match="no_such_name"):
        rc.no_such_name  # noqa: B018 - the access is the test


def test_a_size_loads_only_what_a_size_needs():
    loaded = modules_after(run_cli("size", "--equity", "50000", "--entry", "60", "--stop", "54"))
    assert "click" in loaded
    assert not loaded & {*HEAVY, "statistics", "tomllib", "tomlkit"}


def test_the_screen_is_called_without_a_record_or_a_parser():
    code = "assert not {'riskcalc.domain', 'riskcalc.presets'} & set(sys.modules)"
    assert "click" in modules_after(f"import riskcalc.cli.screen_command; {code}")


@pytest.mark.parametrize(("said", "found"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "4"}, "4")])
def test_a_command_starts_no_threads_of_linear_algebra(said, found, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    code = (
        run_cli("plan", "iwm-call-spread")
        + f"; import os; assert os.environ['OPENBLAS_NUM_THREADS'] == '{found}'"
    )
    if not said and sys.platform == "linux":
        code += "; assert len(os.listdir('/proc/self/task')) == 1"
    assert "numpy" in modules_after(code)


def test_a_plan_loads_nothing_that_shows_it_and_no_book():
    # `numpy.unique` would load masked arrays: a tenth of the process time of a plan.
    code = (
        run_cli("plan", "iwm-call-spread") + "; assert not {'numpy.ma', 'riskcalc.reports'} & {*sys.modules}"
    )
    loaded = modules_after(code)
    assert "numpy" in loaded
    assert not loaded & {"pandas", "matplotlib", "textual", "sqlite3"}
