"""Entry of a trade at real quotes: premiums, cost of the bid-ask width, and implied vols of the mids."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import numpy as np

from riskcalc.analysis import solve_vol
from riskcalc.domain import (
    FillPrice,
    Market,
    OptionLeg,
    OptionQuote,
    OptionType,
    QuotedListing,
    Side,
    Trade,
)
from riskcalc.domain.validation import one_of
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.pricing import VolStatus

SAME_SPOT = 1e-9
"""Relative tolerance of equal spots."""


def enter(
    trade: Trade, quotes: QuotedListing, market: Market, *, at: FillPrice | str = FillPrice.MID
) -> Trade:
    """Enter a trade at the quotes of its options.

    Parameters
    ----------
    trade : Trade
        Its option legs are looked up by expiry, strike and type; premiums and vols it has are replaced.
    quotes : QuotedListing
        A chain of the trade's underlying.
    market : Market
        Rate and dividend yield behind the vols, at the day and spot of the quotes: see `quoted_market`.
    at : FillPrice or str
        ``mid``; ``natural`` buys at the ask and sells at the bid; ``worst`` adds half the quoted width to
        that, against the trader, down to a premium of 0 for what is sold.

    Returns
    -------
    Trade
        Each option leg with its premium, with the vol of its mid wherever it was filled, and with the
        `spread_cost` still to come: the full width at mid (half in, half out), else half of it (out). Share
        legs are as they were.

    Raises
    ------
    ChainError
        A leg has no usable quote, or no vol reproduces its mid; a line per leg.
    InvalidInputError
        The chain is of another underlying, the market is of another day or spot, or `at` is unknown.
    """
    fill = one_of("at", FillPrice, at)
    if trade.symbol != quotes.symbol:
        raise InvalidInputError(f"the chain must quote {trade.symbol} like the trade, got {quotes.symbol}")
    _require_same_moment(quotes, market)
    legs, problems = [], []
    for leg in trade.legs:
        try:
            legs.append(_entered(leg, quotes, market, fill) if isinstance(leg, OptionLeg) else leg)
        except ChainError as error:
            problems.append(str(error))
    if problems:
        raise ChainError("\n".join(problems))
    return dataclasses.replace(trade, legs=tuple(legs))


def quoted_market(market: Market, quotes: QuotedListing, *, expiry: dt.date | None = None) -> Market:
    """Return a market at the day, time and spot of a chain; other underlyings stay as they are.

    Parameters
    ----------
    market : Market
        Quotes the chain's underlying, for its dividend yield.
    quotes : QuotedListing
        A chain.
    expiry : date, optional
        Listed expiry whose at-the-money vol becomes the quote's; without one the quote keeps its vol.

    Raises
    ------
    ChainError
        The expiry is not listed, or has no usable quotes at the money.
    InvalidInputError
        The market does not quote the underlying.
    """
    current = dataclasses.replace(market, date=quotes.date, time=quote_time(quotes))
    moved = current.with_quote(quotes.symbol, spot=quotes.spot)
    if expiry is None:
        return moved
    return moved.with_quote(quotes.symbol, vol=atm_vol(quotes, moved, expiry=expiry, one_sided=True))


def quote_time(quotes: QuotedListing) -> dt.time | None:
    """Time of day of a chain's quotes, New York; None, the close, where a listing does not know it."""
    time = getattr(quotes, "time", None)
    return time if isinstance(time, dt.time) else None


