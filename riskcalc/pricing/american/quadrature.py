"""Gaussian means of functions known at Gauss-Legendre nodes, with their derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from riskcalc.pricing.blocks import FloatArray

SQRT_2 = float(np.sqrt(2))
SQRT_2PI = float(np.sqrt(2 * np.pi))


@dataclass(frozen=True, slots=True, kw_only=True)
class Jet:
    """A value and its derivatives in the log of the spot, in vol and in rate."""

    value: FloatArray
    slope: FloatArray
    curvature: FloatArray
    vega: FloatArray
    rho: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """A function of the log-spot at quadrature nodes, one function a row."""

    middle: FloatArray
    """Shape (rows, 1)."""
    offsets: FloatArray
    """Nodes less their middle, shape (rows, nodes)."""
    weights: FloatArray
    columns: FloatArray
    """At each node times its weight: value, value x offset, value x offset^2, vega, rho."""

    @classmethod
    def of(cls, log_spot: FloatArray, weights: FloatArray, values: FloatArray) -> Nodes:
        """Prepare value, vega and rho (last axis of `values`) at logs of spots for Gaussian means."""
        middle = log_spot.mean(axis=1, keepdims=True)
        offsets = log_spot - middle
        columns = np.empty((*offsets.shape, 5))
        columns[..., 0] = values[..., 0] * weights
        columns[..., 1] = columns[..., 0] * offsets
        columns[..., 2] = columns[..., 1] * offsets
        columns[..., 3:] = values[..., 1:] * weights[..., None]
        return cls(middle=middle, offsets=offsets, weights=weights, columns=columns)


def gaussian_means(nodes: Nodes, center: FloatArray, deviation: FloatArray) -> FloatArray:
    """Means of value, its two derivatives in the center, vega and rho.

    Centers have shape (rows, points); deviations too, or (rows, 1).
    """
    shift = center - nodes.middle
    variance = deviation**2
    density = nodes.offsets[:, None, :] - shift[:, :, None]
    density *= density
    density *= (-0.5 / variance)[:, :, None]
    np.exp(density, out=density)
    m0, m1, m2, vega, rho = np.moveaxis(density @ nodes.columns, -1, 0) / (SQRT_2PI * deviation)
    slope = (m1 - shift * m0) / variance
    curvature = ((m2 - 2 * shift * m1 + shift**2 * m0) / variance - m0) / variance
    return np.stack([m0, slope, curvature, vega, rho])


def panel(low: FloatArray, high: FloatArray, resolution: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on [low, high], enough to see features of the given width."""
    half = np.maximum(high - low, 0.0) / 2
    # Measured: 4e-8 of a 300-dollar strike; a fifth fewer nodes a width cost two digits.
    widths = (2 * half / resolution).max()
    count = 4 * int(np.ceil(np.clip(1.5 + 0.34 * widths, 3, 256)))
    nodes, weights = gauss_legendre(count)
    return low + half * (1 + nodes), half * weights


@lru_cache(maxsize=128)
def gauss_legendre(count: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights on [-1, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights
