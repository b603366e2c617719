"""Least squares of a smile: the distance from its quotes, and a price on arbitrage."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from riskcalc.chains.array_types import Floats
from riskcalc.chains.smile_quotes import Jet, SmileQuotes, Watch

MARGINS = (5e-3, 2e-2, 8e-2)
"""Slack kept from arbitrage, so that none is left between the places watched; the next where one was not
enough."""

PENALTY = 1e3
MOST_STEPS = 60


class Model(NamedTuple):
    """A curve with free parameters: its jet at places, and the jet's derivatives."""

    at_quotes: Callable[[Floats], tuple[Jet, Jet]]
    at_watch: Callable[[Floats], tuple[Jet, Jet]]
    rough: Floats
    """Rows that multiply the parameters, to be small."""


def solved(
    model: Model,
    quotes: SmileQuotes,
    watch: Watch | None,
    start: Floats,
    *,
    trust: Floats,
    margin: float = 0.0,
) -> OptimizeResult:
    """Least squares of the misfit, weighted, and of what is wrong with the curve."""
    root = np.sqrt(trust)

    def residuals(free: Floats) -> Floats:
        parts = [root * quotes.misfit(model.at_quotes(free)[0][0])[0], model.rough @ free]
        if watch is not None:
            parts.append(PENALTY * np.minimum(watch.margins(model.at_watch(free)[0]) - margin, 0.0))
        return np.concatenate(parts)

    def derivatives(free: Floats) -> Floats:
        jet, by = model.at_quotes(free)
        parts = [(root * quotes.misfit(jet[0])[1])[:, None] * by[0], model.rough]
        if watch is not None:
            jet, by = model.at_watch(free)
            short = watch.margins(jet) < margin
            parts.append(PENALTY * short[:, None] * watch.derivatives(jet, by))
        return np.concatenate(parts)

    return least_squares(residuals, start, jac=derivatives, method="lm", max_nfev=MOST_STEPS)


def cost(found: OptimizeResult) -> float:
    """Half the sum of squares that is left."""
    return float(found.cost)
