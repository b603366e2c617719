"""Turning points of a curved payoff, and its asymptotes at a spot of zero and without limit."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.domain import ExerciseStyle, Leg, Line, Market, OptionLeg, OptionType, Sticky, Trade

Floats = NDArray[np.float64]
Pnl = Callable[[ArrayLike], Floats]

DEVIATIONS = 9.0
"""Deviations from the strike beyond which the time value is below 1e-18 of the strike."""

PER_DEVIATION = 16
"""Grid points per deviation: a reversal of the P&L hidden between two points is at most 1e-6 of it."""

FURTHEST = 1e6
"""Multiple of the highest strike, and fraction of the lowest, beyond which only the limits are evaluated."""

OUTER_POINTS = 193
DUST = 1e-9
"""Fraction of the value of the strikes below which a change is rounding."""

ROUNDS, SPLIT = 9, 9
"""Each round narrows a bracket by four, in all by 4^9: an extreme is then exact to rounding."""


def turning_points(trade: Trade, market: Market, pnl: Pnl) -> Floats:
    """Find the spots between which the P&L at the nearest expiry is monotone.

    Parameters
    ----------
    trade : Trade
        Its legs expire on several dates.
    market : Market
        Reprices the later legs.
    pnl : callable
        P&L at spots of any shape [dollars].

    Returns
    -------
    ndarray
        Zero, kinks, local extremes, and last a spot beyond which the P&L follows its line without end.
    """
    later = [leg for leg in trade.option_legs if leg.expiry != trade.expiry]
    kinks = _kinks(trade, later, market)
    grid = _grid(trade, later, market, kinks)
    scale = sum(abs(trade.leg_size(leg)) * leg.strike for leg in trade.option_legs)
    low, high, sign = _brackets(grid, pnl(grid), np.searchsorted(grid, kinks), dust=DUST * scale)
    points = _refine_peaks(pnl, low, high, sign) if low.size else low
    return np.unique(np.concatenate([grid[[0, 1, -1]], kinks, points]))


def _kinks(trade: Trade, later: list[OptionLeg], market: Market) -> Floats:
    """Strikes, and where a leg without vol bends at its discounted strike."""
    near = {leg.strike for leg in trade.option_legs if leg.expiry == trade.expiry}
    bent = {spot for leg in later if not leg.vol for spot in (leg.strike, _center(leg, trade, market)[0])}
    return np.array(sorted(near | bent))


def _center(leg: OptionLeg, trade: Trade, market: Market) -> tuple[float, float]:
    """Spot whose forward is the strike, and deviation of the log spot, from the nearest expiry on."""
    years = years_after_nearest_expiry(leg, trade, market)
    carry = market.rate - market.quote(trade.symbol).dividend_yield
    return leg.strike * float(np.exp(-carry * years)), (leg.vol or 0.0) * float(np.sqrt(years))


def _grid(trade: Trade, later: list[OptionLeg], market: Market, kinks: Floats) -> Floats:
    """Spots fine enough for each later leg's own deviation, from zero to where all follow their lines."""
    strikes = [leg.strike for leg in trade.option_legs]
    least, most = min(strikes) / FURTHEST, max(strikes) * FURTHEST
    parts: list[Floats] = []
    for leg in later:
        center, deviation = _center(leg, trade, market)
        reach = DEVIATIONS + deviation / 2
        steps = np.linspace(-reach, reach, 2 * int(np.ceil(PER_DEVIATION * reach)) + 1)
        parts.append(np.clip(center * np.exp(np.clip(deviation * steps, -60.0, 60.0)), least, most))
    inner = np.concatenate([*parts, kinks])
    low, high = _exercise_reach(trade, market)
    start, stop = np.log(np.clip([low * inner.min() / 2, high * inner.max() * 2], least, most))
    return np.unique(np.concatenate([[0.0], np.exp(np.linspace(start, stop, OUTER_POINTS)), inner]))


