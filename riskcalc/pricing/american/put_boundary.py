"""The exercise boundary of a put of strike 1 without cash dividends, by spectral collocation.

The squared log of the boundary over its value at expiry is a polynomial in the root of the time to
expiry, known at Chebyshev nodes. A few fixed-point rounds and two Newton steps find it; the last Newton
matrix gives its derivatives in vol and in rate too.

References
----------
L. Andersen, M. Lake, D. Offengenden, "High-performance American option pricing", Journal of
Computational Finance 20(1), 2016: equations FP-A and FP-B and the choice of variables.

P. Bjerksund, G. Stensland, "Closed-form approximation of American options", Scandinavian Journal of
Management 9, 1993: the starting guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.collocation import (
    FLAT,
    MOMENTS,
    depth_slope,
    from_nodes,
    interpolate,
    interpolation,
    moments,
    node_roots,
    series_of,
    to_nodes,
)
from riskcalc.pricing.american.convergence import GAP, STEP, collocated, matched
from riskcalc.pricing.american.put_premium import Premium, PutTerms, european_put
from riskcalc.pricing.american.quadrature import SQRT_2PI, Jet

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

    Held = Callable[[PutTerms, FloatArray, FloatArray], Jet]
    Weigh = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]

NODES = 10
SHARED_NODES = 20  # where later moments share a boundary, it must be as good between its nodes
SMOOTH_PASTING_LIMIT = 4.0  # of 2 rate / vol^2: above it the faster equation may diverge
ROUNDS = 6
NEAR = 1e-3  # last fixed-point change, in log-spot, from which Newton converges
NEWTON_STEPS = 2
SETTLED = 1e-5  # Newton step, in log-spot, after which the next is below rounding
LOWEST = 600.0  # bound of a log: the boundary of a put that is hardly ever exercised
UNSEEN_GAP = 1e-3  # of the strike: how far off the value may be at a boundary where hardly a path leads
CALM = 0.5  # standard deviations that a rate may move the spot where only the nodes are in doubt
LONGEST_STEP = 1.0  # of one Newton step, in log-spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Log of the boundary's limit at expiry and its derivatives in vol and rate, shape (puts, 1)."""

    log_spot: FloatArray
    vega: FloatArray
    rho: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """Logs of the boundary of each put at the nodes of its time to expiry, and their derivatives."""

    at_expiry: Limit
    nodes: FloatArray
    """Shape (puts, nodes), the last at the full time to expiry."""
    nodes_vega: FloatArray
    nodes_rho: FloatArray
    settled: NDArray[np.bool_]
    """Whether the boundary is proved, shape (puts,)."""

    @property
    def now(self) -> FloatArray:
        """Log of the boundary at the full time to expiry, shape (puts, 1)."""
        return self.nodes[:, -1:]


def put_boundary(terms: PutTerms, *, order: int = NODES) -> Boundary:
    """Solve for the boundary, with that many nodes, of puts that are worth exercising early.

    They are so with rate > 0, or rate = 0 > yield.
    """
    limit = limit_at_expiry(terms)
    at_expiry = limit.log_spot
    nodes = guess(terms, at_expiry, order)
    calm = (2 * terms.rate <= SMOOTH_PASTING_LIMIT * terms.vol**2)[:, 0]
    for chosen, balance in ((calm, _smooth_pasting), (~calm, _value_matching)):
        if chosen.any():
            part = PutTerms(**{name: getattr(terms, name)[chosen] for name in PutTerms.__slots__})
            nodes[chosen] = _rounds(part, at_expiry[chosen], nodes[chosen], balance)
    return newton(terms, limit, nodes, held=european_put, steps=NEWTON_STEPS)


