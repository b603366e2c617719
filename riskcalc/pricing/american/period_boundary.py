"""The exercise boundary of a put of strike 1 before a drop, by collocation.

It is zero in a window before the ex-date and comes up like exp(-sqrt(-log t)) where the window begins:
the squared log less that logarithm is a polynomial in the root of the time to the window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.collocation import MOMENTS, moments, to_nodes
from riskcalc.pricing.american.convergence import collocated
from riskcalc.pricing.american.pre_dividend import PutEve, put_mean
from riskcalc.pricing.american.put_boundary import NODES, solved
from riskcalc.pricing.american.put_premium import Premium, PutTerms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.quadrature import Jet
    from riskcalc.pricing.arrays import FloatArray

NEWTON_STEPS = 6
SEARCH_STEPS = 8
GUESSED = 2e-2  # step of the search, in log-spot, that is good enough to start Newton from
SHORTEST_WINDOW = 2e-5  # years: ten minutes cost less than 1e-6 of the strike, and are resolved
SHORTEST_SPAN = 1e-7  # years of exercise that are worth a search
NEAR = 5e-4  # Newton step, in log-spot, after which one more is exact
SMALLEST = 1e-8  # of what a logarithm is taken of, against what it should be
FLAT = 1e-12
LOWEST = 300.0  # bound of a log
LATER_SHARE = 0.7  # of the interest, between a half and one: what the boundary's fall leaves of it
LONGEST_STEP = 0.3  # of one Newton step, in log-spot


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchBoundary:
    """Logs of the boundary at the nodes of its span, from the start of the stretch to the window."""

    span: FloatArray
    """Time during which exercise can pay [years], shape (puts, 1)."""
    exercised: NDArray[np.bool_]
    """Whether it ever can."""
    growth: FloatArray
    """Coefficient of the logarithm."""
    growth_vega: FloatArray
    growth_rho: FloatArray
    span_rho: FloatArray
    """Derivative of the span in the rate."""
    nodes: FloatArray
    nodes_vega: FloatArray
    nodes_rho: FloatArray
    """Both at fixed fractions of the span."""
    settled: NDArray[np.bool_]
    """Whether the boundary is proved, shape (puts,)."""

    @property
    def now(self) -> FloatArray:
        """Log of the boundary at the start of the stretch."""
        return self.nodes[:, -1:]


def stretch_boundary(terms: PutTerms, eve: PutEve, *, order: int = NODES) -> StretchBoundary:
    """Solve for the boundary, with that many nodes, of puts that wait in a window before a drop."""
    window = np.minimum(waiting_window(terms, eve.cash), terms.time_to_expiry)
    exercised = terms.time_to_expiry - window > SHORTEST_SPAN
    if not exercised.any():
        return _never(terms, order)
    window_rho = np.where(window > SHORTEST_WINDOW, (eve.cash_rho / eve.cash - window) / terms.rate, 0.0)
    span = np.maximum(terms.time_to_expiry - window, SHORTEST_SPAN)
    trial = StretchBoundary(
        span=span,
        exercised=exercised,
        growth=4 * terms.vol**2 * window,
        growth_vega=8 * terms.vol * window,
        growth_rho=4 * terms.vol**2 * window_rho,
        span_rho=np.where(exercised, -window_rho, 0.0),
        nodes=_guess(terms, eve, span, window, order),
        nodes_vega=np.zeros((1, 1)),
        nodes_rho=np.zeros((1, 1)),
        settled=np.zeros(len(span), dtype=bool),
    )
    for _ in range(NEWTON_STEPS):
        before = trial.nodes
        trial = _newton(terms, eve, trial, window, greeks=False)
        if np.abs(trial.nodes - before).max() < NEAR:
            break
    return _newton(terms, eve, trial, window, greeks=True)


def _never(terms: PutTerms, order: int) -> StretchBoundary:
    """Return the boundary of puts that wait all the time: as far as any, for no time."""
    nothing = np.zeros_like(terms.vol)
    nodes = np.full((len(nothing), order), -LOWEST)
    return StretchBoundary(
        span=nothing + SHORTEST_SPAN,
        exercised=np.zeros(nothing.shape, dtype=bool),
        growth=nothing,
        growth_vega=nothing,
        growth_rho=nothing,
        span_rho=nothing,
        nodes=nodes,
        nodes_vega=np.zeros_like(nodes),
        nodes_rho=np.zeros_like(nodes),
        settled=np.ones(len(nodes), dtype=bool),
    )


def waiting_window(terms: PutTerms, cash: FloatArray) -> FloatArray:
    """Time before the drop in which its cash outweighs the interest on the strike; inf without interest."""
    earns = terms.rate > 0.0
    window: FloatArray = np.where(earns, np.log(cash) / np.where(earns, terms.rate, 1.0), np.inf)
    return np.maximum(window, SHORTEST_WINDOW)


def stretch_boundary_at(
    boundary: StretchBoundary, left: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Log of the boundary at roots of fractions of the span left, with its derivatives.

    They are in vol and in rate, the fractions fixed, and in the log of the fraction.
    """
    points = _points(left.tobytes(), boundary.nodes.shape[1])
    log_spot, slope, *bent, sliding = _interpolate(boundary, points)
    vega, rho = (
        slope * ((boundary.nodes * moves) @ points.values.T) + shift
        for moves, shift in zip((boundary.nodes_vega, boundary.nodes_rho), bent, strict=True)
    )
    return log_spot, vega, rho, sliding


