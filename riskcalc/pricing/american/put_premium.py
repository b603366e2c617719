"""What early exercise adds to a put of strike 1, given its exercise boundary, and the European put itself.

References
----------
I. J. Kim, "The Analytic Valuation of American Options", Review of Financial Studies 3(4), 1990.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from riskcalc.pricing.american.quadrature import SQRT_2PI, Jet

if TYPE_CHECKING:
    from riskcalc.pricing.blocks import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PutTerms:
    """Puts of strike 1, one a row; every field has shape (puts, 1).

    A rho is the derivative along (rate_step, yield_step): (1, 0) for a put, (0, 1) for the put that
    stands for a call with rate and yield exchanged.
    """

    rate: FloatArray
    dividend_yield: FloatArray
    vol: FloatArray
    time_to_expiry: FloatArray
    rate_step: FloatArray
    yield_step: FloatArray


def european_put(terms: PutTerms, log_spot: FloatArray, time: FloatArray) -> Jet:
    """Value the put without early exercise."""
    root = np.sqrt(time)
    d1 = (log_spot + (terms.rate - terms.dividend_yield) * time) / (terms.vol * root) + terms.vol * root / 2
    strike = np.exp(-terms.rate * time) * ndtr(terms.vol * root - d1)
    share = np.exp(log_spot - terms.dividend_yield * time)
    spread = share * np.exp(-(d1**2) / 2) / SQRT_2PI
    held = share * ndtr(-d1)
    return Jet(
        value=strike - held,
        slope=-held,
        curvature=spread / (terms.vol * root) - held,
        vega=spread * root,
        rho=time * (terms.yield_step * held - terms.rate_step * strike),
    )


def exercise_premium(
    terms: PutTerms,
    log_spot: FloatArray,
    boundary: FloatArray,
    *,
    delay: FloatArray,
    weight: FloatArray,
) -> tuple[Jet, FloatArray]:
    """Interest earned less dividends forgone by exercise, summed over the moments it can happen.

    Parameters
    ----------
    log_spot : ndarray
        Shape (puts, points).
    boundary : ndarray
        Log of the boundary at each moment, shape (puts, points, moments).
    delay, weight : ndarray
        Time from now to each moment and its quadrature weight, same shape.

    Returns
    -------
    Jet
        At a boundary that does not move.
    ndarray
        Derivative of the value in the boundary at each moment.
    """
    rate, dividend_yield, vol = (a[..., None] for a in (terms.rate, terms.dividend_yield, terms.vol))
    deviation = vol * np.sqrt(delay)
    d2 = (log_spot[..., None] - boundary + (rate - dividend_yield) * delay) / deviation - deviation / 2
    d1 = d2 + deviation
    paid = weight * np.exp(-rate * delay)
    density = paid * np.exp(-(d2**2) / 2) / (SQRT_2PI * deviation)
    lost = dividend_yield * np.exp(boundary)
    drive = (rate - lost) * density
    strike = paid * ndtr(-d2)
    share = weight * np.exp(log_spot[..., None] - dividend_yield * delay) * ndtr(-d1)
    forgone = dividend_yield * share
    rate_step, yield_step = terms.rate_step[..., None], terms.yield_step[..., None]
    premium = Jet(
        value=(rate * strike - forgone).sum(axis=-1),
        slope=-(drive + forgone).sum(axis=-1),
        curvature=(drive * d2 / deviation + lost * density - forgone).sum(axis=-1),
        vega=((rate * d1 - lost * d2) * density * deviation).sum(axis=-1) / terms.vol,
        rho=(
            rate_step * strike * (1 - rate * delay)
            - yield_step * share * (1 - dividend_yield * delay)
            - (rate_step - yield_step) * drive * delay
        ).sum(axis=-1),
    )
    return premium, drive
