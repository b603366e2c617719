"""Fit of one expiry's smile: robust least squares with a penalty on arbitrage."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.optimize import leastsq

from riskcalc.chains.smile_curve import (
    CUBIC,
    SmileCurve,
    Svi,
    spline_bases,
    svi_derivatives,
    svi_value_derivatives,
    svi_variance_terms,
)
from riskcalc.chains.smile_quotes import (
    FEWEST_PIECES,
    FEWEST_QUOTES,
    OUTLIER,
    ArbitrageGrid,
    SmileQuotes,
    VarianceTerms,
    arbitrage_points,
    distance_from_neighbors,
    robust_weights,
)
from riskcalc.pricing.arrays import Flags, Floats

__all__ = ["FEWEST_PIECES", "FEWEST_QUOTES", "SmileQuotes", "check_points", "fit_curve"]

NEAR, FAR = 161, 48
"""Log-moneynesses at which the fit watches for arbitrage: over its range, and in each wing."""

NEAR_CHECKED, FAR_CHECKED = 1001, 400
"""Log-moneynesses of the final check."""

UNREACHED_WEIGHTS = (1.0, 100.0)
"""Weight of a quote that no spline reaches, in the fit of SVI; the second where the first misses many."""

MISSED = 0.1
"""Maximum share of quotes beyond the spline that may be missed."""


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
"""Ridge penalty on rho, m and sigma, which are undetermined for a straight smile."""

ROUGHNESS = 1.0
REWEIGHTINGS, HALVINGS = 4, 20
MARGINS = (5e-3, 2e-2, 8e-2)
"""Slack kept from arbitrage, so that none is left between the places watched; the next where one was not
enough."""

PENALTY = 1e3
MOST_STEPS = 60
CONVERGED = 1e-8
"""Relative change of the cost, or of the parameters, at which a search ends."""


def fit_curve(
    quotes: SmileQuotes, *, floor: SmileCurve | None = None, roof: SmileCurve | None = None
) -> SmileCurve:
    """Fit SVI, then a spline on it, to one expiry.

    Parameters
    ----------
    quotes : SmileQuotes
        At least `FEWEST_QUOTES`.
    floor, roof : SmileCurve, optional
        The expiries before and after: the total variance of this one is kept between theirs.

    Returns
    -------
    SmileCurve
        Free of arbitrage over a range far beyond its quotes wherever that can be had; `SmileFit` says so.
    """
    checked = _arbitrage_grid(quotes, floor, roof, near=NEAR_CHECKED, far=FAR_CHECKED)
    grid = _arbitrage_grid(quotes, floor, roof, near=NEAR, far=FAR)
    curves: list[SmileCurve] = []
    for unreached_weight in UNREACHED_WEIGHTS:
        curves.append(
            _fit_both(quotes, grid, checked, neighbors=(floor, roof), unreached_weight=unreached_weight)
        )
        if not _missed_beyond_spline(quotes, curves[-1]):
            break
    return min(curves, key=lambda curve: _misfit_key(quotes, checked, curve))


def _fit_both(
    quotes: SmileQuotes,
    grid: ArbitrageGrid,
    checked: ArbitrageGrid,
    *,
    neighbors: Sequence[SmileCurve | None],
    unreached_weight: float,
) -> SmileCurve:
    weights = np.where(quotes.beyond_spline, unreached_weight, 1.0)
    svi_curve = SmileCurve(
        expiry=quotes.forward.expiry,
        years=quotes.forward.years,
        forward=quotes.forward.forward,
        svi=fit_svi(quotes, grid, checked, neighbors=neighbors, unreached_weight=weights),
        span=quotes.span,
    )
    return fit_spline(quotes, svi_curve, grid, checked)


def _missed_beyond_spline(quotes: SmileQuotes, curve: SmileCurve) -> bool:
    missed = np.abs(quotes.misfit(curve.variance_terms(quotes.k)[0])[0]) > 1
    return float(np.mean(missed & quotes.beyond_spline)) > MISSED


def _misfit_key(quotes: SmileQuotes, checked: ArbitrageGrid, curve: SmileCurve) -> tuple[bool, float]:
    """Whether there is arbitrage, then how far the curve is from the quotes."""
    misfit = quotes.misfit(curve.variance_terms(quotes.k)[0])[0]
    free = checked.margins(curve.variance_terms(checked.k)).min() >= 0
    return not free, float(np.log1p((misfit / OUTLIER) ** 2).sum())


def check_points(
    quotes: SmileQuotes, *neighbors: SmileCurve | None, near: int = NEAR_CHECKED, far: int = FAR_CHECKED
) -> Floats:
    """Log-moneynesses at which a smile is checked: its quotes and spline, its neighbors', and far beyond."""
    knots = quotes.knots
    spans = [quotes.span, (knots[0], knots[-1])]
    for neighbor in neighbors:
        spans += (
            []
            if neighbor is None
            else [neighbor.span, *([(neighbor.knots[0], neighbor.knots[-1])] if neighbor.knots else [])]
        )
    return arbitrage_points(spans, deviation=quotes.deviation, near=near, far=far)


