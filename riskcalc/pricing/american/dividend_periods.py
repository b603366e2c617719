"""Value of puts of strike 1 in the period from one drop to the next, and in the one after the last drop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from riskcalc.pricing.american.collocation import for_own_remaining_time, time_quadrature
from riskcalc.pricing.american.continuous_exercise import american_put
from riskcalc.pricing.american.period_boundary import MIN_SPAN, PeriodBoundary, period_boundary_at
from riskcalc.pricing.american.pre_dividend import PreDividendPut, put_expectation
from riskcalc.pricing.american.put_boundary import PutBoundary
from riskcalc.pricing.american.put_premium import (
    EarlyExercisePremium,
    PutTerms,
    european_put,
    exercise_or_hold,
)
from riskcalc.pricing.american.quadrature import ValueAndDerivatives
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

TIME_VALUE_DEVIATIONS = 7.2
"""Distance from the strike, in standard deviations, beyond which a put has no time value."""
MIN_TIME = 1e-12
"""[years]: replaces a time of zero from the last drop to the expiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuationPoints:
    """Spots and times at which puts are valued in a period."""

    log_spot: FloatArray
    """Shape (puts, points)."""
    time_in_period: FloatArray
    """Time since the start of the period [years], shape (puts, points) or (puts, 1)."""


