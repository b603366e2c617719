"""Plans of American options on a fund that pays cash dividends."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from riskcalc.analysis import value_position
from riskcalc.domain import (
    Account,
    CashDividend,
    CheckStatus,
    ExitPlan,
    Market,
    OptionType,
    Quote,
    Side,
    Target,
    call_spread,
    long_option,
    put_spread,
)
from riskcalc.errors import InvalidInputError
from riskcalc.planning import evaluate, plan
from riskcalc.pricing import american
from tests.strategies import NEAR, TODAY

PAID = tuple(CashDividend(ex_date=dt.date(2026, month, day), amount=0.8) for month, day in ((3, 17), (6, 16)))
MARKET = Market(date=TODAY, rate=0.04, quotes={"IWM": Quote(spot=295.39, vol=0.2, dividends=PAID)})
EX_DATE = dt.date(2026, 9, 15)
EXITS = ExitPlan(stop=0.06, targets=(Target(move=0.1),), close_dte=21)
ACCOUNT = Account(equity=1_000_000)


def spread(low: float, high: float):
    return call_spread("IWM", long_strike=low, short_strike=high, expiry=NEAR, long_vol=0.2, short_vol=0.17)


def assignment(found):
    return next((check for check in found.checks if check.name == "assignment"), None)


def test_legs_are_american_with_the_forecast_dividend():
    report = evaluate(spread(295, 325), MARKET)
    assert [(dividend.ex_date, dividend.amount, dividend.forecast) for dividend in report.dividends] == [
        (EX_DATE, 0.8, True)
    ]
    for leg, vol in zip(report.legs, (0.2, 0.17), strict=True):
        kernel = american(
            sign=1,
            spot=295.39,
            strike=leg.leg.strike,
            time_to_expiry=60 / 365,
            vol=vol,
            rate=0.04,
            dividend_times=[57 / 365],
            dividend_amounts=[0.8],
        )
        assert leg.price == pytest.approx(float(kernel.value), rel=1e-12)
        assert leg.greeks.theta_per_day == pytest.approx(
            float(kernel.theta) * leg.leg.signed_contracts * 100 / 365, rel=1e-10
        )


def test_each_day_sees_the_dividends_that_are_left():
    trade = evaluate(spread(295, 325), MARKET).trade
    days = [0, 30, 56, 57, 58, 60]
    together = value_position(trade, MARKET, spot=[[290], [330]], days=days).value
    for column, day in enumerate(days):
        later = dataclasses.replace(MARKET, date=TODAY + dt.timedelta(days=day))
        alone = value_position(trade, later, spot=[290, 330]).value
        assert together[:, column] == pytest.approx(alone, abs=1e-9)


def test_a_deep_sold_call_is_likely_to_be_assigned_and_the_plan_warns():
    result = plan(spread(265, 280), MARKET, ACCOUNT, EXITS)
    check = assignment(result)
    assert check.status is CheckStatus.WARN
    assert "assignment likely above 283." in check.message
    assert "on 2026-09-14 (forecast dividend)" in check.message
    line = next(line for line in result.report.early_exercise if line.leg.side is Side.SHORT)
    assert line.eve == dt.date(2026, 9, 14)
    assert line.dividend_dollars == pytest.approx(80)
    assert 0.5 < line.chance < 1
    told = result.to_dict()["early_exercise"][1]
    assert (told["side"], told["boundary"], told["chance"]) == ("short", line.boundary, line.chance)


def test_above_the_boundary_the_call_is_worth_its_exercise_value_on_the_eve():
    result = evaluate(spread(265, 280), MARKET)
    line = next(line for line in result.early_exercise if line.leg.side is Side.SHORT)
    days = (line.eve - TODAY).days
    deep = dataclasses.replace(result.trade, legs=(line.leg,))
    spots = [line.boundary * 1.02, line.boundary * 0.97]
    value = -value_position(deep, MARKET, spot=spots, days=days).value / 100
    # A day before the drop, interest and a day of vol are all that waiting still earns.
    assert value[0] == pytest.approx(spots[0] - 280, abs=0.05)
    assert value[1] > spots[1] - 280 + 0.1


def test_a_sold_call_out_of_the_money_passes_and_says_the_boundary():
    check = assignment(plan(spread(295, 325), MARKET, ACCOUNT, EXITS))
    assert check.status is CheckStatus.OK
    assert "assignment likely above" in check.message


def test_trades_that_cannot_be_assigned_for_a_dividend_have_no_check():
    puts = put_spread("IWM", long_strike=295, short_strike=270, expiry=NEAR)
    call = long_option("IWM", option_type=OptionType.CALL, strike=280, expiry=NEAR)
    assert assignment(plan(puts, MARKET, ACCOUNT, EXITS)) is None
    assert assignment(plan(call, MARKET, ACCOUNT, EXITS)) is None
    assert len(evaluate(call, MARKET).early_exercise) == 1


def test_without_dividends_an_american_call_is_european():
    none = dataclasses.replace(MARKET, quotes={"IWM": Quote(spot=295.39, vol=0.2)})
    index = dataclasses.replace(MARKET, quotes={"RUT": Quote(spot=295.39, vol=0.2)})
    weekly = NEAR + dt.timedelta(days=7)  # settled at the close on either
    call = {"option_type": OptionType.CALL, "strike": 290, "expiry": weekly}
    american_call = evaluate(long_option("IWM", **call), none)
    european_call = evaluate(long_option("RUT", **call), index)
    assert american_call.value == pytest.approx(european_call.value, rel=1e-12)
    assert american_call.early_exercise == ()


def test_an_american_put_is_worth_more_than_a_european_one():
    none = dataclasses.replace(MARKET, quotes={"IWM": Quote(spot=270, vol=0.2)})
    index = dataclasses.replace(MARKET, quotes={"RUT": Quote(spot=270, vol=0.2)})
    put = {"option_type": OptionType.PUT, "strike": 295, "expiry": NEAR}
    result = evaluate(long_option("IWM", **put), none)
    assert result.value > evaluate(long_option("RUT", **put), index).value + 10
    assert result.value >= 2_500


def test_the_premium_is_solved_with_dividends_and_exercise():
    deep = {"option_type": OptionType.CALL, "strike": 270, "expiry": NEAR}
    premium = evaluate(long_option("IWM", **deep, vol=0.23), MARKET).legs[0].price
    result = evaluate(long_option("IWM", **deep, premium=premium), MARKET)
    assert result.legs[0].vol == pytest.approx(0.23, abs=1e-7)


def test_cash_dividends_on_a_european_index_are_refused():
    market = dataclasses.replace(MARKET, quotes={"RUT": Quote(spot=2930, vol=0.2, dividends=PAID)})
    index = call_spread("RUT", long_strike=2930, short_strike=3200, expiry=NEAR)
    with pytest.raises(InvalidInputError, match="RUT options are European and priced with a dividend yield"):
        evaluate(index, market)
