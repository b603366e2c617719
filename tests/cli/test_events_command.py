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
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert all({"date", "what", "source"} <= set(one) for one in found)
    assert ("2026-09-16", "FOMC decision") in [(one["date"], one["what"]) for one in found]


def test_an_imported_calendar_and_a_row_are_listed_again(events):
    layout = str(reference_file("09_signals/calendar_layout.ics"))
    code, out, err = events("add", layout, "2026-08-03 MSTR earnings")
    assert (code, err) == (0, "")
    assert "calendar_layout.ics: 3 entries" in out
    found = json.loads(events("--since", "2026-08-01", "--until", "2026-08-12", "--json")[1])
    assert [(one["date"], one["what"], one["source"]) for one in found] == [
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