def _guess(terms: PutTerms, eve: PutEve, span: FloatArray, window: FloatArray, order: int) -> FloatArray:
    """Initial guess: later exercise is worth a fixed share of the interest it earns."""
    ahead = span * _node_roots(order) ** 2
    time = window + ahead
    deviation = terms.vol * np.sqrt(time)
    line = eve.cash * np.exp(-terms.rate * time)
    wanted = np.log(LATER_SHARE * np.maximum(1 - line, SMALLEST * terms.rate * ahead))
    # The boundary before the drop cannot lie above the one after it, where there is one.
    start = np.where(eve.waits, eve.nodes.middle, eve.line_to)
    nodes = np.minimum(start - deviation, -FLAT)
    for _ in range(SEARCH_STEPS):
        held = put_mean(terms, eve, nodes, time)
        excess = np.maximum(held.value - line + np.exp(nodes), np.exp(wanted) * SMALLEST)
        slope = np.maximum(held.slope + np.exp(nodes), excess * SMALLEST)
        step = np.clip((np.log(excess) - wanted) * excess / slope, -LONGEST_STEP, LONGEST_STEP)
        nodes = np.clip(nodes - step, -LOWEST, -FLAT)
        if np.abs(np.where(span > SHORTEST_SPAN, step, 0.0)).max() < GUESSED:
            break
    return nodes


def _newton(
    terms: PutTerms, eve: PutEve, trial: StretchBoundary, window: FloatArray, *, greeks: bool
) -> StretchBoundary:
    """Take one Newton step on the value at the boundary, with the boundary's derivatives if asked for."""
    count, order = trial.nodes.shape
    ahead = trial.span * _node_roots(order) ** 2
    rule, shape = moments(MOMENTS), (count, order, MOMENTS)
    level, slope, *bent, _ = _interpolate(trial, _from_nodes(order))
    delay, weight = (ahead[..., None] * part for part in (rule.delay, rule.weight))
    held = put_mean(terms, eve, trial.nodes, window + ahead)
    early = Premium.of(terms, trial.nodes, level.reshape(shape), delay=delay, weight=weight)
    drive, spot = early.drive, np.exp(trial.nodes)
    own = held.slope + early.slope + spot
    gaps = [held.value + early.value - 1 + spot]
    if greeks:
        bent_vega, bent_rho = ((drive * part.reshape(shape)).sum(axis=-1) for part in bent)
        # The nodes move with the span; between them the gaps are not zero, so that their slopes count.
        later = (ahead - trial.span) * _ageing(terms, held) + early.lengthening
        gaps += [
            held.vega + early.vega + bent_vega,
            held.rho + early.rho + bent_rho + later * trial.span_rho / trial.span,
        ]
    matrix = to_nodes(drive * slope.reshape(shape), _from_nodes(order).values) * trial.nodes[:, None, :]
    diagonal = np.arange(order)
    matrix[:, diagonal, diagonal] += own
    searched = trial.exercised[..., None]
    matrix = np.where(searched, matrix, 0.0)
    moves = solved(matrix, -np.stack(gaps, axis=-1))
    nodes = np.clip(trial.nodes + np.clip(moves[..., 0], -LONGEST_STEP, LONGEST_STEP), -LOWEST, -FLAT)
    if not greeks:
        return replace(trial, nodes=nodes)
    smooth = nodes**2 + trial.growth * np.log(_node_roots(order))
    settled = collocated(gap=gaps[0], step=nodes - trial.nodes, series=smooth @ _to_series(order).T)
    return replace(
        trial,
        nodes=nodes,
        nodes_vega=moves[..., 1],
        nodes_rho=moves[..., 2],
        settled=settled | ~trial.exercised[:, 0],
    )


