"""A plan's P&L at its exits: stop, targets and gaps today, midway and on the last day, and their odds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from riskcalc.domain import GapLine, Level, TradePlan
from riskcalc.formatting.metric import (
    LABEL,
    Better,
    Line,
    Metric,
    PanelLayout,
    Style,
    columns_line,
    compared_lines,
    cut,
    gain_style,
    metric_line,
)
from riskcalc.formatting.numbers import PNL, NumberFormat, fit, percent, pnl_format
from riskcalc.formatting.plan_metrics import calibrated_metrics, expected_pnl, odds_metrics, select

R_WIDTH = 6
"""Width of an R with its space."""

R_TENTHS = NumberFormat(digits=1, signed=True, suffix="R")

_R_BESIDE_EACH_FROM = LABEL + 3 * (7 + R_WIDTH)
"""Minimum width for R beside every P&L; below it only the last day has R."""


def exits_lines(plan: TradePlan, layout: PanelLayout) -> list[Line]:
    """Return the P&L of one unit at the exits in dollars and R, then how likely the stop is hit first."""
    if layout.pinned is not None:
        return compared_lines("EXIT P&L", _metrics(plan), pinned=_metrics(layout.pinned), layout=layout)
    days, pnl, width = _days(plan), _ladder_pnl(plan), layout.width
    return [
        _head(tuple(days.values()), layout),
        *(
            _pnl_line(plan, _label(level), [pnl.get((level.label, day)) for day in days], width=width)
            for level in _levels(plan)
        ),
        *(_gap_line(plan, gap, width=width) for gap in _worst_gap(plan)),
        *(
            metric_line(metric, width=width)
            for metric in (first_hit(plan), _calibrated(plan), _expected(plan))
        ),
    ]


def worst_pnl(plan: TradePlan) -> list[Metric]:
    """Return the P&L of one unit at each target and the stop, furthest target first, on its worst day."""
    pnl, metrics = _ladder_pnl(plan), []
    for level in _levels(plan):
        amounts = (pnl[level.label, day] for day in _days_held(plan) if (level.label, day) in pnl)
        worst, labels = min(amounts, default=None), (_label(level),)
        metrics.append(
            Metric(key=level.label, labels=labels, value=worst, format=PNL, style=gain_style(worst))
        )
    return metrics


def first_hit(plan: TradePlan) -> Metric:
    """Return how likely the stop is hit first, beside the other level's chance."""
    odds = plan.odds
    (metric,) = select(odds_metrics(plan), "probability.stop_first")
    note = "" if odds.touch_target is None else f"target 1st {percent(odds.target_first, digits=1)}"
    if odds.second_stop_first:
        note = f"{percent(odds.second_stop_first, digits=1)} at 2nd stop"
    return replace(metric, notes=(note,))


def _calibrated(plan: TradePlan) -> Metric:
    """Return how likely the stop is hit first at the calibrated volatility, beside the target."""
    (metric, *_) = calibrated_metrics(plan)
    return replace(metric, notes=metric.notes[1:] if plan.targets.outcomes else ())


def _expected(plan: TradePlan) -> Metric:
    """Return the expected P&L, which is after costs, unlike the P&L at the exits."""
    metric = expected_pnl(plan)
    r = metric.notes[0]
    return replace(metric, notes=(f"{r} with costs", f"{r}, net"))


def _worst_gap(plan: TradePlan) -> tuple[GapLine, ...]:
    """Return the gap with the largest loss; empty without gaps."""
    worst = max(plan.gaps, key=lambda gap: gap.loss_per_unit, default=None)
    return () if worst is None else (worst,)


def _levels(plan: TradePlan) -> tuple[Level, ...]:
    """Return targets and stop, the best first."""
    return (*(outcome.level for outcome in reversed(plan.targets.outcomes)), plan.stop)


