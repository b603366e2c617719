"""A plan under scenarios: the position's own value at the moved state, and moves within a fund's family."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis import value_position
from riskcalc.domain import (
    Account,
    Costs,
    ExitPlan,
    Instrument,
    Market,
    OptionType,
    Quote,
    Scenario,
    ShareLeg,
    Side,
    Trade,
    call_spread,
    long_option,
    shares,
)
from riskcalc.domain.sessions import sessions_between, sessions_later
from riskcalc.errors import InvalidInputError
from riskcalc.planning import plan, stress
from riskcalc.planning.stress import FUND_CHARGES
from riskcalc.pricing.daily_reset import fund_path
from tests.examples import examples
from tests.strategies import TODAY, markets, trades

QUOTES = {
    "IWM": Quote(spot=295.39, vol=0.2, dividend_yield=0.011),
    "TNA": Quote(spot=60.0, vol=0.6),
    "TZA": Quote(spot=8.0, vol=0.6),
    "SPY": Quote(spot=620.0, vol=0.15),
    "RUT": Quote(spot=2_930.0, vol=0.2),
    **{symbol: Quote(spot=100.0, vol=0.4) for symbol in ("UWM", "SPXL", "QQQ", "SQQQ", "LUNR")},
}
MARKET = Market(date=TODAY, rate=0.04, quotes=QUOTES)
COSTS = Costs(commission_per_contract=0.65, slippage_per_share=0.01, commission_per_trade=1.0)
ACCOUNT = Account(equity=100_000, costs=COSTS)
SPREAD = call_spread(
    "IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18), long_vol=0.2, short_vol=0.165
)
EXITS = ExitPlan(stop=0.06)


def scenario(*, name="test", **parts) -> Scenario:
    return Scenario(name=name, meaning="for a test", **parts)


def row_of(trade, *, account=ACCOUNT, market=MARKET, exits=EXITS, **parts):
    (row,) = stress(plan(trade, market, account, exits), [scenario(**parts)], account=account)
    return row


def move_of(symbol, **parts) -> float:
    trade = long_option(symbol, option_type=OptionType.CALL, strike=300, expiry=dt.date(2026, 9, 18))
    return row_of(trade if symbol == "RUT" else shares(symbol), **parts).move


shocks = st.builds(
    scenario,
    moves=st.fixed_dictionaries({"IWM": st.floats(-0.99, 1.0)}),
    sessions=st.integers(1, 60),
    vol_shift=st.floats(-0.1, 0.2),
    rate_shift=st.floats(-0.02, 0.02),
)


@examples(15)
@given(trade=trades(), market=markets(), shock=shocks)
def test_value_and_pnl_are_the_positions_own_at_the_moved_state(trade, market, shock):
    held = plan(trade, market, ACCOUNT, EXITS)
    (row,) = stress(held, [shock], account=ACCOUNT)
    ahead = (TODAY + dt.timedelta(days=k) for k in range(200))
    day = next(day for day in ahead if sessions_between(TODAY, day) == shock.sessions)
    value = value_position(
        held.report.trade,
        dataclasses.replace(market, rate=market.rate + shock.rate_shift),
        spot=market.quotes["IWM"].spot * (1 + shock.moves["IWM"]),
        days=(day - TODAY).days,
        vol_shift=shock.vol_shift,
    ).value
    contracts = sum(leg.contracts for leg in trade.option_legs)
    stock = sum(leg.shares for leg in trade.share_legs)
    costs = 2 * (0.65 * contracts + 0.01 * stock)
    assert row.date == day
    assert row.value == float(value)
    assert row.pnl == pytest.approx(float(value) - held.report.net_debit - costs, abs=1e-9)


def test_shares_gain_what_the_price_moves():
    row = row_of(shares("IWM", shares=10), moves={"IWM": 0.036}, account=Account(equity=100_000))
    assert row.pnl == pytest.approx(10 * 295.39 * 0.036)
    assert row.spot == pytest.approx(295.39 * 1.036)


@pytest.mark.parametrize(
    ("trade", "gains_when_iwm_rises"),
    [
        (SPREAD, True),
        (shares("IWM"), True),
        (shares("TNA"), True),
        (shares("TZA"), False),
        (shares("TNA", side=Side.SHORT), False),
        (shares("TZA", side=Side.SHORT), True),
    ],
    ids=lambda value: value.description if isinstance(value, Trade) else "",
)
@pytest.mark.parametrize("sessions", [1, 5])
@pytest.mark.parametrize("move", [-0.05, 0.05])
def test_the_sign_of_the_pnl_is_that_of_the_trade(trade, gains_when_iwm_rises, sessions, move):
    row = row_of(trade, moves={"IWM": move}, sessions=sessions)
    assert (row.pnl > 0) == (gains_when_iwm_rises == (move > 0))
    assert row.pnl * row.pnl_all_units > 0
    assert row.r_multiple * row.pnl > 0


@pytest.mark.parametrize(
    ("stated", "symbol", "move"),
    [
        ({"IWM": 0.036}, "TNA", 0.108),
        ({"IWM": 0.036}, "TZA", -0.108),
        ({"TNA": -0.15}, "IWM", -0.05),
        ({"TNA": -0.15}, "TZA", 0.15),
        ({"TZA": 0.15}, "TNA", -0.15),
        ({"TZA": -0.15}, "IWM", 0.05),
        ({"TNA": -0.15, "IWM": -0.04}, "IWM", -0.04),
        ({"TNA": -0.15, "IWM": -0.04}, "TZA", 0.12),
        ({"TNA": -0.15, "IWM": -0.04}, "TNA", -0.15),
        ({"IWM": -0.08, "SPY": -0.03}, "SPY", -0.03),
        ({"IWM": -0.08}, "SPY", 0.0),
        ({"SPY": -0.03}, "TNA", 0.0),
        ({"IWM": -0.08}, "RUT", -0.08),
        ({"TNA": -0.15}, "RUT", -0.05),
        ({"IWM": -0.05}, "UWM", -0.10),
        ({"UWM": -0.10}, "TNA", -0.15),
        ({"SPY": -0.05}, "SPXL", -0.15),
        ({"SPY": -0.05}, "QQQ", -0.06),
        ({"SPY": -0.05}, "SQQQ", 0.18),
        ({"SPY": -0.05, "QQQ": -0.02}, "SQQQ", 0.06),
        ({"SPY": -0.05}, "LUNR", 0.0),
        ({"SPY": -0.9}, "QQQ", -1.0),
        ({}, "IWM", 0.0),
        ({"IWM": -0.40}, "TNA", -1.0),
        ({"IWM": 0.40}, "TZA", -1.0),
    ],
)
def test_within_one_session_the_family_moves_by_leverage_alone(stated, symbol, move):
    assert move_of(symbol, moves=stated) == pytest.approx(move, abs=1e-15)


@pytest.mark.parametrize(("symbol", "multiple"), [("TNA", 3), ("TZA", -3)])
def test_over_five_sessions_the_fund_compounds_five_equal_days(symbol, multiple):
    growth = 1.0
    for _ in range(5):
        growth *= 1 + multiple * (1.115**0.2 - 1) - (0.0095 + (multiple - 1) * 0.04) / 252
    assert move_of(symbol, moves={"IWM": 0.115}, sessions=5) == pytest.approx(growth - 1, rel=1e-12)


@given(move=st.floats(-0.3, 0.4), sessions=st.integers(1, 63), fund=st.sampled_from(["TNA", "TZA"]))
def test_benchmark_and_fund_follow_from_each_other(move, sessions, fund):
    reached = move_of(fund, moves={"IWM": move}, sessions=sessions)
    if reached > -0.99:
        assert move_of("IWM", moves={fund: reached}, sessions=sessions) == pytest.approx(move, abs=1e-9)


@given(
    days=st.lists(st.floats(-0.08, 0.08), min_size=2, max_size=21),
    fund=st.sampled_from([("TNA", 3), ("TZA", -3)]),
)
def test_no_path_to_the_same_end_is_kinder_than_the_smooth_one(days, fund):
    symbol, multiple = fund
    smooth = move_of(symbol, moves={"IWM": math.prod(1 + day for day in days) - 1}, sessions=len(days))
    charges = {"fee": 0.0095, "financing": 0.04}
    rough = fund_path(leverage=multiple, daily_returns=np.array(days), **charges)[-1] - 1
    assert rough <= smooth + 1e-12


def test_an_instrument_of_ones_own_follows_its_benchmark():
    spxl = Instrument(symbol="SPXL", leverage=3, benchmark="SPY")
    market = Market(date=TODAY, rate=0.04, quotes={"SPXL": Quote(spot=200, vol=0.5)})
    trade = Trade(instrument=spxl, legs=(ShareLeg(side=Side.LONG),))
    assert row_of(trade, market=market, moves={"SPY": -0.03}).move == pytest.approx(-0.09)


@pytest.mark.parametrize(
    ("symbol", "parts", "note"),
    [
        ("IWM", {"moves": {"IWM": 0.036}}, "IWM as stated"),
        ("TNA", {"moves": {"IWM": 0.036}}, "TNA is +3x IWM +3.6%"),
        ("IWM", {"moves": {"TZA": 0.15}}, "IWM -5% follows from TZA +15% at -3x"),
        ("TZA", {"moves": {"TNA": -0.15}}, "IWM -5% follows from TNA -15% at +3x; TZA is -3x IWM -5%"),
        (
            "TNA",
            {"moves": {"IWM": 0.115}, "sessions": 5},
            f"TNA is +3x IWM +11.5%; smooth path: 5 equal sessions of IWM +2.201%; {FUND_CHARGES}",
        ),
        ("TNA", {"moves": {"IWM": -0.4}}, "TNA is +3x IWM -40%; a fund cannot fall below zero"),
        (
            "QQQ",
            {"moves": {"SPY": -0.05}},
            "QQQ -6% follows from SPY -5% at an approximate beta of 1.2 (2024-12-31)",
        ),
        (
            "SQQQ",
            {"moves": {"SPY": -0.05}},
            "QQQ -6% follows from SPY -5% at an approximate beta of 1.2 (2024-12-31); SQQQ is -3x QQQ -6%",
        ),
        ("LUNR", {"moves": {"SPY": -0.05}}, "the scenario gives no move for LUNR: taken as unchanged"),
        ("SPY", {"moves": {"IWM": 0.036}}, "the scenario gives no move for SPY: taken as unchanged"),
        ("SPY", {"vol_shift": 0.05}, "no price moves"),
    ],
)
def test_the_note_says_how_the_move_was_found(symbol, parts, note):
    assert row_of(shares(symbol), **parts).note == note


def test_over_several_sessions_a_beta_acts_on_each():
    daily = 1.2 * (0.95**0.2 - 1)
    assert move_of("QQQ", moves={"SPY": -0.05}, sessions=5) == pytest.approx((1 + daily) ** 5 - 1)


def test_the_instruments_handed_down_say_whose_fund_a_symbol_is():
    fund = Instrument(symbol="LUNX", leverage=2, benchmark="LUNR")
    row = Instrument(symbol="LUNR", beta=2.0, beta_to="SPY", beta_as_of=TODAY)
    account, known = ACCOUNT, {"LUNR": row, "LUNX": fund}
    held = plan(Trade(instrument=row, legs=shares("LUNR").legs), MARKET, account, EXITS)
    for moves, move in (({"LUNX": -0.2}, -0.1), ({"SPY": -0.05}, -0.1)):
        (result,) = stress(held, [scenario(moves=moves)], account=account, instruments=known)
        assert result.move == pytest.approx(move)


def test_a_fund_move_that_no_benchmark_can_make_is_refused():
    with pytest.raises(InvalidInputError, match=r"scenario test: TZA \+400% would take IWM below zero"):
        move_of("IWM", moves={"TZA": 4.0})


def test_vols_and_rate_move_a_spread_at_an_unmoved_spot():
    still = row_of(SPREAD).pnl
    assert row_of(SPREAD, vol_shift=0.05).pnl > still  # near the money the bought call has the more vega
    assert row_of(SPREAD, rate_shift=0.005).pnl > still  # a debit call spread has a positive rho


def test_an_option_that_expires_meanwhile_is_worth_its_intrinsic_value():
    row = row_of(SPREAD, moves={"IWM": 0.08}, sessions=63)
    assert row.date > dt.date(2026, 9, 18)
    assert row.value == pytest.approx(100 * (295.39 * 1.08 - 295))


def test_a_fund_at_zero_takes_its_options_with_it():
    call = long_option("TNA", option_type=OptionType.CALL, strike=60, expiry=dt.date(2026, 9, 18))
    row = row_of(call, moves={"IWM": -0.5})
    assert (row.spot, row.value) == (0.0, 0.0)
    assert row.r_multiple == pytest.approx(-1.0)
    assert row.holds


class TestRule:
    def test_all_units_carry_the_costs_paid_once(self):
        held = plan(shares("IWM"), MARKET, ACCOUNT, EXITS)
        (row,) = stress(held, [scenario(moves={"IWM": -0.03})], account=ACCOUNT)
        assert row.pnl_all_units == pytest.approx(held.size.units * row.pnl - 2.0)
        assert row.r_multiple == pytest.approx(row.pnl / held.size.loss_per_unit)

    @pytest.mark.parametrize(("move", "holds"), [(-0.06, True), (-0.061, False), (0.2, True)])
    def test_a_stop_sized_position_holds_up_to_its_stop(self, move, holds):
        account = Account(equity=100_000 * 295.39 * 0.06)  # one percent is exactly 1,000 shares at the stop
        held = plan(shares("IWM"), MARKET, account, EXITS)
        (row,) = stress(held, [scenario(moves={"IWM": move})], account=account)
        assert held.size.units == 1_000
        assert row.holds is holds
        assert row.holds is (-row.pnl_all_units <= account.risk_budget * (1 + 1e-9))

    def test_what_is_sized_by_its_maximum_loss_always_holds(self):
        for move in (-1.0, -0.5, -0.08):
            assert row_of(SPREAD, moves={"IWM": move}, sessions=21).holds

    def test_nothing_held_loses_nothing(self):
        small = Account(equity=10_000, costs=COSTS)
        row = row_of(SPREAD, account=small, moves={"IWM": -0.08})
        assert (row.pnl_all_units, row.holds) == (0.0, True)
        assert row.pnl < 0


def test_rows_come_in_the_order_of_the_scenarios():
    held = plan(SPREAD, MARKET, ACCOUNT, EXITS)
    asked = [scenario(name=name, vol_shift=0.01) for name in ("b", "a", "c")]
    assert [row.scenario for row in stress(held, asked, account=ACCOUNT)] == asked


@given(day=st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), count=st.integers(0, 40))
def test_sessions_later_counts_as_sessions_between(day, count):
    later = sessions_later(day, count)
    assert sessions_between(day, later) == count
    assert count == 0 or sessions_between(day, later - dt.timedelta(days=1)) == count - 1
