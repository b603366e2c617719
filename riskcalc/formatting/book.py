"""Panel lines with what a planned trade adds to a book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from riskcalc.formatting.metric import Line, Metric, PanelLayout, Style, metric_line, title_line
from riskcalc.formatting.numbers import DOLLARS, NumberFormat

SIGNED = NumberFormat(digits=0, signed=True)
WHOLE = NumberFormat(digits=0)
LABELS = {
    "risk": ("risk now, all trades", "open risk"),
    "loss_at_shock": ("loss at IWM shock", "IWM shock"),
    "iwm_equivalent": ("IWM-equivalent", "IWM-equiv."),
    "buying_power": ("buying power used", "BP used"),
}
"""Totals that a panel shows, by the names of `riskcalc.book.added.AddedRow`."""


class Total(Protocol):
    """One total of a book, without and with the planned trade [dollars]."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def before(self) -> float:
        """Without the trade."""

    @property
    def added(self) -> float:
        """By the trade."""

    @property
    def after(self) -> float:
        """With the trade."""


def book_lines(added: Sequence[Total], layout: PanelLayout) -> list[Line]:
    """Return the book's totals with the planned trade, and its addition to each; none without a book.

    Parameters
    ----------
    added : sequence of Total
        From `riskcalc.book.added.added_by`.
    layout : PanelLayout
        Where they are drawn.
    """
    rows = {row.name: row for row in added}
    shown = [rows[name] for name in LABELS if name in rows]
    if not shown:
        return []
    head = title_line("BOOK", layout, note="$, with this trade")
    return [head, *(metric_line(_metric(row), width=layout.width) for row in shown)]


def _metric(row: Total) -> Metric:
    change = f"{SIGNED.text(row.added)}" if abs(row.added) >= 0.5 else "0"
    before = WHOLE.text(row.before)
    return Metric(
        key=f"book.{row.name}",
        labels=LABELS[row.name],
        value=row.after,
        format=DOLLARS,
        notes=(f"now {before}, this trade {change}", f"now {before} {change}", f"{change} added"),
        style=Style.PLAIN,
    )