def _ageing(terms: PutTerms, held: Jet) -> FloatArray:
    """Derivative of a mean in the time ahead, which the pricing equation ties to the others."""
    drift = (terms.rate - terms.dividend_yield) * held.slope
    return terms.vol**2 / 2 * (held.curvature - held.slope) + drift - terms.rate * held.value


@lru_cache(maxsize=8)
def _node_roots(order: int) -> FloatArray:
    """Roots of the nodes' fractions of the span; its start is a node, the window's edge is not."""
    roots: FloatArray = (1 + np.cos(2 * np.pi * np.arange(order - 1, -1, -1) / (2 * order - 1))) / 2
    return roots


@dataclass(frozen=True, slots=True, kw_only=True)
class _Points:
    """Roots of fractions of the span, and matrices from values at the nodes to values and slopes there."""

    left: FloatArray
    values: FloatArray
    slopes: FloatArray


@lru_cache(maxsize=8)
def _to_series(order: int) -> FloatArray:
    """Matrix from values at the nodes to a Chebyshev series."""
    powers = np.asarray(np.polynomial.chebyshev.chebvander(2 * _node_roots(order) - 1, order - 1))
    return np.asarray(np.linalg.inv(powers), dtype=np.float64)


@lru_cache(maxsize=6)
def _points(roots: bytes, order: int) -> _Points:
    left, degrees = np.frombuffer(roots), np.arange(order)
    to_series = _to_series(order)
    angles = np.arccos(np.clip(2 * left - 1, -1 + FLAT, 1 - FLAT))[:, None]
    slopes = 2 * degrees * np.sin(degrees * angles) / np.sin(angles)
    return _Points(left=left, values=np.cos(degrees * angles) @ to_series, slopes=slopes @ to_series)


@lru_cache(maxsize=8)
def _from_nodes(order: int) -> _Points:
    return _points(np.outer(_node_roots(order), moments(MOMENTS).left).tobytes(), order)


def _interpolate(boundary: StretchBoundary, points: _Points) -> tuple[FloatArray, ...]:
    """Boundary at roots of fractions of the span left, with its derivatives.

    They are in half the square, whose own in a node is that node, in vol and rate while the nodes stay, which
    move the logarithm, and in the log of the fraction.
    """
    left, log_roots = points.left, np.log(_node_roots(boundary.nodes.shape[1]))
    smooth = boundary.nodes**2 + boundary.growth * log_roots
    logs = log_roots @ points.values.T - np.log(left)
    square = boundary.nodes**2 @ points.values.T + boundary.growth * logs
    depth = np.sqrt(np.maximum(square, FLAT**2))
    inverse = np.where(square > FLAT**2, -1 / depth, 0.0)
    sliding = inverse / 4 * (smooth @ points.slopes.T * left - boundary.growth)
    bent_vega, bent_rho = (
        inverse / 2 * growth * logs for growth in (boundary.growth_vega, boundary.growth_rho)
    )
    return -depth, inverse, bent_vega, bent_rho, sliding
