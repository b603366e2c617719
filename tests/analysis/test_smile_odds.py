"""P(profit) where a smile is known: what call spreads on it are worth, not a lognormal at one vol."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from scipy.integrate import quad

from riskcalc.analysis import enter_at_model
from riskcalc.chains import Smile, SmileCurve
from riskcalc.chains.smile_curve import Svi
from riskcalc.domain import CashDividend, Market, ProbabilityBasis, Quote, View, call_spread, iron_condor
from riskcalc.planning import evaluate
from riskcalc.pricing import black_scholes
from tests.strategies import TODAY

NEAR = dt.date(2026, 9, 16)
"""No third Friday: index options of these end at the close."""
YEARS = 58 / 365
SPOT, RATE, CARRY = 2950.0, 0.04, 0.013
GROWTH = RATE - CARRY
CURVE = SmileCurve(
    expiry=NEAR,
    years=YEARS,
    forward=SPOT * math.exp(GROWTH * YEARS),
    svi=Svi(a=0.0033, b=0.03, rho=-0.6, m=0.01, sigma=0.09),
)
FLAT = dataclasses.replace(CURVE, svi=Svi(a=0.04 * YEARS, b=0.0, rho=0.0, m=0.0, sigma=0.1))
BROKEN = dataclasses.replace(CURVE, svi=Svi(a=1e-4, b=0.4, rho=0.0, m=0.0, sigma=0.001))


def market_of(curve, *, sticky="strike", spot=SPOT):
    smile = Smile(symbol="RUT", spot=SPOT, curves={NEAR: curve}, fits=()).moving(sticky)
    quote = Quote(spot=spot, vol=0.2, dividend_yield=CARRY, smile=smile)
    return Market(date=TODAY, rate=RATE, quotes={"RUT": quote})


def priced(curve, low, high):
    """The spread at the smile's vols."""
    vols = dict(zip(("long_vol", "short_vol"), curve.vol([low, high]).tolist(), strict=True))
    return call_spread("RUT", long_strike=low, short_strike=high, expiry=NEAR, **vols)


def free(strike):
    """A spread that costs nothing: it gains above its lower strike."""
    prices = {"long_premium": 0.5, "short_premium": 0.5, "long_vol": 0.2, "short_vol": 0.2}
    return call_spread("RUT", long_strike=strike, short_strike=strike + 1, expiry=NEAR, **prices)


def call(strike, curve=CURVE, spot=SPOT):
    """Undiscounted value of a call at the smile's vol."""
    result = black_scholes(
        sign=1,
        spot=spot,
        strike=strike,
        time_to_expiry=YEARS,
        vol=curve.vol(strike),
        rate=RATE,
        dividend_yield=CARRY,
    )
    return float(result.value) * math.exp(RATE * YEARS)


def above(level, curve=CURVE, spot=SPOT):
    """A call spread as narrow as rounding lets it be."""
    step = 1e-3 * level
    narrow, wide = (
        (call(level - h, curve, spot) - call(level + h, curve, spot)) / (2 * h) for h in (step / 2, step)
    )
    return (4 * narrow - wide) / 3


@pytest.mark.parametrize(("low", "high"), [(2950, 3180), (2700, 2750), (3100, 3150), (2600, 3300)])
def test_it_is_the_limit_of_a_call_spread_and_the_slope_of_the_smile_counts(low, high):
    report = evaluate(priced(CURVE, low, high), market_of(CURVE))
    (level,) = report.breakevens
    assert report.prob_basis is ProbabilityBasis.SMILE
    assert report.prob_profit == pytest.approx(above(level), abs=2e-8)


@pytest.mark.parametrize("strike", [2700, 2950, 3200])
def test_a_flat_smile_is_the_lognormal_at_its_vol(strike):
    trade = priced(FLAT, strike, strike + 200)
    with_smile, plain = market_of(FLAT), market_of(FLAT).with_quote("RUT", smile=None)
    result, usual = evaluate(trade, with_smile), evaluate(trade, plain)
    assert result.prob_profit == pytest.approx(usual.prob_profit, abs=1e-12)
    assert (result.prob_basis, usual.prob_basis) == (ProbabilityBasis.SMILE, ProbabilityBasis.ONE_VOL)


