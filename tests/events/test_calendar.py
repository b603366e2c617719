"""Shipped rows are the shared facts; expirations follow the exchange's calendar; own rows win."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from riskcalc.domain.events import Certainty
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.events.calendar import events_between, shipped_events
from riskcalc.events.own import add_event, own_events_path, parse_event
from tests.outside import reference_file


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    monkeypatch.delenv("RISKCALC_PRESETS", raising=False)
    return tmp_path


def rows(name):
    with reference_file(f"09_signals/{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_meetings_are_the_announced_ones():
    result = [event for event in shipped_events() if event.what == "FOMC decision"]
    expected = [(row["decision_day"], row["source"], row["checked"]) for row in rows("fomc_meetings")]
    assert [(str(event.date), event.source, str(event.checked)) for event in result] == expected


def test_the_reconstitutions_say_how_sure_they_are():
    result = [event for event in shipped_events() if "Russell" in event.what]
    words = {"yes": "announced", "no": "uncertain", "rule": "rule"}
    expected = [(row["date"], words[row["certain"]]) for row in rows("russell_reconstitution")]
    assert [(str(event.date), event.certainty.value) for event in result] == expected


def test_minutes_come_three_weeks_after_the_decision():
    minutes = [event.date for event in shipped_events() if event.what == "FOMC minutes"]
    assert dt.date(2026, 10, 7) in minutes  # the decision was on September 16
    assert len(minutes) == 25


def test_expirations_of_a_year():
    result = events_between(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    days = {str(event.date): event.what for event in result if event.is_expiration}
    assert list(days) == [
        *("2026-01-16", "2026-02-20", "2026-03-20", "2026-04-17", "2026-05-15"),
        *("2026-06-18", "2026-07-17", "2026-08-21", "2026-09-18", "2026-10-16", "2026-11-20", "2026-12-18"),
    ]
    quarters = [day for day, what in days.items() if what == "quadruple witching"]
    assert quarters == ["2026-03-20", "2026-06-18", "2026-09-18", "2026-12-18"]


def test_own_rows_are_added_once_and_take_shipped_ones_away(home):
    event = parse_event("2026-12-10 08:30 CPI")
    add_event(event)
    add_event(event)
    add_event(parse_event("2026-12-11 AVGO earnings"))
    text = own_events_path().read_text() + (
        '[[events]]\ndate = 2026-11-13\nwhat = "second Russell reconstitution after the close"\noff = true\n'
    )
    (home / "events.toml").write_text(text)
    result = events_between(dt.date(2026, 11, 1), dt.date(2026, 12, 16))
    assert [event.label for event in result] == [
        *("FOMC minutes 14:00", "monthly options expiration"),
        *("FOMC decision 14:00", "CPI 08:30", "AVGO earnings"),
    ]


def test_the_label_says_that_a_date_is_uncertain():
    (result,) = (event for event in shipped_events() if event.certainty is Certainty.UNCERTAIN)
    assert result.label.endswith("(date uncertain)")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("CPI", "date must be a date"),
        ("2026-13-01 CPI", "date must be a date"),
        ("2026-12-10", "what must say"),
    ],
)
def test_wrong_rows_of_the_command_line(text, problem):
    with pytest.raises(InvalidInputError, match=problem):
        parse_event(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[events]]\ndate = "soon"\nwhat = "x"', "events.0: date must be a date"),
        ("[[events]]\ndate = 2026-12-10", "events.0: what must say what happens"),
        ('[[events]]\ndate = 2026-12-10\nwhat = "x"\nwhen = 1', "events.0: unknown key when"),
        ('[[events]]\ndate = 2026-12-10\nwhat = "x"\ntime = "noon"', "events.0: time must be a time"),
        ("events = 5", "events must be rows"),
        ("schema = 9", "update riskcalc"),
    ],
)
def test_wrong_rows_of_the_file_are_one_line(home, text, problem):
    (home / "events.toml").write_text(text)
    with pytest.raises(PresetError) as error:
        events_between(dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    assert problem in str(error.value)
    assert len(str(error.value).splitlines()) == 1
