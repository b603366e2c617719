"""What a leg says of itself, held against the definitions of its fields."""

import datetime as dt

import pytest

from riskcalc.domain import Costs, LinearLeg, Market, OptionLeg, OptionType, Quote, ShareLeg, Side, instrument

IWM, PAIR = instrument("IWM"), instrument("IWM/SPY")
EXPIRY = dt.date(2026, 9, 18)
COSTS = Costs(commission_per_contract=0.65, commission_per_share=0.01, slippage_per_share=0.02)
CALL = OptionLeg(side=Side.SHORT, option_type=OptionType.CALL, strike=300, expiry=EXPIRY, contracts=2)
SHORT = ShareLeg(side=Side.SHORT, shares=10)
QUOTES = {
    "IWM": Quote(spot=200, vol=0.2, borrow_fee=0.08),
    "SPY": Quote(spot=400, vol=0.15, borrow_fee=0.01),
    "IWM/SPY": Quote(spot=200, vol=0.1),
}
MARKET = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes=QUOTES)


@pytest.mark.parametrize(
    ("leg", "size", "cost"),
    [(CALL, -200, 2 * 0.65), (SHORT, -10, 10 * 0.03), (SHORT.replace(hedge_ratio=0.5), -10, 15 * 0.03)],
)
def test_a_leg_states_its_size_in_shares_and_its_costs_of_a_side(leg, size, cost):
    assert leg.size(IWM) == size
    assert leg.cost_per_side(COSTS) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("leg", "price"),
    [
        (CALL.replace(premium=3.0, spread_cost=0.1), 3.0),
        (SHORT.replace(entry_price=200, spread_cost=0.1), 200),
    ],
)
def test_a_leg_without_prices_is_the_same_leg(leg, price):
    bare = leg.without_prices()
    assert (leg.entry, bare.entry, bare.spread_cost) == (price, None, 0.0)
    assert bare.replace(**{leg.entry_name: price}, spread_cost=0.1) == leg


def test_shares_enter_at_the_spot_and_a_pair_in_equal_dollars():
    assert (SHORT.entered(IWM, MARKET).entry_price, SHORT.entered(IWM, MARKET).hedge_ratio) == (200, None)
    pair = ShareLeg(side=Side.LONG).entered(PAIR, MARKET)
    assert pair.hedge_ratio * QUOTES["SPY"].spot == QUOTES["IWM"].spot
    assert SHORT.replace(entry_price=190).entered(IWM, MARKET).entry_price == 190


@pytest.mark.parametrize(
    ("leg", "underlying", "fee"),
    [
        (SHORT, IWM, 10 * 200 * 0.08),
        (SHORT.replace(side=Side.LONG), IWM, 0.0),
        (ShareLeg(side=Side.LONG, shares=10, hedge_ratio=0.5), PAIR, 10 * 0.5 * 400 * 0.01),
        (SHORT, PAIR, 10 * 200 * 0.08),
    ],
)
def test_the_fund_that_is_sold_costs_its_borrow_fee(leg, underlying, fee):
    assert leg.carry_cost(underlying, MARKET) == pytest.approx(fee)


def test_every_leg_but_an_option_is_a_line_in_the_spot():
    assert isinstance(SHORT, LinearLeg)
    assert not isinstance(CALL, LinearLeg)
    assert SHORT.line == (1.0, 0.0)
    assert SHORT.capital(margin_per_share=100) == 1_000
