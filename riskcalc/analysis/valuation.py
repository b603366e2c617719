"""A trade's value and Greeks at any spots, days and vols: the one place where legs meet pricing kernels."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.domain import Leg, Market, OptionLeg, Quote, ShareLeg, Trade
from riskcalc.errors import InvalidInputError
from riskcalc.pricing import OptionGreeks, VolStatus, black_scholes, implied_vol

Floats = NDArray[np.float64]


class PositionGreeks(NamedTuple):
    """Value and raw sensitivities of a position [dollars], signed: side x contracts x multiplier."""

    value: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    """Per year."""
    vega: Floats
    """Per 1.00 of vol."""
    rho: Floats
    """Per 1.00 of rate."""

    def plus(self, other: PositionGreeks) -> PositionGreeks:
        """Add another position."""
        return PositionGreeks(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def enter_at_model(trade: Trade, market: Market) -> Trade:
    """Fill in what a trade leaves open: each leg's vol and entry price.

    Parameters
    ----------
    trade : Trade
        A leg's missing vol is solved from its premium, else taken from the quote; a missing premium is the
        model's value at that vol; shares without an entry price enter at the spot.
    market : Market
        Quotes the underlying.

    Returns
    -------
    Trade
        The trade with every `premium`, `vol` and `entry_price` set.

    Raises
    ------
    InvalidInputError
        The underlying is not quoted, a leg has expired, or no vol explains a premium.
    """
    quote = market.quote(trade.symbol)
    legs = tuple(_enter_leg(leg, trade=trade, market=market, quote=quote) for leg in trade.legs)
    return dataclasses.replace(trade, legs=legs)


def value_position(
    trade: Trade,
    market: Market,
    *,
    spot: ArrayLike | None = None,
    days: ArrayLike = 0.0,
    vol_shift: ArrayLike = 0.0,
) -> PositionGreeks:
    """Value one unit of a trade and its net Greeks; all inputs broadcast against each other.

    Parameters
    ----------
    trade : Trade
        With every vol set; see `enter_at_model`.
    market : Market
        Rate and dividend yield; its date is day 0.
    spot : array_like, optional
        Spots of the underlying [dollars], >= 0; the quote's by default.
    days : array_like
        Calendar days after the market's date, >= 0. A leg past its expiry is worth its intrinsic value.
    vol_shift : array_like
        Added to every leg's own vol: 0.03 is three points; a vol never falls below 0.

    Returns
    -------
    PositionGreeks
        Arrays of the broadcast shape [dollars, raw units].

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import Quote, call_spread
    >>> quote = Quote(spot=220, vol=0.22, dividend_yield=0.012)
    >>> market = Market(date=dt.date(2026, 1, 2), rate=0.045, quotes={"IWM": quote})
    >>> trade = call_spread("IWM", long_strike=220, short_strike=235, expiry=dt.date(2026, 3, 3))
    >>> round(float(value_position(enter_at_model(trade, market), market).value), 2)
    540.94
    """
    quote = market.quote(trade.symbol)
    at = _conditions(spot=quote.spot if spot is None else spot, days=days, vol_shift=vol_shift)
    net = PositionGreeks(*(np.zeros(at.spot.shape) for _ in PositionGreeks._fields))
    for leg in trade.legs:
        size = trade.leg_size(leg)
        net = net.plus(PositionGreeks(*(size * raw for raw in _leg_greeks(leg, market, quote, at))))
    return net


def solve_vol(leg: OptionLeg, *, premium: float, market: Market, quote: Quote) -> tuple[float, VolStatus]:
    """Solve the volatility that a premium implies, in the model that will reprice the leg.

    Parameters
    ----------
    leg : OptionLeg
        Says type, strike and expiry; its own premium and vol are not looked at.
    premium : float
        [dollars per share]
    market : Market
        Date and rate.
    quote : Quote
        Spot and dividend yield of the underlying.

    Returns
    -------
    vol : float
        Per sqrt(year); nan unless the status is OK.
    status : VolStatus
        How the search ended, with its reason as text.
    """
    vol, status = implied_vol(
        premium=premium,
        sign=int(leg.option_type),
        spot=quote.spot,
        strike=leg.strike,
        time_to_expiry=market.years_to(leg.expiry),
        rate=market.rate,
        dividend_yield=quote.dividend_yield,
    )
    return float(vol), VolStatus(int(status))


def _enter_leg(leg: Leg, *, trade: Trade, market: Market, quote: Quote) -> Leg:
    if isinstance(leg, ShareLeg):
        entry = quote.spot if leg.entry_price is None else leg.entry_price
        return dataclasses.replace(leg, entry_price=float(entry))
    if leg.expiry < market.date:
        raise InvalidInputError(
            f"{trade.symbol} {leg.label}: expiry must not be before the market date {market.date}"
        )
    vol = leg.vol
    if vol is None:
        vol = quote.vol if leg.premium is None else _premium_vol(leg, leg.premium, market=market, quote=quote)
    leg = dataclasses.replace(leg, vol=vol)
    if leg.premium is None:
        model = _option_greeks(leg, market, quote, _conditions(spot=quote.spot))
        leg = dataclasses.replace(leg, premium=max(float(model.value), 0.0))
    return leg


def _premium_vol(leg: OptionLeg, premium: float, *, market: Market, quote: Quote) -> float:
    vol, status = solve_vol(leg, premium=premium, market=market, quote=quote)
    if status is not VolStatus.OK:
        raise InvalidInputError(f"{leg.label}: no vol explains the premium {premium:g}: {status.text}")
    return vol


class _Conditions(NamedTuple):
    """Where and when legs are valued; arrays of one shape."""

    spot: Floats
    days: Floats
    vol_shift: Floats


def _conditions(*, spot: ArrayLike, days: ArrayLike = 0.0, vol_shift: ArrayLike = 0.0) -> _Conditions:
    given = (np.asarray(part, dtype=np.float64) for part in (spot, days, vol_shift))
    return _Conditions(*np.broadcast_arrays(*given))


def _leg_greeks(leg: Leg, market: Market, quote: Quote, at: _Conditions) -> OptionGreeks:
    if isinstance(leg, OptionLeg):
        return _option_greeks(leg, market, quote, at)
    none = np.zeros(at.spot.shape)
    return OptionGreeks(value=at.spot, delta=none + 1, gamma=none, theta=none, vega=none, rho=none)


def _option_greeks(leg: OptionLeg, market: Market, quote: Quote, at: _Conditions) -> OptionGreeks:
    """One option per share, priced with its own vol."""
    if leg.vol is None:
        raise InvalidInputError(f"{leg.label}: vol is not set; enter_at_model fills it in")
    days_left = (leg.expiry - market.date).days - at.days
    return black_scholes(
        sign=int(leg.option_type),
        spot=at.spot,
        strike=leg.strike,
        time_to_expiry=np.maximum(days_left, 0.0) / 365,
        vol=np.maximum(leg.vol + at.vol_shift, 0.0),
        rate=market.rate,
        dividend_yield=quote.dividend_yield,
    )
