"""Records of a book as rows of its tables, and back."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from riskcalc.book.fills import Contract, Fill, FillKind
from riskcalc.domain import OptionType
from riskcalc.records import dataclass

_COLUMNS = (
    "key, time, kind, symbol, expiry, strike, option_type, multiplier, quantity, price, costs, "
    "trade_order, opens, source, spot, trade_key"
)
_INSERT = f"INSERT INTO fills ({_COLUMNS}, recorded) VALUES ({', '.join('?' * 17)})"  # noqa: S608 - constants

_REPLACE_MARK = (
    "INSERT OR REPLACE INTO marks (day, symbol, expiry, strike, option_type, price, source) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRow:
    """Data of a trade that are not in its fills."""

    id: int
    key: str
    preset: str | None
    plan: str | None
    """JSON of the plan at entry."""
    one_r: float | None
    """Planned loss of the whole position at entry [dollars]; frozen."""
    tags: tuple[str, ...]


def read_fills(connection: sqlite3.Connection) -> tuple[list[Fill], dict[str, str]]:
    """Return all fills by time, and the trade of those that were given one, by their keys."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM fills ORDER BY time, id").fetchall()  # noqa: S608
    contracts: dict[tuple[object, ...], Contract] = {}
    fills = [_fill(row, contracts) for row in rows]
    return fills, {row[0]: row[-1] for row in rows if row[-1]}


def insert_fills(
    connection: sqlite3.Connection, fills: Iterable[Fill], *, recorded: dt.datetime, trade: str | None = None
) -> None:
    """Write fills, all of one trade where that is given."""
    connection.executemany(_INSERT, ((*_values(fill), trade, recorded.isoformat()) for fill in fills))


def replace_fill(connection: sqlite3.Connection, key: str, fill: Fill) -> None:
    """Put a broker's fill in the place of one that was typed; its trade stays."""
    columns = _COLUMNS.removesuffix(", trade_key").split(", ")
    sets = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(f"UPDATE fills SET {sets} WHERE key = ?", (*_values(fill), key))  # noqa: S608 - constants


def read_trades(connection: sqlite3.Connection) -> dict[str, TradeRow]:
    """Return the rows of trades by their keys."""
    rows = connection.execute("SELECT id, key, preset, plan, one_r, tags FROM trades").fetchall()
    return {
        key: TradeRow(id=number, key=key, preset=preset, plan=plan, one_r=one_r, tags=tuple(tags.split()))
        for number, key, preset, plan, one_r, tags in rows
    }


