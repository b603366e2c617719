"""The page Book: what is held, its risk against the account's limit, and what the planned trade adds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from riskcalc.book.added import AddedRow, ShockAdded, added_by, ladder_with
from riskcalc.book.book import Book
from riskcalc.book.ledger import TradeLedger
from riskcalc.book.risk_records import BookRisk, PositionRisk
from riskcalc.book.trades import BookTrade
from riskcalc.domain import Account, TradePlan
from riskcalc.editor.pages.day import day_of
from riskcalc.editor.state import State
from riskcalc.environment import book_path
from riskcalc.errors import RiskcalcError
from riskcalc.formatting.numbers import count
from riskcalc.records import dataclass

Notes = tuple[tuple[dt.datetime, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTrade:
    """The trade that is being planned, beside the book."""

    name: str
    plan: TradePlan
    added: tuple[AddedRow, ...]
    ladder: tuple[ShockAdded, ...]

    @property
    def label(self) -> str:
        """Name and size."""
        return f"{self.name}, {count(self.plan.size.units, self.plan.report.trade.unit_noun)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTrade:
    """One open trade with everything that the book knows of it."""

    trade: BookTrade
    position: PositionRisk
    ledger: TradeLedger
    notes: Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class BookView:
    """What the page shows."""

    path: Path
    day: dt.date
    account: Account
    open_trades: tuple[OpenTrade, ...] = ()
    risk: BookRisk | None = None
    """None without a book, or where it cannot be read."""
    closed: int = 0
    planned: PlannedTrade | None = None
    """None where the trade being planned has no valid plan."""
    problem: str = ""
    """Why the book cannot be shown, in a line."""

    @property
    def exists(self) -> bool:
        """Whether there is a book."""
        return self.risk is not None or bool(self.problem)

    @property
    def by_id(self) -> Mapping[int, OpenTrade]:
        """Open trades by their numbers."""
        return {open_trade.trade.id: open_trade for open_trade in self.open_trades}


def read_book(state: State, path: Path | None = None) -> BookView:
    """Return what the user's book holds, and what the trade of a state adds to it.

    Parameters
    ----------
    state : State
        Of the editor: its account, its last valid plan, and the day it is planned for.
    path : Path, optional
        Of the book; default: the user's own.

    Returns
    -------
    BookView
        Without a file nothing is made; what cannot be read is said in `problem`.
    """
    path = book_path() if path is None else path
    day = day_of(state)
    nothing = BookView(path=path, day=day, account=state.draft.account)
    try:
        if not path.exists():
            return nothing
        with Book(path) as book:
            return _view_of(book, state, day=day)
    except RiskcalcError as error:
        problem = (str(error).splitlines() or [""])[0]
        return BookView(path=path, day=day, account=state.draft.account, problem=problem)


def _view_of(book: Book, state: State, *, day: dt.date) -> BookView:
    risk, trades = book.risk(today=day), book.trades()
    # Trades stand in the order of the ledger's.
    ledgers = dict(zip((trade.id for trade in trades), book.ledger.trades.values(), strict=True))
    open_trades = {trade.id: trade for trade in trades if trade.status == "open"}
    return BookView(
        path=book.path,
        day=day,
        account=state.draft.account,
        open_trades=tuple(
            OpenTrade(
                trade=open_trades[position.id],
                position=position,
                ledger=ledgers[position.id],
                notes=book.notes(position.id),
            )
            for position in risk.positions
        ),
        risk=risk,
        closed=len(trades) - len(open_trades),
        planned=_planned(state, risk),
    )


def _planned(state: State, risk: BookRisk) -> PlannedTrade | None:
    if state.plan is None or state.stale:
        return None
    return PlannedTrade(
        name=state.draft.preset.name,
        plan=state.plan,
        added=added_by(state.plan, risk),
        ladder=ladder_with(state.plan, risk),
    )
