from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis import enter_at_model, value_legs, value_position
from riskcalc.domain import (
    CashDividend,
    ExerciseStyle,
    Market,
    OptionType,
    Quote,
    Trade,
    call_spread,
    instrument,
    long_option,
    shares,
)
from riskcalc.errors import InvalidInputError
from riskcalc.planning import evaluate
from tests.examples import examples
from tests.strategies import NEAR, TODAY, markets, trades

MARKET = Market(date=TODAY, rate=0.045, quotes={"IWM": Quote(spot=220, vol=0.22, dividend_yield=0.012)})


def worth(trade: Trade, market: Market, **change) -> float:
    return float(value_position(trade, market, **change).value)


def slope(value, step: float) -> float:
    """Central difference of fourth order."""
    return (8 * (value(step) - value(-step)) - (value(2 * step) - value(-2 * step))) / (12 * step)


EUROPEAN_IWM = dataclasses.replace(instrument("IWM"), exercise=ExerciseStyle.EUROPEAN)
CASH = (
    CashDividend(ex_date=dt.date(2026, 8, 18), amount=0.9),
    CashDividend(ex_date=dt.date(2026, 9, 10), amount=1.4),
)


@examples(200)
@given(trade=trades(), market=markets())
def test_net_greeks_are_the_slopes_of_the_positions_value(trade, market):
    """Signs, multipliers and per-leg vols of every builder, with rate and dividend non-zero."""
    assert_greeks_are_slopes(dataclasses.replace(trade, instrument=EUROPEAN_IWM), market, within=1e-6)


@examples(25)
@given(trade=trades(), market=markets(), pays_cash=st.booleans())
def test_net_greeks_of_american_trades_are_slopes_too(trade, market, pays_cash):
    """Where a put should be exercised its gamma jumps; a difference across that is no slope: wider bounds."""
    if pays_cash:
        quote = dataclasses.replace(market.quote("IWM"), dividend_yield=0.0, dividends=CASH)
        market = dataclasses.replace(market, quotes={"IWM": quote})
    assert_greeks_are_slopes(trade, market, within=1e-3)


def assert_greeks_are_slopes(trade, market, *, within):
    trade = enter_at_model(trade, market)
    greeks = evaluate(trade, market).greeks
    spot = market.quote("IWM").spot
    size = sum(abs(trade.leg_size(leg)) for leg in trade.legs)
    near = pytest.approx

    def at_rate(change: float) -> float:
        return worth(trade, dataclasses.replace(market, rate=market.rate + change))

    def delta_at(change: float) -> float:
        return float(value_position(trade, market, spot=spot + change).delta)

    delta = slope(lambda step: worth(trade, market, spot=spot + step), 0.02)
    gamma = slope(delta_at, 0.02)
    vega = slope(lambda step: worth(trade, market, vol_shift=step), 1e-3)
    theta = slope(lambda step: worth(trade, market, days=1 + step), 0.05)
    after_a_day = float(value_position(trade, market, days=1).theta) / 365
    assert greeks.delta == near(delta, abs=within * size)
    assert greeks.dollar_delta == near(delta * spot, abs=within * size * spot)
    assert greeks.gamma == near(gamma, abs=within * size)
    assert greeks.vega_per_point == near(vega / 100, abs=within * size)
    assert greeks.rho_per_point == near(slope(at_rate, 1e-3) / 100, abs=within * size)
    assert after_a_day == near(theta, abs=within * size)


@given(trade=trades(), market=markets())
def test_a_trade_is_the_sum_of_its_legs(trade, market):
    report = evaluate(trade, market)
    for name in ("value", "greeks.delta", "greeks.gamma", "greeks.theta_per_day", "greeks.vega_per_point"):
        *_, field = name.split(".")
        parts = [getattr(leg.greeks if "." in name else leg, field) for leg in report.legs]
        whole = getattr(report.greeks if "." in name else report, field)
        assert whole == pytest.approx(sum(parts), rel=1e-12, abs=1e-9)


