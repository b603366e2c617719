"""A trade's value and Greeks at any spots, days and vols: the one place where legs meet pricing kernels."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.domain import ExerciseStyle, Instrument, Leg, Market, OptionLeg, Quote, ShareLeg, Trade
from riskcalc.errors import InvalidInputError
from riskcalc.pricing import (
    VolStatus,
    american,
    american_implied_vol,
    black_scholes,
    implied_vol,
)

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
    legs = [_enter_leg(leg, trade=trade, market=market, quote=quote) for leg in trade.legs]
    unpriced = {k: leg for k, leg in enumerate(legs) if isinstance(leg, OptionLeg) and leg.premium is None}
    if unpriced:
        options = tuple(unpriced.values())
        model = _option_greeks(options, trade.instrument, market, _conditions(spot=quote.spot))
        for k, value in zip(unpriced, model[0], strict=True):
            legs[k] = dataclasses.replace(unpriced[k], premium=max(float(value), 0.0))
    return dataclasses.replace(trade, legs=tuple(legs))


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
        Rate, dividend yield and cash dividends; its date is day 0.
    spot : array_like, optional
        Spots of the underlying [dollars], >= 0; the quote's by default.
    days : array_like
        Calendar days after the market's date, >= 0. A leg past its expiry is worth its intrinsic value. On
        and after an ex-date the spot is one without that dividend.
    vol_shift : array_like
        Added to every leg's own vol: 0.03 is three points; a vol never falls below 0.

    Returns
    -------
    PositionGreeks
        Arrays of the broadcast shape [dollars, raw units]. What shares pay out meanwhile is not counted.

    Raises
    ------
    InvalidInputError
        A leg has no vol, or a European option's underlying pays cash dividends.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import Quote, call_spread
    >>> quote = Quote(spot=2200, vol=0.22, dividend_yield=0.012)
    >>> market = Market(date=dt.date(2026, 1, 2), rate=0.045, quotes={"RUT": quote})
    >>> trade = call_spread("RUT", long_strike=2200, short_strike=2350, expiry=dt.date(2026, 3, 3))
    >>> round(float(value_position(enter_at_model(trade, market), market).value), 1)
    5409.4
    """
    legs = value_legs(trade, market, spot=spot, days=days, vol_shift=vol_shift)
    return PositionGreeks(*(field.sum(axis=0) for field in legs))


def value_legs(
    trade: Trade,
    market: Market,
    *,
    spot: ArrayLike | None = None,
    days: ArrayLike = 0.0,
    vol_shift: ArrayLike = 0.0,
) -> PositionGreeks:
    """Value each leg of a trade as `value_position` does; the first axis of every array counts the legs."""
    quote = market.quote(trade.symbol)
    at = _conditions(spot=quote.spot if spot is None else spot, days=days, vol_shift=vol_shift)
    found = np.zeros((len(PositionGreeks._fields), len(trade.legs), *at.spot.shape))
    found[0], found[1] = at.spot, 1.0  # a share is worth the spot and moves like it
    options = [k for k, leg in enumerate(trade.legs) if isinstance(leg, OptionLeg)]
    if options:
        found[:, options] = _option_greeks(trade.option_legs, trade.instrument, market, at)
    sizes = np.array([trade.leg_size(leg) for leg in trade.legs], dtype=np.float64)
    return PositionGreeks(*(found * sizes.reshape(-1, *[1] * at.spot.ndim)))


