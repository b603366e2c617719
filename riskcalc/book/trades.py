"""A trade of a book for display: description, realized P&L, and value at the latest marks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from riskcalc.book.fills import Contract, Fill
from riskcalc.book.ledger import Lot, TradeLedger
from riskcalc.book.rows import TradeRow
from riskcalc.domain import InstrumentTable, Leg, OptionLeg, OptionType, ShareLeg, Side, Trade, instrument
from riskcalc.domain.serialization import to_plain
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Position in one contract of a trade."""

    contract: Contract
    quantity: float
    """Shares or contracts, negative when short."""
    entry: float
    """Average price [dollars per share]."""
    costs: float = 0.0
    """Paid to open it [dollars]."""
    mark: float | None = None
    """Latest price [dollars per share]; None without one."""
    mark_day: dt.date | None = None

    @property
    def open_pnl(self) -> float | None:
        """Profit at the mark, before costs [dollars]."""
        if self.mark is None:
            return None
        return self.quantity * (self.mark - self.entry) * self.contract.multiplier

    @property
    def market_value(self) -> float | None:
        """Worth at the mark [dollars], negative when short."""
        return None if self.mark is None else self.quantity * self.mark * self.contract.multiplier


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTrade:
    """One trade of a book."""

    id: int
    symbol: str
    description: str
    status: str
    """``open`` or ``closed``."""
    opened: dt.datetime
    closed: dt.datetime | None
    quantity: float
    """Units at entry: shares, or contracts of each leg."""
    holdings: tuple[Holding, ...]
    realized_pnl: float
    """Realized P&L, net of costs and with dividends [dollars]."""
    costs: float
    """Commissions and fees so far [dollars]."""
    one_r: float | None
    """Planned loss of the whole position, frozen at entry [dollars]; None for a trade without a plan."""
    preset: str | None
    tags: tuple[str, ...]
    plan: str | None = None
    """JSON of the plan at entry."""

    @property
    def open_pnl(self) -> float | None:
        """Unrealized P&L at the latest marks, net of entry costs [dollars]; None without marks."""
        pnls = [holding.open_pnl for holding in self.holdings]
        costs = math.fsum(holding.costs for holding in self.holdings)
        return None if any(pnl is None for pnl in pnls) else math.fsum(pnl or 0.0 for pnl in pnls) - costs

    @property
    def pnl(self) -> float | None:
        """Realized and open profit [dollars]; None where an open leg has no mark."""
        return None if self.open_pnl is None else self.realized_pnl + self.open_pnl

    @property
    def r_multiple(self) -> float | None:
        """Profit over the planned loss; None without a plan or a mark."""
        return self.pnl / self.one_r if self.pnl is not None and self.one_r else None

    def to_dict(self) -> dict[str, Any]:
        """Return what ``riskcalc book --json`` prints of the trade."""
        return {
            "id": self.id,
            "symbol": self.symbol,
            "description": self.description,
            "status": self.status,
            "opened": self.opened.isoformat(),
            "closed": self.closed.isoformat() if self.closed else None,
            "quantity": self.quantity,
            "holdings": [_holding_to_dict(holding) for holding in self.holdings],
            "realised_pnl": round(self.realized_pnl, 2),
            "open_pnl": to_plain(self.open_pnl),
            "costs": round(self.costs, 2),
            "one_r": self.one_r,
            "r_multiple": to_plain(self.r_multiple),
            "preset": self.preset,
            "tags": list(self.tags),
        }


def book_trade(
    ledger: TradeLedger,
    row: TradeRow,
    marks: Mapping[Contract, tuple[dt.date, float]],
    *,
    instruments: InstrumentTable | None = None,
) -> BookTrade:
    """Put a trade's ledger, its row and the latest marks together.

    Marks are keyed by contracts of multiplier 1.
    """
    entered = _entered(ledger.openings)
    return BookTrade(
        id=row.id,
        symbol=ledger.symbol,
        description=describe(entered, instruments=instruments),
        status="open" if ledger.open_lots else "closed",
        opened=ledger.opened,
        closed=ledger.closed,
        quantity=_units(entered),
        holdings=_holdings(ledger, marks),
        realized_pnl=ledger.realized,
        costs=ledger.costs,
        one_r=row.one_r,
        preset=row.preset,
        tags=row.tags,
        plan=row.plan,
    )


@lru_cache(maxsize=4096)
def mark_key(contract: Contract) -> Contract:
    """Return the contract under which its price is filed: a price per share has no multiplier."""
    return Contract(
        symbol=contract.symbol,
        expiry=contract.expiry,
        strike=contract.strike,
        option_type=contract.option_type,
    )


