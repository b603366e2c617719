"""One call over many valuation times equals a call at each with the schedule counted from there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcalc.pricing.american import american
from riskcalc.pricing.black_scholes import black_scholes
from tests.rows import slow

SPOTS = np.array([230.0, 270.0, 288.0, 295.0, 306.0, 330.0, 390.0])
TERMS = {"strike": 295.0, "vol": 0.2, "rate": 0.04}
ONE = {"dividend_times": np.array([57]) / 365, "dividend_amounts": [0.8]}
TWO = {"dividend_times": np.array([40, 131]) / 365, "dividend_amounts": [0.8, 2.5]}
NONE = {"dividend_times": np.array([]), "dividend_amounts": []}
CALL_ERROR = 1e-7  # dollars, each over its own nodes
# Of the put kernels, each over its own boundary: dollars, and for gamma its share of the largest.
PUT_ERROR = {"value": 1e-4, "delta": 1e-4, "gamma": 2e-2, "vega": 2e-2}


def together(days, expiry, **terms):
    days = np.asarray(days, dtype=float)[:, None]
    return american(
        spot=SPOTS, time_to_expiry=np.maximum(expiry - days, 0) / 365, elapsed=days / 365, **(TERMS | terms)
    )


def one_by_one(days, expiry, **terms):
    terms = TERMS | terms
    times = terms.pop("dividend_times")
    alone = [
        american(
            spot=SPOTS,
            time_to_expiry=max(expiry - day, 0) / 365,
            dividend_times=times - day / 365,
            **terms,
        )
        for day in days
    ]
    return type(alone[0])(*np.stack([np.stack(result) for result in alone], axis=1))


@pytest.mark.parametrize("schedule", [ONE, TWO, NONE], ids=["one", "two", "none"])
@pytest.mark.parametrize("expiry", [60, 180])
def test_calls_agree_across_ex_dates_and_expiry(schedule, expiry):
    days = [0, 1, 20, 39, 40, 41, 56, 56.5, 57, 58, 60, 61, 100, 130, 131, 179]
    terms = schedule | {"sign": 1}
    result, alone = together(days, expiry, **terms), one_by_one(days, expiry, **terms)
    for greek, expected in alone._asdict().items():
        error = CALL_ERROR if greek == "value" else 1e-6 * np.abs(expected).max()
        assert getattr(result, greek) == pytest.approx(expected, rel=1e-9, abs=error), greek


@pytest.mark.parametrize(
    ("schedule", "expiry", "terms"),
    [
        (ONE, 60, {"sign": -1}),
        (TWO, 180, {"sign": -1}),
        (NONE, 60, {"sign": -1}),
        (NONE, 730, {"sign": -1}),
        (NONE, 60, {"sign": -1, "dividend_yield": 0.011}),
        (NONE, 360, {"sign": 1, "dividend_yield": 0.06, "rate": 0.02}),
    ],
)
def test_puts_and_yields_agree_within_the_error_of_their_methods(schedule, expiry, terms):
    days = np.concatenate([np.linspace(0, expiry, 25), [39.0, 40.0, 56.0, 57.0, 58.0]])
    terms = schedule | terms
    result, alone = together(days, expiry, **terms), one_by_one(days, expiry, **terms)
    for greek, error in PUT_ERROR.items():
        expected = getattr(alone, greek)
        scale = expected[expected.shape[0] // 2].max() if greek == "gamma" else 1.0
        assert getattr(result, greek) == pytest.approx(expected, rel=1e-4, abs=error * scale), greek


@pytest.mark.parametrize(
    ("schedule", "terms"),
    [
        slow((ONE, {"sign": -1, "dividend_yield": 0.01})),
        (TWO, {"sign": 1, "dividend_yield": -0.01}),
        slow((NONE, {"sign": 1, "rate": -0.04, "dividend_yield": -0.02})),
    ],
)
def test_finite_differences_agree(schedule, terms):
    days, terms = [0, 9, 39, 41, 56, 59], schedule | terms
    result, alone = together(days, 60, **terms), one_by_one(days, 60, **terms)
    assert result.value == pytest.approx(alone.value, abs=5e-4)
    waits = np.abs(alone.value - np.maximum(terms["sign"] * (SPOTS - 295.0), 0)) > 2e-3
    assert result.delta[waits] == pytest.approx(alone.delta[waits], abs=5e-5)
    scale = alone.gamma.max(axis=1, keepdims=True)
    assert (result.gamma / scale)[waits] == pytest.approx((alone.gamma / scale)[waits], abs=2e-3)


@pytest.mark.parametrize("vol", [0.1, 0.2])
def test_rho_of_a_put_is_the_slope_of_its_value(vol):
    days, terms = np.arange(41.0, 100.0, 3.0), TWO | {"sign": -1, "vol": vol}
    up, down = (together(days, 180, **terms | {"rate": 0.04 + move}).value for move in (1e-5, -1e-5))
    result = together(days, 180, **terms)
    waits = result.value > np.maximum(295 - SPOTS, 0) + 1e-3
    assert result.rho[waits] == pytest.approx((up - down)[waits] / 2e-5, abs=0.01)


def test_a_dividend_at_the_valuation_time_is_past():
    terms = TERMS | {"sign": 1, "spot": SPOTS, "time_to_expiry": 3 / 365}
    on_the_day, seconds_before = (american(**terms, **ONE, elapsed=57 / 365 - early) for early in (0, 5e-7))
    assert on_the_day.value == pytest.approx(black_scholes(**terms).value, abs=0)
    assert seconds_before.value == pytest.approx(on_the_day.value, abs=0)
    assert (american(**terms, **ONE, elapsed=56.999 / 365).value < on_the_day.value).all()


def test_a_drop_on_the_expiry_counts_at_every_valuation_time():
    days = np.arange(57)
    terms = ONE | {"sign": -1}
    put, early = (together(days, expiry, **terms).value[:, 1:4] for expiry in (57, 56.9))
    assert (put > early + 0.1).all()


def test_two_drops_of_one_day_are_two_for_a_valuation_time_between():
    schedule = {"dividend_times": np.array([50.0, 50.4]) / 365, "dividend_amounts": [1.0, 2.0]}
    days, terms = [10, 50, 50.2, 50.4], schedule | {"sign": 1}
    result, alone = together(days, 60, **terms), one_by_one(days, 60, **terms)
    assert result.value == pytest.approx(alone.value, abs=CALL_ERROR)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("schedule", [TWO, NONE], ids=["two", "none"])
def test_contracts_priced_together_agree_with_each_alone(schedule, sign):
    strikes, vols = np.array([280.0, 300.0]), np.array([0.15, 0.25])
    terms = {"sign": sign, "spot": SPOTS, "time_to_expiry": 0.4, "rate": 0.04} | schedule
    result = american(**terms, strike=strikes[:, None, None], vol=vols[:, None]).value
    for i, j in np.ndindex(2, 2):
        alone = [american(**terms | {"spot": spot}, strike=strikes[i], vol=vols[j]).value for spot in SPOTS]
        assert result[i, j] == pytest.approx(alone, abs=2 * CALL_ERROR if sign > 0 else 1e-4)


def test_scalars_stay_scalars_and_zero_elapsed_is_the_default():
    terms = TERMS | {"sign": -1, "spot": 290.0, "time_to_expiry": 60 / 365} | ONE
    plain, moved = american(**terms), american(**terms, elapsed=0.0)
    assert np.shape(moved.value) == ()
    assert plain == moved


def test_only_an_element_whose_elapsed_is_not_finite_is_nan():
    result = american(
        **TERMS, **ONE, sign=1, spot=295.0, time_to_expiry=0.1, elapsed=[0.0, np.nan, np.inf, 0.1]
    )
    assert np.isnan(result.value).tolist() == [False, True, True, False]


@st.composite
def mixed(draw):
    """Draw calls and puts of few contracts at several valuation times, with up to three dividends."""
    count = draw(st.integers(1, 12))

    def column(values):
        return np.array(draw(st.lists(values, min_size=count, max_size=count)))

    days = column(st.integers(0, 200))
    expiry = column(st.sampled_from([60, 150]))
    dates = draw(st.lists(st.integers(-20, 160), max_size=3, unique=True))
    return {
        "sign": column(st.sampled_from([1, -1])),
        "spot": column(st.floats(200, 400)),
        "strike": column(st.sampled_from([270.0, 300.0])),
        "vol": column(st.sampled_from([0.15, 0.4])),
        "time_to_expiry": np.maximum(expiry - days, 0) / 365,
        "rate": 0.04,
        "elapsed": days / 365,
        "dividend_times": np.array(sorted(dates)) / 365,
        "dividend_amounts": [0.8] * len(dates),
    }


@settings(max_examples=25, deadline=None)
@given(mixed())
def test_any_mixture_agrees_with_each_option_alone(terms):
    result = american(**terms)
    schedule = {"dividend_amounts": terms["dividend_amounts"]}
    for i, moment in enumerate(terms["elapsed"]):
        own = {name: terms[name][i] for name in ("sign", "spot", "strike", "vol", "time_to_expiry")}
        alone = american(**own, rate=0.04, dividend_times=terms["dividend_times"] - moment, **schedule)
        # Far and near spots in one call share nodes that are wider than each alone would take.
        error = 10 * CALL_ERROR if own["sign"] > 0 else 5e-4
        assert result.value[i] == pytest.approx(alone.value, abs=error)
        assert result.delta[i] == pytest.approx(alone.delta, abs=error)
