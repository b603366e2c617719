"""A plan as text tables, the size first."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, zip_longest

from riskcalc.domain import CashDividend, GapLine, LadderRow, TargetOutcome, TradePlan
from riskcalc.formatting.events import plan_events
from riskcalc.formatting.gamma import plan_clusters
from riskcalc.formatting.numbers import count, money, number, percent, price, r_multiple, whole_money
from riskcalc.formatting.plan_metrics import (
    calibrated_metrics,
    costs_words,
    limits_words,
    managed_metrics,
    odds_metrics,
    size_metrics,
)
from riskcalc.formatting.report import early_exercise_tables, option_tables, smile_words
from riskcalc.formatting.sectors import sector_bets
from riskcalc.formatting.signals import plan_triggers
from riskcalc.formatting.table import Columns, Table, column_table, metric_table


def plan_tables(plan: TradePlan) -> tuple[Table, ...]:
    """Return all tables of a plan, the size first.

    Parameters
    ----------
    plan : TradePlan
        From `riskcalc.plan`.

    Returns
    -------
    tuple of Table
        Size, checks, price, Greeks, ladder, time, gaps, targets, odds and the managed outcome; for a pair
        both its sides; triggers, events ahead and clusters of open interest where there are any.
    """
    return (
        _size(plan),
        *_pair(plan),
        *sector_bets(plan),
        _checks(plan),
        *option_tables(plan.report),
        _ladder(plan),
        *_decay(plan),
        _gaps(plan),
        *_targets(plan),
        _odds(plan),
        _managed(plan),
        *_dividends(plan),
        *early_exercise_tables(plan.report, units=plan.size.units),
        *_fund(plan),
        *_day(plan),
    )


def _unit(plan: TradePlan) -> str:
    """Unit noun in a heading."""
    return plan.report.trade.unit_noun.capitalize()


def plan_title(plan: TradePlan) -> str:
    """Return the trade, its market and its verdict in one line."""
    return f"{plan.verdict}  {trade_line(plan)}"


def trade_line(plan: TradePlan) -> str:
    """Return the trade, its market and its size in one line."""
    report = plan.report
    quote = report.market.quote(report.trade.symbol)
    name = f"{report.trade.name}: " if report.trade.name else ""
    return (
        f"{name}{report.trade.description}, spot {price(quote.spot)} on {report.market.as_of}"
        f"{source_words(plan)}, {count(plan.size.units, report.trade.unit_noun)}"
    )


def source_words(plan: TradePlan) -> str:
    """Return where the spot comes from, and how old it is, in brackets; empty if that is not known."""
    age = plan.market_age_sessions
    old = [f"{age} sessions old"] if age is not None and age > 1 and not plan.sources.is_sample else []
    parts = [] if plan.sources.spot is None else [str(plan.sources.spot)]
    return f" ({', '.join(parts + old)})" if parts + old else ""


def _size(plan: TradePlan) -> Table:
    table = metric_table("Size", size_metrics(plan))
    allowed = ("size allowed by each limit", "", limits_words(plan.size.limits))
    return replace(table, rows=(*table.rows, allowed))


def _pair(plan: TradePlan) -> tuple[Table, ...]:
    pair = plan.pair
    if pair is None:
        return ()
    rows = [
        ("long", f"{pair.bought_shares:,} {pair.bought}", money(pair.bought_dollars)),
        ("short", f"{pair.sold_shares:,} {pair.sold}", money(pair.sold_dollars)),
        ("net", "", money(pair.net_dollars, signed=True)),
    ]
    if pair.beta is not None:
        market = plan.report.trade.instrument.against
        note = f"beta {pair.beta:.2f}, correlation {percent(pair.correlation, digits=0)}"
        rows.append((f"{market}-equivalent exposure", note, money(pair.beta_dollars, signed=True)))
    return (Table(title="Pair, Whole Position", rows=tuple(rows), left=frozenset({0, 1})),)


def _checks(plan: TradePlan) -> Table:
    rows = tuple((check.status.upper(), check.name, check.message) for check in plan.checks)
    return Table(title="Checks", rows=rows, left=frozenset({0, 1, 2}))


def _ladder(plan: TradePlan) -> Table:
    levels = [tuple(rows) for _, rows in groupby(plan.ladder, key=lambda row: (row.label, row.spot))]
    dates = tuple(f"{row.when}\n{row.date:%m-%d}" for row in levels[0])
    one_r = plan.size.loss_per_unit
    rows = tuple(
        (level[0].label, price(level[0].spot), *(_ladder_cell(row, one_r) for row in level))
        for level in levels
    )
    title = f"P&L per {_unit(plan)}: dollars and R, before costs{at_the_stop(plan)}{smile_words(plan.report)}"
    return Table(title=title, rows=rows, header=("level", "spot", *dates))


def at_the_stop(plan: TradePlan) -> str:
    """Return how IV moves at the stop, to end a title with; nothing where it does not."""
    return f", {stop_vol_words(plan)} at the stop" if plan.exits.vol_shift else ""


def stop_vol_words(plan: TradePlan) -> str:
    """Return how IV moves at the stop, and at every gap beyond it."""
    shift = plan.exits.vol_shift
    return f"IV {shift * 100:+.4g} points" if shift else "IV unchanged"


def _ladder_cell(row: LadderRow, one_r: float) -> str:
    return f"{whole_money(row.pnl, one_r=one_r)} {number(row.r_multiple, digits=1, signed=True):>4}"


def _decay(plan: TradePlan) -> tuple[Table, ...]:
    theta = plan.theta
    if not plan.report.trade.option_legs:
        return ()
    until = f"through {plan.time_stop}" if plan.time_stop else ""
    rows = [(plan.report.trade.unit_noun, money(theta.per_day), money(theta.to_time_stop))]
    if theta.long_legs_per_day is not None:
        by_day, in_all = (
            money(theta.offset_per_day, signed=True),
            money(theta.offset_to_time_stop, signed=True),
        )
        rows += [
            ("long legs alone", money(theta.long_legs_per_day), money(theta.long_legs_to_time_stop)),
            ("offset by short legs", by_day, in_all),
        ]
    header = ("", "theta per day", until)
    title = f"Time Decay per {_unit(plan)}: spot and IV unchanged"
    return (Table(title=title, rows=tuple(rows), header=header),)


def _targets(plan: TradePlan) -> tuple[Table, ...]:
    targets = plan.targets
    if not targets.outcomes:
        return ()
    columns: Columns[TargetOutcome] = {
        "target": lambda outcome: outcome.level.label,
        "spot": lambda outcome: price(outcome.level.spot),
        "closed": lambda outcome: f"{outcome.units:,}",
        f"P&L per {plan.report.trade.unit_noun}": lambda outcome: money(outcome.pnl_per_unit, signed=True),
        "R": lambda outcome: r_multiple(outcome.r_multiple),
    }
    rate = targets.break_even_win_rate
    need = "" if rate is None else f"; breakeven win rate {percent(rate, digits=0)}"
    title = f"Targets: worst case through the time stop, {costs_words(plan.cost_per_trade)}{need}"
    table = column_table(title, targets.outcomes, columns)
    blended = ("whole position", "", f"{plan.size.units:,}", "", r_multiple(targets.blended_r))
    return (replace(table, rows=(*table.rows, blended)),)


def _odds(plan: TradePlan) -> Table:
    metrics = (*odds_metrics(plan), *calibrated_metrics(plan))
    return metric_table(f"Stop and Target Odds: view {plan.managed.view.name}", metrics)


def _managed(plan: TradePlan) -> Table:
    title = f"Managed Outcome per {_unit(plan)}: {costs_words(plan.cost_per_trade)}, present value"
    return metric_table(title, managed_metrics(plan))


def _dividends(plan: TradePlan) -> tuple[Table, ...]:
    """Return the dividends that prices and odds include; empty without any."""
    columns: Columns[CashDividend] = {
        "ex-date": lambda dividend: f"{dividend.ex_date}",
        "per share": lambda dividend: money(dividend.amount),
        "": lambda dividend: "forecast" if dividend.forecast else "special" if dividend.special else "",
    }
    table = column_table("Cash Dividends Included", plan.dividends, columns)
    return (table,) if table.rows else ()


def _day(plan: TradePlan) -> tuple[Table, ...]:
    """Return its triggers, the events before the plan's end, and the clusters between its exits."""
    tables = (plan_triggers(plan), plan_events(plan), plan_clusters(plan))
    return tuple(table for table in tables if table.rows)


