"""The stationary bootstrap: blocks of random length that keep the order of what is close in time.

References
----------
Politis and Romano, "The Stationary Bootstrap", Journal of the American Statistical Association 89 (1994),
1303-1313.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from riskcalc.history.bars import Floats

Indices = NDArray[np.int64]


def standard_error_of_mean(values: Floats, *, mean_block: float) -> float:
    """Standard error of a mean by the stationary bootstrap, without drawing.

    Parameters
    ----------
    values : ndarray
        In order of time, shape (n,).
    mean_block : float
        Mean length of a block, >= 1.

    Returns
    -------
    float
        What the standard deviation of the means of resampled series tends to: Politis and Romano, lemma 1.
    """
    count = len(values)
    spectrum = np.fft.rfft(values - values.mean())
    covariances = np.fft.irfft(spectrum * spectrum.conj(), n=count) / count
    lags = np.arange(1, count)
    weights = (1 - lags / count) * (1 - 1 / mean_block) ** lags
    variance = (covariances[0] + 2 * weights @ covariances[1:]) / count
    return math.sqrt(max(variance, 0.0))


def walk_indices(
    random: np.random.Generator, *, count: int, paths: int, steps: int, mean_block: float
) -> Iterator[Indices]:
    """Indices of resampled values, step by step.

    Parameters
    ----------
    random : Generator
        Where chance comes from.
    count : int
        Values to draw from, >= 1; the first follows the last.
    paths, steps : int
        Series, and their length.
    mean_block : float
        Mean length of a block, >= 1.

    Yields
    ------
    ndarray
        An index below `count` for each path.
    """
    indices: Indices = random.integers(count, size=paths)
    for step in range(steps):
        if step:
            fresh = random.random(paths) < 1 / mean_block
            indices = np.where(fresh, random.integers(count, size=paths), (indices + 1) % count)
        yield indices
