"""A book of trades in one file: positions, their cost and their profit."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from riskcalc.book import rows
from riskcalc.book.backup import Restored, backup_text, restore_fills, restore_rest
from riskcalc.book.fills import Contract, Fill
from riskcalc.book.imports import ImportResult, Recorded, import_file
from riskcalc.book.journal import ClosedTrade, is_chosen, journal
from riskcalc.book.journal_records import Journal
from riskcalc.book.ledger import Ledger, ledger_of, unmatched_among
from riskcalc.book.manual_fills import MANUAL, confirm_typed, entry_fills, exit_fills, open_units
from riskcalc.book.risk import COMMON_SHOCK, book_risk
from riskcalc.book.risk_records import BookRisk
from riskcalc.book.store import WAIT, open_store, writing
from riskcalc.book.trades import BookTrade, book_trade, mark_key
from riskcalc.domain import InstrumentTable, Market, TradePlan
from riskcalc.domain.validation import dollars, positive, text
from riskcalc.errors import BookError, InvalidInputError
from riskcalc.presets import load_instruments
from riskcalc.presets.price_ranges import read_ranges


class Book:
    """The trades of an account, kept in one SQLite file.

    Parameters
    ----------
    path : Path
        Of the file; made when missing, for its owner alone.
    wait : float
        Time to wait for another program that writes to it [seconds].
    instruments : mapping, optional
        Instruments by symbol; the shipped ones and the user's own when left out.

    Raises
    ------
    BookError
        The file is no book, of a newer riskcalc, locked, or cannot be read or written.

    Examples
    --------
    >>> import datetime as dt, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with Book(Path(folder.name) / "book.sqlite") as book:
    ...     book.trades()
    ()
    >>> folder.cleanup()
    """

    def __init__(
        self, path: Path | str, *, wait: float = WAIT, instruments: InstrumentTable | None = None
    ) -> None:
        self.path = Path(path)
        self.instruments = load_instruments() if instruments is None else instruments
        self._connection = open_store(self.path, wait=wait)
        self._ledger: Ledger | None = None
        self._seen = -1

    def __enter__(self) -> Self:
        """Return the book."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close_file()

    def close_file(self) -> None:
        """Close the file; the book cannot be used afterwards."""
        self._connection.close()

    @property
    def ledger(self) -> Ledger:
        """Lots and closings of all trades, recalculated when the file has changed."""
        changes = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if self._ledger is None or changes != self._seen:
            fills, trade_of = rows.read_fills(self._connection)
            self._ledger, self._seen = ledger_of(fills, trade_of=trade_of), changes
        return self._ledger

    def fills(self) -> tuple[Fill, ...]:
        """Return every fill, oldest first."""
        return tuple(rows.read_fills(self._connection)[0])

    def trades(self, *, status: str | None = None) -> tuple[BookTrade, ...]:
        """Return the trades, oldest first.

        Parameters
        ----------
        status : str, optional
            ``open`` or ``closed``; all when left out.
        """
        known = rows.read_trades(self._connection)
        marks = self.marks()
        table = self.instruments
        every = (
            book_trade(ledger, known[key], marks, instruments=table)
            for key, ledger in self.ledger.trades.items()
        )
        return tuple(trade for trade in every if status in {None, trade.status})

    def marks(self) -> dict[Contract, tuple[dt.date, float]]:
        """Return day and price of the latest mark of each contract; multipliers are 1."""
        return {contract: (day, price) for contract, day, price in rows.read_marks(self._connection)}

    def risk(
        self, market: Market | None = None, *, today: dt.date | None = None, shock: float = COMMON_SHOCK
    ) -> BookRisk:
        """Return the risk of the open trades at the latest marks; see `riskcalc.book.risk.book_risk`.

        Parameters
        ----------
        market : Market, optional
            Its date, rate and quotes go before marks and plans.
        today : date, optional
            Day for what is due; that of the marks when left out.
        shock : float
            Common move of IWM, either way, a fraction in (0, 1).
        """
        return book_risk(
            self.trades(status="open"),
            self.marks(),
            market=market,
            today=today,
            shock=shock,
            instruments=self.instruments,
            ranges=read_ranges(),
        )

    def journal(
        self, *, since: dt.date | None = None, preset: str | None = None, tag: str | None = None
    ) -> Journal:
        """Return the statistics of closed trades; see `riskcalc.book.journal.journal`.

        Parameters
        ----------
        since : date, optional
            First day of closing; all when left out.
        preset, tag : str, optional
            Of the trades; all when left out.
        """
        closed = [
            ClosedTrade(trade, self.ledger.trades[self._key_of(trade.id)].closings)
            for trade in sorted(self.trades(status="closed"), key=lambda trade: trade.closed or trade.opened)
            if is_chosen(trade, since=since, preset=preset, tag=tag)
        ]
        return journal(closed, spots=rows.read_spots(self._connection))

    def trade(self, number: int) -> BookTrade:
        """Return the trade of a number.

        Raises
        ------
        BookError
            There is none.
        """
        trade = next((trade for trade in self.trades() if trade.id == number), None)
        if trade is None:
            numbers = ", ".join(str(trade.id) for trade in self.trades()) or "none"
            raise BookError(f"{self.path}: has no trade {number}; its trades are {numbers}")
        return trade

    def notes(self, number: int) -> tuple[tuple[dt.datetime, str], ...]:
        """Return the notes of a trade with their times, oldest first."""
        return rows.read_notes(self._connection, number)

    def add(
        self,
        plan: TradePlan,
        *,
        time: dt.datetime,
        units: int | None = None,
        fill: float | None = None,
        preset: str | None = None,
        tags: Sequence[str] = (),
    ) -> BookTrade:
        """Record the entry of a planned trade.

        Parameters
        ----------
        plan : TradePlan
            Its legs with their entry prices; kept with the trade.
        time : datetime
            Of the fill, in New York.
        units : int, optional
            Units bought or sold, >= 1; the plan's size when left out.
        fill : float, optional
            Net price of a unit [dollars per share]: a debit positive, a credit negative; the plan's when left
            out. What differs from the plan's goes to the leg of the highest price.
        preset : str, optional
            Name of the preset that was planned.
        tags : sequence of str
            Words to group trades by.

        Raises
        ------
        InvalidInputError
            A number is out of range, or the plan's size is 0 units and none are given.
        BookError
            The book cannot be written.
        """
        count = plan.size.units if units is None else units
        if count < 1:
            raise InvalidInputError(f"units must be at least 1, got {count}")
        key = f"{MANUAL}:{uuid.uuid4().hex}"
        fills = entry_fills(plan, key=key, units=count, net=fill, time=time)
        details = (preset, json.dumps(plan.to_dict()), count * plan.size.loss_per_unit, " ".join(tags))
        with self._writing():
            rows.insert_fills(self._connection, fills, recorded=_now(), trade=key)
            self._connection.execute(
                "INSERT INTO trades (key, preset, plan, one_r, tags) VALUES (?, ?, ?, ?, ?)", (key, *details)
            )
            self._sync_rows()
        return next(trade for trade in reversed(self.trades()) if trade.id == self._id_of(key))

    def record(self, fills: Iterable[Fill], *, dry_run: bool = False) -> Recorded:
        """Record fills, as an import gives them; those that the book has already change nothing.

        A typed fill of the same contract, quantity and day whose price is within 5 cents gives its place to
        the broker's. Closing fills of what is not held are returned, not recorded.

        Parameters
        ----------
        fills : iterable of Fill
            In any order.
        dry_run : bool
            Return the result without writing.

        Raises
        ------
        BookError
            The book cannot be written; nothing is changed.
        """
        with self._writing(undo=dry_run):
            existing = {key for (key,) in self._connection.execute("SELECT key FROM fills")}
            all_fills = list(fills)
            new = [fill for fill in all_fills if fill.key not in existing]
            unmatched = self.unmatched(new)
            left = {fill.key for fill in unmatched}
            new = [fill for fill in new if fill.key not in left]
            added, confirmed = confirm_typed(self._connection, self.fills(), new)
            rows.insert_fills(self._connection, added, recorded=_now())
            self._sync_rows()
        return Recorded(
            added=len(added),
            duplicates=len(all_fills) - len(new) - len(unmatched),
            confirmed=confirmed,
            unmatched=tuple(unmatched),
        )

    def import_file(
        self, path: Path | str, *, today: dt.date | None = None, dry_run: bool = False, partial: bool = False
    ) -> ImportResult:
        """Import the fills or positions of a broker's file; see `riskcalc.book.imports.import_file`."""
        return import_file(self, path, today=today or _today(), dry_run=dry_run, partial=partial)

    def backup(self) -> str:
        """Return the whole book as TOML, which `import_file` reads back."""
        return backup_text(self._connection)

    def restore(self, restored: Restored, *, dry_run: bool = False) -> Recorded:
        """Restore a backup, all or nothing; data already in the book stay."""
        with self._writing(undo=dry_run):
            added = restore_fills(self._connection, restored, recorded=_now())
            self._sync_rows()
            restore_rest(self._connection, restored)
        return Recorded(added=added, duplicates=len(restored.fills) - added, confirmed=0, unmatched=())

    def close(
        self,
        number: int,
        *,
        price: float,
        time: dt.datetime,
        units: float | None = None,
        costs: float = 0.0,
        spot: float | None = None,
    ) -> BookTrade:
        """Record the exit of a trade, or of a part of it.

        Parameters
        ----------
        number : int
            Number of the trade.
        price : float
            Net price of a unit [dollars per share]: what closing a long trade brings, and closing one sold
            for a credit costs, with the sign of its value: a debit spread sold at 12.30 is 12.30, a credit
            spread bought back at 0.40 is -0.40.
        time : datetime
            In New York.
        units : float, optional
            Units closed; all when left out.
        costs : float
            Commissions and fees [dollars], >= 0.
        spot : float, optional
            Price of the underlying [dollars], > 0: what came first, stop or target, is read from it.

        Raises
        ------
        BookError
            There is no such trade, or it is closed.
        InvalidInputError
            A number is out of range.
        """
        trade = self.trade(number)
        if trade.status == "closed":
            raise BookError(f"{self.path}: trade {number} is closed")
        held = open_units(trade)
        count = held if units is None else positive("units", units)
        if count > held:
            raise InvalidInputError(f"units must be at most the {held:g} held, got {count:g}")
        key = f"{MANUAL}:{uuid.uuid4().hex}"
        fills = exit_fills(
            trade, key=key, net=price, units=count, time=time, costs=dollars("costs", costs), spot=spot
        )
        with self._writing():
            rows.insert_fills(self._connection, fills, recorded=_now(), trade=self._key_of(number))
            self._sync_rows()
        return self.trade(number)

    def mark(self, prices: Mapping[Contract, float], *, day: dt.date, source: str = MANUAL) -> None:
        """Record prices of contracts on a day; those of an earlier mark of the day are replaced.

        Parameters
        ----------
        prices : mapping of Contract to float
            [dollars per share], >= 0.
        day : date
            Of the prices.
        source : str
            Where they are from.
        """
        checked = {mark_key(contract): dollars(contract.label, price) for contract, price in prices.items()}
        with self._writing():
            for contract, price in checked.items():
                rows.insert_mark(self._connection, contract, day=day, price=price, source=source)

    def note(self, number: int, words: str, *, time: dt.datetime) -> None:
        """Add a note to a trade.

        Raises
        ------
        BookError
            There is no such trade.
        """
        trade = self.trade(number)
        with self._writing():
            self._connection.execute(
                "INSERT INTO notes (trade_id, time, text) VALUES (?, ?, ?)",
                (trade.id, time.isoformat(), text("note", words)),
            )

    @contextlib.contextmanager
    def _writing(self, *, undo: bool = False) -> Iterator[None]:
        """Open one transaction; a rollback also drops the results cached within it."""
        try:
            with writing(self._connection, self.path, undo=undo):
                yield
        except BaseException:
            self._ledger = None
            raise
        if undo:
            self._ledger = None

    def _sync_rows(self) -> None:
        """Give every trade of the ledger a row, and drop empty rows of trades that no longer exist."""
        self._ledger = None
        rows.settle_trades(self._connection, self.ledger.trades)

    def _id_of(self, key: str) -> int:
        return int(self._connection.execute("SELECT id FROM trades WHERE key = ?", (key,)).fetchone()[0])

    def _key_of(self, number: int) -> str:
        return str(self._connection.execute("SELECT key FROM trades WHERE id = ?", (number,)).fetchone()[0])

    def unmatched(self, fills: Iterable[Fill]) -> list[Fill]:
        """Return the fills that would close positions which neither the book nor the other fills open."""
        stored, trade_of = rows.read_fills(self._connection)
        keys = {fill.key for fill in stored}
        new = [fill for fill in fills if fill.key not in keys]
        return unmatched_among(new, fills=stored, trade_of=trade_of)


def _today() -> dt.date:
    return dt.date.today()  # noqa: DTZ011 - the trader's own calendar day


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