def _fund(plan: TradePlan) -> tuple[Table, ...]:
    fund = plan.fund
    if fund is None:
        return ()
    moves: dict[str, list[str]] = {}
    for move in fund.exits:
        move_text = f"{percent(move.benchmark_move, signed=True)} in {count(move.sessions, 'session')}"
        moves.setdefault(move.label, []).append(move_text)
    rows = zip_longest(*((label, *texts) for label, texts in moves.items()), fillvalue="")
    week = f"{'loses' if fund.decay_per_week >= 0 else 'earns'} {percent(abs(fund.decay_per_week))} per week"
    title = (
        f"Exits as {fund.benchmark} Moves: at {percent(fund.benchmark_vol, digits=0)} IV; if "
        f"{fund.benchmark} is flat the fund {week} (daily reset, {fund.charges})"
    )
    return (Table(title=title, rows=tuple(zip(*rows, strict=True))),)


def _gaps(plan: TradePlan) -> Table:
    units, noun = plan.size.units, plan.report.trade.unit_noun
    paid_once = plan.cost_per_trade if units else 0.0
    columns: Columns[GapLine] = {
        "gap": lambda gap: f"opens at {100 * gap.move:+.4g}%",
        "spot": lambda gap: price(gap.spot),
        f"P&L per {noun}": lambda gap: money(-gap.loss_per_unit, signed=True),
        "P&L of the position": lambda gap: money(-gap.loss_per_unit * units - paid_once, signed=True),
    }
    favorable = any(plan.side * gap.move > 0 for gap in plan.gaps)
    other = ", unchanged on the other side" if favorable and plan.exits.vol_shift else ""
    title = f"Gap Risk: next open, {stop_vol_words(plan)}, as at the stop{other}, with costs"
    return column_table(title, plan.gaps, columns)
