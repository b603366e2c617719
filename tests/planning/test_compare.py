from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from riskcalc.domain import (
    Account,
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
    call_spread,
    shares,
)
from riskcalc.errors import InvalidInputError
from riskcalc.planning import compare, plan
from riskcalc.presets import compare_presets
from riskcalc.pricing import fund_path
from tests.strategies import NEAR, TODAY

QUOTES = {"IWM": Quote(spot=295, vol=0.2), "TNA": Quote(spot=60, vol=0.6), "TZA": Quote(spot=8, vol=0.6)}
MARKET = Market(date=TODAY, rate=0.04, quotes=QUOTES)
ACCOUNT = Account(equity=100_000)
IWM = plan(shares("IWM"), MARKET, ACCOUNT, ExitPlan(stop=0.06, targets=(Target(move=0.1),), holding_days=60))
TNA = plan(shares("TNA"), MARKET, ACCOUNT, ExitPlan(stop=0.12, targets=(Target(move=0.2),), holding_days=28))
TZA = plan(shares("TZA"), MARKET, ACCOUNT, ExitPlan(stop=0.12, targets=(Target(move=0.2),), holding_days=10))
SPREAD = plan(
    call_spread("IWM", long_strike=295, short_strike=325, expiry=NEAR), MARKET, ACCOUNT, ExitPlan(stop=0.06)
)


def pnl(found, vehicle: int, *, move: float, days: int) -> float:
    row = next(k for k, state in enumerate(found.states) if (state.move, state.days) == (move, days))
    return found.vehicles[vehicle].states[row].pnl


def test_all_vehicles_carry_the_same_risk():
    result = compare([IWM, TNA, SPREAD])
    assert result.benchmark == "IWM"
    for vehicle in result.vehicles:
        assert vehicle.plan.size.risk <= result.risk_budget == 1_000


def test_within_a_session_a_fund_moves_by_its_leverage():
    result = compare([IWM, TNA, TZA])
    shares_, tna, tza = (vehicle.plan.size.units for vehicle in result.vehicles)
    assert pnl(result, 0, move=0.1, days=0) == pytest.approx(shares_ * 29.5)
    assert pnl(result, 1, move=0.1, days=0) == pytest.approx(tna * 18)
    assert pnl(result, 2, move=0.1, days=0) == pytest.approx(tza * -2.4)


@pytest.mark.parametrize(("vehicle", "leverage", "spot"), [(1, 3, 60), (2, -3, 8)])
def test_over_weeks_a_fund_is_worth_what_paths_to_that_state_bring(vehicle, leverage, spot):
    """The closed form and its band beside simulated paths that all end at the benchmark's move.

    Each path pays the fee and the interest on what the fund borrows every day.
    """
    result = compare([IWM, TNA, TZA], days=[28])
    state = next(state for state in result.states if state.move == 0.1)
    draws = np.random.default_rng(5).standard_normal((20_000, state.sessions)) * 0.2 / np.sqrt(252)
    draws += (np.log(1.1) - draws.sum(axis=1, keepdims=True)) / state.sessions
    worth = fund_path(leverage=leverage, daily_returns=np.expm1(draws), fee=0.0095, financing=0.04)[:, -1]
    units = result.vehicles[vehicle].plan.size.units
    value = result.vehicles[vehicle].states[result.states.index(state)]
    paths = units * spot * (worth - 1)
    assert value.pnl == pytest.approx(np.median(paths), abs=0.01 * units * spot)
    assert value.band == pytest.approx((np.quantile(paths, 0.95) - np.quantile(paths, 0.05)) / 2, rel=0.2)


def test_a_flat_benchmark_costs_a_fund_its_decay():
    result = compare([IWM, TNA, TZA], days=[28])
    assert pnl(result, 0, move=0.0, days=28) == 0
    # 20 sessions: variance, fee and interest on 2 dollars borrowed; TZA lends 4.
    for vehicle, drag in ((1, 3 * 0.04 + 0.0095 + 2 * 0.04), (2, 6 * 0.04 + 0.0095 - 4 * 0.04)):
        plan_ = result.vehicles[vehicle].plan
        worth = plan_.size.units * plan_.report.value
        cost = worth * -np.expm1(-drag * 20 / 252)
        assert pnl(result, vehicle, move=0.0, days=28) == pytest.approx(-cost, rel=1e-9)
    for vehicle in result.vehicles[1:]:
        assert 28 * vehicle.carry_per_day == pytest.approx(
            pnl(result, result.vehicles.index(vehicle), move=0.0, days=28), rel=0.1
        )


def test_exposure_is_in_dollars_of_the_benchmark():
    result = compare([IWM, TNA, TZA])
    assert result.vehicles[0].exposure == pytest.approx(IWM.size.units * 295)
    assert result.vehicles[1].exposure == pytest.approx(3 * TNA.size.units * 60)
    assert result.vehicles[2].exposure == pytest.approx(-3 * TZA.size.units * 8)


def test_the_common_gap_goes_against_each_trade():
    result = compare([IWM, TNA, TZA])
    assert result.gap == pytest.approx(0.07)  # a point beyond IWM's stop; TNA's and TZA's lie at 4% of IWM
    for vehicle, loss in zip(result.vehicles, (0.07, 0.21, 0.21), strict=True):
        spot = vehicle.plan.report.market.quote(vehicle.plan.report.trade.symbol).spot
        assert vehicle.loss_at_gap == pytest.approx(vehicle.plan.size.units * spot * loss)


