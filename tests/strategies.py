"""Hypothesis strategies for markets and for every trade that has a name."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from riskcalc.domain import (
    Market,
    OptionType,
    Quote,
    Side,
    Trade,
    calendar,
    call_credit_spread,
    call_spread,
    covered_call,
    iron_condor,
    long_option,
    protective_put,
    put_credit_spread,
    put_spread,
    shares,
)

TODAY = dt.date(2026, 7, 20)
NEAR, FAR = dt.date(2026, 9, 18), dt.date(2026, 12, 18)

vols = st.floats(0.08, 0.9)
lots = st.integers(1, 20)


@st.composite
def markets(draw) -> Market:
    """Markets with rate and dividend yield away from zero."""
    quote = Quote(spot=draw(st.floats(150, 450)), vol=draw(vols), dividend_yield=draw(st.floats(0.005, 0.05)))
    return Market(date=TODAY, rate=draw(st.floats(0.01, 0.09)), quotes={"IWM": quote})


@st.composite
def rising_strikes(draw, count: int) -> list[float]:
    """Strikes in whole dollars, lowest first."""
    result = draw(st.lists(st.integers(200, 400), min_size=count, max_size=count, unique=True))
    return [float(strike) for strike in sorted(result)]


@st.composite
def trades(draw) -> Trade:
    """Any trade that a builder makes, each leg with its own vol."""
    return draw(st.sampled_from(BUILDERS))(draw)


def _vertical(builder, *, long_is_lower):
    def build(draw) -> Trade:
        low, high = draw(rising_strikes(2))
        long, short = (low, high) if long_is_lower else (high, low)
        return builder(
            "IWM",
            long_strike=long,
            short_strike=short,
            expiry=NEAR,
            contracts=draw(lots),
            long_vol=draw(vols),
            short_vol=draw(vols),
        )

    return build


def _long_option(draw) -> Trade:
    kind = draw(st.sampled_from(OptionType))
    strike = draw(rising_strikes(1))[0]
    return long_option(
        "IWM", option_type=kind, strike=strike, expiry=NEAR, contracts=draw(lots), vol=draw(vols)
    )


def _shares(draw) -> Trade:
    return shares("IWM", shares=draw(lots), side=draw(st.sampled_from(Side)))


def _covered_call(draw) -> Trade:
    return covered_call("IWM", strike=draw(rising_strikes(1))[0], expiry=NEAR, vol=draw(vols))


def _protective_put(draw) -> Trade:
    return protective_put("IWM", strike=draw(rising_strikes(1))[0], expiry=NEAR, vol=draw(vols))


def _calendar(draw) -> Trade:
    return calendar(
        "IWM",
        strike=draw(rising_strikes(1))[0],
        near_expiry=NEAR,
        far_expiry=FAR,
        option_type=draw(st.sampled_from(OptionType)),
        near_vol=draw(vols),
        far_vol=draw(vols),
    )


def _iron_condor(draw) -> Trade:
    a, b, c, d = draw(rising_strikes(4))
    return iron_condor(
        "IWM",
        put_long_strike=a,
        put_short_strike=b,
        call_short_strike=c,
        call_long_strike=d,
        expiry=NEAR,
        contracts=draw(lots),
        put_long_vol=draw(vols),
        put_short_vol=draw(vols),
        call_short_vol=draw(vols),
        call_long_vol=draw(vols),
    )


BUILDERS = (
    _vertical(call_spread, long_is_lower=True),
    _vertical(call_credit_spread, long_is_lower=False),
    _vertical(put_spread, long_is_lower=False),
    _vertical(put_credit_spread, long_is_lower=True),
    _long_option,
    _shares,
    _covered_call,
    _protective_put,
    _calendar,
    _iron_condor,
)
