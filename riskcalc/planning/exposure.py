"""What one unit loses or gains at its exits: stop, targets, gaps; the planned loss that sizing takes."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from riskcalc.analysis import value_position
from riskcalc.domain import (
    ExitPlan,
    GapLine,
    Level,
    PositionSize,
    RiskBasis,
    RiskLimits,
    RiskReport,
    TargetOutcome,
    TargetReport,
)
from riskcalc.sizing import blended_r, break_even_win_rate, exit_units


def loss_at_stop(report: RiskReport, stop: Level, time_stop: dt.date | None) -> float:
    """Worst loss at the stop on any day up to the time stop, >= 0, before costs [dollars per unit]."""
    return max(-_worst_pnl(report, stop, time_stop), 0.0)


def gains_at_targets(
    report: RiskReport,
    exits: ExitPlan,
    levels: tuple[Level, ...],
    *,
    size: PositionSize,
    time_stop: dt.date | None,
    cost_per_unit: float,
) -> TargetReport:
    """What the targets bring: whole units closed at each, R per unit on its worst day, R of the whole."""
    gains = [_worst_pnl(report, level, time_stop) - cost_per_unit for level in levels]
    limited = 0 < size.loss_per_unit < math.inf
    r_multiples = [gain / size.loss_per_unit if limited else None for gain in gains]
    fractions = [target.fraction for target in exits.targets]
    counts = exit_units(units=size.units, fractions=fractions) if size.units else (0,) * len(levels)
    known = [r for r in r_multiples if r is not None]
    blended = None
    if size.units and known:
        blended = blended_r(units=size.units, r_multiples=known, fractions=fractions, rest_r=known[-1])
    return TargetReport(
        outcomes=tuple(
            TargetOutcome(level=level, units=count, pnl_per_unit=gain, r_multiple=r)
            for level, count, gain, r in zip(levels, counts, gains, r_multiples, strict=True)
        ),
        blended_r=blended,
        break_even_win_rate=break_even_win_rate(win=blended) if blended and blended > 0 else None,
    )


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


def _worst_pnl(report: RiskReport, level: Level, time_stop: dt.date | None) -> float:
    """Smallest P&L of one unit at a level on any day up to the time stop, before costs [dollars]."""
    held = (time_stop - report.market.date).days if time_stop else 0
    found = value_position(
        report.trade,
        report.market,
        spot=level.spot,
        days=np.arange(held + 1),
        vol_shift=level.vol_shift,
    )
    return float(found.value.min()) - report.net_debit
