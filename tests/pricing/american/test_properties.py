"""Properties of every American price, whatever its method."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.errors import InvalidInputError
from riskcalc.pricing.american import american
from riskcalc.pricing.black_scholes import black_scholes
from tests.examples import examples
from tests.rows import sample

SLACK = 2e-4  # dollars on a strike of 100: what the methods may err


def numbers(low, high):
    return st.floats(low, high, allow_nan=False)


contracts = st.fixed_dictionaries(
    {
        "spot": numbers(50.0, 200.0),
        "strike": st.just(100.0),
        "time_to_expiry": numbers(0.01, 2.0),
        "vol": numbers(0.05, 0.8),
        "rate": numbers(0.0, 0.1),
    }
)
schedules = st.lists(st.tuples(numbers(0.003, 2.2), numbers(0.0, 4.0)), max_size=4).map(
    lambda pairs: {"dividend_times": [t for t, _ in pairs], "dividend_amounts": [a for _, a in pairs]}
)
yields = numbers(0.0, 0.1).map(lambda dividend_yield: {"dividend_yield": dividend_yield})
signs = st.sampled_from([1, -1])
quick = examples(100)


def present_value(schedule, contract):
    """Return the present value of the dividends before the expiry."""
    pairs = zip(schedule["dividend_times"], schedule["dividend_amounts"], strict=True)
    rate, last = contract["rate"], contract["time_to_expiry"]
    return sum(amount * np.exp(-rate * time) for time, amount in pairs if time <= last)


@quick
@given(sign=signs, contract=contracts, dividends=st.one_of(schedules, yields))
def test_worth_at_least_exercise_and_at_most_the_bound(sign, contract, dividends):
    value = american(sign=sign, **contract, **dividends).value
    spot, strike = contract["spot"], contract["strike"]
    assert value >= max(sign * (spot - strike), 0.0)
    assert value <= (spot if sign > 0 else strike)


@quick
@given(sign=signs, contract=contracts, dividends=yields)
def test_worth_at_least_the_european(sign, contract, dividends):
    value = american(sign=sign, **contract, **dividends).value
    assert value >= black_scholes(sign=sign, **contract, **dividends).value - SLACK


@quick
@given(contract=contracts, schedule=schedules)
def test_parity_bounds(contract, schedule):
    call, put = (american(sign=sign, **contract, **schedule).value for sign in (1, -1))
    spot, strike = contract["spot"], contract["strike"]
    paid = present_value(schedule, contract)
    discounted = strike * np.exp(-contract["rate"] * contract["time_to_expiry"])
    assert spot - paid - strike - SLACK <= call - put <= spot - discounted + SLACK


@quick
@given(sign=signs, contract=contracts, dividends=st.one_of(schedules, yields))
def test_rises_with_vol_and_is_monotone_in_the_spot(sign, contract, dividends):
    vols = contract["vol"] * np.array([1.0, 1.01, 1.1, 1.5])
    assert np.all(np.diff(american(sign=sign, **contract | {"vol": vols}, **dividends).value) >= -SLACK)
    spots = contract["spot"] * np.array([1.0, 1.001, 1.05, 1.3])
    changes = np.diff(american(sign=sign, **contract | {"spot": spots}, **dividends).value)
    assert np.all(sign * changes >= -SLACK)
    assert np.all(np.abs(changes) <= np.diff(spots) + SLACK)


@quick
@given(sign=signs, contract=contracts, schedule=schedules, more=numbers(1e-6, 2.0))
def test_a_larger_dividend_moves_calls_down_and_puts_up(sign, contract, schedule, more):
    larger = schedule | {"dividend_amounts": [amount + more for amount in schedule["dividend_amounts"]]}
    change = (
        american(sign=sign, **contract, **larger).value - american(sign=sign, **contract, **schedule).value
    )
    assert sign * change <= SLACK
    assert abs(change) <= more * len(schedule["dividend_times"]) + SLACK


@quick
@given(sign=signs, contract=contracts, time=numbers(0.0, 1.0))
def test_a_vanishing_dividend_leaves_the_value_without(sign, contract, time):
    with_it = american(sign=sign, **contract, dividend_times=[time], dividend_amounts=[1e-7]).value
    assert with_it == pytest.approx(american(sign=sign, **contract).value, abs=SLACK)


@quick
@given(contract=contracts, amount=numbers(0.01, 5.0))
def test_a_call_is_continuous_as_an_ex_date_passes_the_expiry(contract, amount):
    last = contract["time_to_expiry"]
    before, after = (
        american(sign=1, **contract, dividend_times=[time], dividend_amounts=[amount]).value
        for time in (last * (1 - 1e-9), last * (1 + 1e-9))
    )
    assert before == pytest.approx(after, abs=1e-3)


def test_arrays_broadcast_scalars_stay_scalars_and_bad_elements_are_nan():
    greeks = american(
        sign=[[1], [-1]],
        spot=[100.0, np.nan, -1.0, 100.0],
        strike=100,
        time_to_expiry=[1, 1, 1, -0.1],
        vol=0.2,
        rate=0.03,
        dividend_times=[0.5],
        dividend_amounts=[1.0],
    )
    assert greeks.value.shape == (2, 4)
    for greek in greeks:
        assert np.isfinite(greek).tolist() == [[True, False, False, False]] * 2
    assert isinstance(american(sign=1, spot=100, strike=100, time_to_expiry=1, vol=0.2).value, float)
    assert american(sign=1, spot=[], strike=100, time_to_expiry=1, vol=0.2).value.shape == (0,)
    assert np.isnan(american(sign=0, spot=100, strike=100, time_to_expiry=1, vol=0.2).value)


@pytest.mark.parametrize(
    ("times", "amounts", "names"),
    [
        ([0.1], [], "equally long"),
        ([0.1, 0.2], [1.0], "equally long"),
        ([np.nan], [1.0], "dividend_times"),
        ([0.1], [-1.0], "dividend_amounts"),
        ([0.1], [np.inf], "dividend_amounts"),
    ],
)
def test_a_bad_schedule_is_named(times, amounts, names):
    with pytest.raises(InvalidInputError, match=names):
        american(
            sign=1,
            spot=100,
            strike=100,
            time_to_expiry=1,
            vol=0.2,
            dividend_times=times,
            dividend_amounts=amounts,
        )


@pytest.mark.parametrize("sign", [1, -1])
def test_the_order_of_the_schedule_and_past_dividends_do_not_matter(sign):
    terms = {"sign": sign, "spot": 100.0, "strike": 100.0, "time_to_expiry": 1.0, "vol": 0.2, "rate": 0.03}
    ordered = american(**terms, dividend_times=[0.2, 0.7], dividend_amounts=[1.0, 2.0])
    mixed = american(
        **terms, dividend_times=[0.7, -0.3, 1.5, 0.2, 0.0], dividend_amounts=[2.0, 9.0, 9.0, 1.0, 9.0]
    )
    assert tuple(mixed) == tuple(ordered)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("dividends", [{}, {"dividend_times": [0.3], "dividend_amounts": [2.0]}])
def test_without_vol_the_path_is_known(sign, dividends):
    terms = {"sign": sign, "spot": 100.0, "strike": np.array([80.0, 100.0, 120.0]), "time_to_expiry": 0.5}
    known = american(**terms, vol=0.0, rate=0.04, **dividends)
    nearly = american(**terms, vol=1e-4, rate=0.04, **dividends)
    assert nearly.value == pytest.approx(known.value, abs=5e-3)
    strikes, drop = terms["strike"], 2.0 if dividends else 0.0
    moments = [0.0, 0.3, 0.5]
    paid = [0.0, 0.0 if sign > 0 else drop * np.exp(-0.04 * 0.3), drop * np.exp(-0.04 * 0.3)]
    gains = [sign * (100 - cut - strikes * np.exp(-0.04 * t)) for t, cut in zip(moments, paid, strict=True)]
    assert known.value == pytest.approx(np.maximum(np.max(gains, axis=0), 0.0), abs=1e-12)


@pytest.mark.parametrize("sign", sample((1, -1), 0))
def test_eight_dividends_and_extremes_stay_finite(sign):
    greeks = american(
        sign=sign,
        spot=np.array([0.0, 1e-6, 50.0, 100.0, 1e6])[:, None],
        strike=100.0,
        time_to_expiry=2.05,
        vol=np.array([0.0, 1e-6, 0.3, 2.0]),
        rate=0.04,
        dividend_times=np.arange(0.2, 2.1, 0.25),
        dividend_amounts=[0.7] * 8,
    )
    assert all(np.isfinite(greek).all() for greek in greeks)
    assert np.all(sign * np.diff(greeks.value, axis=0) >= -SLACK)
