"""Sentences about a book: a trade, an import, the age of its marks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from riskcalc.domain.sessions import sessions_between
from riskcalc.formatting.numbers import count, money, r_multiple

if TYPE_CHECKING:
    from riskcalc.book.imports import ImportResult
    from riskcalc.book.trades import BookTrade

LONGEST_AGE = 3660
"""Days beyond which the sessions are not counted."""


def trade_line(trade: BookTrade) -> str:
    """Describe a trade with its realized P&L in one line."""
    times = "" if trade.description.endswith(" shares") else f"{trade.quantity:g} x "
    line = f"trade {trade.id}: {times}{trade.description}, {trade.status}"
    if trade.status == "closed" or trade.realized_pnl:
        line += f", realized {money(trade.realized_pnl, signed=True)} with costs"
    if trade.r_multiple is not None:
        line += f", {r_multiple(trade.r_multiple)}"
    return line


def import_line(file: Path, result: ImportResult) -> str:
    """Return what an import did, or would do."""
    done = "imported" if result.written else "would be imported"
    if result.problems and not result.written:
        left = count(len(result.problems), "row")
        done = f"not imported: {left} cannot be matched (--partial imports the rest)"
    return (
        f"{file}: {result.source}, {count(result.fills, 'new fill')}, {result.duplicates} known, "
        f"{count(len(result.skipped), 'row')} skipped; {done}"
    )


def age_notes(marked: dt.date, *, today: dt.date) -> tuple[str, ...]:
    """Return that marks are old, where they are older than the session before."""
    old = (today - marked).days >= LONGEST_AGE
    age = 9999 if old else sessions_between(marked, today)
    return (f"the marks are {age} sessions old: riskcalc book mark",) if age > 1 else ()
