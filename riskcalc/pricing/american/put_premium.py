"""Early exercise premium of a put of strike 1 given its boundary, and the European put.

References
----------
I. J. Kim, "The Analytic Valuation of American Options", Review of Financial Studies 3(4), 1990.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.quadrature import SQRT_2PI, Jet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PutTerms:
    """Puts of strike 1, one a row; every field has shape (puts, 1).

    A rho is the derivative along (rate_step, yield_step): (1, 0) for a put, (0, 1) for the put that
    stands for a call with rate and yield exchanged.
    """

    rate: FloatArray
    dividend_yield: FloatArray
    vol: FloatArray
    time_to_expiry: FloatArray
    rate_step: FloatArray
    yield_step: FloatArray


def european_put(terms: PutTerms, log_spot: FloatArray, time: FloatArray) -> Jet:
    """Value the put without early exercise."""
    root = np.sqrt(time)
    d1 = (log_spot + (terms.rate - terms.dividend_yield) * time) / (terms.vol * root) + terms.vol * root / 2
    strike = np.exp(-terms.rate * time) * ndtr(terms.vol * root - d1)
    share = np.exp(log_spot - terms.dividend_yield * time)
    spread = share * np.exp(-(d1**2) / 2) / SQRT_2PI
    held = share * ndtr(-d1)
    return Jet(
        value=strike - held,
        slope=-held,
        curvature=spread / (terms.vol * root) - held,
        vega=spread * root,
        rho=time * (terms.yield_step * held - terms.rate_step * strike),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Premium:
    """Interest earned less dividends forgone by exercise, summed over the moments it can happen.

    Arrays have shape (puts, points, moments); derivatives are at a boundary that does not move.
    """

    terms: PutTerms
    delay: FloatArray
    deviation: FloatArray
    d2: FloatArray
    density: FloatArray
    """Of reaching the boundary, times the weight of the moment."""
    strike: FloatArray
    """Present chance of being exercised, times the weight."""
    share: FloatArray
    """Present value of the share when exercised, times the weight; 0 where nothing depends on it."""
    lost: FloatArray
    """Dividends forgone at the boundary a year."""
    drive: FloatArray
    """Derivative of the value in the log of the boundary at each moment."""

    @classmethod
    def of(
        cls,
        terms: PutTerms,
        log_spot: FloatArray,
        boundary: FloatArray,
        *,
        delay: FloatArray,
        weight: FloatArray,
    ) -> Premium:
        """Compute what all sums share; `log_spot` has shape (puts, points), the others (.., moments) too."""
        rate, dividend_yield, vol = (a[..., None] for a in (terms.rate, terms.dividend_yield, terms.vol))
        deviation = vol * np.sqrt(delay)
        d2 = (log_spot[..., None] - boundary + (rate - dividend_yield) * delay) / deviation - deviation / 2
        paid = weight * np.exp(-rate * delay)
        share = lost = np.zeros((1, 1, 1))
        if terms.dividend_yield.any():
            lost = dividend_yield * np.exp(boundary)
        if terms.dividend_yield.any() or terms.yield_step.any():
            share = weight * np.exp(log_spot[..., None] - dividend_yield * delay) * ndtr(-d2 - deviation)
        density = paid * np.exp(-(d2**2) / 2) / (SQRT_2PI * deviation)
        return cls(
            terms=terms,
            delay=delay,
            deviation=deviation,
            d2=d2,
            density=density,
            strike=paid * ndtr(-d2),
            share=share,
            lost=lost,
            drive=(rate - lost) * density,
        )

    @property
    def value(self) -> FloatArray:
        """Shape (puts, points)."""
        value: FloatArray = self.terms.rate * self.strike.sum(axis=-1) - self._forgone
        return value

    @property
    def slope(self) -> FloatArray:
        """Derivative in the log of the spot."""
        slope: FloatArray = -self.drive.sum(axis=-1) - self._forgone
        return slope

    @property
    def vega(self) -> FloatArray:
        """Derivative in vol."""
        rate = self.terms.rate[..., None]
        moved = (rate * self.deviation + (rate - self.lost) * self.d2) * self.deviation
        vega: FloatArray = (moved * self.density).sum(axis=-1) / self.terms.vol
        return vega

    @property
    def rho(self) -> FloatArray:
        """Derivative along the terms' step in rate and yield."""
        rate, dividend_yield, rate_step, yield_step = (
            a[..., None]
            for a in (
                self.terms.rate,
                self.terms.dividend_yield,
                self.terms.rate_step,
                self.terms.yield_step,
            )
        )
        interest = rate_step * (1 - rate * self.delay) * self.strike
        dividends = yield_step * (1 - dividend_yield * self.delay) * self.share
        drift = (rate_step - yield_step) * self.delay * self.drive
        rho: FloatArray = (interest - dividends - drift).sum(axis=-1)
        return rho

    @property
    def lengthening(self) -> FloatArray:
        """Derivative in the log of all delays, without a yield, the boundary at each staying as it is."""
        rate = self.terms.rate[..., None]
        lost = rate * self.delay * self.strike
        drift = (rate * self.delay - self.deviation * (self.d2 + self.deviation) / 2) * self.density
        lengthening: FloatArray = self.value - self.terms.rate * (lost + drift).sum(axis=-1)
        return lengthening

    @property
    def curvature(self) -> FloatArray:
        """Second derivative in the log of the spot."""
        bend = self.drive * self.d2 / self.deviation + self.lost * self.density
        curvature: FloatArray = bend.sum(axis=-1) - self._forgone
        return curvature

    @property
    def _forgone(self) -> FloatArray:
        forgone: FloatArray = self.terms.dividend_yield * self.share.sum(axis=-1)
        return forgone


def or_exercised(waiting: Jet, exercised: NDArray[np.bool_], log_spot: FloatArray) -> Jet:
    """The put that waits, with its intrinsic value in place of that where it is exercised now."""
    spot = np.exp(log_spot)
    return Jet(
        value=np.where(exercised, 1 - spot, waiting.value),
        slope=np.where(exercised, -spot, waiting.slope),
        curvature=np.where(exercised, -spot, waiting.curvature),
        vega=np.where(exercised, 0.0, waiting.vega),
        rho=np.where(exercised, 0.0, waiting.rho),
    )
