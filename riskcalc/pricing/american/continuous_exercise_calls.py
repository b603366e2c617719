"""American calls with cash dividends and a yield > 0 or a rate < 0, exercised at any time.

A call is a put on the inverse of the spot, with rate and yield exchanged; so before a drop it is an American
put whose payoff is its own value on the eve. Its boundary comes down to that of the eve, or to where the
yield outweighs the interest. After the last drop the call is one without cash dividends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import contract_keys, shared, tables
from riskcalc.pricing.american.cash_dividend_puts import BLOCK, DENSER, MOMENTS
from riskcalc.pricing.american.collocation import node_roots
from riskcalc.pricing.american.continuous_exercise import (
    VALUE_MOMENTS,
    put_greeks,
    put_jet,
    put_terms,
    scattered,
)
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.deterministic import above_floor
from riskcalc.pricing.american.dividend_periods import REACH, SHORTEST, Seen, log_width
from riskcalc.pricing.american.pre_dividend import PutEve, put_mean
from riskcalc.pricing.american.put_boundary import (
    NODES,
    SHARED_NODES,
    Boundary,
    Limit,
    limit_at_expiry,
    newton,
    put_boundary,
)
from riskcalc.pricing.american.put_premium import european_put
from riskcalc.pricing.american.quadrature import Nodes, panel, resolved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.american.put_boundary import Held
    from riskcalc.pricing.american.put_premium import PutTerms
    from riskcalc.pricing.american.quadrature import Jet
    from riskcalc.pricing.arrays import FloatArray

NEWTON_STEPS = 16
SELDOM = 4.7  # standard deviations beyond which one path in a million leads
SEARCH_STEPS = 40
SETTLED = 1e-9  # last step of the search for the boundary on an eve, in strikes
PROVED = 1e-6  # the same of a search that ends: Newton's next step would be far smaller
FLATTEST = 1e-9  # least slope of what exercise gains
GUESS_STEPS = 10
GUESSED = 1e-2  # step, in log-spot, that is good enough to start Newton from
NEAREST = 0.03  # standard deviations from its limit to a guess: where a drop is next to nothing
LONGEST_STEP = 0.3  # of a guess, in log-spot
LATER_SHARE = 0.7  # of what exercise now earns, between a half and one: what later exercise leaves of it
SMALLEST = 1e-8  # of what a logarithm is taken of, against what it should be


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """The call from just after a drop (or from now) until the next, or the expiry, as a put of strike 1."""

    terms: PutTerms
    boundary: Boundary
    held: Held

    def jet(self, log_inverse: FloatArray, *, count: int, waited: FloatArray) -> Jet:
        """Value at logs of inverse spots, shape (calls, points), some time after the stretch began."""
        time = self.terms.time_to_expiry - waited
        return put_jet(self.terms, self.boundary, log_inverse, time=time, count=count, held=self.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drop:
    """An ex-date as each call sees it, and what comes after it; columns of shape (calls, 1)."""

    later: _Stretch
    amount: FloatArray
    """In strikes."""
    after: FloatArray
    """Log of the inverse spot after the drop from which exercise before it was better."""
    limit: Limit
    settled: NDArray[np.bool_]
    """Whether that spot is proved, shape (calls,)."""

    def jet(self, log_inverse: FloatArray) -> Jet:
        """Value just after the drop."""
        return self.later.jet(log_inverse, count=MOMENTS, waited=np.zeros((1, 1)))

    def eve(self, low: FloatArray, high: FloatArray, resolution: FloatArray) -> PutEve:
        """Tabulate the call held through the drop between logs of inverse spots after it."""
        nodes, weights = panel(low, np.maximum(high, low), resolution)
        jet, kept = self.jet(nodes), 1 / (1 + self.amount * np.exp(nodes))
        values = np.stack([jet.value, jet.vega, jet.rho], axis=-1) * kept[..., None]
        one = np.ones_like(low)
        return PutEve(
            nodes=Nodes.of(nodes + np.log(kept), weights * kept, values),
            line_to=-np.log(np.exp(-self.after) + self.amount),
            cash=one,
            cash_rho=np.zeros_like(low),
            share=one,
            floor=one,
            waits=np.zeros(low.shape, dtype=bool),
            resolved=resolved(low, high, resolution)[:, 0],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    """Logs of inverse spots after a drop, shape (calls, 1)."""

    low: FloatArray
    top: FloatArray
    """The last that any spot leads to, unless earlier drops lower it."""
    high: FloatArray
    """From where the call is worthless."""
    seldom: FloatArray
    """Before the drop: hardly a path leads below."""


def early_calls(batch: Batch, schedule: Schedule) -> Priced:
    """Value calls that see every dividend of the schedule; sign, rate and yield are known to fit."""
    log_inverse = np.log(batch.strike / batch.spot)
    found = list(tables(contract_keys(batch, wait=schedule.times[0] - batch.elapsed), most_rows=BLOCK))
    parts = [
        _jet(batch.take(table[:, 0]), schedule, log_inverse[table], batch.elapsed[table]) for table in found
    ]
    jet, proved = scattered(found, parts)
    return above_floor(Priced(put_greeks(batch, jet), proved), batch, schedule)


def _jet(
    contracts: Batch, schedule: Schedule, log_inverse: FloatArray, now: FloatArray
) -> tuple[Jet, NDArray[np.bool_]]:
    """Value each contract at its spots and moments; what is theirs in common starts with the first moment."""
    start = now.min(axis=1, keepdims=True)
    seen = Seen(log_spot=log_inverse, waited=shared(now - start))
    left = np.maximum(contracts.expiry[:, None] - schedule.times, 0.0)
    terms = put_terms(contracts, np.maximum(left[:, -1:], SHORTEST))
    stretch = _Stretch(terms=terms, boundary=put_boundary(terms), held=european_put)
    proved = stretch.boundary.settled
    for i in range(len(schedule.times) - 1, -1, -1):
        span = np.broadcast_to(schedule.times[i] - (schedule.times[i - 1] if i else start), start.shape)
        terms = replace(terms, time_to_expiry=span)
        drop = _drop(stretch, schedule.amounts[i] / contracts.strike[:, None])
        after = left[:, i : i + 1]
        bounds = _led(terms, drop, after, seen, schedule.times[i] - start)
        order = SHARED_NODES if i == 0 and seen.waited.shape[1] > 1 else NODES
        stretch = _until(terms, drop, bounds, after, order=order)
        proved = proved & drop.settled & stretch.boundary.settled
    # The first eve again: as finely as the last moment needs it and only as far as the spots lead.
    near = np.minimum(terms.time_to_expiry - seen.waited.max(axis=1, keepdims=True), after + SHORTEST)
    eve = drop.eve(bounds.low, bounds.top, terms.vol * np.sqrt(near))
    jet = replace(stretch, held=_mean_of(eve)).jet(log_inverse, count=VALUE_MOMENTS, waited=seen.waited)
    return jet, proved & eve.resolved


def _drop(later: _Stretch, amount: FloatArray) -> _Drop:
    """Find the spot from which exercise on the eve is better than the drop, by Newton."""
    # The gain of exercise is concave: Newton from below stays below. The root of what waiting is worth is
    # nearly a line next to the boundary: Newton on it comes faster where it does not go too far.
    spot = low = 1 - amount
    high = np.exp(-later.boundary.now)
    for _ in range(SEARCH_STEPS):
        jet = later.jet(-np.log(spot), count=MOMENTS, waited=np.zeros((1, 1)))
        waiting = np.maximum(spot * jet.value - (spot - 1), 0.0)
        slope = np.maximum(1 - jet.value + jet.slope, FLATTEST)
        below = waiting >= amount
        low = np.where(below, spot + (waiting - amount) / slope, low)
        high = np.where(below, high, spot)
        fast = spot + 2 * (waiting - np.sqrt(amount * waiting)) / slope
        inside = (waiting > amount / 4) & (fast > low - SETTLED) & (fast < high + SETTLED)
        before, spot = spot, np.where(inside, fast, low)
        if np.abs(spot - before).max() < SETTLED:
            break
    moves = spot / (slope * (spot + amount))
    later_limit = limit_at_expiry(later.terms)
    on_eve = -np.log(spot + amount)
    outweighed = later_limit.log_spot < on_eve
    return _Drop(
        later=later,
        amount=amount,
        after=-np.log(spot),
        limit=Limit(
            log_spot=np.minimum(on_eve, later_limit.log_spot),
            vega=np.where(outweighed, later_limit.vega, -jet.vega * moves),
            rho=np.where(outweighed, later_limit.rho, -jet.rho * moves),
        ),
        settled=np.abs(spot - before)[:, 0] < PROVED,
    )


def _led(terms: PutTerms, drop: _Drop, left: FloatArray, seen: Seen, time: FloatArray) -> _Bounds:
    """Find where spots lead in that time, from the boundary on the eve to where the call is worthless."""
    deviation = terms.vol * np.sqrt(time)
    reach = deviation * (REACH + deviation / 2) + np.abs(terms.rate - terms.dividend_yield) * time
    high = np.maximum(log_width(terms, left), drop.after)
    nearest = np.exp(reach - seen.log_spot.min(axis=1, keepdims=True)) - drop.amount
    farthest = np.exp(-reach - seen.log_spot.max(axis=1, keepdims=True)) - drop.amount
    low, top = (
        np.clip(-np.log(np.maximum(spot, np.exp(-high))), drop.after, high) for spot in (nearest, farthest)
    )
    seldom = seen.log_spot.min(axis=1, keepdims=True) - reach + deviation * (REACH - SELDOM)
    return _Bounds(low=low, top=top, high=high, seldom=seldom)


def _until(terms: PutTerms, drop: _Drop, bounds: _Bounds, left: FloatArray, *, order: int) -> _Stretch:
    """Put a stretch in front of a drop; `left` is the time from there to the expiry."""
    shortest = terms.vol * np.sqrt(terms.time_to_expiry) * node_roots(order)[0]
    dense = np.maximum(shortest, DENSER * np.sqrt((bounds.high - bounds.low) * shortest))
    whole = terms.vol * np.sqrt(np.minimum(terms.time_to_expiry, left + SHORTEST))
    held = _mean_of(drop.eve(bounds.low, bounds.high, np.minimum(dense, whole)))
    nodes = _guess(terms, held, drop.limit.log_spot, order)
    return _Stretch(
        terms=terms,
        boundary=newton(terms, drop.limit, nodes, held=held, steps=NEWTON_STEPS, seldom=bounds.seldom),
        held=held,
    )


def _guess(terms: PutTerms, held: Held, limit: FloatArray, order: int) -> FloatArray:
    """Initial guess: later exercise is worth a fixed share of exercise now."""
    time = terms.time_to_expiry * node_roots(order) ** 2
    # What the strike earns and the share pays in that time: exact where the rates are nearly nothing.
    earned, paid = (-np.expm1(-a * time) for a in (terms.rate, terms.dividend_yield))
    least = SMALLEST * (np.abs(earned) + np.abs(paid))
    deviation = terms.vol * np.sqrt(time)
    nodes = limit - deviation
    for _ in range(GUESS_STEPS):
        waiting, spot = held(terms, nodes, time), np.exp(nodes)
        gain = np.maximum(earned - paid * spot, least)
        excess = np.maximum(waiting.value - (1 - spot) + earned - paid * spot, SMALLEST * gain)
        rise = (waiting.slope + spot - paid * spot) / excess + paid * spot / gain
        step = np.log(excess / (LATER_SHARE * gain)) / np.maximum(rise, SMALLEST)
        step = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        nodes = np.minimum(nodes - step, limit - NEAREST * deviation)
        if np.abs(step).max() < GUESSED:
            break
    return nodes


def _mean_of(eve: PutEve) -> Held:
    """Value without exercise before an eve."""

    def held(terms: PutTerms, log_spot: FloatArray, time: FloatArray) -> Jet:
        return put_mean(terms, eve, log_spot, time)

    return held
