"""Measures of daily bars: realized volatility, ranges, averages, and how two series move together."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from riskcalc.domain.price_history import CoMovement
from riskcalc.domain.validation import record, whole_count
from riskcalc.errors import InvalidInputError
from riskcalc.history.bars import Bars, Floats, number_array

SESSIONS_A_YEAR = 252
ATR_SESSIONS = 14
LEAST_COMMON = 21
"""Daily returns below which a beta is noise."""


def realized_vol(bars: Bars, *, window: int) -> Floats:
    """Close-to-close volatility of the last returns at every bar.

    Parameters
    ----------
    bars : Bars
        From `read_prices`.
    window : int
        Daily returns, >= 2; their mean is taken out.

    Returns
    -------
    ndarray
        Per sqrt(year) of 252 sessions, shape (n,); NaN for the first `window` bars.

    Raises
    ------
    InvalidInputError
        `window` is no whole number >= 2.
    """
    _require_window(bars, window, least=2)
    returns = np.diff(np.log(bars.close))
    if len(returns) < window:
        return np.full(len(bars), np.nan)
    deviations = sliding_window_view(returns, window).std(axis=1, ddof=1)
    return np.concatenate([np.full(window, np.nan), deviations * math.sqrt(SESSIONS_A_YEAR)])


def yang_zhang_vol(bars: Bars, *, window: int) -> Floats:
    """Volatility from opens, highs, lows and closes at every bar: several times as efficient as closes.

    Parameters
    ----------
    bars : Bars
        With opens, highs and lows.
    window : int
        Sessions, >= 2.

    Returns
    -------
    ndarray
        Per sqrt(year) of 252 sessions, shape (n,); NaN for the first `window` bars, and everywhere where the
        bars have closes only.

    Raises
    ------
    InvalidInputError
        `window` is no whole number >= 2.

    References
    ----------
    Yang and Zhang, "Drift-Independent Volatility Estimation Based on High, Low, Open, and Close Prices",
    Journal of Business 73 (2000), 477-492, equations 7 and 10.
    """
    _require_window(bars, window, least=2)
    if len(bars) <= window or not bars.has_ranges:
        return np.full(len(bars), np.nan)
    night = np.log(bars.open[1:] / bars.close[:-1])
    day, up, down = (np.log(values[1:] / bars.open[1:]) for values in (bars.close, bars.high, bars.low))
    within = up * (up - day) + down * (down - day)
    weight = 0.34 / (1.34 + (window + 1) / (window - 1))
    nights, days, ranges = (sliding_window_view(values, window) for values in (night, day, within))
    variance = nights.var(axis=1, ddof=1) + weight * days.var(axis=1, ddof=1)
    variance += (1 - weight) * ranges.mean(axis=1)
    return np.concatenate([np.full(window, np.nan), np.sqrt(SESSIONS_A_YEAR * variance)])


def average_true_range(bars: Bars, *, window: int = ATR_SESSIONS) -> Floats:
    """Wilder's average true range at every bar [dollars].

    Parameters
    ----------
    bars : Bars
        With highs and lows.
    window : int
        Sessions, >= 1: each true range has the weight 1/`window`, after a start at the plain mean.

    Returns
    -------
    ndarray
        Shape (n,); NaN for the first `window` bars, and everywhere where the bars have closes only.

    Raises
    ------
    InvalidInputError
        `window` is no whole number >= 1.

    References
    ----------
    Wilder, "New Concepts in Technical Trading Systems" (1978), chapter 3.
    """
    _require_window(bars, window, least=1)
    if len(bars) <= window or not bars.has_ranges:
        return np.full(len(bars), np.nan)
    before = bars.close[:-1]
    ranges = np.maximum(bars.high[1:], before) - np.minimum(bars.low[1:], before)
    start = float(ranges[:window].mean())
    smoothed = _exponential_smoothing([start, *ranges[window:].tolist()], weight=1 / window)
    return np.concatenate([np.full(window, np.nan), smoothed])


def exponential_average(values: Floats, *, span: int) -> Floats:
    """Return the exponential moving average of some values, shape (n,), which starts at the first of them.

    Parameters
    ----------
    values : array_like
        Oldest first, shape (n,).
    span : int
        Sessions, >= 1: each value has the weight 2 / (`span` + 1).

    Raises
    ------
    InvalidInputError
        `span` is no whole number >= 1.

    Examples
    --------
    >>> exponential_average(np.array([10.0, 13.0]), span=2)
    array([10., 12.])
    """
    whole_count("span", span)
    return _exponential_smoothing(number_array("values", values).tolist(), weight=2 / (span + 1))


def co_movement(bars: Bars, benchmark: Bars) -> CoMovement:
    """Beta and correlation of two series.

    Parameters
    ----------
    bars, benchmark : Bars
        Daily returns between sessions that both have are compared.

    Returns
    -------
    CoMovement
        Beta is the return of `bars` that goes with 1% of `benchmark`, in percent.

    Raises
    ------
    InvalidInputError
        They share fewer than 22 sessions.
    """
    record("bars", Bars, bars)
    record("benchmark", Bars, benchmark)
    _, common, others = np.intersect1d(bars.dates, benchmark.dates, return_indices=True)
    returns, other = (np.diff(close) / close[:-1] for close in (bars.close[common], benchmark.close[others]))
    if len(returns) < LEAST_COMMON:
        names = f"{bars.symbol or 'the first file'} and {benchmark.symbol or 'the second'}"
        raise InvalidInputError(f"{names} share {len(common)} sessions; a beta needs {LEAST_COMMON + 1}")
    (variance, shared), (_, benchmark_variance) = np.cov(returns, other)
    return CoMovement(
        symbol=bars.symbol,
        benchmark=benchmark.symbol,
        sessions=len(returns),
        beta=float(shared / benchmark_variance),
        correlation=float(shared / math.sqrt(variance * benchmark_variance)),
    )


def last_of(values: Floats) -> float | None:
    """Return the last value, None where it is not known."""
    return float(values[-1]) if len(values) and math.isfinite(values[-1]) else None


def last_mean(values: Floats, window: int) -> float | None:
    """Return the mean of the last values, None where there are too few."""
    return float(values[-window:].mean()) if len(values) >= window else None


def _require_window(bars: Bars, window: int, *, least: int) -> None:
    record("bars", Bars, bars)
    if whole_count("window", window) < least:
        raise InvalidInputError(f"window must be a whole number >= {least}, got {window}")


def _exponential_smoothing(values: list[float], *, weight: float) -> Floats:
    steps = itertools.accumulate(values, lambda before, value: before + weight * (value - before))
    return np.fromiter(steps, dtype=np.float64, count=len(values))
