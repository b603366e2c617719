"""Panel of a plan's P&L at its exits, by date, and their odds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from riskcalc.domain import GapLine, LadderRow, Level, TradePlan
from riskcalc.formatting.metric import (
    LABEL,
    Better,
    Fact,
    Line,
    Spellings,
    Tone,
    cut,
    fact_line,
    fit,
    panel_lines,
    plain,
    pnl,
    points,
    share,
)
from riskcalc.formatting.numbers import MISSING, cents_of, percent
from riskcalc.formatting.panel import gain_tone

R_WIDTH = 6
"""Width of an R with its space."""

_PAIRS_FROM = LABEL + 3 * (7 + R_WIDTH)
"""Minimum width for R beside every P&L; below it only the last day has R."""


def exits_lines(
    plan: TradePlan, *, width: int, pinned: TradePlan | None = None, stale: bool = False
) -> list[Line]:
    """P&L of one unit at the exits in dollars and R, then P(stop hit first).

    Parameters
    ----------
    plan : TradePlan
        The trade being edited.
    width : int
        No line is wider [cells], >= 38.
    pinned : TradePlan or None
        The trade it is held against; gives the columns A, B and their difference.
    stale : bool
        Whether the plan is older than the inputs.

    Returns
    -------
    list of Line
    """
    if pinned is not None:
        return panel_lines("EXIT P&L", _facts(plan), width=width, pinned=_facts(pinned), stale=stale)
    days = _days(plan)
    levels = [(_label(level), [_row(plan, level, when) for when, _ in days]) for level in _levels(plan)]
    return [
        _head([head for _, head in days], width=width, stale=stale),
        *(_line(plan, label, [_pnl(row) for row in rows], width=width) for label, rows in levels),
        *(_gap(plan, gap, width=width) for gap in _worst_gap(plan)),
        *(fact_line(fact, width=width) for fact in _odds(plan)),
    ]


def _worst_gap(plan: TradePlan) -> tuple[GapLine, ...]:
    """The gap with the largest loss; empty without gaps."""
    worst = max(plan.gaps, key=lambda gap: gap.loss_per_unit, default=None)
    return () if worst is None else (worst,)


def worst_pnl(plan: TradePlan) -> list[tuple[str, float | None]]:
    """P&L of one unit at each target and the stop, furthest target first, on the worst day of the ladder."""
    held = _held(plan)
    return [
        (_label(level), min((row.pnl for when in held if (row := _row(plan, level, when))), default=None))
        for level in _levels(plan)
    ]


def _levels(plan: TradePlan) -> tuple[Level, ...]:
    """Levels, the best first."""
    return (*(outcome.level for outcome in reversed(plan.targets.outcomes)), plan.stop)


def _days(plan: TradePlan) -> list[tuple[str, str]]:
    """Today, midway and last day of the plan, as ladder names and headings."""
    dates = _held(plan)
    held = list(dates)
    chosen = dict.fromkeys((held[0], held[len(held) // 2], held[-1]))
    named = ("time stop", "expiry")
    return [(when, f"{dates[when]:%m-%d}" if when in named else when) for when in chosen]


def _held(plan: TradePlan) -> dict[str, dt.date]:
    """Ladder dates until the time stop."""
    first = plan.ladder[0]
    level = [row for row in plan.ladder if (row.label, row.spot) == (first.label, first.spot)]
    return {row.when: row.date for row in level if plan.time_stop is None or row.date <= plan.time_stop}


def _row(plan: TradePlan, level: Level, when: str) -> LadderRow | None:
    """The ladder's cell; rows of the ladder may join several levels under one label."""
    found = (row for row in plan.ladder if row.when == when and level.label in row.label.split(", "))
    return next(found, None)


def _pnl(row: LadderRow | None) -> float | None:
    return None if row is None else row.pnl


def _label(level: Level) -> str:
    return level.label.removeprefix("target ").removeprefix("second ")


def _short(plan: TradePlan, level: Level) -> str:
    """Short name of a level: the stop by name, others by move."""
    return "stop" if level == plan.stop else level.label.split()[-1]


def _columns(width: int, count: int) -> tuple[int, bool]:
    """Width of a P&L, and whether each has its R."""
    pairs = width >= _PAIRS_FROM
    room = width - LABEL - R_WIDTH * (count if pairs else 1)
    return min(9, room // 3), pairs


def _head(days: list[str], *, width: int, stale: bool) -> Line:
    column, pairs = _columns(width, len(days))
    r = f"{'R':>{R_WIDTH}}"
    heads = "".join(f"{day:>{column}}{r if pairs else ''}" for day in days) + ("" if pairs else r)
    title = "EXITS, stale" if stale else "EXIT P&L"
    # The first heading leaves room at its left: a longer title reaches into it.
    return (
        (f"{title:{LABEL}}", Tone.WARN if stale else Tone.TITLE),
        (heads[max(0, len(title) - LABEL) :], Tone.QUIET),
    )


def _line(plan: TradePlan, label: str, amounts: Sequence[float | None], *, width: int) -> Line:
    column, pairs = _columns(width, len(amounts))
    show = _spellings(plan)
    parts: list[tuple[str, Tone]] = [(f"{cut(label, LABEL):{LABEL}}", Tone.PLAIN)]
    for amount in amounts:
        text = fit(show(amount), column - 1)
        parts.append((f"{text:>{column}}", gain_tone(amount)))
        if pairs:
            parts.append((_r(plan, amount), Tone.QUIET))
    return tuple(parts) if pairs else (*parts, (_r(plan, amounts[-1]), Tone.QUIET))


def _spellings(plan: TradePlan) -> Callable[[float | None], Spellings]:
    """Whole dollars, and cents for a unit that is cheap."""
    return pnl if cents_of(plan.size.loss_per_unit) else _whole_pnl


def _whole_pnl(amount: float | None) -> Spellings:
    return pnl(amount)[1:] or pnl(amount)


def _r(plan: TradePlan, amount: float | None) -> str:
    return f"{_in_r(plan, amount, digits=1):>{R_WIDTH}}"


def _in_r(plan: TradePlan, amount: float | None, *, digits: int) -> str:
    r = None if amount is None else plan.to_r_multiple(amount)
    return MISSING if r is None else f"{fit(plain(r, digits=digits, signed=True), R_WIDTH - 3 + digits)}R"


def _gap(plan: TradePlan, gap: GapLine, *, width: int) -> Line:
    """Line of a gap: one P&L, with costs."""
    column, _ = _columns(width, 3)
    amount = -gap.loss_per_unit
    text = fit(_spellings(plan)(amount), column - 1)
    note = cut("  overnight", width - LABEL - column - R_WIDTH)
    return (
        (f"{cut(f'gap {100 * gap.move:+.4g}%', LABEL):{LABEL}}", Tone.PLAIN),
        (f"{text:>{column}}", gain_tone(amount)),
        (_r(plan, amount), Tone.QUIET),
        (note, Tone.QUIET),
    )


def _odds(plan: TradePlan) -> tuple[Fact, ...]:
    odds, expected = plan.odds, plan.managed.expected_pnl
    target = "" if odds.touch_target is None else f"target 1st {percent(odds.target_first, digits=1)}"
    if odds.second_stop_first:
        target = f"{percent(odds.second_stop_first, digits=1)} at 2nd stop"
    return (
        Fact(
            key="stop first",
            label="Stop first",
            value=odds.stop_first,
            show=share,
            change=points,
            better=Better.LESS,
            note=target,
        ),
        Fact(
            key="expected",
            label="Expected",
            value=expected,
            show=pnl,
            change=pnl,
            better=Better.MORE,
            note=f"{_in_r(plan, expected, digits=2)} with costs",
            tone=gain_tone(expected),
        ),
    )


def _facts(plan: TradePlan) -> tuple[Fact, ...]:
    """Metrics for A/B comparison: each level today and on the last day."""
    days = _days(plan)
    ends = tuple(dict.fromkeys((days[0], days[-1])))
    count = len(plan.targets.outcomes)
    keys = (*(f"target {count - index}" for index in range(count)), "stop")
    found = [
        _outcome(plan, key, f"{_short(plan, level)} {head}", _row(plan, level, when), last=index > 0)
        for key, level in zip(keys, _levels(plan), strict=True)
        for index, (when, head) in enumerate(ends)
    ]
    worst = next((-gap.loss_per_unit for gap in _worst_gap(plan)), None)
    gap = _pnl_fact(plan, "gap", "worst gap", worst)
    target = Fact(
        key="target first",
        label="Target 1st",
        value=None if plan.odds.touch_target is None else plan.odds.target_first,
        show=share,
        change=points,
        better=Better.MORE,
    )
    stop_first, expected = _odds(plan)
    return (*found, gap, stop_first, target, expected)


def _outcome(plan: TradePlan, key: str, label: str, row: LadderRow | None, *, last: bool) -> Fact:
    return _pnl_fact(plan, f"{key} {'last' if last else 'today'}", label, _pnl(row))


def _pnl_fact(plan: TradePlan, key: str, label: str, amount: float | None) -> Fact:
    show = _spellings(plan)
    return Fact(key=key, label=label, value=amount, show=show, change=show, better=Better.MORE)
