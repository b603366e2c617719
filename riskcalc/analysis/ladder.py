"""The trade at stop, spot, targets, strikes and breakevens on each date, in dollars and R."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from riskcalc.analysis.valuation import Conditions, Floats
from riskcalc.domain import LadderRow, Level


def ladder_conditions(levels: Sequence[Level], days: Sequence[float]) -> Conditions:
    """Every level, with the vol shift that comes with it, on every day after the market's date."""
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
    """Lay out what one unit is worth at every level on every date.

    Parameters
    ----------
    values : ndarray, shape (levels, dates)
        Value of one unit [dollars], under `ladder_conditions`.
    levels : sequence of Level
        Spots looked at.
    dates : mapping of str to date
        Days looked at, by name.
    entry : float
        Paid for one unit at entry [dollars].
    planned_loss : float
        One R [dollars per unit], > 0; ``inf`` leaves the R multiples out.

    Returns
    -------
    tuple of LadderRow
        Level by level, each in the order of the dates.
    """
    return tuple(
        LadderRow(
            label=level.label,
            when=when,
            spot=level.spot,
            date=day,
            value=value,
            pnl=value - entry,
            r_multiple=in_r(value - entry, planned_loss),
        )
        for level, row in zip(levels, values.tolist(), strict=True)
        for (when, day), value in zip(dates.items(), row, strict=True)
    )


def in_r(pnl: float, planned_loss: float) -> float | None:
    """P&L of one unit in units of its planned loss; None when that is unlimited or nothing."""
    return pnl / planned_loss if 0 < planned_loss < float("inf") else None
