"""thinkorswim's account statement: trades of its trade history, costs and events of its cash balance."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence

from riskcalc.book.fills import Contract, Fill, FillKind
from riskcalc.book.importers.parsed import ParsedFile, make_fill, read_records, required
from riskcalc.book.importers.text import (
    Keys,
    Record,
    Row,
    find_header,
    make_option,
    moment,
    option,
    records_below,
    shares_of,
)

SOURCE = "thinkorswim"
TRADES = ("exec time", "spread", "side", "qty", "pos effect", "symbol", "strike", "type", "price")
CASH = ("date", "time", "type", "description", "misc fees", "commissions & fees", "amount")
_REMOVED = re.compile(
    r"REMOVAL OF OPTION DUE TO (EXPIRATION|ASSIGNMENT|EXERCISE)\s+(-?[\d.]+)\s+(.+)", re.IGNORECASE
)
_DELIVERED = re.compile(
    r"(?:BOT|SOLD)\s+([+-]?[\d,.]+)\s+(\S+)\s+(?:UPON|DUE TO)\s+(?:OPTION\s+)?"
    r"(ASSIGNMENT|EXERCISE)\D*@?([\d.]*)",
    re.IGNORECASE,
)
_DIVIDEND = re.compile(r".*DIVIDEND.*?[~ ]([A-Z]{1,6})\s*$", re.IGNORECASE)


def read(rows: Sequence[Row]) -> ParsedFile | None:
    """Read an account statement; None where the rows are of another kind."""
    header = find_header(rows, TRADES)
    if header is None:
        return None
    cash = find_header(rows, CASH)
    cash_rows = [] if cash is None else list(records_below(rows, cash))
    parsed = read_records(SOURCE, records_below(rows, header), _TradeReader(_costs(cash_rows)))
    return parsed.joined(read_records(SOURCE, cash_rows, _event))


class _TradeReader:
    """Reads the trade history: later legs of a spread leave its time and name empty."""

    def __init__(self, costs: dict[dt.datetime, float]) -> None:
        self._costs = costs
        self._time: dt.datetime | None = None
        self._order = ""

    def __call__(self, record: Record, keys: Keys) -> Fill | str:
        contract = _contract(record)
        if record.text("exec time"):
            self._time = moment(record.text("exec time"))
            self._order = f"{self._time.isoformat()} {record.text('spread')} {contract.label}"
        if self._time is None:
            raise ValueError("has no time")
        effect = record.text("pos effect").lower()
        return make_fill(
            keys,
            source=SOURCE,
            time=self._time,
            contract=contract,
            quantity=required(record.number("qty"), "quantity"),
            price=abs(required(record.number("price"), "price")),
            # The whole order's costs stand once in the cash balance: on its first leg.
            costs=self._costs.pop(self._time, 0.0),
            order=self._order,
            opens={"to open": True, "to close": False}.get(effect),
        )


def _contract(record: Record) -> Contract:
    symbol, kind = record.text("symbol"), record.text("type").lower()
    if kind in {"call", "put"}:
        return make_option(symbol, record.text("exp"), record.text("strike"), kind)
    return shares_of(symbol)


def _costs(records: Sequence[Record]) -> dict[dt.datetime, float]:
    """Costs of each moment with trades [dollars]."""
    costs: dict[dt.datetime, float] = defaultdict(float)
    for record in records:
        if record.text("type").upper() == "TRD":
            charged = sum(record.number(name) or 0.0 for name in ("misc fees", "commissions & fees"))
            costs[_moment(record)] -= charged
    return costs


def _moment(record: Record) -> dt.datetime:
    return moment(f"{record.text('date')} {record.text('time')}".strip())


def _event(record: Record, keys: Keys) -> Fill | str:
    """Return the fill of a row of the cash balance other than a trade; trades are in the history."""
    description = " ".join(record.text("description").split())
    if record.text("type").upper() == "TRD":
        return "is counted with its trade"
    if match := _REMOVED.fullmatch(description):
        kind = FillKind(match[1].lower())
        contract = option(match[3])
        if contract is None:
            raise ValueError(f"names no option: {description}")
        return make_fill(
            keys,
            source=SOURCE,
            time=_moment(record),
            contract=contract,
            quantity=abs(float(match[2])) * (-1 if kind is FillKind.EXERCISE else 1),
            price=0.0,
            kind=kind,
            opens=False,
        )
    if match := _DELIVERED.match(description):
        return _delivery(match, record, keys)
    if match := _DIVIDEND.fullmatch(description):
        return make_fill(
            keys,
            source=SOURCE,
            time=_moment(record),
            contract=shares_of(match[1]),
            quantity=0.0,
            price=required(record.number("amount"), "amount"),
            kind=FillKind.DIVIDEND,
        )
    return f"{record.text('type') or 'the row'} is not a trade"


def _delivery(match: re.Match[str], record: Record, keys: Keys) -> Fill:
    """Return the shares that an exercise or an assignment delivers, at the price that was paid."""
    shares = float(match[1].replace(",", ""))
    paid = required(record.number("amount"), "amount")
    return make_fill(
        keys,
        source=SOURCE,
        time=_moment(record),
        contract=shares_of(match[2]),
        quantity=shares,
        price=float(match[4]) if match[4] else abs(paid / shares),
        kind=FillKind(match[3].lower()),
    )
