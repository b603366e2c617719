"""Exact maximum loss, maximum profit and breakevens of a trade, from the kinks of its payoff.

With one expiry the payoff is piecewise linear and its kinks tell everything. When option legs expire on
several dates the facts hold at the nearest expiry with the later legs repriced, which needs the market; where
the P&L goes at zero and without end is then known in closed form, and every turn between is searched for.
Costs are not in them.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.analysis.turning_points import asymptotic_pnl, turning_points
from riskcalc.analysis.valuation import borrow_cost, value_position
from riskcalc.domain import Leg, Market, OptionLeg, Trade
from riskcalc.domain.validation import record
from riskcalc.errors import InvalidInputError
from riskcalc.pricing.arrays import as_floats

Floats = NDArray[np.float64]
Pnl = Callable[[ArrayLike], Floats]


class PayoffFacts(NamedTuple):
    """Extremes and zeros of the P&L at the nearest expiry."""

    max_loss: float
    """>= 0 [dollars]; inf when unlimited."""
    max_profit: float
    """[dollars]; inf when unlimited."""
    breakevens: tuple[float, ...]
    """Spots where the P&L crosses zero, lowest first [dollars]."""


def pnl_at_expiry(trade: Trade, *, spot: ArrayLike, market: Market | None = None) -> Floats:
    """P&L of one unit at the nearest expiry.

    Parameters
    ----------
    trade : Trade
        With every entry price set; `analysis.enter_at_model` fills them in.
    spot : array_like
        Spots of the underlying at that expiry [dollars], >= 0, any shape.
    market : Market, optional
        Reprices legs that expire later, needed only when there are any; and says the borrow fee of shares
        sold short up to the expiry.

    Returns
    -------
    ndarray
        P&L before costs [dollars], the shape of `spot`.

    Raises
    ------
    InvalidInputError
        An entry price is missing, or a later leg has no market or vol to be repriced with.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import call_spread
    >>> trade = call_spread("IWM", long_strike=60, short_strike=67.5, expiry=dt.date(2026, 9, 18),
    ...                     long_premium=3.4, short_premium=1.05)
    >>> pnl_at_expiry(trade, spot=[60, 62.35, 70]).round(2).tolist()
    [-235.0, 0.0, 515.0]
    """
    _check(trade, market)
    spots = as_floats("spot", spot)
    value = _expired_value(trade, spots) + _later_value(trade, spots, market)
    return np.asarray(value - net_debit(trade) - _borrow_fee(trade, market), dtype=np.float64)


def _borrow_fee(trade: Trade, market: Market | None) -> float:
    """Borrow fee of short shares until the nearest expiry [dollars]."""
    if market is None or trade.expiry is None:
        return 0.0
    return borrow_cost(trade, market) * market.years_to(trade.expiry)


def is_profitable_at(trade: Trade, *, spot: float, market: Market | None = None) -> bool:
    """Return whether one unit makes money at a spot at the nearest expiry (not at a breakeven)."""
    pnl = pnl_at_expiry(trade, spot=spot, market=market)
    return bool(_snap_to_zero(pnl, trade) > 0)


def net_debit(trade: Trade) -> float:
    """Return the net debit of one unit, before costs [dollars]; negative for a credit."""
    record("trade", Trade, trade)
    return math.fsum(trade.leg_size(leg) * entry_price(leg) for leg in trade.legs)


def entry_price(leg: Leg) -> float:
    """Entry price of a leg [dollars per share]; raises InvalidInputError when it is not set."""
    if leg.entry is None:
        raise InvalidInputError(f"{leg.label}: {leg.entry_name} is not set; evaluate(trade, market) sets it")
    return float(leg.entry)


def max_loss(trade: Trade, *, market: Market | None = None) -> float:
    """Largest loss at the nearest expiry, >= 0 [dollars]; ``inf`` when unlimited. See `facts`."""
    return facts(trade, market=market).max_loss


def max_profit(trade: Trade, *, market: Market | None = None) -> float:
    """Largest gain at the nearest expiry [dollars]; ``inf`` when unlimited. See `facts`."""
    return facts(trade, market=market).max_profit


def breakevens(trade: Trade, *, market: Market | None = None) -> tuple[float, ...]:
    """Spots at which the P&L at the nearest expiry crosses zero [dollars]. See `facts`."""
    return facts(trade, market=market).breakevens


def facts(trade: Trade, *, market: Market | None = None) -> PayoffFacts:
    """Return maximum loss, maximum profit and breakevens in one call.

    Parameters
    ----------
    trade : Trade
        With every entry price set.
    market : Market, optional
        Needed when legs expire on several dates.

    Returns
    -------
    PayoffFacts
        Exact to rounding for one expiry; to 1e-8 of the spot for several, or what the model of American
        options leaves. A loss or gain that grows with the spot without end is ``inf``, however slowly.

    Raises
    ------
    InvalidInputError
        As for `pnl_at_expiry`.
    """
    _check(trade, market)

    def pnl(spot: ArrayLike) -> Floats:
        return pnl_at_expiry(trade, spot=spot, market=market)

    curve = pnl if len(trade.expiries) > 1 else None
    points = _kinks(trade) if curve is None else turning_points(trade, _require_market(market, trade), curve)
    gains = _snap_to_zero(pnl(points), trade)
    ends = asymptotic_pnl(trade, market, net_debit=net_debit(trade))
    reached = [*gains.tolist(), *([] if ends.slope else [ends.intercept])]
    # The difference of two returns is not bounded below: the short fund can more than double.
    bottomless = bool(trade.instrument.against)
    return PayoffFacts(
        max_loss=math.inf if ends.slope < 0 or bottomless else max(0.0, -min(reached)),
        max_profit=math.inf if ends.slope > 0 or bottomless else max(reached),
        breakevens=(
            *_zeros(points, gains, ends.slope, curve),
            *_zero_of_tail(points[-1], gains[-1], ends.slope),
        ),
    )


def _check(trade: Trade, market: Market | None) -> None:
    record("trade", Trade, trade)
    if market is not None:
        record("market", Market, market)


def _expired_value(trade: Trade, spots: Floats) -> Floats:
    """Value of shares, and of the options that expire first, of one unit [dollars]."""
    value = np.zeros_like(spots)
    for leg in trade.legs:
        if not isinstance(leg, OptionLeg):
            value += trade.leg_size(leg) * (leg.line.slope * spots + leg.line.intercept)
        elif leg.expiry == trade.expiry:
            intrinsic = np.maximum(int(leg.option_type) * (spots - leg.strike), 0.0)
            value += trade.leg_size(leg) * intrinsic
    return value


def _later_value(trade: Trade, spots: Floats, market: Market | None) -> Floats | float:
    """Value at the nearest expiry of the options that expire later, of one unit [dollars].

    They are priced in one call of the model, which costs much more than another leg.
    """
    later = tuple(leg for leg in trade.option_legs if leg.expiry != trade.expiry)
    if trade.expiry is None or not later:
        return 0.0
    market = _require_market(market, trade)
    days = market.days_to_expiry(trade.expiry, trade.instrument)
    return value_position(dataclasses.replace(trade, legs=later), market, spot=spots, days=days).value


def _require_market(market: Market | None, trade: Trade) -> Market:
    """Return the market, required to reprice legs that expire later."""
    if market is None:
        leg = next(leg for leg in trade.option_legs if leg.expiry != trade.expiry)
        raise InvalidInputError(f"{leg.label} expires after the nearest expiry: pass market= to reprice it")
    return market


def _kinks(trade: Trade) -> Floats:
    near = {leg.strike for leg in trade.option_legs if leg.expiry == trade.expiry}
    return np.array([0.0, *sorted(near)])


def _snap_to_zero(gains: Floats, trade: Trade) -> Floats:
    """Set rounding errors to exact zero, so that a P&L that touches zero counts as a breakeven."""
    scale = math.fsum(abs(trade.leg_size(leg)) * entry_price(leg) for leg in trade.legs)
    return np.where(np.abs(gains) <= 1e-12 * scale, 0.0, gains)


def _zeros(points: Floats, gains: Floats, slope: float, curve: Pnl | None) -> list[float]:
    """Zeros between the first and last point; from each to the next the P&L is a line or a monotone curve."""
    signs = np.sign(gains)
    neighbor_signs = np.abs(np.concatenate(([0.0], signs[:-1]))) + np.abs(
        np.concatenate((signs[1:], [slope]))
    )
    touching = [float(spot) for spot in points[(signs == 0) & (neighbor_signs > 0)]]
    crossing = [
        _zero_of_line(points[k : k + 2], gains[k : k + 2])
        if curve is None
        else _zero_of_curve(points[k : k + 2], curve)
        for k in np.flatnonzero(signs[:-1] * signs[1:] < 0)
    ]
    return sorted(touching + crossing)


def _zero_of_line(ends: Floats, gains: Floats) -> float:
    return float(ends[0] - gains[0] * (ends[1] - ends[0]) / (gains[1] - gains[0]))


def _zero_of_curve(ends: Floats, curve: Pnl) -> float:
    from scipy.optimize import brentq  # noqa: PLC0415 - slow to import, and most trades have one expiry

    return float(brentq(lambda spot: float(curve(spot)), ends[0], ends[1], xtol=1e-9, rtol=1e-13))


def _zero_of_tail(last: float, gain: float, slope: float) -> list[float]:
    """The zero beyond the last point, where the P&L has a constant slope."""
    if gain * slope >= 0:
        return []
    return [float(last - gain / slope)]
