"""Where the P&L at the nearest expiry goes as the spot falls to zero and rises without end.

Far from its strike an option is worth nothing, or the forward, or what exercise brings when it pays most. So
the P&L runs into a straight line at either end, which is known in closed form.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from riskcalc.domain import ExerciseStyle, Leg, Market, OptionLeg, OptionType, ShareLeg, Trade


class FarEnds(NamedTuple):
    """P&L of one unit at both ends of the spot."""

    at_zero: float
    """As the spot falls to zero [dollars]."""
    slope: float
    """As it rises without end [dollars per dollar of spot]."""
    level: float
    """What the P&L comes to there beside slope x spot [dollars]."""


def far_ends(trade: Trade, market: Market | None, *, net_debit: float) -> FarEnds:
    """Find the straight lines that the P&L at the nearest expiry runs into.

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
    return FarEnds(
        at_zero=math.fsum(size * at_zero for size, at_zero, _ in sized) - net_debit,
        slope=slope if abs(slope) > 1e-12 * sum(abs(size) for size, *_ in sized) else 0.0,
        level=math.fsum(size * line.level for size, _, line in sized) - net_debit,
    )


def years_beyond(leg: OptionLeg, trade: Trade, market: Market) -> float:
    """Years that a leg goes on after the nearest expiry."""
    start, end = (
        market.years_to_expiry(day, trade.instrument) for day in (trade.expiry or leg.expiry, leg.expiry)
    )
    return end - start


class _Line(NamedTuple):
    slope: float
    level: float


def _lines(leg: Leg, trade: Trade, market: Market | None) -> tuple[float, _Line]:
    """Worth of a leg at a spot of zero, and the line it runs into above [dollars per share]."""
    if isinstance(leg, ShareLeg):
        return 0.0, _Line(1.0, 0.0)
    is_call = leg.option_type is OptionType.CALL
    if market is None or trade.expiry is None or leg.expiry == trade.expiry:
        return (0.0, _Line(1.0, -leg.strike)) if is_call else (leg.strike, _Line(0.0, 0.0))
    years = years_beyond(leg, trade, market)
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
    end = years_beyond(leg, trade, market)

    def exercised(time: float, missed: list[tuple[float, float]]) -> _Line:
        lost = math.fsum(amount * math.exp(-market.rate * at - carry * (time - at)) for at, amount in missed)
        return _Line(math.exp(-carry * time), -leg.strike * math.exp(-market.rate * time) - lost)

    now, last = exercised(0.0, []), exercised(end, paid)
    # A yield grows with the spot and outweighs all else; without one the strike's interest decides.
    if carry:
        return now if carry > 0 else last
    return max(now, *(exercised(at, paid[:count]) for count, (at, _) in enumerate(paid)), last)
