"""Exercise boundary of puts of strike 1 in a period that ends with a drop, by spectral collocation.

In a window before the ex-date the put is never exercised: its boundary is zero. Time t before that window
it is like exp(-sqrt(-c log t)): its squared log minus the logarithm is a polynomial in the square root of t.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.collocation import TIME_POINTS, time_quadrature, to_node_derivatives
from riskcalc.pricing.american.convergence import collocation_converged
from riskcalc.pricing.american.pre_dividend import PreDividendPut, put_expectation
from riskcalc.pricing.american.put_boundary import BOUNDARY_NODES, solve_moves
from riskcalc.pricing.american.put_premium import EarlyExercisePremium, PutTerms
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.quadrature import ValueAndDerivatives
    from riskcalc.pricing.arrays import FloatArray

NEWTON_STEPS = 6
"""Most Newton steps before the one that also gives vega and rho."""
SEARCH_STEPS = 8
"""Most steps of the search for the initial guess."""
GUESS_TOLERANCE = 2e-2
"""Step of that search, in log-spot, from which Newton converges."""
MIN_WINDOW = 2e-5
"""[years], ten minutes: shortest window; it costs less than 1e-6 of the strike."""
MIN_SPAN = 1e-7
"""[years]: shortest span of exercise that a boundary is solved for."""
NEWTON_TOLERANCE = 5e-4
"""Newton step, in log-spot, after which one more is exact."""
RELATIVE_FLOOR = 1e-8
"""Least argument of a logarithm relative to its target."""
MIN_DEPTH = 1e-12
"""Smallest distance in log-spot of the boundary from the strike."""
MAX_ABS_LOG = 300.0
"""Bound of a log boundary."""
PREMIUM_SHARE = 0.7
"""Early-exercise premium over the interest to the window, assumed for the initial guess: 0.5 to 1."""
MAX_STEP = 0.3
"""Largest change of a node in one step, in log-spot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodBoundary:
    """Logs of the boundary at the nodes of its span, from the start of the period to the window."""

    span: FloatArray
    """Time from the start of the period to the window, in which exercise can pay [years], shape (puts, 1)."""
    exercisable: NDArray[np.bool_]
    """Whether there is any such time, shape (puts, 1)."""
    log_coefficient: FloatArray
    """Coefficient of the logarithm in the squared log of the boundary, shape (puts, 1)."""
    log_coefficient_vega: FloatArray
    log_coefficient_rho: FloatArray
    span_rho: FloatArray
    """Derivative of the span in the rate."""
    nodes: FloatArray
    """Logs of the boundary, shape (puts, nodes); the last node is at the start of the period."""
    nodes_vega: FloatArray
    nodes_rho: FloatArray
    """Derivative at a fixed fraction of the span, as `nodes_vega` is."""
    converged: NDArray[np.bool_]
    """Whether the boundary passed its convergence tests, shape (puts,)."""

    @property
    def at_start(self) -> FloatArray:
        """Log of the boundary at the start of the period, shape (puts, 1)."""
        return self.nodes[:, -1:]


def period_boundary(
    terms: PutTerms, pre_dividend: PreDividendPut, *, order: int = BOUNDARY_NODES
) -> PeriodBoundary:
    """Return the boundary, at `order` nodes, of puts in a period that ends with a drop.

    `pre_dividend` is the put at the end of the period; the terms' time to expiry is the time until then.
    """
    window = np.minimum(waiting_window(terms, pre_dividend.cash), terms.time_to_expiry)
    exercisable = terms.time_to_expiry - window > MIN_SPAN
    if not exercisable.any():
        return _no_exercise(terms, order)
    window_slope = (pre_dividend.cash_rho / pre_dividend.cash - window) / terms.rate
    window_rho = np.where(window > MIN_WINDOW, window_slope, 0.0)
    span = np.maximum(terms.time_to_expiry - window, MIN_SPAN)
    trial = PeriodBoundary(
        span=span,
        exercisable=exercisable,
        log_coefficient=4 * terms.vol**2 * window,
        log_coefficient_vega=8 * terms.vol * window,
        log_coefficient_rho=4 * terms.vol**2 * window_rho,
        span_rho=np.where(exercisable, -window_rho, 0.0),
        nodes=_initial_guess(terms, pre_dividend, span, window, order),
        nodes_vega=np.zeros((1, 1)),
        nodes_rho=np.zeros((1, 1)),
        converged=np.zeros(len(span), dtype=bool),
    )
    for _ in range(NEWTON_STEPS):
        before = trial.nodes
        trial = _newton_step(terms, pre_dividend, trial, window, greeks=False)
        if np.abs(trial.nodes - before).max() < NEWTON_TOLERANCE:
            break
    return _newton_step(terms, pre_dividend, trial, window, greeks=True)


