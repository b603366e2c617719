from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis import value_position
from riskcalc.domain import (
    Account,
    CheckStatus,
    Costs,
    EntryRules,
    ExitPlan,
    Market,
    OptionType,
    Quote,
    RiskBasis,
    RiskLimits,
    Side,
    Target,
    Trade,
    TradePlan,
    Trigger,
    View,
    call_credit_spread,
    call_spread,
    iron_condor,
    long_option,
    put_spread,
    shares,
)
from riskcalc.planning import plan
from tests.strategies import TODAY, markets, trades

EXPIRY = dt.date(2026, 9, 18)
QUOTES = {
    "IWM": Quote(spot=295.0, vol=0.2, dividend_yield=0.011),
    "TNA": Quote(spot=60.0, vol=0.6),
    "RUT": Quote(spot=2_930.0, vol=0.2, dividend_yield=0.011),
}
MARKET = Market(date=TODAY, rate=0.04, quotes=QUOTES)
ACCOUNT = Account(equity=100_000, costs=Costs(commission_per_contract=0.65))
TARGETS = (Target(move=0.10, fraction=0.5), Target(move=0.15, fraction=0.5))
EXITS = ExitPlan(stop=0.06, targets=TARGETS, close_dte=21, vol_shift=0.03)
SPREAD = call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY, long_vol=0.2, short_vol=0.17)
SHARE_EXITS = ExitPlan(stop=0.06, targets=TARGETS, holding_days=60)


def check(found: TradePlan, name: str):
    return next((check for check in found.checks if check.name == name), None)


class TestSpread:
    found = plan(SPREAD, MARKET, ACCOUNT, EXITS)

    def test_is_sized_by_its_maximum_loss_and_costs(self):
        size = self.found.size
        assert size.basis == "max_loss"
        assert size.loss_per_unit == pytest.approx(self.found.report.max_loss + 4 * 0.65)
        assert size.units == math.floor(1000 / size.loss_per_unit) == 1

    def test_ladder_rows_are_the_positions_own_values(self):
        entered = self.found.report.trade
        for row in self.found.ladder:
            shift = 0.03 if row.label.startswith("stop") else 0.0
            days = (row.date - TODAY).days
            value = float(value_position(entered, MARKET, spot=row.spot, days=days, vol_shift=shift).value)
            assert row.value == pytest.approx(value, abs=1e-9)
            assert row.pnl == pytest.approx(value - self.found.report.net_debit, abs=1e-9)
            assert row.r_multiple == pytest.approx(row.pnl / self.found.size.loss_per_unit)

    def test_ladder_has_every_level_and_date(self):
        labels = {row.label for row in self.found.ladder}
        assert labels == {
            "stop -6%",
            "spot, strike 295",
            "target +10%",
            "target +15%",
            "strike 325",
            "breakeven",
        }
        whens = [row.when for row in self.found.ladder][:5]
        assert whens == ["today", "+13d", "+26d", "time stop", "expiry"]
        spots = [row.spot for row in self.found.ladder]
        assert spots == sorted(spots, reverse=True)

    def test_at_expiry_the_ladder_is_the_payoff(self):
        at_expiry = {row.label: row.pnl for row in self.found.ladder if row.when == "expiry"}
        assert at_expiry["breakeven"] == pytest.approx(0, abs=1e-9)
        assert at_expiry["target +15%"] == pytest.approx(self.found.report.max_profit)
        assert at_expiry["stop -6%"] == pytest.approx(-self.found.report.max_loss)

    def test_theta_to_the_time_stop_is_the_exact_change_of_value(self):
        theta = self.found.theta
        row = next(r for r in self.found.ladder if r.label.startswith("spot") and r.when == "time stop")
        assert theta.to_time_stop == pytest.approx(row.pnl, abs=1e-9)
        assert theta.per_day == self.found.report.greeks.theta_per_day
        assert theta.debit_share_per_day == pytest.approx(theta.per_day / self.found.report.net_debit)

    def test_the_sold_call_saves_theta_against_the_bought_one_alone(self):
        theta = self.found.theta
        naked = long_option("IWM", option_type=OptionType.CALL, strike=295, expiry=EXPIRY, vol=0.2)
        alone = plan(naked, MARKET, ACCOUNT, EXITS).theta
        assert theta.long_legs_per_day == pytest.approx(alone.per_day)
        assert theta.offset_per_day == pytest.approx(theta.per_day - alone.per_day)
        assert theta.offset_per_day > 0
        assert alone.offset_per_day is None

    def test_the_stop_is_the_worst_day_up_to_the_time_stop(self):
        last = next(r for r in self.found.ladder if r.label == "stop -6%" and r.when == "time stop")
        assert self.found.size.loss_at_stop == pytest.approx(-last.pnl + 2.6)

    def test_gap_lines_price_the_opening(self):
        gaps = self.found.gaps
        assert [gap.move for gap in gaps] == [-0.07, -0.09]
        for gap in gaps:
            value = value_position(
                self.found.report.trade, MARKET, spot=295 * (1 + gap.move), vol_shift=0.03
            ).value
            assert gap.loss_per_unit == pytest.approx(self.found.report.net_debit - float(value) + 2.6)
        gap = gaps[-1]
        assert self.found.size.loss_at_gap == pytest.approx(gap.loss_per_unit * self.found.size.units)


