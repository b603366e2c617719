"""A plan under its scenarios in two lines each: what happens, and what it does."""

from __future__ import annotations

from collections.abc import Sequence

from riskcalc.domain import StressRow, TradePlan
from riskcalc.formatting.fact import Line, Tone, wrapped
from riskcalc.formatting.fitted import cut, fit, plain, pnl
from riskcalc.formatting.panel import gain_tone
from riskcalc.formatting.stress import held_through, stress_title, verdict

MOVE, PNL, R, VERDICT = 8, 12, 8, 17
"""Widths of the columns beside the scenario's name."""


def scenario_lines(plan: TradePlan, rows: Sequence[StressRow], *, width: int) -> list[Line]:
    """Every scenario with its move, P&L of all units, R and verdict, and below it what happens.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan`.
    rows : sequence of StressRow
        From `riskcalc.stress`.
    width : int
        No line is wider [cells], >= 60.

    Returns
    -------
    list of Line
    """
    name = width - MOVE - PNL - R - VERDICT
    head = f"{'scenario':{name}}{'move':>{MOVE}}{'all units':>{PNL}}{'R':>{R}}  risk budget"
    lines = [
        *_words(stress_title(plan), width=width, tone=Tone.TITLE),
        *_words(_tally(plan, rows), width=width, tone=Tone.PLAIN),
        *wrapped(held_through(plan), width=width, indent=0),
        (),
        ((head, Tone.QUIET),),
    ]
    for row in rows:
        lines += [_outcome(plan, row, name=name), *wrapped(row.scenario.meaning, width=width)]
    return lines


def _words(text: str, *, width: int, tone: Tone) -> list[Line]:
    return [((line[0][0], tone),) for line in wrapped(text, width=width, indent=0)]


def _tally(plan: TradePlan, rows: Sequence[StressRow]) -> str:
    """What the scenarios say together, in a sentence."""
    if not plan.size.units:
        return "Nothing is held: one unit breaks a limit."
    broken = [row for row in rows if not row.holds]
    if not broken:
        return f"The risk budget holds in all {len(rows)} scenarios."
    worst = min(broken, key=lambda row: row.pnl_all_units)
    count = f"{len(broken)} of {len(rows)} scenarios break the risk budget"
    return f"{count}; worst: {worst.scenario.name}, {pnl(worst.pnl_all_units)[0]}."


def _outcome(plan: TradePlan, row: StressRow, *, name: int) -> Line:
    word = verdict(plan, row)
    return (
        (f"{cut(row.scenario.name, name - 1):{name}}", Tone.PLAIN),
        (f"{fit((f'{row.move:+.1%}', f'{row.move:+.0%}'), MOVE - 1):>{MOVE}}", Tone.PLAIN),
        (f"{fit(pnl(row.pnl_all_units), PNL - 1):>{PNL}}", gain_tone(row.pnl_all_units)),
        (
            f"{fit(plain(row.r_multiple, signed=True), R - 2) + 'R' * (row.r_multiple is not None):>{R}}",
            Tone.QUIET,
        ),
        (f"  {word}", Tone.GOOD if word == "holds" else Tone.BAD),
    )
