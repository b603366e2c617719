"""Brokers whose exports are one table of transactions: the meaning of each column and action."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from riskcalc.book.fills import Contract, Fill, FillKind
from riskcalc.book.importers.parsed import ParsedFile, make_fill, read_records, required
from riskcalc.book.importers.text import (
    Keys,
    Record,
    Row,
    amount,
    find_header,
    make_option,
    moment,
    option,
    records_below,
    shares_of,
)
from riskcalc.records import dataclass


class Action(NamedTuple):
    """Meaning of an action in a row."""

    kind: FillKind
    sign: int = 0
    """Of the quantity: bought or sold; 0 as the file has it."""
    opens: bool | None = None


BUY, SELL = Action(FillKind.TRADE, 1), Action(FillKind.TRADE, -1)
TRADED = Action(FillKind.TRADE)
BUY_TO_OPEN, SELL_TO_OPEN = Action(FillKind.TRADE, 1, opens=True), Action(FillKind.TRADE, -1, opens=True)
BUY_TO_CLOSE, SELL_TO_CLOSE = Action(FillKind.TRADE, 1, opens=False), Action(FillKind.TRADE, -1, opens=False)
EXPIRED = Action(FillKind.EXPIRATION, 0, opens=False)
ASSIGNED, EXERCISED = Action(FillKind.ASSIGNMENT, 1, opens=False), Action(FillKind.EXERCISE, -1, opens=False)
DIVIDEND, FEE = Action(FillKind.DIVIDEND), Action(FillKind.FEE)
SPLIT = Action(FillKind.SPLIT_SHARES)

_USUAL = {
    "buy to open": BUY_TO_OPEN,
    "sell to open": SELL_TO_OPEN,
    "buy to close": BUY_TO_CLOSE,
    "sell to close": SELL_TO_CLOSE,
    "sell short": SELL_TO_OPEN,
    "buy to cover": BUY_TO_CLOSE,
    "buy": BUY,
    "sell": SELL,
    "assigned": ASSIGNED,
    "assignment": ASSIGNED,
    "exercise": EXERCISED,
    "expired": EXPIRED,
    "expiration": EXPIRED,
    "dividend": DIVIDEND,
    "stock split": SPLIT,
    "reverse split": SPLIT,
    "forward split": SPLIT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One table of transactions; columns by their names in lower case, the first with a text counts."""

    source: str
    header: tuple[str, ...]
    """Columns by which the table is recognized."""
    day: tuple[str, ...]
    time: str = ""
    """Column of the time of day, if separate from the date."""
    action: tuple[str, ...]
    """Columns whose texts together give the action."""
    actions: Mapping[str, Action]
    """By the beginning of that text, in lower case; the longest that fits counts."""
    symbol: tuple[str, ...]
    description: str = "description"
    quantity: str = "quantity"
    price: str = "price"
    costs: tuple[str, ...] = ()
    """Columns that are added up; without any, costs follow from quantity, price and amount."""
    paid_is_negative: bool = False
    """Whether costs that were paid are negative numbers."""
    amount: str = "amount"
    order: str = ""
    option_parts: tuple[str, str, str] | None = None
    """Columns of expiry, strike and type."""
    multiplier: str = ""
    per_contract: bool = False
    """Whether prices are dollars per contract, and signed."""


