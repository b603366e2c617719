"""Translation of stops between a benchmark and its daily-reset fund."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.arrays import broadcast_floats
from riskcalc.pricing.daily_reset import SESSIONS_PER_YEAR, benchmark_return, fund_return

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def translate_stop(
    *,
    move: ArrayLike,
    leverage: ArrayLike,
    days: ArrayLike,
    vol: ArrayLike,
    fee: ArrayLike = 0.0,
    financing: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Move of the benchmark at which its daily-reset fund has made a given move.

    Parameters
    ----------
    move : array_like
        Move of the fund since entry, as a fraction, >= -1: -0.12 is a stop 12% below.
    leverage : array_like
        Daily multiple of the benchmark's return, not 0: 3, or -3.
    days : array_like
        Sessions since entry, > 0; an array gives the curve over the holding time.
    vol, fee, financing : array_like
        As in `riskcalc.pricing.fund_return`.

    Returns
    -------
    ndarray
        Fraction, shaped as the inputs broadcast; nan if an input is outside its range or there is no
        solution.

    Notes
    -----
    Within the first session nothing has been reset and the answer is move / leverage, exactly. From the
    second on it is the closed form over days / 252 years, fee and financing included. That form compounds a
    move in many small steps, so that it starts from (1 + move)^(1 / leverage) - 1: for -12% at 3x from
    -4.17% and not from -4.00%, and the curve steps by that difference between the first two sessions. On
    the median path to the answer (vol 22%, 3x, -12%) the benchmark is 6 basis points off it at two
    sessions and within 3 from three on; nine paths in ten are within 27 at 42 sessions.

    References
    ----------
    Avellaneda and Zhang (2010), as in `riskcalc.pricing.fund_return`.

    Examples
    --------
    What IWM does at a TNA stop of -12% in one session, after a week, and after two months:

    >>> translate_stop(move=-0.12, leverage=3, days=[1, 5, 42], vol=0.22).round(4)
    array([-0.04  , -0.0408, -0.034 ])
    """
    fund_move, multiple, sessions = broadcast_floats(move=move, leverage=leverage, days=days).values()
    years = sessions / SESSIONS_PER_YEAR
    later = benchmark_return(
        leverage=multiple, fund_return=fund_move, vol=vol, time=years, fee=fee, financing=financing
    )
    with np.errstate(all="ignore"):
        first_session = fund_move / multiple
    return _by_session(sessions, first_session=first_session, later=later)


def translate_to_fund(
    *,
    move: ArrayLike,
    leverage: ArrayLike,
    days: ArrayLike,
    vol: ArrayLike,
    fee: ArrayLike = 0.0,
    financing: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Move of a daily-reset fund when its benchmark has made a given move: `translate_stop` inverted.

    Parameters
    ----------
    move : array_like
        Move of the benchmark since entry, as a fraction, >= -1.
    leverage, days, vol, fee, financing : array_like
        As in `translate_stop`.

    Returns
    -------
    ndarray
        Fraction, never below -1; nan where an input is outside its range.

    Examples
    --------
    What TNA does at an IWM stop of -6%:

    >>> translate_to_fund(move=-0.06, leverage=3, days=[1, 5, 42], vol=0.22).round(4)
    array([-0.18  , -0.1718, -0.1893])
    """
    benchmark_move, multiple, sessions = broadcast_floats(move=move, leverage=leverage, days=days).values()
    years = sessions / SESSIONS_PER_YEAR
    later = fund_return(
        leverage=multiple, index_return=benchmark_move, vol=vol, time=years, fee=fee, financing=financing
    )
    with np.errstate(all="ignore"):
        first_session = np.maximum(multiple * benchmark_move, -1.0)
    return _by_session(sessions, first_session=first_session, later=later)


def _by_session(
    sessions: NDArray[np.float64], *, first_session: NDArray[np.float64], later: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return `first_session` until the first reset and `later` after it; nan for bad input or no solution."""
    within = np.where(~np.isnan(later) & (sessions > 0) & (first_session >= -1), first_session, np.nan)
    return np.where(sessions <= 1, within, later)[()]
