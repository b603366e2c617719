"""The smile of one expiry as a curve: SVI plus an optional small spline."""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import BSpline

from riskcalc.domain.validation import finite, non_negative, positive
from riskcalc.errors import InvalidInputError
from riskcalc.pricing.arrays import Floats
from riskcalc.records import dataclass

CUBIC = 3


WIDEST = 2.0
"""Steepest slope of total variance in log-moneyness that leaves an expiry free of arbitrage (Lee, 2004)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmileCurve:
    """Implied vol of one expiry at any strike.

    Examples
    --------
    >>> svi = Svi(a=0.004, b=0.02, rho=-0.4, m=0.0, sigma=0.1)
    >>> curve = SmileCurve(expiry=dt.date(2026, 9, 18), years=60 / 365, forward=296.6, svi=svi)
    >>> curve.vol([260.0, 296.6, 330.0]).round(4)
    array([0.2255, 0.191 , 0.1922])
    """

    expiry: dt.date
    years: float
    forward: float
    """[dollars]"""
    svi: Svi
    span: tuple[float, float] = (-1.0, 1.0)
    """Log-moneyness over which it is kept free of arbitrage: its quotes, three deviations at least."""
    knots: tuple[float, ...] = ()
    """Log-moneyness, evenly spaced; the spline and its first two derivatives are 0 at both ends."""
    weights: tuple[float, ...] = ()
    """Of the cubic B-splines on the knots, added to the total variance; none is plain SVI."""

    def vol(self, strike: ArrayLike) -> Floats:
        """Volatility per sqrt(year) at strikes [dollars]."""
        vol: Floats = np.sqrt(self.variance_terms(self.log_moneyness(strike))[0] / self.years)
        return vol

    def density(self, strike: ArrayLike) -> Floats:
        """Risk-neutral density of the spot at the expiry, per dollar, as seen through European prices."""
        k = self.log_moneyness(strike)
        variance, slope, curvature = self.variance_terms(k)
        lower = -k / np.sqrt(variance) - np.sqrt(variance) / 2
        normal = np.exp(-(lower**2) / 2) / np.sqrt(2 * np.pi * variance)
        density: Floats = butterfly(k, variance, slope, curvature) * normal / np.asarray(strike)
        return density

    def variance_terms(self, k: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Total variance at log-moneyness, and its first two derivatives."""
        svi_terms = svi_variance_terms(self.svi.vector, k)
        if not self.knots:
            return svi_terms
        added = spline_terms(self.knots, self.weights, k)
        variance, slope, curvature = (part + more for part, more in zip(svi_terms, added, strict=True))
        return variance, slope, curvature

    def butterfly(self, k: ArrayLike) -> Floats:
        """Durrleman's g(k), negative where the density would be."""
        return butterfly(k, *self.variance_terms(k))

    def log_moneyness(self, strike: ArrayLike) -> Floats:
        """Log of strike over forward."""
        k: Floats = np.log(np.asarray(strike, dtype=np.float64) / self.forward)
        return k


