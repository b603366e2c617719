"""``riskcalc events``: the contract of its JSON, what it adds, and what it refuses."""

from __future__ import annotations

import json

import pytest

from tests.outside import reference_file


@pytest.fixture
def events(run, tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RISKCALC_PRESETS")
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-27")
    return lambda *arguments: run("events", *arguments)


def test_the_contract(events):
    code, out, err = events("--json")
    result = json.loads(out)
    assert (code, err) == (0, "")
    assert all({"date", "what", "source"} <= set(event) for event in result)
    assert ("2026-09-16", "FOMC decision") in [(event["date"], event["what"]) for event in result]


def test_an_imported_calendar_and_a_row_are_listed_again(events):
    layout = str(reference_file("09_signals/calendar_layout.ics"))
    code, out, err = events("add", layout, "2026-08-03 MSTR earnings")
    assert (code, err) == (0, "")
    assert "calendar_layout.ics: 3 entries" in out
    result = json.loads(events("--since", "2026-08-01", "--until", "2026-08-12", "--json")[1])
    assert [(event["date"], event["what"], event["source"]) for event in result] == [
        ("2026-08-03", "MSTR earnings", "own"),
        ("2026-08-12", "Consumer Price Index", "calendar_layout.ics"),
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["remove", "x"], "the one action is add"),
        (["add"], "add needs a FILE.ics"),
        (["add", "CPI"], "date must be a date"),
        (["add", "2026-12-10 CPI", "missing.ics"], "missing.ics: cannot be read"),
        (["--until", "2026-07-01"], "--until must not be before 2026-07-27"),
    ],
)
def test_what_is_refused_writes_nothing(events, tmp_path, arguments, problem):
    code, _, err = events(*arguments)
    assert (code, len(err.splitlines())) == (2, 1)
    assert problem in err
    assert not (tmp_path / "home").exists()


PRICES = "Date,Close\n2026-07-27,100\n2026-07-28,101\n2026-07-29,103.02\n2026-07-30,103.02\n"


def test_moves_on_days_of_events(events, tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-31")
    path = tmp_path / "XYZ.csv"
    path.write_text(PRICES)
    code, out, err = events("--prices", str(path))
    assert (code, err) == (0, "")
    (row,) = (line.split() for line in out.splitlines() if line.startswith("XYZ"))
    assert row == "XYZ FOMC 1 2.00% - 2 1.00% 1.00% 2.00 2026-07-29 2026-07-30".split()  # noqa: SIM905
    result = json.loads(events("--prices", str(path), "--json")[1])
    (fomc,) = (event for event in result if event["date"] == "2026-09-16")
    (move,) = fomc["moves"]
    assert (move["symbol"], move["kind"], move["count"], move["error"]) == ("XYZ", "FOMC", 1, None)
    assert move["mean"] == pytest.approx(0.02)
    assert next(event for event in result if event["what"] == "quadruple witching")["moves"] == []


def test_moves_from_the_kept_closes_are_in_events_and_plans(events, run, tmp_path, monkeypatch):
    path = tmp_path / "IWM.csv"
    path.write_text(PRICES)
    run("signals", "--update", str(path))
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-28")  # the decision is still to come
    assert "Mean Absolute Move" not in events()[1]
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-31")
    assert "Mean Absolute Move" in events()[1]
    for preset in ("iwm-call-spread", "tna-momentum"):  # a fund without prices has those of its benchmark
        out = run("plan", preset)[1]
        assert "IWM 2.00% on 1 day, 1.00% on all 2" in out
    (event, *_) = json.loads(run("plan", "--json")[1])["events"]
    assert (event["what"], event["move"]["symbol"]) == ("FOMC decision", "IWM")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Date,Close\n1999-07-27,100\n1999-07-28,101\n", "no FOMC, CPI or jobs day is known from 1999-07-27"),
        ("hello\n", "XYZ.csv: "),
    ],
)
def test_prices_without_an_event_or_none_are_one_line(events, tmp_path, text, problem):
    (tmp_path / "XYZ.csv").write_text(text)
    code, out, err = events("--prices", str(tmp_path / "XYZ.csv"))
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert problem in err
