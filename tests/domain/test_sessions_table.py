"""The shipped table of sessions is what its generator writes, and its days are those of the exchange."""

from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.domain.sessions import LAST_KNOWN_YEAR, TABLE_FILE, closing_time, is_session, why_closed
from scripts.nyse_sessions import table


def test_the_table_is_what_its_generator_writes():
    assert TABLE_FILE.read_text(encoding="utf-8") == table()


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2001-09-11", "Attacks"),
        ("2004-06-11", "Reagan"),
        ("2007-01-02", "Ford"),
        ("2012-10-29", "Hurricane Sandy"),
        ("2018-12-05", "Bush"),
        ("2025-01-09", "Carter"),
    ],
)
def test_closures_that_no_rule_foretells(day, reason):
    assert not is_session(dt.date.fromisoformat(day))
    assert reason.lower() in why_closed(dt.date.fromisoformat(day)).lower()


# NYSE, "Special Closings": early closes that are not 13:00.
@pytest.mark.parametrize(
    ("day", "close"),
    [("1994-02-11", "14:30"), ("1987-10-30", "14:00"), ("1981-03-30", "15:17"), ("2024-11-29", "13:00")],
)
def test_early_closes_have_their_own_time(day, close):
    assert is_session(dt.date.fromisoformat(day))
    assert closing_time(dt.date.fromisoformat(day)) == dt.time.fromisoformat(close)


@pytest.mark.parametrize("year", [1850, LAST_KNOWN_YEAR + 1])
def test_outside_the_known_years_only_weekends_are_closed(year):
    days = [dt.date(year, 1, 1) + dt.timedelta(days=count) for count in range(365)]
    assert all(is_session(day) == (day.weekday() < 5) for day in days)
