"""A special dividend lowers strikes with the spot: options do not feel it, shares are paid it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest

from riskcalc.analysis import enter_at_model, value_position
from riskcalc.domain import (
    Account,
    CashDividend,
    ExitPlan,
    Market,
    OptionLeg,
    OptionType,
    Quote,
    Side,
    Trade,
    call_spread,
    instrument,
    shares,
)
from riskcalc.errors import InvalidInputError
from riskcalc.planning import evaluate, plan
from riskcalc.presets import load_preset
from tests.strategies import TODAY

EXPIRY = dt.date(2026, 9, 18)
EX_DATE = dt.date(2026, 8, 17)
AMOUNT = 6.0
DAYS = (EX_DATE - TODAY).days


def market_with(*dividends: CashDividend) -> Market:
    return Market(date=TODAY, rate=0.04, quotes={"IWM": Quote(spot=295, vol=0.2, dividends=dividends)})


PLAIN = market_with()
SPECIAL = market_with(CashDividend(ex_date=EX_DATE, amount=AMOUNT, special=True))
SPREAD = call_spread("IWM", long_strike=295, short_strike=310, expiry=EXPIRY)


def option(kind: OptionType, strike: float, side: Side = Side.LONG) -> Trade:
    leg = OptionLeg(side=side, option_type=kind, strike=strike, expiry=EXPIRY, vol=0.2)
    return Trade(instrument=instrument("IWM"), legs=(leg,))


@pytest.mark.parametrize("kind", OptionType)
@pytest.mark.parametrize("strike", [240, 290, 300, 340])
def test_before_the_ex_date_an_option_is_worth_what_it_is_without_the_drop(kind, strike):
    trade = option(kind, strike)
    for days in (0.0, DAYS - 1.0):
        with_special, without = (
            value_position(trade, market, spot=[270, 295, 320], days=days) for market in (SPECIAL, PLAIN)
        )
        for one, other in zip(with_special, without, strict=True):
            assert one == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize("kind", OptionType)
def test_from_the_ex_date_on_it_is_an_option_at_the_lowered_strike(kind):
    for days in (float(DAYS), DAYS + 10.0):
        result = value_position(option(kind, 300), SPECIAL, spot=[270, 289, 320], days=days)
        lowered = value_position(option(kind, 300 - AMOUNT), PLAIN, spot=[270, 289, 320], days=days)
        for one, other in zip(result, lowered, strict=True):
            assert one == pytest.approx(other, rel=1e-12)


def test_parity_bounds_hold_as_without_the_drop():
    """S - K <= C - P <= S - K exp(-rT) for American options without a dividend that they feel."""
    for strike in (260, 295, 330):
        call, put = (float(value_position(option(kind, strike), SPECIAL).value) / 100 for kind in OptionType)
        discounted = strike * math.exp(-0.04 * SPECIAL.years_to(EXPIRY))
        assert 295 - strike - 1e-9 <= call - put <= 295 - discounted + 1e-9


def test_at_the_ex_date_the_value_hardly_moves():
    """The holder of an option loses nothing by the drop but what a lower spot takes off its time value."""
    trade = option(OptionType.CALL, 295)
    cum = float(value_position(trade, PLAIN, spot=295, days=DAYS).value)
    ex = float(value_position(trade, SPECIAL, spot=295 - AMOUNT, days=DAYS).value)
    assert ex == pytest.approx(cum, rel=1.2 * AMOUNT / 295)
    felt = market_with(CashDividend(ex_date=EX_DATE, amount=AMOUNT))
    assert float(value_position(trade, felt, spot=295 - AMOUNT, days=DAYS).value) < 0.7 * cum


def test_a_small_special_dividend_adjusts_nothing():
    """Below 12.50 dollars a contract the strikes stay, and options feel the drop."""
    small, ordinary = (
        market_with(CashDividend(ex_date=EX_DATE, amount=0.12, special=special)) for special in (True, False)
    )
    trade = option(OptionType.CALL, 295)
    assert float(value_position(trade, small).value) == float(value_position(trade, ordinary).value)
    least = market_with(CashDividend(ex_date=EX_DATE, amount=0.125, special=True))
    assert float(value_position(trade, least).value) == float(value_position(trade, PLAIN).value)


def test_nobody_exercises_for_it_but_for_an_ordinary_one_after_it():
    sold = option(OptionType.CALL, 280, Side.SHORT)
    assert evaluate(sold, SPECIAL).early_exercise == ()
    regular_dividends = CashDividend(ex_date=dt.date(2026, 9, 15), amount=0.8)
    both, alone = (
        evaluate(sold, market_with(*paid)).early_exercise
        for paid in ((*SPECIAL.quotes["IWM"].dividends, regular_dividends), (regular_dividends,))
    )
    assert [line.dividend for line in both] == [regular_dividends]
    assert both[0].boundary == pytest.approx(alone[0].boundary - AMOUNT)
    assert both[0].chance == pytest.approx(alone[0].chance)


def test_the_payoff_is_that_of_the_lowered_strikes():
    result, plain = (evaluate(SPREAD, market) for market in (SPECIAL, PLAIN))
    assert result.net_debit == pytest.approx(plain.net_debit)
    assert result.max_loss == pytest.approx(plain.max_loss)
    assert result.breakevens == pytest.approx([level - AMOUNT for level in plain.breakevens])
    assert "lowers the strikes as much" in result.payoff_note


def test_the_chance_of_profit_is_that_of_paths_that_drop():
    result = evaluate(SPREAD, SPECIAL)
    draws = np.random.default_rng(7).standard_normal((400_000, 2))
    first, second = DAYS / 365, (EXPIRY - EX_DATE).days / 365
    spot = 295 * np.exp(0.02 * first + 0.2 * math.sqrt(first) * draws[:, 0]) - AMOUNT
    spot *= np.exp(0.02 * second + 0.2 * math.sqrt(second) * draws[:, 1])
    assert result.prob_profit == pytest.approx(np.mean(spot > result.breakevens[0]), abs=0.003)


def test_shares_are_paid_it():
    exits = ExitPlan(stop=0.3, holding_days=60)
    result = plan(shares("IWM"), SPECIAL, Account(equity=100_000), exits)
    assert result.managed.expected_pnl == pytest.approx(0, abs=0.02)


def test_a_managed_spread_still_expects_its_costs():
    """Under the neutral view, but for the time value that a lower spot takes off: a few thousandths."""
    exits = ExitPlan(stop=0.08, holding_days=50)
    result = plan(enter_at_model(SPREAD, SPECIAL), SPECIAL, Account(equity=1_000_000), exits)
    assert result.managed.expected_pnl == pytest.approx(0, abs=0.012 * result.report.net_debit)
    felt = market_with(CashDividend(ex_date=EX_DATE, amount=AMOUNT))
    entered = enter_at_model(SPREAD, SPECIAL)  # bought as if it adjusted, which it does not
    assert plan(entered, felt, Account(equity=1_000_000), exits).managed.expected_pnl < -100


def test_delivery_is_at_the_lowered_strikes():
    result = plan(SPREAD, SPECIAL, Account(equity=1_000_000), ExitPlan(stop=0.06))
    message = next(check.message for check in result.checks if check.name == "pin risk")
    assert "P(IWM between 289 and 304)" in message


def test_a_dividend_that_eats_a_strike_is_refused():
    whole = market_with(CashDividend(ex_date=EX_DATE, amount=250, special=True))
    with pytest.raises(InvalidInputError, match="must be smaller than every strike, got 250 on 2026-08-17"):
        evaluate(option(OptionType.PUT, 240), whole)


def test_presets_say_and_keep_it():
    paid = [{"ex_date": EX_DATE, "amount": AMOUNT, "special": True}]
    result = load_preset("iwm-call-spread", {"market.quotes.IWM.dividends": paid})
    (dividend,) = result.market.quote("IWM").dividends
    assert dividend.special
    assert dividend.adjusts_strikes
    assert not dataclasses.replace(dividend, special=False).adjusts_strikes