def _exercise_reach(trade: Trade, market: Market) -> tuple[float, float]:
    """Extra range in which early exercise is possible: the yield against interest on the strike."""
    quote = market.quote(trade.symbol)
    if quote.smile is not None and quote.smile.rule is Sticky.MONEYNESS:
        return 1 / FURTHEST, FURTHEST  # with sticky moneyness, vols may rise with the distance
    ratio = abs(market.rate / quote.dividend_yield) if quote.dividend_yield else 1.0
    return min(ratio, 1.0), max(ratio, 1.0)


def _brackets(
    grid: Floats, values: Floats, kinks: NDArray[np.intp], *, dust: float
) -> tuple[Floats, Floats, Floats]:
    """Intervals that hold an extreme, and 1 for a maximum, -1 for a minimum."""
    rises = np.diff(values)
    moving = np.flatnonzero(np.abs(rises) > dust)
    signs = np.sign(rises)
    brackets = [(grid[a], grid[b + 1], signs[a]) for a, b in pairwise(moving) if signs[a] != signs[b]]
    for kink in kinks:
        # Near a kink the P&L may turn within one step, unseen by the samples.
        for start in (kink - 1, kink):
            brackets += [(grid[start], grid[start + 1], sign) for sign in (1.0, -1.0)]
    low, high, sign = np.array(brackets, dtype=np.float64).reshape(-1, 3).T
    return low, high, sign


def _refine_peaks(pnl: Pnl, low: Floats, high: Floats, sign: Floats) -> Floats:
    """The highest point of sign x P&L in each bracket, all brackets at once."""
    rows, parts = np.arange(len(low)), np.linspace(0.0, 1.0, SPLIT)
    best = low
    for _ in range(ROUNDS):
        spots = low[:, None] + (high - low)[:, None] * parts
        peak = (sign[:, None] * pnl(spots)).argmax(axis=1)
        best = spots[rows, peak]
        low, high = spots[rows, np.maximum(peak - 1, 0)], spots[rows, np.minimum(peak + 1, SPLIT - 1)]
    return best


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
    AsymptoticPnl
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


def _lines(leg: Leg, trade: Trade, market: Market | None) -> tuple[float, Line]:
    """Value of a leg at a spot of zero, and its line for a high spot [dollars per share]."""
    if not isinstance(leg, OptionLeg):
        return leg.line.intercept, leg.line
    is_call = leg.option_type is OptionType.CALL
    if market is None or trade.expiry is None or leg.expiry == trade.expiry:
        return (0.0, Line(1.0, -leg.strike)) if is_call else (leg.strike, Line(0.0, 0.0))
    years = years_after_nearest_expiry(leg, trade, market)
    discount = math.exp(-market.rate * years)
    american = trade.instrument.exercise is ExerciseStyle.AMERICAN
    if not is_call:
        return leg.strike * (max(1.0, discount) if american else discount), Line(0.0, 0.0)
    if american:
        return 0.0, _best_exercise(leg, trade, market)
    carry = market.quote(trade.symbol).dividend_yield
    return 0.0, Line(math.exp(-carry * years), -leg.strike * discount)


def _best_exercise(leg: OptionLeg, trade: Trade, market: Market) -> Line:
    """Value of an American call far in the money: exercised now, right before an ex-date, or at the end."""
    start, carry = trade.expiry or leg.expiry, market.quote(trade.symbol).dividend_yield
    coming = [
        dividend for dividend in market.dividends_until(trade.symbol, leg.expiry) if dividend.ex_date > start
    ]
    near = market.years_to_expiry(start, trade.instrument)
    paid = [(market.years_to(dividend.ex_date) - near, dividend.amount) for dividend in coming]
    end = years_after_nearest_expiry(leg, trade, market)

    def exercised(time: float, missed: list[tuple[float, float]]) -> Line:
        lost = math.fsum(amount * math.exp(-market.rate * at - carry * (time - at)) for at, amount in missed)
        return Line(math.exp(-carry * time), -leg.strike * math.exp(-market.rate * time) - lost)

    now, last = exercised(0.0, []), exercised(end, paid)
    # A yield grows with the spot and dominates; without one, interest on the strike does.
    if carry:
        return now if carry > 0 else last
    return max(now, *(exercised(at, paid[:count]) for count, (at, _) in enumerate(paid)), last)
