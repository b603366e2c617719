"""European values and Greeks against published figures, 50 digits, peers, identities and limits."""

from __future__ import annotations

import enum
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vollib.black_scholes_merton import black_scholes_merton as vollib_value

from riskcalc.pricing import OptionGreeks, black_scholes
from riskcalc.pricing.arrays import BLOCK
from tests import exact
from tests.reference import rows

MARKET = {"spot": 220.0, "time_to_expiry": 60 / 365, "rate": 0.045, "dividend_yield": 0.012}
OPTION = MARKET | {"strike": 235.0, "vol": 0.22}
SIGNS = {"c": 1, "p": -1}


def random_options(count, seed=7):
    rng = np.random.default_rng(seed)
    return {
        "sign": rng.choice([-1.0, 1.0], count),
        "spot": rng.uniform(20.0, 400.0, count),
        "strike": rng.uniform(20.0, 400.0, count),
        "time_to_expiry": rng.uniform(1 / 365, 3.0, count),
        "vol": rng.uniform(0.05, 1.5, count),
        "rate": rng.uniform(-0.03, 0.09, count),
        "dividend_yield": rng.uniform(-0.01, 0.06, count),
    }


def each(options):
    """One dict of floats per option."""
    return [
        dict(zip(options, map(float, values), strict=True)) for values in zip(*options.values(), strict=True)
    ]


def slope(function, at, step):
    """First derivative by a fourth-order central difference."""
    near = function(at + step) - function(at - step)
    far = function(at + 2 * step) - function(at - 2 * step)
    return (8.0 * near - far) / (12.0 * step)


# Published figures: Haug's book, QuantLib, optlib, py_vollib, OptionLab, FinancePy.


def priced(row, *, spot="spot", dividend_yield=None):
    return black_scholes(
        sign=SIGNS[row["flag"]],
        spot=row[spot],
        strike=row["strike"],
        time_to_expiry=row["t"],
        vol=row["vol"],
        rate=row["r"],
        dividend_yield=row["q"] if dividend_yield is None else dividend_yield,
    )


def assert_printed(actual, printed, *, scale):
    assert actual == pytest.approx(float(printed), rel=0.0, abs=printed.half_unit + 1e-13 * scale)


@pytest.mark.parametrize("row", rows("haug_bsm_prices") + rows("py_vollib_optionlab_docs"))
def test_published_price(row):
    assert_printed(priced(row).value, row["expected_price"], scale=row["spot"])


@pytest.mark.parametrize("row", rows("optlib_gbs_black76_merton"))
def test_published_price_with_a_cost_of_carry(row):
    value = priced(row, spot="spot_or_fwd", dividend_yield=row["r"] - row["b_cost_of_carry"]).value
    assert_printed(value, row["expected_price"], scale=max(row["spot_or_fwd"], row["strike"]))


@pytest.mark.parametrize(
    "column", ["price", "delta", "gamma", "theta_per_year", "vega_per_1", "rho_per_1"], ids=str
)
def test_published_grid_of_values_and_greeks(column):
    place = ["price", "delta", "gamma", "theta_per_year", "vega_per_1", "rho_per_1"].index(column)
    for row in rows("py_vollib_bs_grid"):
        assert_printed(priced(row)[place], row[column], scale=row["strike"])


def published_greek(row):
    greeks = priced(row)._asdict()
    return greeks | {
        "price": greeks["value"],
        "elasticity": greeks["delta"] * row["spot"] / greeks["value"],
        "theta per day": greeks["theta"] / 365.0,
        "dividendRho": slope(lambda q: priced(row, dividend_yield=q).value, row["q"], 1e-3),
    }


@pytest.mark.parametrize("row", rows("greeks_published"))
def test_published_greek(row):
    assert_printed(published_greek(row)[row["greek"]], row["expected"], scale=row["spot"])


def test_the_spread_that_the_design_starts_from():
    legs = black_scholes(sign=1, strike=[220.0, 235.0], vol=0.22, **MARKET)
    value, delta, gamma, theta, vega, _ = (100.0 * (field[0] - field[1]) for field in legs)
    assert legs.value == pytest.approx([8.39778, 2.988333], abs=5e-6)
    assert value == pytest.approx(540.94, abs=5e-3)
    assert delta == pytest.approx(27.84, abs=5e-3)
    assert gamma == pytest.approx(0.358, abs=5e-4)
    assert vega / 100.0 == pytest.approx(6.27, abs=5e-3)
    assert theta / 365.0 == pytest.approx(-1.637, abs=5e-4)


