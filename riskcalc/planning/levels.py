"""Spots and dates of a plan: exits, strikes, gaps, ladder dates; and the values of one unit there."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

from riskcalc.analysis import (
    Conditions,
    Floats,
    PositionGreeks,
    PreparedExits,
    days_held,
    ladder_conditions,
    value_legs_batch,
    value_position,
)
from riskcalc.analysis.managed.levels import entry_spot
from riskcalc.domain import ExitPlan, Level, ManagedOutcome, Odds, RiskReport, Side, Target, TargetOutcome
from riskcalc.domain.clock import days_to_close
from riskcalc.records import dataclass

DUST = 1e-6
"""Tolerance for rounding of a value [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLevels:
    """Spots and dates at which a plan values a unit."""

    stop: Level
    targets: tuple[Level, ...]
    """Nearest first."""
    gaps: tuple[Level, ...]
    """Openings past the stop, and on the other side."""
    ladder: tuple[Level, ...]
    """Highest spot first."""
    dates: Mapping[str, dt.date]
    """Days of the ladder, by name."""
    days: tuple[float, ...]
    """Calendar days from now to each of them: to its close, or to the end of the options."""
    held: tuple[float, ...]
    """Calendar days to now (0) and to each close up to the time stop; only 0 without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelValues:
    """Values of one unit [dollars]."""

    at_exits: Floats
    """At the stop and each target, on each day up to the time stop: shape (levels, days)."""
    at_gaps: Floats
    """At each gap, on the first day."""
    ladder: Floats
    """At each level of the ladder, on each of its dates: shape (levels, dates)."""
    at_unchanged_spot: PositionGreeks
    """Each leg at an unchanged spot, today and on the day of the time stop: shape (legs, 2)."""
    managed: Floats | None
    """At the points of the managed outcome, where they are valued with the others."""

    def worst_at_exits(self) -> list[float]:
        """Smallest value at the stop and at each target, on any day."""
        return [float(row.min()) for row in self.at_exits]

    def first_day_at_targets(self) -> tuple[float, ...]:
        """Value at each target if reached immediately."""
        return tuple(float(row[0]) for row in self.at_exits[1:])


def plan_levels(report: RiskReport, exits: ExitPlan, side: Side, time_stop: dt.date | None) -> PlanLevels:
    """Return the levels and dates of a plan."""
    stop, targets = _stop(report, exits, side), _targets(report, exits, side)
    dates = _dates(report, time_stop)
    return PlanLevels(
        stop=stop,
        targets=targets,
        gaps=_gaps(report, exits, side),
        ladder=_ladder(report, stop, targets),
        dates=dates,
        days=tuple(0.0 if label == "today" else _days(report, day) for label, day in dates.items()),
        held=_holding_days(report, time_stop),
    )


def level_values(
    report: RiskReport, levels: PlanLevels, *, managed: PreparedExits | None = None
) -> LevelValues:
    """Return one unit's values at exits, gaps, ladder levels, an unchanged spot, and where it is managed."""
    trade, market, gaps = report.trade, report.market, levels.gaps
    at_exits, at_gaps, at_ladder, at_unchanged_spot, *at_managed = value_legs_batch(
        trade,
        market,
        ladder_conditions((levels.stop, *levels.targets), levels.held),
        Conditions(spot=[level.spot for level in gaps], vol_shift=[level.vol_shift for level in gaps]),
        ladder_conditions(levels.ladder, levels.days),
        Conditions(spot=market.quote(trade.symbol).spot, days=[0.0, levels.held[-1]]),
        *([managed.conditions] if managed else ()),
    )
    return LevelValues(
        at_exits=at_exits.value.sum(axis=0),
        at_gaps=at_gaps.value.sum(axis=0),
        ladder=at_ladder.value.sum(axis=0),
        at_unchanged_spot=at_unchanged_spot,
        managed=at_managed[0].value.sum(axis=0) if at_managed else None,
    )


def _stop(report: RiskReport, exits: ExitPlan, side: Side) -> Level:
    """The stop: an adverse move from the entry spot, with the vol shift that comes with it."""
    return _moved_level(report, "stop", -side * exits.stop, vol_shift=exits.vol_shift)


def _targets(report: RiskReport, exits: ExitPlan, side: Side) -> tuple[Level, ...]:
    """The targets: favorable moves from the entry spot, nearest first."""
    return tuple(_moved_level(report, "target", side * target.move) for target in exits.targets)


def _gaps(report: RiskReport, exits: ExitPlan, side: Side) -> tuple[Level, ...]:
    """Openings past the stop with its vol shift, then on the other side, where IV stays as at a target."""
    shocks = exits.gaps(report.trade.instrument)
    return (
        *(_moved_level(report, "gap", -side * shock, vol_shift=exits.vol_shift) for shock in shocks),
        *(_moved_level(report, "gap", side * shock) for shock in shocks),
    )


def _ladder(report: RiskReport, stop: Level, targets: tuple[Level, ...]) -> tuple[Level, ...]:
    """Every level of the ladder, highest spot first; levels at one spot share a row."""
    spot = _moved_level(report, "spot", 0.0)
    strikes = {leg.strike for leg in report.trade.option_legs}
    rows = [
        stop,
        spot,
        *targets,
        *(_level_at(report, f"strike {strike:g}", strike) for strike in strikes),
        *(_level_at(report, "breakeven", level) for level in report.breakevens if level > 0),
    ]
    return tuple(sorted(_merged(rows), key=lambda level: -level.spot))


def _dates(report: RiskReport, time_stop: dt.date | None) -> dict[str, dt.date]:
    """The days of the ladder by name: today, thirds of the holding time, the time stop, the expiry."""
    today, expiry = report.market.date, report.trade.expiry
    days = {"today": today}
    last = time_stop or expiry
    if last:
        held = (last - today).days
        thirds = {third: today + dt.timedelta(days=third) for third in (held // 3, 2 * held // 3)}
        days |= {f"+{count}d": day for count, day in thirds.items() if 0 < count < held}
    if time_stop and time_stop != expiry and time_stop > today:
        days["time stop"] = time_stop
    if expiry:
        days["expiry"] = expiry
    return days


def _holding_days(report: RiskReport, time_stop: dt.date | None) -> tuple[float, ...]:
    """Now, and the close of each day up to the time stop."""
    if time_stop is None:
        return (0.0,)
    today, moment, end = report.market.date, report.market.moment, _days(report, time_stop)
    count = (time_stop - today).days
    closes = (days_to_close(moment, today + dt.timedelta(days=day)) for day in range(count))
    return tuple(sorted({0.0, end, *(day for day in closes if 0 < day < end)}))


def _days(report: RiskReport, day: dt.date) -> float:
    return days_held(report.trade, report.market, day)


def _moved_level(report: RiskReport, name: str, move: float, *, vol_shift: float = 0.0) -> Level:
    label = f"{name} {100 * move:+.4g}%" if move else name
    return Level(label=label, spot=spot_after_move(report, move), move=move, vol_shift=vol_shift)


def spot_after_move(report: RiskReport, move: float) -> float:
    """Return the spot after a move from the entry [dollars]."""
    return entry_spot(report.trade, report.market) * (1 + move)


def _level_at(report: RiskReport, label: str, level: float) -> Level:
    return Level(label=label, spot=level, move=level / entry_spot(report.trade, report.market) - 1)


def _merged(levels: list[Level]) -> list[Level]:
    """Levels at the same spot under one label; the stop keeps its own row for its vol shift."""
    rows: dict[tuple[float, float], Level] = {}
    for level in levels:
        key = (round(level.spot, 6), level.vol_shift)
        existing = rows.get(key)
        label = level.label if existing is None else f"{existing.label}, {level.label}"
        rows[key] = Level(label=label, spot=level.spot, move=level.move, vol_shift=level.vol_shift)
    return list(rows.values())


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
    wrong = {level.label: _as_second_stop(level) for level, second in targets if second}
    if not wrong:
        return levels
    return dataclasses.replace(
        levels,
        targets=tuple(wrong.get(level.label, level) for level in levels.targets),
        ladder=tuple(_relabel(level, wrong) for level in levels.ladder),
    )


def has_second_stop_first(outcomes: tuple[TargetOutcome, ...]) -> bool:
    """Return whether the nearest target is a second stop."""
    return bool(outcomes) and outcomes[0].second_stop


def odds_with_second_stop(odds: Odds, outcomes: tuple[TargetOutcome, ...]) -> Odds:
    """Return odds in which a second stop counts as a stop."""
    if not has_second_stop_first(outcomes):
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


def _as_second_stop(level: Level) -> Level:
    return dataclasses.replace(level, label=level.label.replace("target", "second stop", 1))


def _relabel(level: Level, wrong: dict[str, Level]) -> Level:
    labels = (wrong[label].label if label in wrong else label for label in level.label.split(", "))
    return dataclasses.replace(level, label=", ".join(labels))
