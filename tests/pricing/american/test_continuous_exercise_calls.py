"""Cash dividends beside a yield or a negative rate: calls are exercised on any day, some puts never."""

import numpy as np
import pytest

from riskcalc.pricing.american import american
from riskcalc.pricing.american.batch import Batch, Schedule
from riskcalc.pricing.american.finite_difference import finite_difference
from riskcalc.pricing.black_scholes import black_scholes
from tests.rows import sample

IWM = {"sign": 1, "spot": 296.0, "strike": np.linspace(230, 360, 14), "vol": 0.22}
QUARTERS = {"dividend_times": [0.1, 0.35, 0.6, 0.85], "dividend_amounts": [0.8, 2.0, 0.6, 0.7]}
FEW = IWM | {"strike": IWM["strike"][::3]}
ONE = {"dividend_times": [0.1], "dividend_amounts": [0.75]}
CARRIES = [(-0.05, 0.0), (-0.005, 0.0), (-0.02, 0.02), (0.0, 0.06), (0.005, 0.02), (0.04, 0.02), (0.04, 0.08)]
TWO = sample(CARRIES, 2, 4)
QUARTER = [(0.1, 0.75)]
HALF = [(0.1, 0.6), (0.35, 0.8)]
YEAR = [(0.1, 0.8), (0.35, 2.0), (0.6, 0.6), (0.85, 0.7)]
# FdBlackScholesVanillaEngine of QuantLib 1.44 on 1200 and 2400 steps by 2000 and 4000 nodes, extrapolated to
# the first order in time and the second in space: spot 296, vol 0.22.
# sign, rate, yield, expiry, dividends, strike, value
CONVERGED = [
    (1, -0.05, 0.0, 0.18, QUARTER, 260, 36.05373),
    (1, -0.01, 0.0, 0.5, HALF, 280, 25.58275),
    (1, -0.02, 0.02, 1.0, YEAR, 250, 47.62328),
    (1, -0.05, 0.0, 1.0, YEAR, 290, 22.01253),
    (1, 0.04, 0.02, 0.5, HALF, 270, 34.08866),
    (1, 0.0, 0.06, 0.5, HALF, 300, 12.84219),
    (1, 0.04, 0.08, 0.18, QUARTER, 290, 12.80964),
    (-1, -0.01, 0.0, 0.5, HALF, 330, 43.32961),
    (-1, -0.05, 0.03, 0.5, HALF, 290, 22.05473),
    (-1, 0.0, 0.0, 1.0, YEAR, 300, 30.32395),
]


@pytest.mark.parametrize(
    ("sign", "rate", "dividend_yield", "expiry", "dividends", "strike", "value"), CONVERGED
)
def test_agrees_with_a_converged_second_implementation(  # noqa: PLR0917 - a row of the table
    sign, rate, dividend_yield, expiry, dividends, strike, value
):
    times, amounts = zip(*dividends, strict=True)
    result = american(
        sign=sign,
        spot=296,
        strike=strike,
        time_to_expiry=expiry,
        vol=0.22,
        rate=rate,
        dividend_yield=dividend_yield,
        dividend_times=times,
        dividend_amounts=amounts,
    )
    assert result.value == pytest.approx(value, abs=4e-5)


@pytest.mark.parametrize(("rate", "dividend_yield"), sample(CARRIES[::2], 1, 2))
@pytest.mark.parametrize(
    "schedule", [pytest.param(ONE, id="one", marks=pytest.mark.slow), pytest.param(QUARTERS, id="four")]
)
def test_agrees_with_finite_differences(rate, dividend_yield, schedule):
    terms = IWM | {"strike": IWM["strike"][2::5], "time_to_expiry": 0.18 if schedule is ONE else 1.0}
    terms |= {"rate": rate, "dividend_yield": dividend_yield}
    ours = american(**terms, **schedule)
    waits = ours.value > 296 - terms["strike"] + 1e-3  # a grid smears delta across the boundary
    grid = finite_difference(
        Batch.of(**terms)[0],
        Schedule.of(times=schedule["dividend_times"], amounts=schedule["dividend_amounts"]),
    ).greeks
    for greek, tolerance in {"value": 5e-4, "delta": 1e-4, "vega": 0.4, "rho": 1.5}.items():
        expected = getattr(grid, greek)[waits]
        assert getattr(ours, greek)[waits] == pytest.approx(expected, abs=tolerance), greek


