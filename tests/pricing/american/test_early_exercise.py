"""Early exercise of calls before ex-dates: the boundary against prices, the probability against paths."""

import numpy as np
import pytest

from riskcalc.pricing.american import american, early_exercise

CALL = {"sign": 1, "strike": 280.0, "vol": 0.18, "rate": 0.02}
SCHEDULE = {"dividend_times": [0.18, 0.43, 0.88], "dividend_amounts": [3.5, 3.5, 3.5]}


def test_at_the_boundary_holding_is_worth_exercise():
    early = early_exercise(**CALL, spot=296, time_to_expiry=0.9, **SCHEDULE)
    for i, (time, amount) in enumerate(zip(*SCHEDULE.values(), strict=True)):
        held = american(
            **CALL,
            spot=early.boundary[i] - amount,
            time_to_expiry=0.9 - time,
            dividend_times=[later - time for later in SCHEDULE["dividend_times"][i + 1 :]],
            dividend_amounts=SCHEDULE["dividend_amounts"][i + 1 :],
        )
        assert held.value == pytest.approx(early.boundary[i] - 280, abs=1e-4)


def test_probabilities_are_those_of_simulated_paths():
    early = early_exercise(**CALL, spot=296, time_to_expiry=0.9, **SCHEDULE)
    rng, paths, start = np.random.default_rng(7), 200_000, 0.0
    spot, held = np.full(paths, 296.0), np.ones(paths, dtype=bool)
    for time, amount, boundary, chance in zip(*SCHEDULE.values(), *early, strict=True):
        span = time - start
        spot *= np.exp((0.02 - 0.18**2 / 2) * span + 0.18 * np.sqrt(span) * rng.standard_normal(paths))
        exercised = held & (spot >= boundary)
        assert exercised.mean() == pytest.approx(
            chance, abs=4 * np.sqrt(chance * (1 - chance) / paths) + 1e-5
        )
        held &= ~exercised
        spot, start = spot - amount, time


def test_a_dividend_below_the_interest_is_never_exercised_for():
    early = early_exercise(
        **CALL | {"rate": 0.05}, spot=296, time_to_expiry=0.9, dividend_times=[0.4], dividend_amounts=[0.8]
    )
    assert early.boundary == np.inf
    assert early.probability == 0.0


def test_results_follow_the_schedule_and_are_nan_for_past_and_later_ex_dates():
    early = early_exercise(
        sign=[1, -1],
        spot=296,
        strike=280,
        time_to_expiry=0.5,
        vol=0.2,
        rate=0.03,
        dividend_times=[0.6, 0.45, -0.1, 0.2, 0.3],
        dividend_amounts=[1.0, 1.0, 1.0, 0.0, 1e-9],
    )
    assert early.boundary.shape == (2, 5)
    assert np.isnan(early.boundary).tolist() == [[True, False, True, False, False]] * 2
    assert early.boundary[0, 3] == early.boundary[0, 4] == np.inf
    assert 280 < early.boundary[0, 1] < 330
    assert np.nanmax(early.probability[1]) == np.nanmax(early.boundary[1]) == 0.0


def test_out_of_range_is_nan():
    early = early_exercise(
        sign=1,
        spot=[np.nan, 0.0, 296],
        strike=280,
        time_to_expiry=0.5,
        vol=[0.2, 0.2, 0.0],
        rate=0.03,
        dividend_times=[0.4],
        dividend_amounts=[1.0],
    )
    assert np.isnan(early.boundary).all()
    assert np.isnan(early.probability).all()


def test_a_negative_rate_counts_as_zero():
    terms = CALL | {"spot": 296.0, "time_to_expiry": 0.9} | SCHEDULE
    none, negative = (early_exercise(**terms | {"rate": rate}) for rate in (0.0, -0.01))
    assert np.isfinite(negative.boundary).all()
    assert tuple(map(np.ndarray.tolist, negative)) == tuple(map(np.ndarray.tolist, none))
