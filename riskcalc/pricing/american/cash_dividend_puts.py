"""Puts on a spot that pays cash dividends, rate > 0 and no yield, exercised at any moment.

From one ex-date to the next the put is an American put whose payoff is its own value on the eve of the next
drop: a Gaussian mean of that plus the interest that exercise earns, integrated along the boundary.
Deep in the money, waiting for a drop beats the interest in a window before each ex-date, so there the
boundary falls to zero. After the last drop the put is one without cash dividends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from riskcalc.pricing.american.contracts import contract_keys, shared, tables
from riskcalc.pricing.american.put_boundary import (
    NODES,
    SHARED_NODES,
    Boundary,
    at_shares,
    moments,
    put_boundary,
)
from riskcalc.pricing.american.put_eve import PutEve, put_mean
from riskcalc.pricing.american.put_premium import Premium, PutTerms
from riskcalc.pricing.american.quadrature import Jet, Nodes, panel
from riskcalc.pricing.american.spectral import (
    VALUE_MOMENTS,
    put_greeks,
    put_jet,
    put_terms,
    scattered,
)
from riskcalc.pricing.american.stretch_boundary import (
    SHORTEST_SPAN,
    StretchBoundary,
    stretch_boundary,
    stretch_boundary_at,
    waiting_window,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.black_scholes import OptionGreeks
    from riskcalc.pricing.blocks import FloatArray

BLOCK = 64
REACH = 7.2  # standard deviations from the strike beyond which a put is worth its limit
MOMENTS = 32
SHORTEST = 1e-12  # years: stands for no time between the last drop and the expiry
DENSER = 0.25  # measured: nodes next to the boundary resolve widths of this times the root of the length


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where and when a stretch is looked at."""

    log_spot: FloatArray
    """Shape (puts, points)."""
    waited: FloatArray
    """Time since the stretch began, shaped as the spots or one column."""


EVERYWHERE = Seen(log_spot=np.array([[-np.inf, np.inf]]), waited=np.zeros((1, 1)))


