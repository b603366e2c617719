"""One priced trade, and a size by its stop, as tables of text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from riskcalc.formatting.numbers import count, money, number, percent, price
from riskcalc.formatting.plan_metrics import (
    greeks_metrics,
    limits_words,
    metric,
    more_price_metrics,
    price_metrics,
    risk,
    risk_per_unit,
    why,
)
from riskcalc.formatting.table import Columns, Table, column_table, metric_table

if TYPE_CHECKING:
    from riskcalc.domain import EarlyExerciseBoundary, LegReport, RiskReport
    from riskcalc.sizing import StopSize


def option_tables(report: RiskReport) -> tuple[Table, ...]:
    """Return one priced trade without account or exits: its price, legs and Greeks."""
    unit = report.trade.unit_noun.capitalize()
    return (
        metric_table(f"Price per {unit}", (*price_metrics(report), *more_price_metrics(report))),
        legs_table(report),
        metric_table(f"Greeks per {unit}", greeks_metrics(report)),
    )


def legs_table(report: RiskReport) -> Table:
    """Return each leg with its entry, IV and Greeks."""
    columns: Columns[LegReport] = {
        "leg": lambda leg: leg.leg.label,
        "entry": lambda leg: price(leg.entry_price),
        "IV": lambda leg: percent(leg.vol, digits=1),
        "delta": lambda leg: number(leg.greeks.delta),
        "gamma": lambda leg: number(leg.greeks.gamma, digits=3),
        "theta/day": lambda leg: money(leg.greeks.theta_per_day),
        "vega/pt": lambda leg: money(leg.greeks.vega_per_point),
    }
    return column_table("Legs", report.legs, columns)


def early_exercise_tables(report: RiskReport, *, units: int) -> tuple[Table, ...]:
    """Return where calls are exercised for a dividend, and the cost to a seller; nothing where none is."""
    columns: Columns[EarlyExerciseBoundary] = {
        "leg": lambda line: line.leg.label,
        "ex-date": lambda line: f"{line.dividend.ex_date}{' forecast' if line.dividend.forecast else ''}",
        "dividend": lambda line: money(line.dividend.amount),
        "exercise date": lambda line: f"{line.eve}",
        "boundary": lambda line: price(line.boundary) if line.boundary < math.inf else "never",
        "P(exercise)": lambda line: percent(line.chance, digits=1),
        f"owed per {report.trade.unit_noun}": lambda line: money(line.dividend_dollars),
        "owed in total": lambda line: money(units * line.dividend_dollars),
    }
    title = "Early Exercise for Dividends: above the boundary; an assigned short call owes the dividend"
    table = column_table(title, report.early_exercise, columns, left={0, 1})
    return (table,) if table.rows else ()


def smile_words(report: RiskReport) -> str:
    """Describe how IV moves with the spot, as the end of a title; empty if each leg keeps its own."""
    smile = report.market.quote(report.trade.symbol).smile
    return "" if smile is None else f", sticky {smile.rule}"


def size_table(size: StopSize, *, entry: float, stop: float, multiplier: int) -> Table:
    """Return a table of a size from entry and stop only."""
    noun = "share" if multiplier == 1 else "unit"
    paid_once = size.risk - size.units * size.loss_per_unit if size.units else 0.0
    units = int(size.units) if size.units == int(size.units) else size.units
    rows = (
        ("position size", count(units, noun), why(size)),
        risk(size).row,
        ("stop", money(stop), f"{percent(stop / entry - 1, signed=True)} from {money(entry)}"),
        risk_per_unit(size, noun, basis="stop", paid_once=paid_once).row,
        ("position value", money(size.position_value), ""),
        metric("size.capital", size.capital).row,
        (
            "binding limit",
            size.binding_limit,
            f"size allowed by each limit: {limits_words(size.limits.items())}",
        ),
    )
    return Table(title="Position Size by Percent Risk", rows=rows, left=frozenset({0, 2}))
