"""A boundary as a polynomial in the root of the time to expiry: its nodes, and what lies between them.

The squared log of the boundary over its value at expiry is known at Chebyshev nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.quadrature import gauss_legendre

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskcalc.pricing.arrays import FloatArray

    Evaluate = Callable[[FloatArray], tuple[FloatArray, ...]]

MOMENTS = 20  # of any boundary: more do not improve one with more nodes
AT_NODE = 1e-200  # stands for no distance from a node
FLAT = 1e-15  # smallest log-distance of the boundary from its value at expiry


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


def interpolate(
    at_expiry: FloatArray, nodes: FloatArray, matrix: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Boundary, shape (puts, moments), and the square of its log below the value at expiry."""
    square = (nodes - at_expiry) ** 2 @ matrix.T
    return at_expiry - np.sqrt(np.maximum(square, FLAT**2)), square


def depth_slope(square: FloatArray) -> FloatArray:
    """Half the derivative of the boundary in its square, whose own in a node's depth is twice that depth."""
    # The polynomial may dip below zero next to expiry; there the boundary does not move with the nodes.
    return np.where(square > FLAT**2, -1 / np.sqrt(np.maximum(square, FLAT**2)), 0.0)


def to_nodes(drive: FloatArray, matrix: FloatArray) -> FloatArray:
    """Carry derivatives in the moments, shape (puts, nodes, moments), over to the nodes they depend on."""
    by_node = matrix.reshape(*drive.shape[1:], -1)
    carried: FloatArray = np.matmul(drive.transpose(1, 0, 2), by_node).transpose(1, 0, 2)
    return carried


@lru_cache(maxsize=8)
def series_of(order: int) -> FloatArray:
    """Matrix from values at the nodes, expiry first, to a Chebyshev series."""
    roots = np.concatenate([[0.0], node_roots(order)])
    return np.linalg.inv(np.polynomial.chebyshev.chebvander(2 * roots - 1, order))


@lru_cache(maxsize=8)
def node_roots(order: int) -> FloatArray:
    """Return the roots of the nodes' fractions of the time to expiry."""
    roots: FloatArray = (1 - np.cos(np.pi * np.arange(1, order + 1) / order)) / 2
    return roots


@lru_cache(maxsize=8)
def from_nodes(order: int) -> FloatArray:
    """Matrix from values at the nodes to values at the moments until the expiry from each."""
    return interpolation(np.outer(node_roots(order), moments(MOMENTS).left).tobytes(), order)


@lru_cache(maxsize=12)
def interpolation(roots: bytes, order: int) -> FloatArray:
    """Matrix from values at the nodes (0 at expiry) to values at roots of fractions of the time, as bytes."""
    nodes = np.concatenate([[0.0], node_roots(order)])
    signs = (-1.0) ** np.arange(order + 1)
    signs[[0, -1]] /= 2
    gaps = np.frombuffer(roots)[:, None] - nodes
    ratios = signs / np.where(gaps == 0.0, AT_NODE, gaps)
    matrix: FloatArray = ratios[:, 1:] / ratios.sum(axis=1, keepdims=True)
    return matrix


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
