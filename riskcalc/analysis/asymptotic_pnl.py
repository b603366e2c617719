"""Asymptotes of the P&L at the nearest expiry: at a spot of zero, and as the spot rises without limit.

Far from its strike an option is worth nothing, or the forward, or its value exercised at the best time. So
the P&L approaches a straight line at either end, known in closed form.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from riskcalc.domain import ExerciseStyle, Leg, Market, OptionLeg, OptionType, ShareLeg, Trade


class AsymptoticPnl(NamedTuple):
    """P&L of one unit at a spot of zero, and its line as the spot rises without limit."""

    at_zero: float
    """As the spot falls to zero [dollars]."""
    slope: float
    """As it rises without limit [dollars per dollar of spot]."""
    intercept: float
    """P&L less slope x spot there [dollars]."""


def asymptotic_pnl(trade: Trade, market: Market | None, *, net_debit: float) -> AsymptoticPnl:
    """Return the asymptotes of the P&L at the nearest expiry.

    Parameters
    ----------
    trade : Trade
        Its premiums and vols do not matter here.
    market : Market or None
        Rate, yield and cash dividends of the legs that expire later; needed only when there are any.
    net_debit : float
        What entering one unit costs [dollars].

    Returns
    -------
    FarEnds
        The slope is exactly 0 where the legs cancel.
    """
    sized = [(trade.leg_size(leg), *_lines(leg, trade, market)) for leg in trade.legs]
    slope = math.fsum(size * line.slope for size, _, line in sized)
    return AsymptoticPnl(
        at_zero=math.fsum(size * at_zero for size, at_zero, _ in sized) - net_debit,
        slope=slope if abs(slope) > 1e-12 * sum(abs(size) for size, *_ in sized) else 0.0,
        intercept=math.fsum(size * line.intercept for size, _, line in sized) - net_debit,
    )


def years_after_nearest_expiry(leg: OptionLeg, trade: Trade, market: Market) -> float:
    """Return the years from the nearest expiry to that of a leg."""
    start, end = (
        market.years_to_expiry(day, trade.instrument) for day in (trade.expiry or leg.expiry, leg.expiry)
    )
    return end - start


class _Line(NamedTuple):
    slope: float
    intercept: float


def _lines(leg: Leg, trade: Trade, market: Market | None) -> tuple[float, _Line]:
    """Value of a leg at a spot of zero, and its line for a high spot [dollars per share]."""
    if isinstance(leg, ShareLeg):
        return 0.0, _Line(1.0, 0.0)
    is_call = leg.option_type is OptionType.CALL
    if market is None or trade.expiry is None or leg.expiry == trade.expiry:
        return (0.0, _Line(1.0, -leg.strike)) if is_call else (leg.strike, _Line(0.0, 0.0))
    years = years_after_nearest_expiry(leg, trade, market)
    held = math.exp(-market.rate * years)
    american = trade.instrument.exercise is ExerciseStyle.AMERICAN
    if not is_call:
        return leg.strike * (max(1.0, held) if american else held), _Line(0.0, 0.0)
    if american:
        return 0.0, _best_exercise(leg, trade, market)
    carry = market.quote(trade.symbol).dividend_yield
    return 0.0, _Line(math.exp(-carry * years), -leg.strike * held)


def _best_exercise(leg: OptionLeg, trade: Trade, market: Market) -> _Line:
    """Value of an American call far in the money: exercised now, right before an ex-date, or at the end."""
    start, carry = trade.expiry or leg.expiry, market.quote(trade.symbol).dividend_yield
    coming = [one for one in market.dividends_until(trade.symbol, leg.expiry) if one.ex_date > start]
    near = market.years_to_expiry(start, trade.instrument)
    paid = [(market.years_to(one.ex_date) - near, one.amount) for one in coming]
    end = years_after_nearest_expiry(leg, trade, market)

    def exercised(time: float, missed: list[tuple[float, float]]) -> _Line:
        lost = math.fsum(amount * math.exp(-market.rate * at - carry * (time - at)) for at, amount in missed)
        return _Line(math.exp(-carry * time), -leg.strike * math.exp(-market.rate * time) - lost)

    now, last = exercised(0.0, []), exercised(end, paid)
    # A yield grows with the spot and outweighs all else; without one the strike's interest decides.
    if carry:
        return now if carry > 0 else last
    return max(now, *(exercised(at, paid[:count]) for count, (at, _) in enumerate(paid)), last)
