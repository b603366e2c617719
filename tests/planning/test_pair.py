"""A pair of funds: its quote, its P&L as that of two real positions, and what equal dollars leave."""

import csv
import dataclasses
import datetime as dt
import math

import numpy as np
import pytest

import riskcalc as rc
from riskcalc.analysis import first_passage, value_position
from riskcalc.domain import CheckStatus, Costs, Scenario, shares
from riskcalc.errors import InvalidInputError
from riskcalc.planning import evaluate, plan, stress
from riskcalc.sizing import buying_power
from tests.outside import reference_file

DAY = dt.date(2026, 7, 20)
IWM, SPY = rc.Quote(spot=300.0, vol=0.20), rc.Quote(spot=750.0, vol=0.14)
PAIR = rc.pair_quote(IWM, SPY, correlation=0.85)
MARKET = rc.Market(date=DAY, rate=0.04, quotes={"IWM": IWM, "SPY": SPY, "IWM/SPY": PAIR})
EXITS = rc.ExitPlan(
    stop=0.04,
    targets=(rc.Target(move=0.04, fraction=0.5), rc.Target(move=0.08, fraction=0.5)),
    holding_days=60,
)
ACCOUNT = rc.Account(equity=100_000, costs=Costs(slippage_per_share=0.01, commission_per_share=0.005))
LONG, SHORT = shares("IWM/SPY"), shares("IWM/SPY", side=rc.Side.SHORT)


def checks(found):
    return {check.name: check for check in found.checks}


def closes():
    """Adjusted closes of both funds, day by day, 2008 to 2014."""
    with reference_file("05_leveraged_etf_prices/adjusted_close_wide.csv").open() as file:
        rows = [(float(row["IWM"]), float(row["SPY"])) for row in csv.DictReader(file) if row["IWM"]]
    return np.array(rows)


class TestQuote:
    def test_its_vol_is_that_of_the_difference_of_real_returns(self):
        returns = np.diff(np.log(closes()), axis=0)
        vols = returns.std(axis=0) * math.sqrt(252)
        correlation = float(np.corrcoef(returns.T)[0, 1])
        held, sold = (rc.Quote(spot=100.0, vol=float(vol)) for vol in vols)
        result = rc.pair_quote(held, sold, correlation=correlation)
        difference = (returns[:, 0] - returns[:, 1]).std() * math.sqrt(252)
        assert result.vol == pytest.approx(difference, rel=1e-12)
        assert 0.08 < result.vol < 0.13

    @pytest.mark.parametrize(
        ("correlation", "vol"), [(1.0, 0.06), (-1.0, 0.34), (0.0, math.hypot(0.2, 0.14))]
    )
    def test_its_limits(self, correlation, vol):
        assert rc.pair_quote(IWM, SPY, correlation=correlation).vol == pytest.approx(vol)

    @pytest.mark.parametrize("correlation", [1.01, -1.01, math.nan])
    def test_a_correlation_outside_its_range_is_refused(self, correlation):
        with pytest.raises(InvalidInputError, match="correlation must be a number from -1 to 1, got"):
            rc.pair_quote(IWM, SPY, correlation=correlation)


@pytest.mark.parametrize("trade", [LONG, SHORT])
def test_its_pnl_is_that_of_both_positions_on_real_prices(trade):
    """Bought and sold on one day, bought back 42 sessions later: the account against our one number."""
    prices = closes()
    for start in range(0, len(prices) - 42, 97):
        before, after = prices[start], prices[start + 42]
        quotes = [rc.Quote(spot=float(price), vol=0.2) for price in before]
        market = dataclasses.replace(
            MARKET,
            quotes={"IWM": quotes[0], "SPY": quotes[1], "IWM/SPY": rc.pair_quote(*quotes, correlation=0.9)},
        )
        (leg,) = evaluate(trade, market).trade.share_legs
        earned = leg.signed_shares * ((after[0] - before[0]) - leg.hedge_ratio * (after[1] - before[1]))
        move = after[0] / before[0] - after[1] / before[1]
        worth = value_position(trade, market, spot=before[0] * (1 + move)).value
        assert float(worth) - trade.share_legs[0].side * before[0] == pytest.approx(earned, abs=1e-9)


def test_its_ladder_and_r_follow_the_difference():
    result = plan(LONG, MARKET, ACCOUNT, EXITS)
    one_r = 300 * 0.04 + result.cost_per_unit
    assert result.size.loss_per_unit == pytest.approx(one_r)
    assert result.size.units == math.floor(1000 / one_r)
    for row in result.ladder:
        move = {"stop -4%": -0.04, "target +4%": 0.04, "target +8%": 0.08}.get(row.label, 0.0)
        assert row.pnl == pytest.approx(300 * move)
    assert result.report.max_loss == result.report.max_profit == math.inf


