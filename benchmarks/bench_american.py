"""American options: cash dividends, yields and the implied vols of a real chain, beside QuantLib."""

from __future__ import annotations

import csv
import datetime as dt
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import QuantLib

from benchmarks.measure import NUMPY_CORE, OURS, measure, note_error
from benchmarks.options import each, first
from riskcalc.pricing.american import american, american_implied_vol
from riskcalc.pricing.compiled.loader import using

MANY = 1_000
CHECKED = 8
"""Options with cash dividends whose exact price needs finite differences on a fine grid, extrapolated."""
CENTURY = 36_000
"""QuantLib counts days: an expiry of any length is these days at scaled rates, so that times are exact."""
EX_DATES, AMOUNTS = (0.1, 0.35, 0.6, 0.85), (0.62, 0.8, 0.6, 0.75)
REFERENCE = Path(os.environ.get("RISKCALC_REFERENCE", Path(__file__).parents[2] / "shared" / "reference"))
CHAIN = REFERENCE / "06_option_chains" / "IWM_2026-07-20_yfinance_layout.csv"
NO_CASH = {"dividend_times": (), "dividend_amounts": ()}


@cache
def with_cash(sign):
    """IWM-like options that see one to four quarterly dividends."""
    rng = np.random.default_rng(2003)
    return {
        "sign": np.full(MANY, float(sign)),
        "spot": np.full(MANY, 296.0),
        "strike": 296.0 * np.exp(rng.normal(0.0, 0.1, MANY)),
        "time_to_expiry": rng.choice([0.25, 0.5, 0.75, 1.0], MANY),
        "vol": rng.uniform(0.12, 0.45, MANY),
        "rate": np.full(MANY, 0.04),
        "dividend_yield": np.zeros(MANY),
    }, {"dividend_times": EX_DATES, "dividend_amounts": AMOUNTS}


@cache
def with_yield():
    """Draw puts on a share with a continuous yield."""
    rng = np.random.default_rng(2016)
    return {
        "sign": np.full(MANY, -1.0),
        "spot": np.full(MANY, 100.0),
        "strike": 100.0 * np.exp(rng.normal(0.0, 0.15, MANY)),
        "time_to_expiry": rng.choice([1 / 12, 0.25, 0.5, 1.0, 2.0], MANY),
        "vol": rng.uniform(0.1, 0.6, MANY),
        "rate": rng.uniform(0.01, 0.08, MANY),
        "dividend_yield": rng.uniform(0.005, 0.06, MANY),
    }, NO_CASH


TASKS = {
    "American calls, one to four cash dividends": lambda: with_cash(1),
    "American puts, one to four cash dividends": lambda: with_cash(-1),
    "American puts with a yield": with_yield,
}


def riskcalc(options, schedule):
    return lambda: american(**options, **schedule).value


def numpy_core(options, schedule):
    def price():
        with using("numpy"):
            return american(**options, **schedule).value

    return price


def grid(size):
    def prepare(options, schedule):
        contracts = [contract(option, schedule) for option in each(options)]
        return lambda: np.array([priced(*terms, grid_engine(size)) for terms in contracts])

    return prepare


def collocation(scheme):
    def prepare(options, schedule):
        contracts = [contract(option, schedule) for option in each(options)]

        def engine(process, _):
            return QuantLib.QdFpAmericanEngine(process, *scheme())

        return lambda: np.array([priced(*terms, engine) for terms in contracts])

    return prepare


def grid_engine(size):
    def engine(process, dividends):
        return QuantLib.FdBlackScholesVanillaEngine(process, dividends, size, size)

    return engine


def contract(option, schedule):
    """Option, process and dividends as QuantLib objects, a century long."""
    today = QuantLib.Date(1, 1, 2025)
    QuantLib.Settings.instance().evaluationDate = today
    days, last = QuantLib.Actual365Fixed(), option["time_to_expiry"]
    scale = last / (CENTURY / 365)
    rate, dividend_yield = (
        QuantLib.YieldTermStructureHandle(QuantLib.FlatForward(today, option[name] * scale, days))
        for name in ("rate", "dividend_yield")
    )
    vol = QuantLib.BlackConstantVol(today, QuantLib.NullCalendar(), option["vol"] * np.sqrt(scale), days)
    process = QuantLib.BlackScholesMertonProcess(
        QuantLib.QuoteHandle(QuantLib.SimpleQuote(option["spot"])),
        dividend_yield,
        rate,
        QuantLib.BlackVolTermStructureHandle(vol),
    )
    side = QuantLib.Option.Call if option["sign"] > 0 else QuantLib.Option.Put
    exercise = QuantLib.AmericanExercise(today, today + CENTURY)
    pairs = zip(schedule["dividend_times"], schedule["dividend_amounts"], strict=True)
    dividends = QuantLib.DividendSchedule(
        [
            QuantLib.FixedDividend(amount, today + round(time / last * CENTURY))
            for time, amount in pairs
            if time <= last
        ]
    )
    return (
        QuantLib.VanillaOption(QuantLib.PlainVanillaPayoff(side, option["strike"]), exercise),
        process,
        dividends,
    )


def priced(option, process, dividends, engine):
    option.setPricingEngine(engine(process, dividends))
    return option.NPV()


