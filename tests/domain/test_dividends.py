from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.domain import CashDividend, Market, Quote
from riskcalc.domain.dividends import with_forecast
from riskcalc.domain.sessions import is_session
from riskcalc.errors import InvalidInputError


def paid(*payments: tuple[str, float]) -> tuple[CashDividend, ...]:
    return tuple(CashDividend(ex_date=dt.date.fromisoformat(day), amount=amount) for day, amount in payments)


YEAR = paid(("2025-09-16", 0.7), ("2025-12-16", 0.9), ("2026-03-17", 0.6), ("2026-06-16", 0.8))


def test_a_year_of_payments_is_repeated_amount_by_amount():
    found = with_forecast(YEAR, until=dt.date(2027, 7, 1))
    forecasts = [dividend for dividend in found if dividend.forecast]
    assert [dividend.amount for dividend in forecasts] == [0.7, 0.9, 0.6, 0.8]
    assert found[:4] == YEAR
    assert all(is_session(dividend.ex_date) for dividend in forecasts)
    expected = [dt.date(2026, 9, 15), dt.date(2026, 12, 15), dt.date(2027, 3, 16), dt.date(2027, 6, 15)]
    assert [dividend.ex_date for dividend in forecasts] == expected


def test_one_payment_is_repeated_every_quarter():
    found = with_forecast(paid(("2026-06-16", 0.8)), until=dt.date(2026, 12, 31))
    assert [(str(d.ex_date), d.amount, d.forecast) for d in found[1:]] == [
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
