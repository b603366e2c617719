"""Scenario files: the shipped ones, the user's own, and every problem of a bad one at once."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from riskcalc.domain import Scenario, instrument
from riskcalc.errors import PresetError
from riskcalc.planning import stress
from riskcalc.presets import (
    load_preset,
    load_scenarios,
    plan_preset,
    scenarios,
    shipped_folder,
    shipped_scenarios,
    user_scenarios,
)
from riskcalc.presets.scenarios import read_scenarios


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """The user's own file, not made yet."""
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "own"))
    monkeypatch.delenv("RISKCALC_SCENARIOS", raising=False)
    return tmp_path / "own" / "scenarios.toml"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def named() -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in load_scenarios()}


SHIPPED = {
    "rotation-day": ({"IWM": 0.036, "SPY": -0.009}, 1, 0.0, 0.0),
    "rotation-week": ({"IWM": 0.115, "SPY": 0.016}, 5, 0.0, 0.0),
    "small-caps-lag": ({"IWM": -0.08, "SPY": -0.03}, 21, 0.0, 0.0),
    "risk-off-3": ({"IWM": -0.03, "SPY": -0.03}, 1, 0.03, 0.0),
    "risk-off-5": ({"IWM": -0.05, "SPY": -0.05}, 1, 0.05, 0.0),
    "tna-down-15": ({"TNA": -0.15}, 1, 0.0, 0.0),
    "tna-up-15": ({"TNA": 0.15}, 1, 0.0, 0.0),
    "ten-year-25": ({"IWM": -0.015, "SPY": -0.01}, 1, 0.01, 0.0025),
    "ten-year-50": ({"IWM": -0.03, "SPY": -0.02}, 1, 0.02, 0.005),
    "vol-up-5": ({}, 1, 0.05, 0.0),
    "vol-up-10": ({}, 1, 0.10, 0.0),
}


class TestShipped:
    def test_these_are_shipped(self):
        result = {
            scenario.name: (
                {symbol: move for symbol, move in scenario.moves.items() if symbol != "RUT"},
                scenario.sessions,
                scenario.vol_shift,
                scenario.rate_shift,
            )
            for scenario in load_scenarios()
        }
        assert result == SHIPPED

    @pytest.mark.parametrize(
        "scenario", read_scenarios(shipped_scenarios()), ids=lambda scenario: scenario.name
    )
    def test_the_index_moves_like_its_fund(self, scenario):
        fund = scenario.moves.get("IWM", scenario.moves.get("TNA", 0.0) / instrument("TNA").leverage)
        assert scenario.moves.get("RUT", 0.0) == pytest.approx(fund)

    @pytest.mark.parametrize(
        "scenario", read_scenarios(shipped_scenarios()), ids=lambda scenario: scenario.name
    )
    def test_what_moves_beside_the_price_is_said_to_be_assumed(self, scenario):
        effects = bool(scenario.vol_shift or scenario.rate_shift)
        assert ("assumed" in scenario.meaning) == (effects and bool(scenario.moves))

    @pytest.mark.parametrize("name", sorted(file.stem for file in shipped_folder().glob("*.toml")))
    def test_every_one_runs_for_every_shipped_preset(self, name):
        plan, account = plan_preset(name), load_preset(name).account
        rows = stress(plan, load_scenarios(), account=account)
        assert [row.scenario.name for row in rows] == list(SHIPPED)
        assert all(row.spot > 0 and row.value > 0 for row in rows)
        # A pair stays where it is when both its funds move alike.
        alike = plan.report.trade.instrument.against
        assert all(row.move != 0 or alike or not row.scenario.moves for row in rows)
        assert all(row.move == 0 or row.scenario.moves for row in rows)

    def test_the_file_is_fit_to_be_copied(self):
        text = shipped_scenarios().read_text(encoding="utf-8")
        assert text.startswith("# ")
        assert max(map(len, text.splitlines())) <= 110


class TestOwn:
    def test_it_stands_among_the_users_files_or_where_the_variable_says(self, own, monkeypatch):
        assert user_scenarios() == own
        monkeypatch.delenv("RISKCALC_HOME")
        monkeypatch.delenv("RISKCALC_PRESETS")
        assert user_scenarios() == platformdirs.user_config_path("riskcalc", appauthor=False) / own.name
        monkeypatch.setenv("RISKCALC_SCENARIOS", "~/mine.toml")
        assert user_scenarios() == Path.home() / "mine.toml"

    def test_one_where_earlier_versions_had_it_is_found_until_there_is_one_in_its_place(
        self, tmp_path, monkeypatch
    ):
        older, newer = tmp_path / "data" / "scenarios.toml", tmp_path / "config" / "scenarios.toml"
        monkeypatch.setattr(scenarios, "data_folder", lambda: older.parent)
        monkeypatch.setattr(scenarios, "config_folder", lambda: newer.parent)
        assert user_scenarios() == newer
        write(older, "schema = 1\n[scenarios]\n")
        assert user_scenarios() == older
        write(newer, "schema = 1\n[scenarios]\n")
        assert user_scenarios() == newer

    def test_its_entries_add_to_the_shipped_and_replace_those_of_their_name(self, own):
        write(
            own,
            """
            schema = 1
            [scenarios.crash]
            meaning = "1987 again"
            moves = { iwm = "-20%" }
            vol_shift = "+40 points"
            [scenarios.rotation-day]
            meaning = "milder"
            moves.IWM = 0.02
            """,
        )
        assert list(named()) == [*SHIPPED, "crash"]
        crash = Scenario(name="crash", meaning="1987 again", moves={"IWM": -0.2}, vol_shift=0.4)
        assert named()["crash"] == crash
        assert named()["rotation-day"].moves == {"IWM": 0.02}

    def test_a_file_by_its_path_goes_over_both(self, own, tmp_path):
        text = 'schema = 1\n[scenarios.vol-up-5]\nmeaning = "{}"\n'
        write(own, text.format("mine"))
        file = write(tmp_path / "more.toml", text.format("this one"))
        result = {scenario.name: scenario.meaning for scenario in load_scenarios(file)}
        assert result["vol-up-5"] == "this one"
        assert named()["vol-up-5"].meaning == "mine"
        assert load_scenarios(str(file)) == load_scenarios(file)

    def test_one_that_is_named_must_exist(self, tmp_path, monkeypatch):
        missing = tmp_path / "missing.toml"
        with pytest.raises(PresetError, match=r"missing\.toml: cannot be read"):
            load_scenarios(missing)
        monkeypatch.setenv("RISKCALC_SCENARIOS", str(missing))
        with pytest.raises(PresetError, match=r"missing\.toml: cannot be read"):
            load_scenarios()