# Second implementations.


def largest_error(options):
    """Against 50 digits: the value as a share of spot, each Greek as a share of its largest."""
    spread = dict(zip(options, np.broadcast_arrays(*options.values()), strict=True))
    true = np.array([[float(field) for field in exact.greeks(**option)] for option in each(spread)]).T
    scale = np.abs(true).max(axis=1)
    error = np.abs(np.array(black_scholes(**options)) - true)
    return max((error[0] / options["spot"]).max(), (error[1:] / scale[1:, None]).max())


def test_agrees_with_50_digits():
    assert largest_error(random_options(400)) < 2e-14


@pytest.mark.parametrize("time", [1e-9, 7e-6, 4e-4, 30.0])
def test_agrees_with_50_digits_from_a_blink_to_decades(time):
    moneyness = np.linspace(-6.0, 6.0, 25) * 0.25 * math.sqrt(time)
    options = {"sign": 1.0, "spot": 296.0, "strike": 296.0 * np.exp(moneyness), "time_to_expiry": time}
    assert largest_error(options | {"vol": 0.25, "rate": 0.04, "dividend_yield": 0.013}) < 2e-14


def test_agrees_with_vollib_to_1e_12_of_spot():
    options = random_options(2000, seed=11)
    words = ("spot", "strike", "time_to_expiry", "rate", "vol", "dividend_yield")
    theirs = [
        vollib_value("c" if option["sign"] > 0 else "p", *(option[word] for word in words))
        for option in each(options)
    ]
    assert (np.abs(black_scholes(**options).value - theirs) / options["spot"]).max() < 1e-12


# Greeks are derivatives, with rate and dividend non-zero.

DERIVATIVES = [
    ("delta", "value", "spot", 1.0),
    ("gamma", "delta", "spot", 1.0),
    ("theta", "value", "time_to_expiry", -1.0),
    ("vega", "value", "vol", 1.0),
    ("rho", "value", "rate", 1.0),
]


@pytest.mark.parametrize(("greek", "field", "variable", "factor"), DERIVATIVES)
def test_greek_is_a_central_difference(greek, field, variable, factor):
    options = random_options(500) | {
        "time_to_expiry": np.linspace(0.05, 3.0, 500),
        "vol": np.linspace(1.2, 0.1, 500),
    }
    options["spot"] = options["strike"] * np.exp(np.linspace(-0.5, 0.5, 500))
    step = 2e-3 * np.maximum(np.abs(options[variable]), 0.05)

    def bumped(at):
        return getattr(black_scholes(**(options | {variable: at})), field)

    actual = getattr(black_scholes(**options), greek)
    expected = factor * slope(bumped, options[variable], step)
    assert actual == pytest.approx(expected, rel=1e-6, abs=1e-7 * np.abs(actual).max())


def test_greeks_satisfy_the_pricing_equation():
    o = random_options(2000)
    g = black_scholes(**o)
    drift = (o["rate"] - o["dividend_yield"]) * o["spot"] * g.delta - o["rate"] * g.value
    terms = np.array([g.theta, 0.5 * (o["vol"] * o["spot"]) ** 2 * g.gamma, drift])
    assert (np.abs(terms.sum(axis=0)) / np.abs(terms).max(axis=0).clip(1e-6)).max() < 1e-8


# Identities, bounds and shapes of the surface, on whatever hypothesis finds.

PRICES = st.floats(0.01, 1e4)
OPTIONS = st.fixed_dictionaries(
    {
        "sign": st.sampled_from([-1, 1]),
        "spot": PRICES,
        "strike": PRICES,
        "time_to_expiry": st.floats(0.0, 30.0),
        "vol": st.floats(0.0, 5.0),
        "rate": st.floats(-0.2, 0.5),
        "dividend_yield": st.floats(-0.2, 0.5),
    }
)


def legs(option):
    share = option["spot"] * math.exp(-option["dividend_yield"] * option["time_to_expiry"])
    cash = option["strike"] * math.exp(-option["rate"] * option["time_to_expiry"])
    return share, cash


