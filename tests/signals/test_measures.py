"""Measures equal pandas on the shared files, and a hand count where a file has gaps."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskcalc.signals.files import read_files
from riskcalc.signals.measures import Measure, read_measure
from riskcalc.signals.series import Series, sessions_before
from tests.outside import reference_file

PRICES = "05_leveraged_etf_prices/{}_daily_raw_alphavantage.csv"
FRED = "09_signals/fred_layout_{}.csv"


def series(values, *, start="2026-07-01", unit="points", name="X.close"):
    days = np.array([day.date() for day in pd.bdate_range(start, periods=len(values))], dtype="datetime64[D]")
    return Series(name=name, unit=unit, days=days, values=np.array(values, dtype=float), source="made up")


def filed(path):
    return {one.name: one for one in read_files([path])}


CASES = [
    (Measure.OVER_EMA, 20, "%", lambda s: 100 * (s / s.ewm(span=20, adjust=False).mean() - 1)),
    (Measure.OVER_SMA, 50, "%", lambda s: 100 * (s / s.rolling(50).mean() - 1)),
    (Measure.OVER_SMA, 200, "%", lambda s: 100 * (s / s.rolling(200).mean() - 1)),
    (Measure.CHANGE, 5, "%", lambda s: 100 * s.pct_change(5)),
    (Measure.CHANGE, 1, "points", lambda s: s.diff()),
    (Measure.FROM_HIGH, 5, "%", lambda s: 100 * (s / s.rolling(6).max() - 1)),
    (Measure.FROM_LOW, 63, "points", lambda s: s - s.rolling(64).min()),
    (Measure.ZSCORE, 63, "sd", lambda s: (s - s.rolling(63).mean()) / s.rolling(63).std()),
]


@pytest.mark.parametrize("symbol", ["IWM", "SPY"])
def test_measures_equal_pandas(symbol):
    path = reference_file(PRICES.format(symbol))
    result = filed(path)
    frame = pd.read_csv(path)
    days = frame.columns[0]
    frame = frame.sort_values(days).set_index(days)
    volume = frame[next(one for one in frame if "volume" in one)]
    assert result[f"{symbol}.volume"].values.tolist() == volume.tolist()  # noqa: PD011 - an array's
    for measure, sessions, unit, answer in CASES:
        own = result[f"{symbol}.volume" if measure is Measure.ZSCORE else f"{symbol}.close"]
        expected = answer(pd.Series(own.values)).iloc[-1]
        reading = read_measure(measure, own, sessions=sessions, unit=unit)
        assert reading.value == pytest.approx(expected, rel=1e-9), measure


def test_dots_empty_cells_and_both_names_of_the_date():
    high_yield = filed(reference_file(FRED.format("BAMLH0A0HYM2")))["BAMLH0A0HYM2"]
    ten_year = filed(reference_file(FRED.format("DGS10")))["DGS10"]
    assert (len(high_yield), len(ten_year), high_yield.unit, ten_year.unit) == (6, 3, "%", "%")
    assert read_measure(Measure.FROM_LOW, high_yield, sessions=63, unit="bp").value == pytest.approx(43)
    # 4.49 less 4.21 of three sessions before; two sessions before is an empty cell, so the same value.
    for sessions in (2, 3):
        result = read_measure(Measure.CHANGE, ten_year, sessions=sessions, unit="bp")
        assert result.value == pytest.approx(28)
    assert read_measure(Measure.CHANGE, ten_year, sessions=1, unit="bp").value == pytest.approx(11)


def test_a_change_from_before_the_file_has_no_value_and_a_low_says_so():
    ten_year = series([4.21, 4.3, 4.49], unit="%", name="DGS10")
    assert read_measure(Measure.CHANGE, ten_year, sessions=5, unit="bp").value is None
    result = read_measure(Measure.FROM_LOW, ten_year, sessions=5, unit="bp")
    assert result.value == pytest.approx(28)
    assert "begins 2026-07-01, after 2026-06-25" in result.problem


def test_month_ends_on_sundays_are_values_of_their_day():
    days = ["2026-05-29", "2026-05-31", "2026-06-01"]  # the 31st is a Sunday
    result = Series(name="X", unit="%", days=days, values=[3.0, 2.5, 3.2], source="")
    assert read_measure(Measure.FROM_LOW, result, sessions=5, unit="bp").value == pytest.approx(70)
    assert read_measure(Measure.CHANGE, result, sessions=1, unit="bp").value == pytest.approx(20)
    ending = result.until(dt.date(2026, 5, 31))
    assert read_measure(Measure.CHANGE, ending, sessions=0 + 1, unit="bp").value is None


def test_a_series_that_stopped_gives_no_change_over_its_gap():
    result = Series(name="X", unit="%", days=["2026-05-01", "2026-06-30"], values=[3.0, 4.0], source="")
    assert read_measure(Measure.CHANGE, result, sessions=5, unit="bp").value is None


def test_sessions_before_goes_over_holidays():
    assert sessions_before(dt.date(2026, 7, 6), 1) == dt.date(2026, 7, 2)
    assert sessions_before(dt.date(2026, 7, 5), 0) == dt.date(2026, 7, 2)


@pytest.mark.parametrize(
    ("measure", "values", "text"),
    [
        (Measure.OVER_SMA, [1.0, 2.0], "has 2 of the 20 values needed"),
        (Measure.ZSCORE, [5.0] * 20, "has not moved"),
        (Measure.OVER_EMA, [-1.0] * 20, "no percentage of it"),
    ],
)
def test_what_has_no_value_says_why(measure, values, text):
    result = read_measure(measure, series(values), sessions=20, unit="%")
    assert result.value is None
    assert text in result.problem


def test_basis_points_of_a_price_are_refused():
    assert "not in percent" in read_measure(Measure.CHANGE, series([1, 2]), sessions=1, unit="bp").problem
