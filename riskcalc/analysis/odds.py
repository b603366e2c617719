"""Chances at a date: the lognormal law of the spot under a view."""

from __future__ import annotations

import math
from itertools import pairwise

from scipy.special import ndtr

from riskcalc.analysis import payoff
from riskcalc.domain import Market, Trade, View
from riskcalc.domain.ranges import non_negative, positive


def prob_below(*, level: float, spot: float, vol: float, drift: float, time: float) -> float:
    """Chance that the spot ends below a level under geometric Brownian motion.

    Parameters
    ----------
    level : float
        [dollars], >= 0; ``inf`` gives 1.
    spot : float
        Spot now [dollars], > 0.
    vol : float
        Volatility per sqrt(year), >= 0.
    drift : float
        Continuous expected growth of the spot, per year.
    time : float
        Horizon [years], >= 0.

    Returns
    -------
    float
        P(S_T < level), in [0, 1].

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range.

    Examples
    --------
    >>> round(prob_below(level=100, spot=100, vol=0.2, drift=0.0, time=1.0), 4)
    0.5398
    """
    positive("spot", spot)
    total_vol = non_negative("vol", vol) * math.sqrt(non_negative("time", time))
    if level <= 0:
        return 0.0
    if math.isinf(level):
        return 1.0
    distance = math.log(level / spot) - (drift - vol**2 / 2) * time
    if total_vol == 0:
        return float(distance > 0)
    return float(ndtr(distance / total_vol))


def expected_move(*, spot: float, vol: float, days: float) -> float:
    """One standard deviation of the spot over some calendar days.

    Parameters
    ----------
    spot : float
        [dollars], > 0.
    vol : float
        Volatility per sqrt(year), >= 0.
    days : float
        Calendar days, >= 0.

    Returns
    -------
    float
        Spot x vol x sqrt(days / 365) [dollars].

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range.

    Examples
    --------
    >>> round(expected_move(spot=295, vol=0.2, days=60), 2)
    23.92
    """
    years = non_negative("days", days) / 365
    return positive("spot", spot) * non_negative("vol", vol) * math.sqrt(years)


def prob_profit(trade: Trade, market: Market, *, breakevens: tuple[float, ...], view: View) -> float | None:
    """Chance that one unit gains at the nearest expiry, before costs; to end at a breakeven is no gain.

    Parameters
    ----------
    trade : Trade
        With entry prices and vols set.
    market : Market
        Quotes the underlying; gives the neutral drift, rate minus dividend yield, and the implied vol.
    breakevens : tuple of float
        Zeros of the P&L at the nearest expiry, from `payoff.facts` [dollars].
    view : View
        What the chance is stated under.

    Returns
    -------
    float or None
        In [0, 1]; None for a trade in shares alone, which has no expiry.
    """
    if trade.expiry is None:
        return None
    quote = market.quote(trade.symbol)
    time = market.years_to_expiry(trade.expiry, trade.instrument)
    drift = market.rate - quote.dividend_yield if view.drift is None else view.drift
    vol = quote.vol if view.vol is None else view.vol
    near, far = dividend_shifts(trade, market, drift=drift)
    if vol * time == 0:
        # The spot at the end is known, and so is whether it gains: not where that is a breakeven.
        end = max((quote.spot - near) * math.exp(drift * time) - far, 0.0)
        return float(payoff.gains_at(trade, spot=end, market=market))
    edges = (0.0, *breakevens, math.inf)
    below = {
        level: prob_below(level=level + far, spot=quote.spot - near, vol=vol, drift=drift, time=time)
        if level
        else 0.0
        for level in edges
    }
    return math.fsum(
        below[high] - below[low]
        for low, high in pairwise(edges)
        if high > low and payoff.pnl_at_expiry(trade, spot=_inside(low, high), market=market) > 0
    )


def dividend_shifts(trade: Trade, market: Market, *, drift: float) -> tuple[float, float]:
    """What cash dividends take off the spot now and add to a level at the expiry [dollars].

    Each is split by its date between the two, after Bos & Vandermark, "Finessing fixed dividends", Risk
    (2002): the spot's law stays lognormal, and for the dividends of a fund the chance is exact to 1e-4.
    """
    if trade.expiry is None:
        return 0.0, 0.0
    horizon = market.years_to_expiry(trade.expiry, trade.instrument)
    coming = market.dividends_until(trade.symbol, trade.expiry)
    times = [market.years_to(dividend.ex_date) for dividend in coming]
    near = math.fsum(
        dividend.amount * (1 - time / horizon) * math.exp(-drift * time)
        for dividend, time in zip(coming, times, strict=True)
    )
    far = math.fsum(
        dividend.amount * (time / horizon) * math.exp(drift * (horizon - time))
        for dividend, time in zip(coming, times, strict=True)
    )
    return min(near, market.quote(trade.symbol).spot * (1 - 1e-9)), far


def _inside(low: float, high: float) -> float:
    """A spot between two edges."""
    return 2 * low + 1 if math.isinf(high) else (low + high) / 2
