"""A preset's data with the user's market and account set over them, and where each figure comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from riskcalc.domain import BookUse, Instrument, InstrumentTable, PlanSources, Source, instrument
from riskcalc.errors import InvalidInputError
from riskcalc.presets.account_file import merged_account, read_account, with_book
from riskcalc.presets.market_file import (
    KnownMarket,
    KnownQuote,
    missing_prices,
    needed_symbols,
    read_market,
)
from riskcalc.presets.overrides import sets
from riskcalc.presets.units_parsing import percent_text
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFiles:
    """The user's market, account and book, which apply to all presets."""

    market: KnownMarket = field(default_factory=KnownMarket)
    account: Mapping[str, Any] = field(default_factory=dict)
    """By the keys of a preset's ``[account]``; of open risk and buying power the book's go first."""
    book: BookUse | None = None
    """Open risk and buying power of the open trades; None without a book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """A preset's data with the user's files set over them."""

    data: dict[str, Any]
    spot: Source | None = None
    """Source of spot and date, where they are not the preset's own."""
    vol: Source | None = None
    vol_date: dt.date | None = None
    equity: Source = Source.SAMPLE


def user_files(market: KnownMarket | None = None, *, book: BookUse | None = None) -> UserFiles:
    """Read the user's files; a fetched market overrides the stored one, a book the account.

    Raises
    ------
    PresetError
        One of them cannot be read; a line per problem.
    """
    known, account = read_market(), with_book(read_account(), book)
    if market is None:
        return UserFiles(market=known, account=account, book=book)
    rate = known.rate if market.rate is None else market.rate
    return UserFiles(
        market=KnownMarket(quotes=market.quotes, rate=rate, rate_date=known.rate_date, source=market.source),
        account=account,
        book=book,
    )


def overlaid(data: dict[str, Any], files: UserFiles, instruments: InstrumentTable) -> Overlaid:
    """Set the user's market and account over a preset's data, in place.

    A preset whose market is pinned keeps its own. So does one for whose underlying no price is known; where
    one is known without a volatility, a leveraged fund takes that of its benchmark times the leverage.
    """
    merged = _with_market(data, files.market, instruments)
    own_account = data.get("account")
    if own_account is None or isinstance(own_account, Mapping):
        data["account"] = merged_account(own_account, files.account)
    has_equity = isinstance(own_account, Mapping) and "equity" in own_account
    equity_source = Source.ACCOUNT_FILE if "equity" in files.account else Source.SAMPLE
    return Overlaid(**{**merged, "data": data, "equity": Source.PRESET if has_equity else equity_source})


def sources_of(
    merged: Overlaid,
    data: Mapping[str, Any],
    *,
    underlying: Instrument,
    default_source: Source,
    overrides: Iterable[str],
) -> PlanSources:
    """Return where the main figures of a preset come from.

    Parameters
    ----------
    merged : Overlaid
        The data without the overrides.
    data : mapping
        The same with the overrides.
    underlying : Instrument
        Of the trade.
    default_source : Source
        What the preset's own market is: ``preset``, or ``sample`` for a shipped one.
    overrides : iterable of str
        Dotted keys that were set.
    """
    keys, symbol = tuple(overrides), underlying.symbol

    def is_set(*path: str) -> bool:
        """Whether a value was set directly, or changed together with its table."""
        return ".".join(path) in keys or (
            sets(keys, path) and _value_at(data, path) != _value_at(merged.data, path)
        )

    spots = is_set("market", "quotes", symbol, "spot") or all(
        is_set("market", "quotes", needed, "spot") for needed in needed_symbols(underlying)
    )
    vols = any(is_set("market", "quotes", symbol, key) for key in ("vol", "correlation"))
    dated = is_set("market", "date")
    return PlanSources(
        spot=Source.SET if spots else merged.spot or default_source,
        date=Source.SET if dated else merged.spot or default_source,
        vol=Source.SET if vols else merged.vol or default_source,
        vol_date=None if vols or dated else merged.vol_date,
        equity=Source.SET if is_set("account", "equity") else merged.equity,
    )


def _value_at(data: Any, path: tuple[str, ...]) -> object:  # noqa: ANN401 - tables in tables
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data


def _with_market(data: dict[str, Any], known: KnownMarket, instruments: InstrumentTable) -> dict[str, Any]:
    """Override a preset's own prices in place; return the source of each."""
    underlying, market = _underlying(data, instruments), data.get("market", {})
    if underlying is None or not isinstance(market, dict):
        return {}
    symbol, needed = underlying.symbol, needed_symbols(underlying)
    if missing_prices(known, needed):
        return {}
    quotes = market.setdefault("quotes", {})
    if market.get("pinned") is True or not isinstance(quotes, dict):
        return {}
    data["market"] = market
    for key in dict.fromkeys((*needed, *(key for key in quotes if key in known.quotes))):
        quotes[key] = _quoted(quotes.get(key), known.quotes[key])
    if symbol not in needed and isinstance(quotes.get(symbol), dict):
        quotes[symbol] = {key: value for key, value in quotes[symbol].items() if key != "spot"}
    vol = _vol_of(underlying, quotes, known)
    day = min(known.quotes[symbol].date for symbol in needed)
    if market.get("date") != day:
        market.pop("signals", None)  # observed on the preset's own day
    market["date"] = day
    market.pop("time", None)
    if known.rate is not None:
        market["rate"] = percent_text(known.rate)
    return {"spot": known.source, **vol}


def _quoted(preset_quote: object, quote: KnownQuote) -> dict[str, Any]:
    """A preset's own quote, overridden by the stored values."""
    rates = {"vol": quote.vol, "dividend_yield": quote.dividend_yield, "borrow_fee": quote.borrow_fee}
    data: dict[str, Any] = {key: percent_text(value) for key, value in rates.items() if value is not None}
    if quote.dividends is not None:
        data["dividends"] = [
            {"ex_date": dividend.ex_date, "amount": dividend.amount, "special": dividend.special}
            for dividend in quote.dividends
        ]
    return {**(preset_quote if isinstance(preset_quote, dict) else {}), "spot": quote.spot, **data}


def _vol_of(underlying: Instrument, quotes: dict[str, Any], market: KnownMarket) -> dict[str, Any]:
    """Where the underlying's volatility comes from; that of a fund may be its benchmark's, by leverage."""
    symbol = underlying.symbol
    own = [market.quotes[symbol] for symbol in needed_symbols(underlying)]
    of_pair = quotes.get(symbol) if len(own) > 1 else None
    if isinstance(of_pair, dict) and "vol" in of_pair:
        return {}
    if all(symbol.vol is not None for symbol in own):
        older = [symbol.vol_date for symbol in own if symbol.vol_date is not None]
        return {"vol": market.source, "vol_date": min(older, default=None)}
    benchmark, quote = underlying.benchmark, market.quotes.get(symbol)
    of_benchmark = market.quotes.get(benchmark)
    if quote is None or of_benchmark is None or of_benchmark.vol is None:
        return {}
    quotes[benchmark] = _quoted(quotes.get(benchmark), of_benchmark)
    quotes[symbol].pop("vol", None)
    day = of_benchmark.day_of_vol
    return {"vol": market.source, "vol_date": None if day == quote.date else day}


def _underlying(data: Mapping[str, Any], instruments: InstrumentTable) -> Instrument | None:
    """The underlying of a trade; None if its symbol is invalid, which the schema reports."""
    trade = data.get("trade")
    symbol = trade.get("symbol") if isinstance(trade, Mapping) else None
    try:
        return instrument(symbol, instruments=instruments) if isinstance(symbol, str) else None
    except InvalidInputError:
        return None
