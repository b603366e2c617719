"""Shares and cash from exercise and assignment at the nearest expiry, by range of the final spot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from riskcalc.analysis.lognormal import dividend_shifts, prob_below
from riskcalc.domain import ExerciseStyle, Market, OptionLeg, Trade, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Shares and cash of one unit when the spot ends in a range; both settle overnight."""

    low: float
    """[dollars]"""
    high: float
    """[dollars]; inf above the highest strike."""
    chance: float
    """Chance to end there, under the view."""
    shares: int
    """Shares that the options deliver, negative when delivered away."""
    cash: float
    """Received for them [dollars]; negative is paid."""
    shares_after: int
    """Shares held afterwards, those of the trade's share legs included; negative is short."""


def deliveries(trade: Trade, market: Market, *, view: View) -> tuple[Delivery, ...]:
    """Return the ranges of the spot at the nearest expiry that leave unplanned shares in the account.

    Parameters
    ----------
    trade : Trade
        Its options in the money by any amount are exercised, as clearing houses do by themselves.
    market : Market
        Spot, vol, rate and dividends behind the chances.
    view : View
        What the chances are stated under.

    Returns
    -------
    tuple of Delivery
        By rising spot. None for shares alone, for cash-settled index options, and where what the options
        deliver only closes the trade's own shares, as for a covered call.

    References
    ----------
    OCC Rule 805: options in the money by 0.01 dollars at the expiry are exercised unless told otherwise.
    """
    expiring = [leg for leg in trade.option_legs if leg.expiry == trade.expiry]
    if not expiring or trade.instrument.exercise is ExerciseStyle.EUROPEAN:
        return ()
    held = sum(trade.leg_size(leg) for leg in trade.share_legs)
    edges = (0.0, *sorted({leg.strike for leg in expiring}), math.inf)
    below = [_chance_below(level, trade, market, view=view) for level in edges]
    found = [
        _delivery(trade, expiring, (low, high), chance=after - before, held=held)
        for (low, high), (before, after) in zip(pairwise(edges), pairwise(below), strict=True)
    ]
    return tuple(one for one in found if one.shares and one.shares_after)


def _delivery(
    trade: Trade, expiring: list[OptionLeg], between: tuple[float, float], *, chance: float, held: int
) -> Delivery:
    low, high = between
    exercised = [
        leg for leg in expiring if (leg.strike <= low if leg.option_type > 0 else leg.strike >= high)
    ]
    moved = [leg.option_type * trade.leg_size(leg) for leg in exercised]
    shares = sum(moved)
    cash = -math.fsum(shares * leg.strike for shares, leg in zip(moved, exercised, strict=True))
    return Delivery(low=low, high=high, chance=chance, shares=shares, cash=cash, shares_after=held + shares)


def _chance_below(level: float, trade: Trade, market: Market, *, view: View) -> float:
    """Chance to end below a level at the nearest expiry."""
    if not level or trade.expiry is None:
        return 0.0
    quote = market.quote(trade.symbol)
    drift = market.rate - quote.dividend_yield if view.drift is None else view.drift
    near, far = dividend_shifts(trade, market, drift=drift)
    return prob_below(
        level=level + far,
        spot=quote.spot - near,
        vol=quote.vol if view.vol is None else view.vol,
        drift=drift,
        time=market.years_to_expiry(trade.expiry, trade.instrument),
    )