def describe(quantities: Mapping[Contract, float], *, instruments: InstrumentTable | None = None) -> str:
    """Return a position in one line, by its structure where that has a name.

    Examples
    --------
    >>> describe({Contract(symbol="TNA"): 100.0})
    'TNA +100 shares'
    """
    units = _units(quantities)
    try:
        unit = {contract: count / units for contract, count in quantities.items()}
        trade = trade_of(unit, instruments=instruments)
    except InvalidInputError:
        return ", ".join(f"{count:+g} {contract.label}" for contract, count in quantities.items())
    if not trade.option_legs:
        return f"{trade.symbol} {units * trade.share_legs[0].signed_shares:+,g} shares"
    return trade.description


def trade_of(
    quantities: Mapping[Contract, float],
    *,
    prices: Mapping[Contract, float] | None = None,
    vols: Mapping[Contract, float] | None = None,
    instruments: InstrumentTable | None = None,
) -> Trade:
    """Return the trade that a position is.

    Parameters
    ----------
    quantities : mapping of Contract to float
        Shares and contracts, negative when short; of one symbol, in whole numbers.
    prices : mapping of Contract to float, optional
        Entry prices [dollars per share].
    vols : mapping of Contract to float, optional
        Of options, by the contracts of their marks.
    instruments : mapping, optional
        Instruments by symbol; the shipped ones when left out.

    Raises
    ------
    InvalidInputError
        There is nothing, a fraction, or an option that does not deliver what its symbol's options do.
    """
    prices, vols = prices or {}, vols or {}
    symbols = {contract.symbol for contract in quantities}
    if len(symbols) != 1:
        raise InvalidInputError(f"a trade is on one symbol, got {', '.join(sorted(symbols)) or 'none'}")
    traded = instrument(symbols.pop(), instruments=instruments)
    legs: list[Leg] = []
    for contract, count in quantities.items():
        if not float(count).is_integer():
            raise InvalidInputError(f"{contract.label}: a trade holds whole units, got {count:g}")
        side, number = Side.LONG if count > 0 else Side.SHORT, abs(int(count))
        if contract.strike is None or contract.expiry is None or contract.option_type is None:
            legs.append(ShareLeg(side=side, shares=number, entry_price=prices.get(contract)))
            continue
        if contract.multiplier != traded.option_multiplier:
            raise InvalidInputError(f"{contract.label} delivers {contract.multiplier:g} shares")
        legs.append(
            OptionLeg(
                side=side,
                option_type=contract.option_type,
                strike=contract.strike,
                expiry=contract.expiry,
                contracts=number,
                premium=prices.get(contract),
                vol=vols.get(mark_key(contract)),
            )
        )
    return Trade(instrument=traded, legs=tuple(legs))


def _entered(openings: list[Fill]) -> dict[Contract, float]:
    entries: dict[Contract, float] = {}
    for fill in openings:
        entries[fill.contract] = entries.get(fill.contract, 0.0) + fill.quantity
    return {contract: count for contract, count in entries.items() if count} or entries


def _units(quantities: Mapping[Contract, float]) -> float:
    """Return the largest number that divides every leg; fractions of shares are one unit of theirs."""
    counts = [abs(count) for count in quantities.values()]
    if any(not float(count).is_integer() for count in counts):
        return min(counts)
    return float(math.gcd(*(int(count) for count in counts)) or 1)


def _holdings(ledger: TradeLedger, marks: Mapping[Contract, tuple[dt.date, float]]) -> tuple[Holding, ...]:
    lots: dict[Contract, list[Lot]] = {}
    for lot in ledger.open_lots:
        lots.setdefault(lot.contract, []).append(lot)
    return tuple(_holding(contract, open_lots, marks) for contract, open_lots in lots.items())


def _holding(contract: Contract, lots: list[Lot], marks: Mapping[Contract, tuple[dt.date, float]]) -> Holding:
    quantity = math.fsum(lot.quantity for lot in lots)
    day, mark = marks.get(mark_key(contract), (None, None))
    return Holding(
        contract=contract,
        quantity=quantity,
        entry=math.fsum(lot.quantity * lot.price for lot in lots) / quantity,
        costs=math.fsum(lot.costs for lot in lots),
        mark=mark,
        mark_day=day,
    )


def _holding_to_dict(holding: Holding) -> dict[str, Any]:
    contract = holding.contract
    return {
        "symbol": contract.symbol,
        "expiry": contract.expiry.isoformat() if contract.expiry else None,
        "strike": contract.strike,
        "option_type": OptionType(contract.option_type).name.lower() if contract.option_type else None,
        "multiplier": contract.multiplier,
        "quantity": holding.quantity,
        "entry": holding.entry,
        "mark": holding.mark,
        "mark_day": holding.mark_day.isoformat() if holding.mark_day else None,
        "open_pnl": holding.open_pnl,
    }
