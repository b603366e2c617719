"""Builders of named structures: each builder returns a plain `Trade` of one to four legs.

All are keyword-only after the symbol (or an `Instrument`). `VerticalTerms` and `OptionTerms` state unit and
range of the terms that several builders share. A premium left out is the model value; a vol left out is
solved from the premium, or is the quote's. A value out of its range raises `InvalidInputError`.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, Required, TypedDict, Unpack

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.instrument_table import instrument
from riskcalc.domain.legs import Leg, OptionLeg, OptionType, ShareLeg, Side
from riskcalc.domain.trade import Trade, require_ascending
from riskcalc.domain.validation import calendar_date, dollars, volatility
from riskcalc.errors import InvalidInputError


class VerticalTerms(TypedDict, total=False):
    """Terms of a vertical spread: one option bought and one sold, of one type and expiry."""

    long_strike: Required[float]
    """Strike of the option bought [dollars per share], > 0."""
    short_strike: Required[float]
    """Strike of the option sold [dollars per share], > 0."""
    expiry: Required[dt.date]
    """Expiry of both."""
    contracts: int
    """Contracts of each leg in one unit of the trade, >= 1; 1 by default."""
    long_premium: float | None
    """Entry price of the option bought [dollars per share], >= 0."""
    short_premium: float | None
    """Entry price of the option sold [dollars per share], >= 0."""
    long_vol: float | None
    """Volatility that prices the option bought, per sqrt(year), >= 0."""
    short_vol: float | None
    """Volatility that prices the option sold, per sqrt(year), >= 0."""


class OptionTerms(TypedDict, total=False):
    """Terms of the option in a structure that has only one."""

    strike: Required[float]
    """[dollars per share], > 0."""
    expiry: Required[dt.date]
    """Day of expiry."""
    contracts: int
    """Contracts in one unit of the trade, >= 1; 1 by default."""
    premium: float | None
    """Entry price [dollars per share], >= 0."""
    vol: float | None
    """Volatility that prices the option, per sqrt(year), >= 0."""


def call_spread(symbol: str | Instrument, **terms: Unpack[VerticalTerms]) -> Trade:
    """Debit call spread: long the lower call, short the higher call.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    **terms
        As in `VerticalTerms`; `long_strike` is below `short_strike`.

    Raises
    ------
    InvalidInputError
        A value is out of range, or `long_strike` is not below `short_strike`.

    Examples
    --------
    >>> call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18)).description
    'IWM 295/325 call spread 2026-09-18'
    """
    return _vertical(symbol, OptionType.CALL, Side.LONG, **terms)


def call_credit_spread(symbol: str | Instrument, **terms: Unpack[VerticalTerms]) -> Trade:
    """Credit call spread: short the lower call, long the higher call.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    **terms
        As in `VerticalTerms`; `short_strike` is below `long_strike`.

    Raises
    ------
    InvalidInputError
        A value is out of range, or the strikes are in the wrong order.
    """
    return _vertical(symbol, OptionType.CALL, Side.SHORT, **terms)


def put_spread(symbol: str | Instrument, **terms: Unpack[VerticalTerms]) -> Trade:
    """Debit put spread: long the higher put, short the lower put.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    **terms
        As in `VerticalTerms`; `short_strike` is below `long_strike`.

    Raises
    ------
    InvalidInputError
        A value is out of range, or the strikes are in the wrong order.
    """
    return _vertical(symbol, OptionType.PUT, Side.SHORT, **terms)


def put_credit_spread(symbol: str | Instrument, **terms: Unpack[VerticalTerms]) -> Trade:
    """Credit put spread: short the higher put, long the lower put.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    **terms
        As in `VerticalTerms`; `long_strike` is below `short_strike`.

    Raises
    ------
    InvalidInputError
        A value is out of range, or the strikes are in the wrong order.
    """
    return _vertical(symbol, OptionType.PUT, Side.LONG, **terms)


def long_option(symbol: str | Instrument, *, option_type: OptionType, **terms: Unpack[OptionTerms]) -> Trade:
    """One long call or put.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    option_type : OptionType
        Call or put.
    **terms
        As in `OptionTerms`.
    """
    return _trade(symbol, OptionLeg(side=Side.LONG, option_type=option_type, **terms))


def shares(
    symbol: str | Instrument, *, shares: int = 1, side: Side = Side.LONG, entry_price: float | None = None
) -> Trade:
    """Long or short shares of a fund.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    shares : int
        Shares in one unit of the trade, >= 1.
    side : Side
        Long or short.
    entry_price : float, optional
        [dollars per share], > 0; the spot when left out.

    Examples
    --------
    >>> shares("TNA").description
    'TNA +1 share'
    """
    return _trade(symbol, ShareLeg(side=side, shares=shares, entry_price=entry_price))


def covered_call(
    symbol: str | Instrument, *, entry_price: float | None = None, **terms: Unpack[OptionTerms]
) -> Trade:
    """Covered call: long shares and a short call.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    entry_price : float, optional
        Of the shares [dollars per share], > 0; the spot when left out.
    **terms
        As in `OptionTerms`.
    """
    return _on_shares(
        symbol, OptionLeg(side=Side.SHORT, option_type=OptionType.CALL, **terms), entry_price=entry_price
    )


def protective_put(
    symbol: str | Instrument, *, entry_price: float | None = None, **terms: Unpack[OptionTerms]
) -> Trade:
    """Protective put: long shares and a long put.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    entry_price : float, optional
        Of the shares [dollars per share], > 0; the spot when left out.
    **terms
        As in `OptionTerms`.
    """
    return _on_shares(
        symbol, OptionLeg(side=Side.LONG, option_type=OptionType.PUT, **terms), entry_price=entry_price
    )


def calendar(
    symbol: str | Instrument,
    *,
    strike: float,
    near_expiry: dt.date,
    far_expiry: dt.date,
    option_type: OptionType = OptionType.CALL,
    contracts: int = 1,
    near_premium: float | None = None,
    far_premium: float | None = None,
    near_vol: float | None = None,
    far_vol: float | None = None,
) -> Trade:
    """Calendar spread: short the near option, long the far option of the same strike.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    strike : float
        Of both [dollars per share], > 0.
    near_expiry, far_expiry : date
        The near one is earlier.
    option_type : OptionType
        Of both.
    contracts : int
        Of each leg in one unit of the trade, >= 1.
    near_premium, far_premium : float, optional
        Entry prices [dollars per share], >= 0.
    near_vol, far_vol : float, optional
        Volatilities that price the options, per sqrt(year), >= 0.

    Raises
    ------
    InvalidInputError
        A value is out of range, or the expiries are in the wrong order.
    """
    if not calendar_date("near_expiry", near_expiry) < calendar_date("far_expiry", far_expiry):
        raise InvalidInputError(f"near_expiry must be before far_expiry, got {near_expiry} and {far_expiry}")
    near = _Terms("near", Side.SHORT, option_type, strike, near_premium, near_vol)
    far = _Terms("far", Side.LONG, option_type, strike, far_premium, far_vol)
    return _trade(symbol, near.leg(near_expiry, contracts), far.leg(far_expiry, contracts))


def iron_condor(
    symbol: str | Instrument,
    *,
    put_long_strike: float,
    put_short_strike: float,
    call_short_strike: float,
    call_long_strike: float,
    expiry: dt.date,
    contracts: int = 1,
    put_long_premium: float | None = None,
    put_short_premium: float | None = None,
    call_short_premium: float | None = None,
    call_long_premium: float | None = None,
    put_long_vol: float | None = None,
    put_short_vol: float | None = None,
    call_short_vol: float | None = None,
    call_long_vol: float | None = None,
) -> Trade:
    """Iron condor: a short put and a short call around the spot, each covered further out.

    Parameters
    ----------
    symbol : str or Instrument
        Underlying.
    put_long_strike, put_short_strike, call_short_strike, call_long_strike : float
        Rising [dollars per share], > 0; the two short ones may be equal.
    expiry : date
        Of all four.
    contracts : int
        Of each leg in one unit of the trade, >= 1.
    put_long_premium, put_short_premium, call_short_premium, call_long_premium : float, optional
        Entry prices [dollars per share], >= 0.
    put_long_vol, put_short_vol, call_short_vol, call_long_vol : float, optional
        Volatilities that price the options, per sqrt(year), >= 0.

    Raises
    ------
    InvalidInputError
        A value is out of range, or the strikes are in the wrong order.
    """
    require_ascending(put_long_strike=put_long_strike, put_short_strike=put_short_strike)
    require_ascending(call_short_strike=call_short_strike, call_long_strike=call_long_strike)
    if put_short_strike > call_short_strike:
        raise InvalidInputError(
            "put_short_strike must not be above call_short_strike, "
            f"got {put_short_strike:g} and {call_short_strike:g}"
        )
    put, call = OptionType.PUT, OptionType.CALL
    legs = (
        _Terms("put_long", Side.LONG, put, put_long_strike, put_long_premium, put_long_vol),
        _Terms("put_short", Side.SHORT, put, put_short_strike, put_short_premium, put_short_vol),
        _Terms("call_short", Side.SHORT, call, call_short_strike, call_short_premium, call_short_vol),
        _Terms("call_long", Side.LONG, call, call_long_strike, call_long_premium, call_long_vol),
    )
    return _trade(symbol, *(terms.leg(expiry, contracts) for terms in legs))


class _Terms(NamedTuple):
    """One option of several; `name` starts the names of its premium and vol in the builder's signature."""

    name: str
    side: Side
    option_type: OptionType
    strike: float
    premium: float | None
    vol: float | None

    def leg(self, expiry: dt.date, contracts: int) -> OptionLeg:
        """The leg; an error names the builder's argument."""
        if self.premium is not None:
            dollars(f"{self.name}_premium", self.premium)
        if self.vol is not None:
            volatility(f"{self.name}_vol", self.vol)
        return OptionLeg(
            side=self.side,
            option_type=self.option_type,
            strike=self.strike,
            expiry=expiry,
            contracts=contracts,
            premium=self.premium,
            vol=self.vol,
        )


