"""Implied vols of quotes, solved once in a process: dozens of tests plan on the same few chains."""

from __future__ import annotations

import numpy as np

from riskcalc.chains.forward import PricingTerms
from riskcalc.pricing import ImpliedVol

SOLVE = PricingTerms.vols
SOLVED: dict[object, ImpliedVol] = {}
MOST = 4_000
"""Calls remembered; an expiry of a chain is about ten."""


def remember():
    """Have a chain ask the solver once for the same quotes on the same terms.

    The key is all that the solver is given, to the last bit; each process solves every quote once.
    """
    PricingTerms.vols = solved


def solved(terms, **contract):
    key = (terms.exercise, *map(content, (terms.times, terms.amounts)))
    key += tuple((name, *content(values)) for name, values in sorted(contract.items()))
    if key not in SOLVED:
        if len(SOLVED) >= MOST:
            SOLVED.clear()
        SOLVED[key] = SOLVE(terms, **contract)
    vol, status = SOLVED[key]
    return ImpliedVol(vol.copy(), status.copy())


def content(values):
    array = np.asarray(values)
    return array.dtype.str, array.shape, array.tobytes()
