from __future__ import annotations

import math

import pytest

from riskcalc.domain import Account, ExitPlan, Market, Quote, Target, shares
from riskcalc.planning import plan
from riskcalc.pricing import fund_return
from tests.strategies import TODAY

QUOTES = {"IWM": Quote(spot=295, vol=0.2), "TNA": Quote(spot=60, vol=0.6), "TZA": Quote(spot=8, vol=0.6)}
MARKET = Market(date=TODAY, rate=0.04, quotes=QUOTES)
EXITS = ExitPlan(stop=0.12, targets=(Target(move=0.2),), holding_days=28)


def fund_of(symbol: str):
    return plan(shares(symbol), MARKET, Account(equity=100_000), EXITS).fund


def test_an_unleveraged_trade_has_none():
    result = plan(shares("IWM"), MARKET, Account(equity=100_000), EXITS)
    assert result.fund is None
    assert result.to_dict()["fund"] is None


@pytest.mark.parametrize(("symbol", "leverage"), [("TNA", 3), ("TZA", -3)])
def test_within_a_session_a_stop_is_the_move_over_the_leverage(symbol, leverage):
    result = {(exit_.label, exit_.sessions): exit_.benchmark_move for exit_ in fund_of(symbol).exits}
    assert result["stop -12%", 1] == pytest.approx(-0.12 / leverage)
    assert result["gap -15%", 1] == pytest.approx(-0.15 / leverage)
    assert result["gap -25%", 1] == pytest.approx(-0.25 / leverage)


@pytest.mark.parametrize(("symbol", "leverage"), [("TNA", 3), ("TZA", -3)])
def test_over_weeks_the_benchmarks_move_brings_the_funds(symbol, leverage):
    curve = [exit_ for exit_ in fund_of(symbol).exits if exit_.sessions > 1]
    assert {exit_.sessions for exit_ in curve} == {6, 13, 20}
    for exit_ in curve:
        back = fund_return(
            leverage=leverage,
            index_return=exit_.benchmark_move,
            vol=0.2,
            time=exit_.sessions / 252,
            fee=0.0095,
            financing=0.04,
        )
        assert float(back) == pytest.approx(exit_.fund_move, abs=1e-12)


def test_a_week_of_resetting_costs_what_the_closed_form_says():
    """(L^2 - L) / 2 x vol^2, the fee and (L - 1) x rate, over 5 / 252: TNA borrows 2 dollars, TZA lends 4."""
    tna, tza = fund_of("TNA"), fund_of("TZA")
    assert (tna.fee, tna.financing) == (0.0095, 0.04)
    assert tna.decay_per_week == pytest.approx(-math.expm1(-(3 * 0.04 + 0.0095 + 0.08) * 5 / 252))
    assert tza.decay_per_week == pytest.approx(-math.expm1(-(6 * 0.04 + 0.0095 - 0.16) * 5 / 252))
