import dataclasses
import datetime as dt
import math

import numpy as np
import pytest

from riskcalc.chains import forward
from riskcalc.chains.forward import forward_market, implied_forwards
from riskcalc.domain import CashDividend, ExerciseStyle, Market, Quote, instrument
from riskcalc.errors import ChainError
from riskcalc.pricing import black_scholes
from tests.chains.quoted import DAY, model_chain
from tests.real_chains import RATE, real_chain

EX_DATE = CashDividend(ex_date=DAY + dt.timedelta(days=57), amount=0.8)


@pytest.mark.parametrize("dividend_yield", [-0.02, 0.0, 0.013, 0.08])
def test_the_yield_behind_american_quotes_is_found(dividend_yield):
    result = implied_forwards(model_chain(dividend_yield=dividend_yield, strikes=range(90, 111)), rate=0.04)
    for one in result:
        assert one.dividend_yield == pytest.approx(dividend_yield, abs=2e-5)
        assert one.forward == pytest.approx(100 * math.exp((0.04 - dividend_yield) * one.years), abs=1e-3)
        assert one.vol == pytest.approx(0.2, abs=1e-5)
        assert one.rate == 0.04
        assert one.pairs >= 9


@pytest.mark.parametrize("rate", [0.03, 0.055])
def test_with_dividends_the_quotes_imply_a_rate(rate):
    chain = model_chain(rate=rate, times=[57 / 365], amounts=[0.8])
    near, far = implied_forwards(chain, rate=0.04, dividends=(EX_DATE,))
    assert (near.rate, far.rate) == (pytest.approx(rate, abs=2e-5), pytest.approx(rate, abs=2e-5))
    assert near.dividend_yield == far.dividend_yield == 0
    assert far.forward == pytest.approx(
        (100 - 0.8 * math.exp(-rate * 57 / 365)) * math.exp(rate * 60 / 365), abs=1e-3
    )


def test_dividends_of_more_than_the_spot_are_refused():
    chain = model_chain(times=[57 / 365], amounts=[0.8])
    message = r"IWM [-\d]+: dividends must be worth less until the expiry than the spot of 100.00, got 101.00"
    with pytest.raises(ChainError, match=message):
        implied_forwards(chain, rate=0.04, dividends=(dataclasses.replace(EX_DATE, amount=101.0),))


def test_a_rate_that_is_not_found_is_said(monkeypatch):
    chain = model_chain(rate=0.055, times=[57 / 365], amounts=[0.8])
    monkeypatch.setattr(forward, "MOST_STEPS", 1)
    with pytest.raises(ChainError, match="no rate gives the forward of"):
        implied_forwards(chain, rate=0.04, dividends=(EX_DATE,))


def test_a_dividend_that_is_not_given_shows_as_value_paid_but_not_in_full():
    # Holders of calls escape a cash dividend on its eve, a yield only in part.
    near, far = implied_forwards(model_chain(times=[57 / 365], amounts=[0.8]), rate=0.04)
    assert near.dividend_value == pytest.approx(0.0, abs=2e-3)
    assert 0.4 < far.dividend_value < 0.8 * math.exp(-0.04 * 57 / 365)


def test_european_parity_misses_what_early_exercise_adds():
    # The reason for all this: at 8% rate the put's right to exercise moves the plain parity forward.
    chain = model_chain(rate=0.08, days=(60,))
    call, put = (
        (chain.bid + chain.ask)[(chain.strike == 104) & (chain.option_type == sign)][0] / 2
        for sign in (1, -1)
    )
    (result,) = implied_forwards(chain, rate=0.08)
    true = 100 * math.exp(0.08 * 60 / 365)
    plain = 104 + math.exp(0.08 * 60 / 365) * (call - put)
    assert abs(plain - true) > 0.05
    assert result.forward == pytest.approx(true, abs=1e-3)


