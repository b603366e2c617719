"""Strikes asked for exactly, by moneyness and by delta."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vollib.black_scholes_merton.greeks.analytical import delta as vollib_delta

from riskcalc.domain import OptionType, Quote
from riskcalc.errors import InvalidInputError
from riskcalc.presets.strikes import DeltaStrike, ExactStrike, MoneynessStrike, StrikeContext


def context(option_type=OptionType.CALL, *, vol=0.2, years=60 / 365, rate=0.04, dividend_yield=0.011):
    quote = Quote(spot=295.39, vol=0.2, dividend_yield=dividend_yield)
    return StrikeContext(quote=quote, rate=rate, years=years, option_type=option_type, vol=vol)


def test_exact_and_moneyness():
    assert ExactStrike(strike=300).wanted(context()) == 300
    assert MoneynessStrike(move=0.1).wanted(context()) == pytest.approx(324.929, abs=1e-12)
    assert MoneynessStrike(move=-0.05).wanted(context()) == pytest.approx(280.6205, abs=1e-12)


@given(
    kind=st.sampled_from(OptionType),
    delta=st.floats(0.02, 0.95),
    vol=st.floats(0.05, 1.5),
    years=st.floats(0.01, 2.0),
    rate=st.floats(-0.02, 0.1),
    dividend_yield=st.floats(-0.02, 0.02),
)
def test_the_option_at_a_delta_strike_has_that_delta_in_vollib(
    *, kind, delta, vol, years, rate, dividend_yield
):
    where = context(kind, vol=vol, years=years, rate=rate, dividend_yield=dividend_yield)
    strike = DeltaStrike(delta=delta).wanted(where)
    flag = "c" if kind is OptionType.CALL else "p"
    found = vollib_delta(flag, 295.39, strike, years, rate, vol, dividend_yield)
    assert found == pytest.approx(int(kind) * delta, abs=1e-12)


@pytest.mark.parametrize("limit", [{"years": 0.0}, {"vol": 0.0}])
def test_without_time_or_vol_every_delta_is_at_the_forward(limit):
    where = context(**limit)
    forward = 295.39 * math.exp(0.029 * where.years)
    assert DeltaStrike(delta=0.3).wanted(where) == pytest.approx(forward, rel=1e-14)


def test_a_delta_that_dividends_rule_out_is_refused():
    with pytest.raises(InvalidInputError, match=r"delta must be below 0\.9048 for that expiry, got 0\.95"):
        DeltaStrike(delta=0.95).wanted(context(years=1.0, dividend_yield=0.1))


@pytest.mark.parametrize("delta", [0, 1, -0.3, math.nan, 30])
def test_a_delta_is_a_size_between_nothing_and_one(delta):
    with pytest.raises(InvalidInputError, match=r"delta must be in \(0, 1\)"):
        DeltaStrike(delta=delta)


@pytest.mark.parametrize("move", [-1, -2, math.nan, math.inf])
def test_moneyness_leaves_something_of_the_spot(move):
    with pytest.raises(InvalidInputError, match="moneyness must be"):
        MoneynessStrike(move=move)


@pytest.mark.parametrize("strike", [0, -5, math.nan])
def test_a_strike_is_positive(strike):
    with pytest.raises(InvalidInputError, match="strike must be a number > 0"):
        ExactStrike(strike=strike)
