"""European value and early-exercise premium of puts of strike 1, given the exercise boundary.

References
----------
I. J. Kim, "The Analytic Valuation of American Options", Review of Financial Studies 3(4), 1990.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.quadrature import SQRT_2PI, ValueAndDerivatives
from riskcalc.pricing.scipy_kernels import ndtr
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PutTerms:
    """Terms of puts of strike 1, one per row; every field has shape (puts, 1).

    A rho is the derivative along (rate_step, yield_step): (1, 0) for a put, (0, 1) for the put that
    stands for a call with rate and yield exchanged.
    """

    rate: FloatArray
    dividend_yield: FloatArray
    vol: FloatArray
    time_to_expiry: FloatArray
    rate_step: FloatArray
    yield_step: FloatArray


def european_put(terms: PutTerms, log_spot: FloatArray, time: FloatArray) -> ValueAndDerivatives:
    """Return the value of European puts of strike 1 at logs of spots, a time before expiry [years]."""
    root = np.sqrt(time)
    d1 = (log_spot + (terms.rate - terms.dividend_yield) * time) / (terms.vol * root) + terms.vol * root / 2
    strike = np.exp(-terms.rate * time) * ndtr(terms.vol * root - d1)
    share = np.exp(log_spot - terms.dividend_yield * time)
    share_density = share * np.exp(-(d1**2) / 2) / SQRT_2PI
    share_value = share * ndtr(-d1)
    return ValueAndDerivatives(
        value=strike - share_value,
        slope=-share_value,
        curvature=share_density / (terms.vol * root) - share_value,
        vega=share_density * root,
        rho=time * (terms.yield_step * share_value - terms.rate_step * strike),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyExercisePremium:
    """Kim's integral: interest earned minus dividends forgone below the boundary, over exercise times.

    Arrays have shape (puts, points, times); derivatives are taken with the boundary held fixed.
    """

    terms: PutTerms
    delay: FloatArray
    """Time from now to exercise [years]."""
    deviation: FloatArray
    """Standard deviation of the log-spot at that time."""
    d2: FloatArray
    """Log of the forward over the boundary, standardized."""
    density: FloatArray
    """Discounted density of the log-spot at the boundary, times the quadrature weight."""
    strike_paid: FloatArray
    """Discounted probability of a spot below the boundary, times the quadrature weight."""
    share_delivered: FloatArray
    """Present value of the share below the boundary, times the weight; 0 where nothing depends on it."""
    boundary_dividends: FloatArray
    """Dividends of a share at the boundary [strikes per year]."""
    boundary_sensitivity: FloatArray
    """Derivative of the value in the log of the boundary at each time."""

    @classmethod
    def of(
        cls,
        terms: PutTerms,
        log_spot: FloatArray,
        boundary: FloatArray,
        *,
        delay: FloatArray,
        weight: FloatArray,
    ) -> EarlyExercisePremium:
        """Return the integrands at logs of spots and of the boundary.

        `log_spot` has shape (puts, points); the others broadcast to (puts, points, times).
        """
        rate, dividend_yield, vol = (a[..., None] for a in (terms.rate, terms.dividend_yield, terms.vol))
        deviation = vol * np.sqrt(delay)
        d2 = (log_spot[..., None] - boundary + (rate - dividend_yield) * delay) / deviation - deviation / 2
        discount = weight * np.exp(-rate * delay)
        share_delivered = boundary_dividends = np.zeros((1, 1, 1))
        if terms.dividend_yield.any():
            boundary_dividends = dividend_yield * np.exp(boundary)
        if terms.dividend_yield.any() or terms.yield_step.any():
            share = weight * np.exp(log_spot[..., None] - dividend_yield * delay)
            share_delivered = share * ndtr(-d2 - deviation)
        density = discount * np.exp(-(d2**2) / 2) / (SQRT_2PI * deviation)
        return cls(
            terms=terms,
            delay=delay,
            deviation=deviation,
            d2=d2,
            density=density,
            strike_paid=discount * ndtr(-d2),
            share_delivered=share_delivered,
            boundary_dividends=boundary_dividends,
            boundary_sensitivity=(rate - boundary_dividends) * density,
        )

    @property
    def value(self) -> FloatArray:
        """Value of the premium, shape (puts, points)."""
        value: FloatArray = self.terms.rate * self.strike_paid.sum(axis=-1) - self._dividends_forgone
        return value

    @property
    def slope(self) -> FloatArray:
        """First derivative in log-spot."""
        slope: FloatArray = -self.boundary_sensitivity.sum(axis=-1) - self._dividends_forgone
        return slope

    @property
    def vega(self) -> FloatArray:
        """Derivative in vol."""
        rate = self.terms.rate[..., None]
        net_interest = rate - self.boundary_dividends
        per_log_vol = (rate * self.deviation + net_interest * self.d2) * self.deviation
        vega: FloatArray = (per_log_vol * self.density).sum(axis=-1) / self.terms.vol
        return vega

    @property
    def rho(self) -> FloatArray:
        """Derivative along the terms' step in rate and yield."""
        terms = self.terms
        rate, dividend_yield = terms.rate[..., None], terms.dividend_yield[..., None]
        rate_step, yield_step = terms.rate_step[..., None], terms.yield_step[..., None]
        rate_part = rate_step * (1 - rate * self.delay) * self.strike_paid
        yield_part = yield_step * (1 - dividend_yield * self.delay) * self.share_delivered
        drift_part = (rate_step - yield_step) * self.delay * self.boundary_sensitivity
        rho: FloatArray = (rate_part - yield_part - drift_part).sum(axis=-1)
        return rho

    @property
    def log_time_derivative(self) -> FloatArray:
        """Derivative in the log of all delays, with the boundary at each held fixed; for a yield of 0."""
        rate = self.terms.rate[..., None]
        discount_part = rate * self.delay * self.strike_paid
        drift_part = (rate * self.delay - self.deviation * (self.d2 + self.deviation) / 2) * self.density
        decay = self.terms.rate * (discount_part + drift_part).sum(axis=-1)
        log_time_derivative: FloatArray = self.value - decay
        return log_time_derivative

    @property
    def curvature(self) -> FloatArray:
        """Second derivative in log-spot."""
        density_slope = self.boundary_sensitivity * self.d2 / self.deviation
        at_boundary = density_slope + self.boundary_dividends * self.density
        curvature: FloatArray = at_boundary.sum(axis=-1) - self._dividends_forgone
        return curvature

    @property
    def _dividends_forgone(self) -> FloatArray:
        forgone: FloatArray = self.terms.dividend_yield * self.share_delivered.sum(axis=-1)
        return forgone


def exercise_or_hold(
    hold: ValueAndDerivatives, exercised: NDArray[np.bool_], log_spot: FloatArray
) -> ValueAndDerivatives:
    """Return the value of exercise where `exercised`, of holding elsewhere, for puts of strike 1."""
    spot = np.exp(log_spot)
    return ValueAndDerivatives(
        value=np.where(exercised, 1 - spot, hold.value),
        slope=np.where(exercised, -spot, hold.slope),
        curvature=np.where(exercised, -spot, hold.curvature),
        vega=np.where(exercised, 0.0, hold.vega),
        rho=np.where(exercised, 0.0, hold.rho),
    )
