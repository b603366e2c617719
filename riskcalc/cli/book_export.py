"""``riskcalc book export``: fills, trades with their plans, or notes as CSV; the whole book as TOML."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskcalc.cli.book_file import open_book

if TYPE_CHECKING:
    from riskcalc.book import Book, BookTrade, Fill

FILLS = (
    "date", "time", "symbol", "quantity", "price", "costs", "action",
    "expiry", "strike", "type", "multiplier", "order",
)  # fmt: skip
"""Columns of fills: those of the plain layout that is imported."""

TRADES = (
    "id", "symbol", "description", "status", "opened", "closed", "quantity", "realized_pnl", "costs", "one_r",
    "r", "preset", "tags", "stop", "targets", "time_stop", "stop_first", "target_first",
)  # fmt: skip
NOTES = ("trade", "time", "text")


@click.command("export")
@click.option(
    "--what",
    type=click.Choice(["fills", "trades", "notes"]),
    default="fills",
    show_default=True,
    help="Rows of the CSV: fills as import reads them, trades with the exits and odds of their plans, notes.",
)
@click.option(
    "--toml", "toml_wanted", is_flag=True, help="The whole book as TOML, with plans, notes and marks."
)
@click.pass_obj
def export(path: Path | None, /, *, what: str, toml_wanted: bool) -> None:
    """Print fills, trades or notes as CSV, or the whole book as TOML.

    `riskcalc book import` reads back the fills, and the TOML with its plans, tags, notes and marks.
    """
    with open_book(path) as book:
        text = book.backup() if toml_wanted else _csv(book, what)
    click.echo(text, nl=False)


def _csv(book: Book, what: str) -> str:
    header, rows = {
        "fills": (FILLS, (_fill(fill) for fill in book.fills())),
        "trades": (TRADES, (_trade(trade) for trade in book.trades())),
        "notes": (NOTES, _notes(book)),
    }[what]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _fill(fill: Fill) -> tuple[object, ...]:
    """A fill as a row; a trade's action is left to the sign of its quantity."""
    contract, kind = fill.contract, fill.kind.value
    parts = ("", "", "", "")
    if contract.option_type is not None:
        name = contract.option_type.name.lower()
        parts = (f"{contract.expiry}", f"{contract.strike:g}", name, f"{contract.multiplier:g}")
    return (
        fill.time.date(),
        fill.time.strftime("%H:%M:%S"),
        contract.symbol,
        f"{fill.quantity:.10g}",
        f"{fill.price:.10g}",
        f"{fill.costs:.10g}",
        "" if kind == "trade" else kind,
        *parts,
        fill.order,
    )


def _trade(trade: BookTrade) -> tuple[object, ...]:
    closed = trade.closed.date() if trade.closed else ""
    r = "" if trade.r_multiple is None else f"{trade.r_multiple:.4f}"
    one_r = "" if trade.one_r is None else f"{trade.one_r:.2f}"
    return (
        trade.id, trade.symbol, trade.description, trade.status, trade.opened.date(), closed,
        f"{trade.quantity:g}", f"{trade.realized_pnl:.2f}", f"{trade.costs:.2f}", one_r, r,
        trade.preset or "", " ".join(trade.tags), *_plan_row(trade),
    )  # fmt: skip


def _plan_row(trade: BookTrade) -> tuple[object, ...]:
    """Exits and odds of the plan at entry; empty without one."""
    if trade.plan is None:
        return ("",) * 5
    from riskcalc.book.plan_facts import plan_facts  # noqa: PLC0415 - help is quick

    plan, odds = plan_facts(trade.plan), json.loads(trade.plan)["probability"]
    return (
        f"{plan.stops[0]:.2f}",
        " ".join(f"{level:.2f}" for level in plan.targets),
        plan.time_stop or "",
        f"{odds['stop_first']:.4f}",
        f"{odds['target_first']:.4f}",
    )


def _notes(book: Book) -> Iterable[tuple[object, ...]]:
    for trade in book.trades():
        for time, words in book.notes(trade.id):
            yield trade.id, time.isoformat(), words