def atm_vol(quotes: QuotedListing, market: Market, *, expiry: dt.date, one_sided: bool = False) -> float:
    """At-the-money implied vol of one expiry, per sqrt(year).

    Call and put are averaged at the nearest strike on each side of the spot where both have a vol, so that an
    error of rate or dividend, which moves them apart, cancels; between the two strikes it is interpolated.

    Parameters
    ----------
    quotes : QuotedListing
        A chain.
    market : Market
        Rate and dividend yield, on the day and at the spot of the quotes.
    expiry : date
        A listed expiry.
    one_sided : bool
        Whether quotes of calls alone, or of puts alone, give the vol of that side: there an error of rate or
        dividend stays in it.

    Raises
    ------
    ChainError
        The expiry is not listed, or no strike has a usable call and put.
    InvalidInputError
        The market is of another day or spot.
    """
    _require_same_moment(quotes, market)
    calls, puts = (_strikes(quotes, expiry=expiry, option_type=kind) for kind in OptionType)
    one_side_only = one_sided and not (calls and puts)
    kinds = tuple(OptionType) if not one_side_only else (OptionType.CALL if calls else OptionType.PUT,)
    near = sorted(calls | puts if one_side_only else calls & puts)
    sides = ([k for k in near if k <= quotes.spot][::-1], [k for k in near if k > quotes.spot])
    below, above = (
        _first_vol(quotes, market, expiry=expiry, strikes=strikes, kinds=kinds) for strikes in sides
    )
    at_strikes = below + above
    if not at_strikes:
        raise ChainError(
            f"{quotes.symbol} {expiry}: the vol at the money needs a strike with a usable call and put; "
            f"listed are {len(calls)} calls and {len(puts)} puts"
        )
    strikes, vols = zip(*at_strikes, strict=True)
    return float(np.interp(quotes.spot, strikes, vols))


def _strikes(quotes: QuotedListing, *, expiry: dt.date, option_type: OptionType) -> set[float]:
    """Listed strikes; empty if there are no such options."""
    try:
        return set(quotes.strikes(expiry=expiry, option_type=option_type))
    except ChainError:
        return set()


def _require_same_moment(quotes: QuotedListing, market: Market) -> None:
    """Require the date and spot of the quotes; a vol solved with others would be wrong."""
    if market.date != quotes.date:
        raise InvalidInputError(f"market date must be that of the quotes, {quotes.date}, got {market.date}")
    spot = market.quote(quotes.symbol).spot
    if abs(spot - quotes.spot) > SAME_SPOT * quotes.spot:
        raise InvalidInputError(f"{quotes.symbol} spot must be that of the quotes, {quotes.spot}, got {spot}")


def _entered(leg: OptionLeg, quotes: QuotedListing, market: Market, fill: FillPrice) -> OptionLeg:
    quote = quotes.quote(expiry=leg.expiry, strike=leg.strike, option_type=leg.option_type)
    return dataclasses.replace(
        leg,
        premium=_premium(quote, side=leg.side, fill=fill),
        spread_cost=quote.width if fill is FillPrice.MID else quote.width / 2,
        vol=_mid_vol(quotes, market, expiry=leg.expiry, strike=leg.strike, option_type=leg.option_type),
    )


def _premium(quote: OptionQuote, *, side: Side, fill: FillPrice) -> float:
    if fill is FillPrice.MID:
        return quote.mid
    natural = quote.ask if side is Side.LONG else quote.bid
    return natural if fill is FillPrice.NATURAL else max(natural + side * quote.width / 2, 0.0)


def _first_vol(
    quotes: QuotedListing,
    market: Market,
    *,
    expiry: dt.date,
    strikes: Sequence[float],
    kinds: Sequence[OptionType],
) -> list[tuple[float, float]]:
    """The first strike where all of some types have a vol, and the mean of them; empty when there is none."""
    for strike in strikes:
        try:
            vols = [
                _mid_vol(quotes, market, expiry=expiry, strike=strike, option_type=kind) for kind in kinds
            ]
        except ChainError:
            continue
        return [(strike, sum(vols) / len(vols))]
    return []


def _mid_vol(
    quotes: QuotedListing, market: Market, *, expiry: dt.date, strike: float, option_type: OptionType
) -> float:
    """IV of the mid of one option."""
    quote = quotes.quote(expiry=expiry, strike=strike, option_type=option_type)
    option = OptionLeg(side=Side.LONG, option_type=option_type, strike=strike, expiry=expiry)
    vol, status = solve_vol(option, premium=quote.mid, instrument=quotes.instrument, market=market)
    if status is not VolStatus.OK:
        contract_text = f"{quotes.symbol} {option_type.name.lower()} {strike:g} {expiry}"
        raise ChainError(
            f"{contract_text}: no vol reproduces the mid {quote.mid:g} at spot {quotes.spot:g}: {status.text}"
        )
    return vol
