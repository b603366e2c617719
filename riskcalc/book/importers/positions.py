"""Brokers' lists of positions, at their average cost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from riskcalc.book.fills import SHARES_PER_CONTRACT, Fill, FillKind
from riskcalc.book.importers.parsed import ParsedFile, make_fill, read_records, required
from riskcalc.book.importers.text import (
    Keys,
    Record,
    Row,
    find_header,
    moment,
    option,
    records_below,
    shares_of,
)
from riskcalc.records import dataclass

_DAY = re.compile(r"(?:\d{1,2}/\d{1,2}/\d{4}|\d{4}/\d{1,2}/\d{1,2}|\d{4}-\d{2}-\d{2})")


class PositionLayout(NamedTuple):
    """One table of positions, by the names of its columns in lower case."""

    source: str
    header: tuple[str, ...]
    quantity: tuple[str, ...]
    total_cost: tuple[str, ...] = ()
    average_cost: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()


LAYOUTS = (
    PositionLayout(
        "schwab positions",
        ("symbol", "description", "cost basis"),
        ("qty (quantity)", "quantity", "qty"),
        total_cost=("cost basis",),
        kind=("security type", "asset type"),
    ),
    PositionLayout(
        "fidelity positions",
        ("account number", "symbol", "quantity", "average cost basis"),
        ("quantity",),
        average_cost=("average cost basis",),
        kind=("type",),
    ),
    PositionLayout(
        "tastytrade positions",
        ("account", "symbol", "type", "quantity", "strike price", "call/put"),
        ("quantity",),
        average_cost=("trade price", "average price"),
        kind=("type",),
    ),
)


@dataclass(frozen=True, slots=True)
class PositionReader:
    """Reads the rows of one layout as holdings on a day."""

    layout: PositionLayout
    day: dt.datetime

    def __call__(self, record: Record, keys: Keys) -> Fill | str:
        """Return a position as a fill at its average cost, or the reason the row is skipped."""
        symbol = record.text("symbol").rstrip("*")
        quantity = record.number(*self.layout.quantity) if symbol else None
        if quantity is None or "cash" in symbol.lower() or "total" in symbol.lower():
            return f"{symbol or 'a row without symbol'} is not a position"
        contract = option(symbol) or option(record.text("description")) or shares_of(symbol)
        size = SHARES_PER_CONTRACT if contract.is_option else 1
        total = record.number(*self.layout.total_cost) if self.layout.total_cost else None
        average = record.number(*self.layout.average_cost) if self.layout.average_cost else None
        price = abs(total) / abs(quantity) / size if total is not None and quantity else average
        return make_fill(
            keys,
            source=self.layout.source,
            time=self.day,
            contract=contract,
            quantity=quantity,
            price=abs(required(price, "cost")),
            kind=FillKind.POSITION,
            opens=True,
        )


def read_positions(rows: Sequence[Row], *, today: dt.date) -> ParsedFile | None:
    """Read a list of positions; None where the rows are of another kind.

    Several accounts of one file follow each other, each below its own header.
    """
    for layout in LAYOUTS:
        header = find_header(rows, layout.header)
        if header is None:
            continue
        day = dt.datetime.combine(_day(rows[:header]) or today, dt.time())
        records: list[Record] = []
        while header is not None:
            records += records_below(rows, header)
            later = find_header(rows[header + 1 :], layout.header)
            header = None if later is None else header + 1 + later
        return read_records(layout.source, records, PositionReader(layout, day), positions=True)
    return None


def _day(rows: Sequence[Row]) -> dt.date | None:
    """Date above the header."""
    for row in rows:
        for cell in row.cells:
            if match := _DAY.search(cell):
                return moment(match[0].replace("/", "-") if match[0][4] == "/" else match[0]).date()
    return None