LAYOUTS = (
    Layout(
        source="tastytrade",
        header=("type", "sub type", "action", "instrument type", "average price", "underlying symbol"),
        day=("date",),
        action=("type", "sub type"),
        actions={
            **{f"trade {name}": action for name, action in _USUAL.items()},
            "receive deliver": TRADED,
            **{f"receive deliver {name}": action for name, action in _USUAL.items()},
            "receive deliver cash settled assignment": ASSIGNED,
            "receive deliver cash settled exercise": EXERCISED,
            "money movement dividend": DIVIDEND,
        },
        symbol=("underlying symbol", "root symbol", "symbol"),
        price="average price",
        costs=("commissions", "fees"),
        paid_is_negative=True,
        amount="value",
        order="order #",
        option_parts=("expiration date", "strike price", "call or put"),
        multiplier="multiplier",
        per_contract=True,
    ),
    Layout(
        source="tastytrade",
        header=("date/time", "transaction code", "transaction subcode", "buy/sell", "open/close"),
        day=("date/time",),
        action=("transaction code", "transaction subcode"),
        actions={
            **{f"trade {name}": action for name, action in _USUAL.items()},
            **{f"receive deliver {name}": action for name, action in _USUAL.items()},
            "money movement dividend": DIVIDEND,
        },
        symbol=("symbol",),
        costs=("fees",),
        option_parts=("expiration date", "strike", "call/put"),
    ),
    Layout(
        source="robinhood",
        header=("activity date", "instrument", "trans code", "quantity", "price", "amount"),
        day=("activity date",),
        action=("trans code",),
        actions={
            "bto": BUY_TO_OPEN,
            "sto": SELL_TO_OPEN,
            "btc": BUY_TO_CLOSE,
            "stc": SELL_TO_CLOSE,
            "buy": BUY,
            "sell": SELL,
            "oexp": EXPIRED,
            "oasgn": ASSIGNED,
            "oexcs": EXERCISED,
            "cdiv": DIVIDEND,
            "mdiv": DIVIDEND,
            "spl": SPLIT,
            "spr": SPLIT,
        },
        symbol=("instrument",),
    ),
    Layout(
        source="etrade",
        header=("transactiondate", "transactiontype", "securitytype", "symbol", "quantity", "price"),
        day=("transactiondate",),
        action=("transactiontype",),
        actions={
            "bought to open": BUY_TO_OPEN,
            "sold to open": SELL_TO_OPEN,
            "bought to close": BUY_TO_CLOSE,
            "sold to close": SELL_TO_CLOSE,
            "bought to cover": BUY_TO_CLOSE,
            "sold short": SELL_TO_OPEN,
            "bought": BUY,
            "sold": SELL,
            "option expiration": EXPIRED,
            "option expired": EXPIRED,
            "option assigned": ASSIGNED,
            "option assignment": ASSIGNED,
            "option exercised": EXERCISED,
            "option exercise": EXERCISED,
            "dividend": DIVIDEND,
            "qualified dividend": DIVIDEND,
            "stock split": SPLIT,
            "reverse split": SPLIT,
        },
        symbol=("symbol",),
        costs=("commission",),
    ),
    Layout(
        source="fidelity",
        header=("run date", "action", "symbol", "quantity"),
        day=("run date",),
        action=("action",),
        actions={
            "you bought opening transaction": BUY_TO_OPEN,
            "you sold opening transaction": SELL_TO_OPEN,
            "you bought closing transaction": BUY_TO_CLOSE,
            "you sold closing transaction": SELL_TO_CLOSE,
            "you bought short cover": BUY_TO_CLOSE,
            "you sold short sale": SELL_TO_OPEN,
            "you bought assigned": Action(FillKind.ASSIGNMENT, 1),
            "you sold assigned": Action(FillKind.ASSIGNMENT, -1),
            "you bought exercised": Action(FillKind.EXERCISE, 1),
            "you sold exercised": Action(FillKind.EXERCISE, -1),
            "you bought": BUY,
            "you sold": SELL,
            "expired": EXPIRED,
            "assigned": ASSIGNED,
            "exercised": EXERCISED,
            "dividend received": DIVIDEND,
            "reinvestment": BUY,
            "reverse split": SPLIT,
            "distribution split": SPLIT,
        },
        symbol=("symbol",),
        price="price ($)",
        costs=("commission ($)", "fees ($)", "commission", "fees"),
        amount="amount ($)",
    ),
    Layout(
        source="schwab",
        header=("date", "action", "symbol", "quantity", "price", "fees & comm"),
        day=("date",),
        action=("action",),
        actions={
            **_USUAL,
            "exchange or exercise": EXERCISED,
            "cash dividend": DIVIDEND,
            "reinvest shares": BUY,
            "qualified dividend": DIVIDEND,
            "non-qualified div": DIVIDEND,
            "special dividend": DIVIDEND,
            "pr yr cash div": DIVIDEND,
            "short stock dividend": DIVIDEND,
        },
        symbol=("symbol",),
        costs=("fees & comm",),
    ),
    Layout(
        source="plain",
        header=("date", "symbol", "quantity", "price"),
        day=("date",),
        time="time",
        action=("action", "side"),
        actions={**_USUAL, "": TRADED, "split": Action(FillKind.SPLIT), "fee": FEE},
        symbol=("symbol",),
        costs=("costs", "commission", "commissions", "fees", "fee"),
        order="order",
        option_parts=("expiry", "strike", "type"),
        multiplier="multiplier",
    ),
)


