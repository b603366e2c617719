"""Plan, compare and scan of the command line on a day with a fired stop signal, and on its events."""

from __future__ import annotations

import json

import pytest

from tests.outside import reference_file


@pytest.fixture
def day(run, tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RISKCALC_PRESETS")
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-21")
    return run


@pytest.fixture
def stopped(day):
    day("signals", "--enter", "high_yield_widening=120 bp")
    return day


def checks(out):
    return {one["name"]: one["status"] for one in json.loads(out)["checks"]}


def test_a_plan_fails_and_says_why(stopped):
    code, out, _ = stopped("plan", "iwm-shares")
    assert code == 1
    assert "no new longs: high_yield_widening +120 bp, rule above +100 bp" in out


def test_without_signals_a_plan_has_no_check_of_them(day):
    code, out, _ = day("plan", "iwm-call-spread", "--json")
    assert code == 0
    assert "stop signals" not in checks(out)
    assert checks(out)["events"] == "warn"  # the expiry is two sessions after the FOMC
    assert "FOMC decision" in {one["what"] for one in json.loads(out)["events"]}


def test_a_comparison_and_a_scan_say_it_too(stopped):
    _, out, _ = stopped("compare")
    assert out.count("no new longs") == 3
    _, out, _ = stopped("scan", "--sample", "--top", "3")
    assert "no new longs" in out
    code, out, _ = stopped("scan", "--sample", "--top", "3", "--json")
    assert checks(out)["stop signals"] == "fail"
    code, out, _ = stopped("scan", "--sample", "--open", "1", "--json")
    assert (code, checks(out)["stop signals"]) == (1, "fail")


def test_a_stress_test_says_it_too(stopped):
    code, out, _ = stopped("stress", "iwm-call-spread")
    assert code == 0  # as without signals: `plan` gives the verdict
    assert "FAIL  stop signals" in out
    assert "no new longs: high_yield_widening +120 bp, rule above +100 bp" in out
    assert "2026-09-16  FOMC decision 14:00" in out
    result = json.loads(stopped("stress", "iwm-call-spread", "--json")[1])
    assert (result["verdict"], checks(json.dumps(result))["stop signals"]) == ("NO", "fail")
    assert "FOMC decision" in {event["what"] for event in result["events"]}


def test_a_stress_test_of_a_hedge_asks_for_its_reason(day):
    _, out, _ = day("stress", "tza-hedge")
    assert "WARN  trigger" in out
    assert "no value given for market.signals.sp500_move" in out
    assert "trigger" in checks(day("stress", "tza-hedge", "--json")[1])
    _, out, _ = day("compare", "iwm-shares", "tza-hedge")
    assert "tza-hedge  WARN  trigger" in " ".join(out.split()).replace(" WARN ", "  WARN  ")


def test_a_scan_of_bearish_spreads_is_not_stopped(stopped):
    _, out, _ = stopped("scan", "--sample", "--kind", "put debit", "--european", "--all-sizes", "--json")
    assert "stop signals" not in checks(out)


def test_a_plan_on_a_chain_names_the_clusters(day):
    chain = str(reference_file("06_option_chains/IWM_2026-07-20_leapware.json"))
    _, out, _ = day("plan", "--chain", chain, "--json")
    assert 290 in [row["strike"] for row in json.loads(out)["gamma_clusters"]]


def test_broken_rules_stop_a_plan_in_one_line(day, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "signals.toml").write_text('[signals.a]\nall = ["a"]\nrole = "stop"')
    code, _, err = day("plan")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "is circular" in err


HEAT = '[signals.heat]\nseries = "book.heat"\nabove = "0.5%"\nrole = "stop"'


def test_a_rule_on_the_book_stops_a_plan(day, tmp_path):
    day("book", "add", "iwm-call-spread")
    (tmp_path / "home" / "signals.toml").write_text(HEAT)
    code, out, err = day("signals", "--json")
    (heat,) = (one for one in json.loads(out) if one["name"] == "heat")
    assert (code, err, heat["unit"], heat["fired"]) == (1, "", "%", True)
    risk = json.loads(day("book", "--json")[1])["totals"]["risk"]
    assert heat["value"] == pytest.approx(risk / 1000)  # of 100,000
    assert heat["source"] == "book.heat, book, equity $100,000 (sample)"
    code, out, _ = day("plan", "iwm-shares")
    assert code == 1
    assert f"no new longs: heat {heat['value']:.2f}%, rule above 0.5%" in out


def test_a_broken_book_stops_the_board_in_one_line(day, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "signals.toml").write_text(HEAT)
    (tmp_path / "home" / "book.sqlite").write_text("no book")
    code, _, err = day("signals")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "book.sqlite" in err
