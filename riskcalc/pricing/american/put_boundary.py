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
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.proof import GAP, STEP, collocated
from riskcalc.pricing.american.put_premium import Premium, PutTerms, european_put
from riskcalc.pricing.american.quadrature import SQRT_2PI, Jet, gauss_legendre

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskcalc.pricing.block_evaluation import FloatArray

    Evaluate = Callable[[FloatArray], tuple[FloatArray, ...]]
    Held = Callable[[PutTerms, FloatArray, FloatArray], Jet]
    Weigh = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]

NODES = 10
SHARED_NODES = 20  # where later moments share a boundary, it must be as good between its nodes
MOMENTS = 20  # of any boundary: more do not improve one with more nodes
SMOOTH_PASTING_LIMIT = 4.0  # of 2 rate / vol^2: above it the faster equation may diverge
ROUNDS = 6
NEAR = 1e-3  # last fixed-point change, in log-spot, from which Newton converges
NEWTON_STEPS = 2
SETTLED = 1e-5  # Newton step, in log-spot, after which the next is below rounding
LOWEST = 600.0  # bound of a log: the boundary of a put that is hardly ever exercised
LONGEST_STEP = 0.3  # of one Newton step, in log-spot
AT_NODE = 1e-200  # stands for no distance from a node
FLAT = 1e-15  # smallest log-distance of the boundary from its value at expiry


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Quadrature over the moments between now and expiry, in an angle that makes both ends smooth."""

    delay: FloatArray
    """As a fraction of the time to expiry, shape (moments,)."""
    weight: FloatArray
    left: FloatArray
    """Root of the fraction that is left, shape (moments,)."""


@lru_cache(maxsize=8)
def moments(count: int) -> Moments:
    """Return the rule with that many moments."""
    nodes, weights = gauss_legendre(count)
    angle = (1 + nodes) * np.pi / 4
    return Moments(
        delay=np.sin(angle) ** 2, weight=weights * np.pi / 4 * np.sin(2 * angle), left=np.cos(angle)
    )


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
    matrix = _interpolation(left.tobytes(), boundary.nodes.shape[1])
    limit = boundary.at_expiry
    log_spot, square = _interpolate(limit.log_spot, boundary.nodes, matrix)
    depth, slope = boundary.nodes - limit.log_spot, _slope(square)
    in_expiry = 1 - slope * (depth @ matrix.T)
    vega = slope * ((depth * boundary.nodes_vega) @ matrix.T) + in_expiry * limit.vega
    rho = slope * ((depth * boundary.nodes_rho) @ matrix.T) + in_expiry * limit.rho
    return log_spot, vega, rho


def at_shares(at: Evaluate, share: FloatArray, left: FloatArray) -> tuple[FloatArray, ...]:
    """Evaluate a boundary where a point sees only a share of it: shape (puts, points, fractions).

    Shares, of shape (puts, points), are roots of fractions of the boundary's time, `left` of the point's.
    """
    shares, place = np.unique(share, return_inverse=True)
    found = at(np.outer(shares, left).ravel())
    if shares.size == 1:
        return tuple(part[:, None, :] for part in found)
    rows, place = np.arange(len(share))[:, None], place.reshape(share.shape)
    return tuple(part.reshape(len(part), shares.size, -1)[rows, place] for part in found)


def _interpolate(
    at_expiry: FloatArray, nodes: FloatArray, matrix: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Boundary, shape (puts, moments), and the square of its log below the value at expiry."""
    square = (nodes - at_expiry) ** 2 @ matrix.T
    return at_expiry - np.sqrt(np.maximum(square, FLAT**2)), square


def _slope(square: FloatArray) -> FloatArray:
    """Half the derivative of the boundary in its square, whose own in a node's depth is twice that depth."""
    # The polynomial may dip below zero next to expiry; there the boundary does not move with the nodes.
    return np.where(square > FLAT**2, -1 / np.sqrt(np.maximum(square, FLAT**2)), 0.0)


def to_nodes(drive: FloatArray, matrix: FloatArray) -> FloatArray:
    """Carry derivatives in the moments, shape (puts, nodes, moments), over to the nodes they depend on."""
    by_node = matrix.reshape(*drive.shape[1:], -1)
    carried: FloatArray = np.matmul(drive.transpose(1, 0, 2), by_node).transpose(1, 0, 2)
    return carried


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