def _arbitrage_grid(
    quotes: SmileQuotes, floor: SmileCurve | None, roof: SmileCurve | None, *, near: int, far: int
) -> ArbitrageGrid:
    points = check_points(quotes, floor, roof, near=near, far=far)
    return ArbitrageGrid.between(points, unit=quotes.deviation**2, floor=floor, roof=roof)


def fit_svi(
    quotes: SmileQuotes,
    grid: ArbitrageGrid,
    checked: ArbitrageGrid,
    *,
    neighbors: Sequence[SmileCurve | None],
    unreached_weight: Floats,
) -> Svi:
    """The best of a few searches, first without and then with arbitrage priced."""
    model = _svi_model(quotes, grid)
    near = [_scaled(neighbor) for neighbor in neighbors if neighbor is not None]
    quote_weights = unreached_weight * robust_weights(distance_from_neighbors(quotes))
    free = min(
        (
            fit_least_squares(model, quotes, None, np.array(start), quote_weights=quote_weights)
            for start in STARTS
        ),
        key=half_sum_of_squares,
    )
    for _ in range(2):
        quote_weights = unreached_weight * robust_weights(quotes.misfit(model.at_quotes(free.x)[0])[0])
        free = fit_least_squares(model, quotes, None, free.x, quote_weights=quote_weights)
    best = free
    for margin in MARGINS:
        solve = partial(fit_least_squares, model, quotes, grid, quote_weights=quote_weights, margin=margin)
        fits = [solve(free.x)]
        # The optimum without the penalty may be far from the optimum with it.
        if fits[0].cost > NEAR_ENOUGH * free.cost:
            fits += map(solve, (*near, *map(np.array, STARTS)))
        best = min(fits, key=half_sum_of_squares)
        if checked.margins(_svi_at(checked.k, best.x, quotes.deviation)).min() >= 0:
            break
    a, b, rho, m, sigma = (float(part) for part in _raw(best.x, quotes.deviation)[0])
    return Svi(a=a, b=b, rho=rho, m=m, sigma=sigma)


def _svi_model(quotes: SmileQuotes, grid: ArbitrageGrid) -> CurveModel:
    """SVI in its free parameters, at the quotes and where arbitrage is watched for."""
    deviation = quotes.deviation

    def by_quotes(scaled: Floats) -> Floats:
        vector, by_scaled = _raw(scaled, deviation)
        return svi_value_derivatives(vector, quotes.k) @ by_scaled

    def by_grid(scaled: Floats, points: Flags) -> VarianceTerms:
        vector, by_scaled = _raw(scaled, deviation)
        value, slope, curvature = (part @ by_scaled for part in svi_derivatives(vector, grid.k[points]))
        return value, slope, curvature

    return CurveModel(
        at_quotes=partial(_svi_at, quotes.k, deviation=deviation),
        by_quotes=by_quotes,
        at_grid=partial(_svi_at, grid.k, deviation=deviation),
        by_grid=by_grid,
        rough=np.diag(RIDGE),
    )


def _svi_at(k: Floats, scaled: Floats, deviation: float) -> VarianceTerms:
    """Variance of SVI in its free parameters, with its derivatives in log-moneyness."""
    return svi_variance_terms(_raw(scaled, deviation)[0], k)


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


