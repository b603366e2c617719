"""Second stops: targets at which a trade loses, as a short strangle does when the spot moves either way."""

from __future__ import annotations

import dataclasses

from riskcalc.analysis import value_position
from riskcalc.domain import (
    ExitPlan,
    Level,
    ManagedOutcome,
    Odds,
    RiskReport,
    Side,
    Target,
    TargetOutcome,
)
from riskcalc.planning.levels import PlanLevels, spot_after_move

DUST = 1e-6
"""Rounding of a value [dollars]."""


def with_second_stop(report: RiskReport, exits: ExitPlan, side: Side) -> ExitPlan:
    """Return exits with a stop on both sides when the trade loses both ways and has no target.

    The second stop lies as far from the entry as the stop, and closes everything.
    """
    if exits.targets or not any(leg.side is Side.SHORT for leg in report.trade.option_legs):
        return exits
    away = spot_after_move(report, side * exits.stop)
    value = float(value_position(report.trade, report.market, spot=away).value)
    if not loses_after_move(report, value):
        return exits
    return dataclasses.replace(exits, targets=(Target(move=exits.stop),))


def loses_after_move(report: RiskReport, value: float) -> bool:
    """Return whether a first-day move to a spot with this unit value loses, because of the move itself."""
    return value < min(report.value, report.net_debit) - DUST


def second_stops(
    report: RiskReport, first_day: tuple[float, ...], worst_pnl: tuple[float, ...], *, cost_per_unit: float
) -> tuple[bool, ...]:
    """Return which targets are second stops.

    Parameters
    ----------
    report : RiskReport
        One unit of the trade.
    first_day, worst_pnl : tuple of float
        At each target: the value of a unit on the first day, and its P&L on the worst day before costs.
    cost_per_unit : float
        Round-trip costs of one unit [dollars].

    Notes
    -----
    The trade must lose there, and the move there must be what loses: a target that a bought option reaches so
    late that time has eaten the gain stays one.
    """
    return tuple(
        pnl - cost_per_unit < 0 and value < report.value - DUST
        for value, pnl in zip(first_day, worst_pnl, strict=True)
    )


def label_second_stops(levels: PlanLevels, seconds: tuple[bool, ...]) -> PlanLevels:
    """Return the levels, ladder included, with second stops labeled as such."""
    targets = zip(levels.targets, seconds, strict=True)
    wrong = {level.label: _named(level) for level, second in targets if second}
    if not wrong:
        return levels
    return dataclasses.replace(
        levels,
        targets=tuple(wrong.get(level.label, level) for level in levels.targets),
        ladder=tuple(_renamed(level, wrong) for level in levels.ladder),
    )


def odds_with_second_stop(odds: Odds, outcomes: tuple[TargetOutcome, ...]) -> Odds:
    """Return odds in which a second stop counts as a stop."""
    if not outcomes or not outcomes[0].second_stop:
        return odds
    touched = min(odds.stop_first + odds.target_first, 1.0)
    return Odds(
        touch_stop=touched,
        touch_target=None,
        stop_first=touched,
        target_first=0.0,
        neither=odds.neither,
        second_stop_first=odds.target_first,
    )


def outcome_with_second_stop(managed: ManagedOutcome, outcomes: tuple[TargetOutcome, ...]) -> ManagedOutcome:
    """Return an outcome in which an exit at a second stop counts as a stop."""
    if not outcomes or not outcomes[-1].second_stop:
        return managed
    return dataclasses.replace(
        managed, prob_stop=managed.prob_stop + managed.prob_all_targets, prob_all_targets=0.0
    )


def _named(level: Level) -> Level:
    return dataclasses.replace(level, label=level.label.replace("target", "second stop", 1))


def _renamed(level: Level, wrong: dict[str, Level]) -> Level:
    labels = (wrong[label].label if label in wrong else label for label in level.label.split(", "))
    return dataclasses.replace(level, label=", ".join(labels))
