"""What one unit can lose: at the stop, at its worst, over a gap; the planned loss that sizing takes."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from riskcalc.analysis import value_position
from riskcalc.domain import GapLine, Level, RiskBasis, RiskLimits, RiskReport


def loss_at_stop(report: RiskReport, stop: Level, time_stop: dt.date | None) -> float:
    """Worst loss at the stop on any day up to the time stop, >= 0, before costs [dollars per unit]."""
    held = (time_stop - report.market.date).days if time_stop else 0
    value = value_position(
        report.trade,
        report.market,
        spot=stop.spot,
        days=np.arange(held + 1),
        vol_shift=stop.vol_shift,
    ).value
    return max(report.net_debit - float(value.min()), 0.0)


def gap_lines(report: RiskReport, levels: tuple[Level, ...], *, cost_per_unit: float) -> tuple[GapLine, ...]:
    """Loss when the underlying opens at each level on the first day, costs included."""
    values = value_position(
        report.trade,
        report.market,
        spot=[level.spot for level in levels],
        vol_shift=[level.vol_shift for level in levels],
    ).value
    return tuple(
        GapLine(
            move=level.move,
            spot=level.spot,
            loss_per_unit=report.net_debit - float(value) + cost_per_unit,
        )
        for level, value in zip(levels, values, strict=True)
    )


def risk_basis(report: RiskReport, limits: RiskLimits) -> RiskBasis:
    """What counts as the planned loss: as the limits say, else the maximum loss where the trade defines one.

    A gap can jump the stop, so a trade in options alone with a limited loss is sized by that loss.
    """
    if limits.risk_basis is not None:
        return limits.risk_basis
    defined = not report.trade.share_legs and math.isfinite(report.max_loss)
    return RiskBasis.MAX_LOSS if defined else RiskBasis.STOP


def planned_loss(report: RiskReport, basis: RiskBasis, *, at_stop: float, cost_per_unit: float) -> float:
    """One R: the loss of one unit by the basis, costs included [dollars]."""
    loss = report.max_loss if basis is RiskBasis.MAX_LOSS else at_stop
    return loss + cost_per_unit