def test_both_funds_pay_costs_and_margin():
    result = plan(LONG, MARKET, ACCOUNT, EXITS)
    assert result.cost_per_unit == pytest.approx(2 * 0.015 * (1 + 300 / 750))
    # Reg T: half of what is held, and half beyond the proceeds of what is sold short.
    assert buying_power(LONG, spot=300.0, max_loss=math.inf) == pytest.approx(0.5 * 300 + 0.5 * 300)


@pytest.mark.parametrize("rate", [0.0, 0.04, 0.10])
@pytest.mark.parametrize("correlation", [0.5, 0.85, 0.97])
def test_under_the_neutral_view_it_expects_its_costs_whatever_the_rate(rate, correlation):
    quote = rc.pair_quote(IWM, SPY, correlation=correlation)
    market = dataclasses.replace(MARKET, rate=rate).with_quote("IWM/SPY", vol=quote.vol)
    result = plan(LONG, market, ACCOUNT, EXITS)
    assert result.managed.expected_pnl == pytest.approx(-result.cost_per_unit, abs=2e-3)


def test_a_fee_of_holding_it_is_expected_to_be_paid():
    exits = rc.ExitPlan(stop=0.5, holding_days=73)
    charged = plan(LONG, MARKET.with_quote("IWM/SPY", dividend_yield=-0.05), ACCOUNT, exits)
    free = plan(LONG, MARKET, ACCOUNT, exits)
    assert charged.managed.expected_pnl - free.managed.expected_pnl == pytest.approx(0.0, abs=2e-3)
    stay = rc.View(drift=0.0)
    charged = plan(LONG, MARKET.with_quote("IWM/SPY", dividend_yield=-0.05), ACCOUNT, exits, view=stay)
    free = plan(LONG, MARKET, ACCOUNT, exits, view=stay)
    cost = charged.managed.expected_pnl - free.managed.expected_pnl
    assert cost == pytest.approx(300 * math.expm1(-0.05 * 0.2), abs=0.02)


def test_its_odds_are_a_first_passage_of_the_difference():
    result = plan(LONG, MARKET, ACCOUNT, EXITS)
    race = first_passage(spot=1.0, lower=0.96, upper=1.04, vol=PAIR.vol, drift=0.0, horizon=60 / 365)
    assert result.odds.stop_first == pytest.approx(float(race.lower_first), abs=1e-9)
    assert result.odds.target_first == pytest.approx(float(race.upper_first), abs=1e-9)


def test_whole_shares_of_both_funds():
    result = plan(LONG, MARKET, ACCOUNT, EXITS)
    pair = result.pair
    assert (pair.bought, pair.sold) == ("IWM", "SPY")
    assert pair.bought_shares == result.size.units
    assert pair.sold_shares == round(result.size.units * 300 / 750)
    assert pair.bought_dollars == 300 * pair.bought_shares
    assert pair.net_dollars == 300 * pair.bought_shares - 750 * pair.sold_shares
    assert result.to_dict()["pair"]["net_dollars"] == pair.net_dollars
    assert checks(result)["equal dollars"].status is CheckStatus.OK


def test_a_short_pair_holds_the_second_fund():
    result = plan(SHORT, MARKET, ACCOUNT, EXITS)
    long = plan(LONG, MARKET, ACCOUNT, EXITS)
    pair = result.pair
    assert (pair.bought, pair.sold) == ("SPY", "IWM")
    assert (pair.sold_shares, pair.bought_shares) == (long.pair.bought_shares, long.pair.sold_shares)
    assert pair.beta_dollars == pytest.approx(-long.pair.beta_dollars)
    assert result.side is rc.Side.SHORT


def test_the_vols_imply_correlation_and_beta():
    pair = plan(LONG, MARKET, ACCOUNT, EXITS).pair
    assert pair.correlation == pytest.approx(0.85)
    assert pair.beta == pytest.approx(0.85 * 0.20 / 0.14)
    assert pair.beta_dollars == pytest.approx(pair.beta * pair.bought_dollars - pair.sold_dollars)


def test_few_units_leave_dollars_open_and_the_plan_warns():
    small = dataclasses.replace(ACCOUNT, equity=4_000)
    result = plan(LONG, MARKET, small, EXITS)
    assert result.pair.bought_shares == 3
    assert result.pair.sold_shares == 1
    assert checks(result)["equal dollars"].status is CheckStatus.WARN
    assert (
        "3 IWM for $900.00 against 1 SPY for $750.00: 16.7% of a side"
        in checks(result)["equal dollars"].message
    )