def spline_bases(knots: tuple[float, ...], k: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Cubic B-splines on evenly spaced knots, and their first two derivatives; the last axis counts them."""
    # Beyond the outermost knots all of them, and their derivatives, are 0 as at these knots.
    inside = np.clip(np.asarray(k, dtype=np.float64), knots[0], knots[-1])
    value, slope, curvature = (spline(inside) for spline in _splines(knots))
    return value, slope, curvature


def spline_terms(
    knots: tuple[float, ...], weights: tuple[float, ...], k: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Weighted sum of `spline_bases`, and its first two derivatives, without the bases one by one."""
    inside = np.clip(np.asarray(k, dtype=np.float64), knots[0], knots[-1])
    step = knots[1] - knots[0]
    with np.errstate(invalid="ignore"):  # nan is in any piece, and stays nan
        piece = np.clip(((inside - knots[0]) / step).astype(np.intp), 0, len(knots) - 2)
    constant, linear, square, cube = _pieces(knots, weights)[:, piece]
    past = inside - np.asarray(knots)[piece]
    value = constant + past * (linear + past * (square + past * cube))
    return value, linear + past * (2 * square + past * (3 * cube)), 2 * square + past * (6 * cube)


@lru_cache(maxsize=256)
def _pieces(knots: tuple[float, ...], weights: tuple[float, ...]) -> Floats:
    """Coefficients of the weighted spline between knots, lowest power first, shape (4, pieces)."""
    value, slope, curvature = (basis @ np.array(weights) for basis in spline_bases(knots, np.array(knots)))
    third = np.diff(curvature) / np.diff(knots)
    return np.array([value[:-1], slope[:-1], curvature[:-1] / 2, third / 6])


@lru_cache(maxsize=64)
def _splines(knots: tuple[float, ...]) -> tuple[BSpline, BSpline, BSpline]:
    count, step = len(knots) - CUBIC - 1, knots[1] - knots[0]
    ends = step * np.arange(1, CUBIC + 1)
    # Idle knots on either side: without them the outermost pieces would not be evaluated as they are.
    padded = np.concatenate([knots[0] - ends[::-1], knots, knots[-1] + ends])
    spline = BSpline(padded, np.pad(np.eye(count), ((CUBIC, CUBIC), (0, 0))), CUBIC)
    return spline, spline.derivative(1), spline.derivative(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Svi:
    """Raw parameters: w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)), k = log(strike / forward).

    Raises
    ------
    InvalidInputError
        A parameter is outside its range, or the variance would fall below 0.

    References
    ----------
    J. Gatheral, A. Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14(1), 2014.

    Examples
    --------
    >>> slice_ = Svi(a=0.04, b=0.4, rho=-0.4, m=0.05, sigma=0.1)
    >>> slice_.total_variance([-0.2, 0.0, 0.2]).round(4)
    array([0.1877, 0.0927, 0.0881])
    """

    a: float
    b: float
    """>= 0"""
    rho: float
    """In (-1, 1)."""
    m: float
    sigma: float
    """> 0"""

    def __post_init__(self) -> None:
        """Check every field, and that no variance is negative."""
        finite("a", self.a)
        finite("m", self.m)
        non_negative("b", self.b)
        positive("sigma", self.sigma)
        if not -1 < self.rho < 1:
            raise InvalidInputError(f"rho must be in (-1, 1), got {self.rho:g}")
        if self.least_variance < 0:
            raise InvalidInputError(f"the least variance must be >= 0, got {self.least_variance:g}")

    @property
    def least_variance(self) -> float:
        """Total variance at the bottom of the smile."""
        return self.a + self.b * self.sigma * math.sqrt(1 - self.rho**2)

    def total_variance(self, k: ArrayLike) -> Floats:
        """Total variance, vol^2 x years, at log-moneyness."""
        return svi_variance_terms(self.vector, k)[0]

    def butterfly(self, k: ArrayLike) -> Floats:
        """Durrleman's g(k), which has the sign of the density; negative means butterfly arbitrage."""
        return butterfly(k, *svi_variance_terms(self.vector, k))

    @property
    def vector(self) -> Floats:
        """The parameters in the order a, b, rho, m, sigma."""
        return np.array([self.a, self.b, self.rho, self.m, self.sigma])


def svi_variance_terms(vector: Floats, k: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Total variance and its first two derivatives in log-moneyness."""
    a, b, rho, m, sigma = vector
    away = np.asarray(k, dtype=np.float64) - m
    root = np.sqrt(away**2 + sigma**2)
    # Products: numpy's power of 3 takes ten times as long.
    return a + b * (rho * away + root), b * (rho + away / root), b * sigma**2 / (root * root * root)


def butterfly(k: ArrayLike, variance: Floats, slope: Floats, curvature: Floats) -> Floats:
    """Durrleman's g(k) from total variance and its derivatives; equation 2.1 of Gatheral and Jacquier."""
    x = np.asarray(k, dtype=np.float64)
    g: Floats = (1 - x * slope / (2 * variance)) ** 2 - slope**2 / 4 * (1 / variance + 0.25) + curvature / 2
    return g


def svi_value_derivatives(vector: Floats, k: Floats) -> Floats:
    """Derivatives of the total variance by a, b, rho, m and sigma, of shape (points, 5)."""
    _, b, rho, m, sigma = vector
    away = k - m
    root = np.sqrt(away**2 + sigma**2)
    derivatives = np.empty((len(away), 5))
    derivatives[:, 0] = 1.0
    derivatives[:, 1] = rho * away + root
    derivatives[:, 2] = b * away
    derivatives[:, 3] = -b * (rho + away / root)
    derivatives[:, 4] = b * sigma / root
    return derivatives


def svi_derivatives(vector: Floats, k: Floats) -> tuple[Floats, Floats, Floats]:
    """Derivatives of what `svi_variance_terms` gives by a, b, rho, m and sigma; each of shape (points, 5)."""
    _, b, rho, m, sigma = vector
    away = k - m
    root = np.sqrt(away**2 + sigma**2)
    cube = root * root * root
    bend = sigma**2 / cube
    none, ones = np.zeros_like(away), np.ones_like(away)
    by_slope = (none, rho + away / root, b * ones, -b * bend, -b * away * sigma / cube)
    by_bend = (
        none,
        bend,
        none,
        3 * b * bend * away / root**2,
        b * (2 * sigma / cube - 3 * sigma * bend / root**2),
    )
    slope, curvature = (np.stack(part, axis=-1) for part in (by_slope, by_bend))
    return svi_value_derivatives(vector, k), slope, curvature


def butterfly_derivatives(k: Floats, variance: Floats, slope: Floats) -> tuple[Floats, Floats, float]:
    """Derivatives of `butterfly` by the total variance, its slope and its curvature."""
    left = 1 - k * slope / (2 * variance)
    by_variance = left * k * slope / variance**2 + slope**2 / (4 * variance**2)
    by_slope = -left * k / variance - slope / 2 * (1 / variance + 0.25)
    return by_variance, by_slope, 0.5
