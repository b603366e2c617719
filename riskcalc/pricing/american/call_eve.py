"""A call on the eve of an ex-date, and its mean over the spot of that moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.quadrature import SQRT_2PI, Jet, Nodes, gaussian_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.block_evaluation import FloatArray

FARTHEST = 300.0  # bound of a log-spot: keeps extreme vols finite; stands for "no boundary"
TINY = 1e-9  # stands for zero where a standard deviation divides


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContract:
    """Calls, one a row, and the dividends they all see."""

    strike: FloatArray
    """Shape (contracts, 1) [dollars], > 0."""
    vol: FloatArray
    rate: FloatArray
    expiry: FloatArray
    """Shape (contracts, 1) [years], not before the last ex-date; all times count from one day 0."""
    dividend_times: FloatArray
    """Increasing, > 0 [years]."""
    dividend_amounts: FloatArray
    """All > 0 [dollars]."""

    def deviation(self, time: float | FloatArray) -> FloatArray:
        """Return the standard deviation of the log-spot over a time."""
        return np.maximum(self.vol * np.sqrt(time), TINY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eve:
    """The call on the eve of an ex-date, ready to be averaged over the spot of that moment.

    Above `exercise_from` its value is spot - strike; between `hold_from` and there spot - hold_cost is a
    part of it; the nodes carry the rest. Thresholds are logs of the spot before the drop.
    """

    time: float
    nodes: Nodes
    hold_from: FloatArray
    hold_cost: FloatArray
    hold_cost_rho: FloatArray
    exercise_from: FloatArray
    settled: NDArray[np.bool_]
    """Whether this boundary and the later ones are proved, shape (contracts, 1)."""


def average(contract: CallContract, eve: Eve, log_spot: FloatArray, *, now: float | FloatArray) -> Jet:
    """Discounted mean of an eve's value over the spot's law, with the derivatives of that mean."""
    time = eve.time - now
    deviation = contract.deviation(time)
    center = log_spot + (contract.rate - contract.vol**2 / 2) * time
    discount = np.exp(-contract.rate * time)
    value, slope, curvature, vega, rho = discount * (
        gaussian_means(eve.nodes, center, deviation) + _line_sums(contract, eve, center, deviation)
    )
    return Jet(
        value=value,
        slope=slope,
        curvature=curvature,
        # A mean over a lognormal spot moves with vol as with its curvature, with rate as with its slope.
        vega=vega + contract.vol * time * (curvature - slope),
        rho=rho + time * (slope - value),
    )


def _line_sums(contract: CallContract, eve: Eve, center: FloatArray, deviation: FloatArray) -> FloatArray:
    """Means of the two lines of an eve, with the derivatives of `_node_sums`."""
    hold, exercise = ((center - threshold) / deviation for threshold in (eve.hold_from, eve.exercise_from))
    asset = np.exp(center + deviation**2 / 2) * ndtr(hold + deviation)
    step_up = np.exp(eve.hold_from) - eve.hold_cost
    step_down = contract.strike - eve.hold_cost
    up, down = (np.exp(-(z**2) / 2) / (SQRT_2PI * deviation) for z in (hold, exercise))
    chance_held, chance_exercised = ndtr(hold), ndtr(exercise)
    return np.stack(
        [
            asset - eve.hold_cost * chance_held - step_down * chance_exercised,
            asset + step_up * up - step_down * down,
            asset
            + (step_up + eve.hold_cost - step_up * hold / deviation) * up
            + step_down * down * exercise / deviation,
            np.zeros_like(asset),
            -eve.hold_cost_rho * (chance_held - chance_exercised),
        ]
    )


def before_drop(log_spot: FloatArray, amount: float) -> FloatArray:
    """Log of the spot before a drop, from the log after it."""
    return np.log(np.exp(log_spot) + amount)


def after_drop(log_spot: FloatArray, amount: float) -> FloatArray:
    """Log of the spot after a drop, from the log before it."""
    return np.log(np.maximum(np.exp(log_spot) - amount, np.exp(-FARTHEST)))