class TestTargets:
    """Gains at the targets on the worst day, whole units closed, and what they add up to."""

    account = dataclasses.replace(ACCOUNT, equity=300_000)
    found = plan(SPREAD, MARKET, account, EXITS)

    def test_units_are_closed_whole(self):
        assert self.found.size.units == 3
        assert [outcome.units for outcome in self.found.targets.outcomes] == [2, 1]

    def test_a_gain_is_that_of_its_worst_day_after_costs(self):
        days = range(40)
        for outcome in self.found.targets.outcomes:
            worst = min(
                float(
                    value_position(self.found.report.trade, MARKET, spot=outcome.level.spot, days=day).value
                )
                for day in days
            )
            assert outcome.pnl_per_unit == pytest.approx(worst - self.found.report.net_debit - 2.6)
            assert outcome.r_multiple == pytest.approx(outcome.pnl_per_unit / self.found.size.loss_per_unit)

    def test_the_whole_is_the_mean_over_units(self):
        near, far = (outcome.r_multiple for outcome in self.found.targets.outcomes)
        blended = self.found.targets.blended_r
        assert blended == pytest.approx((2 * near + far) / 3)
        assert self.found.targets.break_even_win_rate == pytest.approx(1 / (1 + blended))

    def test_without_units_there_is_nothing_to_blend(self):
        targets = plan(SPREAD, MARKET, Account(equity=50_000), EXITS).targets
        assert targets.blended_r is None
        assert [outcome.units for outcome in targets.outcomes] == [0, 0]

    def test_without_targets_there_are_no_outcomes(self):
        targets = plan(SPREAD, MARKET, ACCOUNT, ExitPlan(stop=0.06)).targets
        assert (targets.outcomes, targets.blended_r) == ((), None)


class TestShares:
    account = dataclasses.replace(ACCOUNT, costs=Costs(slippage_per_share=0.01))
    found = plan(shares("IWM"), MARKET, account, SHARE_EXITS)

    def test_are_sized_by_their_stop(self):
        size = self.found.size
        assert size.basis == "stop"
        assert size.loss_per_unit == pytest.approx(295 * 0.06 + 0.02)
        assert size.units == math.floor(1000 / 17.72)

    def test_have_no_chance_of_profit_and_no_expiry(self):
        answer = self.found.to_dict()
        assert answer["probability"]["profit"] is None
        assert {row["when"] for row in answer["ladder"]} == {"today", "+20d", "+40d", "time stop"}

    def test_gain_the_target_move(self):
        row = next(row for row in self.found.ladder if row.label == "target +10%")
        assert row.pnl == pytest.approx(29.5)

    def test_a_leveraged_fund_is_gapped_by_15_and_25_per_cent(self):
        exits = ExitPlan(stop=0.12, targets=(Target(move=0.2),), holding_days=28)
        result = plan(shares("TNA"), MARKET, ACCOUNT, exits)
        assert [gap.move for gap in result.gaps] == [-0.15, -0.25]
        assert result.gaps[1].loss_per_unit == pytest.approx(15)
        assert check(result, "gap").status is CheckStatus.WARN

    def test_a_short_sale_stops_above_and_gains_below(self):
        result = plan(shares("IWM", side=Side.SHORT), MARKET, ACCOUNT, SHARE_EXITS)
        assert result.side is Side.SHORT
        assert result.stop.spot == pytest.approx(295 * 1.06)
        assert result.targets.outcomes[0].level.spot == pytest.approx(295 * 0.9)
        assert result.size.loss_per_unit == pytest.approx(17.7)

    def test_an_entry_price_anchors_stop_and_targets(self):
        result = plan(shares("IWM", entry_price=280), MARKET, ACCOUNT, SHARE_EXITS)
        assert result.stop.spot == pytest.approx(280 * 0.94)


