"""Spline correction on SVI for smiles with tight quotes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from riskcalc.chains.array_types import Floats
from riskcalc.chains.smile_curve import CUBIC, SmileCurve, spline_bases
from riskcalc.chains.smile_quotes import (
    ArbitrageGrid,
    SmileQuotes,
    VarianceTerms,
    distance_from_neighbors,
    robust_weights,
)
from riskcalc.chains.smile_solver import MARGINS, CurveModel, fit_least_squares

ROUGHNESS = 1.0
REWEIGHTINGS, HALVINGS = 4, 20


def fit_spline(
    quotes: SmileQuotes, plain: SmileCurve, grid: ArbitrageGrid, checked: ArbitrageGrid
) -> SmileCurve:
    """The curve with the spline that takes it into the quotes, as smooth as that allows."""
    knots, unit = quotes.knots, quotes.deviation**2
    count = len(knots) - CUBIC - 1

    def model_at(k: Floats) -> Callable[[Floats], tuple[VarianceTerms, VarianceTerms]]:
        value, slope, curvature = (unit * basis for basis in spline_bases(knots, k))
        base = plain.variance_terms(k)

        def at(weights: Floats) -> tuple[VarianceTerms, VarianceTerms]:
            variance_terms = (
                base[0] + value @ weights,
                base[1] + slope @ weights,
                base[2] + curvature @ weights,
            )
            return variance_terms, (value, slope, curvature)

        return at

    bends = ROUGHNESS * np.diff(np.eye(count), 2, axis=0)
    model = CurveModel(model_at(quotes.k), model_at(grid.k), bends)
    at_checked, weights = model_at(checked.k), np.zeros(count)
    first = robust_weights(distance_from_neighbors(quotes))
    for margin in MARGINS:
        for turn in range(REWEIGHTINGS):
            trust = robust_weights(quotes.misfit(model.at_quotes(weights)[0][0])[0])
            # SVI may be as far from good quotes as a stale one is: their neighbors tell them apart.
            trust = trust if turn else np.minimum(trust, first)
            weights = fit_least_squares(model, quotes, grid, weights, trust=trust, margin=margin).x
        if checked.margins(at_checked(weights)[0]).min() >= 0:
            break
    share = _largest_share(lambda share: float(checked.margins(at_checked(share * weights)[0]).min()))
    return replace(plain, knots=knots, weights=tuple(float(share * unit * weight) for weight in weights))


def _largest_share(least_margin: Callable[[float], float]) -> float:
    """The largest part of the spline without arbitrage; all of it where even none does."""
    if least_margin(1.0) >= 0 or least_margin(0.0) < 0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if least_margin(middle) >= 0 else (low, middle)
    return low
