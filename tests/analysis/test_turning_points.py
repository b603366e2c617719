"""Trades whose legs expire on several dates: what they lose and gain at most, wherever the spot ends."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from riskcalc.analysis import enter_at_model, payoff
from riskcalc.analysis.turning_points import asymptotic_pnl
from riskcalc.domain import (
    CashDividend,
    ExerciseStyle,
    Instrument,
    Market,
    OptionLeg,
    OptionType,
    Quote,
    ShareLeg,
    Side,
    Trade,
    calendar,
)
from riskcalc.planning import evaluate
from tests.examples import examples
from tests.rows import slow

TODAY, NEAR, FAR, LAST = (dt.date(2026, *day) for day in ((7, 20), (8, 21), (9, 18), (12, 18)))
YEARS = {expiry: (expiry - NEAR).days / 365 for expiry in (NEAR, FAR, LAST)}
EUROPEAN = Instrument(symbol="X", option_multiplier=100, exercise=ExerciseStyle.EUROPEAN)
PAID = tuple(CashDividend(ex_date=dt.date(2026, *day), amount=0.8) for day in ((6, 16), (9, 15), (12, 15)))


def market_of(symbol, *, spot=295.0, rate=0.04, dividend_yield=0.0, dividends=()):
    quote = Quote(spot=spot, vol=0.2, dividend_yield=dividend_yield, dividends=dividends)
    return Market(date=TODAY, rate=rate, quotes={symbol: quote})


def entered(symbol, market, **terms):
    return enter_at_model(calendar(symbol, near_expiry=NEAR, far_expiry=FAR, **terms), market)


def reversed_(trade):
    legs = (dataclasses.replace(leg, side=Side(-leg.side)) for leg in trade.legs)
    return dataclasses.replace(trade, legs=tuple(legs))


class TestIndexCalendar:
    """European options: the far call is the forward, and a yield takes ever more off it as the spot rises."""

    def test_with_a_yield_the_loss_has_no_limit(self):
        market = market_of("RUT", spot=2950, dividend_yield=0.013)
        trade = entered("RUT", market, strike=2950)
        assert payoff.max_loss(trade, market=market) == math.inf
        assert payoff.max_profit(reversed_(trade), market=market) == math.inf
        assert evaluate(trade, market).to_dict()["price"]["max_loss"] == "unlimited"
        # At ten times the strike, where a search once ended, it is no more than a few thousands.
        assert -5_500 < float(payoff.pnl_at_expiry(trade, spot=29_500, market=market)) < -4_500

    def test_without_a_yield_it_is_the_debit_less_the_interest_on_the_strike(self):
        market = market_of("RUT", spot=2950)
        trade = entered("RUT", market, strike=2950)
        interest = 100 * 2950 * -math.expm1(-0.04 * YEARS[FAR])
        debit = payoff.net_debit(trade)
        # At zero all of the debit is lost, far above what the strike earns until the far expiry comes back.
        assert payoff.max_loss(trade, market=market) == pytest.approx(debit, rel=1e-12)
        assert asymptotic_pnl(trade, market, net_debit=debit) == pytest.approx((-debit, 0, interest - debit))

    def test_a_negative_yield_makes_the_gain_endless_and_is_found_beyond_any_grid(self):
        market = market_of("RUT", spot=2950, dividend_yield=-0.0001)
        trade = entered("RUT", market, strike=2950)
        facts = payoff.facts(trade, market=market)
        assert facts.max_profit == math.inf
        assert facts.max_loss == pytest.approx(payoff.net_debit(trade), rel=1e-12)
        # The third breakeven: where 0.0001 a year on the spot pays the debit, a hundred times the strike.
        slope = math.expm1(0.0001 * YEARS[FAR])
        interest = 2950 * -math.expm1(-0.04 * YEARS[FAR])
        assert facts.breakevens[2] == pytest.approx(
            (payoff.net_debit(trade) / 100 - interest) / slope, rel=1e-9
        )

    @pytest.mark.parametrize("rate", [0.04, 0.0, -0.02])
    def test_a_put_calendar_loses_the_interest_too_at_zero(self, rate):
        market = market_of("RUT", spot=2950, rate=rate, dividend_yield=0.013)
        trade = entered("RUT", market, strike=2950, option_type=OptionType.PUT)
        debit, interest = payoff.net_debit(trade), 100 * 2950 * -math.expm1(-rate * YEARS[FAR])
        assert payoff.max_loss(trade, market=market) == pytest.approx(debit + max(interest, 0.0), rel=1e-12)


class TestAmericanCalendar:
    """American options: far in the money they are exercised when that pays most, and owe no more."""

    @pytest.mark.parametrize(
        ("rate", "dividend_yield", "dividends", "kept"),
        [
            (0.04, 0.0, (), 295 * -math.expm1(-0.04 * 28 / 365)),
            # Exercised right before the ex-date, 25 days after the near expiry.
            (0.04, 0.0, PAID, 295 * -math.expm1(-0.04 * 25 / 365)),
            (0.04, 0.013, (), 0.0),
            (0.0, 0.0, PAID, 0.0),
            (-0.02, 0.0, (), 0.0),
            slow((-0.02, 0.0, PAID, 0.0)),
        ],
    )
    def test_what_is_left_far_above_the_strike(self, rate, dividend_yield, dividends, kept):
        market = market_of("IWM", rate=rate, dividend_yield=dividend_yield, dividends=dividends)
        trade = entered("IWM", market, strike=295)
        debit = payoff.net_debit(trade)
        ends = asymptotic_pnl(trade, market, net_debit=debit)
        assert ends == pytest.approx((-debit, 0, 100 * kept - debit), abs=1e-9)
        at = float(payoff.pnl_at_expiry(trade, spot=295e3, market=market))
        assert at == pytest.approx(ends.intercept, abs=1e-3)
        facts = payoff.facts(trade, market=market)
        assert facts.max_loss == pytest.approx(debit, rel=1e-9)
        assert math.isfinite(facts.max_profit)
        assert payoff.facts(reversed_(trade), market=market).max_loss == pytest.approx(facts.max_profit)

    def test_below_zero_a_yield_is_an_endless_gain(self):
        market = market_of("IWM", dividend_yield=-0.01)
        trade = entered("IWM", market, strike=295)
        assert payoff.max_profit(trade, market=market) == math.inf
        assert payoff.max_loss(reversed_(trade), market=market) == math.inf

    @pytest.mark.parametrize(("rate", "waits"), [(0.04, 0.0), (-0.02, 295 * math.expm1(0.02 * 28 / 365))])
    def test_a_put_at_zero_is_exercised_or_kept(self, rate, waits):
        market = market_of("IWM", rate=rate)
        trade = entered("IWM", market, strike=295, option_type=OptionType.PUT)
        result = asymptotic_pnl(trade, market, net_debit=0.0).at_zero
        assert result == pytest.approx(100 * waits, abs=1e-9)
        assert result == pytest.approx(
            float(payoff.pnl_at_expiry(trade, spot=0.0, market=market)) + payoff.net_debit(trade), abs=1e-9
        )


def test_a_turn_narrower_than_any_step_of_the_spot_is_found():
    """A far leg a day longer at a vol of 2% turns within a thousandth of the spot."""
    market = market_of("X", dividend_yield=0.0)
    legs = tuple(
        OptionLeg(side=side, option_type=OptionType.CALL, strike=280, expiry=expiry, vol=0.02)
        for side, expiry in ((Side.SHORT, NEAR), (Side.LONG, NEAR + dt.timedelta(days=1)))
    )
    trade = enter_at_model(Trade(instrument=EUROPEAN, legs=legs), market)
    best = float(payoff.pnl_at_expiry(trade, spot=280.0, market=market))
    assert payoff.max_profit(trade, market=market) == pytest.approx(best, rel=1e-12)


options = st.builds(
    OptionLeg,
    side=st.sampled_from(Side),
    option_type=st.sampled_from(OptionType),
    strike=st.integers(200, 400).map(float),
    expiry=st.sampled_from([NEAR, FAR, LAST]),
    contracts=st.integers(1, 3),
    premium=st.floats(0.5, 30.0),
    vol=st.floats(0.05, 1.5),
)
share_legs = st.builds(
    ShareLeg, side=st.sampled_from(Side), shares=st.sampled_from([50, 100, 250]), entry_price=st.just(295.0)
)


@st.composite
def anything(draw):
    """Two to four options on three dates, and shares with some of them."""
    legs = draw(st.lists(options, min_size=2, max_size=4, unique_by=lambda leg: (leg.strike, leg.expiry)))
    legs += draw(st.lists(share_legs, max_size=1))
    legs[0] = dataclasses.replace(legs[0], expiry=NEAR)
    legs[1] = dataclasses.replace(legs[1], expiry=FAR)
    return Trade(instrument=EUROPEAN, legs=tuple(legs))


def by_hand(trade, market, spots):
    """P&L at the near expiry, the later legs as put + forward: no digit is lost far above the strikes."""
    rate, carry = market.rate, market.quote("X").dividend_yield
    total = np.zeros_like(spots)
    for leg in trade.legs:
        size = trade.leg_size(leg)
        if isinstance(leg, ShareLeg):
            total += size * (spots - leg.entry_price)
            continue
        years = YEARS[leg.expiry]
        forward, strike = spots * math.exp(-carry * years), leg.strike * math.exp(-rate * years)
        deviation = max(leg.vol * math.sqrt(years), 1e-300)
        with np.errstate(over="ignore"):
            up = np.clip(np.log(forward / strike) / deviation, -1e6, 1e6) + deviation / 2
        put = strike * ndtr(deviation - up) - forward * ndtr(-up)
        worth = put if leg.option_type is OptionType.PUT else put + forward - strike
        total += size * (worth - leg.premium)
    return total


@examples(60)
@given(
    trade=anything(),
    rate=st.sampled_from([0.0, 0.04, 0.09, -0.02]),
    carry=st.sampled_from([0.0, 0.013, 0.05, -0.01]),
)
def test_european_trades_of_any_kind_agree_with_a_wide_grid(trade, rate, carry):
    market = market_of("X", rate=rate, dividend_yield=carry)
    result = payoff.facts(trade, market=market)
    strikes = [leg.strike for leg in trade.option_legs]
    spots = np.concatenate([[1e-9], np.geomspace(1.0, 1e5, 20_001), strikes])
    gains = by_hand(trade, market, spots)
    size = sum(abs(trade.leg_size(leg)) for leg in trade.legs)
    very_far = by_hand(trade, market, np.array([1e8, 2e8]))
    rise = float(very_far[1] - very_far[0])
    endless = 0 if abs(rise) < 1e-3 * size else np.sign(rise)
    assert (result.max_loss == math.inf) == (endless < 0)
    assert (result.max_profit == math.inf) == (endless > 0)
    if math.isfinite(result.max_loss):
        assert result.max_loss >= -gains.min() - 1e-6 * size
        assert result.max_loss == pytest.approx(max(-gains.min(), -float(very_far[0]), 0.0), abs=2e-3 * size)
    if math.isfinite(result.max_profit):
        assert result.max_profit >= gains.max() - 1e-6 * size
        assert result.max_profit == pytest.approx(max(gains.max(), float(very_far[0])), abs=2e-3 * size)
    order = np.argsort(spots)
    spots, gains = spots[order], gains[order]
    for k in np.flatnonzero(gains[:-1] * gains[1:] < -1e-6):
        assert any(spots[k] <= level <= spots[k + 1] for level in result.breakevens)
    for level in result.breakevens:
        assert float(by_hand(trade, market, np.array([level]))[0]) == pytest.approx(
            0.0, abs=1e-6 * size * max(1.0, level / 295)
        )