def _vertical(
    symbol: str | Instrument,
    option_type: OptionType,
    lower: Side,
    *,
    long_strike: float,
    short_strike: float,
    expiry: dt.date,
    contracts: int = 1,
    long_premium: float | None = None,
    short_premium: float | None = None,
    long_vol: float | None = None,
    short_vol: float | None = None,
) -> Trade:
    """A vertical spread; `lower` is the side of the lower strike."""
    if lower is Side.LONG:
        require_ascending(long_strike=long_strike, short_strike=short_strike)
    else:
        require_ascending(short_strike=short_strike, long_strike=long_strike)
    long = _Terms("long", Side.LONG, option_type, long_strike, long_premium, long_vol)
    short = _Terms("short", Side.SHORT, option_type, short_strike, short_premium, short_vol)
    return _trade(symbol, long.leg(expiry, contracts), short.leg(expiry, contracts))


def _on_shares(symbol: str | Instrument, option: OptionLeg, *, entry_price: float | None) -> Trade:
    """Shares bought for an option to act on, and the option."""
    count = option.contracts * instrument(symbol).option_multiplier
    return _trade(symbol, ShareLeg(side=Side.LONG, shares=count, entry_price=entry_price), option)


def _trade(symbol: str | Instrument, *legs: Leg) -> Trade:
    return Trade(instrument=instrument(symbol), legs=legs)