@pytest.mark.parametrize(("rate", "dividend_yield"), TWO)
def test_greeks_are_the_slopes_of_the_value(rate, dividend_yield):
    terms = FEW | {"time_to_expiry": 0.9, "rate": rate, "dividend_yield": dividend_yield} | QUARTERS
    result = american(**terms)
    # Where a boundary does not converge the grid prices: the relative error of its vega is 1e-4.
    slopes = {"delta": ("spot", 0.02, 1e-6), "vega": ("vol", 1e-3, 4e-3), "rho": ("rate", 1e-4, 0.2)}
    for greek, (argument, step, tolerance) in slopes.items():
        up, down = (american(**terms | {argument: terms[argument] + move}).value for move in (step, -step))
        assert getattr(result, greek) == pytest.approx((up - down) / (2 * step), abs=tolerance), greek


@pytest.mark.parametrize(("rate", "dividend_yield"), TWO)
def test_gamma_is_the_slope_of_delta_and_theta_the_slope_in_time(rate, dividend_yield):
    terms = FEW | {"rate": rate, "dividend_yield": dividend_yield}
    today = american(**terms, time_to_expiry=0.9, **QUARTERS)
    up, down = (
        american(**terms | {"spot": 296 + move}, time_to_expiry=0.9, **QUARTERS).delta
        for move in (0.01, -0.01)
    )
    assert today.gamma == pytest.approx((up - down) / 0.02, abs=1e-6)
    later, sooner = (
        american(**terms, time_to_expiry=0.9 - move, elapsed=move, **QUARTERS).value for move in (1e-4, -1e-4)
    )
    assert today.theta == pytest.approx((later - sooner) / 2e-4, abs=2e-3)


@pytest.mark.parametrize(("rate", "dividend_yield"), [(-0.01, 0.0), (0.04, 0.02)])
def test_a_vanishing_dividend_leaves_the_call_without_dividends(rate, dividend_yield):
    terms = IWM | {"time_to_expiry": 0.5, "rate": rate, "dividend_yield": dividend_yield}
    none = american(**terms).value
    for amount in (0.1, 1e-2, 1e-3, 1e-5):
        some = american(**terms, dividend_times=[0.2], dividend_amounts=[amount]).value
        assert np.all(some <= none + 1e-5)
        assert np.all(some >= none - amount - 1e-5)


@pytest.mark.parametrize("schedule", [ONE, QUARTERS], ids=["one", "four"])
@pytest.mark.parametrize(("start", "side"), [(0.0, {"rate": -1e-7}), (0.03, {"dividend_yield": 1e-7})])
def test_a_vanishing_rate_or_yield_leaves_the_call_exercised_before_ex_dates_only(start, side, schedule):
    terms = IWM | {"time_to_expiry": 1.0, "rate": start} | schedule
    assert american(**terms | side).value == pytest.approx(american(**terms).value, abs=1e-4)


def test_the_value_falls_with_a_negative_rate_and_with_a_yield():
    terms = FEW | {"time_to_expiry": 1.0} | QUARTERS
    by_rate = [american(**terms, rate=rate).value for rate in (-0.05, -0.01, -1e-4, 0.0, 1e-4, 0.01)]
    assert np.all(np.diff(by_rate, axis=0) >= -1e-6)
    by_yield = [american(**terms, rate=0.02, dividend_yield=paid).value for paid in (0.0, 1e-4, 0.01, 0.05)]
    assert np.all(np.diff(by_yield, axis=0) <= 1e-6)
    assert np.all(by_rate >= np.maximum(296 - FEW["strike"], 0))