@pytest.mark.parametrize(
    ("limits", "binding", "units"),
    [
        ({}, "risk budget", 56),
        ({"max_position_fraction": 0.05}, "position size", 16),
        ({"max_heat_fraction": 0.005}, "portfolio heat", 28),
    ],
)
def test_the_smallest_limit_binds_and_is_named(limits, binding, units):
    account = Account(equity=100_000, limits=RiskLimits(**limits))
    size = plan(shares("IWM"), MARKET, account, SHARE_EXITS).size
    assert (size.binding_limit, size.units) == (binding, units)
    assert dict(size.limits)[binding] == units


def test_buying_power_binds():
    account = Account(equity=100_000, buying_power=3_000)
    size = plan(shares("TNA"), MARKET, account, SHARE_EXITS).size
    assert (size.binding_limit, size.units) == ("buying power", math.floor(3_000 / (60 * 0.75)))


def test_nothing_fits_is_an_answer_with_its_reason():
    result = plan(SPREAD, MARKET, Account(equity=50_000), EXITS)
    assert result.size.units == 0
    assert not result.ok
    assert result.size.reason.startswith("0 units: one unit risks $932.")
    assert result.to_dict()["size"]["units"] == 0


@pytest.mark.parametrize(
    ("option_type", "side", "warned"),
    [
        (OptionType.CALL, Side.SHORT, True),
        (OptionType.PUT, Side.SHORT, False),
        (OptionType.CALL, Side.LONG, False),
    ],
)
def test_a_loss_without_limit_warns(option_type, side, warned):
    """Only a sold call loses without limit: a put's loss ends at its strike."""
    bought = long_option("IWM", option_type=option_type, strike=295, expiry=EXPIRY, vol=0.2)
    held = dataclasses.replace(bought, legs=(dataclasses.replace(bought.legs[0], side=side),))
    result = {check.name: check for check in plan(held, MARKET, ACCOUNT, EXITS).checks}
    assert ("unlimited loss" in result) is warned
    if warned:
        assert result["unlimited loss"].status == "warn"
        assert held.legs[0].label in result["unlimited loss"].message


def test_a_check_that_holds_has_a_brief_word_for_narrow_lines():
    held = plan(SPREAD, MARKET, ACCOUNT, EXITS).checks
    assert all(bool(one.brief) == (one.status == "ok") and len(one.brief) <= 24 for one in held)
    assert {one.name for one in held if one.brief} >= {"risk budget", "heat", "targets"}


def test_an_unlimited_loss_sized_by_max_loss_gives_nothing():
    account = Account(equity=100_000, limits=RiskLimits(risk_basis=RiskBasis.MAX_LOSS))
    result = plan(shares("IWM", side=Side.SHORT), MARKET, account, SHARE_EXITS)
    assert result.size.units == 0
    assert result.to_dict()["price"]["max_loss"] == "unlimited"


@given(stop=st.floats(0.01, 0.5), wider=st.floats(1.0, 1.9))
def test_a_wider_stop_never_sizes_up(stop, wider):
    trades_at_risk = (shares("IWM"), SPREAD)
    account = dataclasses.replace(ACCOUNT, limits=RiskLimits(risk_basis=RiskBasis.STOP, risk_fraction=0.05))
    for trade in trades_at_risk:
        narrow, wide = (
            plan(trade, MARKET, account, ExitPlan(stop=move, holding_days=30)).size
            for move in (stop, min(stop * wider, 0.99))
        )
        assert wide.units <= narrow.units


@given(trade=trades(), market=markets(), stop=st.floats(0.02, 0.3), risk=st.floats(0.001, 0.2))
def test_no_plan_ever_breaks_its_budget(trade, market, stop, risk):
    account = Account(
        equity=250_000, limits=RiskLimits(risk_fraction=risk), costs=Costs(commission_per_trade=1)
    )
    result = plan(trade, market, account, ExitPlan(stop=stop, holding_days=30))
    assert result.size.risk <= result.size.risk_budget * (1 + 1e-9)
    assert result.ok == (result.size.units > 0)
    json.dumps(result.to_dict(), allow_nan=False)


class TestChecks:
    def test_a_stop_wider_than_the_rule_fails(self):
        result = plan(SPREAD, MARKET, ACCOUNT, EXITS, entry=EntryRules(max_stop=0.05))
        assert check(result, "stop width").status is CheckStatus.FAIL
        assert not result.ok

    @pytest.mark.parametrize(
        ("low", "high", "status"),
        [(45, 90, "ok"), (61, 90, "fail"), (None, 59, "fail"), (60, None, "ok")],
    )
    def test_days_to_the_expiry(self, low, high, status):
        result = plan(SPREAD, MARKET, ACCOUNT, EXITS, entry=EntryRules(min_days=low, max_days=high))
        assert check(result, "days").status == status

    @pytest.mark.parametrize(
        ("signals", "status"),
        [
            ({}, "warn"),
            ({"sp500_move": -0.034}, "ok"),
            ({"sp500_move": -0.01}, "warn"),
            ({"sp500_move": -0.01, "ten_year_change_bp": 30}, "ok"),
            ({"sp500_move": -0.03, "ten_year_change_bp": 25}, "fail"),
        ],
    )
    def test_triggers(self, signals, status):
        triggers = (
            Trigger(signal="sp500_move", below=-0.03),
            Trigger(signal="ten_year_change_bp", above=25),
        )
        market = dataclasses.replace(MARKET, signals=signals)
        result = plan(shares("IWM"), market, ACCOUNT, SHARE_EXITS, entry=EntryRules(triggers=triggers))
        assert check(result, "trigger").status == status

    def test_open_heat_is_counted(self):
        account = dataclasses.replace(ACCOUNT, open_risk=5_500)
        assert plan(SPREAD, MARKET, account, EXITS).size.binding_limit == "portfolio heat"

    def test_a_wide_quote_warns(self):
        legs = tuple(dataclasses.replace(leg, spread_cost=0.6) for leg in SPREAD.legs)
        result = plan(dataclasses.replace(SPREAD, legs=legs), MARKET, ACCOUNT, EXITS)
        assert check(result, "quoted width").status is CheckStatus.WARN
        assert result.size.loss_per_unit == pytest.approx(result.report.max_loss + 2.6 + 120)


def test_a_bearish_trade_stops_above_the_spot():
    result = plan(put_spread("IWM", long_strike=295, short_strike=270, expiry=EXPIRY), MARKET, ACCOUNT, EXITS)
    assert result.side is Side.SHORT
    assert result.stop.spot > 295 > result.targets.outcomes[0].level.spot


def test_a_credit_spread_ties_up_its_width_less_the_credit():
    trade = call_credit_spread(
        "IWM", long_strike=325, short_strike=315, expiry=EXPIRY, long_premium=1.0, short_premium=2.5
    )
    result = plan(trade, MARKET, ACCOUNT, EXITS)
    assert result.report.net_debit == pytest.approx(-150)
    assert result.report.max_loss == pytest.approx(850)
    assert result.size.capital == pytest.approx(850 * result.size.units)


