"""The page Journal: closed trades, what they earned with errors, and the odds of their plans."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path

from riskcalc.book.book import Book
from riskcalc.book.journal_records import Journal, JournalRow
from riskcalc.book.journal_tables import calibration_tables, groups_tables, quantiles_tables, statistics_table
from riskcalc.book.ledger import TradeLedger
from riskcalc.book.trades import BookTrade
from riskcalc.editor.pages.bars import Bar, BarChart
from riskcalc.editor.pages.book_tables import with_short_dates
from riskcalc.editor.pages.forms import Answer, Form, FormField, Typed, typed_day
from riskcalc.editor.pages.grid import Cell, Grid, GridColumn
from riskcalc.environment import book_path
from riskcalc.errors import InvalidInputError, RiskcalcError
from riskcalc.formatting.metric import Style
from riskcalc.formatting.numbers import count, number, percent, r_multiple, whole_money
from riskcalc.formatting.table import Table
from riskcalc.records import dataclass

Notes = tuple[tuple[dt.datetime, str], ...]

STEPS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 100.0)
"""Widths of the bars of the histogram [R]."""

MOST_BARS = 14

COLUMNS = (
    GridColumn(heading="id"),
    GridColumn(heading="trade", left=True, flexible=True),
    GridColumn(heading="opened", spare=5),
    GridColumn(heading="closed"),
    GridColumn(heading="days", spare=4),
    GridColumn(heading="P&L $"),
    GridColumn(heading="R"),
    GridColumn(heading="total R", spare=1),
    GridColumn(heading="first", left=True, spare=6),
    GridColumn(heading="preset", left=True, spare=3),
    GridColumn(heading="tags", left=True, spare=2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilter:
    """Which closed trades are looked at; None for all."""

    since: dt.date | None = None
    preset: str | None = None
    tag: str | None = None

    @property
    def words(self) -> str:
        """The filter in words; empty without one."""
        parts = [
            f"since {self.since}" if self.since else "",
            f"preset {self.preset}" if self.preset else "",
            f"tag {self.tag}" if self.tag else "",
        ]
        return ", ".join(filter(None, parts))

    def to_state(self) -> dict[str, str]:
        """Return what the session keeps of it."""
        return {"since": str(self.since or ""), "preset": self.preset or "", "tag": self.tag or ""}

    @classmethod
    def from_state(cls, state: Mapping[str, str]) -> JournalFilter:
        """Return the filter of a session; a day that is none is left out."""
        try:
            since = dt.date.fromisoformat(state.get("since", ""))
        except ValueError:
            since = None
        return cls(since=since, preset=state.get("preset") or None, tag=state.get("tag") or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedTrade:
    """One closed trade with everything that the book knows of it."""

    trade: BookTrade
    ledger: TradeLedger
    notes: Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalView:
    """What the page shows."""

    path: Path
    chosen: JournalFilter
    found: Journal | None = None
    """None without a book, or where it cannot be read."""
    trades: Mapping[int, ReviewedTrade] = field(default_factory=dict)
    """All closed trades, by their numbers."""
    problem: str = ""
    """Why the journal cannot be shown, in a line."""

    @property
    def presets(self) -> tuple[str, ...]:
        """Presets of all closed trades."""
        return tuple(sorted({trade.trade.preset for trade in self.trades.values() if trade.trade.preset}))

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags of all closed trades."""
        return tuple(sorted({tag for trade in self.trades.values() for tag in trade.trade.tags}))


def read_journal(chosen: JournalFilter, path: Path | None = None) -> JournalView:
    """Return the journal of the user's book.

    Parameters
    ----------
    chosen : JournalFilter
        Which closed trades are looked at.
    path : Path, optional
        Of the book; default: the user's own.

    Returns
    -------
    JournalView
        Without a file nothing is made; what cannot be read is said in `problem`.
    """
    path = book_path() if path is None else path
    try:
        if not path.exists():
            return JournalView(path=path, chosen=chosen)
        with Book(path) as book:
            entries = book.journal(since=chosen.since, preset=chosen.preset, tag=chosen.tag)
            # Trades stand in the order of the ledger's.
            pairs = zip(book.trades(), book.ledger.trades.values(), strict=True)
            trades = {
                trade.id: ReviewedTrade(trade=trade, ledger=ledger, notes=book.notes(trade.id))
                for trade, ledger in pairs
                if trade.status == "closed"
            }
            return JournalView(path=path, chosen=chosen, found=entries, trades=trades)
    except RiskcalcError as error:
        return JournalView(path=path, chosen=chosen, problem=(str(error).splitlines() or [""])[0])


def summary(view: JournalView) -> str:
    """Return the journal in a sentence, with its filter, and whether it means much."""
    if view.found is None:
        return ""
    results_shown, everything = view.found, len(view.trades)
    of_all = f" of {everything:,}" if results_shown.n < everything else ""
    words = [f"{results_shown.n:,}{of_all} closed trade{'' if results_shown.n == 1 and not of_all else 's'}"]
    if view.chosen.words:
        words[0] += f" ({view.chosen.words})"
    if results_shown.mean_r is not None:
        error = f" ± {number(results_shown.mean_r_error)}" if results_shown.mean_r_error is not None else ""
        words.append(f"mean {r_multiple(results_shown.mean_r)}{error}")
    return "; ".join([*words, *results_shown.notes])