@given(trade=trades(), market=markets())
def test_both_sides_of_a_trade_cancel(trade, market):
    other_side = dataclasses.replace(
        trade, legs=tuple(dataclasses.replace(leg, side=type(leg.side)(-leg.side)) for leg in trade.legs)
    )
    mine = value_position(enter_at_model(trade, market), market, days=[0, 30], vol_shift=0.02)
    theirs = value_position(enter_at_model(other_side, market), market, days=[0, 30], vol_shift=0.02)
    for our, their in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(our, -their, atol=1e-9)


def test_the_published_vector_of_one_contract():
    """NUMERICS, "A vector to start from": 220/235, 60 days, 4.5%, yield 1.2%, vol 22%."""
    trade = call_spread(EUROPEAN_IWM, long_strike=220, short_strike=235, expiry=TODAY + dt.timedelta(days=60))
    report = evaluate(trade, MARKET)
    assert [leg.price for leg in report.legs] == pytest.approx([8.39778, 2.988333], abs=5e-6)
    assert report.value == pytest.approx(540.94, abs=5e-3)
    assert report.greeks.delta == pytest.approx(27.84, abs=5e-3)
    assert report.greeks.gamma == pytest.approx(0.358, abs=5e-4)
    assert report.greeks.vega_per_point == pytest.approx(6.27, abs=5e-3)
    assert report.greeks.theta_per_day == pytest.approx(-1.637, abs=5e-4)


def test_broadcasts_spots_days_and_shifts():
    trade = enter_at_model(call_spread("IWM", long_strike=220, short_strike=235, expiry=NEAR), MARKET)
    grid = value_position(trade, MARKET, spot=np.arange(200.0, 240)[:, None, None], days=[[0], [30]])
    assert grid.value.shape == grid.delta.shape == (40, 2, 1)


def test_after_its_expiry_a_leg_is_worth_its_intrinsic_value():
    trade = enter_at_model(call_spread("IWM", long_strike=220, short_strike=235, expiry=NEAR), MARKET)
    assert worth(trade, MARKET, spot=230, days=60) == worth(trade, MARKET, spot=230, days=90) == 1000


def test_the_premium_sets_the_vol_that_reprices_the_leg():
    option = long_option("IWM", option_type=OptionType.CALL, strike=220, expiry=NEAR, vol=0.31)
    premium = evaluate(option, MARKET).legs[0].price
    given_premium = long_option("IWM", option_type=OptionType.CALL, strike=220, expiry=NEAR, premium=premium)
    report = evaluate(given_premium, MARKET)
    assert report.legs[0].vol == pytest.approx(0.31, abs=1e-12)
    assert report.value == pytest.approx(report.net_debit, rel=1e-12)


def test_a_given_vol_is_kept_beside_a_given_premium():
    option = long_option("IWM", option_type=OptionType.CALL, strike=220, expiry=NEAR, premium=9.0, vol=0.22)
    report = evaluate(option, MARKET)
    assert report.net_debit == 900
    assert report.value != pytest.approx(900, abs=1)


@pytest.mark.parametrize(
    ("trade", "says"),
    [
        (
            long_option("IWM", option_type=OptionType.CALL, strike=200, expiry=NEAR, premium=5.0),
            r"\+1 call 200 2026-09-18: no vol reproduces the premium 5: premium is below",
        ),
        (
            long_option("IWM", option_type=OptionType.PUT, strike=220, expiry=dt.date(2026, 7, 17)),
            "expiry must not be before the market date 2026-07-20",
        ),
        (shares("TNA"), "the market has no quote for TNA; quoted: IWM"),
    ],
)
def test_what_cannot_be_priced_is_named(trade, says):
    with pytest.raises(InvalidInputError, match=says):
        evaluate(trade, MARKET)


@given(trade=trades(), market=markets())
def test_as_it_stands_a_trade_is_worth_what_it_is_at_its_own_spot(trade, market):
    """Whatever was paid for it, and however often it is asked; what is kept cannot be written to."""
    trade = enter_at_model(trade, market)
    stands, asked = value_legs(trade, market), value_legs(trade, market, spot=market.quote("IWM").spot)
    for kept, result in zip(stands, asked, strict=True):
        assert kept == pytest.approx(result, rel=1e-12, abs=1e-12)
        assert not kept.flags.writeable
