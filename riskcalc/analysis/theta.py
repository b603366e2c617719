"""Theta of a trade, and the part of it that the short legs offset."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.payoff import net_debit
from riskcalc.analysis.valuation import PositionGreeks
from riskcalc.domain import OptionLeg, Side, ThetaReport, Trade


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
    alone: tuple[float, float] | tuple[None, None] = (None, None)
    if 0 < np.count_nonzero(bought) < len(trade.option_legs):
        alone = _theta_and_change(legs, bought)
    return ThetaReport(
        per_day=per_day,
        debit_share_per_day=per_day / debit if debit > 0 else None,
        to_time_stop=total,
        long_legs_per_day=alone[0],
        long_legs_to_time_stop=alone[1],
    )


def _theta_and_change(legs: PositionGreeks, chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Theta a day and change of value of the chosen legs together."""
    today, later = legs.value[chosen].sum(axis=0)
    return float(legs.theta[chosen, 0].sum()) / 365, float(later - today)
