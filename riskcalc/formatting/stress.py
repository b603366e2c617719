"""A plan under its scenarios: titled tables for the command line, fixed-width lines for the screen."""

from __future__ import annotations

from collections.abc import Sequence

from riskcalc.domain import StressRow, TradePlan
from riskcalc.formatting.metric import Line, Tone, cut, fit, plain, pnl, wrapped
from riskcalc.formatting.numbers import money, percent, price, r_multiple
from riskcalc.formatting.panel import gain_tone
from riskcalc.formatting.plan import trade_line
from riskcalc.formatting.report import smile_words
from riskcalc.formatting.table import Section

MOVE, PNL, R, VERDICT = 8, 12, 8, 17
"""Widths of the columns beside the scenario's name."""


def stress_sections(plan: TradePlan, rows: Sequence[StressRow]) -> tuple[Section, ...]:
    """Tables of the P&L in each scenario and the source of its move.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan`.
    rows : sequence of StressRow
        From `riskcalc.stress`.

    Returns
    -------
    tuple of Section
        P&L and verdict of each scenario, then what happens in it, then how its move was found.
    """
    return (_outcomes(plan, rows), _meanings(rows), _moves(plan, rows))


def scenario_lines(plan: TradePlan, rows: Sequence[StressRow], *, width: int) -> list[Line]:
    """Every scenario with its move, P&L of the position, R and verdict, and below it what happens.

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
    head = f"{'scenario':{name}}{'move':>{MOVE}}{'position':>{PNL}}{'R':>{R}}  risk budget"
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


def stress_title(plan: TradePlan) -> str:
    """Trade, market and risk budget in one line."""
    return f"{trade_line(plan)}, risk budget {money(plan.size.risk_budget)}"


def _outcomes(plan: TradePlan, rows: Sequence[StressRow]) -> Section:
    header = (
        "scenario",
        "move",
        "spot",
        f"P&L per {plan.report.trade.unit_noun}",
        "P&L of the position",
        "R",
        "risk budget",
    )
    table = tuple(
        (
            row.scenario.name,
            percent(row.move, digits=1, signed=True),
            price(row.spot),
            money(row.pnl, signed=True),
            money(row.pnl_all_units, signed=True),
            r_multiple(row.r_multiple),
            verdict(plan, row),
        )
        for row in rows
    )
    return Section(
        title=f"Stress Test: {held_through(plan)}", rows=table, header=header, left=frozenset({0, 6})
    )


def held_through(plan: TradePlan) -> str:
    """Conditions of the stress test, shown with its P&L."""
    once = ", costs per trade in the position's P&L only" if plan.cost_per_trade else ""
    how = f"no stop, repriced at the end of the scenario, with costs{once}"
    return f"{how}{smile_words(plan.report)}"


def _meanings(rows: Sequence[StressRow]) -> Section:
    header = ("scenario", "repriced", "what happens")
    table = tuple((row.scenario.name, f"{row.date}", row.scenario.meaning) for row in rows)
    return Section(title="Scenarios", rows=table, header=header, left=frozenset({0, 1, 2}))


def _moves(plan: TradePlan, rows: Sequence[StressRow]) -> Section:
    header = ("scenario", "source of the move")
    table = tuple((row.scenario.name, row.note) for row in rows)
    title = f"Moves in {plan.report.trade.symbol}"
    return Section(title=title, rows=table, header=header, left=frozenset({0, 1}))


def _words(text: str, *, width: int, tone: Tone) -> list[Line]:
    return [((line[0][0], tone),) for line in wrapped(text, width=width, indent=0)]


def _tally(plan: TradePlan, rows: Sequence[StressRow]) -> str:
    """Summary of the scenarios in a sentence."""
    if not plan.size.units:
        return "No position: one unit already exceeds a limit."
    broken = [row for row in rows if not row.holds]
    if not broken:
        return f"The loss is within the risk budget in all {len(rows)} scenarios."
    worst = min(broken, key=lambda row: row.pnl_all_units)
    count = f"{len(broken)} of {len(rows)} scenarios exceed the risk budget"
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
        (f"  {word}", Tone.GOOD if word == "within" else Tone.BAD),
    )


def verdict(plan: TradePlan, row: StressRow) -> str:
    """Whether the risk budget holds, in words."""
    if not plan.size.units:
        return "no position"
    return "within" if row.holds else "EXCEEDED"