class Period(Protocol):
    """Puts of strike 1 from just after a drop, or from now, to the next drop or the expiry.

    Deep in the money a put is worth `cash` - `share` x spot.
    """

    @property
    def cash(self) -> FloatArray:
        """Intercept of that line at the start of the period [strikes], shape (puts, 1)."""

    @property
    def cash_rho(self) -> FloatArray:
        """Derivative of `cash` in the rate."""

    @property
    def share(self) -> FloatArray:
        """Present value of one share delivered at exercise [shares], shape (puts, 1)."""

    @property
    def line_to(self) -> FloatArray:
        """Log-spot below which the put is on that line, shape (puts, 1)."""

    @property
    def time_since_kink(self) -> FloatArray:
        """Time over which the last kink above `line_to` was smoothed [years], inf without one."""

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Whether this boundary and all later ones converged, shape (puts,)."""

    def evaluate(
        self, log_spot: FloatArray, *, time_points: int, time_in_period: FloatArray
    ) -> ValueAndDerivatives:
        """Return the value at logs of spots, shape (puts, points), after some time in the period.

        `time_points` is the number of quadrature points over exercise times; `time_in_period` [years] has
        shape (puts, points) or (puts, 1).
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalPeriod:
    """Puts after the last drop: American puts without cash dividends."""

    terms: PutTerms
    boundary: PutBoundary

    @property
    def cash(self) -> FloatArray:
        """Intercept of the line of exercise: the strike, 1."""
        return np.ones_like(self.terms.rate)

    @property
    def cash_rho(self) -> FloatArray:
        """Derivative of `cash` in the rate: 0."""
        return np.zeros_like(self.terms.rate)

    @property
    def share(self) -> FloatArray:
        """Present value of the share: 1, since it is delivered at once."""
        return np.ones_like(self.terms.rate)

    @property
    def line_to(self) -> FloatArray:
        """Log of the exercise boundary at the start of the period."""
        return self.boundary.at_start

    @property
    def time_since_kink(self) -> FloatArray:
        """Infinite: the only kink is at `line_to`."""
        return np.full_like(self.terms.rate, np.inf)

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Whether the boundary converged."""
        return self.boundary.converged

    def evaluate(
        self, log_spot: FloatArray, *, time_points: int, time_in_period: FloatArray
    ) -> ValueAndDerivatives:
        """Return the value of the American put without cash dividends."""
        time = self.terms.time_to_expiry - time_in_period
        return american_put(self.terms, self.boundary, log_spot, time=time, time_points=time_points)


@dataclass(frozen=True, slots=True, kw_only=True)
class EuropeanPeriod:
    """Puts after the last drop with rate <= 0 and yield >= 0, which are never exercised early."""

    terms: PutTerms

    @property
    def cash(self) -> FloatArray:
        """Intercept of the line: the present value of the strike at expiry."""
        return np.exp(-self.terms.rate * self.terms.time_to_expiry)

    @property
    def cash_rho(self) -> FloatArray:
        """Derivative of `cash` in the rate."""
        return -self.terms.time_to_expiry * self.cash

    @property
    def share(self) -> FloatArray:
        """Present value of the share delivered at expiry, without its yield until then."""
        return np.exp(-self.terms.dividend_yield * self.terms.time_to_expiry)

    @property
    def line_to(self) -> FloatArray:
        """Log-spot below which the put practically always ends in the money."""
        return -time_value_width(self.terms, self.terms.time_to_expiry)

    @property
    def time_since_kink(self) -> FloatArray:
        """Infinite: without a boundary there is no kink."""
        return np.full_like(self.terms.rate, np.inf)

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Always: there is no boundary."""
        return np.ones(len(self.terms.rate), dtype=bool)

    def evaluate(
        self,
        log_spot: FloatArray,
        *,
        time_points: int,  # noqa: ARG002 - as in the other periods
        time_in_period: FloatArray,
    ) -> ValueAndDerivatives:
        """Return the value of the European put."""
        return european_put(self.terms, log_spot, self.terms.time_to_expiry - time_in_period)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreDividendPeriod:
    """Puts in a period that ends with a drop; the fields are those of `Period`."""

    terms: PutTerms
    """Terms whose time to expiry is the length of the period."""
    pre_dividend: PreDividendPut
    """The put at the end of the period."""
    boundary: PeriodBoundary
    cash: FloatArray
    cash_rho: FloatArray
    share: FloatArray
    line_to: FloatArray
    converged: NDArray[np.bool_]

    @property
    def time_since_kink(self) -> FloatArray:
        """Time since the boundary after the drop, twice that where `line_to` is a boundary of this period."""
        return np.where(self.boundary.exercisable, 2.0, 1.0) * self.terms.time_to_expiry

    def evaluate(
        self, log_spot: FloatArray, *, time_points: int, time_in_period: FloatArray
    ) -> ValueAndDerivatives:
        """Return the value: expectation at the drop plus the premium of exercise before the window."""
        quadrature, boundary = time_quadrature(time_points), self.boundary
        ahead = boundary.span - time_in_period
        span = np.maximum(ahead, MIN_SPAN)
        root_fraction = np.sqrt(span / boundary.span)
        # The window, and with it the span, is another for each strike.
        level, level_vega, level_rho, level_log_time = for_own_remaining_time(
            partial(period_boundary_at, boundary), root_fraction, quadrature.root_remaining
        )
        delay, weight = (span[..., None] * part for part in (quadrature.delay, quadrature.weight))
        time_to_drop = self.terms.time_to_expiry - time_in_period
        hold = put_expectation(self.terms, self.pre_dividend, log_spot, time_to_drop)
        premium = EarlyExercisePremium.of(self.terms, log_spot, level, delay=delay, weight=weight)
        boundary_sensitivity = premium.boundary_sensitivity
        # Exercise times scale with the span: next to its end the boundary is too steep for fixed times.
        log_span_rho = np.where(ahead > MIN_SPAN, boundary.span_rho / span, 0.0)
        log_fraction_rho = log_span_rho - boundary.span_rho / boundary.span
        level_rho = level_rho + log_fraction_rho[..., None] * level_log_time
        rho = hold.rho + premium.rho + log_span_rho * premium.log_time_derivative
        hold_with_premium = ValueAndDerivatives(
            value=hold.value + premium.value,
            slope=hold.slope + premium.slope,
            curvature=hold.curvature + premium.curvature,
            vega=hold.vega + premium.vega + (boundary_sensitivity * level_vega).sum(axis=-1),
            rho=rho + (boundary_sensitivity * level_rho).sum(axis=-1),
        )
        exercised = (ahead > MIN_SPAN) & self._exercised(log_spot, root_fraction)
        return exercise_or_hold(hold_with_premium, exercised, log_spot)

    def _exercised(self, log_spot: FloatArray, root_fraction: FloatArray) -> NDArray[np.bool_]:
        """Return which spots are below the boundary; `root_fraction` is of the span that remains."""
        level = self.line_to
        if not (root_fraction == 1.0).all():
            boundary_of = partial(period_boundary_at, self.boundary)
            level = for_own_remaining_time(boundary_of, root_fraction, np.ones(1))[0][..., 0]
        return self.boundary.exercisable & (log_spot <= level)


def time_value_width(terms: PutTerms, time: FloatArray) -> FloatArray:
    """Return the distance from the strike, in log-spot, at which a put has time value."""
    deviation = terms.vol * np.sqrt(np.maximum(time, MIN_TIME))
    drift = np.abs(terms.rate - terms.dividend_yield) * time
    return deviation * (TIME_VALUE_DEVIATIONS + deviation / 2) + drift
