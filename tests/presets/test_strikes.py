"""Strikes asked for exactly, by moneyness and by delta."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vollib.black_scholes_merton.greeks.analytical import delta as vollib_delta

from riskcalc.domain import OptionType, Quote
from riskcalc.errors import InvalidInputError
from riskcalc.presets.listed_contracts import DeltaStrike, ExactStrike, MoneynessStrike, StrikeContext
from riskcalc.pricing.american import american


def context(
    option_type=OptionType.CALL, *, vol=0.2, years=60 / 365, rate=0.04, dividend_yield=0.011, dividends=0.0
):
    quote = Quote(spot=295.39, vol=0.2, dividend_yield=dividend_yield)
    return StrikeContext(
        quote=quote, rate=rate, years=years, option_type=option_type, vol=vol, dividends=dividends
    )


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
    dividends=st.floats(0, 200),
)
def test_the_option_at_a_delta_strike_has_that_delta_in_vollib(
    *, kind, delta, vol, years, rate, dividend_yield, dividends
):
    where = context(kind, vol=vol, years=years, rate=rate, dividend_yield=dividend_yield, dividends=dividends)
    strike = DeltaStrike(delta=delta).wanted(where)
    flag = "c" if kind is OptionType.CALL else "p"
    result = vollib_delta(flag, 295.39 - dividends, strike, years, rate, vol, dividend_yield)
    assert result == pytest.approx(int(kind) * delta, abs=1e-12)


@pytest.mark.parametrize("limit", [{"years": 0.0}, {"vol": 0.0}])
def test_without_time_or_vol_every_delta_is_at_the_forward(limit):
    where = context(**limit)
    forward = 295.39 * math.exp(0.029 * where.years)
    assert DeltaStrike(delta=0.3).wanted(where) == pytest.approx(forward, rel=1e-14)


def test_a_delta_that_dividends_rule_out_is_refused():
    with pytest.raises(InvalidInputError, match=r"delta must be below 0\.9048 for that expiry, got 0\.95"):
        DeltaStrike(delta=0.95).wanted(context(years=1.0, dividend_yield=0.1))


def test_the_american_call_with_the_dividend_has_nearly_that_delta():
    day = 45 / 365
    strike = DeltaStrike(delta=0.3).wanted(context(dividend_yield=0.0, dividends=0.8 * math.exp(-0.04 * day)))
    result = american(
        sign=1, spot=295.39, strike=[strike, strike + 1], time_to_expiry=60 / 365, vol=0.2, rate=0.04,
        dividend_times=[day], dividend_amounts=[0.8],
    ).delta  # fmt: skip
    # The model's spot falls at the ex-date rather than being less from the start: near, not equal.
    assert result[0] == pytest.approx(0.3, abs=(result[0] - result[1]) / 5)


def test_dividends_that_eat_the_spot_leave_no_delta():
    with pytest.raises(InvalidInputError, match=r"less than the spot 295\.39, got 300"):
        DeltaStrike(delta=0.3).wanted(context(dividends=300.0))


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
