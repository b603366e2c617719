"""Convergence tests of boundaries and values, and a bracketed Newton search for many roots at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch
    from riskcalc.pricing.arrays import FloatArray
    from riskcalc.pricing.black_scholes import OptionGreeks

MAX_RESIDUAL = 2e-5
"""Largest distance, in strikes, of the value at a boundary from the value of exercise."""
MAX_LAST_STEP = 2e-3
"""Largest last Newton step of a node in log-spot: Newton's next step is about its square."""
MAX_SERIES_TAIL = 6e-2
"""Largest of the last two Chebyshev coefficients over the largest of all.

It is not smaller because a boundary before a drop ends in a logarithm.
"""
BOUND_TOLERANCE = 1e-5
"""Largest excess over the bounds of the value, as a share of the larger of strike and spot."""
DELTA_TOLERANCE = 1e-3
"""Largest excess of the absolute delta over its bound."""
MAX_STEPS = 80
"""Steps of the bracketed Newton search."""


class Priced(NamedTuple):
    """Greeks, and which elements passed the convergence tests of their method."""

    greeks: OptionGreeks
    converged: NDArray[np.bool_]


def collocation_converged(*, residual: FloatArray, step: FloatArray, series: FloatArray) -> NDArray[np.bool_]:
    """Return which boundaries satisfy value matching at their nodes and have a small Chebyshev tail.

    Residuals and last steps at the nodes have shape (puts, nodes); so do the coefficients of the series,
    from low degree to high. A boundary with a nan has not converged.
    """
    size = np.abs(series)
    resolved: NDArray[np.bool_] = size[:, -2:].max(axis=1) <= MAX_SERIES_TAIL * size.max(axis=1)
    return resolved & nodes_converged(residual=residual, step=step)


def nodes_converged(*, residual: FloatArray, step: FloatArray) -> NDArray[np.bool_]:
    """Return which boundaries satisfy value matching at their nodes, after a small last step."""
    largest_residual, largest_step = (np.abs(part).max(axis=1) for part in (residual, step))
    converged: NDArray[np.bool_] = (largest_residual <= MAX_RESIDUAL) & (largest_step <= MAX_LAST_STEP)
    return converged


def clip_to_bounds(priced: Priced, batch: Batch) -> Priced:
    """Clip values to their bounds; those far outside have not converged."""
    low, high = batch.bounds()
    value, delta, *others = priced.greeks
    slack = BOUND_TOLERANCE * np.maximum(batch.strike, batch.spot)
    plausible = (value >= low - slack) & (value <= high + slack)
    largest_delta = np.exp(np.maximum(-batch.dividend_yield * batch.time_to_expiry, 0.0))
    plausible &= np.abs(delta) <= largest_delta + DELTA_TOLERANCE
    for greek in others:
        plausible &= np.isfinite(greek)
    # Without vol, value and delta are exact.
    return Priced(
        priced.greeks._replace(value=np.clip(value, low, high)),
        priced.converged & (plausible | (batch.vol == 0.0)),
    )


class Root(NamedTuple):
    """Root of a decreasing function, per element."""

    location: FloatArray
    above_bracket: NDArray[np.bool_]
    """Whether the function is still positive at the upper end of the bracket."""
    converged: NDArray[np.bool_]
    """Whether the last step and the residual were small, or the root is beyond an end of the bracket."""


def decreasing_root(
    function: Callable[[FloatArray], tuple[FloatArray, FloatArray]],
    *,
    start: FloatArray,
    low: FloatArray,
    high: FloatArray,
    step_tolerance: FloatArray,
    residual_tolerance: float,
) -> Root:
    """Return the root of a decreasing function in [low, high] by bracketed Newton.

    The function returns its value and its slope. Each step shrinks the bracket; where Newton leaves it, the
    search tries that end once, then bisects. A root beyond an end is that end. The search converges with a
    Newton step of at most `step_tolerance` from a value of at most `residual_tolerance`.
    """
    location = np.clip(start, low, high)
    low_tried, high_tried = np.zeros_like(location, dtype=bool), np.zeros_like(location, dtype=bool)
    converged, above_bracket = np.zeros_like(low_tried), np.zeros_like(low_tried)
    for _ in range(MAX_STEPS):
        value, slope = function(location)
        positive = value > 0.0
        above_bracket = above_bracket | (positive & (location >= high) & ~high_tried)
        beyond = above_bracket | (~positive & (location <= low) & ~low_tried)
        low, low_tried = np.where(positive, location, low), low_tried | positive
        high, high_tried = np.where(positive, high, location), high_tried | ~positive
        step = -value / np.minimum(slope, -1e-300)
        candidate = location + step
        inside = (candidate > low) & (candidate < high)
        end = np.where(
            candidate >= high, np.where(high_tried, np.nan, high), np.where(low_tried, np.nan, low)
        )
        candidate = np.where(inside, candidate, np.where(np.isfinite(end), end, (low + high) / 2))
        small_step = (np.abs(candidate - location) <= step_tolerance) & (np.abs(value) <= residual_tolerance)
        immediate = beyond | (value == 0.0)
        location = np.where(immediate | converged, location, candidate)
        converged = converged | immediate | small_step
        if converged.all():
            break
    return Root(location, above_bracket, converged)