@given(OPTIONS)
def test_never_nan_and_within_its_bounds(option):
    greeks = black_scholes(**option)
    assert np.isfinite(greeks).all()
    share, cash = legs(option)
    sign = option["sign"]
    slack = 1e-14 * (share + cash)
    assert max(sign * (share - cash), 0.0) - slack <= greeks.value <= (share if sign > 0 else cash) + slack
    factor = share / option["spot"]
    assert -1e-15 <= sign * greeks.delta <= factor * (1.0 + 1e-14)
    assert greeks.gamma >= 0.0
    assert greeks.vega >= 0.0
    assert sign * greeks.rho >= 0.0


@given(OPTIONS)
def test_put_call_parity(option):
    call, put = (black_scholes(**(option | {"sign": sign})) for sign in (1, -1))
    share, cash = legs(option)
    assert call.value - put.value == pytest.approx(share - cash, abs=1e-13 * (share + cash))
    assert call.delta - put.delta == pytest.approx(share / option["spot"], rel=1e-13)
    assert (call.gamma, call.vega) == (put.gamma, put.vega)
    if option["vol"] * option["time_to_expiry"] > 1e-90:  # below, theta and rho are 0 by convention
        carry = option["dividend_yield"] * share - option["rate"] * cash
        assert call.theta - put.theta == pytest.approx(carry, abs=1e-12 * (share + cash + abs(call.theta)))
        rho = option["time_to_expiry"] * cash
        assert call.rho - put.rho == pytest.approx(rho, rel=1e-13, abs=1e-300)


@given(OPTIONS, st.floats(0.01, 100.0))
def test_homogeneous_in_spot_and_strike(option, scale):
    scaled = black_scholes(**(option | {"spot": scale * option["spot"], "strike": scale * option["strike"]}))
    plain = black_scholes(**option)
    slack = 1e-13 * scale * sum(legs(option))
    assert scaled.value == pytest.approx(scale * plain.value, abs=slack)


@given(OPTIONS)
def test_a_call_is_a_put_with_shares_and_cash_exchanged(option):
    mirrored = option | {
        "sign": -option["sign"],
        "spot": option["strike"],
        "strike": option["spot"],
        "rate": option["dividend_yield"],
        "dividend_yield": option["rate"],
    }
    assert black_scholes(**mirrored).value == pytest.approx(
        black_scholes(**option).value, abs=1e-13 * sum(legs(option))
    )


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("variable", "grid"), [("vol", np.linspace(0.0, 3.0, 400)), ("spot", np.linspace(0.0, 600.0, 400))]
)
def test_monotone(sign, variable, grid):
    value = black_scholes(**(OPTION | {"sign": sign, variable: grid})).value
    direction = sign if variable == "spot" else 1
    assert (direction * np.diff(value) >= -1e-13 * 220.0).all()


def test_rounding_never_takes_a_value_below_its_floor():
    options = random_options(20_000)
    assert (black_scholes(**options).value >= black_scholes(**(options | {"vol": 0.0})).value).all()


def test_convex_in_strike():
    value = black_scholes(sign=1, strike=np.linspace(1.0, 500.0, 500), vol=0.22, **MARKET).value
    assert (np.diff(value, 2) >= -1e-12).all()


