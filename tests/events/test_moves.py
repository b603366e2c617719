"""Moves on the days of events equal pandas on real prices, and a hand count where days are odd."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from riskcalc.domain.events import Certainty, MarketEvent
from riskcalc.errors import InvalidInputError
from riskcalc.events.moves import event_moves, reaction_day
from riskcalc.history import read_prices
from tests.outside import reference_file

FOMC = [
    "2013-01-30",
    "2013-03-20",
    "2013-05-01",
    "2013-06-19",
    "2013-07-31",
    "2013-09-18",
    "2013-10-30",
    "2013-12-18",
    "2014-01-29",
    "2014-03-19",
    "2014-04-30",
    "2014-06-18",
    "2014-07-30",
    "2014-09-17",
    "2014-10-29",
    "2014-12-17",
]
"""Decisions of the FOMC, from its published calendars."""


def event(day, what="FOMC decision", **changes):
    return MarketEvent(date=dt.date.fromisoformat(day), what=what, source="own", **changes)


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


@pytest.mark.parametrize("symbol", ["IWM", "TNA"])
def test_moves_equal_pandas(symbol):
    path = reference_file(f"05_leveraged_etf_prices/{symbol}_daily_raw_alphavantage.csv")
    bars = read_prices(path)
    later = event("2015-01-28")  # after the last price
    (result,) = event_moves("IWM", bars.dates, bars.close, [*map(event, FOMC), later])
    frame = pd.read_csv(path, index_col="date", parse_dates=True).sort_index()
    # A split of 2-for-1 halves the price: undo it from the coefficients of the day.
    factor = frame["split_coefficient"][::-1].cumprod()[::-1].shift(-1, fill_value=1.0)
    moves = (frame["close"] / factor).pct_change().abs().loc["2013-01-30":]
    on = moves.loc[pd.to_datetime(FOMC)]
    assert (result.count, result.all_count) == (16, len(moves))
    assert result.mean == pytest.approx(on.mean(), rel=1e-12)
    assert result.error == pytest.approx(on.sem(), rel=1e-12)
    assert result.all_mean == pytest.approx(moves.mean(), rel=1e-12)
    assert result.all_error == pytest.approx(moves.sem(), rel=1e-12)
    assert (result.since, result.until) == (dt.date(2013, 1, 30), dt.date(2014, 12, 31))


def test_a_hole_in_the_prices_is_no_move():
    closes = np.array([100.0, 110.0, 111.1, 99.99])
    # Friday, then Tuesday: Monday is missing; Independence Day is not.
    here = days("2026-06-26", "2026-06-30", "2026-07-01", "2026-07-02")
    result = event_moves("X", here, closes, [event("2026-06-30"), event("2026-07-01", "CPI")])
    assert [(event.kind, event.count, event.all_count) for event in result] == [("CPI", 1, 2)]
    assert result[0].mean == pytest.approx(0.01)
    assert result[0].all_mean == pytest.approx(0.055)
    assert (result[0].error, result[0].all_error) == (
        None,
        pytest.approx(0.045 * math.sqrt(2) / math.sqrt(2)),
    )
    over = event_moves("X", days("2026-07-02", "2026-07-06"), np.array([100.0, 103.0]), [event("2026-07-06")])
    assert over[0].mean == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("day", "time", "session"),
    [
        ("2026-07-29", "14:00", "2026-07-29"),
        ("2026-07-29", "16:00", "2026-07-30"),
        ("2026-07-29", None, "2026-07-29"),
        ("2026-07-31", "16:15", "2026-08-03"),  # a Friday
        ("2026-08-01", None, "2026-08-03"),  # a Saturday
        ("2026-04-03", "08:30", "2026-04-06"),  # jobs on Good Friday
        ("2026-11-27", "13:00", "2026-11-30"),  # a half day
    ],
)
def test_the_session_that_an_event_moves(day, time, session):
    when = None if time is None else dt.time.fromisoformat(time)
    assert reaction_day(event(day, time=when)).isoformat() == session


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("FOMC decision", "FOMC"),
        ("FOMC Meeting (day 1 of 2)", ""),
        ("FOMC Meeting (day 2 of 2)", "FOMC"),
        ("FOMC minutes", "FOMC minutes"),
        ("FOMC member speaks", ""),
        ("Consumer Price Index", "CPI"),
        ("CPI", "CPI"),
        ("Consumer Price Index for July 2026", "CPI"),
        ("Producer Price Index", "PPI"),
        ("Employment Situation", "jobs"),
        ("Non-Farm Payrolls", "jobs"),
        ("Employment Situation for July", "jobs"),
        ("Employment Situation of Veterans", ""),
        ("State Employment and Unemployment", ""),
        ("Job Openings and Labor Turnover Survey", ""),
        ("quadruple witching", ""),
    ],
)
def test_kinds_of_events(what, kind):
    assert event("2026-07-29", what).kind == kind


def test_uncertain_dates_and_other_events_do_not_count():
    here, closes = days("2026-07-28", "2026-07-29"), np.array([100.0, 101.0])
    unsure = event("2026-07-29", certainty=Certainty.UNCERTAIN)
    assert event_moves("X", here, closes, [unsure, event("2026-07-29", "earnings")]) == ()
    twice = [event("2026-07-29", "CPI"), event("2026-07-29", "Consumer Price Index")]
    assert event_moves("X", here, closes, twice)[0].count == 1


def test_wrong_prices_are_refused():
    for closes in (np.array([1.0]), np.array([1.0, 0.0]), np.array([1.0, math.nan])):
        with pytest.raises(InvalidInputError, match="closes must be above 0, one for each day"):
            event_moves("X", days("2026-07-28", "2026-07-29"), closes, [event("2026-07-29")])
