"""P&L ladder of a trade in dollars and R, and its theta with the part that the short legs offset."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.payoff import net_debit
from riskcalc.analysis.valuation import Conditions, Floats, PositionGreeks
from riskcalc.domain import LadderRow, Level, OptionLeg, Side, ThetaReport, Trade


def ladder_conditions(levels: Sequence[Level], days: Sequence[float]) -> Conditions:
    """Return conditions for every level, with its vol shift, on every day after the market's date.

    Parameters
    ----------
    levels : sequence of Level
        Rows of the ladder.
    days : sequence of float
        Calendar days from the market's date, >= 0.

    Returns
    -------
    Conditions
        Arrays that broadcast to levels x days.
    """
    return Conditions(
        spot=[[level.spot] for level in levels],
        days=days,
        vol_shift=[[level.vol_shift] for level in levels],
    )


def ladder(
    values: Floats,
    *,
    levels: Sequence[Level],
    dates: Mapping[str, dt.date],
    entry: float,
    planned_loss: float,
) -> tuple[LadderRow, ...]:
    """Return the value and P&L of one unit at every level on every date.

    Parameters
    ----------
    values : ndarray, shape (levels, dates)
        Value of one unit [dollars], under `ladder_conditions`.
    levels : sequence of Level
        Levels of the ladder.
    dates : mapping of str to date
        Dates of the ladder, by name.
    entry : float
        Paid for one unit at entry [dollars].
    planned_loss : float
        1R [dollars per unit], > 0; ``inf`` omits the R multiples.

    Returns
    -------
    tuple of LadderRow
        Level by level, each in the order of the dates.
    """
    return tuple(
        LadderRow(
            label=level.label,
            when=label,
            spot=level.spot,
            date=day,
            value=value,
            pnl=value - entry,
            r_multiple=to_r_multiple(value - entry, planned_loss),
        )
        for level, row in zip(levels, values.tolist(), strict=True)
        for (label, day), value in zip(dates.items(), row, strict=True)
    )


def to_r_multiple(pnl: float, planned_loss: float) -> float | None:
    """Return a P&L as a multiple of the planned loss (R); None when that is unlimited or zero."""
    return pnl / planned_loss if 0 < planned_loss < float("inf") else None


def theta_report(trade: Trade, legs: PositionGreeks) -> ThetaReport:
    """Return the theta of one unit per day, and over the holding period at an unchanged spot.

    Parameters
    ----------
    trade : Trade
        With every entry price set.
    legs : PositionGreeks
        Each leg today and on the day of the time stop, shape (legs, 2).

    Returns
    -------
    ThetaReport
        The total is the exact change of value, not the days times today's theta.
    """
    per_day, total = _theta_and_change(legs, np.full(len(trade.legs), fill_value=True))
    debit = net_debit(trade)
    bought = np.array([isinstance(leg, OptionLeg) and leg.side is Side.LONG for leg in trade.legs])
    long_only: tuple[float, float] | tuple[None, None] = (None, None)
    if 0 < np.count_nonzero(bought) < len(trade.option_legs):
        long_only = _theta_and_change(legs, bought)
    return ThetaReport(
        per_day=per_day,
        debit_share_per_day=per_day / debit if debit > 0 else None,
        to_time_stop=total,
        long_legs_per_day=long_only[0],
        long_legs_to_time_stop=long_only[1],
    )


def _theta_and_change(legs: PositionGreeks, chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Theta per day and change of value of the chosen legs."""
    today, later = legs.value[chosen].sum(axis=0)
    return float(legs.theta[chosen, 0].sum()) / 365, float(later - today)