class Stretch(Protocol):
    """The put from just after a drop (or from now) until the next."""

    @property
    def cash(self) -> FloatArray:
        """What a worthless share makes the put worth, shape (puts, 1)."""

    @property
    def cash_rho(self) -> FloatArray:
        """Its derivative in the rate."""

    @property
    def limit(self) -> FloatArray:
        """Log of the spot below which the put is worth `cash` - spot, shape (puts, 1)."""

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
    def limit(self) -> FloatArray:
        """Log of the exercise boundary."""
        return self.boundary.now

    def jet(self, log_spot: FloatArray, *, count: int, waited: FloatArray) -> Jet:
        """Value the put without cash dividends."""
        time = self.terms.time_to_expiry - waited
        return put_jet(self.terms, self.boundary, log_spot, time=time, count=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierStretch:
    """Until a drop."""

    terms: PutTerms
    eve: PutEve
    boundary: StretchBoundary
    cash: FloatArray
    cash_rho: FloatArray
    limit: FloatArray

    def jet(self, log_spot: FloatArray, *, count: int, waited: FloatArray) -> Jet:
        """Value the put: the mean of the eve and the interest until the window before the drop."""
        rule = moments(count)
        ahead = self.boundary.span - waited
        span = np.maximum(ahead, SHORTEST_SPAN)
        share = np.sqrt(span / self.boundary.span)
        level, level_vega, level_rho = at_shares(
            partial(stretch_boundary_at, self.boundary), share, rule.left
        )
        delay, weight = (span[..., None] * part for part in (rule.delay, rule.weight))
        held = put_mean(self.terms, self.eve, log_spot, self.terms.time_to_expiry - waited)
        early = Premium.of(self.terms, log_spot, level, delay=delay, weight=weight)
        drive = early.drive
        exercised = (ahead > SHORTEST_SPAN) & self._exercised(log_spot, share)
        spot = np.exp(log_spot)
        return Jet(
            value=np.where(exercised, 1 - spot, held.value + early.value),
            slope=np.where(exercised, -spot, held.slope + early.slope),
            curvature=np.where(exercised, -spot, held.curvature + early.curvature),
            vega=np.where(exercised, 0.0, held.vega + early.vega + (drive * level_vega).sum(axis=-1)),
            rho=np.where(exercised, 0.0, held.rho + early.rho + (drive * level_rho).sum(axis=-1)),
        )

    def _exercised(self, log_spot: FloatArray, share: FloatArray) -> NDArray[np.bool_]:
        """Say which spots lie below the boundary when a share of its span (its root) is left."""
        if (share == 1.0).all():
            now = self.limit
        else:
            now = at_shares(partial(stretch_boundary_at, self.boundary), share, np.ones(1))[0][..., 0]
        return self.boundary.exercised & (log_spot <= now)


def cash_dividend_puts(batch: Batch, schedule: Schedule) -> OptionGreeks:
    """Value puts that see every dividend of the schedule; sign, rate and yield are known to fit."""
    log_spot = np.log(batch.spot / batch.strike)
    found = list(tables(contract_keys(batch, wait=schedule.times[0] - batch.elapsed), most_rows=BLOCK))
    jets = [_jet(batch.take(table[:, 0]), schedule, log_spot[table], batch.elapsed[table]) for table in found]
    return put_greeks(batch, scattered(found, jets))


def _jet(contracts: Batch, schedule: Schedule, log_spot: FloatArray, now: FloatArray) -> Jet:
    """Value each contract at its spots and moments; what is theirs in common starts with the first moment."""
    start = now.min(axis=1, keepdims=True)
    seen = Seen(log_spot=log_spot, waited=shared(now - start))
    stretch = first_stretch(contracts, schedule, seen, start)
    return stretch.jet(log_spot, count=VALUE_MOMENTS, waited=seen.waited)


def first_stretch(contracts: Batch, schedule: Schedule, seen: Seen, start: FloatArray) -> Stretch:
    """Work back from the expiry to where the contracts start, shape (puts, 1)."""
    drops = schedule.amounts / contracts.strike[:, None]
    left = np.maximum(contracts.expiry[:, None] - schedule.times, 0.0)
    last = put_terms(contracts, np.maximum(left[:, -1:], SHORTEST))
    stretch: Stretch = LastStretch(terms=last, boundary=put_boundary(last))
    for i in range(len(schedule.times) - 1, -1, -1):
        span = schedule.times[i] - (schedule.times[i - 1] if i else start)
        part = replace(last, time_to_expiry=np.broadcast_to(span, start.shape))
        drop, after = drops[:, i : i + 1], left[:, i : i + 1]
        eve = _eve(part, stretch, drop, after, EVERYWHERE if i else seen)
        shares = i == 0 and seen.waited.shape[1] > 1
        stretch = _until(part, eve, after, order=SHARED_NODES if shares else NODES)
    return stretch


def _until(terms: PutTerms, eve: PutEve, left: FloatArray, *, order: int) -> EarlierStretch:
    """Put a stretch in front of an eve; `left` is the time from there to the expiry."""
    boundary = stretch_boundary(terms, eve, order=order)
    discount = np.exp(-terms.rate * terms.time_to_expiry)
    waits = ~boundary.exercised
    width = _width(terms, left + terms.time_to_expiry)
    return EarlierStretch(
        terms=terms,
        eve=eve,
        boundary=boundary,
        cash=np.where(waits, np.maximum(discount * eve.cash, 1.0), 1.0),
        cash_rho=np.where(waits, discount * (eve.cash_rho - terms.time_to_expiry * eve.cash), 0.0),
        limit=np.where(waits, -width, boundary.now),
    )


def _eve(terms: PutTerms, later: Stretch, drop: FloatArray, left: FloatArray, seen: Seen) -> PutEve:
    """Tabulate the later stretch where it is not a line, as far as the spots lead if they cannot exercise."""
    high = np.maximum(later.limit, 0.0) + _width(terms, left)
    window = waiting_window(terms, later.cash + drop)
    low, high = _within_reach(terms, window, drop, (later.limit, high), seen.log_spot)
    shortest = terms.time_to_expiry - seen.waited.max(axis=1, keepdims=True)
    width = _resolution(terms, window, shortest=shortest, left=left, length=high - low)
    nodes, weights = panel(low, high, width)
    jet = later.jet(nodes, count=MOMENTS, waited=np.zeros((1, 1)))
    before = np.exp(nodes) + drop
    values = np.stack([jet.value, jet.vega, jet.rho], axis=-1)
    return PutEve(
        nodes=Nodes.of(np.log(before), weights * (1 - drop / before), values),
        line_to=np.log(np.exp(later.limit) + drop),
        cash=later.cash + drop,
        cash_rho=later.cash_rho,
        waits=later.cash > 1.0,
    )


def _within_reach(
    terms: PutTerms,
    window: FloatArray,
    drop: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    log_spot: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Cut a panel to where the spots can lead, unless its values also have to find a boundary."""
    deviation = terms.vol * np.sqrt(terms.time_to_expiry)
    reach = deviation * (REACH + deviation / 2) + np.abs(terms.rate) * terms.time_to_expiry
    lowest = np.exp(log_spot.min(axis=1, keepdims=True) - reach) - drop
    highest = np.exp(np.minimum(log_spot.max(axis=1, keepdims=True) + reach, 300.0)) - drop
    low, high = bounds
    cut_low = np.maximum(low, np.log(np.maximum(lowest, np.exp(low))))
    cut_high = np.minimum(high, np.log(np.maximum(highest, np.exp(cut_low))))
    waits = window >= terms.time_to_expiry
    return np.where(waits, cut_low, low), np.where(waits, np.maximum(cut_high, cut_low), high)


def _resolution(
    terms: PutTerms, window: FloatArray, *, shortest: FloatArray, left: FloatArray, length: FloatArray
) -> FloatArray:
    """Smallest width that a panel's nodes must see; at its low end, next to the boundary, they lie denser.

    The shortest time is that from any spot to the drop.
    """
    finest = terms.vol * np.sqrt(np.minimum(window, terms.time_to_expiry))
    dense = np.maximum(finest, DENSER * np.sqrt(np.maximum(length, 0.0) * finest))
    whole = terms.vol * np.sqrt(np.minimum(shortest, left + SHORTEST))
    resolution: FloatArray = np.minimum(dense, whole)
    return resolution


def _width(terms: PutTerms, time: FloatArray) -> FloatArray:
    """How far from the strike, in log-spot, a put has time value."""
    deviation = terms.vol * np.sqrt(np.maximum(time, SHORTEST))
    return deviation * (REACH + deviation / 2)