def _no_exercise(terms: PutTerms, order: int) -> PeriodBoundary:
    """Return the boundary of puts that are never exercised in the period: the lowest, for no time."""
    zero = np.zeros_like(terms.vol)
    nodes = np.full((len(zero), order), -MAX_ABS_LOG)
    return PeriodBoundary(
        span=zero + MIN_SPAN,
        exercisable=np.zeros(zero.shape, dtype=bool),
        log_coefficient=zero,
        log_coefficient_vega=zero,
        log_coefficient_rho=zero,
        span_rho=zero,
        nodes=nodes,
        nodes_vega=np.zeros_like(nodes),
        nodes_rho=np.zeros_like(nodes),
        converged=np.ones(len(nodes), dtype=bool),
    )


def waiting_window(terms: PutTerms, cash: FloatArray) -> FloatArray:
    """Return the time before a drop in which it is worth more than interest [years]; inf with rate <= 0.

    At a spot near zero, exercise pays 1 now and waiting pays `cash` strikes at the drop.
    """
    positive = terms.rate > 0.0
    window: FloatArray = np.where(positive, np.log(cash) / np.where(positive, terms.rate, 1.0), np.inf)
    return np.maximum(window, MIN_WINDOW)


def period_boundary_at(
    boundary: PeriodBoundary, root_remaining: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the log boundary at square roots of remaining fractions of the span, with its derivatives.

    They are vega and rho at a fixed fraction, and the derivative in the log of the fraction. The roots have
    shape (times,), or (puts, times) where each put has its own.
    """
    interpolation = _interpolation(root_remaining.tobytes(), boundary.nodes.shape[1])
    if root_remaining.ndim > 1:
        interpolation = interpolation.by_put(root_remaining.shape)
    log_spot, slope, *log_term, log_time_slope = _interpolate(boundary, interpolation)
    vega, rho = (
        slope * _at_times(interpolation.values, boundary.nodes * moves) + shift
        for moves, shift in zip((boundary.nodes_vega, boundary.nodes_rho), log_term, strict=True)
    )
    return log_spot, vega, rho, log_time_slope


def _initial_guess(
    terms: PutTerms, pre_dividend: PreDividendPut, span: FloatArray, window: FloatArray, order: int
) -> FloatArray:
    """Return nodes that match values if the premium is a fixed share of the interest to the window."""
    ahead = span * _root_time_nodes(order) ** 2
    time = window + ahead
    deviation = terms.vol * np.sqrt(time)
    line = pre_dividend.cash * np.exp(-terms.rate * time)
    log_target = np.log(PREMIUM_SHARE * np.maximum(1 - line, RELATIVE_FLOOR * terms.rate * ahead))
    # The boundary before the drop cannot lie above the one after it, where there is one.
    start = np.where(pre_dividend.waits_for_later_drop, pre_dividend.nodes.middle, pre_dividend.line_to)
    nodes = np.minimum(start - deviation, -MIN_DEPTH)
    for _ in range(SEARCH_STEPS):
        hold = put_expectation(terms, pre_dividend, nodes, time)
        excess = np.maximum(hold.value - line + np.exp(nodes), np.exp(log_target) * RELATIVE_FLOOR)
        slope = np.maximum(hold.slope + np.exp(nodes), excess * RELATIVE_FLOOR)
        step = np.clip((np.log(excess) - log_target) * excess / slope, -MAX_STEP, MAX_STEP)
        nodes = np.clip(nodes - step, -MAX_ABS_LOG, -MIN_DEPTH)
        if np.abs(np.where(span > MIN_SPAN, step, 0.0)).max() < GUESS_TOLERANCE:
            break
    return nodes


def _newton_step(
    terms: PutTerms, pre_dividend: PreDividendPut, trial: PeriodBoundary, window: FloatArray, *, greeks: bool
) -> PeriodBoundary:
    """Take one Newton step of value matching; with `greeks`, add vega, rho and the convergence test."""
    count, order = trial.nodes.shape
    ahead = trial.span * _root_time_nodes(order) ** 2
    quadrature, shape = time_quadrature(TIME_POINTS), (count, order, TIME_POINTS)
    level, slope, *log_term, _ = _interpolate(trial, _nodes_to_quadrature(order))
    delay, weight = (ahead[..., None] * part for part in (quadrature.delay, quadrature.weight))
    hold = put_expectation(terms, pre_dividend, trial.nodes, window + ahead)
    premium = EarlyExercisePremium.of(terms, trial.nodes, level.reshape(shape), delay=delay, weight=weight)
    boundary_sensitivity, spot = premium.boundary_sensitivity, np.exp(trial.nodes)
    residuals = [hold.value + premium.value - 1 + spot]
    if greeks:
        log_term_vega, log_term_rho = (
            (boundary_sensitivity * part.reshape(shape)).sum(axis=-1) for part in log_term
        )
        # The nodes move with the span; between them residuals are not zero, so their time slopes count.
        span_slope = (ahead - trial.span) * _time_derivative(terms, hold) + premium.log_time_derivative
        residuals += [
            hold.vega + premium.vega + log_term_vega,
            hold.rho + premium.rho + log_term_rho + span_slope * trial.span_rho / trial.span,
        ]
    by_square = boundary_sensitivity * slope.reshape(shape)
    jacobian = to_node_derivatives(by_square, _nodes_to_quadrature(order).values) * trial.nodes[:, None, :]
    diagonal = np.arange(order)
    jacobian[:, diagonal, diagonal] += hold.slope + premium.slope + spot
    jacobian = np.where(trial.exercisable[..., None], jacobian, 0.0)
    moves = solve_moves(jacobian, -np.stack(residuals, axis=-1))
    nodes = np.clip(trial.nodes + np.clip(moves[..., 0], -MAX_STEP, MAX_STEP), -MAX_ABS_LOG, -MIN_DEPTH)
    if not greeks:
        return replace(trial, nodes=nodes)
    return _with_greeks(trial, nodes, moves, residuals[0])


def _with_greeks(
    trial: PeriodBoundary, nodes: FloatArray, moves: FloatArray, residual: FloatArray
) -> PeriodBoundary:
    """Return the boundary after its last Newton step, with vega, rho and the convergence test."""
    order = nodes.shape[1]
    polynomial = nodes**2 + trial.log_coefficient * np.log(_root_time_nodes(order))
    series = polynomial @ _chebyshev_matrix(order).T
    converged = collocation_converged(residual=residual, step=nodes - trial.nodes, series=series)
    return replace(
        trial,
        nodes=nodes,
        nodes_vega=moves[..., 1],
        nodes_rho=moves[..., 2],
        converged=converged | ~trial.exercisable[:, 0],
    )


def _time_derivative(terms: PutTerms, hold: ValueAndDerivatives) -> FloatArray:
    """Return the derivative of the hold value in the time to the drop, by the Black-Scholes equation."""
    drift = (terms.rate - terms.dividend_yield) * hold.slope
    return terms.vol**2 / 2 * (hold.curvature - hold.slope) + drift - terms.rate * hold.value


@lru_cache(maxsize=8)
def _root_time_nodes(order: int) -> FloatArray:
    """Return square roots of the remaining fractions of the span at the nodes: 1 is one, 0 is not."""
    roots: FloatArray = (1 + np.cos(2 * np.pi * np.arange(order - 1, -1, -1) / (2 * order - 1))) / 2
    return roots


@dataclass(frozen=True, slots=True, kw_only=True)
class _Interpolation:
    """Matrices from values at the nodes to values and slopes at other times."""

    root_remaining: FloatArray
    """Square roots of the remaining fractions of the span, shape (times,)."""
    values: FloatArray
    """Matrix to values, shape (times, nodes)."""
    slopes: FloatArray
    """Matrix to derivatives in `root_remaining`, shape (times, nodes)."""

    def by_put(self, shape: tuple[int, ...]) -> _Interpolation:
        """Return matrices for times that each put has for itself, with the puts as first axis."""
        return _Interpolation(
            root_remaining=self.root_remaining.reshape(shape),
            values=self.values.reshape(*shape, -1),
            slopes=self.slopes.reshape(*shape, -1),
        )


@lru_cache(maxsize=8)
def _chebyshev_matrix(order: int) -> FloatArray:
    """Return the matrix from values at the nodes to Chebyshev coefficients."""
    powers = np.asarray(np.polynomial.chebyshev.chebvander(2 * _root_time_nodes(order) - 1, order - 1))
    return np.asarray(np.linalg.inv(powers), dtype=np.float64)


@lru_cache(maxsize=6)
def _interpolation(roots: bytes, order: int) -> _Interpolation:
    """Return the matrices for square roots of time fractions, which come as bytes for the cache."""
    root_remaining, degrees = np.frombuffer(roots), np.arange(order)
    angles = np.arccos(np.clip(2 * root_remaining - 1, -1 + MIN_DEPTH, 1 - MIN_DEPTH))[:, None]
    slopes = 2 * degrees * np.sin(degrees * angles) / np.sin(angles)
    return _Interpolation(
        root_remaining=root_remaining,
        values=np.cos(degrees * angles) @ _chebyshev_matrix(order),
        slopes=slopes @ _chebyshev_matrix(order),
    )


@lru_cache(maxsize=8)
def _nodes_to_quadrature(order: int) -> _Interpolation:
    """Return the matrices for the exercise times after each node."""
    root_fractions = np.outer(_root_time_nodes(order), time_quadrature(TIME_POINTS).root_remaining)
    return _interpolation(root_fractions.tobytes(), order)


def _interpolate(boundary: PeriodBoundary, interpolation: _Interpolation) -> tuple[FloatArray, ...]:
    """Return the log boundary at other times, with its derivatives.

    They are the derivative in half the squared log, vega and rho at fixed nodes (through the coefficient of
    the logarithm), and the derivative in the log of the remaining fraction.
    """
    log_roots = np.log(_root_time_nodes(boundary.nodes.shape[1]))
    polynomial = boundary.nodes**2 + boundary.log_coefficient * log_roots
    log_gap = interpolation.values @ log_roots - np.log(interpolation.root_remaining)
    square = _at_times(interpolation.values, boundary.nodes**2) + boundary.log_coefficient * log_gap
    depth = np.sqrt(np.maximum(square, MIN_DEPTH**2))
    slope = np.where(square > MIN_DEPTH**2, -1 / depth, 0.0)
    polynomial_slope = _at_times(interpolation.slopes, polynomial) * interpolation.root_remaining
    log_time_slope = slope / 4 * (polynomial_slope - boundary.log_coefficient)
    vega, rho = (
        slope / 2 * coefficient * log_gap
        for coefficient in (boundary.log_coefficient_vega, boundary.log_coefficient_rho)
    )
    return -depth, slope, vega, rho, log_time_slope


def _at_times(matrix: FloatArray, at_nodes: FloatArray) -> FloatArray:
    """Return what a matrix of all puts, or one of each put, makes of values at the nodes: (puts, times)."""
    if matrix.ndim > 2:
        return (matrix @ at_nodes[..., None])[..., 0]
    found: FloatArray = at_nodes @ matrix.T
    return found
