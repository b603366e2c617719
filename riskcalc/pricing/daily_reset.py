"""Returns of a daily-reset leveraged fund, along a path and in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.errors import InvalidInputError
from riskcalc.pricing.arrays import broadcast_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.arrays import FloatArray

SESSIONS_PER_YEAR = 252
"""Resets in a year."""


def fund_path(
    *, leverage: ArrayLike, daily_returns: ArrayLike, fee: ArrayLike = 0.0, financing: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Growth of one dollar in a daily-reset fund after each session of a path: exact.

    Parameters
    ----------
    leverage : array_like
        Daily multiple of the benchmark's return: 3, or -3.
    daily_returns : array_like
        Simple return of the benchmark in each session, dividends included, as a fraction, >= -1; the last
        axis counts sessions.
    fee : array_like
        Expense ratio a year, as a fraction.
    financing : array_like
        Interest rate a year on the ``leverage - 1`` dollars borrowed per dollar; lent when that is negative.

    Returns
    -------
    ndarray
        Growth factors shaped as `daily_returns` (or as the inputs broadcast). A fund that reaches zero stays
        there; from a session with an input outside its range on, the factor is nan.

    References
    ----------
    Cheng and Madhavan, "The Dynamics of Leveraged and Inverse Exchange-Traded Funds", Journal of Investment
    Management 7 (2009), equation 1.

    Examples
    --------
    >>> fund_path(leverage=3, daily_returns=[-0.10, 1 / 9]).round(4)  # the index is back where it was
    array([0.7   , 0.9333])
    """
    inputs = broadcast_floats(leverage=leverage, daily_returns=daily_returns, fee=fee, financing=financing)
    multiple, returns = inputs["leverage"], inputs["daily_returns"]
    if not returns.ndim:
        raise InvalidInputError("daily_returns must be a list of returns, one a session, got a single number")
    with np.errstate(all="ignore"):
        charge = (inputs["fee"] + (multiple - 1) * inputs["financing"]) / SESSIONS_PER_YEAR
        factors = np.maximum(1 + multiple * returns - charge, 0.0)
        return np.cumprod(np.where(returns >= -1, factors, np.nan), axis=-1, dtype=np.float64)


def fund_return(
    *,
    leverage: ArrayLike,
    index_return: ArrayLike,
    vol: ArrayLike,
    time: ArrayLike,
    fee: ArrayLike = 0.0,
    financing: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Return of a daily-reset fund when its benchmark's total return and realized vol are known.

    Parameters
    ----------
    leverage : array_like
        Daily multiple of the benchmark's return: 3, or -3.
    index_return : array_like
        Return of the benchmark over the whole time, dividends included, as a fraction, >= -1.
    vol : array_like
        Realized volatility of the benchmark per sqrt(year), as a fraction, >= 0.
    time : array_like
        Holding time [years], >= 0; sessions over 252 if vol is annualized with 252.
    fee, financing : array_like
        As in `fund_path`.

    Returns
    -------
    ndarray
        Return as a fraction, shaped as the inputs broadcast; nan where an input is outside its range.

    Notes
    -----
    (1 + R)^L exp((L - L^2) / 2 vol^2 T - fee T - (L - 1) financing T) - 1, the diffusion limit of
    `fund_path`.

    References
    ----------
    Avellaneda and Zhang, "Path-Dependence of Leveraged ETF Returns", SIAM Journal on Financial Mathematics 1
    (2010), equation 10.

    Examples
    --------
    A flat index at 25% vol for a year, as in Direxion's prospectus:

    >>> f"{fund_return(leverage=3, index_return=0.0, vol=0.25, time=1):.1%}"
    '-17.1%'
    """
    inputs = broadcast_floats(
        leverage=leverage, index_return=index_return, vol=vol, time=time, fee=fee, financing=financing
    )
    with np.errstate(all="ignore"):
        growth = np.log1p(inputs.pop("index_return"))
        return np.expm1(inputs["leverage"] * growth + _log_drag(**inputs))


def benchmark_return(
    *,
    leverage: ArrayLike,
    fund_return: ArrayLike,
    vol: ArrayLike,
    time: ArrayLike,
    fee: ArrayLike = 0.0,
    financing: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Return of the benchmark that leaves a daily-reset fund with a given one: `fund_return` inverted.

    Parameters
    ----------
    leverage : array_like
        As in `fund_return`, not 0.
    fund_return : array_like
        Return of the fund over the whole time, as a fraction, >= -1.
    vol, time, fee, financing : array_like
        As in `fund_return`.

    Returns
    -------
    ndarray
        Return as a fraction, shaped as the inputs broadcast; nan where an input is outside its range.

    Examples
    --------
    >>> f"{benchmark_return(leverage=3, fund_return=-0.12, vol=0.22, time=42 / 252):.2%}"
    '-3.40%'
    """
    inputs = broadcast_floats(
        leverage=leverage, fund_return=fund_return, vol=vol, time=time, fee=fee, financing=financing
    )
    multiple = inputs["leverage"]
    with np.errstate(all="ignore"):
        reached = np.log1p(inputs.pop("fund_return")) - _log_drag(**inputs)
        return np.expm1(reached / np.where(multiple == 0, np.nan, multiple))


def _log_drag(
    *, leverage: FloatArray, vol: FloatArray, time: FloatArray, fee: FloatArray, financing: FloatArray
) -> FloatArray:
    """Return the change in the log of the fund's value by variance, fee and financing."""
    charge = fee + (leverage - 1) * financing
    drag = ((leverage - leverage**2) / 2 * vol**2 - charge) * time
    return np.where((vol >= 0) & (time >= 0), drag, np.nan)
