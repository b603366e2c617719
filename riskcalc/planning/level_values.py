"""What one unit is worth at the levels and days that a plan looks at, from one call of the model."""

from __future__ import annotations

from dataclasses import dataclass

from riskcalc.analysis import Conditions, Floats, PositionGreeks, ladder_conditions, value_together
from riskcalc.domain import RiskReport
from riskcalc.planning.levels import PlanLevels


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelValues:
    """Values of one unit [dollars]."""

    at_exits: Floats
    """At the stop and each target, on each day up to the time stop: shape (levels, days)."""
    at_gaps: Floats
    """At each gap, on the first day."""
    ladder: Floats
    """At each level of the ladder, on each of its dates: shape (levels, dates)."""
    waiting: PositionGreeks
    """Each leg at an unchanged spot, today and on the day of the time stop: shape (legs, 2)."""

    def worst_at_exits(self) -> list[float]:
        """Smallest value at the stop and at each target, on any day."""
        return [float(row.min()) for row in self.at_exits]

    def first_day_at_targets(self) -> tuple[float, ...]:
        """Value at each target when it is reached at once."""
        return tuple(float(row[0]) for row in self.at_exits[1:])


def level_values(report: RiskReport, levels: PlanLevels) -> LevelValues:
    """Value one unit wherever the exits, the gaps, the ladder and the decay look."""
    trade, market, gaps = report.trade, report.market, levels.gaps
    at_exits, at_gaps, at_ladder, waiting = value_together(
        trade,
        market,
        ladder_conditions((levels.stop, *levels.targets), levels.held),
        Conditions(spot=[level.spot for level in gaps], vol_shift=[level.vol_shift for level in gaps]),
        ladder_conditions(levels.ladder, levels.days),
        Conditions(spot=market.quote(trade.symbol).spot, days=[0.0, levels.held[-1]]),
    )
    return LevelValues(
        at_exits=at_exits.value.sum(axis=0),
        at_gaps=at_gaps.value.sum(axis=0),
        ladder=at_ladder.value.sum(axis=0),
        waiting=waiting,
    )