def settle_trades(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Give every trade of a ledger a row, and drop empty rows of trades that no longer exist."""
    requested = dict.fromkeys(keys)
    existing = set(read_trades(connection))
    connection.executemany(
        "INSERT INTO trades (key) VALUES (?)", [(key,) for key in requested if key not in existing]
    )
    connection.executemany(
        "DELETE FROM trades WHERE key = ? AND plan IS NULL AND id NOT IN (SELECT trade_id FROM notes)",
        [(key,) for key in existing - requested.keys()],
    )


def read_marks(connection: sqlite3.Connection) -> Iterator[tuple[Contract, dt.date, float]]:
    """Return the latest mark of each contract: contract, day and price; multipliers are 1."""
    for symbol, expiry, strike, kind, day, price in connection.execute(
        "SELECT symbol, expiry, strike, option_type, max(day), price FROM marks "
        "GROUP BY symbol, expiry, strike, option_type"
    ):
        contract = _contract((symbol, expiry or None, strike or None, kind or None, 1.0))
        yield contract, dt.date.fromisoformat(day), price


def read_all_marks(connection: sqlite3.Connection) -> Iterator[tuple[Contract, dt.date, float, str]]:
    """Return every mark: contract, day, price and source; multipliers are 1."""
    for symbol, expiry, strike, kind, day, price, source in connection.execute(
        "SELECT symbol, expiry, strike, option_type, day, price, source FROM marks"
    ):
        contract = _contract((symbol, expiry or None, strike or None, kind or None, 1.0))
        yield contract, dt.date.fromisoformat(day), price, source


def read_spots(connection: sqlite3.Connection) -> dict[tuple[str, dt.date], float]:
    """Return every mark of shares, by symbol and day."""
    rows = connection.execute("SELECT symbol, day, price FROM marks WHERE expiry = ''")
    return {(symbol, dt.date.fromisoformat(day)): price for symbol, day, price in rows}


def read_notes(connection: sqlite3.Connection, number: int) -> tuple[tuple[dt.datetime, str], ...]:
    """Return times and texts of a trade's notes, oldest first."""
    rows = connection.execute("SELECT time, text FROM notes WHERE trade_id = ? ORDER BY id", (number,))
    return tuple((dt.datetime.fromisoformat(time), words) for time, words in rows)


def restore_trade(connection: sqlite3.Connection, trade: Mapping[str, Any]) -> None:
    """Fill in missing data of a trade from a backup, if the book has the trade; each note only once."""
    connection.execute(
        "UPDATE trades SET preset = coalesce(preset, :preset), plan = coalesce(plan, :plan), "
        "one_r = coalesce(one_r, :one_r), tags = CASE tags WHEN '' THEN :tags ELSE tags END WHERE key = :key",
        {name: trade[name] for name in ("preset", "plan", "one_r", "tags", "key")},
    )
    connection.executemany(
        "INSERT INTO notes (trade_id, time, text) SELECT id, ?2, ?3 FROM trades WHERE key = ?1 "
        "AND NOT EXISTS (SELECT 1 FROM notes WHERE trade_id = trades.id AND time = ?2 AND text = ?3)",
        [(trade["key"], time.isoformat(), words) for time, words in trade["notes"]],
    )


def insert_mark(
    connection: sqlite3.Connection,
    contract: Contract,
    *,
    day: dt.date,
    price: float,
    source: str,
    replace: bool = True,
) -> None:
    """Write the price of a contract on a day, in place of an earlier one of that day unless that stays."""
    expiry = contract.expiry.isoformat() if contract.expiry else ""
    connection.execute(
        _REPLACE_MARK if replace else _REPLACE_MARK.replace("REPLACE", "IGNORE", 1),
        (
            day.isoformat(),
            contract.symbol,
            expiry,
            contract.strike or 0.0,
            int(contract.option_type or 0),
            price,
            source,
        ),
    )


def _values(fill: Fill) -> tuple[object, ...]:
    contract = fill.contract
    return (
        fill.key,
        fill.time.isoformat(),
        str(fill.kind),
        contract.symbol,
        contract.expiry.isoformat() if contract.expiry else None,
        contract.strike,
        int(contract.option_type) if contract.option_type else None,
        float(contract.multiplier),
        float(fill.quantity),
        float(fill.price),
        float(fill.costs),
        fill.order,
        None if fill.opens is None else int(fill.opens),
        fill.source,
        fill.spot,
    )


def _fill(row: tuple[object, ...], contracts: dict[tuple[object, ...], Contract]) -> Fill:
    key, time, kind, *parts, quantity, price, costs, order, opens, source, spot, _ = row
    contract = contracts.setdefault(tuple(parts), _contract(tuple(parts)))
    return Fill(
        key=str(key),
        time=dt.datetime.fromisoformat(str(time)),
        contract=contract,
        quantity=cast("float", quantity),
        price=cast("float", price),
        costs=cast("float", costs),
        kind=FillKind(str(kind)),
        order=str(order),
        opens=None if opens is None else bool(opens),
        source=str(source),
        spot=cast("float | None", spot),
    )


def _contract(parts: tuple[object, ...]) -> Contract:
    symbol, expiry, strike, kind, multiplier = parts
    return Contract(
        symbol=str(symbol),
        expiry=dt.date.fromisoformat(str(expiry)) if expiry else None,
        strike=float(str(strike)) if strike else None,
        option_type=OptionType(int(str(kind))) if kind else None,
        multiplier=float(str(multiplier)),
    )
