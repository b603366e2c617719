"""Distribution of the volatility drag of a daily-reset fund, given its benchmark's level."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

FloatArray: TypeAlias = NDArray[np.float64]

MOST_SKEW = 2.83
"""Skewness of a chi-squared variable of one degree: the drag's is no further from a normal one's."""

QUANTILES = 24
"""Equally likely drags at a point that say which stop is nearer: that turns on the sign of a difference."""

_NORMAL: FloatArray = ndtri((np.arange(QUANTILES)[:, None] + 0.5) / QUANTILES)


class Drag(NamedTuple):
    """Distribution of the drag at each point of the grid: a gamma distribution with its first three moments.

    Given where the benchmark closed, the sum of its squared daily moves is close to a chi-squared variable:
    far from a normal one in the first sessions, in which a volatile fund fires.
    """

    mean: FloatArray
    spread: FloatArray
    skew: FloatArray

    @classmethod
    def of(cls, moments: FloatArray) -> Drag:
        """Return the distribution from chance, and chance times drag, square and cube: shape (4, points)."""
        mean, square, cube = moments[1:] / moments[0]
        variance = square - mean**2
        # Rounding leaves a variance to points whose paths all have the same drag.
        spread = np.sqrt(np.where(variance > 1e-12 * square, variance, 0.0))
        third = cube - 3 * mean * square + 2 * mean**3
        skew = np.where(spread > 0, third / np.where(spread > 0, spread, 1.0) ** 3, 0.0)
        return cls(mean, spread, np.clip(skew, -MOST_SKEW, MOST_SKEW))

    @property
    def quantiles(self) -> FloatArray:
        """Equally likely drags, shape (QUANTILES, points): the cube of a normal, by Wilson and Hilferty."""
        small = np.abs(self.skew) < 1e-6
        skew = np.where(small, 1.0, self.skew)
        cube = np.maximum(1 - (skew / 6) ** 2 + skew / 6 * _NORMAL, 0.0) ** 3
        score = np.where(small, _NORMAL, 2 / skew * (cube - 1))
        # The middle of a quantile lies nearer than its mean: the few are spread to the variance of all.
        score -= score.mean(axis=0)
        deviation = score.std(axis=0)
        return self.mean + self.spread * score / np.where(deviation > 0, deviation, 1.0)

    @property
    def two_points(self) -> tuple[FloatArray, FloatArray]:
        """Weights and drags of the two points that have the same three moments, shapes (2, points)."""
        root = np.sqrt(1 + (self.skew / 2) ** 2)
        score = np.stack([self.skew / 2 - root, self.skew / 2 + root])
        weights = np.stack([score[1], -score[0]]) / (2 * root)
        return weights, self.mean + self.spread * score
