"""A trade that loses both ways: whatever its exits are called, the worst of them is its planned loss."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis import exit_odds, managed_outcome, value_position
from riskcalc.domain import (
    Account,
    CheckStatus,
    Costs,
    ExitPlan,
    Market,
    OptionLeg,
    OptionType,
    Quote,
    RiskBasis,
    RiskLimits,
    Side,
    Target,
    Trade,
    calendar,
    call_credit_spread,
    call_spread,
    instrument,
    iron_condor,
    put_credit_spread,
    shares,
)
from riskcalc.editor.figures import level_kind
from riskcalc.planning import compare, plan

TODAY, EXPIRY, FAR = dt.date(2026, 7, 20), dt.date(2026, 9, 18), dt.date(2026, 12, 18)
QUOTES = {
    "IWM": Quote(spot=295.39, vol=0.2),
    "TNA": Quote(spot=60.0, vol=0.6),
    "SPY": Quote(spot=750.0, vol=0.14),
    "IWM/SPY": Quote(spot=295.39, vol=0.11),
}
MARKET = Market(date=TODAY, rate=0.04, quotes=QUOTES)
BY_STOP = Account(
    equity=100_000,
    limits=RiskLimits(risk_basis=RiskBasis.STOP),
    costs=Costs(commission_per_contract=0.65, commission_per_share=0.005),
)


def sold(kind, strike, *, contracts=1):
    return OptionLeg(side=Side.SHORT, option_type=kind, strike=strike, expiry=EXPIRY, contracts=contracts)


def trade(*legs):
    return Trade(instrument=instrument("IWM"), legs=legs)


CALL, PUT = OptionType
STRANGLE = trade(sold(PUT, 275), sold(CALL, 315))
STRADDLE = trade(sold(PUT, 295), sold(CALL, 295))
CONDOR = iron_condor(
    "IWM", put_long_strike=265, put_short_strike=280, call_short_strike=310, call_long_strike=325,
    expiry=EXPIRY,
)  # fmt: skip
RATIO = trade(
    OptionLeg(side=Side.LONG, option_type=CALL, strike=295, expiry=EXPIRY), sold(CALL, 310, contracts=2)
)
CREDIT = call_credit_spread("IWM", short_strike=300, long_strike=310, expiry=EXPIRY)
TWO_SIDED = {"strangle": STRANGLE, "straddle": STRADDLE, "condor": CONDOR}
EXITS = ExitPlan(stop=0.06, targets=(Target(move=0.08),), close_dte=21)
SHARES = ExitPlan(stop=0.06, targets=(Target(move=0.1),), holding_days=30)


def worst_of_all_exits(found, exits):
    """Loss of a unit before costs at stop and targets, each day valued by itself."""
    report = found.report
    days = np.arange((found.time_stop - TODAY).days + 1)
    spot = report.market.quote(report.trade.symbol).spot
    moves = [(-found.side * exits.stop, exits.vol_shift)]
    moves += [(found.side * target.move, 0.0) for target in exits.targets]
    at = [
        value_position(report.trade, report.market, spot=spot * (1 + move), days=days, vol_shift=shift).value
        for move, shift in moves
    ]
    return report.net_debit - np.min(at)


@pytest.mark.parametrize("name", TWO_SIDED)
@pytest.mark.parametrize("side", [None, *Side])
def test_one_r_is_the_worst_of_all_exits(name, side):
    exits = dataclasses.replace(EXITS, side=side, vol_shift=0.02)
    result = plan(TWO_SIDED[name], MARKET, BY_STOP, exits)
    worst = worst_of_all_exits(result, exits) + result.cost_per_unit
    size, (target,) = result.size, result.targets.outcomes
    assert size.loss_per_unit == pytest.approx(worst)
    assert target.second_stop
    held = [row for row in result.ladder if "stop" in row.label and row.date <= result.time_stop]
    assert min(result.to_r_multiple(row.pnl) for row in held) >= -1
    assert size.units * worst <= size.risk_budget
    assert size.loss_at_stop == pytest.approx(size.units * worst)


def test_the_strangle_that_was_two_units_is_one():
    exits = ExitPlan(stop=0.06, targets=(Target(move=0.08),), side=Side.LONG, close_dte=21)
    result = plan(STRANGLE, MARKET, BY_STOP, exits)
    (up,) = result.targets.outcomes
    assert up.pnl_per_unit < -700
    assert result.size.loss_per_unit == pytest.approx(-up.pnl_per_unit)
    assert up.r_multiple == pytest.approx(-1)
    assert result.size.units == 1
    assert result.size.risk <= 1_000


def test_a_losing_target_is_called_what_it_is_everywhere():
    result = plan(STRANGLE, MARKET, BY_STOP, dataclasses.replace(EXITS, side=Side.LONG))
    data = result.to_dict()
    (target,) = data["exits"]["targets"]["outcomes"]
    assert target["level"]["label"] == "second stop +8%"
    assert target["second_stop"]
    assert "second stop +8%" in {row["label"] for row in data["ladder"]}
    (check,) = (check for check in result.checks if check.name == "second stop")
    assert check.status is CheckStatus.WARN
    loss = -target["pnl_per_unit"]
    assert check.message == f"the +8% target loses ${loss:,.2f} per unit: it is a second stop, not a target"
    assert level_kind("second stop +8%, strike 319") == "stop"


def test_to_touch_a_losing_target_first_is_no_win():
    exits = dataclasses.replace(EXITS, side=Side.LONG)
    result = plan(STRANGLE, MARKET, BY_STOP, exits)
    plain, odds = exit_odds(result.report.trade, MARKET, exits), result.odds
    assert (odds.target_first, odds.touch_target) == (0, None)
    assert odds.stop_first == pytest.approx(plain.stop_first + plain.target_first)
    assert odds.second_stop_first == pytest.approx(plain.target_first)
    assert odds.touch_stop + odds.neither == pytest.approx(1)
    assert (result.targets.blended_r < 0, result.targets.break_even_win_rate) == (True, None)
    managed = managed_outcome(result.report.trade, MARKET, exits, cost_per_unit=result.cost_per_unit)
    assert result.managed.prob_all_targets == 0
    assert result.managed.prob_stop == pytest.approx(managed.prob_stop + managed.prob_all_targets)
    assert result.managed.expected_pnl == pytest.approx(managed.expected_pnl)


def test_a_downside_target_of_a_call_credit_spread_is_a_gain_and_an_upside_one_is_not():
    down = plan(CREDIT, MARKET, BY_STOP, EXITS)
    assert down.side is Side.SHORT
    assert not down.targets.outcomes[0].second_stop
    up = plan(CREDIT, MARKET, BY_STOP, dataclasses.replace(EXITS, side=Side.LONG))
    (target,) = up.targets.outcomes
    assert target.second_stop
    assert up.size.loss_per_unit == pytest.approx(-target.pnl_per_unit)


def test_one_gaining_and_one_losing_target():
    exits = ExitPlan(stop=0.04, targets=(Target(move=0.02, fraction=0.5), Target(move=0.1, fraction=0.5)),
                     close_dte=5, side=Side.LONG)  # fmt: skip
    result = plan(RATIO, MARKET, BY_STOP, exits)
    near, far = result.targets.outcomes
    assert far.second_stop
    assert far.pnl_per_unit < near.pnl_per_unit
    assert result.targets.break_even_win_rate is None
    assert result.size.loss_per_unit == pytest.approx(-far.pnl_per_unit)


@pytest.mark.parametrize(
    ("traded", "symbol"),
    [
        (call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY), "IWM"),
        (put_credit_spread("IWM", short_strike=290, long_strike=280, expiry=EXPIRY), "IWM"),
        (shares("IWM"), "IWM"),
        (shares("IWM", side=Side.SHORT), "IWM"),
        (shares("TNA", side=Side.SHORT), "TNA"),
        (shares("IWM/SPY"), "IWM/SPY"),
    ],
)
def test_a_one_sided_trade_keeps_its_stop_its_targets_and_its_gaps(traded, symbol):
    exits = ExitPlan(stop=0.06, targets=(Target(move=0.08),), holding_days=30)
    result = plan(traded, MARKET, BY_STOP, exits)
    at_stop = worst_of_all_exits(result, dataclasses.replace(exits, targets=()))
    assert result.size.loss_per_unit == pytest.approx(at_stop + result.cost_per_unit)
    assert [outcome.level.label for outcome in result.targets.outcomes] == [f"target {8 * result.side:+d}%"]
    assert {gap.move * result.side < 0 for gap in result.gaps} == {True}
    assert len(result.gaps) == len(result.exits.gaps(instrument(symbol)))
    assert not any(check.name == "second stop" for check in result.checks)


def test_shares_sold_short_lose_when_the_market_opens_up():
    result = plan(shares("TNA", side=Side.SHORT), MARKET, BY_STOP, ExitPlan(stop=0.12, holding_days=30))
    assert [(gap.move, round(gap.loss_per_unit, 2)) for gap in result.gaps] == [(0.15, 9.01), (0.25, 15.01)]


@pytest.mark.parametrize("name", TWO_SIDED)
@pytest.mark.parametrize("side", Side)
def test_a_trade_sold_on_both_sides_has_gaps_on_both(name, side):
    result = plan(
        TWO_SIDED[name], MARKET, BY_STOP, dataclasses.replace(EXITS, side=side, gap_shocks=(0.07, 0.1))
    )
    assert {round(gap.move, 9) for gap in result.gaps} == {-0.07, -0.1, 0.07, 0.1}
    at = [
        value_position(result.report.trade, MARKET, spot=295.39 * (1 + gap.move)).value for gap in result.gaps
    ]
    losses = result.report.net_debit - np.array(at, dtype=float) + result.cost_per_unit
    assert [gap.loss_per_unit for gap in result.gaps] == pytest.approx(losses)
    assert result.size.loss_at_gap == pytest.approx(result.size.units * losses.max())


def test_without_a_target_the_stop_of_a_strangle_is_on_both_sides():
    result = plan(STRANGLE, MARKET, BY_STOP, ExitPlan(stop=0.06, close_dte=21))
    assert {result.stop.move, result.targets.outcomes[0].level.move} == {-0.06, 0.06}
    named = plan(STRANGLE, MARKET, BY_STOP, ExitPlan(stop=0.06, targets=(Target(move=0.06),), close_dte=21))
    assert result.size == named.size
    assert result.managed == named.managed
    (check,) = (check for check in result.checks if check.name == "second stop")
    assert check.status is CheckStatus.OK
    assert "so the stop applies on both sides" in check.message


@pytest.mark.parametrize(
    "traded",
    [
        shares("IWM"),
        trade(OptionLeg(side=Side.LONG, option_type=CALL, strike=295, expiry=EXPIRY)),
        trade(*(dataclasses.replace(leg, side=Side.LONG) for leg in STRADDLE.legs)),
        CREDIT,
    ],
)
def test_without_a_target_no_other_trade_gets_a_second_stop(traded):
    assert plan(traded, MARKET, BY_STOP, ExitPlan(stop=0.06, holding_days=20)).targets.outcomes == ()


def test_a_calendar_loses_both_ways():
    result = plan(
        calendar("IWM", strike=295, near_expiry=EXPIRY, far_expiry=FAR), MARKET, BY_STOP, ExitPlan(stop=0.08)
    )
    assert result.targets.outcomes[0].second_stop
    assert {round(gap.move, 9) for gap in result.gaps} == {-0.09, -0.11, 0.09, 0.11}


def test_a_target_that_a_bought_option_reaches_too_late_stays_a_target():
    call = trade(OptionLeg(side=Side.LONG, option_type=CALL, strike=320, expiry=EXPIRY))
    result = plan(call, MARKET, BY_STOP, ExitPlan(stop=0.06, targets=(Target(move=0.02),), close_dte=5))
    (target,) = result.targets.outcomes
    assert target.pnl_per_unit < 0
    assert not target.second_stop
    assert result.odds.target_first > 0
    assert result.targets.break_even_win_rate is None


def test_a_comparison_gaps_both_ways_and_stars_both_stops():
    exits = dataclasses.replace(EXITS, side=Side.LONG)
    plans = [plan(STRANGLE, MARKET, BY_STOP, exits), plan(shares("IWM"), MARKET, BY_STOP, SHARES)]
    result = compare(plans, moves=(-0.1, -0.05, 0.05, 0.1), days=(0,))
    strangle, _ = result.vehicles
    spots = [295.39 * (1 - result.gap), 295.39 * (1 + result.gap)]
    at = value_position(plans[0].report.trade, MARKET, spot=spots).value
    worst = plans[0].report.net_debit - float(at.min()) + plans[0].cost_per_unit
    assert strangle.loss_at_gap == pytest.approx(plans[0].size.units * worst)
    assert [state.past_stop for state in strangle.states] == [True, False, False, True]


@given(
    low=st.integers(250, 294), high=st.integers(296, 340), stop=st.floats(0.02, 0.12),
    target=st.floats(0.02, 0.15), side=st.sampled_from(list(Side)),
)  # fmt: skip
def test_no_exit_ever_loses_more_than_one_r(low, high, stop, target, side):
    exits = ExitPlan(stop=stop, targets=(Target(move=target),), close_dte=21, side=side)
    result = plan(trade(sold(PUT, low), sold(CALL, high)), MARKET, BY_STOP, exits)
    size = result.size
    for row in result.ladder:
        if {"stop", "target"} & set(row.label.replace(",", "").split()) and row.date <= result.time_stop:
            assert -row.pnl + result.cost_per_unit <= size.loss_per_unit + 1e-9
    assert size.units == 0 or size.loss_at_stop <= size.risk_budget * (1 + 1e-9)


def test_a_trade_that_decays_between_its_exits_says_so():
    straddle = trade(*(dataclasses.replace(leg, side=Side.LONG) for leg in STRADDLE.legs))
    result = plan(straddle, MARKET, BY_STOP, EXITS)
    (check,) = (check for check in result.checks if check.name == "time stop")
    lost = result.report.net_debit + result.cost_per_unit - float(
        value_position(result.report.trade, MARKET, spot=295, days=(result.time_stop - TODAY).days).value
    )  # fmt: skip
    assert lost > result.size.loss_per_unit
    assert check.status is CheckStatus.WARN
    assert check.message == (
        f"at 295.00 on {result.time_stop} it loses ${lost:,.2f} per unit, "
        f"more than the planned ${result.size.loss_per_unit:,.2f}"
    )


@pytest.mark.parametrize("traded", [*TWO_SIDED.values(), CREDIT, shares("IWM")])
def test_a_trade_that_loses_most_at_its_exits_says_nothing_of_the_time_stop(traded):
    exits = ExitPlan(stop=0.06, targets=(Target(move=0.08),), holding_days=39)
    assert not any(check.name == "time stop" for check in plan(traded, MARKET, BY_STOP, exits).checks)


def test_a_long_box_that_loses_more_at_its_stop_than_at_its_expiry_is_sized_by_the_stop():
    sides = (
        (280.0, OptionType.CALL, Side.LONG),
        (310.0, OptionType.CALL, Side.SHORT),
        (310.0, OptionType.PUT, Side.LONG),
        (280.0, OptionType.PUT, Side.SHORT),
    )
    legs = tuple(
        OptionLeg(side=side, option_type=kind, strike=strike, expiry=EXPIRY, vol=0.2)
        for strike, kind, side in sides
    )
    account = Account(equity=100_000.0, limits=RiskLimits(risk_basis=RiskBasis.MAX_LOSS))
    box = plan(Trade(instrument=instrument("IWM"), legs=legs), MARKET, account, ExitPlan(stop=0.06))
    assert box.size.units > 0
    assert box.size.loss_at_stop <= box.size.risk_budget
    assert box.size.loss_per_unit > box.report.max_loss
