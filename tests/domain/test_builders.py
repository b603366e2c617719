import datetime as dt

import pytest

from riskcalc import domain
from riskcalc.errors import InvalidInputError

EXPIRY = dt.date(2026, 9, 18)
LOWER, HIGHER = 290, 300
VERTICALS = {
    "call_spread": (LOWER, HIGHER),
    "call_credit_spread": (HIGHER, LOWER),
    "put_spread": (HIGHER, LOWER),
    "put_credit_spread": (LOWER, HIGHER),
}
SINGLE = {"long_option": {"option_type": domain.OptionType.PUT}, "covered_call": {}, "protective_put": {}}


@pytest.mark.parametrize("name", VERTICALS)
def test_a_vertical_takes_its_strikes_in_one_order_alone(name):
    build, (long, short) = getattr(domain, name), VERTICALS[name]
    legs = build("IWM", long_strike=long, short_strike=short, expiry=EXPIRY).legs
    assert [(leg.side.name, leg.strike) for leg in legs] == [("LONG", long), ("SHORT", short)]
    assert {leg.option_type.name.lower() for leg in legs} == {name.split("_")[0]}
    with pytest.raises(InvalidInputError, match=r"^(long|short)_strike must be below (long|short)_strike"):
        build("IWM", long_strike=short, short_strike=long, expiry=EXPIRY)


@pytest.mark.parametrize("name", VERTICALS)
def test_a_vertical_refuses_a_term_that_it_does_not_know_or_that_is_missing(name):
    build = getattr(domain, name)
    with pytest.raises(TypeError, match="expiry"):
        build("IWM", long_strike=290, short_strike=300)
    with pytest.raises(TypeError, match="long_premum"):
        build("IWM", long_strike=290, short_strike=300, expiry=EXPIRY, long_premum=3)


@pytest.mark.parametrize("name", SINGLE)
def test_a_single_option_refuses_a_term_that_it_does_not_know_or_that_is_missing(name):
    build, more = getattr(domain, name), SINGLE[name]
    with pytest.raises(TypeError, match="strike"):
        build("IWM", expiry=EXPIRY, **more)
    with pytest.raises(TypeError, match="premum"):
        build("IWM", strike=290, expiry=EXPIRY, premum=3, **more)


@pytest.mark.parametrize("name", ["long_premium", "short_premium", "long_vol", "short_vol"])
def test_an_error_names_the_leg_of_a_premium_or_vol(name):
    strikes = {"long_strike": 290, "short_strike": 300, "expiry": EXPIRY}
    with pytest.raises(InvalidInputError, match=f"^{name} must be"):
        domain.call_spread("IWM", **strikes, **{name: -1})
