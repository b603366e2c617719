"""Chebyshev interpolation of an exercise boundary in the square root of the remaining time.

The interpolated function is the squared log of the boundary over its limit at expiry, known at Chebyshev
nodes in the root of the fraction of the time to expiry (Andersen, Lake and Offengenden, 2016).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.quadrature import gauss_legendre
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskcalc.pricing.arrays import FloatArray

    Evaluate = Callable[[FloatArray], tuple[FloatArray, ...]]

TIME_POINTS = 20
"""Quadrature points over future exercise times in the boundary equation: more gain nothing."""
MIN_NODE_DISTANCE = 1e-200
"""Replaces a distance of zero from a node in the barycentric formula."""
MIN_DEPTH = 1e-15
"""Smallest distance in log-spot of the boundary from its limit at expiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeQuadrature:
    """Quadrature over exercise times between now and expiry, substituted so that both ends are smooth.

    With the delay sin^2(angle) of the time to expiry, the integrand is smooth in the angle.
    """

    delay: FloatArray
    """Time from now to exercise as a fraction of the time to expiry, shape (times,)."""
    weight: FloatArray
    """Weight as a fraction of the time to expiry, shape (times,)."""
    root_remaining: FloatArray
    """Square root of the remaining fraction of the time to expiry, shape (times,)."""


@lru_cache(maxsize=8)
def time_quadrature(count: int) -> TimeQuadrature:
    """Return the quadrature with `count` exercise times."""
    nodes, weights = gauss_legendre(count)
    angle = (1 + nodes) * np.pi / 4
    return TimeQuadrature(
        delay=np.sin(angle) ** 2, weight=weights * np.pi / 4 * np.sin(2 * angle), root_remaining=np.cos(angle)
    )


def interpolate_boundary(
    at_expiry: FloatArray, nodes: FloatArray, matrix: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return logs of the boundary, shape (puts, times), and its squared depth below the limit at expiry."""
    square = (nodes - at_expiry) ** 2 @ matrix.T
    return at_expiry - np.sqrt(np.maximum(square, MIN_DEPTH**2)), square


def slope_in_half_square(square: FloatArray) -> FloatArray:
    """Return the derivative of the log boundary in half its squared depth."""
    # The polynomial may dip below zero next to expiry; there the boundary does not depend on the nodes.
    return np.where(square > MIN_DEPTH**2, -1 / np.sqrt(np.maximum(square, MIN_DEPTH**2)), 0.0)


def to_node_derivatives(boundary_sensitivity: FloatArray, matrix: FloatArray) -> FloatArray:
    """Turn derivatives in the boundary at each time, shape (puts, nodes, times), into ones in the nodes."""
    node_matrix = matrix.reshape(*boundary_sensitivity.shape[1:], -1)
    by_node = np.matmul(boundary_sensitivity.transpose(1, 0, 2), node_matrix)
    node_derivatives: FloatArray = by_node.transpose(1, 0, 2)
    return node_derivatives


@lru_cache(maxsize=8)
def chebyshev_matrix(order: int) -> FloatArray:
    """Return the matrix from values at expiry and the nodes to Chebyshev coefficients."""
    roots = np.concatenate([[0.0], root_time_nodes(order)])
    return np.linalg.inv(np.polynomial.chebyshev.chebvander(2 * roots - 1, order))


@lru_cache(maxsize=8)
def root_time_nodes(order: int) -> FloatArray:
    """Return the square roots of the remaining time fractions at the nodes, increasing to 1."""
    roots: FloatArray = (1 - np.cos(np.pi * np.arange(1, order + 1) / order)) / 2
    return roots


@lru_cache(maxsize=8)
def nodes_to_quadrature(order: int) -> FloatArray:
    """Return the matrix from values at the nodes to values at the exercise times after each node."""
    root_fractions = np.outer(root_time_nodes(order), time_quadrature(TIME_POINTS).root_remaining)
    return interpolation_matrix(root_fractions.tobytes(), order)


@lru_cache(maxsize=12)
def interpolation_matrix(roots: bytes, order: int) -> FloatArray:
    """Return the barycentric matrix from values at the nodes (0 at expiry) to values at `roots`.

    The square roots of time fractions come as bytes, for the cache.
    """
    nodes = np.concatenate([[0.0], root_time_nodes(order)])
    signs = (-1.0) ** np.arange(order + 1)
    signs[[0, -1]] /= 2
    distances = np.frombuffer(roots)[:, None] - nodes
    ratios = signs / np.where(distances == 0.0, MIN_NODE_DISTANCE, distances)
    matrix: FloatArray = ratios[:, 1:] / ratios.sum(axis=1, keepdims=True)
    return matrix


def for_remaining_time(
    evaluate: Evaluate, root_fraction: FloatArray, root_remaining: FloatArray
) -> tuple[FloatArray, ...]:
    """Evaluate a boundary for points with only part of its time to expiry: shape (puts, points, times).

    `root_fraction`, shape (puts, points), is the square root of each point's time over the boundary's;
    `root_remaining` holds square roots of the remaining fraction of the point's own time.
    """
    root_fractions, inverse = np.unique(root_fraction, return_inverse=True)
    results = evaluate(np.outer(root_fractions, root_remaining).ravel())
    if root_fractions.size == 1:
        return tuple(part[:, None, :] for part in results)
    rows, inverse = np.arange(len(root_fraction))[:, None], inverse.reshape(root_fraction.shape)
    return tuple(part.reshape(len(part), root_fractions.size, -1)[rows, inverse] for part in results)


def for_own_remaining_time(
    evaluate: Evaluate, root_fraction: FloatArray, root_remaining: FloatArray
) -> tuple[FloatArray, ...]:
    """Evaluate a boundary as `for_remaining_time` does, where the fractions of one put are not another's.

    `evaluate` takes roots of shape (puts, times): each put is evaluated at its own times alone.
    """
    if (root_fraction == root_fraction[:1]).all():
        return for_remaining_time(evaluate, root_fraction, root_remaining)
    root_fractions, place = np.unique(root_fraction, axis=1, return_inverse=True)
    own = root_fractions[..., None] * root_remaining
    results = evaluate(own.reshape(len(own), -1))
    return tuple(part.reshape(own.shape)[:, place.ravel()] for part in results)