def solve_vol(
    leg: OptionLeg, *, premium: float, instrument: Instrument, market: Market
) -> tuple[float, VolStatus]:
    """Solve the volatility that a premium implies, in the model that will reprice the leg.

    Parameters
    ----------
    leg : OptionLeg
        Says type, strike and expiry; its own premium and vol are not looked at.
    premium : float
        [dollars per share]
    instrument : Instrument
        The underlying; its exercise style picks the model.
    market : Market
        Date, rate and the underlying's quote.

    Returns
    -------
    vol : float
        Per sqrt(year); nan unless the status is OK.
    status : VolStatus
        How the search ended, with its reason as text.
    """
    quote = market.quote(instrument.symbol)
    contract = {
        "premium": premium,
        "sign": int(leg.option_type),
        "spot": quote.spot,
        "strike": leg.strike,
        "time_to_expiry": market.years_to(leg.expiry),
        "rate": market.rate,
        "dividend_yield": quote.dividend_yield,
    }
    times, amounts = _schedule(instrument, market, until=leg.expiry)
    if instrument.exercise is ExerciseStyle.EUROPEAN:
        vol, status = implied_vol(**contract)
    else:
        vol, status = american_implied_vol(**contract, dividend_times=times, dividend_amounts=amounts)
    return float(vol), VolStatus(int(status))


def _enter_leg(leg: Leg, *, trade: Trade, market: Market, quote: Quote) -> Leg:
    """Fill in all but what the model is asked for."""
    if isinstance(leg, ShareLeg):
        entry = quote.spot if leg.entry_price is None else leg.entry_price
        return dataclasses.replace(leg, entry_price=float(entry))
    if leg.expiry < market.date:
        raise InvalidInputError(
            f"{trade.symbol} {leg.label}: expiry must not be before the market date {market.date}"
        )
    vol = leg.vol
    if vol is None:
        vol = quote.vol if leg.premium is None else _premium_vol(leg, leg.premium, trade, market)
    return dataclasses.replace(leg, vol=vol)


def _premium_vol(leg: OptionLeg, premium: float, trade: Trade, market: Market) -> float:
    vol, status = solve_vol(leg, premium=premium, instrument=trade.instrument, market=market)
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


def _option_greeks(
    legs: tuple[OptionLeg, ...], instrument: Instrument, market: Market, at: _Conditions
) -> Floats:
    """Options per share, each with its own vol: an array of Greeks x legs x the shape of the conditions."""

    def column(values: Iterable[float]) -> Floats:
        return np.array([*values], dtype=np.float64).reshape(-1, *[1] * at.spot.ndim)

    days_left = column((leg.expiry - market.date).days for leg in legs) - at.days
    contracts: dict[str, ArrayLike] = {
        "sign": column(int(leg.option_type) for leg in legs),
        "spot": at.spot,
        "strike": column(leg.strike for leg in legs),
        "time_to_expiry": np.maximum(days_left, 0.0) / 365,
        "vol": np.maximum(column(_known_vol(leg) for leg in legs) + at.vol_shift, 0.0),
        "rate": market.rate,
        "dividend_yield": market.quote(instrument.symbol).dividend_yield,
    }
    schedule = _schedule(instrument, market, until=max(leg.expiry for leg in legs))
    if instrument.exercise is ExerciseStyle.EUROPEAN:
        return np.stack(black_scholes(**contracts))
    times, amounts = schedule
    greeks = american(**contracts, dividend_times=times, dividend_amounts=amounts, elapsed=at.days / 365)
    return np.stack(greeks)


def _schedule(instrument: Instrument, market: Market, *, until: dt.date) -> tuple[Floats, Floats]:
    """Cash dividends still to come up to a day: years from the market's date, and dollars per share."""
    coming = market.dividends_until(instrument.symbol, until)
    if coming and instrument.exercise is ExerciseStyle.EUROPEAN:
        raise InvalidInputError(
            f"{instrument.symbol} options are European and priced with a dividend yield: "
            "its quote must have no cash dividends"
        )
    times = np.array([market.years_to(dividend.ex_date) for dividend in coming], dtype=np.float64)
    return times, np.array([dividend.amount for dividend in coming], dtype=np.float64)


def _known_vol(leg: OptionLeg) -> float:
    if leg.vol is None:
        raise InvalidInputError(f"{leg.label}: vol is not set; enter_at_model fills it in")
    return leg.vol
