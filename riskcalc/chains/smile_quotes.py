"""Quotes of one expiry for a smile fit: misfit of a curve, robust weights, arbitrage checks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from riskcalc.chains.forward import ImpliedForward
from riskcalc.chains.smile_curve import CUBIC, SmileCurve, butterfly, butterfly_derivatives
from riskcalc.pricing.arrays import Flags, Floats
from riskcalc.records import dataclass

FEWEST_QUOTES = 6
"""Fewest quotes that determine five parameters."""

FARTHEST, FARTHEST_DEVIATIONS = 1.5, 12.0
"""Log-moneyness to which a smile is checked on either side, or deviations where those reach further."""

FINEST = 0.0005
"""Minimum half-width of a quote, in vol."""

REACH = 3.0
"""Deviations that a smile spans at least, whatever its quotes do."""

AT_THE_FORWARD = 5
"""Quotes whose median is the vol at the forward."""

OUTLIER = 2.0
"""Distance from the fit, in standard distances, beyond which a quote is downweighted as an outlier."""

USUAL = 0.6745
"""Median absolute deviation over the standard deviation of a normal distribution."""

NEIGHBORS = 6
"""Quotes around one that tell whether it is stale."""

FEWEST_PIECES, MOST_PIECES, QUOTES_PER_PIECE = 8, 20, 10
"""Knots of the spline between the outermost quotes, by how many quotes there are."""

LEFTMOST, RIGHTMOST = -6.0, 4.0
"""Deviations within which the spline may bend the smile."""

LEAST_VARIANCE = 0.02
"""Total variance, as a part of that at the forward, below which no smile falls."""

BEYOND = 1.1
"""Part of its own range by which the closely watched one goes beyond quotes and spline."""

VarianceTerms = tuple[Floats, Floats, Floats]


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
        nearest = np.argsort(np.abs(self.k), kind="stable")[:AT_THE_FORWARD]
        return float(np.median(self.mid[nearest])) * math.sqrt(self.forward.years)

    @property
    def knots(self) -> tuple[float, ...]:
        """Even knots over the quotes, and three more on each side for the spline to fade out."""
        low = max(float(self.k.min()), LEFTMOST * self.deviation)
        high = min(float(self.k.max()), RIGHTMOST * self.deviation)
        pieces = min(max(FEWEST_PIECES, len(self.k) // QUOTES_PER_PIECE), MOST_PIECES)
        step = (high - low) / (pieces - 1)
        positions = low + step * np.arange(-CUBIC, pieces + CUBIC)
        return tuple(float(knot) for knot in positions)

    @property
    def beyond_spline(self) -> Flags:
        """Quotes beyond the range of the spline."""
        knots = self.knots
        return (self.k < knots[CUBIC]) | (self.k > knots[-CUBIC - 1])

    def misfit(self, variance: Floats) -> tuple[Floats, Floats]:
        """Distance from the mids in half-widths, and its derivative by the total variance."""
        years = self.forward.years
        vol = np.sqrt(np.maximum(variance, 1e-12) / years)
        width = np.maximum(self.half_width, FINEST)
        return (vol - self.mid) / width, 1 / (2 * vol * years * width)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArbitrageGrid:
    """Log-moneynesses at which an expiry must be free of arbitrage, by itself and beside its neighbors."""

    k: Floats
    unit: float
    """Total variance at the forward."""
    floor: Floats | None
    """Total variance of the expiry before, at each."""
    roof: Floats | None
    """The same of the expiry after."""

    @classmethod
    def between(
        cls, k: Floats, *, unit: float, floor: SmileCurve | None, roof: SmileCurve | None
    ) -> ArbitrageGrid:
        """Watch one expiry at some log-moneyness, between two others."""
        below, above = (None if curve is None else curve.variance_terms(k)[0] for curve in (floor, roof))
        return cls(k=k, unit=unit, floor=below, roof=above)

    def part(self, points: Flags) -> ArbitrageGrid:
        """Return the grid at some of its points."""
        floor, roof = (None if variance is None else variance[points] for variance in (self.floor, self.roof))
        return ArbitrageGrid(k=self.k[points], unit=self.unit, floor=floor, roof=roof)

    def margins(self, variance_terms: VarianceTerms) -> Floats:
        """Return the margins to arbitrage, negative where there is arbitrage.

        Durrleman's g, then the variance above its least, then the distances to the neighbors as parts of
        their total variance.
        """
        variance, slope, curvature = variance_terms
        least = LEAST_VARIANCE * self.unit
        left = [
            butterfly(self.k, np.maximum(variance, least), slope, curvature),
            variance / self.unit - LEAST_VARIANCE,
        ]
        if self.roof is not None:
            left.append(1 - variance / self.roof)
        if self.floor is not None:
            left.append(variance / self.floor - 1)
        return np.concatenate(left)

    def derivatives(self, variance_terms: VarianceTerms, by: VarianceTerms) -> Floats:
        """Derivatives of `margins`, from those of the variance, its slope and its curvature."""
        variance = np.maximum(variance_terms[0], LEAST_VARIANCE * self.unit)
        by_variance, by_slope, by_curvature = butterfly_derivatives(self.k, variance, variance_terms[1])
        rows = [
            by_variance[:, None] * by[0] + by_slope[:, None] * by[1] + by_curvature * by[2],
            by[0] / self.unit,
        ]
        if self.roof is not None:
            rows.append(-by[0] / self.roof[:, None])
        if self.floor is not None:
            rows.append(by[0] / self.floor[:, None])
        return np.concatenate(rows)


def robust_weights(misfit: Floats) -> Floats:
    """Return the weight of each quote from its misfit, by a Cauchy error distribution."""
    usual = max(1.0, float(np.median(np.abs(misfit))) / USUAL)
    weights: Floats = 1 / (1 + (misfit / (OUTLIER * usual)) ** 2)
    return weights


def distance_from_neighbors(quotes: SmileQuotes) -> Floats:
    """Distance of each mid from the straight line that its neighbors suggest, in half-widths."""
    order = np.argsort(quotes.k, kind="stable")
    k, mid = quotes.k[order], quotes.mid[order]
    count = min(NEIGHBORS, len(k) - 1)
    first = np.clip(np.arange(len(k)) - count // 2, 0, len(k) - 1 - count)
    window = first[:, None] + np.arange(count + 1)
    near = window[window != np.arange(len(k))[:, None]].reshape(len(k), count)
    i, j = np.triu_indices(count, 1)
    run = k[near[:, j]] - k[near[:, i]]
    # Theil and Sen's line: medians, which one more wrong quote among the neighbors does not move.
    slope = np.median((mid[near[:, j]] - mid[near[:, i]]) / np.where(run > 0, run, np.inf), axis=1)
    line = np.median(mid[near] + slope[:, None] * (k[:, None] - k[near]), axis=1)
    distance = np.empty_like(mid)
    distance[order] = (mid - line) / np.maximum(quotes.half_width[order], FINEST)
    return distance


def arbitrage_points(
    spans: Sequence[tuple[float, float]], *, deviation: float, near: int, far: int
) -> Floats:
    """Log-moneynesses to watch: closely over some ranges, ever more coarsely to far beyond them."""
    close = [BEYOND * np.linspace(low, high, near) for low, high in spans]
    end = max(
        FARTHEST, FARTHEST_DEVIATIONS * deviation, *(2 * BEYOND * abs(at) for span in spans for at in span)
    )
    # The last two tell which wing rises faster, and whether it does so too fast.
    wings = np.append(np.geomspace(deviation, end, far), [3 * end, 20 * end])
    return np.unique(np.concatenate([*close, wings, -wings]))
