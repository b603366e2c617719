"""Value and Greeks of a trade at any spots, days and vols: the only caller of the pricing kernels."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.analysis.strike_adjustment import adjusted_strikes
from riskcalc.domain import (
    ExerciseStyle,
    Instrument,
    LinearLeg,
    Market,
    MovingSmile,
    OptionLeg,
    Quote,
    Sticky,
    Trade,
)
from riskcalc.domain.validation import record
from riskcalc.errors import InvalidInputError
from riskcalc.pricing import american, black_scholes
from riskcalc.pricing.arrays import broadcast_floats
from riskcalc.records import replace

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


class Conditions(NamedTuple):
    """Where and when a trade is valued; the parts broadcast against each other, see `value_position`."""

    spot: ArrayLike
    """[dollars]"""
    days: ArrayLike = 0.0
    """Calendar days from the market's moment on, parts of a day included."""
    vol_shift: ArrayLike = 0.0
    """Added to every leg's own vol."""


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
        Rate, dividend yield and cash dividends; its moment is day 0.
    spot : array_like, optional
        Spots of the underlying [dollars], >= 0; the quote's by default.
    days : array_like
        Calendar days from the market's moment on, >= 0, parts of a day included: see `Market.days_to`. A leg
        past its expiry is worth its intrinsic value. On and after an ex-date the spot is one without that
        dividend; of a special one strikes are too, see `strike_adjustment`.
    vol_shift : array_like
        Added to every leg's own vol: 0.03 is three points; a vol never falls below 0.

    Returns
    -------
    PositionGreeks
        Arrays of the broadcast shape [dollars, raw units]. Dividends on shares are not included; the accrued
        borrow fee of short shares is. Greeks hold vols constant, even with a `Quote.smile`.

    Raises
    ------
    InvalidInputError
        A leg has no vol, or a European option's underlying pays cash dividends.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.analysis import enter_at_model
    >>> from riskcalc.domain import Quote, call_spread
    >>> quote = Quote(spot=2200, vol=0.22, dividend_yield=0.012)
    >>> market = Market(date=dt.date(2026, 1, 2), rate=0.045, quotes={"RUT": quote})
    >>> trade = call_spread("RUT", long_strike=2200, short_strike=2350, expiry=dt.date(2026, 3, 3))
    >>> round(float(value_position(enter_at_model(trade, market), market).value), 1)
    5409.4
    """
    legs = value_legs(trade, market, spot=spot, days=days, vol_shift=vol_shift)
    with np.errstate(invalid="ignore", over="ignore"):  # spots that overflow
        return PositionGreeks(*(field.sum(axis=0) for field in legs))


def value_legs(
    trade: Trade,
    market: Market,
    *,
    spot: ArrayLike | None = None,
    days: ArrayLike = 0.0,
    vol_shift: ArrayLike = 0.0,
) -> PositionGreeks:
    """Value each leg of a trade as `value_position` does; the first axis of every array counts the legs.

    Values for today, at the quote's spot and the legs' vols, are cached and read-only.

    Parameters
    ----------
    trade, market, spot, days, vol_shift
        As for `value_position`.

    Returns
    -------
    PositionGreeks
        Arrays of legs x the broadcast shape of spot, days and vol shift.
    """
    record("trade", Trade, trade)
    quote = record("market", Market, market).quote(trade.symbol)
    if spot is None and isinstance(days, float) and isinstance(vol_shift, float) and not (days or vol_shift):
        quotes = tuple(
            (name, market.quotes[name]) for name in trade.instrument.quoted if name in market.quotes
        )
        return _current_legs(without_prices(trade), quotes, market.moment, market.rate)
    at = Conditions(spot=quote.spot if spot is None else spot, days=days, vol_shift=vol_shift)
    return _value_legs(trade, market, _broadcast(at))


def value_legs_batch(trade: Trade, market: Market, *conditions: Conditions) -> list[PositionGreeks]:
    """Value each leg under several sets of conditions in one call of the model; see `value_legs`.

    A call of the model costs much more than an additional point.

    Parameters
    ----------
    trade : Trade
        With every vol set.
    market : Market
        Rate, dividend yield and cash dividends; its moment is day 0.
    *conditions : Conditions
        Each broadcasts by itself.

    Returns
    -------
    list of PositionGreeks
        One for each set: arrays of legs x the set's broadcast shape.
    """
    sets = [_broadcast(condition) for condition in conditions]
    flat = _Points(*(np.concatenate([part.ravel() for part in parts]) for parts in zip(*sets, strict=True)))
    stacked = np.stack(_value_legs(trade, market, flat))
    ends = np.cumsum([condition.spot.size for condition in sets])[:-1]
    return [
        PositionGreeks(*part.reshape(*part.shape[:2], *condition.spot.shape))
        for part, condition in zip(np.split(stacked, ends, axis=-1), sets, strict=True)
    ]


def value_legs_at(trade: Trade, market: Market, at: Conditions) -> PositionGreeks:
    """Value each leg at points of its own, in one call of the model; see `value_legs`.

    Parameters
    ----------
    trade : Trade
        With every vol set.
    market : Market
        Rate, dividend yield and cash dividends; its moment is day 0.
    at : Conditions
        Arrays that broadcast to legs x points.

    Returns
    -------
    PositionGreeks
        Arrays of legs x points.
    """
    record("trade", Trade, trade)
    return _value_legs(trade, market, _broadcast(at), own_points=True)


def dividend_schedule(instrument: Instrument, market: Market, *, until: dt.date) -> tuple[Floats, Floats]:
    """Future cash dividends that affect options, up to a day: years from now, and dollars per share."""
    coming = market.option_dividends_until(instrument.symbol, until)
    if coming and instrument.exercise is ExerciseStyle.EUROPEAN:
        raise InvalidInputError(
            f"{instrument.symbol} options are European and priced with a dividend yield: "
            "its quote must have no cash dividends"
        )
    times = np.array([market.years_to(dividend.ex_date) for dividend in coming], dtype=np.float64)
    return times, np.array([dividend.amount for dividend in coming], dtype=np.float64)


def without_prices(trade: Trade) -> Trade:
    """Return the trade without its entry prices, which its value does not depend on."""
    return replace(trade, legs=tuple(leg.without_prices() for leg in trade.legs), name="")


@lru_cache(maxsize=32)
def _current_legs(
    trade: Trade, quotes: tuple[tuple[str, Quote], ...], moment: dt.datetime, rate: float
) -> PositionGreeks:
    """Value legs at the current market; cached, since entry, report and exits of a trade all use it."""
    market = Market(date=moment.date(), time=moment.time(), rate=rate, quotes=dict(quotes))
    position = _value_legs(trade, market, _broadcast(Conditions(spot=market.quote(trade.symbol).spot)))
    for field in position:
        field.setflags(write=False)
    return position


def _value_legs(trade: Trade, market: Market, at: _Points, *, own_points: bool = False) -> PositionGreeks:
    """Value legs at common points, or at those of each leg: the first axis of the points then counts legs."""
    shape = at.spot.shape if own_points else (len(trade.legs), *at.spot.shape)
    totals = np.zeros((len(PositionGreeks._fields), *shape))
    for k, leg in enumerate(trade.legs):
        if isinstance(leg, LinearLeg):
            spot = at.spot[k] if own_points else at.spot
            totals[0, k], totals[1, k] = leg.line.slope * spot + leg.line.intercept, leg.line.slope
    options = [k for k, leg in enumerate(trade.legs) if isinstance(leg, OptionLeg)]
    if options:
        points = _Points(*(part[options] for part in at)) if own_points else at
        totals[:, options] = _option_greeks(
            trade.option_legs, trade.instrument, market, points, point_axes=len(shape) - 1
        )
    sizes = np.array([trade.leg_size(leg) for leg in trade.legs], dtype=np.float64)
    with np.errstate(over="ignore"):  # spots that overflow
        position = PositionGreeks(*(totals * sizes.reshape(-1, *[1] * (len(shape) - 1))))
    for k, leg in enumerate(trade.legs):
        if isinstance(leg, LinearLeg) and (cost := leg.carry_cost(trade.instrument, market)):
            position.value[k] -= cost * (at.days[k] if own_points else at.days) / 365
            position.theta[k] -= cost
    return position


class _Points(NamedTuple):
    """Conditions as arrays of one shape."""

    spot: Floats
    days: Floats
    vol_shift: Floats


def _broadcast(at: Conditions) -> _Points:
    return _Points(*np.broadcast_arrays(*broadcast_floats(**at._asdict()).values()))


def _option_greeks(
    legs: tuple[OptionLeg, ...], instrument: Instrument, market: Market, at: _Points, *, point_axes: int
) -> Floats:
    """Options per share, each with its own vol: an array of Greeks x legs x the shape of the conditions."""

    def column(values: Iterable[float]) -> Floats:
        return np.array([*values], dtype=np.float64).reshape(-1, *[1] * point_axes)

    quote = market.quote(instrument.symbol)
    moves = quote.smile is not None and quote.smile.rule is Sticky.MONEYNESS
    # Points of a leg's own have an axis for legs; common ones are each leg's.
    spots = at.spot if at.spot.ndim > point_axes else [at.spot] * len(legs)
    moved = _vol_changes(legs, quote, quote.smile, spots) if quote.smile and moves else 0.0
    days_left = column(market.days_to_expiry(leg.expiry, instrument) for leg in legs) - at.days
    contracts: dict[str, ArrayLike] = {
        "sign": column(int(leg.option_type) for leg in legs),
        "spot": at.spot,
        "strike": adjusted_strikes(
            column(leg.strike for leg in legs),
            days=at.days,
            market=market,
            symbol=instrument.symbol,
            until=max(leg.expiry for leg in legs),
        ),
        "time_to_expiry": np.maximum(days_left, 0.0) / 365,
        "vol": np.maximum(column(_known_vol(leg) for leg in legs) + moved + at.vol_shift, 0.0),
        "rate": market.rate,
        "dividend_yield": quote.dividend_yield,
    }
    schedule = dividend_schedule(instrument, market, until=max(leg.expiry for leg in legs))
    if instrument.exercise is ExerciseStyle.EUROPEAN:
        return np.stack(black_scholes(**contracts))
    times, amounts = schedule
    greeks = american(**contracts, dividend_times=times, dividend_amounts=amounts, elapsed=at.days / 365)
    return np.stack(greeks)


def _vol_changes(
    legs: tuple[OptionLeg, ...], quote: Quote, smile: MovingSmile, spots: Iterable[Floats]
) -> Floats:
    """Change of each leg's vol by the smile at each spot: legs x the shape of the spots."""
    return np.stack(
        [
            smile.change(leg.strike, expiry=leg.expiry, start=quote.spot, spot=start_spot)
            for leg, start_spot in zip(legs, spots, strict=True)
        ]
    )


def _known_vol(leg: OptionLeg) -> float:
    if leg.vol is None:
        raise InvalidInputError(f"{leg.label}: vol is not set; enter_at_model sets it")
    return leg.vol


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
    return math.fsum(leg.carry_cost(trade.instrument, market) for leg in trade.linear_legs)
