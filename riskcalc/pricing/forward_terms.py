"""Forward terms of European formulas: present values of share and strike, and log-moneyness."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from riskcalc.pricing.block_evaluation import FloatArray


class ForwardTerms(NamedTuple):
    """Present values of delivery at expiry, per option."""

    yield_factor: FloatArray
    """Present value of one dollar of shares delivered at expiry, without the dividends until then."""
    share: FloatArray
    """Present value of one share delivered at expiry [dollars]."""
    cash: FloatArray
    """Present value of the strike paid at expiry [dollars]."""
    log_moneyness: FloatArray
    """ln(forward / strike)."""


def to_forward_terms(
    *,
    spot: FloatArray,
    strike: FloatArray,
    time_to_expiry: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
) -> ForwardTerms:
    """Return present values of share and strike, and their log-moneyness.

    Parameters
    ----------
    spot, strike : ndarray
        [dollars].
    time_to_expiry : ndarray
        [years].
    rate, dividend_yield : ndarray
        Continuous, as fractions.

    Returns
    -------
    ForwardSpace
        nan or inf where an input is out of its range; the kernels judge that.

    Examples
    --------
    >>> to_forward_terms(spot=105.0, strike=100.0, time_to_expiry=1.0, rate=0.0, dividend_yield=0.0).share
    np.float64(105.0)
    """
    yield_factor = np.exp(-dividend_yield * time_to_expiry)
    gap = spot - strike
    # log(spot / strike) would lose digits that an option with minutes to live still needs.
    log_ratio = np.copysign(np.log1p(np.abs(gap) / np.minimum(spot, strike)), gap)
    return ForwardTerms(
        yield_factor=yield_factor,
        share=spot * yield_factor,
        cash=strike * np.exp(-rate * time_to_expiry),
        log_moneyness=log_ratio + (rate - dividend_yield) * time_to_expiry,
    )