def newton(terms: PutTerms, limit: Limit, nodes: FloatArray, *, held: Held, steps: int) -> Boundary:
    """Newton steps on the value at the boundary; the last also solves for the derivatives.

    `held` values the put without exercise before the expiry, which may be the eve of a drop.
    """
    at_expiry = limit.log_spot
    for _ in range(steps):
        time, delay, weight, boundary, square = _collocation(terms, at_expiry, nodes)
        depth, slope = nodes - at_expiry, _slope(square).reshape(boundary.shape)
        waiting = held(terms, nodes, time)
        early = Premium.of(terms, nodes, boundary, delay=delay, weight=weight)
        matrix = to_nodes(early.drive * slope, _from_nodes(nodes.shape[1])) * depth[:, None, :]
        moved = early.drive.sum(axis=-1) - matrix.sum(axis=-1)
        diagonal = np.arange(nodes.shape[1])
        matrix[:, diagonal, diagonal] += waiting.slope + early.slope + np.exp(nodes)
        gaps = (
            waiting.value + early.value - 1 + np.exp(nodes),
            waiting.vega + early.vega + moved * limit.vega,
            waiting.rho + early.rho + moved * limit.rho,
        )
        step, vega, rho = np.moveaxis(-solved(matrix, np.stack(gaps, axis=-1)), -1, 0)
        before, moved_to = nodes, nodes + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        nodes = np.clip(moved_to, -LOWEST, at_expiry - FLAT)
        if np.abs(step).max() < SETTLED:
            break
    # Where the value hardly depends on a boundary, the nodes that match it are better than the next ones.
    rests = (np.abs(gaps[0]) <= GAP).all(axis=1, keepdims=True) & (np.abs(nodes - before) > STEP).any(
        axis=1, keepdims=True
    )
    nodes = np.where(rests, before, nodes)
    return Boundary(
        at_expiry=limit,
        nodes=nodes,
        nodes_vega=vega,
        nodes_rho=rho,
        settled=collocated(gap=gaps[0], step=nodes - before, series=_depths(nodes, at_expiry)),
    )


def _depths(nodes: FloatArray, at_expiry: FloatArray) -> FloatArray:
    """Squared depth of the boundary below its limit as a Chebyshev series, shape (puts, nodes + 1)."""
    depth = np.concatenate([np.zeros_like(at_expiry), (nodes - at_expiry) ** 2], axis=1)
    series: FloatArray = depth @ _series(nodes.shape[1]).T
    return series


@lru_cache(maxsize=8)
def _series(order: int) -> FloatArray:
    """Matrix from values at the nodes, expiry first, to a Chebyshev series."""
    roots = np.concatenate([[0.0], node_roots(order)])
    return np.linalg.inv(np.polynomial.chebyshev.chebvander(2 * roots - 1, order))


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
    boundary, square = _interpolate(at_expiry, nodes, _from_nodes(order))
    delay, weight = (time[..., None] * part for part in (rule.delay, rule.weight))
    return time, delay, weight, boundary.reshape(delay.shape), square


@lru_cache(maxsize=8)
def node_roots(order: int) -> FloatArray:
    """Return the roots of the nodes' fractions of the time to expiry."""
    roots: FloatArray = (1 - np.cos(np.pi * np.arange(1, order + 1) / order)) / 2
    return roots


@lru_cache(maxsize=8)
def _from_nodes(order: int) -> FloatArray:
    return _interpolation(np.outer(node_roots(order), moments(MOMENTS).left).tobytes(), order)


@lru_cache(maxsize=6)
def _interpolation(roots: bytes, order: int) -> FloatArray:
    """Matrix from values at the nodes (0 at expiry) to values at roots of fractions of the time, as bytes."""
    nodes = np.concatenate([[0.0], node_roots(order)])
    signs = (-1.0) ** np.arange(order + 1)
    signs[[0, -1]] /= 2
    gaps = np.frombuffer(roots)[:, None] - nodes
    ratios = signs / np.where(gaps == 0.0, AT_NODE, gaps)
    matrix: FloatArray = ratios[:, 1:] / ratios.sum(axis=1, keepdims=True)
    return matrix
