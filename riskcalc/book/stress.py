"""A book in named scenarios."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from riskcalc.book.book_market import Marks, build_book_market
from riskcalc.book.repricing import book_pnls, can_be_valued
from riskcalc.book.trades import BookTrade
from riskcalc.domain import InstrumentTable, Market, Scenario
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BookScenario:
    """The open trades in one scenario."""

    scenario: str
    meaning: str
    pnl: float
    """Of all trades that have a price, P&L from the marks, no stop applied [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookStress:
    """The open trades in every scenario."""

    date: dt.date
    """Of the marks."""
    rows: tuple[BookScenario, ...]
    notes: tuple[str, ...]
    """Assumptions, and what has no price and is left out."""


def stress_book(
    trades: Sequence[BookTrade],
    marks: Marks,
    scenarios: Sequence[Scenario],
    *,
    market: Market | None = None,
    instruments: InstrumentTable | None = None,
) -> BookStress:
    """Return the P&L of the open trades in named scenarios.

    Parameters
    ----------
    trades : sequence of BookTrade
        Closed ones are left out.
    marks : mapping
        Day and price of the latest mark of each contract.
    scenarios : sequence of Scenario
        From `riskcalc.load_scenarios`.
    market : Market, optional
        Goes before marks and plans; see `riskcalc.book.book_market.build_book_market`.
    instruments : mapping, optional
        Instruments by symbol, from `riskcalc.load_instruments`; the shipped ones when left out.
    """
    open_trades = [trade for trade in trades if trade.status == "open"]
    book_market = build_book_market(open_trades, marks, given=market, instruments=instruments)
    pnls = book_pnls(open_trades, book_market, scenarios)
    unpriced = [
        f"trade {trade.id}, {trade.description}, has no price and is in no scenario: mark it"
        for trade in open_trades
        if not can_be_valued(trade, book_market)
    ]
    return BookStress(
        date=book_market.market.date,
        rows=tuple(
            BookScenario(scenario=scenario.name, meaning=scenario.meaning, pnl=pnl)
            for scenario, pnl in zip(scenarios, pnls, strict=True)
        ),
        notes=(*book_market.notes, *unpriced),
    )
