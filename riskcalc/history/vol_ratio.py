"""Ratio k of realized to implied volatility."""

from __future__ import annotations

import datetime as dt

import numpy as np

from riskcalc.domain.price_history import Calibration
from riskcalc.domain.validation import calendar_date, record, whole_count
from riskcalc.errors import InvalidInputError
from riskcalc.history.bars import Bars, Floats, ImpliedVols
from riskcalc.history.measures import realized_vol
from riskcalc.history.resampling import standard_error_of_mean

MONTH_SESSIONS = 21
"""The 30 days that volatility indices look ahead."""

LEAST_MONTHS = 3
BLOCKS_OF = 2
"""Mean block of the standard error, in sessions ahead: neighboring ratios share most of them."""


def measured_k(
    bars: Bars, vols: ImpliedVols, *, sessions: int = MONTH_SESSIONS, since: dt.date | None = None
) -> Calibration:
    """Measure k: the median of realized volatility over the implied one before it.

    Parameters
    ----------
    bars : Bars
        From `read_prices`.
    vols : ImpliedVols
        From `read_vols`: the implied volatility of the same underlying, at the closes.
    sessions : int
        Sessions ahead over which volatility is realized, >= 2; 21 are the 30 days of a volatility index.
    since : date, optional
        First day of an implied volatility; the first one by default.

    Returns
    -------
    Calibration
        Its `error` is Woodruff's, on that of the stationary bootstrap with blocks of mean 2 x `sessions`.

    Raises
    ------
    InvalidInputError
        An argument is outside its range, or the files share too few sessions.

    References
    ----------
    Woodruff, "Confidence Intervals for Medians and Other Position Measures", Journal of the American
    Statistical Association 47 (1952), 635-646.
    """
    record("vols", ImpliedVols, vols)
    if whole_count("sessions", sessions) < 2:
        raise InvalidInputError(f"sessions must be a whole number >= 2, got {sessions}")
    ahead = realized_vol(bars, window=sessions)[sessions:]
    _, common, quotes = np.intersect1d(bars.dates[: len(ahead)], vols.dates, return_indices=True)
    if since is not None:
        late = bars.dates[common] >= np.datetime64(calendar_date("since", since), "D")
        common, quotes = common[late], quotes[late]
    if len(common) < LEAST_MONTHS * sessions:
        raise InvalidInputError(
            f"prices and implied vols share {len(common)} sessions with {sessions} prices after them; "
            f"k needs {LEAST_MONTHS * sessions}"
        )
    ratios = ahead[common] / vols.vol[quotes]
    return Calibration(
        k=float(np.median(ratios)),
        k_source=f"{bars.symbol or 'prices'} over {vols.name}, {bars.day(common[0])} to "
        f"{bars.day(common[-1] + sessions)}, {sessions} sessions ahead",
        date=bars.day(common[-1] + sessions),
        error=_median_error(ratios, mean_block=BLOCKS_OF * sessions),
    )


def _median_error(values: Floats, *, mean_block: float) -> float:
    """Standard error of a median: that of the share below it, as a distance of quantiles."""
    below = (values <= np.median(values)).astype(np.float64)
    share = min(standard_error_of_mean(below, mean_block=mean_block), 0.5)
    low, high = np.quantile(values, [0.5 - share, 0.5 + share])
    return float(high - low) / 2
