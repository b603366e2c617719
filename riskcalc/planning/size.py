"""The size of a plan: one R of the trade against every limit of the account."""

from __future__ import annotations

import dataclasses

from riskcalc.domain import Account, GapLine, OptionLeg, PositionSize, RiskReport, ShareLeg
from riskcalc.planning import exposure
from riskcalc.sizing import buying_power, cost_per_trade, size_within_limits


def size_plan(
    report: RiskReport,
    account: Account,
    *,
    at_stop: float,
    gaps: tuple[GapLine, ...],
    cost_per_unit: float,
) -> PositionSize:
    """Size a trade by its planned loss within every limit, and say what all units lose at stop and gap.

    Parameters
    ----------
    report : RiskReport
        One unit of the trade.
    account : Account
        Equity, limits and costs.
    at_stop : float
        Worst loss of one unit at any exit, stop or target, >= 0, before costs [dollars].
    gaps : tuple of GapLine
        Losses when the stop is jumped, costs included.
    cost_per_unit : float
        Round-trip costs of one unit [dollars].

    Returns
    -------
    PositionSize
        Complete: `basis`, `loss_at_stop` and `loss_at_gap` are filled in.
    """
    basis = exposure.risk_basis(report, account.limits)
    once = cost_per_trade(account.costs)
    size = size_within_limits(
        account=account,
        loss_per_unit=exposure.planned_loss(report, basis, at_stop=at_stop, cost_per_unit=cost_per_unit),
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


def _capital(report: RiskReport) -> float:
    spot = report.market.quote(report.trade.symbol).spot
    return buying_power(report.trade, spot=spot)


def _market_value(report: RiskReport) -> float:
    """What one unit holds: shares at the spot plus what its options are worth, without sign [dollars]."""
    options = sum(found.value for found in report.legs if isinstance(found.leg, OptionLeg))
    held = sum(abs(found.value) for found in report.legs if isinstance(found.leg, ShareLeg))
    return abs(options) + held
