"""Prices of a draft's legs from a chain of real quotes."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

from riskcalc.domain import (
    FillPrice,
    Instrument,
    Leg,
    Market,
    MovingSmile,
    OptionLeg,
    Quote,
    QuotedListing,
    Sticky,
    Trade,
    moving_smile,
)
from riskcalc.domain.clock import moment_of
from riskcalc.domain.gamma import GammaProfile
from riskcalc.errors import ChainError
from riskcalc.planning import atm_vol, enter
from riskcalc.planning.entry import quote_time
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from riskcalc.chains import Chain


def filled_from(
    trade: Trade, chain: QuotedListing, market: Market, *, fill: FillPrice, vol_shift: float
) -> Trade:
    """Fill in the legs that follow the quotes: those with neither a premium nor a vol.

    Parameters
    ----------
    trade : Trade
        Its other legs stay as they are.
    chain : QuotedListing
        A chain of the trade's underlying.
    market : Market
        Where the trade is planned; its spot and date need not be the chain's. A smile of its quote moves the
        vols from the one spot to the other.
    fill : FillPrice
        Where the quotes are filled.
    vol_shift : float
        Added to the vols behind the quotes: 0.01 is a point.

    Returns
    -------
    Trade
        The legs have the vols and widths of their quotes. They have the quoted premiums at the chain's own
        spot, date and vols alone: without quotes they enter at the model value.

    Raises
    ------
    ChainError
        A leg has no usable quote; a line per leg.
    """
    quote = market.quote(trade.symbol)
    quotes = _Quotes(
        this=_This(chain),
        instrument=trade.instrument,
        quote=dataclasses.replace(quote, spot=chain.spot, vol=0.0, smile=None),
        rate=market.rate,
        fill=fill,
    )
    same_moment = market.moment == moment_of(chain.date, quote_time(chain))
    at_quotes = same_moment and quote.spot == chain.spot and vol_shift == 0
    legs: list[Leg] = []
    problems: list[str] = []
    for leg in trade.legs:
        try:
            filled = _quoted_leg(leg, quotes) if isinstance(leg, OptionLeg) and follows(leg) else leg
        except ChainError as error:
            problems.append(str(error))
            continue
        stays = at_quotes or filled is leg
        legs.append(filled if stays else _off_the_quotes(filled, chain, quote, vol_shift=vol_shift))
    if problems:
        raise ChainError("\n".join(problems))
    return dataclasses.replace(trade, legs=tuple(legs))


def _off_the_quotes(leg: Leg, chain: QuotedListing, quote: Quote, *, vol_shift: float) -> Leg:
    """A leg at the vol of its quote plus a shift, priced by the model."""
    if not isinstance(leg, OptionLeg):
        return leg
    if quote.smile is not None:
        vol_shift += float(
            quote.smile.change(leg.strike, expiry=leg.expiry, start=chain.spot, spot=quote.spot)
        )
    vol = leg.vol or 0.0
    shifted = max(round(vol + vol_shift, 12), 0.0) if vol_shift else vol
    return dataclasses.replace(leg, premium=None, vol=shifted)


def follows(leg: OptionLeg) -> bool:
    """Whether a leg follows the quotes rather than stating a price of its own."""
    return leg.premium is None and leg.vol is None


def vol_at(chain: QuotedListing, market: Market, *, expiry: dt.date | None) -> float | None:
    """ATM IV of an expiry at the time of the chain; None if its quotes do not determine it."""
    quote = dataclasses.replace(market.quote(chain.symbol), spot=chain.spot)
    time, quoted = quote_time(chain), {chain.symbol: quote}
    at_quotes = dataclasses.replace(market, date=chain.date, time=time, quotes=quoted)
    with contextlib.suppress(ChainError):
        return None if expiry is None else atm_vol(chain, at_quotes, expiry=expiry)
    return None


def smile_of(chain: QuotedListing, market: Market, *, sticky: Sticky) -> MovingSmile | None:
    """Return the smile of a chain at a market's rate and dividends, cached.

    None where each strike keeps its vol and the listing is none that a smile can be fitted to.

    Raises
    ------
    ChainError
        The smile is to move, and the listing is none that it can be fitted to.
    """
    smile = moving_smile(chain, market, sticky)
    if smile is None and sticky is Sticky.MONEYNESS:
        raise ChainError(f"{chain.symbol}: only quotes that were read from a file have a smile")
    return smile


def gamma_of(chain: QuotedListing, rate: float) -> GammaProfile | None:
    """Return the open interest of a chain by strike, cached; None where its quotes have none."""
    from riskcalc.chains import Chain  # noqa: PLC0415 - most drafts have no chain

    return _gamma_of(chain, rate) if isinstance(chain, Chain) else None


@lru_cache(maxsize=4)
def _gamma_of(chain: Chain, rate: float) -> GammaProfile | None:
    from riskcalc.chains.gamma import gamma_profile  # noqa: PLC0415 - as above

    # Where all that is held has expired, there is no gamma.
    with contextlib.suppress(ChainError):
        return gamma_profile(chain, rate=rate)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _This:
    """A chain compared and hashed by identity, without comparing its arrays."""

    chain: QuotedListing

    def __eq__(self, other: object) -> bool:
        """Whether it is the very same chain."""
        return isinstance(other, _This) and other.chain is self.chain

    def __hash__(self) -> int:
        """The identity of the chain."""
        return id(self.chain)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quotes:
    """Chain of a leg's quote, and the market in which its vol is solved."""

    this: _This
    instrument: Instrument
    quote: Quote
    rate: float
    fill: FillPrice


@lru_cache(maxsize=256)
def _quoted_leg(leg: OptionLeg, quotes: _Quotes) -> OptionLeg:
    """Return one leg at its quote, cached, since solving the vol is slow."""
    chain = quotes.this.chain
    time, quoted = quote_time(chain), {chain.symbol: quotes.quote}
    market = Market(date=chain.date, time=time, rate=quotes.rate, quotes=quoted)
    trade = Trade(instrument=quotes.instrument, legs=(leg,))
    (entered_leg,) = enter(trade, chain, market, at=quotes.fill).option_legs
    return entered_leg
