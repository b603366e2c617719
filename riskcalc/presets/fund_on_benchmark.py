"""A leveraged fund planned on a chain of its benchmark: TNA and TZA on IWM's options."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

from riskcalc.domain import Market, Quote, QuotedListing, Source
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.planning import atm_vol, quote_time
from riskcalc.presets.template import Preset

USUAL_DAYS = 60
"""Calendar days to the expiry whose volatility is the market's, unless a trade names another."""

LEAST_DAYS = 7
"""Expiries nearer than this reflect only a few days."""


def of_benchmark(preset: Preset, chain: QuotedListing) -> bool:
    """Whether a chain is that of the benchmark of a preset's leveraged fund."""
    fund = preset.template.instrument
    return bool(fund.benchmark) and chain.symbol == fund.benchmark != fund.symbol


def market_of_fund(preset: Preset, chain: QuotedListing) -> Market:
    """Return a fund's market on a chain of its benchmark.

    Parameters
    ----------
    preset : Preset
        Shares of a leveraged fund, its spot typed or from the market of today.
    chain : QuotedListing
        Of the benchmark. Its expiry nearest to the time stop gives the volatility, which times the leverage
        is the fund's: Leung & Sircar, "Implied volatility of leveraged ETF options", Applied Mathematical
        Finance (2015).

    Returns
    -------
    Market
        At the day and time of the chain, with a quote for the fund and for its benchmark.

    Raises
    ------
    InvalidInputError
        The trade has options, which the chain does not quote, or the fund's spot is unknown or of a
        different day.
    ChainError
        No expiry of the chain has usable quotes at the money.
    """
    fund = preset.template.instrument
    _require_spot(preset, chain)
    benchmark = preset.market.quotes.get(fund.benchmark) or Quote(spot=chain.spot, vol=0.0)
    quotes = {**preset.market.quotes, fund.benchmark: dataclasses.replace(benchmark, spot=chain.spot)}
    current = dataclasses.replace(preset.market, date=chain.date, time=quote_time(chain), quotes=quotes)
    days = preset.exits.holding_days or USUAL_DAYS
    vol = vol_near(chain, current, days=days)
    return current.with_quote(fund.benchmark, vol=vol).with_quote(fund.symbol, vol=fund.leverage_factor * vol)


def vol_near(chain: QuotedListing, market: Market, *, days: int = USUAL_DAYS) -> float:
    """Return the at-the-money implied volatility of the expiry nearest to some days ahead.

    Parameters
    ----------
    chain : QuotedListing
        Expiries without usable quotes at the money are passed over.
    market : Market
        At the day and spot of the chain.
    days : int
        Calendar days; an expiry within `LEAST_DAYS` is taken only where there is no later one.

    Returns
    -------
    float
        Per sqrt(year).

    Raises
    ------
    ChainError
        No expiry has usable quotes at the money.
    """
    ahead = {expiry: (expiry - chain.date).days for expiry in chain.expiries() if expiry > chain.date}
    order = sorted(ahead, key=lambda expiry: (ahead[expiry] < LEAST_DAYS, abs(ahead[expiry] - days)))
    for expiry in order:
        vol = _vol(chain, market, expiry)
        if math.isfinite(vol):
            return vol
    raise ChainError(f"{chain.symbol}: no expiry of the chain has usable quotes at the money")


def _vol(chain: QuotedListing, market: Market, expiry: dt.date) -> float:
    try:
        return atm_vol(chain, market, expiry=expiry, one_sided=True)
    except ChainError:
        return math.nan


def _require_spot(preset: Preset, chain: QuotedListing) -> None:
    fund, sources = preset.template.instrument, preset.sources
    if not preset.template.only_shares:
        raise InvalidInputError(
            f"the chain must quote {fund.symbol}, whose options are traded, got {chain.symbol}"
        )
    typed = f"give it: --set market.quotes.{fund.symbol}.spot=PRICE, or riskcalc quote {fund.symbol}=PRICE"
    if sources.spot is Source.MARKET_FILE and preset.market.date != chain.date:
        market_text = (
            f"{preset.market.quote(fund.symbol).spot:,.2f} in market.toml is of {preset.market.date}"
        )
        raise InvalidInputError(f"{fund.symbol} {market_text}, the chain of {chain.date}: {typed}")
    if sources.spot not in (Source.SET, Source.MARKET_FILE):
        raise InvalidInputError(
            f"a chain of {chain.symbol} gives the volatility of {fund.symbol}, not its price: {typed}"
        )
