"""A managed trade beside a simulation of the same rules."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

import pytest

from benchmarks.measure import OURS, measure, note_error
from riskcalc.analysis import enter_at_model, managed_outcome
from riskcalc.domain import CashDividend, ExitPlan, Market, Quote, Target, call_spread, shares
from tests.analysis.simulated import simulate

PATHS = 100_000
TODAY, EXPIRY = dt.date(2026, 7, 20), dt.date(2026, 9, 18)
DIVIDEND = (CashDividend(ex_date=dt.date(2026, 8, 14), amount=0.8),)
SPREAD = call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY)


def exits(stop, near, far, **time):
    targets = tuple(Target(move=move, fraction=0.5) for move in (near, far))
    return ExitPlan(stop=stop, targets=targets, **time)


def quoted(symbol, **quote):
    return Market(date=TODAY, rate=0.04, quotes={symbol: Quote(**quote)})


IWM = quoted("IWM", spot=295.0, vol=0.2)
CASES = {
    "IWM shares": (shares("IWM"), IWM, exits(0.06, 0.10, 0.15, holding_days=60)),
    "TNA shares": (
        shares("TNA"), quoted("TNA", spot=60.0, vol=0.6), exits(0.12, 0.2, 0.4, holding_days=28),
    ),
    "IWM call spread": (SPREAD, IWM, exits(0.06, 0.10, 0.15, close_dte=21)),
    "IWM call spread, a dividend": (
        SPREAD,
        quoted("IWM", spot=295.0, vol=0.2, dividends=DIVIDEND),
        exits(0.06, 0.10, 0.15, close_dte=21),
    ),
}  # fmt: skip


@cache
def entered(case):
    trade, market, plan = CASES[case]
    return enter_at_model(trade, market), market, plan


def riskcalc(case):
    trade, market, plan = entered(case)
    return lambda: managed_outcome(trade, market, plan).expected_pnl


def simulation(case):
    trade, market, plan = entered(case)
    vol = market.quote(trade.symbol).vol
    options = {"drift": market.rate, "vol": vol, "paths": PATHS, "seed": 7, "per_day": 1}
    return lambda: float(simulate(trade, market, plan, **options).pnl.mean())


@cache
def deviation(case):
    trade, market, plan = entered(case)
    return managed_outcome(trade, market, plan).std


IMPLEMENTATIONS = {OURS: (riskcalc, 10), f"numpy simulation, {PATHS:,} paths": (simulation, 1)}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("case", CASES)
def bench_managed(benchmark, case, implementation):
    """The neutral view of a fairly priced trade expects 0: what is found is the error, in dollars."""
    prepare, iterations = IMPLEMENTATIONS[implementation]
    expect = prepare(case)
    rounds = 5 if iterations > 1 else 2
    expected_pnl = measure(
        benchmark, expect, task=f"managed outcome, {case}", implementation=implementation, options=1,
        rounds=rounds, iterations=iterations,
    )  # fmt: skip
    error = deviation(case) / math.sqrt(PATHS)
    sampling = "" if implementation == OURS else f"; its standard error is {error:.1g}"
    note_error(benchmark, abs(expected_pnl), remark=f"dollars{sampling}")
