"""American implied vols, and the status of premiums without one."""

import csv
import datetime as dt
import os
import time
from pathlib import Path

import numpy as np
import pytest

from riskcalc.pricing.american import american, american_implied_vol
from riskcalc.pricing.implied_vol import VolStatus

REFERENCE = Path(os.environ.get("RISKCALC_REFERENCE", Path(__file__).parents[4] / "shared" / "reference"))
CHAIN = REFERENCE / "06_option_chains" / "IWM_2026-07-20_yfinance_layout.csv"
SCHEDULE = {"dividend_times": [0.16, 0.41, 0.66], "dividend_amounts": [0.62, 0.8, 0.7]}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("terms", [SCHEDULE, {}, {"dividend_yield": 0.02}])
@pytest.mark.parametrize("vol", [0.08, 0.2, 0.9])
def test_finds_the_vol_again(sign, terms, vol):
    option = {"sign": sign, "spot": 296.0, "strike": np.linspace(180, 420, 13), "rate": 0.04} | terms
    option |= {"time_to_expiry": np.array([[0.02], [0.5], [0.7]])}
    price = american(**option, vol=vol)
    result = american_implied_vol(premium=price.value, **option)
    # With a vega near zero, the premium does not determine the vol.
    sensitive = price.vega > 1e-3
    assert np.all(result.status[sensitive] == VolStatus.OK)
    assert result.vol[sensitive] == pytest.approx(vol, abs=1e-7)


def test_an_option_to_exercise_now_has_a_vol_of_zero():
    result = american_implied_vol(premium=100.0, sign=-1, spot=200, strike=300, time_to_expiry=0.1, rate=0.04)
    assert (result.vol, result.status) == (0.0, VolStatus.OK)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"premium": 3.9}, VolStatus.BELOW_INTRINSIC),
        ({"premium": 296.0}, VolStatus.ABOVE_BOUND),
        ({"premium": np.nan}, VolStatus.NOT_FINITE),
        ({"rate": np.inf}, VolStatus.NOT_FINITE),
        ({"spot": 0.0}, VolStatus.OUT_OF_RANGE),
        ({"sign": 0}, VolStatus.OUT_OF_RANGE),
        ({"time_to_expiry": 0.0}, VolStatus.NO_TIME),
    ],
)
def test_status_of_a_premium_without_a_vol(change, status):
    option = {"premium": 20.0, "sign": 1, "spot": 296.0, "strike": 292.0, "time_to_expiry": 0.5, "rate": 0.04}
    result = american_implied_vol(**option | change, **SCHEDULE)
    assert np.isnan(result.vol)
    assert VolStatus(result.status) is status


def test_shapes_broadcast_and_may_be_empty():
    call = {"sign": 1, "spot": 100, "strike": [[90], [110]], "time_to_expiry": 1}
    result = american_implied_vol(premium=np.full((2, 3), 12.0), **call)
    assert result.vol.shape == result.status.shape == (2, 3)
    assert american_implied_vol(premium=[], sign=1, spot=1, strike=1, time_to_expiry=1).vol.shape == (0,)


@pytest.mark.skipif(not CHAIN.exists(), reason=f"no real chain at {CHAIN}: set RISKCALC_REFERENCE")
def test_the_whole_real_chain():
    option = real_chain()
    start = time.perf_counter()
    result = american_implied_vol(**option)
    assert time.perf_counter() - start < 6  # on a busy machine; the benchmark holds the bar
    solved = result.status == VolStatus.OK
    assert np.array_equal(solved, np.isfinite(result.vol))
    assert not np.any(result.status == VolStatus.NOT_CONVERGED)
    assert np.mean(solved) > 0.8
    terms = {name: values for name, values in option.items() if name != "premium"}
    value = american(**terms, vol=np.where(solved, result.vol, 0.2)).value
    assert value[solved] == pytest.approx(option["premium"][solved], abs=1e-6)


def real_chain():
    with CHAIN.open() as lines:
        quotes = list(csv.DictReader(lines))
    today = dt.date(2026, 7, 20)
    days = [(dt.date.fromisoformat(quote["expirationDate"]) - today).days for quote in quotes]
    bid, ask = (np.array([float(quote[side] or "nan") for quote in quotes]) for side in ("bid", "ask"))
    ex_dates = [dt.date(2026, 9, 16), dt.date(2026, 12, 16)]
    return {
        "premium": np.where(bid > 0, (bid + ask) / 2, np.nan),
        "sign": np.array([1 if quote["optionType"] == "call" else -1 for quote in quotes]),
        "spot": 295.39,
        "strike": np.array([float(quote["strike"]) for quote in quotes]),
        "time_to_expiry": np.array(days) / 365,
        "rate": 0.037,
        "dividend_times": [(date - today).days / 365 for date in ex_dates],
        "dividend_amounts": [0.62, 0.79],
    }
