"""A whole book as one TOML file, and back: fills, plans with their 1R, tags, notes and marks."""

from __future__ import annotations

import datetime as dt
import sqlite3
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from riskcalc.book import rows
from riskcalc.book.fills import Contract, Fill, FillKind
from riskcalc.book.plan_facts import plan_facts
from riskcalc.domain import OptionType
from riskcalc.errors import BookError, RiskcalcError

BACKUP_VERSION = 1
"""Newest shape this riskcalc reads."""

KEY = "riskcalc_book"
"""First key of such a file, with its version."""


class Restored(NamedTuple):
    """Contents of a backup."""

    fills: tuple[tuple[Fill, str | None], ...]
    """Each with the key of the trade that it was given to."""
    trades: tuple[Mapping[str, Any], ...]
    """Key, preset, plan, 1R, tags and notes."""
    marks: tuple[tuple[Contract, dt.date, float, str], ...]


def backup_text(connection: sqlite3.Connection) -> str:
    """Return a whole book as TOML."""
    import tomlkit  # noqa: PLC0415 - most commands write none

    fills, trade_of = rows.read_fills(connection)
    trades = [
        _drop_missing(
            key=key,
            preset=row.preset,
            one_r=row.one_r,
            tags=list(row.tags),
            notes=[{"time": time, "text": words} for time, words in rows.read_notes(connection, row.id)],
            plan=row.plan,
        )
        for key, row in rows.read_trades(connection).items()
    ]
    marks = [
        _drop_missing(**_contract_data(contract), day=day, price=price, source=source)
        for contract, day, price, source in rows.read_all_marks(connection)
    ]
    data = {
        KEY: BACKUP_VERSION,
        "trades": trades,
        "fills": [_fill_data(fill, trade_of.get(fill.key)) for fill in fills],
        "marks": marks,
    }
    return tomlkit.dumps({key: value for key, value in data.items() if value != []})


def is_backup(text: str) -> bool:
    """Whether a text is a backup of a book."""
    return text.lstrip("\ufeff \n").startswith(KEY)


def read_backup(text: str, *, path: object) -> Restored:
    """Read a backup.

    Parameters
    ----------
    text : str
        From `backup_text`.
    path : object
        Where it is from, for errors.

    Raises
    ------
    BookError
        It is no such file, of a newer riskcalc, or something in it is out of range.
    """
    try:
        data = tomllib.loads(text)
        _require_known(data[KEY], path)
        for trade in data.get("trades", ()):
            if "plan" in trade:
                plan_facts(trade["plan"])
        return Restored(
            fills=tuple((_fill(row), row.get("trade")) for row in data.get("fills", ())),
            trades=tuple(_check_trade(row) for row in data.get("trades", ())),
            marks=tuple(
                (_contract(row), row["day"], float(row["price"]), str(row["source"]))
                for row in data.get("marks", ())
            ),
        )
    except BookError:
        raise
    except (KeyError, TypeError, ValueError, RiskcalcError) as error:
        raise BookError(f"{path}: is not a readable backup of a book: {error}") from None


def restore_fills(connection: sqlite3.Connection, restored: Restored, *, recorded: dt.datetime) -> int:
    """Write the fills that the book does not have, each to its trade; return how many they are."""
    existing = {fill.key for fill in rows.read_fills(connection)[0]}
    new = [(fill, trade) for fill, trade in restored.fills if fill.key not in existing]
    for fill, trade in new:
        rows.insert_fills(connection, [fill], recorded=recorded, trade=trade)
    return len(new)


def restore_rest(connection: sqlite3.Connection, restored: Restored) -> None:
    """Write a backup's data about trades that the book has, and its marks of days without one."""
    for trade_data in restored.trades:
        rows.restore_trade(connection, trade_data)
    for contract, day, price, source in restored.marks:
        rows.insert_mark(connection, contract, day=day, price=price, source=source, replace=False)


def _require_known(version: int, path: object) -> None:
    if version > BACKUP_VERSION:
        raise BookError(f"{path}: has format {version}; install a newer riskcalc")


def _check_trade(trade: dict[str, Any]) -> dict[str, Any]:
    """Return a trade of a backup after checking the types of its values."""
    notes = [
        (dt.datetime.fromisoformat(str(note["time"])), str(note["text"])) for note in trade.get("notes", ())
    ]
    one_r = None if trade.get("one_r") is None else float(trade["one_r"])
    words = {name: None if trade.get(name) is None else str(trade[name]) for name in ("preset", "plan")}
    tags = " ".join(str(tag) for tag in trade.get("tags", ()))
    return {"key": str(trade["key"]), "one_r": one_r, "tags": tags, "notes": notes, **words}


def _drop_missing(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - what TOML can hold
    """Return the values that are known, since TOML has no null."""
    return {key: value for key, value in values.items() if value is not None and value != []}


def _contract_data(contract: Contract) -> dict[str, Any]:
    kind = None if contract.option_type is None else contract.option_type.name.lower()
    return {
        "symbol": contract.symbol,
        "expiry": contract.expiry,
        "strike": contract.strike,
        "type": kind,
        "multiplier": contract.multiplier if contract.is_option else None,
    }


def _contract(data: Mapping[str, Any]) -> Contract:
    kind = data.get("type")
    return Contract(
        symbol=str(data["symbol"]),
        expiry=data.get("expiry"),
        strike=None if data.get("strike") is None else float(data["strike"]),
        option_type=None if kind is None else OptionType[str(kind).upper()],
        multiplier=float(data.get("multiplier", 1.0)),
    )


def _fill_data(fill: Fill, trade: str | None) -> dict[str, Any]:
    return _drop_missing(
        key=fill.key,
        time=fill.time,
        kind=fill.kind.value,
        **_contract_data(fill.contract),
        quantity=fill.quantity,
        price=fill.price,
        costs=fill.costs,
        order=fill.order or None,
        opens=fill.opens,
        source=fill.source or None,
        spot=fill.spot,
        trade=trade,
    )


def _fill(data: Mapping[str, Any]) -> Fill:
    if not isinstance(data["time"], dt.datetime):
        raise TypeError(f"the time of a fill must be a date with a time, got {data['time']!r}")
    return Fill(
        key=str(data["key"]),
        time=data["time"],
        contract=_contract(data),
        quantity=float(data["quantity"]),
        price=float(data["price"]),
        costs=float(data.get("costs", 0.0)),
        kind=FillKind(data.get("kind", "trade")),
        order=str(data.get("order", "")),
        opens=data.get("opens"),
        source=str(data.get("source", "")),
        spot=None if data.get("spot") is None else float(data["spot"]),
    )