def test_wide_quotes_make_it_uncertain():
    tight, wide = (implied_forwards(model_chain(width=width), rate=0.04)[0] for width in (0.02, 0.2))
    assert wide.error == pytest.approx(10 * tight.error, rel=0.05)
    assert tight.error == pytest.approx(math.hypot(0.02, 0.02) / math.sqrt(12) / math.sqrt(10), rel=0.05)
    assert tight.carry_error == pytest.approx(tight.error / tight.forward / tight.years)


def test_one_stale_quote_does_not_move_it():
    chain = model_chain(days=(60,))
    stale = (chain.strike == 100) & (chain.option_type == 1)
    moved = type(chain)(
        symbol=chain.symbol,
        date=chain.date,
        spot=chain.spot,
        expiry=chain.expiry,
        strike=chain.strike,
        option_type=chain.option_type,
        bid=chain.bid + 1.0 * stale,
        ask=chain.ask + 1.0 * stale,
    )
    (result,) = implied_forwards(moved, rate=0.04)
    assert (result.pairs, result.dividend_yield) == (9, pytest.approx(0.0, abs=2e-5))


def test_prices_without_a_width_are_good_to_their_rounding():
    quoted = model_chain(days=(60,), dividend_yield=0.013)
    price = np.round((quoted.bid + quoted.ask) / 2, 2)
    (result,) = implied_forwards(dataclasses.replace(quoted, bid=price, ask=price), rate=0.04)
    assert result.pairs >= 5
    assert result.forward == pytest.approx(100 * math.exp(0.027 * 60 / 365), abs=0.01)
    assert 0 < result.error < 0.01


def test_without_a_pair_the_given_terms_hold():
    chain = model_chain(strikes=(100,), days=(60,))
    calls = chain.option_type == 1
    alone = type(chain)(
        symbol="IWM",
        date=DAY,
        spot=100.0,
        **{name: getattr(chain, name)[calls] for name in ("expiry", "strike", "option_type", "bid", "ask")},
    )
    (result,) = implied_forwards(alone, rate=0.05)
    assert result.forward == pytest.approx(100 * math.exp(0.05 * 60 / 365))
    assert (result.pairs, result.error, result.dividend_yield) == (0, math.inf, pytest.approx(0.0))
    assert math.isnan(result.vol)


def test_the_market_of_a_forward_prices_at_it():
    (result,) = implied_forwards(model_chain(dividend_yield=0.013, days=(60,)), rate=0.04)
    market = forward_market(
        result, Market(date=DAY, rate=0.05, quotes={"IWM": Quote(spot=100, vol=0.2)}), "IWM"
    )
    assert (market.rate, market.quote("IWM").dividend_yield) == (0.04, result.dividend_yield)


def test_a_real_chain_has_one_smooth_carry():
    result = implied_forwards(real_chain("IWM_2026-07-20_yfinance_layout.csv"), rate=RATE)
    assert len(result) == 16
    assert all(one.pairs >= 8 for one in result)
    # The note beside the file: parity-implied carry of 2.3% to 3.4% a year.
    carry = np.array([one.rate - one.dividend_yield for one in result if one.years > 30 / 365])
    assert ((carry > 0.02) & (carry < 0.04)).all()
    assert max(one.carry_error for one in result if one.years > 30 / 365) < 0.002


def test_a_european_chain_has_the_plain_parity():
    from_model = model_chain(days=(60,))
    years = (60 - 6.5 / 24) / 365  # a third Friday: settled at the open
    value = black_scholes(
        sign=from_model.option_type,
        spot=100.0,
        strike=from_model.strike,
        time_to_expiry=years,
        vol=0.2,
        rate=0.04,
        dividend_yield=0.015,
    ).value
    chain = dataclasses.replace(
        from_model, symbol="RUT", instrument=instrument("RUT"), bid=value - 0.01, ask=value + 0.01
    )
    (result,) = implied_forwards(chain, rate=0.04, dividends=(EX_DATE,), exercise=ExerciseStyle.EUROPEAN)
    assert result.dividend_yield == pytest.approx(0.015, abs=1e-6)
    assert result.forward == pytest.approx(100 * math.exp(0.025 * years), abs=1e-5)
