"""Measures of bars, against published figures, pandas, and the returns of leveraged funds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskcalc.errors import InvalidInputError
from riskcalc.history import (
    average_true_range,
    co_movement,
    exponential_average,
    read_prices,
    realized_vol,
    sample_prices,
    yang_zhang_vol,
)
from riskcalc.history.measures import last_mean
from tests.history.made_up import bars_of, random_bars
from tests.outside import reference_file

BARS = sample_prices()
FRAME = pd.DataFrame({name: getattr(BARS, name) for name in ("open", "high", "low", "close")})
LOGS = np.log(FRAME)


def test_the_figures_of_iwm_at_the_end_of_2014():
    bars = read_prices(reference_file("05_leveraged_etf_prices/IWM_daily_raw_alphavantage.csv"))
    assert [round(100 * realized_vol(bars, window=days)[-1], 3) for days in (21, 63)] == [18.541, 17.932]
    assert round(exponential_average(bars.close, span=20)[-1], 4) == 118.2766
    assert [round(last_mean(bars.close, days), 4) for days in (50, 200)] == [116.3420, 114.2329]


@pytest.mark.parametrize("window", [2, 21, 63, 252])
def test_realized_vol_is_the_rolling_deviation(window):
    expected = LOGS.close.diff().rolling(window).std() * np.sqrt(252)
    np.testing.assert_allclose(realized_vol(BARS, window=window), expected, rtol=1e-10)


@pytest.mark.parametrize("window", [2, 21, 63])
def test_yang_zhang_is_its_formula(window):
    night = LOGS.open - LOGS.close.shift()
    day = LOGS.close - LOGS.open
    up, down = LOGS.high - LOGS.open, LOGS.low - LOGS.open
    within = (up * (up - day) + down * (down - day)).where(night.notna())
    k = 0.34 / (1.34 + (window + 1) / (window - 1))
    day = day.where(night.notna())
    variance = night.rolling(window).var() + k * day.rolling(window).var()
    expected = np.sqrt(252 * (variance + (1 - k) * within.rolling(window).mean()))
    np.testing.assert_allclose(yang_zhang_vol(BARS, window=window), expected, rtol=1e-9)


def test_the_averages_are_those_of_pandas():
    np.testing.assert_allclose(
        exponential_average(BARS.close, span=20), FRAME.close.ewm(span=20, adjust=False).mean(), rtol=1e-12
    )
    before = FRAME.close.shift()
    ranges = pd.concat(
        [FRAME.high - FRAME.low, (FRAME.high - before).abs(), (FRAME.low - before).abs()], axis=1
    )
    true_range = ranges.max(axis=1)[1:]
    start = pd.concat([pd.Series([true_range[:14].mean()]), true_range[14:]])
    expected = start.ewm(alpha=1 / 14, adjust=False).mean()
    np.testing.assert_allclose(average_true_range(BARS)[14:], expected, rtol=1e-12)
    assert np.isnan(average_true_range(BARS)[:14]).all()


@pytest.mark.parametrize(
    ("symbol", "beta", "correlation"), [("TNA", 2.966, 0.9988), ("TZA", -2.987, -0.9986)]
)
def test_betas_of_leveraged_funds(symbol, beta, correlation):
    path = reference_file("05_leveraged_etf_prices/adjusted_close_wide.csv")
    result = co_movement(read_prices(path, symbol=symbol), read_prices(path, symbol="IWM"))
    # Those were measured over more years than this file has.
    assert (result.beta, result.correlation) == (
        pytest.approx(beta, abs=0.003),
        pytest.approx(correlation, abs=0.0002),
    )
    assert (result.symbol, result.benchmark, result.sessions) == (symbol, "IWM", 1538)


def test_a_beta_is_of_the_days_that_both_have():
    one, other = random_bars(1, count=60), random_bars(2, count=60)
    half = bars_of(
        *(getattr(other, name)[30:] for name in ("open", "high", "low", "close")), start=one.day(30)
    )
    result = co_movement(one, half)
    left, right = (pd.Series(bars.close).pct_change()[1:] for bars in (one, half))
    assert result.sessions == 29
    assert result.beta == pytest.approx(np.polyfit(right, left[30:], 1)[0])
    assert result.correlation == pytest.approx(np.corrcoef(right, left[30:])[0, 1])
    with pytest.raises(InvalidInputError, match="share 10 sessions; a beta needs 22"):
        co_movement(one, bars_of(*(other.close[:10],) * 4, start=one.day(50)))


@pytest.mark.parametrize("measure", [realized_vol, yang_zhang_vol])
def test_windows_are_checked(measure):
    assert np.isnan(measure(random_bars(1, count=21), window=21)).all()
    for window in (1, 0, 2.5, None):
        with pytest.raises(InvalidInputError, match="window must be"):
            measure(BARS, window=window)
