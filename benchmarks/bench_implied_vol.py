"""European implied vol."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import QuantLib
from vollib.black_scholes_merton.implied_volatility import implied_volatility

from benchmarks.c_limit import C_LIMIT, c_limit
from benchmarks.measure import NUMPY_CORE, OURS, measure, note_error
from benchmarks.options import FEW, MANY, chain, each, first, quoted, wings
from riskcalc.pricing import implied_vol
from riskcalc.pricing.compiled.loader import using
from tests import exact

CHECKED = 500
WRONG = 1e-3
CASES = {"a chain": chain, "wings and last minutes": wings}


@cache
def quotes(case):
    return quoted(CASES[case](MANY))


@cache
def exact_vols(case):
    starts = CASES[case](MANY)["vol"]
    options = each(first(quotes(case), CHECKED))
    return np.array(
        [
            float(exact.implied_vol(start=start, **option)[0])
            for option, start in zip(options, starts[:CHECKED], strict=True)
        ]
    )


def riskcalc(quotes):
    return lambda: implied_vol(**quotes).vol


def numpy_core(quotes):
    def solve():
        with using("numpy"):
            return implied_vol(**quotes).vol

    return solve


def plain_c(quotes):
    names = ("premium", "sign", "spot", "strike", "time_to_expiry", "rate", "dividend_yield")
    solve = c_limit("implied_vol", [quotes[name] for name in names], outputs=1)
    return lambda: solve()[0]


def forwards(quotes):
    """Forward and undiscounted premium, which the peers on forwards get ready made."""
    growth = np.exp((quotes["rate"] - quotes["dividend_yield"]) * quotes["time_to_expiry"])
    return quotes["spot"] * growth, quotes["premium"] * np.exp(quotes["rate"] * quotes["time_to_expiry"])


def jackel(quotes):
    solve = pytest.importorskip("fast_vollib.jackel").jackel_iv_black
    forward, premium = forwards(quotes)
    return lambda: solve(premium, forward, quotes["strike"], quotes["time_to_expiry"], quotes["sign"] > 0)


def halley(quotes):
    solve = pytest.importorskip("fast_vollib").fast_implied_volatility
    names = ("premium", "spot", "strike", "time_to_expiry", "rate")
    arguments = (*(quotes[name] for name in names), np.where(quotes["sign"] > 0, "c", "p"))
    model = {"model": "black_scholes_merton", "return_as": "numpy", "backend": "numba", "on_error": "ignore"}
    return lambda: solve(*arguments, q=quotes["dividend_yield"], **model)


def vollib(quotes):
    names = ("premium", "spot", "strike", "time_to_expiry", "rate", "dividend_yield")
    arguments = [
        (*(quote[name] for name in names), "c" if quote["sign"] > 0 else "p") for quote in each(quotes)
    ]
    return lambda: np.array([implied_volatility(*argument) for argument in arguments])


def quantlib(formula):
    def prepare(quotes):
        forward, premium = forwards(quotes)
        option = np.where(quotes["sign"] > 0, QuantLib.Option.Call, QuantLib.Option.Put)
        columns = (option, quotes["strike"], forward, premium)
        arguments = list(zip(*(column.tolist() for column in columns), strict=True))
        root_time = np.sqrt(quotes["time_to_expiry"])
        return lambda: np.array([solved(formula, argument) for argument in arguments]) / root_time

    return prepare


def solved(formula, argument):
    try:
        return formula(*argument)
    except RuntimeError:
        return np.nan


def newton(option, strike, forward, premium):
    guess, accuracy, steps = QuantLib.nullDouble(), 1e-12, 200
    return QuantLib.blackFormulaImpliedStdDev(
        option, strike, forward, premium, 1.0, 0.0, guess, accuracy, steps
    )


def li_rs(option, strike, forward, premium):
    guess, relaxation, accuracy, steps = QuantLib.nullDouble(), 1.0, 1e-12, 200
    return QuantLib.blackFormulaImpliedStdDevLiRS(
        option, strike, forward, premium, 1.0, 0.0, guess, relaxation, accuracy, steps
    )


IMPLEMENTATIONS = {
    OURS: (riskcalc, MANY),
    NUMPY_CORE: (numpy_core, MANY),
    C_LIMIT: (plain_c, MANY),
    "fast-vollib jackel_iv_black": (jackel, MANY),
    "fast-vollib, numba (Halley)": (halley, MANY),
    "vollib, one by one": (vollib, FEW),
    "QuantLib impliedStdDev, one by one": (quantlib(newton), FEW),
    "QuantLib impliedStdDevLiRS, one by one": (quantlib(li_rs), FEW),
}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("case", CASES)
def bench_implied_vol(benchmark, case, implementation):
    prepare, count = IMPLEMENTATIONS[implementation]
    solve = prepare(first(quotes(case), count))
    task = f"European implied vol, {case}"
    vols = measure(benchmark, solve, task=task, implementation=implementation, options=count)[:CHECKED]
    error = np.abs(vols - exact_vols(case))
    wrong = np.mean(~(error < WRONG))
    note_error(
        benchmark, np.nanmax(error), remark=f"({wrong:.1%} off by over {WRONG} or unsolved)" if wrong else ""
    )
