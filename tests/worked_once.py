"""Answers worked out once in a process: dozens of tests plan the same few trades on the same few chains."""

from __future__ import annotations

import dataclasses
from functools import wraps

import numpy as np

from riskcalc.analysis import model_prices, valuation
from riskcalc.chains import forward, smile
from riskcalc.pricing.compiled import loader
from riskcalc.scanning import expiry_exits

MOST = 4_000
"""Answers kept of each function: an expiry of a chain needs about ten vols, a plan about twenty prices."""
LARGEST = 20_000
"""Numbers in an answer that is kept."""


def remember():
    """Have plans, scans and chains ask for the same price, vol or smile once.

    The key is all that the function is given, to the last bit, and the core in use; each process works
    everything out once. Tests of the functions themselves call them by their own names: they are not kept.
    """
    forward.PricingTerms.vols = once(forward.PricingTerms.vols)
    smile.fit_curve = once(smile.fit_curve)
    model_prices.american_implied_vol = once(model_prices.american_implied_vol)
    for module in (valuation, expiry_exits):
        module.american = once(module.american)


def once(work):
    """Work done once for the same inputs; what it returns may be changed."""
    kept = {}

    @wraps(work)
    def answer(*given, **named):
        key = (loader.core(), content(given), content(sorted(named.items())))
        if key not in kept:
            result = work(*given, **named)
            if size(result) > LARGEST:
                return result
            if len(kept) >= MOST:
                kept.clear()
            kept[key] = result
        return copied(kept[key])

    return answer


def content(value):
    """What a value holds, to the last bit, as a key."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, (list, tuple)):
        return type(value), *map(content, value)
    if dataclasses.is_dataclass(value):
        return type(value), *(content(getattr(value, field.name)) for field in dataclasses.fields(value))
    return type(value), value


def size(found):
    """Numbers in a tuple of arrays, or none."""
    return sum(np.size(one) for one in found) if isinstance(found, tuple) else 0


def copied(found):
    """A tuple of arrays anew; anything else cannot be changed."""
    return type(found)(*(one.copy() for one in found)) if isinstance(found, tuple) else found
