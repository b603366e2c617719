"""Entry of a trade at model prices: each leg's vol and premium."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from riskcalc.analysis.valuation import PositionGreeks, dividend_schedule, value_legs
from riskcalc.domain import ExerciseStyle, Instrument, Leg, Market, OptionLeg, Quote, Trade
from riskcalc.domain.validation import record
from riskcalc.errors import InvalidInputError
from riskcalc.pricing import VolStatus, american_implied_vol, implied_vol
from riskcalc.records import replace

LONGEST_YEARS = 10
"""Maximum time to expiry of a listed option [years]; dividends are forecast until then."""


def enter_at_model(trade: Trade, market: Market) -> Trade:
    """Return the trade with each leg's missing vol and entry price filled in.

    Parameters
    ----------
    trade : Trade
        A leg's missing vol is solved from its premium, else taken from the quote; a missing premium is the
        model's value at that vol; shares without an entry price enter at the spot, those of a pair against
        as many dollars of the other fund.
    market : Market
        Quotes the underlying.

    Returns
    -------
    Trade
        The trade with every `premium`, `vol` and `entry_price` set.

    Raises
    ------
    InvalidInputError
        The underlying is not quoted, a leg has expired, or no vol reproduces a premium.
    """
    with_vols = _with_vols(trade, market)
    if all(leg.premium is not None for leg in with_vols.option_legs):
        return with_vols
    return _with_premiums(with_vols, value_legs(with_vols, market))


def enter_and_value(trade: Trade, market: Market) -> tuple[Trade, PositionGreeks]:
    """Enter a trade as `enter_at_model` does, and value each leg as `value_legs` does.

    Parameters
    ----------
    trade : Trade
        Premiums and vols may be missing.
    market : Market
        Spot, vol, rate and dividends.

    Returns
    -------
    tuple of Trade and PositionGreeks
        The trade with every premium and vol, and its legs' values for today.
    """
    with_vols = _with_vols(trade, market)
    legs = value_legs(with_vols, market)
    return _with_premiums(with_vols, legs), legs


def solve_vol(
    leg: OptionLeg, *, premium: float, instrument: Instrument, market: Market
) -> tuple[float, VolStatus]:
    """Solve the volatility that a premium implies, in the model that will reprice the leg.

    Parameters
    ----------
    leg : OptionLeg
        Type, strike and expiry of the option; its premium and vol are ignored.
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
        Status of the search, with a text.
    """
    vols, statuses = solve_vols([leg], premiums=[premium], instrument=instrument, market=market)
    return vols[0], statuses[0]


def solve_vols(
    legs: Sequence[OptionLeg], *, premiums: Sequence[float], instrument: Instrument, market: Market
) -> tuple[list[float], list[VolStatus]]:
    """Solve the vols of several options on one underlying in one call; see `solve_vol`.

    Parameters
    ----------
    legs : sequence of OptionLeg
        Type, strike and expiry of each option.
    premiums : sequence of float
        [dollars per share]
    instrument : Instrument
        The underlying of all.
    market : Market
        Date, rate and the underlying's quote.

    Returns
    -------
    vols : list of float
        Per sqrt(year); nan unless the status is OK.
    statuses : list of VolStatus
        Status of each search.

    Raises
    ------
    InvalidInputError
        The underlying has no quote.
    """
    quote = market.quote(instrument.symbol)
    contracts: dict[str, ArrayLike] = {
        "premium": np.array(premiums, dtype=np.float64),
        "sign": np.array([int(leg.option_type) for leg in legs]),
        "spot": quote.spot,
        "strike": np.array([leg.strike for leg in legs], dtype=np.float64),
        "time_to_expiry": np.array([market.years_to_expiry(leg.expiry, instrument) for leg in legs]),
        "rate": market.rate,
        "dividend_yield": quote.dividend_yield,
    }
    times, amounts = dividend_schedule(instrument, market, until=max(leg.expiry for leg in legs))
    if instrument.exercise is ExerciseStyle.EUROPEAN:
        vols, statuses = implied_vol(**contracts)
    else:
        vols, statuses = american_implied_vol(**contracts, dividend_times=times, dividend_amounts=amounts)
    return [float(vol) for vol in vols], [VolStatus(int(status)) for status in statuses]


def _with_vols(trade: Trade, market: Market) -> Trade:
    record("trade", Trade, trade)
    quote = record("market", Market, market).quote(trade.symbol)
    legs = tuple(_with_entry_prices(leg, trade=trade, market=market, quote=quote) for leg in trade.legs)
    return replace(trade, legs=legs)


def _with_premiums(trade: Trade, greeks: PositionGreeks) -> Trade:
    """Enter options without a premium at their model value."""
    legs = [
        replace(leg, premium=max(float(value) / trade.leg_size(leg), 0.0))
        if isinstance(leg, OptionLeg) and leg.premium is None
        else leg
        for leg, value in zip(trade.legs, greeks.value, strict=True)
    ]
    return replace(trade, legs=tuple(legs))


def _with_entry_prices(leg: Leg, *, trade: Trade, market: Market, quote: Quote) -> Leg:
    """Fill in all values except those from the model."""
    if not isinstance(leg, OptionLeg):
        return leg.entered(trade.instrument, market)
    if leg.expiry < market.date:
        raise InvalidInputError(
            f"{trade.symbol} {leg.label}: expiry must not be before the market date {market.date}"
        )
    if market.years_to(leg.expiry) > LONGEST_YEARS:
        raise InvalidInputError(
            f"{trade.symbol} {leg.label}: expiry must be at most {LONGEST_YEARS} years after {market.date}"
        )
    vol = leg.vol
    if vol is None:
        vol = quote.vol if leg.premium is None else _premium_vol(leg, leg.premium, trade, market)
    return replace(leg, vol=vol)


def _premium_vol(leg: OptionLeg, premium: float, trade: Trade, market: Market) -> float:
    vol, status = solve_vol(leg, premium=premium, instrument=trade.instrument, market=market)
    if status is not VolStatus.OK:
        raise InvalidInputError(f"{leg.label}: no vol reproduces the premium {premium:g}: {status.text}")
    return vol