def test_the_json_has_every_key_of_the_contract():
    answer = plan(SPREAD, MARKET, ACCOUNT, EXITS).to_dict()
    contract = {
        "trade": {"symbol", "legs"},
        "market": {"date", "rate", "quotes"},
        "price": {"net_debit", "max_loss", "max_profit", "breakevens", "reward_to_risk"},
        "greeks": {"delta", "gamma", "theta_per_day", "vega_per_point", "rho_per_point", "dollar_delta"},
        "probability": {
            "profit",
            "touch_stop",
            "touch_target",
            "stop_first",
            "target_first",
            "neither",
            "expected_pnl",
        },
        "size": {
            "units",
            "risk_budget",
            "risk",
            "risk_fraction",
            "binding_limit",
            "loss_at_stop",
            "loss_at_gap",
        },
    }
    for key, inner in contract.items():
        assert inner <= answer[key].keys()
    assert {"label", "spot", "date", "value", "pnl", "r_multiple"} <= answer["ladder"][0].keys()
    assert {"name", "status", "message"} <= answer["checks"][0].keys()
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def test_an_iron_condor_plans_without_a_direction_of_its_own():
    trade = iron_condor(
        "IWM",
        put_long_strike=265,
        put_short_strike=275,
        call_short_strike=315,
        call_long_strike=325,
        expiry=EXPIRY,
    )
    result = plan(trade, MARKET, ACCOUNT, EXITS)
    assert len(result.report.breakevens) == 2
    assert isinstance(result.report.trade, Trade)


class TestManaged:
    """The plan's odds and its managed outcome, beside each other and in whole units."""

    def test_costs_are_in_the_expectation(self):
        dear = dataclasses.replace(ACCOUNT, costs=Costs(commission_per_contract=5.65))
        cheap, costly = (plan(SPREAD, MARKET, account, EXITS).managed for account in (ACCOUNT, dear))
        assert cheap.expected_pnl - costly.expected_pnl == pytest.approx(4 * 5)

    def test_a_single_unit_leaves_at_the_first_target(self):
        result = plan(SPREAD, MARKET, ACCOUNT, EXITS)
        assert result.size.units == 1
        assert result.managed.prob_targets == (pytest.approx(result.odds.target_first, abs=1e-9), 0.0)

    def test_more_units_leave_part_by_part(self):
        account = dataclasses.replace(ACCOUNT, equity=300_000)
        near, far = plan(SPREAD, MARKET, account, EXITS).managed.prob_targets
        assert near > far > 0

    def test_the_view_moves_both(self):
        neutral, hopeful = (
            plan(shares("IWM"), MARKET, ACCOUNT, SHARE_EXITS, view=view) for view in (View(), View(drift=0.3))
        )
        assert hopeful.odds.target_first > neutral.odds.target_first
        assert hopeful.managed.expected_pnl > neutral.managed.expected_pnl
        assert hopeful.to_dict()["managed"]["view"] == "drift +30.0% per year, implied vol"

    def test_the_json_says_it_in_dollars_and_r(self):
        result = plan(SPREAD, MARKET, ACCOUNT, EXITS)
        answer = result.to_dict()
        keys = {"expected_pnl", "std", "probabilities", "expected_days", "quantiles", "histogram"}
        assert keys | {"break_even_drift", "expected_r"} <= answer["managed"].keys()
        assert answer["probability"]["expected_pnl"] == answer["managed"]["expected_pnl"]
        assert answer["managed"]["expected_r"] == pytest.approx(
            result.managed.expected_pnl / result.size.loss_per_unit
        )
        ways = [answer["probability"][key] for key in ("stop_first", "target_first", "neither")]
        assert math.fsum(ways) == pytest.approx(1, abs=1e-15)

    def test_an_unlimited_planned_loss_has_no_r(self):
        account = Account(equity=100_000, limits=RiskLimits(risk_basis=RiskBasis.MAX_LOSS))
        answer = plan(shares("IWM", side=Side.SHORT), MARKET, account, SHARE_EXITS).to_dict()
        assert answer["managed"]["expected_r"] is None
