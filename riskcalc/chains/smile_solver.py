"""Least-squares fit of a smile to quotes, with a penalty on arbitrage."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from riskcalc.chains.array_types import Floats
from riskcalc.chains.smile_quotes import ArbitrageGrid, SmileQuotes, VarianceTerms

MARGINS = (5e-3, 2e-2, 8e-2)
"""Slack kept from arbitrage, so that none is left between the places watched; the next where one was not
enough."""

PENALTY = 1e3
MOST_STEPS = 60


class CurveModel(NamedTuple):
    """A curve with free parameters: its jet at places, and the jet's derivatives."""

    at_quotes: Callable[[Floats], tuple[VarianceTerms, VarianceTerms]]
    at_grid: Callable[[Floats], tuple[VarianceTerms, VarianceTerms]]
    rough: Floats
    """Rows that multiply the parameters, to be small."""


def fit_least_squares(
    model: CurveModel,
    quotes: SmileQuotes,
    grid: ArbitrageGrid | None,
    start: Floats,
    *,
    trust: Floats,
    margin: float = 0.0,
) -> OptimizeResult:
    """Least squares of the misfit, weighted, and of what is wrong with the curve."""
    root = np.sqrt(trust)

    def residuals(free: Floats) -> Floats:
        parts = [root * quotes.misfit(model.at_quotes(free)[0][0])[0], model.rough @ free]
        if grid is not None:
            parts.append(PENALTY * np.minimum(grid.margins(model.at_grid(free)[0]) - margin, 0.0))
        return np.concatenate(parts)

    def derivatives(free: Floats) -> Floats:
        variance_terms, by = model.at_quotes(free)
        parts = [(root * quotes.misfit(variance_terms[0])[1])[:, None] * by[0], model.rough]
        if grid is not None:
            variance_terms, by = model.at_grid(free)
            short = grid.margins(variance_terms) < margin
            parts.append(PENALTY * short[:, None] * grid.derivatives(variance_terms, by))
        return np.concatenate(parts)

    return least_squares(residuals, start, jac=derivatives, method="lm", max_nfev=MOST_STEPS)


def half_sum_of_squares(found: OptimizeResult) -> float:
    """Half the sum of squares that is left."""
    return float(found.cost)
