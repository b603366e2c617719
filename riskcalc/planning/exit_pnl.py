"""P&L of one unit at its exits (stop, targets, gaps), and the position size from the planned loss."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

from riskcalc.domain import (
    Account,
    ExitPlan,
    GapLine,
    Level,
    OptionLeg,
    PositionSize,
    RiskBasis,
    RiskLimits,
    RiskReport,
    Side,
    TargetOutcome,
    TargetReport,
)
from riskcalc.planning.levels import loses_after_move
from riskcalc.sizing import (
    blended_r,
    break_even_win_rate,
    buying_power,
    cost_per_trade,
    exit_units,
    size_within_limits,
)


def size_plan(
    report: RiskReport,
    account: Account,
    *,
    at_stop: float,
    gaps: tuple[GapLine, ...],
    cost_per_unit: float,
) -> PositionSize:
    """Size a trade by its planned loss within every limit, with the position's loss at stop and gap.

    Parameters
    ----------
    report : RiskReport
        One unit of the trade.
    account : Account
        Equity, limits and costs.
    at_stop : float
        Worst loss of one unit at any exit, stop or target, >= 0, before costs [dollars].
    gaps : tuple of GapLine
        Losses when the stop is jumped, with costs.
    cost_per_unit : float
        Round-trip costs of one unit [dollars].

    Returns
    -------
    PositionSize
        Complete: `basis`, `loss_at_stop` and `loss_at_gap` are filled in.
    """
    basis = risk_basis(report, account.limits)
    once = cost_per_trade(account.costs)
    size = size_within_limits(
        account=account,
        loss_per_unit=planned_loss(report, basis, at_stop=at_stop, gaps=gaps, cost_per_unit=cost_per_unit),
        cost_per_trade=once,
        capital_per_unit=_capital(report),
        market_value_per_unit=_market_value(report),
    )
    paid_once = once if size.units else 0.0
    return dataclasses.replace(
        size,
        basis=basis.value,
        loss_at_stop=size.units * (at_stop + cost_per_unit) + paid_once,
        loss_at_gap=size.units * max(gap.loss_per_unit for gap in gaps) + paid_once if gaps else None,
    )


def build_target_report(
    exits: ExitPlan,
    levels: tuple[Level, ...],
    pnls: tuple[float, ...],
    *,
    seconds: tuple[bool, ...],
    size: PositionSize,
    cost_per_unit: float,
) -> TargetReport:
    """Return the target report: units closed at each, R per unit on its worst day, blended R.

    Where one of them is a second stop, no share of wins breaks even: to reach all of them is no win.
    """
    gains = [pnl - cost_per_unit for pnl in pnls]
    limited = 0 < size.loss_per_unit < math.inf
    r_multiples = [gain / size.loss_per_unit if limited else None for gain in gains]
    fractions = [target.fraction for target in exits.targets]
    counts = exit_units(units=size.units, fractions=fractions) if size.units else (0,) * len(levels)
    r_values = [r for r in r_multiples if r is not None]
    blended = None
    if size.units and r_values:
        blended = blended_r(units=size.units, r_multiples=r_values, fractions=fractions, rest_r=r_values[-1])
    need = None
    if blended is not None and blended > 0 and not any(seconds):
        need = break_even_win_rate(win=blended)
    return TargetReport(
        outcomes=tuple(
            TargetOutcome(level=level, units=count, pnl_per_unit=gain, r_multiple=r, second_stop=second)
            for level, count, gain, r, second in zip(levels, counts, gains, r_multiples, seconds, strict=True)
        ),
        blended_r=blended,
        break_even_win_rate=need,
    )


def gap_losses(
    report: RiskReport,
    side: Side,
    levels: tuple[Level, ...],
    values: Iterable[float],
    *,
    cost_per_unit: float,
) -> tuple[GapLine, ...]:
    """Loss when the underlying opens at each level on the first day, with costs.

    Openings against the trade, and those in its favor at which it loses all the same: sold on both sides.
    """
    return tuple(
        GapLine(
            move=level.move, spot=level.spot, loss_per_unit=report.net_debit - float(value) + cost_per_unit
        )
        for level, value in zip(levels, values, strict=True)
        if side * level.move < 0 or loses_after_move(report, float(value))
    )


def risk_basis(report: RiskReport, limits: RiskLimits) -> RiskBasis:
    """Return the basis of the planned loss: from the limits, else the max loss of a defined-risk trade.

    A gap can jump the stop, so a trade in options alone with a limited loss is sized by that loss.
    """
    if limits.risk_basis is not None:
        return limits.risk_basis
    defined = not report.trade.share_legs and math.isfinite(report.max_loss)
    return RiskBasis.MAX_LOSS if defined else RiskBasis.STOP


def planned_loss(
    report: RiskReport,
    basis: RiskBasis,
    *,
    at_stop: float,
    cost_per_unit: float,
    gaps: tuple[GapLine, ...] = (),
) -> float:
    """Return one R [dollars]: the loss of one unit by the basis, costs in; `at_stop` is that at its exits.

    Before the expiry an American trade may be worth less than at any price on it, as a long box is.
    """
    loss = max(report.max_loss, at_stop) if basis is RiskBasis.MAX_LOSS else at_stop
    at_gaps = [gap.loss_per_unit for gap in gaps] if basis is RiskBasis.GAP else []
    return max(loss + cost_per_unit, *at_gaps, 0.0)


def _capital(report: RiskReport) -> float:
    spot = report.market.quote(report.trade.symbol).spot
    return buying_power(report.trade, spot=spot)


def _market_value(report: RiskReport) -> float:
    """Absolute market value of one unit: options net, and every other leg [dollars]."""
    options = sum(leg.value for leg in report.legs if isinstance(leg.leg, OptionLeg))
    others = sum(abs(leg.value) for leg in report.legs if not isinstance(leg.leg, OptionLeg))
    return abs(options) + others
