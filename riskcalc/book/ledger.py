"""First in, first out: which fill closed which, and what each trade realized.

Fills are taken in the order of their time. A fill that reduces what is held closes the oldest open lots of
its contract, whichever trade they belong to, unless it names the trade that it closes; what it leaves opens
a lot of its own trade. Costs go to lots and closings in proportion.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from riskcalc.book.fills import MOVES, Contract, Fill, FillKind, after_split
from riskcalc.records import dataclass

DUST = 1e-9
"""Shares or contracts below which a position is closed."""

DELIVERIES = frozenset({FillKind.ASSIGNMENT, FillKind.EXERCISE})

SPLITS = frozenset({FillKind.SPLIT, FillKind.SPLIT_SHARES})

Lots = dict[Contract, deque["Lot"]]


@dataclass(slots=True)
class Lot:
    """The open rest of one opening fill."""

    trade: str
    contract: Contract
    quantity: float
    """Signed; shrinks toward zero."""
    price: float
    """[dollars per share]"""
    costs: float
    """Costs paid to open the rest [dollars]."""
    opened: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Part of a lot that was closed, by one fill."""

    contract: Contract
    quantity: float
    """Signed as the lot was: positive where a long position was sold."""
    entry: float
    """[dollars per share]"""
    exit: float
    opened: dt.datetime
    closed: dt.datetime
    costs: float
    """Of both sides [dollars]."""
    kind: FillKind
    fill: str
    """Key of the closing fill."""
    spot: float | None = None
    """Price of the underlying when it was closed [dollars]; None where it was not noted."""

    @property
    def pnl(self) -> float:
        """Realized profit, costs taken off [dollars]."""
        return self.quantity * (self.exit - self.entry) * self.contract.multiplier - self.costs


@dataclass(slots=True)
class TradeLedger:
    """One trade: opening fills, open lots, closings, and dividends less fees."""

    key: str
    openings: list[Fill] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    income: float = 0.0
    """Dividends less fees [dollars]."""

    @property
    def open_lots(self) -> list[Lot]:
        """The lots that are still open, oldest first."""
        return [lot for lot in self.lots if abs(lot.quantity) > DUST]

    @property
    def realized(self) -> float:
        """Realized profit, with dividends, and costs taken off [dollars]."""
        return math.fsum([*(closing.pnl for closing in self.closings), self.income])

    @property
    def costs(self) -> float:
        """Commissions and fees of all that was opened and closed [dollars]."""
        return math.fsum(
            [*(lot.costs for lot in self.open_lots), *(closing.costs for closing in self.closings)]
        )

    def traded(self, contract: Contract) -> bool:
        """Whether it held some of a contract."""
        return any(lot.contract == contract for lot in self.lots)

    @property
    def symbol(self) -> str:
        """The underlying."""
        return self.openings[0].contract.symbol

    @property
    def opened(self) -> dt.datetime:
        """When its first fill came."""
        return self.openings[0].time

    @property
    def closed(self) -> dt.datetime | None:
        """When its last lot was closed; None while it is open."""
        return None if self.open_lots else max(closing.closed for closing in self.closings)


@dataclass(slots=True)
class Ledger:
    """All trades of an account."""

    trades: dict[str, TradeLedger] = field(default_factory=dict)
    """By key, in the order in which they were opened."""
    lots: Lots = field(default_factory=dict)
    """Open lots of each contract, oldest first."""
    unmatched: dict[str, float] = field(default_factory=dict)
    """What fills would have closed that is not held, by the fill's key."""
    other_income: float = 0.0
    """Dividends less fees of symbols that were never held [dollars]."""

    def position(self, contract: Contract) -> float:
        """Return shares or contracts held, over all trades; negative when short."""
        return math.fsum(lot.quantity for lot in self.lots.get(contract, ()))


def ledger_of(fills: Iterable[Fill], *, trade_of: Mapping[str, str] | None = None) -> Ledger:
    """Work out trades, open lots and realized profit from fills.

    Parameters
    ----------
    fills : iterable of Fill
        In any order; those of one moment stay in theirs, openings first.
    trade_of : mapping, optional
        Key of the trade that a fill opens, adds to or closes, by the fill's key; for others see `trade_key`.

    Returns
    -------
    Ledger
        Realized and open profit add up to those of the fills: nothing is lost or counted twice. A fill that
        its broker calls a closing one and that finds nothing to close is in `unmatched`.
    """
    ledger, trade_of = Ledger(), trade_of or {}
    for fill in sorted(fills, key=_order):
        if fill.kind in MOVES:
            _take_fill(ledger, fill, trade_of.get(fill.key))
        elif fill.kind in SPLITS:
            _split(ledger, fill)
        else:
            _share_income(ledger, fill)
    return ledger


def unmatched_among(new: Sequence[Fill], *, fills: Sequence[Fill], trade_of: Mapping[str, str]) -> list[Fill]:
    """Return the fills that close or split positions not held; see `Ledger.unmatched`."""
    # A trade that its broker does not call a closing one opens what it does not close.
    if all(fill.kind is FillKind.TRADE and fill.opens is not False for fill in new):
        return []
    missing = ledger_of([*fills, *new], trade_of=trade_of).unmatched
    return [fill for fill in new if fill.key in missing]