@dataclass(slots=True)
class TableReader:
    """Reads the rows of one layout."""

    layout: Layout
    options: dict[str, Contract | None] = field(default_factory=dict)
    written: dict[tuple[object, ...], Contract] = field(default_factory=dict)
    """Options by the texts of their parts: a file names the same ones again and again."""

    def __call__(self, record: Record, keys: Keys) -> Fill | str:
        """Return the fill of a row, or the reason it is skipped."""
        action_text = " ".join(filter(None, (record.text(name) for name in self.layout.action)))
        action = self._action(action_text, record)
        if action is None:
            return self._describe_unread_row(action_text, record)
        contract = self._contract(record)
        if contract is None:
            symbol, label = record.text(*self.layout.symbol), action_text or "a trade"
            return f"{label} of {symbol!r}, no symbol of shares" if symbol else f"{label} without a symbol"
        time = self._time(record)
        quantity, price = self._quantity(record, action), self._price(record, action, contract)
        return make_fill(
            keys,
            source=self.layout.source,
            time=time,
            contract=contract,
            quantity=quantity,
            price=price,
            costs=self._costs(record, action, contract, quantity, price),
            kind=action.kind,
            order=record.text(self.layout.order) if self.layout.order else "",
            opens=action.opens,
        )

    def _describe_unread_row(self, action_text: str, record: Record) -> str:
        """Return the reason a row is skipped; raises for one with a quantity and a price."""
        numbers = (record.text(self.layout.quantity), record.text(self.layout.price))
        if all(amount(text) for text in numbers if text) and all(numbers):
            raise ValueError(f"{action_text or 'the row'} is not known as a trade, and is not guessed")
        return f"{action_text} is not a trade" if action_text else "is not a trade"

    def _action(self, action_text: str, record: Record) -> Action | None:
        """Action whose text is the longest known prefix of the row's; the direction may be separate."""
        text = " ".join(action_text.lower().replace("_", " ").split())
        fitting = [name for name in self.layout.actions if text == name or text.startswith(f"{name} ")]
        if "" in self.layout.actions and not text:
            fitting = [""]
        sides = (record.text("buy/sell").lower(), record.text("open/close").lower())
        if all(sides) and text.startswith("trade"):
            return _USUAL.get(f"{sides[0]} to {sides[1]}")
        return self.layout.actions[max(fitting, key=len)] if fitting else None

    def _contract(self, record: Record) -> Contract | None:
        layout, symbol = self.layout, record.text(*self.layout.symbol)
        parts = [record.text(name) for name in layout.option_parts or ()]
        if parts and all(parts):
            multiplier = record.number(layout.multiplier) if layout.multiplier else None
            contract_fields = (symbol, *parts, multiplier)
            if contract_fields not in self.written:
                self.written[contract_fields] = make_option(symbol, *parts, multiplier=multiplier)
            return self.written[contract_fields]
        for text in (symbol, record.text(layout.description)):
            if text not in self.options:
                self.options[text] = option(text)
            if contract := self.options[text]:
                return contract
        return shares_of(symbol) if re.fullmatch(r"[A-Za-z][A-Za-z0-9./ ^]{0,9}", symbol) else None

    def _time(self, record: Record) -> dt.datetime:
        text = record.text(*self.layout.day)
        if not text:
            raise ValueError("has no date")
        # "07/20/2026 as of 07/17/2026" was booked on the first and happened on the second.
        text = text.lower().rpartition("as of ")[2]
        clock = record.text(self.layout.time) if self.layout.time else ""
        return moment(f"{text} {clock}".strip())

    def _quantity(self, record: Record, action: Action) -> float:
        if action.kind in {FillKind.DIVIDEND, FillKind.FEE}:
            return 0.0
        text = record.text(self.layout.quantity)
        # Robinhood marks what expires short: "1S".
        number = amount(text.rstrip("Ss")) if text else None
        if action.kind is FillKind.EXPIRATION:
            return abs(required(number, "quantity"))
        if action.sign:
            return action.sign * abs(required(number, "quantity"))
        return self._signed_quantity(required(number, "quantity"), record, action)

    def _signed_quantity(self, number: float, record: Record, action: Action) -> float:
        """Signed quantity of a row: the direction comes from its own column, else from the sign."""
        action_text = record.text("action").lower().replace("_", " ")
        if action_text.startswith("sell") and action.kind in {FillKind.TRADE, FillKind.SPLIT_SHARES}:
            return -abs(number)
        return number

    def _price(self, record: Record, action: Action, contract: Contract) -> float:
        layout = self.layout
        if action.kind is FillKind.DIVIDEND:
            return required(record.number(layout.amount, "total"), "amount")
        number = record.number(layout.price)
        if action.kind is not FillKind.TRADE:
            return abs(number or 0.0) / (contract.multiplier if layout.per_contract else 1.0)
        return abs(required(number, "price")) / (contract.multiplier if layout.per_contract else 1.0)

    def _costs(
        self, record: Record, action: Action, contract: Contract, quantity: float, price: float
    ) -> float:
        layout = self.layout
        if action.kind is FillKind.DIVIDEND:
            return 0.0
        if action.kind is FillKind.FEE:
            return -required(record.number(layout.amount, *layout.costs), "amount")
        if layout.costs:
            sign = -1.0 if layout.paid_is_negative else 1.0
            return sign * sum(record.number(name) or 0.0 for name in layout.costs)
        paid = record.number(layout.amount)
        if paid is None:
            return 0.0
        return -(paid + quantity * price * contract.multiplier)


def read_table(rows: Sequence[Row]) -> ParsedFile | None:
    """Read a table of transactions of any broker of `LAYOUTS`; None where the rows are of none."""
    for layout in LAYOUTS:
        header = find_header(rows, layout.header)
        if header is not None:
            return read_records(layout.source, records_below(rows, header), TableReader(layout))
    return None
