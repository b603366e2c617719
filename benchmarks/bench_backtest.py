"""A backtest of shares beside a plain loop over the rows of a pandas table."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

import riskcalc as rc
from benchmarks.measure import OURS, measure, note_error
from riskcalc.history import backtest
from tests.history.made_up import random_bars
from tests.history.plain_backtest import plain_backtest

BARS = 6_500
"""26 years."""
RULES = {"stop": 0.06, "targets": (0.10, 0.15), "fractions": (0.5, 0.5), "breakeven": False, "days": 60}


@cache
def bars():
    return dataclasses.replace(random_bars(1, count=BARS, vol=0.01, start="2000-01-03"), symbol="IWM")


def riskcalc():
    preset = rc.load_preset("iwm-shares")
    return lambda: [trade.r for trade in backtest(preset, bars()).trades]


def pandas_loop():
    def run():
        trades = plain_backtest(bars(), side=1, equity=100_000, risk=0.01, costs=0.0, **RULES)
        return [trade[-1] for trade in trades if trade[3] != "open"]

    return run


IMPLEMENTATIONS = {OURS: (riskcalc, 5), "loop over a pandas table": (pandas_loop, 1)}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def bench_backtest(benchmark, implementation):
    prepare, rounds = IMPLEMENTATIONS[implementation]
    multiples = measure(
        benchmark,
        prepare(),
        task=f"backtest of shares, {BARS:,} bars",
        implementation=implementation,
        options=1,
        rounds=rounds,
    )
    difference = float(np.abs(np.subtract(multiples, riskcalc()())).max())
    if implementation != OURS:
        note_error(benchmark, difference, remark="R")