def trade_key(fill: Fill) -> str:
    """Return the key that the fills of one trade share: source, order and symbol.

    Where no order is known it is the moment, and the expiry of options.
    """
    contract = fill.contract
    if fill.order:
        return f"{fill.source}:{fill.order}:{contract.symbol}"
    expiry = contract.expiry.isoformat() if contract.expiry else "shares"
    return f"{fill.source}:{fill.time.isoformat()}:{contract.symbol}:{expiry}"


def _order(fill: Fill) -> tuple[dt.datetime, int]:
    """Splits of a moment first, then openings, closings, shares delivered by options, cash."""
    if fill.kind in SPLITS:
        return fill.time, -1
    if fill.kind not in MOVES:
        return fill.time, 3
    if fill.kind in DELIVERIES and not fill.contract.is_option:
        return fill.time, 2
    return fill.time, 0 if fill.opens else 1


def _take_fill(ledger: Ledger, fill: Fill, trade: str | None) -> None:
    """Close lots of the other sign, and open a lot with the rest."""
    if fill.kind is FillKind.EXPIRATION:
        fill = _with_closing_sign(fill, ledger.position(fill.contract))
    left = _close(ledger, fill, trade)
    if abs(left) <= DUST:
        return
    if fill.opens is False:
        ledger.unmatched[fill.key] = left
        return
    key = trade or _delivered_to(ledger, fill) or trade_key(fill)
    owner = ledger.trades.setdefault(key, TradeLedger(key))
    lot = Lot(key, fill.contract, left, fill.price, fill.costs * left / fill.quantity, fill.time)
    owner.openings.append(fill)
    owner.lots.append(lot)
    ledger.lots.setdefault(fill.contract, deque()).append(lot)


def _with_closing_sign(fill: Fill, position: float) -> Fill:
    """Return an expiration with the sign that closes the position, which brokers leave out."""
    return dataclasses.replace(fill, quantity=-math.copysign(fill.quantity, position or 1.0))


def _close(ledger: Ledger, fill: Fill, trade: str | None) -> float:
    """Close lots of the other sign, the named trade's first, then the oldest; return the unclosed rest."""
    left, lots = fill.quantity, ledger.lots.get(fill.contract, deque())
    for lot in sorted(lots, key=lambda lot: lot.trade != trade):
        if abs(left) <= DUST or lot.quantity * left > 0:
            break
        left += _close_lot(ledger.trades[lot.trade], lot, fill, left)
    if lots:
        ledger.lots[fill.contract] = deque(lot for lot in lots if abs(lot.quantity) > DUST)
    return left


def _close_lot(trade: TradeLedger, lot: Lot, fill: Fill, left: float) -> float:
    """Close as much of a lot as is left of a fill, and return how much that is, with the lot's sign."""
    closed = math.copysign(min(abs(lot.quantity), abs(left)), lot.quantity)
    opening_costs = lot.costs * closed / lot.quantity
    closing = Closing(
        contract=lot.contract,
        quantity=closed,
        entry=lot.price,
        exit=fill.price,
        opened=lot.opened,
        closed=fill.time,
        costs=opening_costs - fill.costs * closed / fill.quantity,
        kind=fill.kind,
        fill=fill.key,
        spot=fill.spot,
    )
    trade.closings.append(closing)
    lot.quantity, lot.costs = lot.quantity - closed, lot.costs - opening_costs
    return closed


def _delivered_to(ledger: Ledger, fill: Fill) -> str | None:
    """Key of the trade whose option was exercised or assigned on the day, for the shares it delivered."""
    if fill.kind not in DELIVERIES or fill.contract.is_option:
        return None
    return next(
        (
            trade.key
            for trade in reversed(ledger.trades.values())
            for closing in trade.closings
            if closing.kind in DELIVERIES
            and closing.contract.symbol == fill.contract.symbol
            and closing.closed.date() == fill.time.date()
        ),
        None,
    )


def _split(ledger: Ledger, fill: Fill) -> None:
    """Move every lot of a symbol to what its contract is after a split."""
    ratio = _split_ratio(ledger, fill)
    if ratio is None:
        ledger.unmatched[fill.key] = fill.quantity
        return
    for contract in [contract for contract in ledger.lots if contract.symbol == fill.contract.symbol]:
        changed, count = after_split(contract, ratio)
        lots = ledger.lots.pop(contract)
        for lot in lots:
            lot.contract, lot.quantity, lot.price = changed, lot.quantity * count, lot.price / ratio
        ledger.lots.setdefault(changed, deque()).extend(lots)


def _split_ratio(ledger: Ledger, fill: Fill) -> float | None:
    """New shares for each old one; None where shares are added to none, or all are taken."""
    if fill.kind is FillKind.SPLIT:
        return fill.quantity
    position = ledger.position(fill.contract)
    ratio = 1.0 + fill.quantity / position if position else 0.0
    return ratio if ratio > 0 else None


def _share_income(ledger: Ledger, fill: Fill) -> None:
    """Share a dividend or a fee among the trades that hold shares of the symbol, else the last that did."""
    shares = fill.contract
    lots = ledger.lots.get(shares, ())
    total = math.fsum(abs(lot.quantity) for lot in lots)
    for lot in lots:
        ledger.trades[lot.trade].income += fill.cash * abs(lot.quantity) / total
    if lots:
        return
    last = next((trade for trade in reversed(ledger.trades.values()) if trade.traded(shares)), None)
    if last:
        last.income += fill.cash
    else:
        ledger.other_income += fill.cash
