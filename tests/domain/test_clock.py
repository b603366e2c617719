"""Days, sessions and the clock against the exchange's own published calendar."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import ExitPlan, Market, Settlement, instrument
from riskcalc.domain.clock import days_to_close, moment_of
from riskcalc.domain.sessions import (
    closing_time,
    is_session,
    is_third_friday,
    last_session_on_or_before,
    why_closed,
)
from riskcalc.errors import InvalidInputError

# NYSE, "Holidays & Trading Hours": closed in 2026, and closing early at 13:00 in 2025, 2026 and 2027.
CLOSED = {"01-01", "01-19", "02-16", "04-03", "05-25", "06-19", "07-03", "09-07", "11-26", "12-25"}
EARLY = {"2025-07-03", "2025-11-28", "2025-12-24", "2026-11-27", "2026-12-24", "2027-11-26"}
# Cboe, "Options Expiration Calendar": standard monthly options, the third Friday but for holidays.
MONTHLY_2026 = [
    "01-16",
    "02-20",
    "03-20",
    "04-17",
    "05-15",
    "06-18",
    "07-17",
    "08-21",
    "09-18",
    "10-16",
    "11-20",
    "12-18",
]
DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2040, 12, 31))


def days_of(*years):
    first = dt.date(years[0], 1, 1)
    count = (dt.date(years[-1], 12, 31) - first).days
    return [first + dt.timedelta(days=day) for day in range(count + 1)]


def test_the_year_2026_is_closed_on_the_published_days():
    closed = {f"{day:%m-%d}" for day in days_of(2026) if day.weekday() < 5 and not is_session(day)}
    assert closed == CLOSED
    assert all(bool(why_closed(day)) != is_session(day) for day in days_of(2026))


def test_half_days_are_the_published_ones():
    early = {day.isoformat() for day in days_of(2025, 2027) if closing_time(day) != dt.time(16)}
    assert early == EARLY
    assert closing_time(dt.date(2026, 12, 24)) == dt.time(13)


def test_monthly_options_expire_on_the_published_days():
    sessions = [day for day in days_of(2026) if is_session(day)]
    assert [f"{day:%m-%d}" for day in sessions if is_third_friday(day)] == MONTHLY_2026
    # Good Friday 2025 was a third Friday: the monthly options expired on the Thursday.
    assert is_third_friday(dt.date(2025, 4, 17))


def test_a_market_without_a_time_stands_at_its_close():
    market = Market(date=dt.date(2026, 11, 27), rate=0.04, quotes={})
    assert market.moment == dt.datetime(2026, 11, 27, 13)  # noqa: DTZ001 - New York
    assert market.as_of == "2026-11-27 at the close"
    early = Market(date=dt.date(2026, 11, 27), time=dt.time(9, 45), rate=0.04, quotes={})
    assert early.as_of == "2026-11-27 09:45 New York"
    late = Market(date=dt.date(2026, 11, 27), time=dt.time(15), rate=0.04, quotes={})
    assert late.at_close
    assert late.moment == market.moment


@pytest.mark.parametrize(
    ("date", "time", "expiry", "symbol", "hours"),
    [
        ("2026-07-20", None, "2026-09-18", "IWM", 60 * 24),
        ("2026-07-20", "10:30", "2026-09-18", "IWM", 60 * 24 + 5.5),
        ("2026-09-18", "10:30", "2026-09-18", "IWM", 5.5),
        ("2026-09-18", None, "2026-09-18", "IWM", 0.0),
        ("2026-09-18", "16:15", "2026-09-18", "IWM", 0.0),
        ("2026-11-25", None, "2026-11-27", "IWM", 45.0),
        ("2026-11-27", "12:00", "2026-11-27", "IWM", 1.0),
        ("2026-11-27", None, "2026-11-30", "IWM", 75.0),
        ("2026-12-23", "15:00", "2026-12-24", "SPY", 22.0),
        ("2026-07-20", None, "2026-09-18", "RUT", 60 * 24 - 6.5),
        ("2026-09-17", "15:30", "2026-09-18", "RUT", 18.0),
        ("2026-09-18", "9:00", "2026-09-18", "RUT", 0.5),
        ("2026-09-18", "9:31", "2026-09-18", "RUT", 0.0),
        ("2026-07-20", None, "2026-09-25", "RUT", 67 * 24),
        ("2026-06-17", None, "2026-06-18", "RUT", 17.5),
        # Clocks go back on 2026-11-01: New York's own time does not notice.
        ("2026-10-30", None, "2026-11-06", "IWM", 7 * 24),
    ],
)
def test_options_run_to_their_settlement(date, time, expiry, symbol, hours):
    stated = None if time is None else dt.datetime.strptime(time, "%H:%M").time()  # noqa: DTZ007 - New York
    market = Market(date=dt.date.fromisoformat(date), time=stated, rate=0.04, quotes={})
    day = dt.date.fromisoformat(expiry)
    assert market.days_to_expiry(day, instrument(symbol)) * 24 == pytest.approx(hours, abs=1e-9)
    assert market.years_to_expiry(day, instrument(symbol)) * 365 * 24 == pytest.approx(hours, abs=1e-9)


def test_weeklies_of_an_index_can_be_said_to_be_settled_at_the_close():
    rutw = dataclasses.replace(instrument("RUT"), monthly_settlement=Settlement.PM)
    assert rutw.settlement(dt.date(2026, 9, 18)) is Settlement.PM


@given(date=DAYS, later=st.integers(0, 900))
def test_from_close_to_close_whole_days_are_counted(date, later):
    """Bit for bit, so that prices without a time of day are those of the dates' difference."""
    day = date + dt.timedelta(days=later)
    half = dt.time(13) in (closing_time(date), closing_time(day))
    days = days_to_close(moment_of(date, None), day)
    assert days == later if not half else abs(days - later) in (0, 0.125)


