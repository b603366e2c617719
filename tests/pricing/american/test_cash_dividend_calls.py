"""Calls with cash dividends: published prices, limits, and each Greek as a difference of values."""

import numpy as np
import pytest

from riskcalc.pricing.american import american
from riskcalc.pricing.black_scholes import black_scholes
from tests.pricing.american.published import contract, label
from tests.reference import rows

CALLS = [row for row in rows("american_cash_dividends") if row["flag"] == "c" and row["dividends"]]
IWM = {"sign": 1, "spot": 296.0, "rate": 0.043}
QUARTERS = {"dividend_times": [0.07, 0.32, 0.57, 0.82], "dividend_amounts": [0.75, 0.8, 0.62, 0.7]}


@pytest.mark.parametrize("row", CALLS, ids=label)
def test_published_price(row):
    assert american(**contract(row)).value == pytest.approx(row["spot_model"], abs=row["tolerance"])


@pytest.mark.parametrize("dividends", [1, 2, 4])
@pytest.mark.parametrize(
    ("greek", "argument", "step"), [("delta", "spot", 0.02), ("vega", "vol", 1e-4), ("rho", "rate", 1e-5)]
)
def test_greek_is_the_slope_of_the_value(greek, argument, step, dividends):
    terms = IWM | {"strike": np.linspace(200, 380, 19), "time_to_expiry": 0.9, "vol": 0.2}
    terms |= {name: values[:dividends] for name, values in QUARTERS.items()}
    up, down = (american(**terms | {argument: terms[argument] + move}).value for move in (step, -step))
    assert getattr(american(**terms), greek) == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=2e-6)


def test_gamma_is_the_slope_of_delta():
    terms = IWM | {"strike": np.linspace(200, 380, 19), "time_to_expiry": 0.9, "vol": 0.2} | QUARTERS
    up, down = (american(**terms | {"spot": 296 + move}).delta for move in (0.01, -0.01))
    assert american(**terms).gamma == pytest.approx((up - down) / 0.02, abs=1e-8)


def test_theta_is_the_slope_in_time():
    terms = IWM | {"strike": np.linspace(200, 380, 19), "vol": 0.2}
    times, step = np.array(QUARTERS["dividend_times"]), 1e-4
    later, sooner = (
        american(
            **terms,
            time_to_expiry=0.9 - move,
            dividend_times=times - move,
            dividend_amounts=QUARTERS["dividend_amounts"],
        ).value
        for move in (step, -step)
    )
    today = american(**terms, time_to_expiry=0.9, **QUARTERS)
    assert today.theta == pytest.approx((later - sooner) / (2 * step), rel=1e-5, abs=1e-5)


def test_spots_that_share_a_contract_agree_with_each_alone():
    spots = np.linspace(150, 450, 60)
    terms = {"sign": 1, "strike": 300.0, "time_to_expiry": 0.9, "vol": 0.2, "rate": 0.043} | QUARTERS
    together = american(spot=spots, **terms)
    alone = [american(spot=spot, **terms) for spot in spots]
    for greek in together._fields:
        assert getattr(together, greek) == pytest.approx([getattr(a, greek) for a in alone], abs=1e-4)


def test_a_dividend_of_zero_leaves_the_european_call():
    terms = IWM | {"strike": np.linspace(150, 450, 31), "time_to_expiry": 0.9, "vol": 0.2}
    for amount in (0.0, 1e-9):
        call = american(**terms, dividend_times=[0.4], dividend_amounts=[amount])
        assert call.value == pytest.approx(black_scholes(**terms).value, abs=1e-8)


def test_a_drop_on_the_expiry_comes_after_exercise():
    terms = IWM | {"strike": np.linspace(150, 450, 31), "time_to_expiry": 0.5, "vol": 0.2}
    call = american(**terms, dividend_times=[0.5], dividend_amounts=[5.0])
    assert call.value == pytest.approx(black_scholes(**terms).value, abs=1e-7)
    just_before = american(**terms, dividend_times=[0.5 - 1e-6], dividend_amounts=[5.0])
    assert just_before.value == pytest.approx(call.value, abs=1e-3)


def test_a_drop_of_the_whole_spot_ends_the_option_before_the_ex_date():
    terms = IWM | {"strike": np.linspace(150, 450, 31), "vol": 0.2}
    call = american(**terms, time_to_expiry=0.9, dividend_times=[0.4], dividend_amounts=[3000.0])
    assert call.value == pytest.approx(black_scholes(**terms, time_to_expiry=0.4).value, abs=1e-8)


def test_far_out_of_the_money_a_boundary_out_of_reach_does_not_matter():
    call = american(
        sign=1,
        spot=100.0,
        strike=138.6809930816225,
        time_to_expiry=0.8004499182550832,
        vol=0.13325361222223575,
        rate=0.011267740063209143,
        dividend_times=[0.12684536, 0.22299903, 0.52148339, 0.78794308],
        dividend_amounts=[3.41838227, 0.52610224, 1.58777156, 1.82041592],
    )
    assert call.value == pytest.approx(0.0034942, abs=1e-6)
    assert call.delta == pytest.approx(0.0011283, abs=1e-6)


def test_dividends_of_one_day_are_one_drop():
    terms = IWM | {"strike": 290.0, "time_to_expiry": 0.9, "vol": 0.2}
    two = american(**terms, dividend_times=[0.4, 0.4], dividend_amounts=[0.5, 1.0])
    assert two.value == american(**terms, dividend_times=[0.4], dividend_amounts=[1.5]).value


def test_gamma_is_smooth_across_spots_and_dates():
    spots = np.linspace(200, 400, 401)
    for day in (1, 20, 100):
        gamma = american(
            sign=1,
            spot=spots,
            strike=300.0,
            time_to_expiry=0.6 - day / 365,
            vol=0.2,
            rate=0.043,
            dividend_times=[0.3 - day / 365, 0.55 - day / 365],
            dividend_amounts=[0.8, 0.8],
        ).gamma
        third = np.diff(gamma, 3)
        assert np.count_nonzero(np.diff(np.sign(third[np.abs(third) > 1e-9 * gamma.max()]))) < 10


@pytest.mark.parametrize("dividends", [1, 2])
def test_cached_boundaries_of_few_contracts_agree_with_many_at_once(dividends):
    strikes = np.linspace(200, 380, 19)
    terms = IWM | {"time_to_expiry": 0.9, "vol": 0.2}
    terms |= {name: values[:dividends] for name, values in QUARTERS.items()}
    many = american(strike=strikes, **terms).value
    for _ in range(2):
        few = [american(strike=pair, **terms).value for pair in np.split(strikes[:18], 9)]
        assert np.concatenate(few) == pytest.approx(many[:18], abs=1e-9)
