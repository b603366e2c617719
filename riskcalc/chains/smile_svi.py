"""SVI fit to the quotes of one expiry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from riskcalc.chains.array_types import Floats
from riskcalc.chains.smile_curve import SmileCurve
from riskcalc.chains.smile_quotes import (
    ArbitrageGrid,
    SmileQuotes,
    VarianceTerms,
    distance_from_neighbors,
    robust_weights,
)
from riskcalc.chains.smile_solver import MARGINS, CurveModel, fit_least_squares, half_sum_of_squares
from riskcalc.chains.svi import Svi, svi_derivatives, svi_variance_terms

STARTS = (
    (math.log(0.7), math.log(0.3), -0.4, 0.0, 0.0),
    (math.log(0.5), math.log(0.6), 0.0, 0.5, math.log(0.5)),
    (math.log(0.8), math.log(0.1), -0.2, 0.0, math.log(2.0)),
)
LOWEST = (math.log(0.03), -9.0, -4.0, -8.0, -6.0)
HIGHEST = (4.0, 4.0, 4.0, 8.0, 4.0)

NEAR_ENOUGH = 1.2
"""Cost with arbitrage priced over that without, up to which no other start is tried."""

RIDGE = (0.0, 0.0, 0.1, 0.1, 0.1)
"""What rho, m and sigma cost by themselves: where a smile is a line, nothing else holds them."""


def fit_svi(
    quotes: SmileQuotes,
    grid: ArbitrageGrid,
    checked: ArbitrageGrid,
    *,
    neighbors: Sequence[SmileCurve | None],
    alone: Floats,
) -> Svi:
    """The best of a few searches, first without and then with arbitrage priced."""
    deviation = quotes.deviation

    def at(k: Floats, scaled: Floats) -> tuple[VarianceTerms, VarianceTerms]:
        vector, by_scaled = _raw(scaled, deviation)
        value, slope, curvature = (part @ by_scaled for part in svi_derivatives(vector, k))
        return svi_variance_terms(vector, k), (value, slope, curvature)

    model = CurveModel(partial(at, quotes.k), partial(at, grid.k), np.diag(RIDGE))
    near = [_scaled(one) for one in neighbors if one is not None]
    trust = alone * robust_weights(distance_from_neighbors(quotes))
    free = min(
        (fit_least_squares(model, quotes, None, np.array(start), trust=trust) for start in STARTS),
        key=half_sum_of_squares,
    )
    for _ in range(2):
        trust = alone * robust_weights(quotes.misfit(at(quotes.k, free.x)[0][0])[0])
        free = fit_least_squares(model, quotes, None, free.x, trust=trust)
    best = free
    for margin in MARGINS:
        solve = partial(fit_least_squares, model, quotes, grid, trust=trust, margin=margin)
        found = [solve(free.x)]
        # What is best without the penalty may be far from what is best with it.
        if found[0].cost > NEAR_ENOUGH * free.cost:
            found += map(solve, (*near, *map(np.array, STARTS)))
        best = min(found, key=half_sum_of_squares)
        if checked.margins(at(checked.k, best.x)[0]).min() >= 0:
            break
    a, b, rho, m, sigma = (float(part) for part in _raw(best.x, deviation)[0])
    return Svi(a=a, b=b, rho=rho, m=m, sigma=sigma)


def _scaled(curve: SmileCurve) -> Floats:
    """Free parameters of another expiry's SVI, so that it has the same shape in deviations."""
    svi, deviation = curve.svi, math.sqrt(float(curve.variance_terms(0.0)[0]))
    free = (
        math.log(max(svi.least_variance, 1e-12) / deviation**2),
        math.log(max(svi.b / deviation, 1e-9)),
        math.atanh(svi.rho),
        svi.m / deviation,
        math.log(svi.sigma / deviation),
    )
    return np.clip(free, LOWEST, HIGHEST)


def _raw(scaled: Floats, deviation: float) -> tuple[Floats, Floats]:
    """Raw parameters from free ones, and their derivatives; moneyness in deviations, least variance > 0."""
    within = np.clip(scaled, LOWEST, HIGHEST)
    least, b, sigma = np.exp(within[[0, 1, 4]])
    rho = np.tanh(within[2])
    root = math.sqrt(1 - rho**2)
    level = b * sigma * root
    raw = np.array([least - level, b, rho, within[3], sigma])
    derivatives = np.diag([least, b, 1 - rho**2, 1.0, sigma])
    derivatives[0, 1:] = -level, level * rho, 0.0, -level
    units = np.array([deviation**2, deviation, 1.0, deviation, deviation])
    return raw * units, units[:, None] * derivatives * (within == scaled)
