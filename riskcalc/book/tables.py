"""Tables of a book, of stress and of a hedge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from riskcalc.formatting.numbers import count, money, number, percent, r_multiple, whole_money
from riskcalc.formatting.table import Table

if TYPE_CHECKING:
    from riskcalc.book import Hedge
    from riskcalc.book.added import AddedRow
    from riskcalc.book.risk_records import BookRisk, BookTotals
    from riskcalc.book.stress import BookStress


def book_tables(risk: BookRisk) -> list[Table]:
    """Return tables of open trades, actions due, totals and the shock ladder."""
    return [_positions(risk), *_due(risk), totals_table(risk.totals), _ladder(risk)]


def _positions(risk: BookRisk) -> Table:
    header = (
        "id",
        "trade",
        "days",
        "spot",
        "P&L",
        "R",
        "to stop",
        "in ATR",
        "in daily SD",
        "risk",
        "IWM-equivalent",
        "due",
    )
    rows = tuple(
        (
            str(position.id),
            position.description,
            str(position.days),
            number(position.spot),
            whole_money(position.pnl),
            r_multiple(position.r_multiple),
            percent(position.stop_distance, digits=1, signed=True),
            number(position.stop_atr, digits=1),
            number(position.stop_deviations, digits=1),
            money(position.risk)
            if position.risk_basis == "to the stop"
            else f"{money(position.risk)} ({position.risk_basis})",
            whole_money(position.iwm_equivalent),
            ", ".join(due.what + ("" if due.now else " soon") for due in position.due),
        )
        for position in risk.positions
    )
    return Table(title=f"Open Trades, marked {risk.date}", rows=rows, header=header, left=frozenset({1, 11}))


def _due(risk: BookRisk) -> list[Table]:
    rows = tuple((str(position.id), position.description, due.text) for position, due in risk.due)
    header = ("id", "trade", "due")
    return [Table(title="Due Today", rows=rows, header=header, left=frozenset({1, 2}))] if rows else []


def totals_table(totals: BookTotals) -> Table:
    """Heat, exposures, Greeks and buying power of all open trades."""
    shock = percent(totals.shock, digits=0)
    rows = (
        ("risk now, sum", money(totals.heat.sum)),
        ("risk now, correlated", money(totals.heat.correlated)),
        (f"loss at a {shock} IWM shock, no stop", money(totals.heat.shock)),
        ("risk now, in R", r_multiple(totals.risk_in_r)),
        ("P&L", money(totals.pnl, signed=True)),
        ("IWM-equivalent", money(totals.iwm_equivalent)),
        ("SPY beta-weighted delta", money(totals.spy_equivalent)),
        ("theta per day", money(totals.greeks.theta_per_day)),
        ("vega per point", money(totals.greeks.vega_per_point)),
        ("gamma per 1%", money(totals.greeks.gamma_per_percent)),
        ("buying power used", money(totals.buying_power)),
    )
    return Table(title="Totals", rows=rows)


def _ladder(risk: BookRisk) -> Table:
    rows = tuple(
        (percent(row.move, digits=0, signed=True), money(row.pnl, signed=True), money(row.iwm_equivalent))
        for row in risk.ladder
        if round(100 * row.move) % 2 == 0
    )
    header = ("IWM", "P&L", "IWM-equivalent then")
    return Table(title="Shock Ladder: in one session, IV unchanged, no stop", rows=rows, header=header)


def stress_tables(stress: BookStress) -> list[Table]:
    """P&L of the book in each scenario."""
    rows = tuple((row.scenario, money(row.pnl, signed=True), row.meaning) for row in stress.rows)
    header = ("scenario", "P&L of the book", "what happens")
    title = "Stress Test: no stop, P&L from the marks"
    return [Table(title=title, rows=rows, header=header, left=frozenset({0, 2}))]


def stress_beside_table(stress: BookStress, pnls: Sequence[float], *, book: str) -> Table:
    """P&L of the book, of a planned trade [dollars, by scenario], and of both."""
    rows = tuple(
        (row.scenario, *(money(part, signed=True) for part in (row.pnl, pnl, row.pnl + pnl)))
        for row, pnl in zip(stress.rows, pnls, strict=True)
    )
    header = ("scenario", "P&L of the book", "this trade", "together")
    return Table(title=f"Stress Test of {book}", rows=rows, header=header)


NAMES = {
    "risk": "risk now, sum",
    "loss_at_shock": "loss at the common IWM shock",
    "iwm_equivalent": "IWM-equivalent",
    "spy_equivalent": "SPY beta-weighted delta",
    "theta_per_day": "theta per day",
    "vega_per_point": "vega per point",
    "gamma_per_percent": "gamma per 1%",
    "buying_power": "buying power used",
}
"""Totals of a book by the names of `AddedRow`."""


def added_table(rows: Sequence[AddedRow], *, source: str) -> Table:
    """Return a table of what a planned trade adds to the book."""
    cells = tuple(
        (NAMES[row.name], *(money(value) for value in (row.before, row.added, row.after))) for row in rows
    )
    header = ("of the book", "before", "this trade", "after")
    return Table(title=f"Heat and Buying Power {source}", rows=cells, header=header)


def book_after_table(added: Mapping[str, Sequence[AddedRow]], *, source: str) -> Table:
    """Return a table of the book's totals: now, and with each of several trades alone."""
    rows = tuple(
        (NAMES[first.name], money(first.before), *(money(position.after) for position in others))
        for first, others in ((row[0], row) for row in zip(*added.values(), strict=True))
    )
    header = ("of the book", "now", *(f"with {name}" for name in added))
    return Table(title=f"Heat and Buying Power {source}", rows=rows, header=header)


def _hedge_words(hedge: Hedge) -> str:
    if not hedge.units:
        return "none: the goal is met without one"
    return f"{hedge.action} {count(hedge.units, hedge.unit_noun)}: {hedge.description}"


def hedge_tables(hedge: Hedge) -> list[Table]:
    """Size, scenarios before and after, and the drift of the ratio."""
    size = (
        ("goal", hedge.goal),
        ("hedge", _hedge_words(hedge)),
        ("paid", money(hedge.cost)),
        ("buying power used", money(hedge.buying_power)),
        ("cost per week, IWM unchanged", money(hedge.cost_per_week)),
        ("IWM-equivalent before", money(hedge.exposure_before)),
        ("IWM-equivalent after", money(hedge.exposure_after)),
    )
    scenarios = tuple(
        (row.scenario, money(row.before, signed=True), money(row.after, signed=True)) for row in hedge.rows
    )
    drift = tuple(
        (str(row.sessions), percent(row.move, digits=1, signed=True), percent(row.ratio, digits=1))
        for row in hedge.drift
    )
    return [
        Table(title="Hedge", rows=size),
        Table(title="Before and After", rows=scenarios, header=("scenario", "P&L before", "P&L after")),
        Table(
            title="Share of the Book Offset Without Rebalancing",
            rows=drift,
            header=("sessions", "IWM", "offset"),
            left=frozenset(),
        ),
    ]
