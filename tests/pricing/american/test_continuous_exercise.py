"""Options without cash dividends, exercised on any day: published prices, Greeks, identities."""

import numpy as np
import pytest

from riskcalc.pricing.american import american
from riskcalc.pricing.american.batch import Batch, Schedule
from riskcalc.pricing.american.continuous_exercise import boundary_out_of_reach, continuous_exercise
from riskcalc.pricing.black_scholes import black_scholes
from tests.pricing.american.published import contract, label
from tests.reference import rows

EXACT = rows("american_exact")
STRIKES = np.linspace(70, 140, 15)
PUT = {"sign": -1, "spot": 100.0, "strike": STRIKES, "time_to_expiry": 0.7, "vol": 0.25}
CASES = [
    PUT | {"rate": 0.05, "dividend_yield": 0.0},
    PUT | {"rate": 0.05, "dividend_yield": 0.02},
    PUT | {"rate": 0.03, "dividend_yield": 0.06},
    PUT | {"rate": 0.001, "dividend_yield": -0.03},
    PUT | {"rate": 0.15, "dividend_yield": 0.0, "vol": 0.12},
    PUT | {"sign": 1, "rate": 0.05, "dividend_yield": 0.04},
    PUT | {"sign": 1, "rate": -0.02, "dividend_yield": 0.0},
]


def tolerance(row):
    """QuantLib's high-precision scheme and this one differ at extreme times and vols; trees are coarser."""
    if row["r"] < 0.0:
        return 1e-3
    return 1e-4 if row["t"] > 5 or row["vol"] > 5 or row["q"] >= 0.5 else 1e-5


@pytest.mark.parametrize("row", [row for row in EXACT if row["r"] >= 0 or row["r"] == row["q"]], ids=label)
def test_exact_price(row):
    assert american(**contract(row)).value == pytest.approx(row["exact"], abs=tolerance(row), rel=1e-7)


@pytest.mark.parametrize("terms", CASES)
@pytest.mark.parametrize(
    ("greek", "argument", "step"), [("delta", "spot", 1e-3), ("vega", "vol", 1e-5), ("rho", "rate", 1e-5)]
)
def test_greek_is_the_slope_of_the_value(terms, greek, argument, step):
    up, down = (american(**terms | {argument: terms[argument] + move}).value for move in (step, -step))
    assert getattr(american(**terms), greek) == pytest.approx((up - down) / (2 * step), abs=2e-4)


@pytest.mark.parametrize("terms", CASES)
def test_gamma_is_the_slope_of_delta_and_theta_the_slope_in_time(terms):
    greeks = american(**terms)
    up, down = (american(**terms | {"spot": 100 + move}).delta for move in (1e-3, -1e-3))
    assert greeks.gamma == pytest.approx((up - down) / 2e-3, abs=1e-5)
    later, sooner = (american(**terms | {"time_to_expiry": 0.7 - move}).value for move in (1e-5, -1e-5))
    assert greeks.theta == pytest.approx((later - sooner) / 2e-5, abs=1e-3)


def test_put_call_symmetry():
    call = american(
        sign=1, spot=110, strike=STRIKES, time_to_expiry=2, vol=0.3, rate=0.02, dividend_yield=0.05
    )
    put = american(
        sign=-1, spot=STRIKES, strike=110, time_to_expiry=2, vol=0.3, rate=0.05, dividend_yield=0.02
    )
    assert call.value == pytest.approx(put.value, rel=1e-13)


@pytest.mark.parametrize(
    ("sign", "rate", "dividend_yield"), [(1, 0.05, 0.0), (1, 0.0, -0.02), (-1, 0.0, 0.03), (-1, -0.02, 0.0)]
)
def test_what_is_never_exercised_early_is_european(sign, rate, dividend_yield):
    terms = PUT | {"sign": sign, "rate": rate, "dividend_yield": dividend_yield}
    for ours, european in zip(american(**terms), black_scholes(**terms), strict=True):
        assert ours == pytest.approx(european, abs=1e-12)


def test_what_no_path_exercises_is_european_as_its_boundary_says():
    """Both sides of the rule: beyond it the boundary's premium is below rounding, nearer it is not."""
    rng = np.random.default_rng(4)
    low, high = np.array(
        [(-1, 1), (60, 140), (100, 100), (0.01, 2), (0.05, 0.5), (0, 0.08), (-0.03, 0.08), (0, 0)],
        dtype=float,
    ).T
    terms = dict(zip(Batch.__slots__, rng.uniform(low, high, (4_000, 8)).T, strict=True))
    batch, _ = Batch.of(**terms | {"sign": np.sign(terms["sign"])})
    call = batch.sign > 0
    earned, forgone = (
        np.where(call, *pair)
        for pair in ((batch.dividend_yield, batch.rate), (batch.rate, batch.dividend_yield))
    )
    solved = np.flatnonzero(earned > 0)
    batch, earned, forgone = batch.take(solved), earned[solved], forgone[solved]
    beyond = boundary_out_of_reach(batch, earned, forgone)
    assert 300 < beyond.sum() < 2_000
    by_boundary = continuous_exercise(batch, Schedule.of(times=(), amounts=()))
    assert by_boundary.converged[beyond].all()
    contracts = {name: getattr(batch, name) for name in Batch.__slots__ if name != "elapsed"}
    european = black_scholes(**contracts)
    for ours, theirs in zip(by_boundary.greeks, european, strict=True):
        assert ours[beyond] == pytest.approx(theirs[beyond], abs=1e-9, rel=1e-9)
    assert by_boundary.greeks.value[beyond] == pytest.approx(european.value[beyond], abs=2e-12)
    assert american(**contracts).value[beyond] == pytest.approx(european.value[beyond], abs=1e-13)
    assert (by_boundary.greeks.value - european.value)[~beyond].max() > 1.0


def test_deep_in_the_money_the_put_is_exercised():
    put = american(sign=-1, spot=60.0, strike=100.0, time_to_expiry=1, vol=0.2, rate=0.05)
    assert tuple(put) == (40.0, -1.0, 0.0, 0.0, 0.0, 0.0)


def test_spots_and_strikes_that_share_a_boundary_agree_with_each_alone():
    together = american(**CASES[1])
    alone = [american(**CASES[1] | {"strike": strike}) for strike in STRIKES]
    for greek in together._fields:
        assert getattr(together, greek) == pytest.approx([getattr(a, greek) for a in alone], abs=1e-12)
