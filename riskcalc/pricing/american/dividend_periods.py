"""Value of a put of strike 1 between drops and after the last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from riskcalc.pricing.american.collocation import at_shares, moments
from riskcalc.pricing.american.continuous_exercise import put_jet
from riskcalc.pricing.american.period_boundary import SHORTEST_SPAN, StretchBoundary, stretch_boundary_at
from riskcalc.pricing.american.pre_dividend import PutEve, put_mean
from riskcalc.pricing.american.put_boundary import Boundary
from riskcalc.pricing.american.put_premium import Premium, PutTerms, european_put, or_exercised
from riskcalc.pricing.american.quadrature import Jet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

REACH = 7.2  # standard deviations from the strike beyond which a put is worth its limit
SHORTEST = 1e-12  # years: stands for no time between the last drop and the expiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where and when a stretch is looked at."""

    log_spot: FloatArray
    """Shape (puts, points)."""
    waited: FloatArray
    """Time since the stretch began, shaped as the spots or one column."""


class Stretch(Protocol):
    """The put from just after a drop (or from now) until the next."""

    @property
    def cash(self) -> FloatArray:
        """Value of the put at a worthless share, shape (puts, 1)."""

    @property
    def cash_rho(self) -> FloatArray:
        """Its derivative in the rate."""

    @property
    def share(self) -> FloatArray:
        """Present cost of a share delivered then, in shares."""

    @property
    def limit(self) -> FloatArray:
        """Log of the spot below which the put is worth `cash` - `share` x spot, shape (puts, 1)."""

    @property
    def smoothed(self) -> FloatArray:
        """Time since the value had its last bend within the panel, inf without one, shape (puts, 1)."""

    @property
    def settled(self) -> NDArray[np.bool_]:
        """Whether this boundary and the later ones are proved, shape (puts,)."""

    def jet(self, log_spot: FloatArray, *, count: int, waited: FloatArray) -> Jet:
        """Value at each put's spots, shape (puts, spots), with that many moments of exercise.

        The spots are seen some time after the stretch began, shaped as they or one column.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStretch:
    """After the last drop."""

    terms: PutTerms
    boundary: Boundary

    @property
    def cash(self) -> FloatArray:
        """What a worthless share makes the put worth: its strike, now."""
        return np.ones_like(self.terms.rate)

    @property
    def cash_rho(self) -> FloatArray:
        """Return zero: the strike is paid at once."""
        return np.zeros_like(self.terms.rate)

    @property
    def share(self) -> FloatArray:
        """Return one: the share is delivered at once."""
        return np.ones_like(self.terms.rate)

    @property
    def limit(self) -> FloatArray:
        """Log of the exercise boundary."""
        return self.boundary.now

    @property
    def smoothed(self) -> FloatArray:
        """Return inf: the bend, at the boundary, is where the panel begins."""
        return np.full_like(self.terms.rate, np.inf)

    @property
    def settled(self) -> NDArray[np.bool_]:
        """Whether the boundary is proved."""
        return self.boundary.settled

    def jet(self, log_spot: FloatArray, *, count: int, waited: FloatArray) -> Jet:
        """Value the put without cash dividends."""
        time = self.terms.time_to_expiry - waited
        return put_jet(self.terms, self.boundary, log_spot, time=time, count=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStretch:
    """After the last drop, where exercise earns nothing."""

    terms: PutTerms

    @property
    def cash(self) -> FloatArray:
        """What a worthless share makes the put worth: its strike at expiry."""
        return np.exp(-self.terms.rate * self.terms.time_to_expiry)

    @property
    def cash_rho(self) -> FloatArray:
        """Its derivative in the rate."""
        return -self.terms.time_to_expiry * self.cash

    @property
    def share(self) -> FloatArray:
        """Return the share without its yield until expiry."""
        return np.exp(-self.terms.dividend_yield * self.terms.time_to_expiry)

    @property
    def limit(self) -> FloatArray:
        """Log of the spot below which the put is sure to end in the money."""
        return -log_width(self.terms, self.terms.time_to_expiry)

    @property
    def smoothed(self) -> FloatArray:
        """Return inf: there is no boundary and no bend."""
        return np.full_like(self.terms.rate, np.inf)

    @property
    def settled(self) -> NDArray[np.bool_]:
        """There is no boundary."""
        return np.ones(len(self.terms.rate), dtype=bool)

    def jet(self, log_spot: FloatArray, *, count: int, waited: FloatArray) -> Jet:  # noqa: ARG002 - as others
        """Value the European put."""
        return european_put(self.terms, log_spot, self.terms.time_to_expiry - waited)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierStretch:
    """Until a drop."""

    terms: PutTerms
    eve: PutEve
    boundary: StretchBoundary
    cash: FloatArray
    cash_rho: FloatArray
    share: FloatArray
    limit: FloatArray
    settled: NDArray[np.bool_]

    @property
    def smoothed(self) -> FloatArray:
        """Time since the later boundary; where exercise pays before the drop too, the nodes begin at that."""
        return np.where(self.boundary.exercised, 2.0, 1.0) * self.terms.time_to_expiry

    def jet(self, log_spot: FloatArray, *, count: int, waited: FloatArray) -> Jet:
        """Value the put: the mean of the eve and the interest until the window before the drop."""
        rule = moments(count)
        ahead = self.boundary.span - waited
        span = np.maximum(ahead, SHORTEST_SPAN)
        share = np.sqrt(span / self.boundary.span)
        level, level_vega, level_rho, sliding = at_shares(
            partial(stretch_boundary_at, self.boundary), share, rule.left
        )
        delay, weight = (span[..., None] * part for part in (rule.delay, rule.weight))
        held = put_mean(self.terms, self.eve, log_spot, self.terms.time_to_expiry - waited)
        early = Premium.of(self.terms, log_spot, level, delay=delay, weight=weight)
        drive = early.drive
        # The moments move with the span: next to its end the boundary falls too steeply for them to stay.
        longer = np.where(ahead > SHORTEST_SPAN, self.boundary.span_rho / span, 0.0)
        slid = (longer - self.boundary.span_rho / self.boundary.span)[..., None] * sliding
        rho = held.rho + early.rho + longer * early.lengthening + (drive * (level_rho + slid)).sum(axis=-1)
        waiting = Jet(
            value=held.value + early.value,
            slope=held.slope + early.slope,
            curvature=held.curvature + early.curvature,
            vega=held.vega + early.vega + (drive * level_vega).sum(axis=-1),
            rho=rho,
        )
        exercised = (ahead > SHORTEST_SPAN) & self._exercised(log_spot, share)
        return or_exercised(waiting, exercised, log_spot)

    def _exercised(self, log_spot: FloatArray, share: FloatArray) -> NDArray[np.bool_]:
        """Say which spots lie below the boundary when a share of its span (its root) is left."""
        if (share == 1.0).all():
            now = self.limit
        else:
            now = at_shares(partial(stretch_boundary_at, self.boundary), share, np.ones(1))[0][..., 0]
        return self.boundary.exercised & (log_spot <= now)


def log_width(terms: PutTerms, time: FloatArray) -> FloatArray:
    """Return how far from the strike, in log-spot, a put has time value."""
    deviation = terms.vol * np.sqrt(np.maximum(time, SHORTEST))
    return deviation * (REACH + deviation / 2) + np.abs(terms.rate - terms.dividend_yield) * time