@pytest.mark.parametrize("time", ["10:30", 10.5, dt.time(10, 30, tzinfo=dt.UTC), dt.datetime(2026, 7, 20)])  # noqa: DTZ001
def test_what_is_no_time_of_day_is_refused(time):
    with pytest.raises(InvalidInputError, match="time must be a time of day in New York"):
        Market(date=dt.date(2026, 7, 20), time=time, rate=0.04, quotes={})


@given(entry=DAYS, days=st.integers(1, 400))
def test_a_time_stop_is_a_session_after_the_entry(entry, days):
    stop = ExitPlan(stop=0.06, holding_days=days).time_stop(entry=entry, expiry=None)
    assert is_session(stop)
    named = entry + dt.timedelta(days=days)
    assert stop > entry
    assert stop == last_session_on_or_before(named) or last_session_on_or_before(named) <= entry


@given(entry=DAYS, left=st.integers(3, 400), data=st.data())
def test_a_time_stop_before_the_expiry_is_a_session(entry, left, data):
    expiry = last_session_on_or_before(entry + dt.timedelta(days=left))
    days = (expiry - entry).days
    if days < 2:
        return
    close_dte = data.draw(st.integers(1, days - 1))
    stop = ExitPlan(stop=0.06, close_dte=close_dte).time_stop(entry=entry, expiry=expiry)
    assert is_session(stop)
    assert entry < stop <= expiry


@pytest.mark.parametrize(
    ("days", "stop"),
    [
        (5, "2026-07-02"),  # a Friday, closed for Independence Day
        (6, "2026-07-02"),  # a Saturday
        (8, "2026-07-06"),
    ],
)
def test_a_time_stop_on_a_closed_day_is_the_session_before(days, stop):
    result = ExitPlan(stop=0.06, holding_days=days).time_stop(entry=dt.date(2026, 6, 28), expiry=None)
    assert result == dt.date.fromisoformat(stop)