@pytest.fixture
def problems(tmp_path):
    def listed(text):
        path = write(tmp_path / "bad.toml", text)
        with pytest.raises(PresetError) as refused:
            read_scenarios(path)
        lines = str(refused.value).splitlines()
        assert all(line.startswith(f"{path}: ") for line in lines)
        return [line.removeprefix(f"{path}: ") for line in lines]

    return listed


MOVE = "must be like +10%, -5% or 0.10, above -100%, got"
POINTS = "must be like +3 points or 0.03, within -100 and 100 points, got"
BASIS_POINTS = "must be like +25 bp or 0.0025, within -1000 and 1000 bp, got"
KEYS = "meaning, moves, sessions, vol_shift, rate_shift"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("movs.IWM = '-5%'", "movs is not a known key; did you mean scenarios.a.moves?"),
        ("zz = 1", f"zz is not a known key; known here: {KEYS}"),
        ("moves.IWM = 'down'", f"moves.IWM {MOVE} 'down'"),
        ("moves.IWM = 'ATM'", f"moves.IWM {MOVE} 'ATM'"),
        ("moves.IWM = '-100%'", f"moves.IWM {MOVE} '-100%'"),
        ("moves.IWM = nan", f"moves.IWM {MOVE} nan"),
        (
            "moves.'I M' = '-5%'",
            "moves.I M: symbol must be 1 to 10 letters or digits like QQQ or BRK.B, got 'I M'",
        ),
        ("moves = '-5%'", "moves must be a table, got '-5%'"),
        ("sessions = 0", "sessions must be a whole number >= 1, got 0"),
        ("sessions = 9999", "sessions must be at most 2,520, got 9999"),
        (
            "vol_shift = 5",
            f"vol_shift {POINTS} 5; did you mean 5 points?",
        ),
        (
            "rate_shift = 25",
            f"rate_shift {BASIS_POINTS} 25; did you mean 25 bp?",
        ),
        (
            "rate_shift = '0.25%'",
            f"rate_shift {BASIS_POINTS} '0.25%'; did you mean 25 bp?",
        ),
    ],
)
def test_a_wrong_key_or_value_is_named(problems, line, problem):
    result = problems(f"schema = 1\n[scenarios.a]\nmeaning = 'b'\n{line}\n")
    assert result == [f"scenarios.a.{problem}"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["the file is empty"]),
        ("schema = 1\nx = = 2", ["line 2, column 5: Invalid value"]),
        ("schema = 2\n[scenarios.a]", ["written by schema 2, this riskcalc reads up to 1: update riskcalc"]),
        (
            "[scenarios.a]\nmeaning = 'b'",
            ["schema is missing: schema version: schema = 1"],
        ),
        ("schema = 1", ["scenarios is missing: one table per scenario, like [scenarios.rotation-day]"]),
        (
            "schema = 1\n[scenarios.a]",
            ["scenarios.a.meaning is missing: what happens, and what is assumed"],
        ),
        ("schema = 1\n[scenarios.a]\nmeaning = ' '", ["scenarios.a.meaning must not be empty"]),
        ("schema = 1\n[scenarios.'']\nmeaning = 'b'", ["scenarios.: a scenario must have a name"]),
        ("schema = 1\nscenarios = 5", ["scenarios must be a table, got 5"]),
        (
            "schema = 1\n[crash]\nmeaning = 'b'\n[scenarios]",
            ["crash is not a known key; known here: schema, scenarios"],
        ),
        ("schema = 1\n[scenarios.a]\n[scenarios.a]", ["line 3, column 13: a key or table appears twice"]),
    ],
)
def test_a_wrong_file_says_what_is_wrong(problems, text, lines):
    assert problems(text) == lines


def test_all_problems_are_listed_at_once_a_line_each(problems):
    result = problems(
        """
        schema = 1
        [scenarios.one]
        moves.IWM = "up"
        moves."Q Q" = "+1%"
        sessions = 1.5
        [scenarios.two]
        meaning = 5
        rate_shift = 25
        vols = 1
        """
    )
    assert [line.split(" ")[0].strip(":").removeprefix("scenarios.") for line in result] == [
        "one.meaning", "one.moves.IWM", "one.moves.Q", "one.sessions",
        "two.meaning", "two.rate_shift", "two.vols",
    ]  # fmt: skip
