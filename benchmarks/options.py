"""The options that every implementation gets: same seed, same numbers."""

from __future__ import annotations

import numpy as np

from riskcalc.pricing import black_scholes

MANY = 1_000_000
FEW = 2_000
"""For peers that take one option at a time; the table scales to one option."""


def chain(count):
    """Options of an equity chain: a day to two years, mostly near the money, rates and yields non-zero."""
    rng = np.random.default_rng(2015)
    spot = rng.uniform(50.0, 300.0, count)
    return {
        "sign": rng.choice([-1.0, 1.0], count),
        "spot": spot,
        "strike": spot * np.exp(rng.normal(0.0, 0.2, count)),
        "time_to_expiry": rng.uniform(1 / 365, 2.0, count),
        "vol": rng.uniform(0.08, 0.9, count),
        "rate": rng.uniform(-0.01, 0.06, count),
        "dividend_yield": rng.uniform(0.0, 0.04, count),
    }


def wings(count):
    """Out-of-the-money options 4 to 30 standard deviations away, from minutes to two years to expiry."""
    options = chain(count)
    rng = np.random.default_rng(2016)
    time = 10.0 ** rng.uniform(-5.0, 0.3, count)
    total = options["vol"] * np.sqrt(time)
    moneyness = rng.uniform(4.0, 30.0, count) * np.minimum(total, 0.3)
    forward = options["spot"] * np.exp((options["rate"] - options["dividend_yield"]) * time)
    return options | {"time_to_expiry": time, "strike": forward * np.exp(options["sign"] * moneyness)}


def quoted(options):
    """Replace the vol of each option by its premium, on the out-of-the-money side.

    Deep in the money a double premium does not carry ten digits of the vol, whoever reads it.
    """
    forward = options["spot"] * np.exp(
        (options["rate"] - options["dividend_yield"]) * options["time_to_expiry"]
    )
    quotes = options | {"sign": np.where(forward > options["strike"], -1.0, 1.0)}
    quotes["premium"] = black_scholes(**quotes).value
    del quotes["vol"]
    return quotes


def first(options, count):
    return {name: values[:count] for name, values in options.items()}


def each(options):
    """One dict of Python floats per option."""
    columns = [values.tolist() for values in options.values()]
    return [dict(zip(options, values, strict=True)) for values in zip(*columns, strict=True)]