def test_a_high_beta_is_said_and_warned_of_beyond_the_budget():
    calm = checks(plan(LONG, MARKET, ACCOUNT, EXITS))["market beta"]
    assert calm.status is CheckStatus.OK
    assert "IWM moves 1.21 times SPY: SPY -5% alone loses" in calm.message
    wild = MARKET.with_quote("IWM", vol=0.45)
    wild = wild.with_quote("IWM/SPY", vol=rc.pair_quote(wild.quote("IWM"), SPY, correlation=0.9).vol)
    assert checks(plan(LONG, wild, ACCOUNT, EXITS))["market beta"].status is CheckStatus.WARN


def test_vols_that_contradict_each_other_have_no_beta():
    result = plan(LONG, MARKET.with_quote("IWM/SPY", vol=0.50), ACCOUNT, EXITS)
    assert (result.pair.beta, result.pair.correlation, result.pair.beta_dollars) == (None, None, None)
    check = checks(result)["market beta"]
    assert check.status is CheckStatus.WARN
    assert check.message == "the vols of IWM, SPY and IWM/SPY are inconsistent: no beta"


@pytest.mark.parametrize(
    ("moves", "move", "note"),
    [
        ({"IWM": -0.08, "SPY": -0.03}, -0.05, "IWM -8% less SPY -3%: IWM as stated; SPY as stated"),
        ({"IWM/SPY": -0.02, "IWM": 0.5}, -0.02, "IWM/SPY as stated"),
        (
            {"TNA": -0.15, "SPY": -0.02},
            -0.03,
            "IWM -5% less SPY -2%: IWM -5% follows from TNA -15% at +3x; SPY",
        ),
        (
            {"IWM": -0.05},
            -0.05,
            "IWM -5% less SPY +0%: IWM as stated; the scenario gives no move for SPY: taken as unchanged",
        ),
        ({}, 0.0, "IWM +0% less SPY +0%: no price moves"),
    ],
)
def test_a_scenario_moves_it_by_the_difference(moves, move, note):
    result = plan(LONG, MARKET, ACCOUNT, EXITS)
    (row,) = stress(result, [Scenario(name="s", meaning="m", moves=moves, rate_shift=0.01)], account=ACCOUNT)
    assert row.move == pytest.approx(move)
    assert row.note.startswith(note)
    assert row.pnl == pytest.approx(300 * move - result.cost_per_unit)


def test_what_a_pair_cannot_be_is_said():
    with pytest.raises(InvalidInputError, match="IWM/SPY is a pair of funds: it has shares but no options"):
        rc.call_spread("IWM/SPY", long_strike=300, short_strike=310, expiry=dt.date(2026, 9, 18))
    with pytest.raises(InvalidInputError, match="symbol of a pair must end in /SPY, got 'IWMSPY'"):
        rc.Instrument(symbol="IWMSPY", against="SPY")
    alone = dataclasses.replace(MARKET, quotes={"IWM": IWM, "IWM/SPY": PAIR})
    with pytest.raises(InvalidInputError, match="the market has no quote for SPY; quoted: IWM, IWM/SPY"):
        evaluate(LONG, alone)


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"market.quotes.IWM/SPY.correlation": 1.2}, "correlation must be a number from -1 to 1, like 0.85"),
        ({"market.quotes.IWM/SPY.correlation": None}, "must have one of vol and correlation"),
        ({"market.quotes.SPY": None}, "market.quotes must hold SPY: IWM/SPY is IWM against SPY"),
        ({"market.quotes.IWM/SPY": None}, "market.quotes.IWM/SPY is missing: the trade is on it"),
        ({"market.quotes.IWM.correlation": 0.5}, "market.quotes.IWM.correlation is for pairs, like IWM/SPY"),
        ({"market.quotes.SPY.spot": None}, "market.quotes.SPY.spot is missing: price of one share"),
    ],
)
def test_a_preset_that_lacks_something_is_refused(overrides, says):
    with pytest.raises(rc.PresetError, match=says.replace("(", r"\(")):
        rc.load_preset("iwm-spy-pair", overrides)


def test_the_preset_follows_its_funds():
    usual = rc.load_preset("iwm-spy-pair").market.quote("IWM/SPY")
    assert usual.spot == 295.39
    assert usual.vol == pytest.approx(math.sqrt(0.2**2 + 0.14**2 - 2 * 0.85 * 0.2 * 0.14))
    moved = rc.load_preset("iwm-spy-pair", {"market.quotes.IWM.spot": 300, "market.quotes.IWM.vol": "25%"})
    quote = moved.market.quote("IWM/SPY")
    assert (quote.spot, quote.vol > usual.vol) == (300, True)
    stated = rc.load_preset("iwm-spy-pair", {"market.quotes.IWM/SPY.vol": "12%"})
    assert stated.market.quote("IWM/SPY").vol == pytest.approx(0.12)
