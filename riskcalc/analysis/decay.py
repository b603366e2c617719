"""What time costs a trade, and what the sold legs save of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.payoff import net_debit
from riskcalc.analysis.valuation import PositionGreeks, value_legs
from riskcalc.domain import Market, OptionLeg, Side, ThetaReport, Trade


def decay(trade: Trade, market: Market, *, days: int) -> ThetaReport:
    """Theta of one unit per day, and summed over the holding time at an unchanged spot.

    Parameters
    ----------
    trade : Trade
        With every entry price and vol set.
    market : Market
        Day 0.
    days : int
        Calendar days to the time stop, >= 0.

    Returns
    -------
    ThetaReport
        The sum is the exact change of value, not `days` times today's theta.
    """
    found = value_legs(trade, market, days=[0.0, float(days)])
    per_day, total = _decay(found, np.full(len(trade.legs), fill_value=True))
    debit = net_debit(trade)
    bought = np.array([isinstance(leg, OptionLeg) and leg.side is Side.LONG for leg in trade.legs])
    alone: tuple[float, float] | tuple[None, None] = (None, None)
    if 0 < np.count_nonzero(bought) < len(trade.option_legs):
        alone = _decay(found, bought)
    return ThetaReport(
        per_day=per_day,
        debit_share_per_day=per_day / debit if debit > 0 else None,
        to_time_stop=total,
        long_legs_per_day=alone[0],
        long_legs_to_time_stop=alone[1],
    )


def _decay(legs: PositionGreeks, chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Theta a day and change of value of the chosen legs together."""
    today, later = legs.value[chosen].sum(axis=0)
    return float(legs.theta[chosen, 0].sum()) / 365, float(later - today)