def trades_grid(view: JournalView) -> Grid:
    """Return the closed trades, the latest first."""
    results = tuple(reversed(view.found.results)) if view.found else ()
    rows = tuple(_row(result) for result in results)
    return Grid(columns=COLUMNS, rows=rows, ids=tuple(result.id for result in results))


def _row(row: JournalRow) -> tuple[Cell, ...]:
    sign = Style.GOOD if row.pnl > 0 else Style.BAD if row.pnl < 0 else Style.PLAIN
    return (
        Cell(str(row.id)),
        Cell(row.description, short=with_short_dates(row.description, row.closed)),
        Cell(str(row.opened)),
        Cell(str(row.closed), short=f"{row.closed:%b} {row.closed.day}"),
        Cell(str(row.days)),
        Cell(whole_money(row.pnl), sign),
        Cell(r_multiple(row.r), sign if row.r is not None else Style.PLAIN),
        Cell(r_multiple(row.total_r)),
        Cell(row.outcome or "not known"),
        Cell(row.preset or ""),
        Cell(" ".join(row.tags)),
    )


def statistics_tables(view: JournalView) -> tuple[Table, ...]:
    """Return figures with errors, and those by preset and tag."""
    if view.found is None:
        return ()
    return (
        replace(statistics_table(view.found), title="Statistics"),
        *quantiles_tables(view.found),
        *groups_tables(view.found),
    )


def odds_tables(view: JournalView) -> tuple[Table, ...]:
    """Return the Brier scores of the odds."""
    return () if view.found is None else tuple(calibration_tables(view.found)[:1])


def reliability_chart(view: JournalView) -> BarChart:
    """Return how often what was stated happened: a bar for what happened, a mark for what was stated."""
    calibration = view.found.calibration if view.found else ()
    bars = tuple(
        Bar(
            cells=(
                Cell(forecast.event.replace("calibrated", "cal.")),
                Cell(f"{100 * bin_.low:.0f}-{bin_.high:.0%}"),
                Cell(str(bin_.n)),
                Cell(percent(bin_.stated, digits=0)),
                Cell(percent(bin_.happened, digits=0)),
            ),
            value=bin_.happened,
            mark=bin_.stated,
            style=Style.PLAIN,
        )
        for forecast in calibration
        for bin_ in forecast.bins
    )
    header = ("event", "range", "n", "stated", "happened") if bars else ()
    title = "Reliability: █ happened, ◆ stated" if bars else "Reliability: no plan's odds yet"
    return BarChart(title=title, header=header, bars=bars)


def histogram(view: JournalView) -> BarChart:
    """Return how many trades ended where, in R."""
    results = [result.r for result in view.found.results if result.r is not None] if view.found else []
    if not results:
        return BarChart(title="R of Closed Trades: none has a plan")
    low, high = min(results), max(results)
    step = next(
        (step for step in STEPS if (high - low) / step < MOST_BARS - 1), (high - low) / (MOST_BARS - 1)
    )
    first, last = math.floor(low / step), math.floor(high / step)
    counts = [0] * (last - first + 1)
    for result in results:
        counts[math.floor(result / step) - first] += 1
    most = max(counts)
    bars = tuple(
        Bar(
            cells=(Cell(f"{_edge(step_number * step)} to {_edge((step_number + 1) * step)}R"), Cell(str(n))),
            value=n / most,
            style=Style.BAD if step_number < 0 else Style.GOOD,
        )
        for step_number, n in enumerate(counts, start=first)
    )
    return BarChart(title="R of Closed Trades", header=("result", "n"), bars=bars)


def _edge(r: float) -> str:
    return f"{r:+.4g}" if r else "0"


def equity_curve(view: JournalView) -> tuple[str, tuple[float, ...]]:
    """Return a title, and the sum of R after each trade with a plan, from 0 on."""
    planned = [result for result in view.found.results if result.r is not None] if view.found else []
    if not planned:
        return "Equity in R: no closed trade has a plan", ()
    title = f"Equity in R: {count(len(planned), 'trade')}, {r_multiple(planned[-1].total_r)}"
    return title, (0.0, *(trade.total_r for trade in planned))


def filter_form(view: JournalView) -> Form:
    """Return the form of the filter; its answer says what is chosen, as `Typed` reads it.

    Parameters
    ----------
    view : JournalView
        Its presets and tags are what can be chosen.
    """
    now = view.chosen
    return Form(
        title="Filter closed trades",
        verb="filters",
        about="leave all empty for every closed trade",
        fields=(
            FormField(
                name="preset", label="preset", value=now.preset or "", hint=", ".join(view.presets) or "none"
            ),
            FormField(name="tag", label="tag", value=now.tag or "", hint=", ".join(view.tags) or "none"),
            FormField(
                name="since", label="closed since", value=str(now.since or ""), hint="a date like 2026-01-01"
            ),
        ),
        work=partial(_checked, view),
    )


def _checked(view: JournalView, typed: Typed) -> Answer:
    for name, known in (("preset", view.presets), ("tag", view.tags)):
        if typed.text(name) and typed.text(name) not in known:
            names = ", ".join(known) or "none"
            raise InvalidInputError(f"{name} must be one of {names}, got {typed.text(name)!r}")
    if typed.text("since"):
        typed_day("closed since", typed.text("since"))
    chosen = JournalFilter.from_state({name: typed.text(name) for name in ("preset", "tag", "since")})
    return Answer(done=True, said=chosen.words or "every closed trade", kept=chosen.to_state())
