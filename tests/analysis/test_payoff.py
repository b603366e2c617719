from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math

import numpy as np
import pytest
from hypothesis import assume, given

from riskcalc.analysis import enter_at_model, payoff
from riskcalc.domain import (
    Instrument,
    Market,
    OptionLeg,
    OptionType,
    Quote,
    ShareLeg,
    Side,
    Trade,
    calendar,
    call_spread,
    iron_condor,
    long_option,
    shares,
)
from riskcalc.errors import InvalidInputError
from tests.reference import rows
from tests.strategies import NEAR, TODAY, markets, trades

EXPIRY = dt.date(2026, 9, 18)
PUBLISHED = rows("vertical_spread_payoffs")


def published_trade(row: dict[str, str]) -> Trade:
    """The vertical of a published row; where only its net debit is printed, the long leg carries it."""
    net = float(row["net_debit"])
    premiums = [float(row["long_premium"] or max(net, 0)), float(row["short_premium"] or max(-net, 0))]
    legs = tuple(
        OptionLeg(
            side=side,
            option_type=OptionType[row["option_kind"].upper()],
            strike=float(row[f"{side.name.lower()}_strike"]),
            expiry=EXPIRY,
            contracts=int(row["contracts"]),
            premium=premium,
        )
        for side, premium in zip(Side, premiums, strict=True)
    )
    return Trade(instrument=Instrument(symbol="X", option_multiplier=int(row["multiplier"])), legs=legs)


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['desc']} {row['quantity']}")
def test_published_verticals(row):
    trade, published = published_trade(row), float(row["published"])
    result = {
        "max_loss": lambda: -payoff.max_loss(trade),
        "max_profit": lambda: payoff.max_profit(trade),
        "breakeven": lambda: payoff.breakevens(trade)[0],
        "pnl_at_expiry": lambda: float(payoff.pnl_at_expiry(trade, spot=float(row["spot_at_expiry"]))),
    }[row["quantity"]]()
    assert result == pytest.approx(published, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("row", rows("stop_target_exit_examples"), ids=lambda row: row["desc"])
def test_published_exits(row):
    """A credit spread left at a stop or a target: the difference of two net prices."""
    units = int(row["contracts"]) * int(row["multiplier"])
    pnl = units * (float(row["net_credit"]) - float(row["exit_debit"]))
    credit = Trade(
        instrument=Instrument(symbol="RUT", option_multiplier=int(row["multiplier"])),
        legs=(
            OptionLeg(
                side=Side.SHORT,
                option_type=OptionType.PUT,
                strike=1080,
                expiry=EXPIRY,
                contracts=int(row["contracts"]),
                premium=float(row["net_credit"]),
            ),
        ),
    )
    at_exit = float(row["exit_debit"])
    assert float(payoff.pnl_at_expiry(credit, spot=1080 - at_exit)) == pytest.approx(pnl, abs=1e-9)
    assert pnl == pytest.approx(float(row["published_pnl"] or row["recomputed"]), abs=1e-9)


def optionlab_trade(row: dict[str, str]) -> Trade:
    legs = []
    for leg in json.loads(row["legs"]):
        side = Side.LONG if leg["a"] == "buy" else Side.SHORT
        entry = leg.get("prev", leg.get("p"))
        if leg["t"] == "stock":
            legs.append(ShareLeg(side=side, shares=leg["n"], entry_price=entry or float(row["spot"])))
        else:
            legs.append(
                OptionLeg(
                    side=side,
                    option_type=OptionType.CALL,
                    strike=leg["k"],
                    expiry=EXPIRY,
                    contracts=leg["n"],
                    premium=entry,
                )
            )
    return Trade(instrument=Instrument(symbol="X", option_multiplier=1), legs=tuple(legs))


@pytest.mark.parametrize("row", rows("optionlab_strategies"), ids=lambda row: row["name"])
def test_optionlab_costs_and_extremes(row):
    trade, published = optionlab_trade(row), json.loads(row["other_published"])
    if "prev" not in row["legs"]:
        # With an earlier position it prints the cash of today's orders, which is not the entry price.
        assert payoff.net_debit(trade) == pytest.approx(-published["strategy_cost"], abs=0.5)
    if "min" in published:
        # Its minimum is over a price grid that starts 100 dollars below the spot, not at zero.
        edge = max(float(row["spot"]) - 100, 0)
        grid = [edge, *(leg.strike for leg in trade.option_legs)]
        assert payoff.pnl_at_expiry(trade, spot=grid).min() == pytest.approx(published["min"], abs=0.5)
    if "max" in published:
        assert payoff.max_profit(trade) == pytest.approx(published["max"], abs=0.5)


def test_a_covered_call_loses_all_the_way_to_zero():
    """OptionLab prints min -9,590, the loss at 68.99 where its grid begins; the worst case is 16,489."""
    trade = optionlab_trade(rows("optionlab_strategies")[0])
    assert payoff.max_loss(trade) == pytest.approx(16_489)
    assert float(payoff.pnl_at_expiry(trade, spot=68.99)) == pytest.approx(-9_590, abs=0.5)


def test_a_trade_that_cannot_lose_has_no_max_loss():
    """OptionLab prints min 240 for the spread entered before at 7.5: its worst case is a gain."""
    trade = optionlab_trade(rows("optionlab_strategies")[2])
    assert payoff.max_loss(trade) == 0
    assert float(payoff.pnl_at_expiry(trade, spot=[0, 100, 165]).min()) == pytest.approx(240)
    assert payoff.breakevens(trade) == ()


def test_unlimited_loss_is_infinite():
    naked = Trade(
        instrument=Instrument(symbol="X"),
        legs=(OptionLeg(side=Side.SHORT, option_type=OptionType.CALL, strike=100, expiry=EXPIRY, premium=2),),
    )
    assert payoff.facts(naked) == (math.inf, 200, (102,))
    assert payoff.facts(shares("IWM", side=Side.SHORT, entry_price=295)) == (math.inf, 295, (295,))


def test_shares_lose_their_price_at_most():
    assert payoff.facts(shares("IWM", shares=10, entry_price=295)) == (2950, math.inf, (295,))


def test_an_iron_condor_has_two_breakevens():
    condor = iron_condor(
        "IWM",
        put_long_strike=270,
        put_short_strike=280,
        call_short_strike=310,
        call_long_strike=320,
        expiry=EXPIRY,
        put_long_premium=2,
        put_short_premium=3.5,
        call_short_premium=3,
        call_long_premium=1.5,
    )
    facts = payoff.facts(condor)
    assert (facts.max_loss, facts.max_profit) == pytest.approx((700, 300))
    assert facts.breakevens == pytest.approx((277, 313))


def test_a_free_spread_breaks_even_where_it_starts_to_gain():
    free = call_spread(
        "IWM", long_strike=295, short_strike=325, expiry=EXPIRY, long_premium=3, short_premium=3
    )
    assert payoff.facts(free) == (0, 3000, (295,))


def test_a_missing_premium_is_named():
    with pytest.raises(InvalidInputError, match="call 295 2026-09-18: premium is not set"):
        payoff.max_loss(call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY))


