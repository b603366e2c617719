"""European value and five Greeks."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
import QuantLib
from vollib.black_scholes_merton import black_scholes_merton
from vollib.black_scholes_merton.greeks import analytical

from benchmarks.c_limit import C_LIMIT, c_limit
from benchmarks.measure import NUMPY_CORE, OURS, measure, note_error
from benchmarks.options import FEW, MANY, chain, each, first
from riskcalc.pricing import OptionGreeks, black_scholes
from riskcalc.pricing.compiled.loader import using
from tests import exact

CHECKED = 500


@cache
def exact_greeks():
    options = each(first(chain(MANY), CHECKED))
    return np.array([[float(field) for field in exact.greeks(**option)] for option in options]).T


def largest_error(fields):
    """Error of the worst field, as a share of its largest magnitude, and that field's name."""
    ours = np.array(fields)[:, :CHECKED]
    true = exact_greeks()[:, : ours.shape[1]]
    errors = np.abs(ours - true).max(axis=1) / np.abs(true).max(axis=1)
    return errors.max(), OptionGreeks._fields[errors.argmax()]


def as_they_are(fields):
    return fields


def in_raw_units(fields):
    """Per day and per point, as vollib and its kin report, to per year and per 1.00."""
    value, greeks = fields
    factors = {"delta": 1.0, "gamma": 1.0, "theta": 365.0, "vega": 100.0, "rho": 100.0}
    return OptionGreeks(value, *(factor * np.asarray(greeks[name]) for name, factor in factors.items()))


def riskcalc(options):
    return lambda: black_scholes(**options)


def numpy_core(options):
    def price():
        with using("numpy"):
            return black_scholes(**options)

    return price


def plain_c(options):
    names = ("sign", "spot", "strike", "time_to_expiry", "vol", "rate", "dividend_yield")
    return c_limit("black_scholes", [options[name] for name in names], outputs=6)


def positional(options):
    """Spell the arguments as vollib and fast-vollib take them."""
    names = ("spot", "strike", "time_to_expiry", "rate", "vol", "dividend_yield")
    return (np.where(options["sign"] > 0, "c", "p"), *(options[name] for name in names))


def fast_vollib(backend):
    def prepare(options):
        library = pytest.importorskip("fast_vollib")
        arguments = positional(options)
        model = {"model": "black_scholes_merton", "return_as": "dict", "backend": backend}

        def price():
            value = library.fast_black_scholes_merton(*arguments, return_as="numpy", backend=backend)
            return value, library.get_all_greeks(*arguments, **model)

        return price

    return prepare


def vollib(options):
    arguments = list(zip(*(column.tolist() for column in positional(options)), strict=True))
    functions = {name: getattr(analytical, name) for name in OptionGreeks._fields[1:]}

    def price():
        value = [black_scholes_merton(*argument) for argument in arguments]
        return value, {
            name: [greek(*argument) for argument in arguments] for name, greek in functions.items()
        }

    return price


def quantlib(options):
    arguments = each(options)

    def price():
        return OptionGreeks(*zip(*(quantlib_greeks(**argument) for argument in arguments), strict=True))

    return price


def quantlib_greeks(*, sign, spot, strike, time_to_expiry, vol, rate, dividend_yield):
    payoff = QuantLib.PlainVanillaPayoff(QuantLib.Option.Call if sign > 0 else QuantLib.Option.Put, strike)
    growth, discount = math.exp((rate - dividend_yield) * time_to_expiry), math.exp(-rate * time_to_expiry)
    option = QuantLib.BlackCalculator(payoff, spot * growth, vol * math.sqrt(time_to_expiry), discount)
    return (
        option.value(),
        option.delta(spot),
        option.gamma(spot),
        option.theta(spot, time_to_expiry),
        option.vega(time_to_expiry),
        option.rho(time_to_expiry),
    )


IMPLEMENTATIONS = {
    OURS: (riskcalc, MANY, as_they_are),
    NUMPY_CORE: (numpy_core, MANY, as_they_are),
    C_LIMIT: (plain_c, MANY, as_they_are),
    "fast-vollib, numba": (fast_vollib("numba"), MANY, in_raw_units),
    "fast-vollib, numpy": (fast_vollib("numpy"), MANY, in_raw_units),
    "QuantLib BlackCalculator, one by one": (quantlib, FEW, as_they_are),
    "vollib, one by one": (vollib, FEW, in_raw_units),
}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def bench_many(benchmark, implementation):
    prepare, count, to_raw_units = IMPLEMENTATIONS[implementation]
    task = "European value and five Greeks, a million"
    price = prepare(first(chain(MANY), count))
    fields = measure(benchmark, price, task=task, implementation=implementation, options=count)
    error, field = largest_error(to_raw_units(fields))
    note_error(benchmark, error, remark=f"({field})")


@pytest.mark.parametrize(
    "implementation", [OURS, "QuantLib BlackCalculator, one by one", "vollib, one by one"]
)
def bench_one(benchmark, implementation):
    prepare, _, to_raw_units = IMPLEMENTATIONS[implementation]
    options = first(chain(MANY), 1)
    if implementation == OURS:
        options = {name: float(values[0]) for name, values in options.items()}
    task = "European value and five Greeks, a single call"
    price = prepare(options)
    measure(benchmark, price, task=task, implementation=implementation, options=1, iterations=2000)
    error, field = largest_error([np.atleast_1d(values) for values in to_raw_units(price())])
    note_error(benchmark, error, remark=f"({field})")
