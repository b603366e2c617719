"""P&L ladder: a trade at stop, spot, targets, strikes and breakevens on each date, in dollars and R."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from riskcalc.analysis.valuation import Conditions, Floats
from riskcalc.domain import LadderRow, Level


def ladder_conditions(levels: Sequence[Level], days: Sequence[float]) -> Conditions:
    """Return conditions for every level, with its vol shift, on every day after the market's date."""
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
            r_multiple=to_r_multiple(value - entry, planned_loss),
        )
        for level, row in zip(levels, values.tolist(), strict=True)
        for (when, day), value in zip(dates.items(), row, strict=True)
    )


def to_r_multiple(pnl: float, planned_loss: float) -> float | None:
    """Return a P&L as a multiple of the planned loss (R); None when that is unlimited or zero."""
    return pnl / planned_loss if 0 < planned_loss < float("inf") else None
