"""Borrow fees of shares sold short."""

from __future__ import annotations

import math

from riskcalc.domain import Market, ShareLeg, Side, Trade


def borrow_cost(trade: Trade, market: Market) -> float:
    """Return the borrow fee of one unit's short shares [dollars per year].

    Parameters
    ----------
    trade : Trade
        Of a pair the fund that is sold counts: the second when the pair is long, else the first.
    market : Market
        Quotes the underlying, with its `borrow_fee`; of a pair the pair's own fee if it has one, else that of
        the fund sold.

    Returns
    -------
    float
        >= 0. It accrues by calendar day, ACT/365, on the value of the shares at the market's date.
    """
    return math.fsum(leg_borrow_cost(leg, trade, market) for leg in trade.share_legs)


def leg_borrow_cost(leg: ShareLeg, trade: Trade, market: Market) -> float:
    """Return the borrow fee of one share leg [dollars per year]."""
    pair, own = trade.instrument, market.quote(trade.symbol)
    if not pair.against:
        return leg.shares * own.spot * own.borrow_fee if leg.side is Side.SHORT else 0.0
    sold = market.quotes.get(pair.against if leg.side is Side.LONG else pair.held)
    fee = own.borrow_fee or (sold.borrow_fee if sold else 0.0)
    if leg.side is Side.LONG and sold and leg.hedge_ratio is not None:
        return leg.shares * leg.hedge_ratio * sold.spot * fee
    return leg.shares * own.spot * fee
