"""Made-up daily prices to try the measures on: a random walk whose volatility comes and goes."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

import numpy as np

from riskcalc.domain.price_history import PriceBasis
from riskcalc.domain.sessions import is_session
from riskcalc.history.bars import Bars, Days, Floats, ImpliedVols
from riskcalc.history.measures import SESSIONS_A_YEAR

FIRST_DAY, LAST_DAY = dt.date(2021, 7, 19), dt.date(2026, 7, 17)
LAST_CLOSE = 295.39
SEED = 20260720
USUAL_VOL = 0.20
PERSISTENCE, SHOCK = 0.98, 0.07
"""Of the log of volatility, from day to day: its half-life is five weeks, its deviation a third."""
OVERNIGHT = 0.3
"""Share of a day's variance between the close before and the open."""
STEPS = 78
"""Of a day between open and close, which high and low are found on."""
CHARGED = 1 / 0.83
"""Implied over expected volatility."""


def sample_prices() -> Bars:
    """Return five years of prices that riskcalc made up; no market traded at them.

    Examples
    --------
    >>> bars = sample_prices()
    >>> bars.symbol, len(bars), bars.last_day
    ('IWM', 1255, datetime.date(2026, 7, 17))
    """
    random = np.random.default_rng(SEED)
    days, vol = _days(), _vols()
    daily = vol / math.sqrt(SESSIONS_A_YEAR)
    night = random.standard_normal(len(days)) * daily * math.sqrt(OVERNIGHT)
    steps = random.standard_normal((len(days), STEPS)) * daily[:, np.newaxis]
    within = np.cumsum(steps * math.sqrt((1 - OVERNIGHT) / STEPS), axis=1)
    night -= (night + within[:, -1]).mean()  # so that prices end where they began
    close = np.cumsum(night + within[:, -1])
    close += math.log(LAST_CLOSE) - close[-1]
    start = close - within[:, -1]
    open_, high, low, closes = (
        np.round(np.exp(values), 2)
        for values in (
            start,
            start + np.maximum(within.max(axis=1), 0),
            start + np.minimum(within.min(axis=1), 0),
            close,
        )
    )
    return Bars(
        symbol="IWM",
        dates=days,
        open=open_,
        high=high,
        low=low,
        close=closes,
        basis=PriceBasis.RAW,
        basis_reason="made up by riskcalc, no market traded at them",
    )


def sample_vols() -> ImpliedVols:
    """Return implied volatilities beside `sample_prices`, as dear as IWM's have been on average."""
    return ImpliedVols(name="made-up implied vols", dates=_days(), vol=np.round(_vols() * CHARGED, 4))


@cache
def _days() -> Days:
    count = (LAST_DAY - FIRST_DAY).days + 1
    every = [FIRST_DAY + dt.timedelta(days=day) for day in range(count)]
    return np.array([day for day in every if is_session(day)], dtype="datetime64[D]")


@cache
def _vols() -> Floats:
    """Volatility of each day."""
    random = np.random.default_rng(SEED + 1)
    logs = np.zeros(len(_days()))
    for place, shock in enumerate(random.standard_normal(len(logs)).tolist()):
        logs[place] = PERSISTENCE * logs[place - 1] + SHOCK * shock
    found: Floats = USUAL_VOL * np.exp(logs)
    return found
