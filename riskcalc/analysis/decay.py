"""What time costs a trade, and what the sold legs save of it."""

from __future__ import annotations

import dataclasses

from riskcalc.analysis.payoff import net_debit
from riskcalc.analysis.valuation import value_position
from riskcalc.domain import Market, Side, ThetaReport, Trade


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
    per_day, total = _decay(trade, market, days)
    debit = net_debit(trade)
    bought = tuple(leg for leg in trade.option_legs if leg.side is Side.LONG)
    alone: tuple[float, float] | tuple[None, None] = (None, None)
    if bought and len(bought) < len(trade.option_legs):
        alone = _decay(dataclasses.replace(trade, legs=bought), market, days)
    return ThetaReport(
        per_day=per_day,
        debit_share_per_day=per_day / debit if debit > 0 else None,
        to_time_stop=total,
        long_legs_per_day=alone[0],
        long_legs_to_time_stop=alone[1],
    )


def _decay(trade: Trade, market: Market, days: int) -> tuple[float, float]:
    found = value_position(trade, market, days=[0.0, float(days)])
    return float(found.theta[0]) / 365, float(found.value[1] - found.value[0])
