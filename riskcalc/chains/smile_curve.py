"""The smile of one expiry as a curve: SVI, and a small spline on it where quotes ask for one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import BSpline

from riskcalc.chains.array_types import Floats
from riskcalc.chains.svi import Svi, butterfly, svi_variance_terms

CUBIC = 3


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
        plain = svi_variance_terms(self.svi.vector, k)
        if not self.knots:
            return plain
        added = (basis @ np.array(self.weights) for basis in spline_bases(self.knots, k))
        variance, slope, curvature = (part + more for part, more in zip(plain, added, strict=True))
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
    place = np.clip(np.asarray(k, dtype=np.float64), knots[0], knots[-1])
    value, slope, curvature = (spline(place) for spline in _splines(knots))
    return value, slope, curvature


@lru_cache(maxsize=64)
def _splines(knots: tuple[float, ...]) -> tuple[BSpline, BSpline, BSpline]:
    count, step = len(knots) - CUBIC - 1, knots[1] - knots[0]
    ends = step * np.arange(1, CUBIC + 1)
    # Idle knots on either side: without them the outermost pieces would not be evaluated as they are.
    padded = np.concatenate([knots[0] - ends[::-1], knots, knots[-1] + ends])
    spline = BSpline(padded, np.pad(np.eye(count), ((CUBIC, CUBIC), (0, 0))), CUBIC)
    return spline, spline.derivative(1), spline.derivative(2)
