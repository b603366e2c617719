"""Strikes after a special dividend, which the OCC lowers by its amount."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.domain import Market, OptionLeg, Trade
from riskcalc.errors import InvalidInputError
from riskcalc.records import replace

SAME_DAY = 1e-9
"""Tolerance for rounding in days."""


def adjusted_strikes(
    strike: ArrayLike, *, days: ArrayLike, market: Market, symbol: str, until: dt.date
) -> NDArray[np.float64]:
    """Return strikes after some days; from an ex-date on they are lower by its dividend.

    Parameters
    ----------
    strike : array_like
        As listed today [dollars].
    days : array_like
        Calendar days from the market on.
    market : Market
        Its dividends that adjust strikes count.
    symbol : str
        The underlying.
    until : date
        Last expiry of the options.

    Returns
    -------
    ndarray
        [dollars], strike and days broadcast.

    Raises
    ------
    InvalidInputError
        A dividend leaves nothing of a strike.

    Notes
    -----
    Before the ex-date an option is worth what it would be without the drop, and gives no reason to exercise
    for it: the drop takes as much off the strike as off the spot. After it, it is an option at the new strike
    on the lower spot with the vol it had. In a lognormal model the two differ a little at the ex-date, for an
    option at the money by about dividend / spot of its time value.

    References
    ----------
    OCC By-Laws, Article VI, Section 11A, and its interpretive guidance: cash dividends that are not ordinary
    and come to at least 12.50 dollars a contract adjust strikes by the dividend.
    """
    special = market.adjusting_dividends_until(symbol, until)
    listed, day = np.asarray(strike, dtype=np.float64), np.asarray(days, dtype=np.float64)
    left: NDArray[np.float64] = listed
    for dividend in special:
        left = left - dividend.amount * (day >= 365 * market.years_to(dividend.ex_date) - SAME_DAY)
    if special and not np.all(left > 0):
        paid = ", ".join(f"{dividend.amount:g} on {dividend.ex_date}" for dividend in special)
        raise InvalidInputError(f"special dividends must be smaller than every strike, got {paid}")
    return left


def adjusted_trade(trade: Trade, market: Market, *, day: dt.date) -> Trade:
    """Return a trade with its strikes as adjusted by a day, for payoffs at the spots of that day."""
    if not trade.expiry or not market.adjusting_dividends_until(trade.symbol, day):
        return trade
    days = 365 * market.years_to(day)
    legs = tuple(
        replace(leg, strike=float(_adjusted_strike(leg, days, trade, market)))
        if isinstance(leg, OptionLeg)
        else leg
        for leg in trade.legs
    )
    return replace(trade, legs=legs)


def adjusted_trade_at_expiry(trade: Trade, market: Market) -> Trade:
    """Return a trade whose nearest options have the strikes of their last day; later ones keep today's."""
    if trade.expiry is None:
        return trade
    lowered = adjusted_trade(trade, market, day=trade.expiry)
    legs = (
        new if isinstance(old, OptionLeg) and old.expiry == trade.expiry else old
        for old, new in zip(trade.legs, lowered.legs, strict=True)
    )
    return replace(trade, legs=tuple(legs))


def _adjusted_strike(leg: OptionLeg, days: float, trade: Trade, market: Market) -> NDArray[np.float64]:
    return adjusted_strikes(leg.strike, days=days, market=market, symbol=trade.symbol, until=leg.expiry)
