"""The trade at stop, spot, targets, strikes and breakevens on each date, in dollars and R."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from riskcalc.analysis.payoff import net_debit
from riskcalc.analysis.valuation import value_position
from riskcalc.domain import LadderRow, Level, Market, Trade


def ladder(
    trade: Trade,
    market: Market,
    *,
    levels: Sequence[Level],
    dates: Mapping[str, dt.date],
    planned_loss: float,
) -> tuple[LadderRow, ...]:
    """Value one unit at every level on every date.

    Parameters
    ----------
    trade : Trade
        With every entry price and vol set.
    market : Market
        Day 0, rate and dividend yield.
    levels : sequence of Level
        Spots to look at; each carries the vol shift that comes with it.
    dates : mapping of str to date
        Days to look at, none before the market's, by name.
    planned_loss : float
        One R [dollars per unit], > 0; ``inf`` leaves the R multiples out.

    Returns
    -------
    tuple of LadderRow
        Level by level, each in the order of the dates.
    """
    days = np.array([(day - market.date).days for day in dates.values()], dtype=np.float64)
    spots = np.array([[level.spot] for level in levels])
    shifts = np.array([[level.vol_shift] for level in levels])
    values = value_position(trade, market, spot=spots, days=days, vol_shift=shifts).value
    entry = net_debit(trade)
    return tuple(
        LadderRow(
            label=level.label,
            when=when,
            spot=level.spot,
            date=day,
            value=float(value),
            pnl=float(value) - entry,
            r_multiple=in_r(float(value) - entry, planned_loss),
        )
        for level, row in zip(levels, values, strict=True)
        for (when, day), value in zip(dates.items(), row, strict=True)
    )


def in_r(pnl: float, planned_loss: float) -> float | None:
    """P&L of one unit in units of its planned loss; None when that is unlimited or nothing."""
    return pnl / planned_loss if 0 < planned_loss < float("inf") else None
