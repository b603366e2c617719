"""One smile through one expiry's quotes: least squares with arbitrage priced out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from riskcalc.chains.array_types import Floats
from riskcalc.chains.forward import ImpliedForward
from riskcalc.chains.smile_curve import CUBIC, SmileCurve, spline_bases
from riskcalc.chains.svi import WIDEST, Svi, butterfly, svi_jet

FEWEST_QUOTES = 6
"""Quotes below which five parameters say nothing."""

FINEST = 0.0005
"""Half-width of a quote, in vol, below which a closer fit is not worth more."""

GRID = 201
"""Log-moneynesses at which arbitrage is watched."""

REACH, BEYOND = 3.0, 1.2
"""Arbitrage is watched over three deviations or the quotes, whichever is wider, and a fifth more."""

MARGIN = 5e-3
"""Slack kept from arbitrage, so that none is left between the points of the grid."""

PENALTY = 1e3
FEWEST_PIECES, MOST_PIECES, QUOTES_PER_PIECE = 8, 20, 10
"""Knots of the spline between the outermost quotes, by how many quotes there are."""

LEFTMOST, RIGHTMOST = -6.0, 4.0
"""Deviations within which the spline may bend the smile."""

ROUGHNESS = 1.0
STARTS = (
    (math.log(0.7), math.log(0.3), -0.4, 0.0, 0.0),
    (math.log(0.5), math.log(0.6), 0.0, 0.5, math.log(0.5)),
    (math.log(0.8), math.log(0.1), -0.2, 0.0, math.log(2.0)),
)
LOWEST = (-14.0, -9.0, -4.0, -8.0, -6.0)
HIGHEST = (4.0, 4.0, 4.0, 8.0, 4.0)

Jet = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmileQuotes:
    """Vols of one expiry's quotes out of the money."""

    forward: ImpliedForward
    k: Floats
    """Log-moneyness."""
    mid: Floats
    half_width: Floats
    """Of the quote, in vol."""

    @property
    def span(self) -> tuple[float, float]:
        """Log-moneyness of the quotes, and three deviations on either side at least."""
        reach = REACH * self.deviation
        return min(float(self.k.min()), -reach), max(float(self.k.max()), reach)

    @property
    def deviation(self) -> float:
        """Standard deviation of the log spot at the expiry, as quotes at the forward have it."""
        nearest = float(self.mid[np.abs(self.k).argmin()])
        return nearest * math.sqrt(self.forward.years)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Problem:
    """What is fitted, and where arbitrage is watched."""

    quotes: SmileQuotes
    grid: Floats
    floor: Floats | None
    """Total variance of the expiry before, on the grid."""
    roof: Floats | None
    """The same of the expiry after."""

    def misfit(self, variance: Floats) -> Floats:
        """Distance from the mids in half-widths."""
        quotes = self.quotes
        vol = np.sqrt(np.maximum(variance, 1e-12) / quotes.forward.years)
        misfit: Floats = (vol - quotes.mid) / np.maximum(quotes.half_width, FINEST)
        return misfit

    def penalties(self, jet: Jet) -> Floats:
        """What arbitrage costs: none where the density is positive and total variance rises with time."""
        variance = np.maximum(jet[0], 1e-12)
        short = [butterfly(self.grid, variance, jet[1], jet[2]) - MARGIN]
        unit = self.quotes.deviation**2
        if self.roof is not None:
            short.append((self.roof - variance) / unit - MARGIN)
        if self.floor is not None:
            short.append((variance - self.floor) / unit - MARGIN)
        return PENALTY * np.minimum(np.concatenate(short), 0.0)


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
    """
    deviation = quotes.deviation
    grid = watched(quotes, (floor, roof))
    problem = _Problem(
        quotes=quotes,
        grid=grid,
        floor=None if floor is None else floor.jet(grid)[0],
        roof=None if roof is None else roof.jet(grid)[0],
    )
    svi = _fit_svi(problem, deviation)
    knots = _knots(quotes, deviation)
    return SmileCurve(
        expiry=quotes.forward.expiry,
        years=quotes.forward.years,
        forward=quotes.forward.forward,
        svi=svi,
        span=quotes.span,
        knots=knots,
        weights=_fit_spline(problem, svi, knots, deviation),
    )


def watched(
    quotes: SmileQuotes,
    neighbours: Sequence[SmileCurve | None],
    *,
    points: int = GRID,
    beyond: float = BEYOND,
) -> Floats:
    """Log-moneynesses at which arbitrage is watched: over the quotes, and coarsely over the neighbours'."""
    spans = [one.span for one in neighbours if one is not None]
    ends = [end for span in spans for end in span] or [0.0]
    near = np.linspace(*quotes.span, points)
    far = np.linspace(min(ends), max(ends), points // 2)
    return beyond * np.unique(np.concatenate([near, far]))


def _fit_svi(problem: _Problem, deviation: float) -> Svi:
    """The best of a few searches, first without and then with arbitrage priced."""

    def misfit(scaled: Floats) -> Floats:
        return problem.misfit(svi_jet(_raw(scaled, deviation), problem.quotes.k)[0])

    def penalised(scaled: Floats) -> Floats:
        vector = _raw(scaled, deviation)
        steep = max(vector[1] * (1 + abs(vector[2])) - WIDEST + MARGIN, 0.0)
        return np.concatenate(
            [misfit(scaled), problem.penalties(svi_jet(vector, problem.grid)), [PENALTY * steep]]
        )

    free = min((least_squares(misfit, start, max_nfev=100) for start in STARTS), key=_cost)
    # What is best without the penalty may be far from what is best with it: start from both.
    best = min((least_squares(penalised, start, max_nfev=100) for start in (free.x, STARTS[0])), key=_cost)
    a, b, rho, m, sigma = (float(part) for part in _raw(best.x, deviation))
    return Svi(a=a, b=b, rho=rho, m=m, sigma=sigma)


def _cost(found: OptimizeResult) -> float:
    return float(found.cost)


def _raw(scaled: Floats, deviation: float) -> Floats:
    """Raw parameters from free ones, whose moneyness is in deviations and whose least variance is > 0."""
    scaled = np.clip(scaled, LOWEST, HIGHEST)
    least, b, sigma = np.exp(scaled[[0, 1, 4]])
    rho = np.tanh(scaled[2])
    a = least - b * sigma * math.sqrt(1 - rho**2)
    return np.array(
        [a * deviation**2, b * deviation, rho, scaled[3] * deviation, sigma * deviation], dtype=np.float64
    )


def _knots(quotes: SmileQuotes, deviation: float) -> tuple[float, ...]:
    """Even knots over the quotes, and three more on each side for the spline to fade out."""
    low = max(float(quotes.k.min()), LEFTMOST * deviation)
    high = min(float(quotes.k.max()), RIGHTMOST * deviation)
    pieces = min(max(FEWEST_PIECES, len(quotes.k) // QUOTES_PER_PIECE), MOST_PIECES)
    step = (high - low) / (pieces - 1)
    places = low + step * np.arange(-CUBIC, pieces + CUBIC)
    return tuple(float(place) for place in places)


def _fit_spline(problem: _Problem, svi: Svi, knots: tuple[float, ...], deviation: float) -> tuple[float, ...]:
    """Weights of the spline that takes the fit into the quotes, as smooth as that allows."""
    unit = deviation**2
    at_quotes = unit * spline_bases(knots, problem.quotes.k)[0]
    on_grid = [unit * basis for basis in spline_bases(knots, problem.grid)]
    plain, plain_jet = svi_jet(svi.vector, problem.quotes.k)[0], svi_jet(svi.vector, problem.grid)
    bends = ROUGHNESS * np.diff(np.eye(len(knots) - CUBIC - 1), 2, axis=0)

    def residuals(weights: Floats) -> Floats:
        variance, slope, curvature = (
            part + basis @ weights for part, basis in zip(plain_jet, on_grid, strict=True)
        )
        return np.concatenate(
            [
                problem.misfit(plain + at_quotes @ weights),
                problem.penalties((variance, slope, curvature)),
                bends @ weights,
            ]
        )

    found = least_squares(residuals, np.zeros(at_quotes.shape[1]), max_nfev=60)
    return tuple(float(weight) for weight in unit * found.x)