def fit_spline(
    quotes: SmileQuotes, svi_curve: SmileCurve, grid: ArbitrageGrid, checked: ArbitrageGrid
) -> SmileCurve:
    """Add the smoothest spline that puts the curve inside the quotes."""
    knots, unit = quotes.knots, quotes.deviation**2
    count = len(knots) - CUBIC - 1

    def bases_and_terms(k: Floats) -> tuple[VarianceTerms, Callable[[Floats], VarianceTerms]]:
        value, slope, curvature = (unit * basis for basis in spline_bases(knots, k))
        base = svi_curve.variance_terms(k)

        def at(weights: Floats) -> VarianceTerms:
            return base[0] + value @ weights, base[1] + slope @ weights, base[2] + curvature @ weights

        return (value, slope, curvature), at

    (by_quotes, _, _), at_quotes = bases_and_terms(quotes.k)
    bases, at_grid = bases_and_terms(grid.k)
    model = CurveModel(
        at_quotes=at_quotes,
        by_quotes=lambda _: by_quotes,
        at_grid=at_grid,
        by_grid=lambda _, points: (bases[0][points], bases[1][points], bases[2][points]),
        rough=ROUGHNESS * np.diff(np.eye(count), 2, axis=0),
    )
    (_, at_checked), weights = bases_and_terms(checked.k), np.zeros(count)
    first = robust_weights(distance_from_neighbors(quotes))
    for margin in MARGINS:
        for turn in range(REWEIGHTINGS):
            quote_weights = robust_weights(quotes.misfit(model.at_quotes(weights)[0])[0])
            # SVI may be as far from good quotes as a stale one is: their neighbors tell them apart.
            quote_weights = quote_weights if turn else np.minimum(quote_weights, first)
            weights = fit_least_squares(
                model, quotes, grid, weights, quote_weights=quote_weights, margin=margin
            ).x
        if checked.margins(at_checked(weights)).min() >= 0:
            break
    share = _largest_share(lambda share: float(checked.margins(at_checked(share * weights)).min()))
    return replace(svi_curve, knots=knots, weights=tuple(float(share * unit * weight) for weight in weights))


def _largest_share(least_margin: Callable[[float], float]) -> float:
    """The largest part of the spline without arbitrage; all of it where even none does."""
    if least_margin(1.0) >= 0 or least_margin(0.0) < 0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if least_margin(middle) >= 0 else (low, middle)
    return low


class CurveModel(NamedTuple):
    """A curve with free parameters: its total variance at places, and the derivatives by the parameters."""

    at_quotes: Callable[[Floats], VarianceTerms]
    by_quotes: Callable[[Floats], Floats]
    """Derivatives of the total variance, the only term in the misfit."""
    at_grid: Callable[[Floats], VarianceTerms]
    by_grid: Callable[[Floats, Flags], VarianceTerms]
    """At some of the points: only those with arbitrage are in the penalty."""
    rough: Floats
    """Rows of the roughness penalty on the parameters."""


class Fit(NamedTuple):
    """Parameters of the best curve of one search."""

    x: Floats
    cost: float
    """Half the sum of the squared residuals."""


def fit_least_squares(
    model: CurveModel,
    quotes: SmileQuotes,
    grid: ArbitrageGrid | None,
    start: Floats,
    *,
    quote_weights: Floats,
    margin: float = 0.0,
) -> Fit:
    """Minimize the weighted misfit plus penalties for roughness and arbitrage."""
    root = np.sqrt(quote_weights)

    def residuals(free: Floats) -> Floats:
        parts = [root * quotes.misfit(model.at_quotes(free)[0])[0], model.rough @ free]
        if grid is not None:
            parts.append(PENALTY * np.minimum(grid.margins(model.at_grid(free)) - margin, 0.0))
        return np.concatenate(parts)

    def derivatives(free: Floats) -> Floats:
        by_misfit = root * quotes.misfit(model.at_quotes(free)[0])[1]
        parts = [by_misfit[:, None] * model.by_quotes(free), model.rough]
        if grid is not None:
            parts.append(PENALTY * _penalty_derivatives(model, grid, free, margin=margin))
        return np.concatenate(parts)

    # MINPACK itself: what `least_squares` wraps around it takes a quarter of the time of so few parameters.
    free, _, details, _, _ = leastsq(
        residuals,
        start,
        Dfun=derivatives,
        full_output=True,
        ftol=CONVERGED,
        xtol=CONVERGED,
        gtol=CONVERGED,
        maxfev=MOST_STEPS,
    )
    return Fit(x=free, cost=0.5 * float(details["fvec"] @ details["fvec"]))


def _penalty_derivatives(model: CurveModel, grid: ArbitrageGrid, free: Floats, *, margin: float) -> Floats:
    """Derivatives of the margins that are short, and 0 for the others."""
    terms = model.at_grid(free)
    short = (grid.margins(terms) < margin).reshape(-1, len(grid.k))
    points: Flags = np.any(short, axis=0)
    derivatives = np.zeros((*short.shape, len(free)))
    if points.any():
        near = grid.part(points)
        slopes = near.derivatives(
            (terms[0][points], terms[1][points], terms[2][points]), model.by_grid(free, points)
        )
        derivatives[:, points] = short[:, points, None] * slopes.reshape(len(short), -1, len(free))
    return derivatives.reshape(-1, len(free))


def half_sum_of_squares(fit: Fit) -> float:
    """Half the remaining sum of squares."""
    return fit.cost