def boundary_at(boundary: Boundary, left: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log of the boundary at roots of fractions of the time left, with its derivatives in vol and rate."""
    matrix = interpolation(left.tobytes(), boundary.nodes.shape[1])
    limit = boundary.at_expiry
    log_spot, square = interpolate(limit.log_spot, boundary.nodes, matrix)
    depth, slope = boundary.nodes - limit.log_spot, depth_slope(square)
    in_expiry = 1 - slope * (depth @ matrix.T)
    vega = slope * ((depth * boundary.nodes_vega) @ matrix.T) + in_expiry * limit.vega
    rho = slope * ((depth * boundary.nodes_rho) @ matrix.T) + in_expiry * limit.rho
    return log_spot, vega, rho


def limit_at_expiry(terms: PutTerms) -> Limit:
    """Return the boundary's limit: 1, or where the yield outweighs the interest."""
    outweighed = terms.dividend_yield > np.maximum(terms.rate, 0.0)
    rate, dividend_yield = (np.where(outweighed, a, 1.0) for a in (terms.rate, terms.dividend_yield))
    return Limit(
        log_spot=np.log(rate / dividend_yield),
        vega=np.zeros_like(rate),
        rho=np.where(outweighed, terms.rate_step / rate - terms.yield_step / dividend_yield, 0.0),
    )


def guess(terms: PutTerms, at_expiry: FloatArray, order: int) -> FloatArray:
    """Return the flat boundary of Bjerksund and Stensland for each node's time."""
    variance = terms.vol**2
    tilt = (terms.dividend_yield - terms.rate) / variance
    power = 0.5 - tilt + np.sqrt(np.maximum((tilt - 0.5) ** 2 + 2 * terms.dividend_yield / variance, 0.0))
    least = np.exp(-at_expiry)
    most = np.maximum(np.minimum(power / np.maximum(power - 1, 1e-9), 1e9), least * (1 + 1e-9))
    time = terms.time_to_expiry * node_roots(order) ** 2
    reach = (terms.dividend_yield - terms.rate) * time + 2 * terms.vol * np.sqrt(time)
    inverse = most + (least - most) * np.exp(-np.maximum(reach, 0.0) * least / (most - least))
    nodes: FloatArray = np.minimum(-np.log(inverse), at_expiry - FLAT)
    return nodes


def _rounds(terms: PutTerms, at_expiry: FloatArray, nodes: FloatArray, weigh: Weigh) -> FloatArray:
    """Fixed-point rounds until Newton can take over."""
    for _ in range(ROUNDS):
        before, nodes = nodes, _round(terms, at_expiry, nodes, weigh)
        if np.abs(nodes - before).max() < NEAR:
            break
    return nodes


def _round(terms: PutTerms, at_expiry: FloatArray, nodes: FloatArray, weigh: Weigh) -> FloatArray:
    """One fixed-point round: the boundary is the strike's weight over the share's weight."""
    time, delay, weight, boundary, _ = _collocation(terms, at_expiry, nodes)
    rate, dividend_yield, vol = (a[..., None] for a in (terms.rate, terms.dividend_yield, terms.vol))
    deviation = vol * np.sqrt(delay)
    d2 = (nodes[..., None] - boundary + (rate - dividend_yield) * delay) / deviation - deviation / 2
    strike, share = weigh(d2, deviation)
    to_expiry = terms.vol * np.sqrt(time)
    d2 = (nodes + (terms.rate - terms.dividend_yield) * time) / to_expiry - to_expiry / 2
    strike_last, share_last = weigh(d2, to_expiry)
    strike = np.exp(-terms.rate * time) * strike_last + terms.rate * (
        weight * np.exp(-rate * delay) * strike
    ).sum(axis=-1)
    share = np.exp(-terms.dividend_yield * time) * share_last + terms.dividend_yield * (
        weight * np.exp(-dividend_yield * delay) * share
    ).sum(axis=-1)
    ratio = np.maximum(strike, np.exp(-LOWEST)) / np.maximum(share, np.exp(-LOWEST))
    moved: FloatArray = np.clip(np.log(ratio), -LOWEST, at_expiry - FLAT)
    return moved


def _value_matching(d2: FloatArray, deviation: FloatArray) -> tuple[FloatArray, FloatArray]:
    return ndtr(d2), ndtr(d2 + deviation)


def _smooth_pasting(d2: FloatArray, deviation: FloatArray) -> tuple[FloatArray, FloatArray]:
    d1 = d2 + deviation
    density2, density1 = (np.exp(-(d**2) / 2) / (SQRT_2PI * deviation) for d in (d2, d1))
    return density2, ndtr(d1) + density1


def newton(
    terms: PutTerms,
    limit: Limit,
    nodes: FloatArray,
    *,
    held: Held,
    steps: int,
    seldom: float | FloatArray = -np.inf,
) -> Boundary:
    """Newton steps on the value at the boundary; the last also solves for the derivatives.

    `held` values the put without exercise before the expiry, which may be the day before a drop. To logs of
    spots below `seldom` hardly a path leads.
    """
    at_expiry = limit.log_spot
    found = _Found.nothing(nodes)
    for _ in range(steps):
        time, delay, weight, boundary, square = _collocation(terms, at_expiry, nodes)
        depth, slope = nodes - at_expiry, depth_slope(square).reshape(boundary.shape)
        waiting = held(terms, nodes, time)
        early = Premium.of(terms, nodes, boundary, delay=delay, weight=weight)
        matrix = to_nodes(early.drive * slope, from_nodes(nodes.shape[1])) * depth[:, None, :]
        moved = early.drive.sum(axis=-1) - matrix.sum(axis=-1)
        diagonal = np.arange(nodes.shape[1])
        matrix[:, diagonal, diagonal] += waiting.slope + early.slope + np.exp(nodes)
        gaps = (
            waiting.value + early.value - 1 + np.exp(nodes),
            waiting.vega + early.vega + moved * limit.vega,
            waiting.rho + early.rho + moved * limit.rho,
        )
        step, vega, rho = np.moveaxis(-solved(matrix, np.stack(gaps, axis=-1)), -1, 0)
        moved_to = nodes + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        moved_to = np.clip(moved_to, -LOWEST, at_expiry - FLAT)
        found = found.or_better(_Found(nodes=nodes, gap=gaps[0], step=moved_to - nodes, vega=vega, rho=rho))
        nodes = moved_to
        if ((np.abs(step).max(axis=1) < SETTLED) | found.unseen(seldom)).all():
            break
    ends = found.ends()
    return Boundary(
        at_expiry=limit,
        nodes=ends,
        nodes_vega=found.vega,
        nodes_rho=found.rho,
        settled=_settled(terms, at_expiry, found, held) | found.unseen(seldom),
    )


def _settled(terms: PutTerms, at_expiry: FloatArray, found: _Found, held: Held) -> NDArray[np.bool_]:
    """Say which boundaries are proved: by their series or, where that falls off slowly, between the nodes."""
    ends = found.ends()
    settled = collocated(gap=found.gap, step=ends - found.nodes, series=_depths(ends, at_expiry))
    # Where rates outweigh the vol, the moments resolve what the value earns no better than the series.
    drift = np.maximum(np.abs(terms.rate), np.abs(terms.dividend_yield)) * np.sqrt(terms.time_to_expiry)
    doubtful = ~settled & (drift <= CALM * terms.vol)[:, 0]
    if doubtful.any():
        between = np.abs(_missed_between(terms, at_expiry, ends, held)).max(axis=1) <= GAP
        settled |= doubtful & between & matched(gap=found.gap, step=ends - found.nodes)
    return settled


class _Found(NamedTuple):
    """Nodes of a Newton step, all of shape (puts, nodes)."""

    nodes: FloatArray
    gap: FloatArray
    """Difference between value and exercise value."""
    step: FloatArray
    vega: FloatArray
    rho: FloatArray

    @classmethod
    def nothing(cls, nodes: FloatArray) -> _Found:
        """Stand in for the step before the first."""
        return cls(nodes, *(np.full_like(nodes, fill) for fill in (np.inf, np.inf, np.nan, np.nan)))

    def or_better(self, later: _Found) -> _Found:
        """Take the later nodes of each put but where they match the value worse without settling."""
        worse = np.abs(later.gap).max(axis=1, keepdims=True) >= np.abs(self.gap).max(axis=1, keepdims=True)
        worse = worse & (np.abs(later.step).max(axis=1, keepdims=True) > STEP)
        return _Found(*(np.where(worse, old, new) for old, new in zip(self, later, strict=True)))

    def unseen(self, seldom: float | FloatArray) -> NDArray[np.bool_]:
        """Say which boundaries lie where hardly a path leads, so that what they miss has no weight."""
        near = np.abs(self.gap).max(axis=1) <= UNSEEN_GAP
        unseen: NDArray[np.bool_] = near & np.all(self.ends() < seldom, axis=1)
        return unseen

    def ends(self) -> FloatArray:
        """Where the step leads, or where it began: nodes that match a value which hardly depends on them."""
        rests = (np.abs(self.gap).max(axis=1) <= GAP) & (np.abs(self.step).max(axis=1) > STEP)
        ends: FloatArray = self.nodes + np.where(rests[:, None], 0.0, self.step)
        return ends


def _missed_between(terms: PutTerms, at_expiry: FloatArray, nodes: FloatArray, held: Held) -> FloatArray:
    """Difference between value and exercise value at the boundary midway between nodes."""
    order, rule = nodes.shape[1], moments(MOMENTS)
    roots = node_roots(order) - np.diff(node_roots(order), prepend=0.0) / 2
    time = terms.time_to_expiry * roots**2
    own, _ = interpolate(at_expiry, nodes, interpolation(roots.tobytes(), order))
    level, _ = interpolate(at_expiry, nodes, interpolation(np.outer(roots, rule.left).tobytes(), order))
    delay, weight = (time[..., None] * part for part in (rule.delay, rule.weight))
    early = Premium.of(terms, own, level.reshape(delay.shape), delay=delay, weight=weight)
    missed: FloatArray = held(terms, own, time).value + early.value - 1 + np.exp(own)
    return missed


def _depths(nodes: FloatArray, at_expiry: FloatArray) -> FloatArray:
    """Squared depth of the boundary below its limit as a Chebyshev series, shape (puts, nodes + 1)."""
    depth = np.concatenate([np.zeros_like(at_expiry), (nodes - at_expiry) ** 2], axis=1)
    series: FloatArray = depth @ series_of(nodes.shape[1]).T
    return series


def solved(matrix: FloatArray, gaps: FloatArray) -> FloatArray:
    """Solve for the nodes' moves; a node that nothing depends on (all its densities underflow) stays."""
    idle = np.logical_not(np.any(matrix, axis=2, keepdims=True))
    moves: FloatArray = np.linalg.solve(
        np.where(idle, np.eye(matrix.shape[1]), matrix), np.where(idle, 0.0, gaps)
    )
    return moves


def _collocation(terms: PutTerms, at_expiry: FloatArray, nodes: FloatArray) -> tuple[FloatArray, ...]:
    """Return the nodes' times and, until expiry from each, delays, weights, boundary and its square."""
    rule, order = moments(MOMENTS), nodes.shape[1]
    time = terms.time_to_expiry * node_roots(order) ** 2
    boundary, square = interpolate(at_expiry, nodes, from_nodes(order))
    delay, weight = (time[..., None] * part for part in (rule.delay, rule.weight))
    return time, delay, weight, boundary.reshape(delay.shape), square
