"""Expectations under a normal density of functions known at Gauss-Legendre nodes, with derivatives."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

SQRT_2 = float(np.sqrt(2))
SQRT_2PI = float(np.sqrt(2 * np.pi))
# The nodes of a panel come in groups of four. Measured error: 2e-8 dollars for a strike of 300, for one spot
# and for many; a tenth fewer nodes per width lose a digit where spots lie far apart.
BASE_GROUPS = 1.5
"""Groups of nodes of any panel."""
GROUPS_PER_WIDTH = 0.38
"""Groups of nodes per feature width that the panel spans."""
MAX_GROUPS = 256
"""Groups of nodes of the largest panel."""
MAX_KERNEL_SIZE = 4_000_000
"""Elements of a density kernel held in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAndDerivatives:
    """A value and its derivatives in log-spot, vol and rate."""

    value: FloatArray
    slope: FloatArray
    """First derivative in log-spot."""
    curvature: FloatArray
    """Second derivative in log-spot."""
    vega: FloatArray
    rho: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """Functions of log-spot tabulated at quadrature nodes, one function per row."""

    middle: FloatArray
    """Mean of the nodes, shape (rows, 1)."""
    offsets: FloatArray
    """Nodes minus `middle`, shape (rows, nodes)."""
    weights: FloatArray
    """Quadrature weights, shape (rows, nodes)."""
    columns: FloatArray
    """Weight times value, value x offset, value x offset^2, vega and rho, shape (rows, nodes, 5)."""

    @classmethod
    def of(cls, log_spot: FloatArray, weights: FloatArray, values: FloatArray) -> Nodes:
        """Tabulate value, vega and rho (the last axis of `values`) at logs of spots."""
        middle = log_spot.mean(axis=1, keepdims=True)
        offsets = log_spot - middle
        columns = np.empty((*offsets.shape, 5))
        columns[..., 0] = values[..., 0] * weights
        columns[..., 1] = columns[..., 0] * offsets
        columns[..., 2] = columns[..., 1] * offsets
        columns[..., 3:] = values[..., 1:] * weights[..., None]
        return cls(middle=middle, offsets=offsets, weights=weights, columns=columns)

    def rows(self, part: slice) -> Nodes:
        """Return the chosen rows."""
        return Nodes(**{name: getattr(self, name)[part] for name in self.__slots__})


def gaussian_means(nodes: Nodes, center: FloatArray, deviation: FloatArray) -> FloatArray:
    """Return expectations of value, its two derivatives in the center, vega and rho, as a first axis.

    The log-spot is normal with mean `center`, shape (rows, points), and standard deviation `deviation`, shape
    (rows, points) or (rows, 1).
    """
    shift = center - nodes.middle
    variance = deviation**2
    m0, m1, m2, vega, rho = np.moveaxis(_sums(nodes, shift, variance), -1, 0) / (SQRT_2PI * deviation)
    slope = (m1 - shift * m0) / variance
    curvature = ((m2 - 2 * shift * m1 + shift**2 * m0) / variance - m0) / variance
    return np.stack([m0, slope, curvature, vega, rho])


def _sums(nodes: Nodes, shift: FloatArray, variance: FloatArray) -> FloatArray:
    """Sum the columns against each normal density, a few rows at a time where the kernel is large."""
    rows, columns = len(shift), shift.shape[1] * nodes.offsets.shape[1]
    if rows * columns > MAX_KERNEL_SIZE and rows > 1:
        few = max(MAX_KERNEL_SIZE // columns, 1)
        parts = (slice(start, start + few) for start in range(0, rows, few))
        variance = np.broadcast_to(variance, (rows, variance.shape[1]))
        return np.concatenate([_sums(nodes.rows(part), shift[part], variance[part]) for part in parts])
    density = nodes.offsets[:, None, :] - shift[:, :, None]
    density *= density
    density *= (-0.5 / variance)[:, :, None]
    np.exp(density, out=density)
    sums: FloatArray = density @ nodes.columns
    return sums


def panel_nodes(
    low: FloatArray, high: FloatArray, feature_width: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights on [low, high], dense enough for features of that width."""
    half = np.maximum(high - low, 0.0) / 2
    widths = np.nan_to_num(2 * half / feature_width).max()
    count = 4 * int(np.ceil(np.clip(BASE_GROUPS + GROUPS_PER_WIDTH * widths, 3, MAX_GROUPS)))
    nodes, weights = gauss_legendre(count)
    return low + half * (1 + nodes), half * weights


def resolved(low: FloatArray, high: FloatArray, feature_width: FloatArray) -> NDArray[np.bool_]:
    """Return which panels are not cut short by the largest number of nodes."""
    enough: NDArray[np.bool_] = BASE_GROUPS + GROUPS_PER_WIDTH * (high - low) / feature_width <= MAX_GROUPS
    return enough


@lru_cache(maxsize=128)
def gauss_legendre(count: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights on [-1, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights
