"""What a trade that is held into its expiry may leave: shares, cash, and the warning of them."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given

from riskcalc.analysis import enter_at_model, payoff
from riskcalc.analysis.exercise import deliveries
from riskcalc.domain import (
    Account,
    CheckStatus,
    ExitPlan,
    Market,
    OptionLeg,
    OptionType,
    Quote,
    Side,
    Trade,
    View,
    call_spread,
    covered_call,
    instrument,
    iron_condor,
    protective_put,
    shares,
)
from riskcalc.planning import plan
from tests.strategies import TODAY, markets, trades

EXPIRY = dt.date(2026, 9, 18)
QUOTES = {
    "IWM": Quote(spot=295.0, vol=0.2),
    "RUT": Quote(spot=2_930.0, vol=0.2, dividend_yield=0.011),
}
MARKET = Market(date=TODAY, rate=0.04, quotes=QUOTES)
SPREAD = call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY)
NEUTRAL = View.neutral()


def check(trade, *, equity=1_000_000, **exits):
    result = plan(trade, MARKET, Account(equity=equity), ExitPlan(stop=0.06, **exits))
    return result, next((check for check in result.checks if check.name == "pin risk"), None)


def test_a_spread_held_into_its_expiry_is_told_what_it_may_bring():
    result, warned = check(SPREAD)
    units = result.size.units
    (between,) = deliveries(result.report.trade, result.report.market, view=NEUTRAL)
    assert (between.low, between.high, between.shares, between.cash) == (295, 325, 100, -29_500)
    assert warned.status is CheckStatus.WARN
    for part in (
        f"P(IWM between 295 and 325) {between.chance:.1%}",
        f"{100 * units:,} shares bought for ${29_500 * units:,.2f}",
        "equity is $1,000,000.00",
        "16:00 New York",
        "17:30",
    ):
        assert part in warned.message
    assert result.to_dict()["checks"][-1]["status"] == "warn"


def test_the_chance_is_that_of_simulated_ends():
    (between,) = deliveries(enter_at_model(SPREAD, MARKET), MARKET, view=NEUTRAL)
    time = (EXPIRY - TODAY).days / 365
    draws = np.random.default_rng(3).standard_normal(400_000)
    ends = 295 * np.exp((0.04 - 0.02) * time + 0.2 * math.sqrt(time) * draws)
    assert between.chance == pytest.approx(np.mean((ends > 295) & (ends < 325)), abs=0.003)


@pytest.mark.parametrize("exits", [{"close_dte": 1}, {"holding_days": 5}])
def test_a_trade_closed_before_has_none(exits):
    assert check(SPREAD, **exits)[1] is None


def test_a_time_stop_on_the_expiry_is_no_way_out_of_it():
    assert check(SPREAD, holding_days=(EXPIRY - TODAY).days)[1].status is CheckStatus.WARN


def test_shares_have_none():
    assert check(shares("IWM"), holding_days=30)[1] is None


def test_cash_settled_options_bring_no_shares():
    _, told = check(call_spread("RUT", long_strike=2930, short_strike=3000, expiry=EXPIRY))
    assert told.status is CheckStatus.OK
    assert "settle in cash, not in shares" in told.message


@pytest.mark.parametrize(
    "trade",
    [
        covered_call("IWM", strike=310, expiry=EXPIRY),
        protective_put("IWM", strike=280, expiry=EXPIRY),
    ],
)
def test_options_that_only_close_the_own_shares_leave_none(trade):
    assert deliveries(enter_at_model(trade, MARKET), MARKET, view=NEUTRAL) == ()


def test_each_wing_of_a_condor_is_told():
    condor = iron_condor(
        "IWM",
        put_long_strike=270,
        put_short_strike=280,
        call_short_strike=310,
        call_long_strike=320,
        expiry=EXPIRY,
    )
    result = deliveries(enter_at_model(condor, MARKET), MARKET, view=NEUTRAL)
    assert [(check.low, check.high, check.shares, check.cash) for check in result] == [
        (270, 280, 100, -28_000),
        (310, 320, -100, 31_000),
    ]


def test_a_sold_put_is_assigned_below_its_strike():
    leg = OptionLeg(side=Side.SHORT, option_type=OptionType.PUT, strike=280, expiry=EXPIRY)
    put = Trade(instrument=instrument("IWM"), legs=(leg,))
    (below,) = deliveries(enter_at_model(put, MARKET), MARKET, view=NEUTRAL)
    assert (below.low, below.high, below.shares, below.cash) == (0, 280, 100, -28_000)
    _, warned = check(put, equity=10_000_000)
    assert "P(IWM below 280)" in warned.message


@given(trade=trades(), market=markets())
def test_shares_and_cash_are_the_payoff(trade, market):
    """What is delivered, valued where the spot ends, is what the options pay there."""
    entered = enter_at_model(trade, market)
    if trade.instrument.symbol == "RUT" or len(trade.expiries) != 1:
        return
    total = 0.0
    paid = payoff.net_debit(entered)
    held = sum(trade.leg_size(leg) for leg in trade.share_legs)
    for delivery in deliveries(entered, market, view=NEUTRAL):
        total += delivery.chance
        spot = (delivery.low + delivery.high) / 2 if delivery.high < math.inf else delivery.low + 1
        worth = (held + delivery.shares) * spot + delivery.cash
        assert payoff.pnl_at_expiry(entered, spot=spot) == pytest.approx(worth - paid, abs=1e-6 * spot * 100)
    assert total <= 1 + 1e-9