@pytest.mark.parametrize("shift", [0.0, 0.03, -0.05])
def test_the_same_gap_loses_the_same_in_plan_and_comparison(shift):
    """A gap comes with the IV of the stop in gap lines, size, checks and comparison."""
    exits = ExitPlan(stop=0.06, vol_shift=shift)
    costs = Costs(commission_per_contract=0.65, commission_per_trade=5)
    account = Account(equity=300_000, costs=costs)
    result = plan(SPREAD.report.trade, MARKET, account, exits)
    comparison = compare([result])
    gap = next(gap for gap in result.gaps if gap.move == pytest.approx(-comparison.gap))
    alone = plan(
        SPREAD.report.trade, MARKET, account, dataclasses.replace(exits, gap_shocks=(comparison.gap,))
    )
    (vehicle,) = comparison.vehicles
    assert vehicle.loss_at_gap == pytest.approx(result.size.units * gap.loss_per_unit + 10)
    assert vehicle.loss_at_gap == pytest.approx(alone.size.loss_at_gap)
    message = next(check.message for check in alone.checks if check.name == "gap")
    assert f"loses ${vehicle.loss_at_gap:,.2f}" in message


def test_a_gap_that_gains_hurts_nobody():
    legs = (
        OptionLeg(side=Side.LONG, option_type=kind, strike=295, expiry=NEAR, contracts=count)
        for kind, count in ((OptionType.CALL, 1), (OptionType.PUT, 2))
    )
    exits = ExitPlan(stop=0.06, side=Side.LONG)
    result = plan(
        Trade(instrument=IWM.report.trade.instrument, legs=tuple(legs)),
        MARKET,
        Account(equity=500_000, limits=RiskLimits(risk_basis=RiskBasis.MAX_LOSS)),
        exits,
    )
    assert result.size.units > 0
    assert max(gap.loss_per_unit for gap in result.gaps) < 0
    message = next(check.message for check in result.checks if check.name == "gap")
    assert "gains $" in message
    assert "$-" not in message


def test_a_state_past_the_own_stop_is_marked():
    result = compare([IWM, TNA], days=[0])
    marks = [[value.past_stop for value in vehicle.states] for vehicle in result.vehicles]
    assert marks == [[False, False, False, False], [True, False, False, False]]


def test_the_summary_names_every_vehicle():
    summary = compare([IWM, TNA, SPREAD]).summary
    assert "IWM +1 share" in summary
    assert "costs" in summary


@pytest.mark.parametrize(
    ("plans", "says"),
    [
        ([], "a comparison needs a plan"),
        (
            [IWM, plan(shares("SPY"), dataclasses.replace(MARKET, quotes={"SPY": Quote(spot=600, vol=0.15)}),
                       ACCOUNT, ExitPlan(stop=0.06))],
            r"a comparison needs one benchmark, got \['IWM', 'SPY'\]",
        ),
        (
            [IWM, plan(shares("IWM"), dataclasses.replace(MARKET, date=dt.date(2026, 7, 21)), ACCOUNT,
                       ExitPlan(stop=0.06))],
            "a comparison needs one date",
        ),
        (
            [IWM, plan(shares("IWM"), MARKET, Account(equity=1e5, limits=RiskLimits(risk_fraction=0.02)),
                       ExitPlan(stop=0.06))],
            "a comparison needs one risk budget",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_named(plans, says):
    with pytest.raises(InvalidInputError, match=says):
        compare(plans)


def test_one_view_is_held_of_every_vehicle():
    """15% for IWM at a rate of 4% is 4% + 3 x 11% for TNA and 4% - 3 x 11% for TZA, before fees."""
    result = compare_presets(["iwm-shares", "tna-momentum", "tza-hedge"], {"view.drift": "15%"})
    drifts = [vehicle.plan.report.view.drift for vehicle in result.vehicles]
    assert drifts == pytest.approx([0.15, 0.37, -0.29])
    assert result.vehicles[1].plan.managed.expected_pnl > 0 > result.vehicles[2].plan.managed.expected_pnl


def test_presets_share_the_first_ones_account():
    result = compare_presets(["iwm-shares", "tna-momentum", "iwm-call-spread"], {"account.equity": 200_000})
    assert {vehicle.plan.size.risk_budget for vehicle in result.vehicles} == {2_000}
    assert [vehicle.name for vehicle in result.vehicles] == ["iwm-shares", "tna-momentum", "iwm-call-spread"]
    assert result.to_dict()["vehicles"][2]["size"]["units"] == 2


def test_the_funds_stop_is_raced_against_the_benchmarks():
    result = compare([IWM, TNA, TZA, SPREAD])
    (order,) = result.stop_orders
    assert (order.fund, order.other, order.sessions) == ("TNA +1 share", "IWM +1 share", 20)
    # A stop of 12% in TNA is one of 4% in IWM: it always comes before 6%.
    assert order.fund_first > 0.4
    assert order.other_first == pytest.approx(0, abs=1e-9)
    assert "is hit before the IWM +1 share stop with probability 4" in result.summary


def test_a_stop_of_three_times_the_size_comes_later():
    wide = plan(shares("TNA"), MARKET, ACCOUNT, ExitPlan(stop=0.18, holding_days=28))
    (order,) = compare([IWM, wide]).stop_orders
    assert order.other_first > 0.2 > order.fund_first
