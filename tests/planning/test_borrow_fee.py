"""What the fee of shares sold short takes: of the ladder, R, the breakeven, theta and the expected P&L."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from riskcalc.analysis import enter_at_model, payoff, value_position
from riskcalc.domain import (
    Account,
    ExitPlan,
    Market,
    OptionLeg,
    OptionType,
    Quote,
    ShareLeg,
    Side,
    Target,
    Trade,
    instrument,
    shares,
)
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.planning import plan
from riskcalc.presets import load_preset, plan_preset
from tests.strategies import TODAY

FEE, SPOT, DAYS = 0.12, 60.0, 73
MARKET = Market(date=TODAY, rate=0.04, quotes={"TNA": Quote(spot=SPOT, vol=0.5, borrow_fee=FEE)})
FREE = Market(date=TODAY, rate=0.04, quotes={"TNA": Quote(spot=SPOT, vol=0.5)})
SHORT = shares("TNA", shares=10, side=Side.SHORT)
EXITS = ExitPlan(stop=0.12, targets=(Target(move=0.2),), holding_days=DAYS)
ACCOUNT = Account(equity=100_000)
WHOLE = 10 * SPOT * FEE * DAYS / 365
"""What one unit pays by the time stop [dollars]."""


def test_every_rung_of_the_ladder_pays_what_has_accrued():
    with_fee, without = (plan(SHORT, market, ACCOUNT, EXITS) for market in (MARKET, FREE))
    spots = {row.spot for row in without.ladder}
    for row in with_fee.ladder:
        if row.spot in spots:
            free = next(one for one in without.ladder if (one.spot, one.date) == (row.spot, row.date))
            accrued = WHOLE * (row.date - TODAY).days / DAYS
            assert row.pnl == pytest.approx(free.pnl - accrued, abs=1e-9)


def test_one_r_and_the_r_of_targets_hold_the_fee():
    result = plan(SHORT, MARKET, ACCOUNT, EXITS)
    assert result.size.loss_per_unit == pytest.approx(10 * SPOT * 0.12 + WHOLE)
    (target,) = result.targets.outcomes
    assert target.pnl_per_unit == pytest.approx(10 * SPOT * 0.2 - WHOLE)


def test_the_breakeven_is_where_the_time_stop_breaks_even():
    result = plan(SHORT, MARKET, ACCOUNT, EXITS)
    (level,) = result.report.breakevens
    assert level == pytest.approx(SPOT * (1 - FEE * DAYS / 365))
    row = next(row for row in result.ladder if "breakeven" in row.label and row.when == "time stop")
    assert row.pnl == pytest.approx(0, abs=1e-9)
    assert result.report.max_profit == pytest.approx(10 * SPOT - WHOLE)


def test_theta_is_the_fee_of_a_day():
    result = plan(SHORT, MARKET, ACCOUNT, EXITS)
    now, later = (float(value_position(SHORT, MARKET, days=days).value) for days in (0.0, 1.0))
    assert result.report.greeks.theta_per_day == pytest.approx(later - now, rel=1e-9)
    assert result.report.borrow_fee_per_day == pytest.approx(now - later, rel=1e-9)
    assert result.to_dict()["price"]["borrow_fee_per_day"] == pytest.approx(10 * SPOT * FEE / 365)


def test_a_fairly_priced_short_expects_to_lose_the_fee():
    """No stop is reached: what is left is the fee at the time stop, discounted."""
    far = ExitPlan(stop=0.999, holding_days=DAYS)
    quiet = MARKET.with_quote("TNA", vol=0.05)
    result = plan(SHORT, quiet, ACCOUNT, far)
    assert result.managed.expected_pnl == pytest.approx(-WHOLE * math.exp(-0.04 * DAYS / 365), rel=1e-4)


def test_with_exits_it_expects_the_fee_of_the_days_held():
    exits = ExitPlan(stop=0.12, targets=(Target(move=0.2),), holding_days=DAYS)
    result = plan(SHORT, MARKET, ACCOUNT, exits)
    per_day = result.report.borrow_fee_per_day
    assert result.managed.expected_pnl == pytest.approx(-per_day * result.managed.expected_days, rel=0.01)


def test_shares_that_are_bought_pay_none():
    bought = shares("TNA", shares=10)
    with_fee, without = (plan(bought, market, ACCOUNT, EXITS) for market in (MARKET, FREE))
    assert with_fee.ladder == without.ladder
    assert with_fee.managed == without.managed
    assert with_fee.report.borrow_fee_per_day == 0


def test_short_shares_beside_a_call_pay_up_to_the_expiry():
    expiry = TODAY + dt.timedelta(days=60)
    call = OptionLeg(side=Side.LONG, option_type=OptionType.CALL, strike=60, expiry=expiry)
    trade = Trade(instrument=instrument("TNA"), legs=(ShareLeg(side=Side.SHORT, shares=100), call))
    with_fee, without = (
        payoff.facts(enter_at_model(trade, market), market=market) for market in (MARKET, FREE)
    )
    fee = 100 * SPOT * FEE * 60 / 365
    assert with_fee.max_loss == pytest.approx(without.max_loss + fee)
    assert with_fee.max_profit == pytest.approx(without.max_profit - fee)
    assert with_fee.breakevens == pytest.approx([level - fee / 100 for level in without.breakevens])


@pytest.mark.parametrize(("side", "lender", "other"), [("long", "SPY", "IWM"), ("short", "IWM", "SPY")])
def test_a_pair_pays_for_the_fund_it_sells(side, lender, other):
    about = {"trade.legs.0.side": side, f"market.quotes.{other}.borrow_fee": "30%"}
    free = plan_preset("iwm-spy-pair", about)
    assert free.report.borrow_fee_per_day == 0
    result = plan_preset("iwm-spy-pair", about | {f"market.quotes.{lender}.borrow_fee": "5%"})
    assert result.report.borrow_fee_per_day == pytest.approx(295.39 * 0.05 / 365)
    more = result.size.loss_per_unit - free.size.loss_per_unit
    assert more == pytest.approx(295.39 * 0.05 * 60 / 365)
    assert result.managed.expected_pnl < free.managed.expected_pnl - 0.5 * more


def test_presets_say_it():
    result = load_preset("tna-momentum", {"market.quotes.TNA.borrow_fee": "8%"})
    assert result.market.quote("TNA").borrow_fee == 0.08
    assert load_preset("tna-momentum").market.quote("TNA").borrow_fee == 0


@pytest.mark.parametrize("written", ["-1%", 8, "much"])
def test_a_fee_out_of_range_is_refused(written):
    with pytest.raises(PresetError, match=r"market\.quotes\.TNA\.borrow_fee must be like"):
        load_preset("tna-momentum", {"market.quotes.TNA.borrow_fee": written})


def test_a_quote_refuses_a_negative_fee():
    with pytest.raises(InvalidInputError, match="borrow_fee must be"):
        Quote(spot=60, vol=0.5, borrow_fee=-0.01)
