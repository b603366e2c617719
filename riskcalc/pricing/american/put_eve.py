"""A put of strike 1 on the eve of an ex-date, and its mean over the spot of that moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.put_premium import PutTerms, european_put
from riskcalc.pricing.american.quadrature import SQRT_2PI, Jet, Nodes, gaussian_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.block_evaluation import FloatArray

RUIN_REACH = 9.0  # standard deviations above which a drop cannot take the whole spot


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
    sums = gaussian_means(eve.nodes, center, deviation) + _line_sums(eve, center, deviation)
    value, slope, curvature, vega, rho = np.exp(-terms.rate * time) * sums
    vega = vega + terms.vol * time * (curvature - slope)
    rho = rho + time * (terms.rate_step * (slope - value) - terms.yield_step * slope)
    mean = Jet(value=value, slope=slope, curvature=curvature, vega=vega, rho=rho)
    safe = log_spot.min() - np.log((eve.cash - eve.floor) / eve.share).max() > RUIN_REACH * deviation.max()
    return mean if safe else _less_ruin(terms, eve, mean, log_spot, time)


def _line_sums(eve: PutEve, center: FloatArray, deviation: FloatArray) -> FloatArray:
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