@cache
def exact(task):
    """Without cash QuantLib's high precision; with it grids extrapolated in time and space."""
    options, schedule = TASKS[task]()
    few = first(options, CHECKED if schedule["dividend_times"] else MANY)
    if not schedule["dividend_times"]:
        return collocation(lambda: (QuantLib.QdFpAmericanEngine.highPrecisionScheme(),))(few, schedule)()
    coarse, fine = (
        2 * fine_grid(few, schedule, steps=1600, nodes=nodes)
        - fine_grid(few, schedule, steps=800, nodes=nodes)
        for nodes in (1200, 2400)
    )
    return (4 * fine - coarse) / 3


def fine_grid(options, schedule, *, steps, nodes):
    def engine(process, dividends):
        return QuantLib.FdBlackScholesVanillaEngine(process, dividends, steps, nodes)

    return np.array([priced(*contract(option, schedule), engine) for option in each(options)])


IMPLEMENTATIONS = {
    OURS: (riskcalc, MANY),
    NUMPY_CORE: (numpy_core, MANY),
    "QuantLib FdBlackScholesVanillaEngine 400 x 400": (grid(400), CHECKED),
    "QuantLib QdFp, default": (collocation(tuple), MANY),
    "QuantLib QdFp, fast": (collocation(lambda: (QuantLib.QdFpAmericanEngine.fastScheme(),)), MANY),
}
PEERS = [
    (task, implementation)
    for task in TASKS
    for implementation in IMPLEMENTATIONS
    if "QdFp" not in implementation or "yield" in task
]


@pytest.mark.parametrize(("task", "implementation"), PEERS)
def bench_american(benchmark, task, implementation):
    prepare, count = IMPLEMENTATIONS[implementation]
    options, schedule = TASKS[task]()
    price = prepare(first(options, count), schedule)
    rounds = 1 if count == CHECKED else 3
    values = measure(benchmark, price, task=task, implementation=implementation, options=count, rounds=rounds)
    truth = exact(task)
    remark = "value and Greeks" if implementation in (OURS, NUMPY_CORE) else ""
    both = min(len(values), len(truth))
    note_error(benchmark, np.abs(values[:both] - truth[:both]).max(), remark=remark)


def one_by_us(option):
    return lambda: american(**option).value


def one_by_quantlib(scheme):
    def prepare(option):
        terms = contract(option, NO_CASH)
        return lambda: priced(*terms, lambda process, _: QuantLib.QdFpAmericanEngine(process, *scheme()))

    return prepare


SINGLE = {
    OURS: one_by_us,
    "QuantLib QdFp, default": one_by_quantlib(tuple),
    "QuantLib QdFp, fast": one_by_quantlib(lambda: (QuantLib.QdFpAmericanEngine.fastScheme(),)),
}


@pytest.mark.parametrize("implementation", SINGLE)
def bench_one(benchmark, implementation):
    """A call on plain numbers; QuantLib's contract exists already, its engine does not."""
    options, _ = with_yield()
    price = SINGLE[implementation]({name: float(values[0]) for name, values in options.items()})
    task = "American put with a yield, a single call"
    value = measure(benchmark, price, task=task, implementation=implementation, options=1, iterations=200)
    note_error(benchmark, abs(float(value) - exact("American puts with a yield")[0]))


SURFACES = {"call": 1, "put": -1}


@pytest.mark.parametrize("side", SURFACES)
def bench_surface(benchmark, side):
    spots, elapsed = np.linspace(230.0, 360.0, 60), np.arange(30)[:, None] * 4 / 365

    def surface():
        return american(
            sign=SURFACES[side],
            spot=spots,
            strike=300.0,
            time_to_expiry=0.5 - elapsed,
            vol=0.2,
            rate=0.04,
            dividend_times=[0.17, 0.42],
            dividend_amounts=[0.62, 0.8],
            elapsed=elapsed,
        )

    task = f"American {side}, 60 spots x 30 dates, two dividends"
    measure(benchmark, surface, task=task, implementation=OURS, options=60 * 30)


def real_chain():
    with CHAIN.open() as lines:
        quotes = list(csv.DictReader(lines))
    today = dt.date(2026, 7, 20)
    days = [(dt.date.fromisoformat(quote["expirationDate"]) - today).days for quote in quotes]
    bid, ask = (np.array([float(quote[side] or "nan") for quote in quotes]) for side in ("bid", "ask"))
    return {
        "premium": np.where(bid > 0, (bid + ask) / 2, np.nan),
        "sign": np.array([1.0 if quote["optionType"] == "call" else -1.0 for quote in quotes]),
        "spot": 295.39,
        "strike": np.array([float(quote["strike"]) for quote in quotes]),
        "time_to_expiry": np.array(days) / 365,
        "rate": 0.037,
        "dividend_times": [58 / 365, 149 / 365],
        "dividend_amounts": [0.62, 0.79],
    }


@pytest.mark.skipif(not CHAIN.exists(), reason=f"no real chain at {CHAIN}: set RISKCALC_REFERENCE")
def bench_real_chain(benchmark):
    option = real_chain()
    implied = measure(
        benchmark,
        lambda: american_implied_vol(**option),
        task="American implied vols, the whole IWM chain",
        implementation=OURS,
        options=option["premium"].size,
        rounds=3,
    )
    solved = implied.status == 0
    terms = {name: values for name, values in option.items() if name != "premium"}
    value = american(**terms, vol=np.where(solved, implied.vol, 0.2)).value
    note_error(
        benchmark,
        np.abs(value - option["premium"])[solved].max(),
        remark=f"in the premium ({np.count_nonzero(solved)} of {solved.size} quotes hold a vol)",
    )
