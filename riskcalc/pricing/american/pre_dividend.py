"""Values of calls and puts just before an ex-date at quadrature nodes, and their means over the spot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.put_premium import PutTerms, european_put
from riskcalc.pricing.american.quadrature import SQRT_2PI, Jet, Nodes, gaussian_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

FARTHEST = 300.0  # bound of a log-spot: keeps extreme vols finite; stands for "no boundary"
TINY = 1e-9  # stands for zero where a standard deviation divides


RUIN_REACH = 9.0  # standard deviations above which a drop cannot take the whole spot


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
    """The call on the day before an ex-date, ready to be averaged over the spot of that moment.

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
    """Discounted mean over the distribution of the spot, with the derivatives of that mean."""
    time = eve.time - now
    deviation = contract.deviation(time)
    center = log_spot + (contract.rate - contract.vol**2 / 2) * time
    discount = np.exp(-contract.rate * time)
    value, slope, curvature, vega, rho = discount * (
        gaussian_means(eve.nodes, center, deviation) + _call_line_sums(contract, eve, center, deviation)
    )
    return Jet(
        value=value,
        slope=slope,
        curvature=curvature,
        # A mean over a lognormal spot moves with vol as with its curvature, with rate as with its slope.
        vega=vega + contract.vol * time * (curvature - slope),
        rho=rho + time * (slope - value),
    )


def _call_line_sums(
    contract: CallContract, eve: Eve, center: FloatArray, deviation: FloatArray
) -> FloatArray:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PutEve:
    """The put's value before a drop: below `line_to` the line `cash` - `share` x spot, above it the nodes.

    Drops leave at least nothing, so where they take the whole spot the value is `floor`, not the line.
    """

    nodes: Nodes
    line_to: FloatArray
    """Log of the spot, shape (puts, 1)."""
    cash: FloatArray
    cash_rho: FloatArray
    share: FloatArray
    floor: FloatArray
    waits: NDArray[np.bool_]
    """Whether the holder deep in the money waits for a later drop too."""
    resolved: NDArray[np.bool_]
    """Whether the nodes are as many as their function needs, shape (puts,)."""


def put_mean(terms: PutTerms, eve: PutEve, log_spot: FloatArray, time: FloatArray) -> Jet:
    """Discounted mean of the eve's value a time ahead; times have shape (puts, points) or (puts, 1)."""
    deviation = terms.vol * np.sqrt(time)
    center = log_spot + (terms.rate - terms.dividend_yield) * time - deviation**2 / 2
    sums = gaussian_means(eve.nodes, center, deviation) + _put_line_sums(eve, center, deviation)
    value, slope, curvature, vega, rho = np.exp(-terms.rate * time) * sums
    vega = vega + terms.vol * time * (curvature - slope)
    rho = rho + time * (terms.rate_step * (slope - value) - terms.yield_step * slope)
    mean = Jet(value=value, slope=slope, curvature=curvature, vega=vega, rho=rho)
    safe = log_spot.min() - np.log((eve.cash - eve.floor) / eve.share).max() > RUIN_REACH * deviation.max()
    return mean if safe else _less_ruin(terms, eve, mean, log_spot, time)


def _put_line_sums(eve: PutEve, center: FloatArray, deviation: FloatArray) -> FloatArray:
    """Means of the line, ordered as `gaussian_means`."""
    d2 = (center - eve.line_to) / deviation
    share = eve.share * np.exp(center + deviation**2 / 2) * ndtr(-d2 - deviation)
    density = np.exp(-(d2**2) / 2) / (SQRT_2PI * deviation)
    chance = ndtr(-d2)
    spot = eve.share * np.exp(eve.line_to)
    return np.stack(
        [
            eve.cash * chance - share,
            (spot - eve.cash) * density - share,
            (spot - (spot - eve.cash) * d2 / deviation) * density - share,
            np.zeros_like(share),
            eve.cash_rho * chance,
        ]
    )


def _less_ruin(terms: PutTerms, eve: PutEve, mean: Jet, log_spot: FloatArray, time: FloatArray) -> Jet:
    """Take off what the line overstates: a put struck at the drops that are waited for."""
    drops = eve.cash - eve.floor
    ruin = european_put(terms, log_spot - np.log(drops / eve.share), time)
    return Jet(**{name: getattr(mean, name) - drops * getattr(ruin, name) for name in Jet.__slots__})