@given(trade=trades(), market=markets())
def test_extremes_and_zeros_agree_with_a_fine_grid(trade, market):
    trade = enter_at_model(trade, market)
    facts = payoff.facts(trade, market=market)
    spots = np.linspace(0, 1200, 4801)
    gains = payoff.pnl_at_expiry(trade, spot=spots, market=market)
    size = sum(abs(trade.leg_size(leg)) for leg in trade.legs)
    assert facts.max_loss >= -gains.min() - 1e-6 * size
    assert facts.max_profit >= gains.max() - 1e-6 * size
    if math.isfinite(facts.max_loss):
        assert facts.max_loss == pytest.approx(max(-gains.min(), 0), abs=0.3 * size)
    for level in facts.breakevens:
        gain = float(payoff.pnl_at_expiry(trade, spot=level, market=market))
        assert gain == pytest.approx(0, abs=1e-6 * size)
    # A grid sees a change of sign between two of its spots; each must hold a breakeven.
    for k in np.flatnonzero(gains[:-1] * gains[1:] < -1e-9):
        assert any(spots[k] <= level <= spots[k + 1] for level in facts.breakevens)


@given(trade=trades(), market=markets())
def test_long_and_short_payoffs_mirror_each_other(trade, market):
    assume(len(trade.expiries) <= 1)
    trade = enter_at_model(trade, market)
    mirrored = dataclasses.replace(
        trade, legs=tuple(dataclasses.replace(leg, side=Side(-leg.side)) for leg in trade.legs)
    )
    facts, mirror = payoff.facts(trade), payoff.facts(mirrored)
    assert mirror.max_loss == pytest.approx(max(facts.max_profit, 0))
    assert mirror.breakevens == pytest.approx(facts.breakevens)


class TestSeveralExpiries:
    """The facts hold at the near expiry, the far leg repriced."""

    market = Market(date=TODAY, rate=0.04, quotes={"IWM": Quote(spot=295, vol=0.2, dividend_yield=0.011)})
    trade = enter_at_model(
        calendar("IWM", strike=295, near_expiry=dt.date(2026, 8, 21), far_expiry=NEAR), market
    )

    def test_the_best_spot_is_the_strike(self):
        facts = payoff.facts(self.trade, market=self.market)
        at_strike = float(payoff.pnl_at_expiry(self.trade, spot=295, market=self.market))
        assert facts.max_profit == pytest.approx(at_strike, rel=1e-9)

    def test_the_loss_is_limited_to_the_debit(self):
        facts = payoff.facts(self.trade, market=self.market)
        assert facts.max_loss == pytest.approx(payoff.net_debit(self.trade), rel=1e-9)

    def test_it_has_a_breakeven_on_either_side(self):
        low, high = payoff.facts(self.trade, market=self.market).breakevens
        assert low < 295 < high

    def test_it_needs_the_market(self):
        with pytest.raises(InvalidInputError, match="expires after the nearest expiry: pass market="):
            payoff.max_loss(self.trade)


def test_a_long_put_gains_most_at_zero():
    put = long_option("IWM", option_type=OptionType.PUT, strike=290, expiry=EXPIRY, premium=8)
    assert payoff.facts(put) == (800, 28200, (282,))