def _days(plan: TradePlan) -> dict[str, str]:
    """Return today, midway and the last day the plan holds: each name in the ladder with its heading."""
    dates = _days_held(plan)
    days = list(dates)
    chosen = dict.fromkeys((days[0], days[len(days) // 2], days[-1]))
    return {day: f"{dates[day]:%m-%d}" if day in {"time stop", "expiry"} else day for day in chosen}


def _days_held(plan: TradePlan) -> dict[str, dt.date]:
    """Return the days of the ladder on which the plan still holds the trade."""
    return {row.when: row.date for row in plan.ladder if plan.time_stop is None or row.date <= plan.time_stop}


def _ladder_pnl(plan: TradePlan) -> dict[tuple[str, str], float]:
    """Return the P&L by level and day; rows of the ladder may join several levels under one label."""
    return {(label, row.when): row.pnl for row in plan.ladder for label in row.label.split(", ")}


def _label(level: Level) -> str:
    return level.label.removeprefix("target ").removeprefix("second ")


def _columns(width: int, count: int) -> tuple[int, bool]:
    """Return the width of a P&L, and whether each has its R."""
    in_r = width >= _R_BESIDE_EACH_FROM
    room = width - LABEL - R_WIDTH * (count if in_r else 1)
    return min(9, room // 3), in_r


def _head(days: Sequence[str], layout: PanelLayout) -> Line:
    column, in_r = _columns(layout.width, len(days))
    r = f"{'R':>{R_WIDTH}}"
    heads = "".join(f"{day:>{column}}{r if in_r else ''}" for day in days) + ("" if in_r else r)
    # The first heading has no room for more of a title.
    title = "EXITS" if layout.stale else "EXIT P&L"
    return columns_line(title, heads, layout=layout, width=LABEL)


def _pnl_line(plan: TradePlan, label: str, amounts: Sequence[float | None], *, width: int) -> Line:
    column, in_r = _columns(width, len(amounts))
    cells: list[tuple[str, Style]] = []
    for amount in amounts:
        cells += [_pnl_cell(plan, amount, column), *([_r_cell(plan, amount)] if in_r else [])]
    last = () if in_r else (_r_cell(plan, amounts[-1]),)
    return (_label_cell(label), *cells, *last)


def _gap_line(plan: TradePlan, gap: GapLine, *, width: int) -> Line:
    """Return the one P&L of a gap, which takes no days, with costs."""
    column, _ = _columns(width, 3)
    amount = -gap.loss_per_unit
    return (
        _label_cell(f"gap {100 * gap.move:+.4g}%"),
        _pnl_cell(plan, amount, column),
        _r_cell(plan, amount),
        (cut("  overnight", width - LABEL - column - R_WIDTH), Style.QUIET),
    )


def _label_cell(label: str) -> tuple[str, Style]:
    return (f"{cut(label, LABEL):{LABEL}}", Style.PLAIN)


def _pnl_cell(plan: TradePlan, amount: float | None, column: int) -> tuple[str, Style]:
    text = fit(pnl_format(plan.size.loss_per_unit).variants(amount), column - 1)
    return (f"{text:>{column}}", gain_style(amount))


def _r_cell(plan: TradePlan, amount: float | None) -> tuple[str, Style]:
    r = None if amount is None else plan.to_r_multiple(amount)
    return (f"{fit(R_TENTHS.variants(r), R_WIDTH - 1):>{R_WIDTH}}", Style.QUIET)


def _metrics(plan: TradePlan) -> tuple[Metric, ...]:
    """Return the metrics that are compared with another trade: each level today and on the last day."""
    days, pnl, levels = _days(plan), _ladder_pnl(plan), _levels(plan)
    first, last = next(iter(days)), next(reversed(days))
    keys = (*(f"target {index}" for index in range(len(levels) - 1, 0, -1)), "stop")
    rows = [
        (f"{key} {end}", f"{_short_label(plan, level)} {days[when]}", pnl.get((level.label, when)))
        for key, level in zip(keys, levels, strict=True)
        for end, when in (("today", first), ("last", last))
        if end == "today" or last != first
    ]
    rows.append(("gap", "worst gap", next((-gap.loss_per_unit for gap in _worst_gap(plan)), None)))
    number = pnl_format(plan.size.loss_per_unit)
    return (
        *(
            Metric(key=key, labels=(label,), value=value, format=number, better=Better.MORE)
            for key, label, value in rows
        ),
        first_hit(plan),
        *select(odds_metrics(plan), "probability.target_first"),
        _calibrated(plan),
        _expected(plan),
    )


def _short_label(plan: TradePlan, level: Level) -> str:
    """Return the stop by its name, every other level by its move."""
    return "stop" if level == plan.stop else level.label.split()[-1]
