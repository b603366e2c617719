"""The spots at which finite differences know a value: zero, the strike, and denser where it bends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.block_evaluation import FloatArray

CELLS = 360  # of the coarsest grid
REACH = 6.0  # standard deviations above the strike and the highest spot
WIDEST, NARROWEST = 0.6, 1e-5  # of the strike: what counts as near it
DRIFTED = 0.15  # share of the drift over the life that counts as near the strike
LOG_SHARE = 0.5  # weight of the nodes that are even in the log of the spot
RUINED, RUINED_DEVIATIONS = 5.0, 2.5  # drops of the spot below which it may be lost by drops: cells are even
HIGHEST_LOG = 230.0  # bound of a log: squares of spots stay finite
TABLE = 400  # places of the first guess of a node


@dataclass(frozen=True, slots=True)
class _Map:
    """The coordinate in which nodes are even: 0 at the strike; all of shape (contracts, 1)."""

    strike: FloatArray
    near: FloatArray
    small: FloatArray

    def of(self, spot: FloatArray) -> FloatArray:
        """Coordinate of a spot."""
        logs = np.log((spot + self.small) / (self.strike + self.small))
        place: FloatArray = np.arcsinh((spot - self.strike) / self.near) + LOG_SHARE * logs
        return place

    def slope(self, spot: FloatArray) -> FloatArray:
        """Derivative of the coordinate in the spot."""
        slope: FloatArray = 1 / np.hypot(spot - self.strike, self.near) + LOG_SHARE / (spot + self.small)
        return slope


def spot_nodes(batch: Batch, schedule: Schedule, spot: FloatArray, *, refined: int) -> FloatArray:
    """Return increasing spots, shape (contracts, nodes): the first is zero, one of them the strike.

    `spot` has shape (contracts, points); a grid twice as refined has every second node in common.
    """
    strike = batch.strike[:, None]
    deviation = (batch.vol * np.sqrt(batch.time_to_expiry))[:, None]
    drift = (np.abs(batch.rate - batch.dividend_yield) * batch.time_to_expiry)[:, None]
    near = strike * np.clip(np.maximum(0.8 * deviation, DRIFTED * drift), NARROWEST, WIDEST)
    small = strike * np.clip(np.exp(-2 * deviation), 1e-12, 0.1)
    ruin = np.minimum(small, RUINED * schedule.amounts.mean()) if schedule.amounts.size else small
    chart = _Map(strike, near, np.where(_ruined(batch, schedule, spot), ruin, small))
    # In whole steps: spots of one contract that are looked at in turn find the same grid.
    step = np.maximum(deviation, NARROWEST)
    above = np.ceil(np.log(np.maximum(spot.max(axis=1, keepdims=True) / strike, 1.0)) / step)
    highest = strike * np.exp(np.minimum(step * above, HIGHEST_LOG)) + schedule.amounts.sum()
    reach = np.minimum(REACH * deviation + drift + 0.1, HIGHEST_LOG)
    bottom, top = chart.of(np.zeros_like(strike)), chart.of(highest * np.exp(reach))
    below = np.maximum(np.round(CELLS * -bottom / (top - bottom)), 8.0)
    step = -bottom / below / refined
    places = bottom + step * np.arange(CELLS * refined + 1)
    nodes = _spots(chart, places, highest * np.exp(reach + 1.0))
    nodes[:, 0] = 0.0
    np.put_along_axis(nodes, (below * refined).astype(int), strike, axis=1)
    return nodes


def _ruined(batch: Batch, schedule: Schedule, spot: FloatArray) -> NDArray[np.bool_]:
    """Say where spots that are looked at may fall to nothing: there the value has a step each drop."""
    fall = RUINED_DEVIATIONS * batch.vol * np.sqrt(batch.time_to_expiry)
    ruined: NDArray[np.bool_] = (
        spot.min(axis=1, keepdims=True) < schedule.amounts.sum() * np.exp(fall)[:, None]
    )
    return ruined


def _spots(chart: _Map, places: FloatArray, highest: FloatArray) -> FloatArray:
    """Invert the coordinate by bisection between the ends, then Newton."""
    low, high = np.zeros_like(places), np.broadcast_to(highest, places.shape)
    for _ in range(12):
        # In the log of the spot plus what is small: even where the coordinate is.
        middle = np.sqrt((low + chart.small) * (high + chart.small)) - chart.small
        below = chart.of(middle) < places
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    spot = (low + high) / 2
    for _ in range(8):
        spot = np.clip(spot - (chart.of(spot) - places) / chart.slope(spot), low, high)
    return spot
