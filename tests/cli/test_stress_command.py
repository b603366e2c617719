from __future__ import annotations

import json

import pytest

from riskcalc.chains.sample import SAMPLE_FILE

PRESETS = ("iwm-call-spread", "iwm-shares", "tna-momentum", "tza-hedge")

MINE = """
schema = 1
[scenarios.vol-up-5]
meaning = "my own milder one"
vol_shift = "+2 points"
[scenarios.crash]
meaning = "1987 again"
moves.IWM = "-20%"
"""


@pytest.mark.parametrize("preset", PRESETS)
def test_every_shipped_scenario_is_shown_for_every_preset(run, preset):
    code, out, err = run("stress", preset)
    _, printed, _ = run("stress", preset, "--json")
    names = [row["scenario"]["name"] for row in json.loads(printed)["stress"]]
    assert (code, err) == (0, "")
    assert out.startswith(f"SAMPLE  {preset}: ")
    assert len(names) >= 11
    assert all(out.count(f"\n{name} ") == 3 for name in names)
    assert "no stop, repriced" in out
    assert "\x1b" not in out


def test_without_a_preset_the_default_one_is_stressed(run):
    assert run("stress") == run("stress", "iwm-call-spread")


def test_a_broken_rule_is_said_and_exits_0(run):
    code, out, _ = run("stress", "tna-momentum")
    lines = {line.split()[0]: line for line in reversed(out.splitlines()) if line}
    assert code == 0
    assert "EXCEEDED" in lines["risk-off-5"]
    assert "within" in lines["risk-off-3"]
    assert "-15.0%" in lines["risk-off-5"]
    assert "-$1,242.00" in lines["risk-off-5"]
    assert "-1.25R" in lines["risk-off-5"]


def test_json_says_size_budget_and_rows(run):
    code, out, _ = run("stress", "tza-hedge", "--json")
    answer = json.loads(out)
    row = next(row for row in answer["stress"] if row["scenario"]["name"] == "rotation-day")
    assert code == 0
    assert answer["trade"]["name"] == "tza-hedge"
    assert (answer["units"], answer["risk_budget"]) == (1041, 1000)
    assert row["move"] == pytest.approx(-0.108)
    assert row["pnl_all_units"] == pytest.approx(-1041 * 8 * 0.108)
    assert (row["holds"], row["date"]) == (True, "2026-07-21")


def test_set_changes_the_plan_that_is_stressed(run):
    _, out, _ = run("stress", "tna-momentum", "--set", "account.equity=50000", "--json")
    answer = json.loads(out)
    assert (answer["units"], answer["risk_budget"]) == (69, 500)


def test_nothing_held_is_said(run):
    code, out, _ = run("stress", "--set", "account.equity=20000")
    assert code == 0
    assert "no position" in out
    assert "R  within" not in out


@pytest.mark.parametrize("by", ["option", "variable", "folder"])
def test_a_file_of_ones_own_adds_and_replaces(run, by, tmp_path, monkeypatch):
    file = tmp_path / ("scenarios.toml" if by == "folder" else "mine.toml")
    file.write_text(MINE, encoding="utf-8")
    if by == "variable":
        monkeypatch.setenv("RISKCALC_SCENARIOS", str(file))
    _, out, _ = run("stress", "--json", *(["--scenarios", str(file)] if by == "option" else []))
    rows = json.loads(out)["stress"]
    meanings = {row["scenario"]["name"]: row["scenario"]["meaning"] for row in rows}
    assert meanings["vol-up-5"] == "my own milder one"
    assert list(meanings)[-1] == "crash"
    assert "rotation-day" in meanings


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read: no such file"),
        ("schema = 1\n[scenarios.a]\nmeaning = 'b'\nmoves.'I W' = '-5%'\n", "symbol must be 1 to 10 letters"),
        ("schema = 1\n[scenarios.a]\nmeaning = 'b'\nmoves.TZA = '+400%'\n", "would take IWM below zero"),
    ],
)
def test_a_bad_file_is_one_clear_line(run, tmp_path, text, says):
    file = tmp_path / "mine.toml"
    if text:
        file.write_text(text, encoding="utf-8")
    code, out, err = run("stress", "--scenarios", str(file))
    assert (code, out) == (2, "")
    assert err.startswith("riskcalc: ")
    assert says in err
    assert len(err.strip().splitlines()) == 1


def test_help_says_that_a_stress_never_fails(run):
    _, out, _ = run("stress", "--help")
    assert "Exits with 0 even if a scenario exceeds the risk budget" in " ".join(out.split())


def test_quotes_and_their_smile_are_stressed(run):
    quotes = ("--chain", str(SAMPLE_FILE))
    rows = {}
    for rule in ("strike", "moneyness"):
        code, out, err = run("stress", *quotes, "--sticky", rule, "--json")
        answer = json.loads(out)
        assert (code, err) == (0, "")
        assert ("sticky moneyness" in answer["how"]) == (rule == "moneyness")
        rows[rule] = {row["scenario"]["name"]: row["pnl"] for row in answer["stress"]}
    assert rows["strike"]["vol-up-5"] == pytest.approx(rows["moneyness"]["vol-up-5"])
    assert rows["strike"]["risk-off-5"] > rows["moneyness"]["risk-off-5"] + 20
    assert run("stress", *quotes, "--json") == run("stress", *quotes, "--sticky", "strike", "--json")


def test_the_ladder_of_a_plan_moves_the_smile(run):
    code, out, _ = run("plan", "--chain", str(SAMPLE_FILE), "--sticky", "moneyness")
    assert code == 0
    assert "before costs, IV +3 points at the stop, sticky moneyness" in out
