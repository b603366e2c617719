from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from riskcalc.domain import Calibration
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets import read_calibration, write_calibration
from riskcalc.presets.calibration import calibration_path

MEASURED = Calibration(k=0.81, k_source="IWM over RVX", date=dt.date(2026, 7, 17), error=0.02)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_default_says_that_it_is_one():
    assert read_calibration() == Calibration()
    assert (Calibration().k, Calibration().k_source, Calibration().date) == (
        0.83,
        "default, IWM 2010-2026",
        None,
    )


def test_what_is_kept_is_read_by_its_symbol(home):
    assert write_calibration(MEASURED, symbol="IWM") == home / "calibration.toml"
    write_calibration(
        Calibration(k=0.9, k_source="SPY over VIX", date=MEASURED.date, error=0.03), symbol="SPY"
    )
    assert read_calibration() == read_calibration("IWM") == MEASURED
    assert read_calibration("SPY").k == 0.9
    assert read_calibration("TNA") == MEASURED
    assert read_calibration("QQQ") == Calibration()


def test_comments_stay(home):
    home.mkdir()
    path = home / "calibration.toml"
    path.write_text("schema = 1  # mine\n")
    write_calibration(MEASURED, symbol="IWM")
    assert path.read_text().startswith("schema = 1  # mine\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("schema = 2\n", "written by schema 2, this riskcalc reads up to 1"),
        ("IWM = 0.8\n", "IWM must be a table, got 0.8"),
        ("[IWM]\nk = 0.8\n", "IWM lacks k_source, date, error"),
        (
            "[IWM]\nk = 0\nk_source = 'a'\ndate = 2026-07-17\nerror = 0.1\n",
            "IWM: k must be a number > 0, got 0",
        ),
        ("[IWM]\nk = nan\nk_source = 'a'\ndate = 2026-07-17\nerror = 0.1\n", "IWM: k must be"),
        ("[IWM]\nk = 0.8\nk_source = 'a'\ndate = 'now'\nerror = 0.1\n", "IWM: date must be a date"),
        ("[IWM\n", "line 1, column 5"),
    ],
)
def test_what_is_no_calibration_is_refused_in_one_line_and_left(home, text, says):
    home.mkdir()
    path = home / "calibration.toml"
    path.write_text(text)
    with pytest.raises(PresetError) as refused:
        read_calibration()
    assert str(refused.value).startswith(f"{path}: ")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert path.read_text() == text


def test_a_default_is_not_kept(home):
    with pytest.raises(InvalidInputError, match="calibration must be a measured one"):
        write_calibration(Calibration(), symbol="IWM")
    with pytest.raises(InvalidInputError, match="symbol must not be empty"):
        write_calibration(MEASURED, symbol="")
    assert not home.exists()


def test_it_lies_beside_the_presets(monkeypatch, tmp_path):
    monkeypatch.delenv("RISKCALC_HOME")
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "presets"))
    assert calibration_path() == tmp_path / "calibration.toml"


def test_reading_it_loads_nothing_heavy():
    code = (
        "import sys; from riskcalc.presets.calibration import read_calibration; read_calibration();"
        " print(*({'numpy', 'pandas', 'scipy', 'pydantic', 'tomlkit'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
