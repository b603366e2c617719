"""Exercise boundary of puts of strike 1 without cash dividends, by spectral collocation.

The squared log of the boundary over its limit at expiry is a polynomial in the root of the time to expiry,
known at Chebyshev nodes. A few fixed-point iterations and two Newton steps find the nodes; the Jacobian of
the last Newton step also gives their derivatives in vol and rate.

References
----------
L. Andersen, M. Lake, D. Offengenden, "High-performance American option pricing", Journal of
Computational Finance 20(1), 2016: equations FP-A and FP-B and the choice of variables.

P. Bjerksund, G. Stensland, "Closed-form approximation of American options", Scandinavian Journal of
Management 9, 1993: the initial guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.pricing.american.collocation import (
    MIN_DEPTH,
    TIME_POINTS,
    chebyshev_matrix,
    interpolate_boundary,
    interpolation_matrix,
    nodes_to_quadrature,
    root_time_nodes,
    slope_in_half_square,
    time_quadrature,
    to_node_derivatives,
)
from riskcalc.pricing.american.convergence import (
    MAX_LAST_STEP,
    MAX_RESIDUAL,
    collocation_converged,
    nodes_converged,
)
from riskcalc.pricing.american.put_premium import EarlyExercisePremium, PutTerms, european_put
from riskcalc.pricing.american.quadrature import SQRT_2PI, ValueAndDerivatives
from riskcalc.pricing.scipy_kernels import ndtr
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

    HoldValue = Callable[[PutTerms, FloatArray, FloatArray], ValueAndDerivatives]
    FixedPointWeights = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]

BOUNDARY_NODES = 10
"""Collocation nodes of a boundary that only the start of its period uses."""
SHARED_BOUNDARY_NODES = 20
"""Collocation nodes of a boundary read at many times, so that it is as exact between its nodes."""
MAX_SMOOTH_PASTING_RATE = 4.0
"""Largest 2 rate / vol^2 for equation FP-A: above it that faster fixed point may diverge."""
FIXED_POINT_ROUNDS = 6
"""Most fixed-point iterations before Newton."""
NEWTON_START_CHANGE = 1e-3
"""Change of a fixed-point iteration, in log-spot, from which Newton converges."""
NEWTON_STEPS = 3
"""Most Newton steps after the fixed-point iterations."""
NEWTON_TOLERANCE = 1e-5
"""Newton step, in log-spot, after which the next is below rounding, and vega and rho hardly change."""
MAX_NEWTON_STEP = 1.0
"""Largest change of a node in one Newton step, in log-spot."""
MAX_ABS_LOG = 600.0
"""Bound of a log boundary: that of a put that is hardly ever exercised."""
MAX_UNREACHED_RESIDUAL = 1e-3
"""Largest residual, in strikes, of a boundary that the spot hardly ever reaches."""
MAX_DRIFT_TO_VOL = 0.5
"""Largest drift over the life, in standard deviations, at which residuals between nodes are trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryLimit:
    """Log of the boundary's limit at expiry, with its derivatives in vol and rate, shape (puts, 1)."""

    log_spot: FloatArray
    vega: FloatArray
    rho: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBoundary:
    """Logs of each put's boundary at the collocation nodes, with their derivatives in vol and rate."""

    at_expiry: ExpiryLimit
    nodes: FloatArray
    """Logs of the boundary, shape (puts, nodes); the last node is at the full time to expiry."""
    nodes_vega: FloatArray
    nodes_rho: FloatArray
    converged: NDArray[np.bool_]
    """Whether the boundary passed its convergence tests, shape (puts,)."""

    @property
    def at_start(self) -> FloatArray:
        """Log of the boundary at the full time to expiry, shape (puts, 1)."""
        return self.nodes[:, -1:]


def put_boundary(terms: PutTerms, *, order: int = BOUNDARY_NODES) -> PutBoundary:
    """Return the boundary, at `order` nodes, of puts with rate > 0, or with rate = 0 > yield.

    Other puts are never exercised early.
    """
    limit = limit_at_expiry(terms)
    at_expiry = limit.log_spot
    nodes = initial_guess(terms, at_expiry, order)
    low_rate = (2 * terms.rate <= MAX_SMOOTH_PASTING_RATE * terms.vol**2)[:, 0]
    for members, weights in ((low_rate, _smooth_pasting_weights), (~low_rate, _value_matching_weights)):
        if members.any():
            part = PutTerms(**{name: getattr(terms, name)[members] for name in PutTerms.__slots__})
            nodes[members] = _fixed_point_rounds(part, at_expiry[members], nodes[members], weights)
    return newton_boundary(terms, limit, nodes, hold_value=european_put, steps=NEWTON_STEPS)


