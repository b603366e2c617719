"""Implied vol against published cases, 50 digits, peers, round trips and its status codes."""

from __future__ import annotations

import math
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vollib.black_scholes_merton.implied_volatility import implied_volatility as vollib_vol

from riskcalc.pricing import ImpliedVol, VolStatus, black_scholes, implied_vol
from riskcalc.pricing.arrays import BLOCK
from riskcalc.pricing.compiled.loader import using
from tests import exact
from tests.reference import rows
from tests.rows import sample

OPTION = {"spot": 220.0, "strike": 235.0, "time_to_expiry": 60 / 365, "rate": 0.045, "dividend_yield": 0.012}
SIGNS = {"c": 1, "p": -1}
EPSILON = np.finfo(float).eps


# Published and reported cases.


@pytest.mark.parametrize("row", rows("implied_vol_cases"), ids=lambda row: f"{row['price']:.3g}")
def test_published_case(row):
    result = implied_vol(
        premium=row["price"],
        sign=SIGNS[row["flag"]],
        spot=row["forward"],
        strike=row["strike"],
        time_to_expiry=row["t"],
    )
    assert result.status == VolStatus.OK
    bar = max(1e-10, 4.0 * row["iv_change_per_ulp_of_price"])
    assert result.vol == pytest.approx(float(row["iv_recomputed"]), rel=0.0, abs=bar)
    assert result.vol == pytest.approx(
        float(row["expected_iv"]), rel=0.0, abs=bar + row["expected_iv"].half_unit
    )


BEHAVIOUR = {
    "BelowIntrinsicException": VolStatus.BELOW_INTRINSIC,
    "AboveMaximumException": VolStatus.ABOVE_BOUND,
}


@pytest.mark.parametrize("row", rows("implied_vol_bounds_behaviour"), ids=lambda row: row["description"])
def test_reported_case_at_a_bound(row):
    result = implied_vol(
        premium=row["price"],
        sign=SIGNS[row["flag"]],
        spot=row["spot"],
        strike=row["strike"],
        time_to_expiry=row["t"],
        rate=row["r"],
    )
    expected = row["py_vollib_behaviour"]
    assert result.status == BEHAVIOUR.get(expected, VolStatus.OK)
    if result.status == VolStatus.OK:
        assert result.vol == pytest.approx(float(expected), rel=1e-9, abs=0.0)
    else:
        assert math.isnan(result.vol)


# Second implementations.


