"""Builders of named structures: each builder returns a plain `Trade` of one to four legs.

All are keyword-only after the symbol (or an `Instrument`), and share their words: strikes and premiums
[dollars per share], vols [per sqrt(year)], expiries [dates], `contracts` per unit of the trade. A premium
left out is the model value; a vol left out is solved from the premium, or is the quote's. A value out of
its range raises `InvalidInputError`.
"""

from __future__ import annotations

import datetime as dt

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.instrument_table import instrument
from riskcalc.domain.trade import Leg, OptionLeg, OptionType, ShareLeg, Side, Trade, require_ascending
from riskcalc.domain.validation import calendar_date, dollars, volatility, whole_count
from riskcalc.errors import InvalidInputError


def call_spread(
    symbol: str | Instrument,
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
    """Debit call spread: long the lower call, short the higher call.

    Raises
    ------
    InvalidInputError
        A value is out of range, or `long_strike` is not below `short_strike`.

    Examples
    --------
    >>> call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18)).description
    'IWM 295/325 call spread 2026-09-18'
    """
    require_ascending(long_strike=long_strike, short_strike=short_strike)
    return _vertical(
        symbol,
        OptionType.CALL,
        contracts,
        expiry,
        (long_strike, long_premium, long_vol),
        (short_strike, short_premium, short_vol),
    )


def call_credit_spread(
    symbol: str | Instrument,
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
    """Credit call spread: short the lower call, long the higher call."""
    require_ascending(short_strike=short_strike, long_strike=long_strike)
    return _vertical(
        symbol,
        OptionType.CALL,
        contracts,
        expiry,
        (long_strike, long_premium, long_vol),
        (short_strike, short_premium, short_vol),
    )


def put_spread(
    symbol: str | Instrument,
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
    """Debit put spread: long the higher put, short the lower put; strikes as in `call_spread`."""
    require_ascending(short_strike=short_strike, long_strike=long_strike)
    return _vertical(
        symbol,
        OptionType.PUT,
        contracts,
        expiry,
        (long_strike, long_premium, long_vol),
        (short_strike, short_premium, short_vol),
    )


def put_credit_spread(
    symbol: str | Instrument,
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
    """Credit put spread: short the higher put, long the lower put."""
    require_ascending(long_strike=long_strike, short_strike=short_strike)
    return _vertical(
        symbol,
        OptionType.PUT,
        contracts,
        expiry,
        (long_strike, long_premium, long_vol),
        (short_strike, short_premium, short_vol),
    )


def long_option(
    symbol: str | Instrument,
    *,
    option_type: OptionType,
    strike: float,
    expiry: dt.date,
    contracts: int = 1,
    premium: float | None = None,
    vol: float | None = None,
) -> Trade:
    """One long call or put."""
    return _trade(symbol, _option(Side.LONG, option_type, contracts, expiry, (strike, premium, vol)))


def shares(
    symbol: str | Instrument, *, shares: int = 1, side: Side = Side.LONG, entry_price: float | None = None
) -> Trade:
    """Long or short shares of a fund.

    Examples
    --------
    >>> shares("TNA").description
    'TNA +1 share'
    """
    return _trade(symbol, ShareLeg(side=side, shares=shares, entry_price=entry_price))


def covered_call(
    symbol: str | Instrument,
    *,
    strike: float,
    expiry: dt.date,
    contracts: int = 1,
    premium: float | None = None,
    vol: float | None = None,
    entry_price: float | None = None,
) -> Trade:
    """Covered call: long shares and a short call."""
    return _trade(
        symbol,
        _covering_shares(symbol, contracts, entry_price),
        _option(Side.SHORT, OptionType.CALL, contracts, expiry, (strike, premium, vol)),
    )


def protective_put(
    symbol: str | Instrument,
    *,
    strike: float,
    expiry: dt.date,
    contracts: int = 1,
    premium: float | None = None,
    vol: float | None = None,
    entry_price: float | None = None,
) -> Trade:
    """Protective put: long shares and a long put."""
    return _trade(
        symbol,
        _covering_shares(symbol, contracts, entry_price),
        _option(Side.LONG, OptionType.PUT, contracts, expiry, (strike, premium, vol)),
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
    """Calendar spread: short the near option, long the far option of the same strike."""
    if not calendar_date("near_expiry", near_expiry) < calendar_date("far_expiry", far_expiry):
        raise InvalidInputError(f"near_expiry must be before far_expiry, got {near_expiry} and {far_expiry}")
    return _trade(
        symbol,
        _option(
            Side.SHORT, option_type, contracts, near_expiry, (strike, near_premium, near_vol), name="near"
        ),
        _option(Side.LONG, option_type, contracts, far_expiry, (strike, far_premium, far_vol), name="far"),
    )


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
    """Iron condor: a short put and a short call around the spot, each covered further out."""
    require_ascending(put_long_strike=put_long_strike, put_short_strike=put_short_strike)
    require_ascending(call_short_strike=call_short_strike, call_long_strike=call_long_strike)
    if put_short_strike > call_short_strike:
        raise InvalidInputError(
            "put_short_strike must not be above call_short_strike, "
            f"got {put_short_strike:g} and {call_short_strike:g}"
        )
    put, call = OptionType.PUT, OptionType.CALL
    return _trade(
        symbol,
        _option(
            Side.LONG,
            put,
            contracts,
            expiry,
            (put_long_strike, put_long_premium, put_long_vol),
            name="put_long",
        ),
        _option(
            Side.SHORT,
            put,
            contracts,
            expiry,
            (put_short_strike, put_short_premium, put_short_vol),
            name="put_short",
        ),
        _option(
            Side.SHORT,
            call,
            contracts,
            expiry,
            (call_short_strike, call_short_premium, call_short_vol),
            name="call_short",
        ),
        _option(
            Side.LONG,
            call,
            contracts,
            expiry,
            (call_long_strike, call_long_premium, call_long_vol),
            name="call_long",
        ),
    )


Terms = tuple[float, float | None, float | None]
"""Strike, premium and vol of a leg."""


def _vertical(
    symbol: str | Instrument,
    option_type: OptionType,
    contracts: int,
    expiry: dt.date,
    *terms: Terms,
) -> Trade:
    long, short = terms
    return _trade(
        symbol,
        _option(Side.LONG, option_type, contracts, expiry, long, name="long"),
        _option(Side.SHORT, option_type, contracts, expiry, short, name="short"),
    )


def _trade(symbol: str | Instrument, *legs: Leg) -> Trade:
    return Trade(instrument=instrument(symbol), legs=legs)


def _option(
    side: Side, option_type: OptionType, contracts: int, expiry: dt.date, terms: Terms, *, name: str = ""
) -> OptionLeg:
    """One leg; `name` starts the names of its premium and vol in the builder's signature."""
    strike, premium, vol = terms
    for field, value, check in (("premium", premium, dollars), ("vol", vol, volatility)):
        if value is not None:
            check(f"{name}_{field}" if name else field, value)
    return OptionLeg(
        side=side,
        option_type=option_type,
        strike=strike,
        expiry=expiry,
        contracts=contracts,
        premium=premium,
        vol=vol,
    )


def _covering_shares(symbol: str | Instrument, contracts: int, entry_price: float | None) -> ShareLeg:
    return ShareLeg(
        side=Side.LONG,
        shares=whole_count("contracts", contracts) * instrument(symbol).option_multiplier,
        entry_price=entry_price,
    )