def boundary_at(
    boundary: PutBoundary, root_remaining: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the log boundary, its vega and its rho at square roots of remaining time fractions."""
    matrix = interpolation_matrix(root_remaining.tobytes(), boundary.nodes.shape[1])
    limit = boundary.at_expiry
    log_spot, square = interpolate_boundary(limit.log_spot, boundary.nodes, matrix)
    depth, slope = boundary.nodes - limit.log_spot, slope_in_half_square(square)
    in_expiry = 1 - slope * (depth @ matrix.T)
    vega = slope * ((depth * boundary.nodes_vega) @ matrix.T) + in_expiry * limit.vega
    rho = slope * ((depth * boundary.nodes_rho) @ matrix.T) + in_expiry * limit.rho
    return log_spot, vega, rho


def limit_at_expiry(terms: PutTerms) -> ExpiryLimit:
    """Return the limit of the boundary at expiry: min(1, rate / yield) of the strike."""
    yield_exceeds_rate = terms.dividend_yield > np.maximum(terms.rate, 0.0)
    rate, dividend_yield = (np.where(yield_exceeds_rate, a, 1.0) for a in (terms.rate, terms.dividend_yield))
    return ExpiryLimit(
        log_spot=np.log(rate / dividend_yield),
        vega=np.zeros_like(rate),
        rho=np.where(yield_exceeds_rate, terms.rate_step / rate - terms.yield_step / dividend_yield, 0.0),
    )


def initial_guess(terms: PutTerms, at_expiry: FloatArray, order: int) -> FloatArray:
    """Return the flat boundary of Bjerksund and Stensland for the time to expiry of each node."""
    variance = terms.vol**2
    drift_ratio = (terms.dividend_yield - terms.rate) / variance
    discriminant = (drift_ratio - 0.5) ** 2 + 2 * terms.dividend_yield / variance
    beta = 0.5 - drift_ratio + np.sqrt(np.maximum(discriminant, 0.0))
    # Their call boundary, from its limit at expiry up to the perpetual one, is the inverse of the put's.
    start = np.exp(-at_expiry)
    perpetual = np.maximum(np.minimum(beta / np.maximum(beta - 1, 1e-9), 1e9), start * (1 + 1e-9))
    time = terms.time_to_expiry * root_time_nodes(order) ** 2
    rise = (terms.dividend_yield - terms.rate) * time + 2 * terms.vol * np.sqrt(time)
    inverse = perpetual + (start - perpetual) * np.exp(-np.maximum(rise, 0.0) * start / (perpetual - start))
    nodes: FloatArray = np.minimum(-np.log(inverse), at_expiry - MIN_DEPTH)
    return nodes


def _fixed_point_rounds(
    terms: PutTerms, at_expiry: FloatArray, nodes: FloatArray, weights: FixedPointWeights
) -> FloatArray:
    """Iterate the fixed point of each put until Newton converges from its result, whatever others take."""
    moving = np.ones((len(nodes), 1), dtype=bool)
    for _ in range(FIXED_POINT_ROUNDS):
        moved = _fixed_point_round(terms, at_expiry, nodes, weights)
        change = np.abs(moved - nodes).max(axis=1, keepdims=True)
        nodes = np.where(moving, moved, nodes)
        moving &= ~(change < NEWTON_START_CHANGE)
        if not moving.any():
            break
    return nodes


def _fixed_point_round(
    terms: PutTerms, at_expiry: FloatArray, nodes: FloatArray, weights: FixedPointWeights
) -> FloatArray:
    """Return N / D of the fixed-point equation at each node, from European terms and premium integrals."""
    time, delay, weight, boundary, _ = _collocation(terms, at_expiry, nodes)
    rate, dividend_yield, vol = (a[..., None] for a in (terms.rate, terms.dividend_yield, terms.vol))
    deviation = vol * np.sqrt(delay)
    d2 = (nodes[..., None] - boundary + (rate - dividend_yield) * delay) / deviation - deviation / 2
    strike, share = weights(d2, deviation)
    strike_integral = terms.rate * (weight * np.exp(-rate * delay) * strike).sum(axis=-1)
    share_integral = terms.dividend_yield * (weight * np.exp(-dividend_yield * delay) * share).sum(axis=-1)
    to_expiry = terms.vol * np.sqrt(time)
    d2 = (nodes + (terms.rate - terms.dividend_yield) * time) / to_expiry - to_expiry / 2
    strike, share = weights(d2, to_expiry)
    numerator = np.exp(-terms.rate * time) * strike + strike_integral
    denominator = np.exp(-terms.dividend_yield * time) * share + share_integral
    smallest = np.exp(-MAX_ABS_LOG)
    ratio = np.maximum(numerator, smallest) / np.maximum(denominator, smallest)
    moved: FloatArray = np.clip(np.log(ratio), -MAX_ABS_LOG, at_expiry - MIN_DEPTH)
    return moved


def _value_matching_weights(d2: FloatArray, deviation: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the integrands of numerator and denominator of equation FP-B."""
    return ndtr(d2), ndtr(d2 + deviation)


def _smooth_pasting_weights(d2: FloatArray, deviation: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the integrands of numerator and denominator of equation FP-A."""
    d1 = d2 + deviation
    density2, density1 = (np.exp(-(d**2) / 2) / (SQRT_2PI * deviation) for d in (d2, d1))
    return density2, ndtr(d1) + density1


def newton_boundary(
    terms: PutTerms,
    limit: ExpiryLimit,
    nodes: FloatArray,
    *,
    hold_value: HoldValue,
    steps: int,
    lowest_reached: float | FloatArray = -np.inf,
) -> PutBoundary:
    """Return the boundary that value matching gives by Newton; its last step gives vega and rho too.

    A put takes as many steps as it needs alone. `hold_value` values the put without exercise before the end
    of the period: its expiry, or the day before an ex-date. Hardly a path reaches logs of
    spots below `lowest_reached`.
    """
    best, moving = _NewtonIterate.initial(nodes), np.ones(len(nodes), dtype=bool)
    for _ in range(steps):
        residual, derivatives = _newton_system(terms, limit, nodes, hold_value)
        step, vega, rho = np.moveaxis(derivatives, -1, 0)
        next_nodes = nodes + np.clip(step, -MAX_NEWTON_STEP, MAX_NEWTON_STEP)
        next_nodes = np.clip(next_nodes, -MAX_ABS_LOG, limit.log_spot - MIN_DEPTH)
        later = _NewtonIterate(nodes=nodes, residual=residual, step=next_nodes - nodes, vega=vega, rho=rho)
        best = best.better_of(later, moving)
        nodes = np.where(moving[:, None], next_nodes, nodes)
        moving &= ~((np.abs(step).max(axis=1) < NEWTON_TOLERANCE) | best.out_of_reach(lowest_reached))
        if not moving.any():
            break
    converged = _converged(terms, limit.log_spot, best, hold_value)
    return PutBoundary(
        at_expiry=limit,
        nodes=best.final_nodes(),
        nodes_vega=best.vega,
        nodes_rho=best.rho,
        converged=converged | best.out_of_reach(lowest_reached),
    )


def _newton_system(
    terms: PutTerms, limit: ExpiryLimit, nodes: FloatArray, hold_value: HoldValue
) -> tuple[FloatArray, FloatArray]:
    """Return value-matching residuals and, as a last axis, the Newton step, vega and rho of the nodes."""
    time, delay, weight, boundary, square = _collocation(terms, limit.log_spot, nodes)
    depth, slope = nodes - limit.log_spot, slope_in_half_square(square).reshape(boundary.shape)
    hold = hold_value(terms, nodes, time)
    premium = EarlyExercisePremium.of(terms, nodes, boundary, delay=delay, weight=weight)
    by_square = premium.boundary_sensitivity * slope
    jacobian = to_node_derivatives(by_square, nodes_to_quadrature(nodes.shape[1])) * depth[:, None, :]
    in_limit = premium.boundary_sensitivity.sum(axis=-1) - jacobian.sum(axis=-1)
    diagonal = np.arange(nodes.shape[1])
    jacobian[:, diagonal, diagonal] += hold.slope + premium.slope + np.exp(nodes)
    residuals = (
        hold.value + premium.value - 1 + np.exp(nodes),
        hold.vega + premium.vega + in_limit * limit.vega,
        hold.rho + premium.rho + in_limit * limit.rho,
    )
    return residuals[0], -solve_moves(jacobian, np.stack(residuals, axis=-1))


def _converged(
    terms: PutTerms, at_expiry: FloatArray, best: _NewtonIterate, hold_value: HoldValue
) -> NDArray[np.bool_]:
    """Return which boundaries converged by their series or, if it is slow, by residuals between nodes."""
    nodes = best.final_nodes()
    step, series = nodes - best.nodes, _squared_depth_series(nodes, at_expiry)
    converged = collocation_converged(residual=best.residual, step=step, series=series)
    # Where rates outweigh the vol, the quadrature over exercise times is no more exact than the series.
    largest_rate = np.maximum(np.abs(terms.rate), np.abs(terms.dividend_yield))
    drift = largest_rate * np.sqrt(terms.time_to_expiry)
    unresolved = ~converged & (drift <= MAX_DRIFT_TO_VOL * terms.vol)[:, 0]
    if unresolved.any():
        between = np.abs(_residual_between_nodes(terms, at_expiry, nodes, hold_value)).max(axis=1)
        at_nodes = nodes_converged(residual=best.residual, step=step)
        converged |= unresolved & (between <= MAX_RESIDUAL) & at_nodes
    return converged


class _NewtonIterate(NamedTuple):
    """State of a Newton step, every field of shape (puts, nodes)."""

    nodes: FloatArray
    residual: FloatArray
    """Value at the boundary minus the value of exercise there [strikes]."""
    step: FloatArray
    """Change of the nodes, in log-spot."""
    vega: FloatArray
    rho: FloatArray

    @classmethod
    def initial(cls, nodes: FloatArray) -> _NewtonIterate:
        """Return the state before the first step, worse than any other."""
        return cls(nodes, *(np.full_like(nodes, fill) for fill in (np.inf, np.inf, np.nan, np.nan)))

    def better_of(self, later: _NewtonIterate, moving: NDArray[np.bool_]) -> _NewtonIterate:
        """Return the later state of each moving put unless its residual grew and its step is still large."""
        before, after, step = (
            np.abs(part).max(axis=1, keepdims=True) for part in (self.residual, later.residual, later.step)
        )
        is_worse = (after >= before) & (step > MAX_LAST_STEP)
        kept = is_worse | ~moving[:, None]
        return _NewtonIterate(*(np.where(kept, old, new) for old, new in zip(self, later, strict=True)))

    def out_of_reach(self, lowest_reached: float | FloatArray) -> NDArray[np.bool_]:
        """Return which boundaries the spot hardly ever reaches: a small residual there has no weight."""
        small_residual = np.abs(self.residual).max(axis=1) <= MAX_UNREACHED_RESIDUAL
        out_of_reach: NDArray[np.bool_] = small_residual & np.all(self.final_nodes() < lowest_reached, axis=1)
        return out_of_reach

    def final_nodes(self) -> FloatArray:
        """Return the nodes after the step, or before a large step from a small residual.

        There the value hardly depends on the nodes.
        """
        residual, step = (np.abs(part).max(axis=1) for part in (self.residual, self.step))
        insensitive = (residual <= MAX_RESIDUAL) & (step > MAX_LAST_STEP)
        final_nodes: FloatArray = self.nodes + np.where(insensitive[:, None], 0.0, self.step)
        return final_nodes


def _residual_between_nodes(
    terms: PutTerms, at_expiry: FloatArray, nodes: FloatArray, hold_value: HoldValue
) -> FloatArray:
    """Return the value minus the value of exercise at the boundary half way between the nodes [strikes]."""
    order, quadrature = nodes.shape[1], time_quadrature(TIME_POINTS)
    roots = root_time_nodes(order) - np.diff(root_time_nodes(order), prepend=0.0) / 2
    later_roots = np.outer(roots, quadrature.root_remaining)
    (log_spot, _), (boundary, _) = (
        interpolate_boundary(at_expiry, nodes, interpolation_matrix(times.tobytes(), order))
        for times in (roots, later_roots)
    )
    time = terms.time_to_expiry * roots**2
    delay, weight = (time[..., None] * part for part in (quadrature.delay, quadrature.weight))
    boundary = boundary.reshape(delay.shape)
    premium = EarlyExercisePremium.of(terms, log_spot, boundary, delay=delay, weight=weight)
    hold = hold_value(terms, log_spot, time)
    residual: FloatArray = hold.value + premium.value - 1 + np.exp(log_spot)
    return residual


def _squared_depth_series(nodes: FloatArray, at_expiry: FloatArray) -> FloatArray:
    """Return Chebyshev coefficients of the boundary's squared depth, shape (puts, nodes + 1)."""
    depth = np.concatenate([np.zeros_like(at_expiry), (nodes - at_expiry) ** 2], axis=1)
    series: FloatArray = depth @ chebyshev_matrix(nodes.shape[1]).T
    return series


def solve_moves(jacobian: FloatArray, residuals: FloatArray) -> FloatArray:
    """Solve for changes of the nodes; a node with an empty row (all its densities underflow) stays."""
    empty = np.logical_not(np.any(jacobian, axis=2, keepdims=True))
    regular = np.where(empty, np.eye(jacobian.shape[1]), jacobian)
    moves: FloatArray = np.linalg.solve(regular, np.where(empty, 0.0, residuals))
    return moves


def _collocation(terms: PutTerms, at_expiry: FloatArray, nodes: FloatArray) -> tuple[FloatArray, ...]:
    """Return each node's time to expiry, and delays, weights, log boundary and squared depth until then."""
    quadrature, order = time_quadrature(TIME_POINTS), nodes.shape[1]
    time = terms.time_to_expiry * root_time_nodes(order) ** 2
    boundary, square = interpolate_boundary(at_expiry, nodes, nodes_to_quadrature(order))
    delay, weight = (time[..., None] * part for part in (quadrature.delay, quadrature.weight))
    return time, delay, weight, boundary.reshape(delay.shape), square