# Limits.


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("strike", [180.0, 220.0, 260.0])
def test_at_expiry_it_is_worth_its_intrinsic_value(sign, strike):
    greeks = black_scholes(sign=sign, strike=strike, vol=0.22, **(MARKET | {"time_to_expiry": 0.0}))
    step = (np.sign(sign * (220.0 - strike)) + 1.0) / 2.0
    assert greeks == (max(sign * (220.0 - strike), 0.0), sign * step, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("strike", [180.0, 260.0])
def test_without_vol_it_is_worth_its_discounted_forward_intrinsic(sign, strike):
    greeks = black_scholes(sign=sign, strike=strike, vol=0.0, **MARKET)
    share, cash = legs(MARKET | {"strike": strike})
    in_the_money = sign * (share - cash) > 0.0
    assert greeks.value == pytest.approx(max(sign * (share - cash), 0.0))
    assert greeks.delta == pytest.approx(sign * share / 220.0 * in_the_money)
    assert greeks[2:] == (0.0, 0.0, 0.0, 0.0)


def test_without_vol_at_the_money_forward_delta_is_a_half():
    greeks = black_scholes(
        sign=[1, -1], spot=100, strike=100, time_to_expiry=2, vol=0, rate=0.03, dividend_yield=0.03
    )
    assert greeks.value == pytest.approx([0.0, 0.0], abs=1e-14)
    assert greeks.delta == pytest.approx([0.5 * math.exp(-0.06), -0.5 * math.exp(-0.06)])
    assert np.array(greeks[2:]) == pytest.approx(np.zeros((4, 2)), abs=0.0)


@pytest.mark.parametrize("variable", ["time_to_expiry", "vol"])
def test_value_and_delta_approach_their_limit(variable):
    strikes = np.array([180.0, 260.0])
    near, at = (
        black_scholes(sign=1, strike=strikes, **(MARKET | {"vol": 0.22, variable: small}))
        for small in (1e-9, 0.0)
    )
    assert near.value == pytest.approx(at.value, abs=1e-7)
    assert near.delta == pytest.approx(at.delta, abs=1e-9)


def test_worthless_share():
    greeks = black_scholes(sign=[1, -1], strike=100.0, vol=0.3, **(MARKET | {"spot": 0.0}))
    factor, discount = math.exp(-0.012 * 60 / 365), math.exp(-0.045 * 60 / 365)
    assert greeks.value == pytest.approx([0.0, 100.0 * discount])
    assert greeks.delta == pytest.approx([0.0, -factor])
    assert (greeks.gamma == 0.0).all()
    assert (greeks.vega == 0.0).all()


def test_endless_vol_is_worth_the_bound():
    value = black_scholes(sign=[1, -1], strike=235.0, vol=1e200, **MARKET).value
    assert value == pytest.approx(legs(OPTION))


# Shapes, types, bad elements.


class Kind(enum.IntEnum):
    CALL = 1
    PUT = -1


def test_scalars_give_numpy_floats():
    greeks = black_scholes(sign=Kind.PUT, **OPTION)
    assert isinstance(greeks, OptionGreeks)
    assert {type(field) for field in greeks} == {np.float64}


def test_every_argument_broadcasts():
    greeks = black_scholes(
        sign=[[[Kind.CALL]], [[Kind.PUT]]],
        spot=np.linspace(200, 240, 5),
        strike=[[220], [230], [240]],
        time_to_expiry=0.25,
        vol=np.full((1, 1, 5), 0.2),
        rate=[0.04],
    )
    assert {field.shape for field in greeks} == {(2, 3, 5)}
    one = black_scholes(sign=-1, spot=230, strike=240, time_to_expiry=0.25, vol=0.2, rate=0.04)
    assert np.array([field[1, 2, 3] for field in greeks]) == pytest.approx(np.array(one), rel=1e-13)


def test_blocks_change_nothing():
    options = random_options(2 * BLOCK + 3)
    whole = np.array(black_scholes(**options))
    for index in (0, BLOCK - 1, BLOCK, 2 * BLOCK, 2 * BLOCK + 2):
        one = black_scholes(**{name: values[index] for name, values in options.items()})
        assert whole[:, index] == pytest.approx(np.array(one), rel=1e-13)


def test_no_options_at_all():
    assert [field.shape for field in black_scholes(sign=1, **(OPTION | {"strike": []}))] == [(0,)] * 6


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="broadcast"):
        black_scholes(sign=1, **(OPTION | {"strike": [1, 2], "spot": [1, 2, 3]}))


BAD = [
    ("sign", 0.0),
    ("sign", 2.0),
    ("spot", -1.0),
    ("strike", 0.0),
    ("strike", -235.0),
    ("time_to_expiry", -0.1),
    ("vol", -0.2),
    ("rate", -1e6),
    *((name, bad) for name in ("sign", *OPTION) for bad in (math.nan, math.inf, -math.inf)),
]


@pytest.mark.parametrize(("name", "bad"), BAD)
def test_a_bad_element_is_nan_and_its_neighbors_are_not(name, bad):
    good = OPTION | {"sign": 1.0}
    greeks = np.array(black_scholes(**(good | {name: [good[name], bad, good[name]]})))
    assert np.isnan(greeks[:, 1]).all()
    assert (greeks[:, [0, 2]] == np.array(black_scholes(**good))[:, None]).all()
    assert np.isnan(black_scholes(**(good | {name: bad}))).all()
