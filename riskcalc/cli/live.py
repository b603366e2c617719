"""Quotes fetched for a command: the one place of the command line that asks the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from riskcalc.cli.output import progress_bar
from riskcalc.domain import Market, Quote, Source, instrument

if TYPE_CHECKING:
    from riskcalc.chains import Chain
    from riskcalc.chains.live import LiveChain
    from riskcalc.presets.market_file import KnownMarket

MAX_AGE_MINUTES = 15
"""Fetched quotes are used again for so long."""

USUAL_RATE = 0.04
"""To solve volatilities with, where none is known."""


def fetched_chain(symbol: str, *, max_age: int = MAX_AGE_MINUTES) -> LiveChain:
    """Return delayed quotes of a symbol, and print their source to stderr.

    Raises
    ------
    ChainError
        yfinance is not installed, there is no network, or the symbol has no options.
    """
    from riskcalc.chains.live import live_chain  # noqa: PLC0415 - help is quick
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

    now, oldest = dt.datetime.now(tz=dt.UTC), dt.timedelta(minutes=max_age)
    live = live_chain(symbol, now=now, max_age=oldest, instruments=load_instruments())
    click.echo(f"riskcalc: {live.chain.symbol}: {live.note}", err=True)
    return live


def fetched_chains(symbols: Iterable[str]) -> list[Chain]:
    """Return delayed quotes of several symbols, with a progress bar."""
    distinct_symbols = list(dict.fromkeys(symbols))
    chains = []
    with progress_bar("symbols") as report_progress:
        for count, symbol in enumerate(distinct_symbols):
            if report_progress:
                report_progress(count, len(distinct_symbols))
            chains.append(fetched_chain(symbol).chain)
    return chains


def fetched_market(symbols: Iterable[str]) -> KnownMarket:
    """Return delayed spots and implied volatilities of several symbols, for presets to take."""
    from riskcalc.presets.market_file import KnownMarket, KnownQuote  # noqa: PLC0415 - help is quick

    quotes = {
        chain.symbol: KnownQuote(
            date=chain.date, spot=chain.spot, vol=vol_of_chain(chain, rate=None), source=Source.LIVE.value
        )
        for chain in fetched_chains(symbols)
    }
    return KnownMarket(quotes=quotes, source=Source.LIVE)


def vol_of_chain(chain: Chain, *, rate: float | None) -> float:
    """Return the at-the-money implied volatility of a chain near 60 days, at a rate or the known one."""
    from riskcalc.presets.fund_on_benchmark import vol_near  # noqa: PLC0415 - help is quick
    from riskcalc.presets.market_file import read_market  # noqa: PLC0415 - as above

    filed, symbol = read_market(), instrument(chain.symbol).symbol
    used = filed.rate if rate is None else rate
    quote = filed.quotes.get(symbol)
    dividends = (quote.dividends if quote else None) or ()
    market = Market(
        date=chain.date,
        time=chain.time,
        rate=USUAL_RATE if used is None else used,
        quotes={symbol: Quote(spot=chain.spot, vol=0.0, dividends=dividends)},
    )
    return round(vol_near(chain, market), 6)
