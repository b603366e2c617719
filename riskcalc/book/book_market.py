"""The market in which a book is valued: its marks, else the quotes in the plans of its trades."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from riskcalc.analysis import solve_vols
from riskcalc.book.fills import Contract
from riskcalc.book.plan_facts import PlanFacts, plan_facts
from riskcalc.book.trades import BookTrade, mark_key
from riskcalc.domain import Instrument, InstrumentTable, Market, OptionLeg, Quote, Side, instrument
from riskcalc.pricing import VolStatus
from riskcalc.records import dataclass

USUAL_RATE = 0.04
"""Rate where no plan and no caller gives one."""

Marks = Mapping[Contract, tuple[dt.date, float]]
"""Day and price of the latest mark of each contract, multipliers 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookMarket:
    """A market, the vols of the options held, and what was assumed."""

    market: Market
    vols: Mapping[Contract, float]
    """Of each option that can be valued, by the contract of its mark."""
    notes: tuple[str, ...]
    oldest: dt.date
    """Day of the oldest price of a symbol that is held."""
    instruments: InstrumentTable | None = None
    """Instruments by symbol; None is the shipped ones."""

    def instrument(self, symbol: str) -> Instrument:
        """Return the instrument of a symbol."""
        return instrument(symbol, instruments=self.instruments)


def build_book_market(
    trades: Sequence[BookTrade],
    marks: Marks,
    *,
    given: Market | None = None,
    instruments: InstrumentTable | None = None,
) -> BookMarket:
    """Return the market in which open trades are valued.

    Parameters
    ----------
    trades : sequence of BookTrade
        Open trades.
    marks : mapping
        Latest marks.
    given : Market, optional
        Its date, rate and quotes go before those of marks and plans.
    instruments : mapping, optional
        Instruments by symbol, from `riskcalc.load_instruments`; the shipped ones when left out.

    Returns
    -------
    BookMarket
        The spot of a symbol is that of `market`, else its mark, else that of the latest plan, else what its
        shares cost. The vol of an option is that of its mark where that is of the day of the spot, else of
        the plan, else of the quote. An option without any is not in `vols`: it cannot be valued.
    """
    plans = sorted((plan_facts(trade.plan) for trade in trades if trade.plan), key=lambda plan: plan.date)
    notes: list[str] = []
    quotes, days = _quotes(trades, marks, plans=plans, market=given, notes=notes)
    rate = given.rate if given else plans[-1].rate if plans else USUAL_RATE
    if given is None and not plans and trades:
        notes.append(f"no plan gives an interest rate: {USUAL_RATE:.0%} assumed")
    date = given.date if given else max(days.values(), default=dt.date(1970, 1, 1))
    notes += [f"{symbol}: the price is of {day}" for symbol, day in sorted(days.items()) if day < date]
    market = Market(date=date, rate=rate, quotes=quotes, time=given.time if given else None)
    vols = {}
    for symbol in quotes:
        traded = instrument(symbol, instruments=instruments)
        vols.update(_vols(traded, trades, marks, market=market, day=days[symbol], plans=plans, notes=notes))
    oldest = min((days[trade.symbol] for trade in trades if trade.symbol in days), default=date)
    return BookMarket(market=market, vols=vols, notes=tuple(notes), oldest=oldest, instruments=instruments)


def _quotes(
    trades: Iterable[BookTrade],
    marks: Marks,
    *,
    plans: Sequence[PlanFacts],
    market: Market | None,
    notes: list[str],
) -> tuple[dict[str, Quote], dict[str, dt.date]]:
    """Quotes by symbol, and the day of each price."""
    quotes: dict[str, Quote] = dict(market.quotes) if market else {}
    days = dict.fromkeys(quotes, market.date) if market else {}
    for symbol in dict.fromkeys(trade.symbol for trade in trades):
        if symbol in quotes:
            continue
        planned = [(plan.date, plan.quotes[symbol]) for plan in plans if symbol in plan.quotes]
        paid = [
            (trade.opened.date(), Quote(spot=holding.entry, vol=0.0))
            for trade in trades
            for holding in trade.holdings
            if holding.contract == Contract(symbol=symbol) and holding.entry > 0
        ]
        known = [*planned[-1:], *paid[-1:]]
        mark = marks.get(Contract(symbol=symbol))
        if mark and mark[1] > 0:
            base = known[0][1] if known else Quote(spot=mark[1], vol=0.0)
            quotes[symbol], days[symbol] = dataclasses.replace(base, spot=mark[1]), mark[0]
        elif known:
            days[symbol], quotes[symbol] = known[0]
            source = "of its plan" if planned else "at entry"
            notes.append(f"{symbol} has no mark: the price {source} is used")
    for plan in plans:  # a pair needs the quotes of its funds
        for symbol, quote in plan.quotes.items():
            quotes.setdefault(symbol, quote)
            days.setdefault(symbol, plan.date)
    return quotes, days


def _vols(
    traded: Instrument,
    trades: Iterable[BookTrade],
    marks: Marks,
    *,
    market: Market,
    day: dt.date,
    plans: Sequence[PlanFacts],
    notes: list[str],
) -> dict[Contract, float]:
    """Vols of a symbol's options that have not expired."""
    symbol = traded.symbol
    contracts = dict.fromkeys(
        mark_key(holding.contract)
        for trade in trades
        if trade.symbol == symbol
        for holding in trade.holdings
        if holding.contract.expiry and holding.contract.expiry >= market.date
    )
    vols = _marked_vols(traded, [c for c in contracts if marks.get(c, (None,))[0] == day], marks, market)
    quote = market.quote(symbol)
    unmarked: dict[str, list[str]] = {}
    for contract in contracts:
        if contract in vols:
            continue
        planned = [plan.vols[contract] for plan in plans if contract in plan.vols]
        if planned or quote.vol:
            vols[contract] = planned[-1] if planned else quote.vol
            source = "of the plan" if planned else "of the underlying"
            unmarked.setdefault(source, []).append(contract.label)
    notes += [
        f"no usable mark of {day}, valued at the IV {source}: {', '.join(labels)}"
        for source, labels in unmarked.items()
    ]
    return vols


def _marked_vols(
    traded: Instrument, contracts: Sequence[Contract], marks: Marks, market: Market
) -> dict[Contract, float]:
    """Vols that marks of the spot's day imply."""
    if not contracts:
        return {}
    legs = [option_leg(contract) for contract in contracts]
    premiums = [marks[contract][1] for contract in contracts]
    vols, statuses = solve_vols(legs, premiums=premiums, instrument=traded, market=market)
    solved = zip(contracts, vols, statuses, strict=True)
    return {contract: vol for contract, vol, status in solved if status is VolStatus.OK}


def option_leg(contract: Contract, *, vol: float | None = None) -> OptionLeg:
    """Return one bought contract as a leg of a trade."""
    if contract.option_type is None or contract.strike is None or contract.expiry is None:
        raise ValueError(f"{contract.label} is not an option")
    return OptionLeg(
        side=Side.LONG,
        option_type=contract.option_type,
        strike=contract.strike,
        expiry=contract.expiry,
        vol=vol,
    )
