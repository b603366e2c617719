"""Prices of a book's positions: typed, from a chain, or from today's market."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from riskcalc.book.fills import Contract
from riskcalc.book.importers.text import make_option, option
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.presets.market_file import read_market

if TYPE_CHECKING:
    from riskcalc.book.book_market import Marks
    from riskcalc.book.trades import BookTrade
    from riskcalc.domain import QuotedListing


def typed_prices(assignments: Iterable[str]) -> dict[Contract, float]:
    """Parse typed prices: ``IWM=297`` or ``"IWM 295 call 2026-09-18=13.1"``.

    Parameters
    ----------
    assignments : iterable of str
        Name and price [dollars per share] each.

    Raises
    ------
    InvalidInputError
        One names nothing that can be held, or no price.
    """
    prices = {}
    for text in assignments:
        name, _, price = text.rpartition("=")
        try:
            prices[_contract(name)] = float(price)
        except ValueError:
            form = 'IWM=297 or "IWM 295 call 2026-09-18=13.1"'
            raise InvalidInputError(f"a price must be like {form}, got {text!r}") from None
    return prices


def _contract(name: str) -> Contract:
    words = name.split()
    if len(words) == 1 and (known := option(name)) is None:
        return Contract(symbol=words[0].upper())
    if len(words) == 4 and words[2].lower() in {"call", "put"}:
        return make_option(words[0], words[3], words[1], words[2])
    known = option(name)
    if known is None:
        raise ValueError(name)
    return known


def chain_prices(
    chain: QuotedListing, trades: Iterable[BookTrade]
) -> tuple[dict[Contract, float], list[str]]:
    """Return prices of open trades from a chain.

    Parameters
    ----------
    chain : QuotedListing
        Of one underlying; trades on another are left out.
    trades : iterable of BookTrade
        Open ones.

    Returns
    -------
    tuple
        The spot and the mid of each option held [dollars per share], and what of them the chain does not
        quote, in words.
    """
    prices, missing = {Contract(symbol=chain.symbol): chain.spot}, []
    contracts = [
        holding.contract for trade in trades if trade.symbol == chain.symbol for holding in trade.holdings
    ]
    for contract in dict.fromkeys(contracts):
        if contract.expiry is None or contract.strike is None or contract.option_type is None:
            continue
        try:
            quote = chain.quote(
                expiry=contract.expiry, strike=contract.strike, option_type=contract.option_type
            )
        except ChainError as error:
            missing.append(f"{contract.label} is not marked: {error}")
            continue
        prices[contract] = quote.mid
    return prices, missing


def market_prices(
    trades: Iterable[BookTrade], *, date: dt.date | None = None, today: dt.date
) -> tuple[dict[Contract, float], dt.date]:
    """Return the spots of open trades that the market of today has, and their day.

    Parameters
    ----------
    trades : iterable of BookTrade
        Open ones.
    date : date, optional
        Day that all of them count for; the latest of the quotes when left out, of which alone they are.
    today : date
        Day where nothing is known.

    Raises
    ------
    PresetError
        The user's market file cannot be read.
    """
    symbols, quotes = {trade.symbol for trade in trades}, read_market().quotes
    days = [quote.date for symbol, quote in quotes.items() if symbol in symbols]
    day = date or max(days, default=today)
    return {
        Contract(symbol=symbol): quote.spot
        for symbol, quote in quotes.items()
        if symbol in symbols and (date or quote.date) == day
    }, day


def closing_spot(
    trade: BookTrade,
    price: float,
    *,
    spot: float | None,
    day: dt.date,
    marks: Marks,
    chain: QuotedListing | None = None,
) -> tuple[float | None, list[str]]:
    """Return the price of the underlying as a trade is closed, from which the journal reads what came first.

    Parameters
    ----------
    trade : BookTrade
        The trade before it is closed.
    price : float
        Its net price of a unit [dollars per share]: that of the underlying where shares alone are held.
    spot : float, optional
        As typed [dollars]; it goes first.
    day : date
        Of the close; prices of another day are not taken.
    marks : mapping
        Latest marks.
    chain : QuotedListing, optional
        Quotes of that day, before the mark and the market of today.

    Returns
    -------
    tuple
        The price [dollars], None where it is not known, and why it is not, in words.
    """
    if spot is not None or not any(holding.contract.is_option for holding in trade.holdings):
        return price if spot is None and len(trade.holdings) == 1 and price > 0 else spot, []
    if chain is not None:
        if chain.date == day:
            return chain.spot, []
        return None, [f"the quotes are of {chain.date}, the close of {day}: their spot is not taken"]
    marked, mark = next(
        (mark for contract, mark in marks.items() if contract.label == trade.symbol), (None, None)
    )
    if marked == day:
        return mark, []
    quote = read_market().quotes.get(trade.symbol)
    if quote is not None and quote.date == day:
        return quote.spot, []
    unknown = (
        f"the price of {trade.symbol} on {day} is not known, so that the journal cannot say what came first"
    )
    return None, [f"{unknown}: give --spot, or riskcalc book mark {trade.symbol}=PRICE --date {day}"]


def marked_line(marked: Mapping[Contract, float], day: dt.date) -> str:
    """Describe the marked prices in one line."""
    prices = (f"{contract.label} {_cents(price)}" for contract, price in marked.items())
    return f"marked {', '.join(prices)} on {day}"


def _cents(price: float) -> str:
    """A price with cents, or as exact as it is."""
    return f"{price:.2f}" if math.isclose(price, round(price, 2)) else f"{price:g}"
