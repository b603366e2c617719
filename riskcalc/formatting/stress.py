"""A plan under its scenarios: titled tables for the command line, fixed-width lines for the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from riskcalc.domain import StressRow, TradePlan, Verdict
from riskcalc.domain.trading_day import DAY_CHECKS
from riskcalc.formatting.checks import day_tables, failing_checks
from riskcalc.formatting.events import plan_events
from riskcalc.formatting.metric import Line, Style, wrapped
from riskcalc.formatting.numbers import money, percent, price, r_multiple
from riskcalc.formatting.plan import trade_line
from riskcalc.formatting.report import smile_words
from riskcalc.formatting.table import Columns, Table, column_table, table_lines

POSITION = "P&L of the position"


def stress_tables(plan: TradePlan, rows: Sequence[StressRow]) -> tuple[Table, ...]:
    """Tables of the P&L in each scenario and the source of its move.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan`.
    rows : sequence of StressRow
        From `riskcalc.stress`.

    Returns
    -------
    tuple of Table
        P&L and verdict of each scenario, then what happens in it, then how its move was found; then the
        signals that fail or warn and the events ahead, where the plan was held against a day.
    """
    against = [check for check in failing_checks(plan) if check.name in DAY_CHECKS]
    events = plan_events(plan)
    day = (*day_tables(against), *((events,) if events.rows else ()))
    return (_pnl_table(plan, rows), _meanings(rows), _moves(plan, rows), *day)


def scenario_lines(plan: TradePlan, rows: Sequence[StressRow], *, width: int) -> list[Line]:
    """Return every scenario with its move, P&L of the position, R and verdict, and below it what happens.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan`.
    rows : sequence of StressRow
        From `riskcalc.stress`.
    width : int
        No sentence is wider [cells], >= 60.

    Returns
    -------
    list of Line
    """
    columns = _columns(plan)
    columns["position"] = columns.pop(POSITION)
    shown = {heading: columns[heading] for heading in ("scenario", "move", "position", "R", "risk budget")}
    table = column_table("", rows, shown, left={0, 4})
    title, head, *lines = table_lines(table, width=width)
    meanings = (wrapped(row.scenario.meaning, width=width) for row in rows)
    return [
        *wrapped(stress_title(plan), width=width, indent=0, style=Style.TITLE),
        *wrapped(_summarize(plan, rows), width=width, indent=0, style=Style.PLAIN),
        *wrapped(how_repriced(plan), width=width, indent=0),
        title,
        head,
        *(line for first, rest in zip(lines, meanings, strict=True) for line in (first, *rest)),
    ]


def stress_title(plan: TradePlan) -> str:
    """Trade, market and risk budget in one line."""
    word = f"{plan.verdict}  " if plan.verdict in (Verdict.OLD, Verdict.SAMPLE) else ""
    return f"{word}{trade_line(plan)}, risk budget {money(plan.size.risk_budget)}"


def _pnl_table(plan: TradePlan, rows: Sequence[StressRow]) -> Table:
    return column_table(f"Stress Test: {how_repriced(plan)}", rows, _columns(plan), left={0, 6})


def _columns(plan: TradePlan) -> dict[str, Callable[[StressRow], str]]:
    return {
        "scenario": lambda row: row.scenario.name,
        "move": lambda row: percent(row.move, digits=1, signed=True),
        "spot": lambda row: price(row.spot),
        f"P&L per {plan.report.trade.unit_noun}": lambda row: money(row.pnl, signed=True),
        POSITION: lambda row: money(row.pnl_all_units, signed=True),
        "R": lambda row: r_multiple(row.r_multiple),
        "risk budget": lambda row: verdict(plan, row),
    }


def how_repriced(plan: TradePlan) -> str:
    """Conditions of the stress test, shown with its P&L."""
    once = ", costs per trade in the position's P&L only" if plan.cost_per_trade else ""
    how = f"no stop, repriced at the end of the scenario, with costs{once}"
    return f"{how}{smile_words(plan.report)}"


def _meanings(rows: Sequence[StressRow]) -> Table:
    columns: Columns[StressRow] = {
        "scenario": lambda row: row.scenario.name,
        "repriced": lambda row: f"{row.date}",
        "what happens": lambda row: row.scenario.meaning,
    }
    return column_table("Scenarios", rows, columns, left={0, 1, 2})


def _moves(plan: TradePlan, rows: Sequence[StressRow]) -> Table:
    columns: Columns[StressRow] = {
        "scenario": lambda row: row.scenario.name,
        "source of the move": lambda row: row.note,
    }
    return column_table(f"Moves in {plan.report.trade.symbol}", rows, columns, left={0, 1})


def _summarize(plan: TradePlan, rows: Sequence[StressRow]) -> str:
    """Summary of the scenarios in a sentence."""
    if not plan.size.units:
        return "No position: one unit already exceeds a limit."
    broken = [row for row in rows if not row.holds]
    if not broken:
        return f"The loss is within the risk budget in all {len(rows)} scenarios."
    worst = min(broken, key=lambda row: row.pnl_all_units)
    count = f"{len(broken)} of {len(rows)} scenarios exceed the risk budget"
    return f"{count}; worst: {worst.scenario.name}, {money(worst.pnl_all_units, signed=True)}."


def verdict(plan: TradePlan, row: StressRow) -> str:
    """Describe whether the risk budget holds."""
    if not plan.size.units:
        return "no position"
    return "within" if row.holds else "EXCEEDED"