@pytest.mark.parametrize(
    ("rate", "dividend_yield"),
    sample(CARRIES, 2),
)
def test_valuation_times_of_one_contract_agree_with_each_alone(rate, dividend_yield):
    days = np.array([0.0, 36.0, 36.4, 127.0, 300.0])[:, None] / 365
    terms = IWM | {"strike": 290.0, "rate": rate, "dividend_yield": dividend_yield}
    terms |= {"spot": np.array([240.0, 285.0, 296.0, 310.0, 380.0]), "time_to_expiry": 0.9 - days}
    result = american(**terms, elapsed=days, **QUARTERS)
    for i, day in enumerate(days[:, 0]):
        times = np.array(QUARTERS["dividend_times"]) - day
        alone = american(
            **terms | {"time_to_expiry": 0.9 - day, "dividend_times": times},
            dividend_amounts=QUARTERS["dividend_amounts"],
        )
        assert result.value[i] == pytest.approx(alone.value, abs=5e-5)
        assert result.delta[i] == pytest.approx(alone.delta, abs=2e-5)


def test_a_drop_of_most_of_the_strike_is_left_to_finite_differences():
    call = american(
        sign=1,
        spot=300.0,
        strike=100.0,
        time_to_expiry=1,
        vol=0.3,
        rate=-0.01,
        dividend_times=[0.5],
        dividend_amounts=[99.0],
    )
    assert call.value == pytest.approx(200.0, abs=1e-6)


@pytest.mark.parametrize(("rate", "dividend_yield"), [(0.0, 0.0), (0.0, 0.03), (-0.01, 0.0), (-0.05, 0.02)])
def test_a_put_without_interest_is_the_expectation_of_european_puts(rate, dividend_yield):
    strikes, drop, until, expiry, vol = np.array([250.0, 296.0, 340.0]), 4.0, 0.2, 0.5, 0.22
    put = american(
        sign=-1,
        spot=296.0,
        strike=strikes,
        time_to_expiry=expiry,
        vol=vol,
        rate=rate,
        dividend_yield=dividend_yield,
        dividend_times=[until],
        dividend_amounts=[drop],
    )
    moves, weights = np.polynomial.hermite_e.hermegauss(200)
    deviation = vol * np.sqrt(until)
    spots = 296 * np.exp((rate - dividend_yield) * until - deviation**2 / 2 + deviation * moves) - drop
    after = black_scholes(
        sign=-1,
        spot=spots[:, None],
        strike=strikes,
        time_to_expiry=expiry - until,
        vol=vol,
        rate=rate,
        dividend_yield=dividend_yield,
    ).value
    mean = np.exp(-rate * until) * weights @ after / np.sqrt(2 * np.pi)
    assert put.value == pytest.approx(mean, abs=1e-6)


def test_puts_are_continuous_at_a_rate_of_zero():
    terms = IWM | {"sign": -1, "time_to_expiry": 1.0} | QUARTERS
    values = [american(**terms, rate=rate).value for rate in (-1e-6, 0.0, 1e-6)]
    assert values[0] == pytest.approx(values[1], abs=1e-3)
    assert values[2] == pytest.approx(values[1], abs=1e-3)


def test_puts_of_small_vol_that_later_drops_take_into_the_money():
    terms = {"sign": -1, "spot": 411.0, "strike": 407.6, "time_to_expiry": 0.014, "vol": 0.011}
    terms |= {"dividend_times": [0.006, 0.01], "dividend_amounts": [0.07, 8.2]}
    for rate in (-1e-4, 1e-4):
        assert american(**terms, rate=rate).value == pytest.approx(407.6 - 411.0 + 8.27, abs=2e-3)
