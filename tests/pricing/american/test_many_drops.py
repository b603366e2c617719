"""Weekly dividends, and drops that may take the whole spot: values, and grids shared by many spots."""

import importlib

import numpy as np
import pytest

from riskcalc.pricing.american import american, american_implied_vol
from riskcalc.pricing.implied_vol import VolStatus
from tests.rows import sample

PUT = {"sign": -1, "strike": 295.0, "vol": 0.2, "rate": 0.04}
LIFE = 697 / 365
WEEKS = {"dividend_times": (np.arange(99) * 7 + 4) / 365, "dividend_amounts": np.full(99, 0.3)}
pricing = importlib.import_module("riskcalc.pricing.american.pricing")
finite_difference = importlib.import_module("riskcalc.pricing.american.finite_difference")
implied = importlib.import_module("riskcalc.pricing.american.implied_vol")


@pytest.fixture
def solved(monkeypatch):
    """Count the grids that are solved."""
    grid = importlib.import_module("riskcalc.pricing.american.grid")
    grid._cached_grid.cache_clear()
    starts, start = [], grid._initial_grid
    monkeypatch.setattr(grid, "_initial_grid", lambda *terms: starts.append(1) or start(*terms))
    return starts


# The oracle's with 400 nodes, which the extrapolation moved by 1.3e-4 at most.
@pytest.mark.parametrize(("spot", "value"), sample([(22.7, 277.914017), (28.0, 273.585813)]))
def test_drops_that_take_the_whole_spot_week_by_week(spot, value):
    result = american(**PUT, spot=spot, time_to_expiry=LIFE, **WEEKS)
    assert result.value == pytest.approx(value, abs=5e-4 + 1.3e-4)


@pytest.mark.slow
def test_a_plan_of_a_weekly_payer_shares_its_grids(solved):
    spots, days = np.linspace(240, 350, 12), np.arange(30)[:, None] * 6
    result = american(**PUT, spot=spots, time_to_expiry=LIFE - days / 365, elapsed=days / 365, **WEEKS)
    assert len(solved) <= 8
    for i in (9, 29):
        alone = american(
            **PUT,
            spot=spots,
            time_to_expiry=LIFE - days[i, 0] / 365,
            dividend_times=WEEKS["dividend_times"] - days[i, 0] / 365,
            dividend_amounts=WEEKS["dividend_amounts"],
        )
        assert result.value[i] == pytest.approx(alone.value, abs=5e-4)
        assert result.delta[i] == pytest.approx(alone.delta, abs=1e-4)
        assert result.theta[i] == pytest.approx(alone.theta, abs=1e-2)


def test_the_spots_of_a_search_share_one_grid(solved):
    for spot in np.linspace(280.0, 294.0, 8):
        american(**PUT, spot=spot, time_to_expiry=LIFE, **WEEKS)
    assert len(solved) <= 5


def test_valuation_times_on_either_side_of_drops_minutes_apart():
    minutes = 3 / 365 / 24 / 60
    schedule = {"dividend_times": [0.2, 0.2 + minutes], "dividend_amounts": [1.0, 2.0]}
    terms = PUT | {"dividend_yield": 0.02, "spot": 290.0}
    moments = np.array([0.1, 0.2 + minutes / 2, 0.3])
    result = american(**terms, time_to_expiry=0.5 - moments, elapsed=moments, **schedule).value
    for value, moment in zip(result, moments, strict=True):
        times = np.array(schedule["dividend_times"]) - moment
        alone = american(
            **terms, time_to_expiry=0.5 - moment, dividend_times=times, dividend_amounts=[1.0, 2.0]
        )
        assert value == pytest.approx(alone.value, abs=2e-4)


@pytest.mark.parametrize(
    ("premium_of", "most"),
    sample([({"sign": -1, "dividend_yield": 0.0}, 5), ({"sign": 1, "dividend_yield": 0.02}, 5)], 0),
)
def test_an_implied_vol_takes_few_prices(monkeypatch, premium_of, most):
    terms = {"spot": 100.0, "strike": 100.0, "time_to_expiry": 0.5, "rate": 0.04} | premium_of
    weeks = {"dividend_times": np.arange(26) / 52 + 0.01, "dividend_amounts": np.full(26, 0.1)}
    right = american(**terms, vol=0.27, **weeks)
    calls, value_batch = [], implied.value_batch
    monkeypatch.setattr(implied, "value_batch", lambda *some: calls.append(1) or value_batch(*some))
    result = american_implied_vol(premium=right.value, **terms, **weeks)
    assert result.status == VolStatus.OK
    assert result.vol == pytest.approx(0.27, abs=2e-6)
    assert len(calls) <= most  # the first is without vol, and costs nothing


# Finite differences of a second implementation on 10,000 and 20,000 spots, extrapolated.
@pytest.mark.parametrize(
    ("spot", "vol", "life", "rate", "value", "delta"),
    [(143.84, 0.515, 1.848, 0.0433, 60.64707, 0.822194), (140.0, 0.5, 2.9, 0.04, 63.16383, 0.809871)],
)
def test_a_call_through_a_hundred_ex_dates(  # noqa: PLR0917 - a row of the table
    spot, vol, life, rate, value, delta
):
    weeks = np.arange(0.01, life, 1 / 52)
    terms = {"sign": 1, "spot": spot, "strike": 100.0, "time_to_expiry": life, "vol": vol, "rate": rate}
    result = american(**terms, dividend_times=weeks, dividend_amounts=np.full(weeks.size, 0.05))
    assert result.value == pytest.approx(value, abs=1e-5)
    assert result.delta == pytest.approx(delta, abs=1e-6)


def test_a_call_sure_to_be_exercised_tomorrow_has_delta_one():
    call = american(
        sign=1,
        spot=145.65,
        strike=100.0,
        time_to_expiry=0.7379,
        vol=0.0626,
        rate=0.032,
        dividend_times=[1 / 365, 1 / 365 + 0.5],
        dividend_amounts=[14.47, 14.23],
    )
    assert call.value == pytest.approx(145.65 - 100 * np.exp(-0.032 / 365), abs=1e-5)
    assert call.delta == pytest.approx(1.0, abs=3e-5)
