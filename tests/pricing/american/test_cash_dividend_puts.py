"""Puts with cash dividends: published prices, a second implementation, Greeks, limits."""

import numpy as np
import pytest

from riskcalc.pricing.american import american
from riskcalc.pricing.american.batch import Batch, Schedule
from riskcalc.pricing.american.finite_difference import finite_difference
from tests.pricing.american.published import contract, label
from tests.reference import rows
from tests.rows import sample

PUTS = [row for row in rows("american_cash_dividends") if row["flag"] == "p"]
IWM = {"sign": -1, "spot": 296.0, "rate": 0.043}
QUARTERS = {"dividend_times": [0.07, 0.32, 0.57, 0.82], "dividend_amounts": [0.75, 0.8, 0.62, 0.7]}


@pytest.mark.parametrize("row", PUTS, ids=label)
def test_published_price(row):
    tolerance = row["tolerance"] + 2e-4  # the table's finite differences lie below an American put
    assert american(**contract(row)).value == pytest.approx(float(row["spot_model"]), abs=tolerance)


@pytest.mark.parametrize(
    ("times", "amounts"),
    sample([([0.18], [0.75]), ([0.3], [12.0]), ([0.1, 0.35], [0.8, 0.8]), ([0.2, 0.25], [2, 3])], 0, 3),
)
def test_agrees_with_finite_differences(times, amounts):
    terms = {"strike": np.linspace(240, 360, 5), "time_to_expiry": 0.4, "vol": 0.2, "dividend_yield": 0.0}
    ours = american(**IWM | terms, dividend_times=times, dividend_amounts=amounts)
    batch, _ = Batch.of(**IWM | terms)
    theirs = finite_difference(batch, Schedule.of(times=times, amounts=amounts)).greeks
    for greek, tolerance in {"value": 4e-4, "delta": 2e-5, "gamma": 2e-5, "vega": 0.3, "rho": 1.0}.items():
        assert getattr(ours, greek) == pytest.approx(getattr(theirs, greek), abs=tolerance)


@pytest.mark.parametrize("dividends", sample((1, 2, 4), 1))
@pytest.mark.parametrize(
    ("greek", "argument", "step", "tolerance"),
    [("delta", "spot", 0.02, 1e-6), ("vega", "vol", 1e-4, 1e-3), ("rho", "rate", 1e-4, 2e-3)],
)
def test_greek_is_the_slope_of_the_value(greek, argument, step, tolerance, dividends):
    terms = IWM | {"strike": np.linspace(230, 330, 11), "time_to_expiry": 0.9, "vol": 0.25}
    terms |= {name: values[:dividends] for name, values in QUARTERS.items()}
    up, down = (american(**terms | {argument: terms[argument] + move}).value for move in (step, -step))
    assert getattr(american(**terms), greek) == pytest.approx((up - down) / (2 * step), abs=tolerance)


def test_gamma_is_the_slope_of_delta_and_theta_the_slope_in_time():
    terms = IWM | {"strike": np.linspace(230, 330, 11), "vol": 0.25}
    today = american(**terms, time_to_expiry=0.9, **QUARTERS)
    up, down = (
        american(**terms | {"spot": 296 + move}, time_to_expiry=0.9, **QUARTERS).delta
        for move in (0.01, -0.01)
    )
    assert today.gamma == pytest.approx((up - down) / 0.02, abs=1e-7)
    later, sooner = (
        american(
            **terms,
            time_to_expiry=0.9 - move,
            dividend_times=np.array(QUARTERS["dividend_times"]) - move,
            dividend_amounts=QUARTERS["dividend_amounts"],
        ).value
        for move in (1e-4, -1e-4)
    )
    assert today.theta == pytest.approx((later - sooner) / 2e-4, abs=1e-3)


def test_spots_that_share_a_contract_agree_with_each_alone():
    spots = np.linspace(200, 420, 23)
    terms = {"sign": -1, "strike": 300.0, "time_to_expiry": 0.9, "vol": 0.2, "rate": 0.043} | QUARTERS
    together = american(spot=spots, **terms)
    alone = [american(spot=spot, **terms) for spot in spots]
    for greek in together._fields:
        assert getattr(together, greek) == pytest.approx([getattr(a, greek) for a in alone], abs=1e-5)


def test_the_value_tends_to_that_without_dividends():
    terms = IWM | {"strike": np.linspace(230, 360, 14), "time_to_expiry": 0.5, "vol": 0.25}
    none = american(**terms).value
    for amount in (0.1, 1e-2, 1e-3, 1e-4, 1e-6):
        some = american(**terms, dividend_times=[0.2], dividend_amounts=[amount]).value
        assert np.all(some >= none - 3e-4)
        assert np.all(some <= none + amount + 3e-4)


def test_a_drop_that_takes_the_whole_spot_leaves_the_strike():
    put = american(
        sign=-1,
        spot=50.0,
        strike=100.0,
        time_to_expiry=1,
        vol=0.2,
        rate=0.05,
        dividend_times=[0.5],
        dividend_amounts=[500.0],
    )
    assert put.value == pytest.approx(100 * np.exp(-0.05 * 0.5), abs=1e-6)


def test_gamma_is_smooth_across_spots():
    spots = np.linspace(265, 400, 271)
    gamma = american(
        sign=-1,
        spot=spots,
        strike=300.0,
        time_to_expiry=0.6,
        vol=0.2,
        rate=0.043,
        dividend_times=[0.3, 0.55],
        dividend_amounts=[0.8, 0.8],
    ).gamma
    bends = np.diff(gamma, 2)
    assert np.count_nonzero(np.diff(np.sign(bends[np.abs(bends) > 1e-6 * gamma.max()]))) <= 4


@pytest.mark.parametrize(("time", "schedule"), [(0.18, [0.1]), (0.5, [0.35]), (0.5, [0.1, 0.35])])
def test_rho_is_the_slope_of_the_value_up_to_the_boundary(time, schedule):
    terms = IWM | {"strike": np.linspace(300, 355, 12), "time_to_expiry": time, "vol": 0.2}
    terms |= {"dividend_times": schedule, "dividend_amounts": [0.8] * len(schedule)}
    up, down = (american(**terms | {"rate": 0.043 + move}).value for move in (1e-4, -1e-4))
    result = american(**terms)
    waits = result.value > terms["strike"] - 296 + 0.02
    assert result.rho[waits] == pytest.approx((up - down)[waits] / 2e-4, abs=5e-3)


def test_a_put_that_is_certain_to_be_exercised_after_the_last_drop_has_a_closed_form():
    """It is a zero-coupon bond minus a share without its dividends until then."""
    rate, times, amounts = 0.03125, np.array([29, 52]) / 365, np.array([0.9, 1.4])
    put = american(
        sign=-1,
        spot=150.0,
        strike=271.0,
        time_to_expiry=60 / 365,
        vol=0.125,
        rate=rate,
        dividend_times=times,
        dividend_amounts=amounts,
    )
    paid = np.append(amounts, 271.0) * np.exp(-rate * np.append(times, times[-1]))
    assert put.value == pytest.approx(paid.sum() - 150.0, abs=1e-5)
    assert (put.delta, put.gamma) == pytest.approx((-1.0, 0.0))
    assert put.theta == pytest.approx(rate * paid.sum(), rel=1e-6)
