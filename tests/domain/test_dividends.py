from __future__ import annotations

import csv
import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import CashDividend, Market, Quote
from riskcalc.domain.dividends import regular_dividends, with_forecast
from riskcalc.domain.sessions import is_session
from riskcalc.errors import InvalidInputError
from tests.outside import reference_file


def paid(*payments: tuple[str, float]) -> tuple[CashDividend, ...]:
    return tuple(CashDividend(ex_date=dt.date.fromisoformat(day), amount=amount) for day, amount in payments)


YEAR = paid(("2025-09-16", 0.7), ("2025-12-16", 0.9), ("2026-03-17", 0.6), ("2026-06-16", 0.8))


def test_a_year_of_payments_is_repeated_amount_by_amount():
    result = with_forecast(YEAR, until=dt.date(2027, 7, 1))
    forecasts = [dividend for dividend in result if dividend.forecast]
    assert [dividend.amount for dividend in forecasts] == [0.7, 0.9, 0.6, 0.8]
    assert result[:4] == YEAR
    assert all(is_session(dividend.ex_date) for dividend in forecasts)
    expected = [dt.date(2026, 9, 15), dt.date(2026, 12, 15), dt.date(2027, 3, 16), dt.date(2027, 6, 15)]
    assert [dividend.ex_date for dividend in forecasts] == expected


def test_one_payment_is_repeated_every_quarter():
    result = with_forecast(paid(("2026-06-16", 0.8)), until=dt.date(2026, 12, 31))
    assert [(str(d.ex_date), d.amount, d.forecast) for d in result[1:]] == [
        ("2026-09-15", 0.8, True),
        ("2026-12-15", 0.8, True),
    ]


def test_a_schedule_that_reaches_far_enough_is_left_alone():
    assert with_forecast(YEAR, until=dt.date(2026, 9, 14)) == YEAR
    assert with_forecast((), until=dt.date(2030, 1, 1)) == ()


def test_a_market_gives_those_that_are_still_to_come():
    quote = Quote(spot=295, vol=0.2, dividends=YEAR)
    market = Market(date=dt.date(2026, 6, 16), rate=0.04, quotes={"IWM": quote})
    # On its ex-date the spot is quoted without the dividend already.
    assert [str(d.ex_date) for d in market.dividends_until("IWM", dt.date(2026, 9, 18))] == ["2026-09-15"]
    assert market.dividends_until("IWM", dt.date(2026, 9, 14)) == ()


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: paid(("2026-06-16", -0.1)), "amount must be a number >= 0, got -0.1"),
        (lambda: CashDividend(ex_date="june", amount=1), "ex_date must be a date, got 'june'"),
        (lambda: Quote(spot=1, vol=0.1, dividends=YEAR[::-1]), "dividends must have rising ex-dates"),
        (lambda: Quote(spot=1, vol=0.1, dividends=YEAR[:1] * 2), "dividends must have rising ex-dates"),
    ],
)
def test_what_is_no_schedule_is_refused(build, says):
    with pytest.raises(InvalidInputError, match=says):
        build()


# Kinds of payers, by days between payments and how far they stray.
RHYTHMS = [(30, 2), (91, 7), (182, 10), (365, 10)]


@st.composite
def histories(draw):
    """Two years and more of regular payments, and one extra payment among them."""
    usual, stray = draw(st.sampled_from(RHYTHMS))
    count = draw(st.integers(4, 12))
    days = [
        dt.date(2020, 1, 2) + dt.timedelta(days=k * usual + draw(st.integers(-stray, stray)))
        for k in range(count)
    ]
    regular_ones = paid(*((day.isoformat(), draw(st.floats(0.7, 0.9))) for day in days))
    beside, away = (
        draw(st.sampled_from(days)),
        draw(st.integers(1, usual // 5)) * draw(st.sampled_from([1, -1])),
    )
    extra = CashDividend(
        ex_date=beside + dt.timedelta(days=away), amount=draw(st.sampled_from([0.2, 2.0, 5.0]))
    )
    return regular_ones, extra


@given(histories())
def test_an_extra_payment_is_found_wherever_it_stands(history):
    regular_ones, extra = history
    if extra.ex_date in {one.ex_date for one in regular_ones}:
        return
    both = tuple(sorted((*regular_ones, extra), key=lambda dividend: dividend.ex_date))
    assert regular_dividends(regular_ones) == regular_ones
    assert regular_dividends(both) == regular_ones


@given(histories())
def test_a_marked_payment_changes_no_forecast(history):
    regular_ones, extra = history
    if extra.ex_date in {one.ex_date for one in regular_ones}:
        return
    marked = dataclasses.replace(extra, special=True)
    both = tuple(sorted((*regular_ones, marked), key=lambda dividend: dividend.ex_date))
    until = regular_ones[-1].ex_date + dt.timedelta(days=800)
    result = with_forecast(both, until=until)
    assert marked in result
    assert [dividend for dividend in result if dividend != marked] == list(
        with_forecast(regular_ones, until=until)
    )


def test_a_special_dividend_is_not_forecast_again_a_year_later():
    special = CashDividend(ex_date=dt.date(2026, 6, 30), amount=5.0, special=True)
    result = with_forecast((*YEAR, special), until=dt.date(2027, 7, 31))
    assert special in result
    assert [dividend.amount for dividend in result if dividend.forecast] == [0.7, 0.9, 0.6, 0.8]
    unmarked = dataclasses.replace(special, special=False)
    assert [dividend.amount for dividend in with_forecast((*YEAR, unmarked), until=dt.date(2027, 7, 31))] == [
        dividend.amount for dividend in result
    ]


def test_a_special_dividend_alone_is_followed_by_nothing():
    special = CashDividend(ex_date=dt.date(2026, 6, 30), amount=5.0, special=True)
    assert with_forecast((special,), until=dt.date(2028, 1, 1)) == (special,)


def test_the_special_dividend_that_spy_passed_on_in_2004_is_found():
    """Microsoft's special dividend reached holders of SPY on 2004-11-15, between two regular ones."""
    path = reference_file("05_leveraged_etf_prices/splits_and_dividends.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["ticker"], row["event"]) == ("SPY", "dividend")]
    known = paid(*((row["date"], float(row["value"])) for row in rows if "2002" < row["date"] < "2006"))
    extra = set(known) - set(regular_dividends(known))
    assert [dividend.ex_date for dividend in extra] == [dt.date(2004, 11, 15)]
    until = dt.date(2006, 12, 31)
    forecasts = [dividend for dividend in with_forecast(known, until=until) if dividend.forecast]
    assert [forecast.ex_date.month for forecast in forecasts] == [3, 6, 9, 12]


def test_special_is_true_or_false():
    with pytest.raises(InvalidInputError, match="special must be true or false, got 'yes'"):
        CashDividend(ex_date=dt.date(2026, 6, 16), amount=1.0, special="yes")
