"""European options: the Black-Scholes-Merton value and its five Greeks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.pricing.arrays import FloatArray, in_core_or_blocks
from riskcalc.pricing.scipy_kernels import ndtr

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)
# A total vol below this changes no double.
_FLAT = 1e-100
_TINY = float(np.finfo(np.float64).tiny)


class OptionGreeks(NamedTuple):
    """Value and Greeks of options on one share: raw derivatives, unsigned by position.

    Every field is a float64 array of one shape, or a numpy float when all inputs were scalars.
    """

    value: FloatArray
    """Present value [dollars per share]."""
    delta: FloatArray
    """dV/dspot."""
    gamma: FloatArray
    """d2V/dspot2 [per dollar]."""
    theta: FloatArray
    """dV/dt as calendar time passes [dollars per year]; negative for a long at-the-money call."""
    vega: FloatArray
    """dV/dvol [dollars per 1.00 of vol]."""
    rho: FloatArray
    """dV/drate [dollars per 1.00 of rate]."""


def black_scholes(
    *,
    sign: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    vol: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> OptionGreeks:
    """Value and Greeks of European options.

    Parameters
    ----------
    sign : array_like
        +1 for a call, -1 for a put (an ``IntEnum`` works).
    spot : array_like
        Price of the share [dollars], >= 0.
    strike : array_like
        Strike [dollars], > 0.
    time_to_expiry : array_like
        [years], >= 0.
    vol : array_like
        Volatility as a fraction (0.20), >= 0.
    rate : array_like
        Continuous interest rate as a fraction, any sign.
    dividend_yield : array_like
        Continuous yield as a fraction, any sign.

    Returns
    -------
    OptionGreeks
        Raw units (theta per year, vega and rho per 1.00), shaped as the inputs broadcast. An element with an
        input outside its range, or not finite (the forward it implies included), is nan in every field;
        no warning is issued. At zero time or zero vol the value is the discounted forward intrinsic, delta is
        0, 0.5 (at the money forward) or 1 times the yield factor, and the other Greeks are 0 by convention:
        ATM gamma has no limit, and the carry limit of theta and rho as vol goes to 0 is ignored.

    Raises
    ------
    InvalidInputError
        The shapes do not broadcast, or an input is not numeric.

    References
    ----------
    Merton, "Theory of Rational Option Pricing", Bell Journal of Economics 4 (1973), 141-183.
    Haug, "The Complete Guide to Option Pricing Formulas", 2nd ed. (2007), 1.1.6 and chapter 2.

    Examples
    --------
    >>> market = {"spot": 220, "time_to_expiry": 60 / 365, "rate": 0.045, "dividend_yield": 0.012}
    >>> spread = black_scholes(sign=1, strike=[220, 235], vol=0.22, **market)
    >>> spread.value.round(5)
    array([8.39778, 2.98833])
    """
    return OptionGreeks(
        *in_core_or_blocks(
            _kernel,
            outputs=6,
            compiled="black_scholes",
            sign=sign,
            spot=spot,
            strike=strike,
            time_to_expiry=time_to_expiry,
            vol=vol,
            rate=rate,
            dividend_yield=dividend_yield,
        )
    )


def _kernel(
    *,
    sign: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    time_to_expiry: FloatArray,
    vol: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
) -> OptionGreeks:
    """Return Black-Scholes-Merton values and Greeks of one block, or of numpy floats."""
    yield_factor, share, cash, log_moneyness = to_forward_terms(
        spot=spot, strike=strike, time_to_expiry=time_to_expiry, rate=rate, dividend_yield=dividend_yield
    )
    in_range = (np.abs(sign) == 1.0) & (spot >= 0.0) & (strike > 0.0) & (time_to_expiry >= 0.0) & (vol >= 0.0)
    valid = in_range & np.isfinite(spot + share + cash + time_to_expiry + vol + rate + dividend_yield)
    if not valid.all():
        log_moneyness = np.where(valid, log_moneyness, np.nan)  # every field depends on it
    root_time = np.sqrt(time_to_expiry)
    total_vol = vol * root_time
    moving = total_vol > _FLAT
    d1 = log_moneyness / np.maximum(total_vol, _FLAT) + 0.5 * total_vol
    probability = ndtr(sign * d1)
    share_part, cash_part = share * probability, cash * ndtr(sign * (d1 - total_vol))
    density = _INV_SQRT_2PI * np.exp(-0.5 * d1 * d1) * moving
    share_density = share * density
    decay = share_density * vol / np.maximum(2.0 * root_time, _TINY)
    # Rounding must not push a value below its bound.
    floor = np.maximum(sign * (share - cash), 0.0)
    return OptionGreeks(
        value=np.maximum(sign * (share_part - cash_part), floor),
        delta=sign * yield_factor * probability,
        gamma=yield_factor * density / np.maximum(spot * total_vol, _TINY),
        theta=(sign * (dividend_yield * share_part - rate * cash_part) - decay) * moving,
        vega=share_density * root_time,
        rho=sign * time_to_expiry * cash_part * moving,
    )


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
    ForwardTerms
        nan or inf where an input is out of its range; the kernels judge that.

    Examples
    --------
    >>> to_forward_terms(spot=105.0, strike=100.0, time_to_expiry=1.0, rate=0.0, dividend_yield=0.0).share
    np.float64(105.0)
    """
    yield_factor = np.exp(-dividend_yield * time_to_expiry)
    gap = spot - strike
    # log(spot / strike) would lose digits that an option with minutes to live still needs.
    log_ratio = np.copysign(np.log1p(np.abs(gap / np.minimum(spot, strike))), gap)
    return ForwardTerms(
        yield_factor=yield_factor,
        share=spot * yield_factor,
        cash=strike * np.exp(-rate * time_to_expiry),
        log_moneyness=log_ratio + (rate - dividend_yield) * time_to_expiry,
    )
