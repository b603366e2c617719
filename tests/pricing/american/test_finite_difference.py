"""Options that only finite differences price, and their convergence to exact values."""

import numpy as np
import pytest

from riskcalc.pricing.american import american
from riskcalc.pricing.american.batch import Batch, Schedule
from riskcalc.pricing.american.finite_difference import finite_difference
from tests.pricing.american.published import contract, label
from tests.reference import rows

TWO_BOUNDARIES = [row for row in rows("american_exact") if row["q"] < row["r"] < 0 and row["flag"] == "p"]
STRIKES = np.linspace(80, 120, 5)


@pytest.mark.parametrize("row", TWO_BOUNDARIES, ids=label)
def test_two_boundaries(row):
    assert american(**contract(row)).value == pytest.approx(row["exact"], abs=1e-3)


@pytest.mark.parametrize(
    ("sign", "rate", "dividend_yield"), [(-1, 0.05, 0.0), (-1, 0.03, 0.05), (1, 0.04, 0.06), (1, -0.02, 0.0)]
)
def test_agrees_with_collocation(sign, rate, dividend_yield):
    terms = {"sign": sign, "spot": 100.0, "strike": STRIKES, "time_to_expiry": 0.7, "vol": 0.25}
    terms |= {"rate": rate, "dividend_yield": dividend_yield}
    exact = american(**terms)
    grid = finite_difference(Batch.of(**terms)[0], Schedule.of(times=(), amounts=())).greeks
    for greek, tolerance in {"value": 2e-4, "delta": 5e-5, "gamma": 5e-5, "vega": 0.1, "rho": 0.6}.items():
        assert getattr(grid, greek) == pytest.approx(getattr(exact, greek), abs=tolerance)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_small_yield_beside_cash_changes_little(sign):
    terms = {"sign": sign, "spot": 100.0, "strike": STRIKES, "time_to_expiry": 0.7, "vol": 0.25, "rate": 0.04}
    terms |= {"dividend_times": [0.2, 0.6], "dividend_amounts": [1.0, 1.0]}
    without, small = american(**terms).value, american(**terms, dividend_yield=1e-9).value
    assert small == pytest.approx(without, abs=2e-4)
    more = american(**terms, dividend_yield=0.02).value
    assert np.all(sign * (small - more) > 0)


@pytest.mark.parametrize(("sign", "strike"), [(1, 500.0), (-1, 20.0)])
def test_a_worthless_option_has_a_delta_of_zero(sign, strike):
    terms = {"sign": sign, "spot": 100.0, "strike": strike, "time_to_expiry": 0.05, "vol": 0.2, "rate": 0.04}
    grid = finite_difference(
        Batch.of(**terms, dividend_yield=0.01)[0], Schedule.of(times=(), amounts=())
    ).greeks
    assert grid.value == pytest.approx(0.0, abs=1e-12)
    assert grid.delta == pytest.approx(0.0, abs=1e-12)