def wide_options(count, seed):
    """Options of every kind: at the money, in far wings, minutes from expiry, worth almost their bound."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(4, size=count)
    moneyness = np.choose(
        kind,
        [
            rng.normal(size=count) * 10.0 ** rng.uniform(-14, -3, count),
            rng.normal(size=count) * 0.3,
            rng.uniform(-40, 40, count),
            rng.normal(size=count) * 10.0 ** rng.uniform(-5, 0.5, count),
        ],
    )
    total = np.choose(
        kind,
        [
            10.0 ** rng.uniform(-8, 1, count),
            10.0 ** rng.uniform(-3, 1, count),
            10.0 ** rng.uniform(-0.5, 1.2, count),
            np.abs(moneyness) / rng.uniform(0.01, 37, count),
        ],
    )
    time = 10.0 ** rng.uniform(-5, 0.5, count)
    strike = np.exp(rng.uniform(0, 8, count))
    return {
        "sign": rng.choice([-1.0, 1.0], count),
        "spot": strike * np.exp(moneyness),
        "strike": strike,
        "time_to_expiry": time,
        "vol": total / np.sqrt(time),
        "rate": 0.0,
        "dividend_yield": 0.0,
    }


def each(options):
    """One dict of floats per option."""
    spread = np.broadcast_arrays(*options.values())
    return [dict(zip(options, map(float, values), strict=True)) for values in zip(*spread, strict=True)]


def conditioned(option, premium):
    """Whether a hundred units in the last place of the premium still lie between its bounds."""
    share, cash, slack = option["spot"], option["strike"], 100.0 * math.ulp(premium)
    sign = option["sign"]
    intrinsic, bound = max(sign * (share - cash), 0.0), share if sign > 0.0 else cash
    return premium > 1e-300 and intrinsic + slack < premium < bound - slack


@pytest.mark.parametrize("count", sample((80, 400), 0))
def test_agrees_with_50_digits_wherever_a_double_price_carries_the_vol(count):
    compared = 0
    for option in each(wide_options(count, seed=3)):
        vol = option.pop("vol")
        premium = float(exact.greeks(vol=vol, **option)[0])
        if not conditioned(option, premium):
            continue
        true, per_ulp = exact.implied_vol(premium=premium, start=vol, **option)
        result = implied_vol(premium=premium, **option)
        assert result.status == VolStatus.OK
        assert abs(result.vol - true) <= max(1e-10, 2 * per_ulp), option
        # Far inside the bar: nearly every digit of the vol that the premium fixes.
        assert abs(result.vol - true) <= max(5e-12 * true, 2 * per_ulp), option
        compared += 1
    assert compared > count / 2


def test_agrees_with_vollib():
    rng = np.random.default_rng(5)
    spot, strike = rng.uniform(50, 300, 300), rng.uniform(50, 300, 300)
    options = {"sign": np.where(spot > strike, -1.0, 1.0), "spot": spot, "strike": strike}
    options |= {"time_to_expiry": rng.uniform(2 / 365, 2, 300), "vol": rng.uniform(0.1, 1.5, 300)}
    options |= {"rate": rng.uniform(-0.02, 0.08, 300), "dividend_yield": rng.uniform(0, 0.05, 300)}
    compared = 0
    for option in each(options):
        vol = option.pop("vol")
        premium = black_scholes(vol=vol, **option).value
        if premium < 1e-10:
            continue  # vollib returns 0 below its own floor
        flag = "c" if option["sign"] > 0 else "p"
        contract = (option["spot"], option["strike"], option["time_to_expiry"], option["rate"])
        theirs = vollib_vol(premium, *contract, option["dividend_yield"], flag)
        assert implied_vol(premium=premium, **option).vol == pytest.approx(theirs, rel=0.0, abs=1e-10)
        compared += 1
    assert compared > 200


# Round trips through black_scholes.


def assert_round_trip(options):
    greeks = black_scholes(**options)
    result = implied_vol(premium=greeks.value, **{name: options[name] for name in options if name != "vol"})
    share = options["spot"] * np.exp(-options["dividend_yield"] * options["time_to_expiry"])
    cash = options["strike"] * np.exp(-options["rate"] * options["time_to_expiry"])
    intrinsic = np.maximum(options["sign"] * (share - cash), 0.0)
    bound = np.where(options["sign"] > 0, share, cash)
    terms = greeks.value + np.where(intrinsic > 0.0, share + cash, 0.0)
    carries_vol = greeks.value - intrinsic > np.maximum(1e3 * EPSILON * (terms - greeks.value), 1e-290)
    carries_vol &= bound - greeks.value > 1e3 * EPSILON * bound
    assert carries_vol.mean() > 0.5
    assert (result.status[carries_vol] == VolStatus.OK).all()
    # A few ulps of the terms that the price is the difference of, seen through vega.
    bar = np.maximum(1e-10, 8.0 * EPSILON * terms[carries_vol] / greeks.vega[carries_vol])
    assert (np.abs(result.vol - options["vol"])[carries_vol] <= bar).all()


@pytest.mark.parametrize("seed", range(3))
def test_round_trip_over_everything(seed):
    assert_round_trip(wide_options(20_000, seed))


def test_round_trip_of_a_chain_with_carry():
    days, moneyness, vol = np.meshgrid(
        [1 / 24, 1, 7, 60, 365, 900], np.linspace(0.3, 2.5, 45), [0.08, 0.25, 0.9]
    )
    for sign in (1.0, -1.0):
        assert_round_trip(
            {
                "sign": np.full(vol.shape, sign),
                "spot": np.full(vol.shape, 296.0),
                "strike": 296.0 * moneyness,
                "time_to_expiry": days / 365,
                "vol": vol,
                "rate": 0.043,
                "dividend_yield": 0.012,
            }
        )


# Properties.

AMOUNTS = st.floats(0.0, 1e4)
QUOTES = st.fixed_dictionaries(
    {
        "premium": AMOUNTS,
        "sign": st.sampled_from([-1, 1]),
        "spot": st.floats(0.01, 1e4),
        "strike": st.floats(0.01, 1e4),
        "time_to_expiry": st.floats(1e-6, 30.0),
        "rate": st.floats(-0.2, 0.5),
        "dividend_yield": st.floats(-0.2, 0.5),
    }
)


@given(QUOTES)
def test_a_vol_reprices_its_premium_and_a_status_says_why_there_is_none(quote):
    result = implied_vol(**quote)
    contract = {name: value for name, value in quote.items() if name != "premium"}
    floor, ceiling = (black_scholes(vol=vol, **contract).value for vol in (0.0, 1e100))
    slack = 1e-14 * (quote["spot"] + quote["strike"]) * math.exp(0.2 * quote["time_to_expiry"])
    if result.status == VolStatus.OK:
        assert result.vol >= 0.0
        assert black_scholes(vol=result.vol, **contract).value == pytest.approx(
            quote["premium"], rel=1e-12, abs=10.0 * slack
        )
    else:
        assert math.isnan(result.vol)
        assert result.status in {VolStatus.BELOW_INTRINSIC, VolStatus.ABOVE_BOUND}
        assert not floor + slack < quote["premium"] < ceiling - slack


@pytest.mark.parametrize("sign", [1, -1])
def test_vol_rises_with_the_premium(sign):
    contract = OPTION | {"sign": sign}
    floor, ceiling = (black_scholes(vol=vol, **contract).value for vol in (0.0, 1e100))
    share_of_range = np.concatenate([np.geomspace(1e-12, 0.5, 2000), 1.0 - np.geomspace(0.499, 1e-12, 2000)])
    result = implied_vol(premium=floor + (ceiling - floor) * share_of_range, **contract)
    assert (result.status == VolStatus.OK).all()
    assert (np.diff(result.vol) > 0.0).all()


# Status codes.

REASONS = [
    (VolStatus.BELOW_INTRINSIC, {"premium": -1e-9}),
    (VolStatus.BELOW_INTRINSIC, {"premium": 13.0, "sign": -1}),
    (VolStatus.ABOVE_BOUND, {"premium": 220.0}),
    (VolStatus.ABOVE_BOUND, {"premium": 1e9}),
    (VolStatus.ABOVE_BOUND, {"premium": 234.0, "sign": -1}),
    (VolStatus.NO_TIME, {"time_to_expiry": 0.0}),
    (VolStatus.NO_TIME, {"time_to_expiry": -0.1}),
    (VolStatus.NO_TIME, {"time_to_expiry": 0.0, "premium": 500.0}),
    (VolStatus.OUT_OF_RANGE, {"spot": 0.0}),
    (VolStatus.OUT_OF_RANGE, {"spot": -1.0}),
    (VolStatus.OUT_OF_RANGE, {"strike": 0.0}),
    (VolStatus.OUT_OF_RANGE, {"sign": 0}),
    (VolStatus.OUT_OF_RANGE, {"sign": 2}),
    (VolStatus.NOT_FINITE, {"rate": -1e6}),
    *(
        (VolStatus.NOT_FINITE, {name: bad})
        for name in ("premium", "sign", *OPTION)
        for bad in (math.nan, math.inf, -math.inf)
    ),
]


@pytest.mark.parametrize(("status", "change"), REASONS)
def test_a_bad_element_says_why_and_its_neighbors_are_solved(status, change):
    good = OPTION | {"premium": 3.0, "sign": 1.0}
    alone = implied_vol(**good)
    bad = good | change
    result = implied_vol(**{name: [good[name], bad[name], good[name]] for name in good})
    assert result.status.tolist() == [VolStatus.OK, status, VolStatus.OK]
    assert np.isnan(result.vol).tolist() == [False, True, False]
    assert result.vol[0] == result.vol[2] == alone.vol
    assert implied_vol(**bad).status == status


def test_every_status_has_a_text():
    assert len({status.text for status in VolStatus}) == len(VolStatus)


def test_a_search_cut_short_says_so(monkeypatch):
    monkeypatch.setattr(import_module("riskcalc.pricing.implied_vol"), "_MAX_STEPS", 1)
    with using("numpy"):
        result = implied_vol(premium=[60.0, 1e-9], sign=1, spot=100.0, strike=[50.0, 1e9], time_to_expiry=1.0)
    assert result.status.tolist() == [VolStatus.OK, VolStatus.NOT_CONVERGED]
    assert np.isnan(result.vol).tolist() == [False, True]


@pytest.mark.parametrize(
    "contract", [OPTION | {"sign": -1}, OPTION | {"sign": 1, "strike": 180.0}, OPTION | {"sign": 1}]
)
def test_intrinsic_value_is_a_vol_of_zero(contract):
    intrinsic = black_scholes(vol=0.0, **contract).value
    assert implied_vol(premium=intrinsic, **contract) == (0.0, VolStatus.OK)
    assert implied_vol(premium=intrinsic * (1.0 - EPSILON), **contract) == (0.0, VolStatus.OK)


def test_the_bound_itself_has_no_vol():
    for sign, bound in ((1, 220.0), (-1, 235.0)):
        option = {"sign": sign, "spot": 220.0, "strike": 235.0, "time_to_expiry": 1.0}
        assert implied_vol(premium=bound, **option).status == VolStatus.ABOVE_BOUND
        assert implied_vol(premium=np.nextafter(bound, 0.0), **option).vol > 10.0


# Shapes and types.


def test_scalars_give_numpy_scalars():
    result = implied_vol(premium=3, sign=1, **OPTION)
    assert isinstance(result, ImpliedVol)
    assert (type(result.vol), type(result.status)) == (np.float64, np.int8)


def test_every_argument_broadcasts():
    premium = np.array([[[2.0]], [[20.0]]])
    result = implied_vol(
        premium=premium, sign=[[[1]], [[-1]]], **(OPTION | {"strike": [[230], [235]], "rate": [0, 0.05, 0.1]})
    )
    assert result.vol.shape == result.status.shape == (2, 2, 3)
    one = implied_vol(premium=20.0, sign=-1, **(OPTION | {"strike": 235, "rate": 0.05}))
    assert result.vol[1, 1, 1] == pytest.approx(one.vol, rel=1e-13)


@pytest.mark.parametrize("varying", ["premium", "sign", *OPTION])
def test_one_varying_argument_is_enough(varying):
    quote = OPTION | {"premium": 3.0, "sign": 1.0}
    result = implied_vol(**(quote | {varying: np.full(4, quote[varying])}))
    assert result.vol == pytest.approx(np.full(4, implied_vol(**quote).vol), rel=1e-13)


def test_blocks_change_nothing():
    count = 2 * BLOCK + 3
    premium = np.linspace(0.01, 100.0, count)
    whole = implied_vol(premium=premium, sign=1, **OPTION).vol
    for index in (0, BLOCK - 1, BLOCK, count - 1):
        assert whole[index] == pytest.approx(
            implied_vol(premium=premium[index], sign=1, **OPTION).vol, rel=1e-13
        )


def test_no_premiums_at_all():
    result = implied_vol(premium=[], sign=1, **OPTION)
    assert result.vol.shape == result.status.shape == (0,)