def test_a_flat_smile_is_the_lognormal_beside_cash_dividends_too():
    paid = (CashDividend(ex_date=dt.date(2026, 8, 20), amount=3.0),)
    # The forward that European prices imply lacks what the dividend takes.
    lost = 3.0 * math.exp(RATE * (NEAR - dt.date(2026, 8, 20)).days / 365)
    curve = dataclasses.replace(FLAT, forward=295 * math.exp(RATE * YEARS) - lost)
    smile = Smile(symbol="IWM", spot=295.0, curves={NEAR: curve}, fits=()).moving("strike")
    quote = Quote(spot=295.0, vol=0.2, dividends=paid)
    plain = Market(date=TODAY, rate=RATE, quotes={"IWM": quote})
    trade = enter_at_model(call_spread("IWM", long_strike=295, short_strike=318, expiry=NEAR), plain)
    result = evaluate(trade, plain.with_quote("IWM", smile=smile))
    assert result.prob_basis is ProbabilityBasis.SMILE
    assert result.prob_profit == pytest.approx(evaluate(trade, plain).prob_profit, abs=1e-10)


def test_between_two_breakevens_it_is_the_difference():
    condor = iron_condor(
        "RUT",
        put_long_strike=2700,
        put_short_strike=2800,
        call_short_strike=3100,
        call_long_strike=3200,
        expiry=NEAR,
    )
    report = evaluate(condor, market_of(CURVE))
    low, high = report.breakevens
    assert report.prob_profit == pytest.approx(above(low) - above(high), abs=2e-8)


def test_the_probabilities_add_up_to_the_price_of_a_spread():
    """A spread pays a dollar for each dollar of its width below which the spot does not end."""

    def chance(level):
        trade = free(level)
        return evaluate(trade, market_of(CURVE)).prob_profit

    paid, _ = quad(chance, 2900, 3000, epsrel=1e-6)
    assert paid == pytest.approx(call(2900) - call(3000), rel=1e-5)


def test_a_vol_of_ones_own_is_one_vol_and_a_drift_moves_the_smile_along():
    trade, market = priced(CURVE, 2950, 3180), market_of(CURVE)
    own_vol = evaluate(trade, market, view=View(vol=0.25))
    plain = market.with_quote("RUT", smile=None)
    assert own_vol.prob_basis is ProbabilityBasis.ONE_VOL
    assert own_vol.prob_profit == evaluate(trade, plain, view=View(vol=0.25)).prob_profit
    drifted = evaluate(trade, market, view=View(drift=0.15))
    (level,) = drifted.breakevens
    assert drifted.prob_basis is ProbabilityBasis.SMILE
    assert drifted.prob_profit == pytest.approx(above(level * math.exp((GROWTH - 0.15) * YEARS)), abs=2e-8)
    same = evaluate(trade, market, view=View(drift=GROWTH))
    assert same.prob_profit == pytest.approx(evaluate(trade, market).prob_profit, abs=1e-12)


def test_at_another_spot_the_forward_goes_along_and_the_smile_as_it_sticks():
    trade = priced(CURVE, 2950, 3180)
    strike, money = (
        evaluate(trade, market_of(CURVE, sticky=rule, spot=3000.0)) for rule in ("strike", "moneyness")
    )
    assert strike.prob_profit == pytest.approx(above(strike.breakevens[0], spot=3000.0), abs=2e-8)
    level = money.breakevens[0] * SPOT / 3000.0
    assert money.prob_profit == pytest.approx(above(level), abs=2e-8)


def test_a_smile_moved_by_points_is_steeper_by_nothing_and_higher_by_these():
    smile = market_of(CURVE).quote("RUT").smile
    before, after = (one.at([2900.0, 3100.0], expiry=NEAR, spot=SPOT) for one in (smile, smile.shifted(0.05)))
    assert after.vol == pytest.approx(before.vol + 0.05)
    assert (after.slope == before.slope).all()


@pytest.mark.parametrize("curves", [{}, {NEAR: BROKEN}])
def test_without_a_sound_smile_it_is_one_vol_and_says_so(curves):
    """None for the expiry, or one whose butterflies cost less than nothing: it gives no probability."""
    smile = Smile(symbol="RUT", spot=SPOT, curves=curves, fits=()).moving("strike")
    market = market_of(CURVE).with_quote("RUT", smile=smile)
    trade = free(2800)
    result = evaluate(trade, market)
    assert result.prob_basis is ProbabilityBasis.ONE_VOL
    assert result.prob_profit == evaluate(trade, market.with_quote("RUT", smile=None)).prob_profit
    assert result.to_dict()["probability"]["profit_from"] == "one vol"


def test_the_smile_is_no_lognormal():
    """What makes the difference: at one vol the same spread wins less often."""
    trade, market = priced(CURVE, 2950, 3180), market_of(CURVE)
    one_vol = market.with_quote("RUT", smile=None, vol=float(CURVE.vol(2950)))
    assert np.abs(evaluate(trade, market).prob_profit - evaluate(trade, one_vol).prob_profit) > 0.03
