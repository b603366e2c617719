"""Exercise and assignment: early, before dividends; and the shares and cash delivered at expiry."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise

import numpy as np

from riskcalc.analysis.lognormal import dividend_shifts, prob_below
from riskcalc.domain import (
    CashDividend,
    EarlyExerciseBoundary,
    ExerciseStyle,
    Market,
    OptionLeg,
    OptionType,
    Trade,
    View,
)
from riskcalc.domain.sessions import last_session_on_or_before
from riskcalc.pricing import early_exercise
from riskcalc.records import dataclass


def early_exercise_boundaries(trade: Trade, market: Market) -> tuple[EarlyExerciseBoundary, ...]:
    """Return, for each call and ex-date, the spot above which exercise pays the day before.

    Parameters
    ----------
    trade : Trade
        With every vol set.
    market : Market
        Rate and cash dividends.

    Returns
    -------
    tuple of EarlyExerciseLine
        Leg by leg, by rising ex-date. Empty for European options and puts, for special dividends that adjust
        strikes, and with a continuous yield. At a negative rate, the figures are those at a rate of zero.

    References
    ----------
    Haug, Haug & Lewis, "Back to Basics: a new approach to the discrete dividend problem", Wilmott (2003).
    """
    quote = market.quote(trade.symbol)
    if trade.instrument.exercise is ExerciseStyle.EUROPEAN or quote.dividend_yield:
        return ()
    calls = [leg for leg in trade.option_legs if leg.option_type is OptionType.CALL and leg.vol]
    lines = [line for expiry in trade.expiries for line in _lines(calls, expiry, trade, market)]
    return tuple(sorted(lines, key=lambda line: calls.index(line.leg)))


def _lines(
    calls: list[OptionLeg], expiry: dt.date, trade: Trade, market: Market
) -> list[EarlyExerciseBoundary]:
    """Exercise boundaries of the calls of one expiry."""
    legs = [leg for leg in calls if leg.expiry == expiry]
    dividends = market.option_dividends_until(trade.symbol, expiry)
    if not legs or not dividends:
        return []
    early = early_exercise(
        sign=int(OptionType.CALL),
        spot=market.quote(trade.symbol).spot,
        strike=[leg.strike for leg in legs],
        time_to_expiry=market.years_to_expiry(expiry, trade.instrument),
        vol=[leg.vol or 0.0 for leg in legs],
        rate=market.rate,
        dividend_times=[market.years_to(dividend.ex_date) for dividend in dividends],
        dividend_amounts=[dividend.amount for dividend in dividends],
    )
    return [
        EarlyExerciseBoundary(
            leg=leg,
            dividend=dividend,
            eve=_last_holding_session(dividend),
            boundary=float(boundary) - _special_dividends_before(market, trade.symbol, dividend),
            chance=float(chance),
            dividend_dollars=abs(trade.leg_size(leg)) * dividend.amount,
        )
        for leg, boundaries, chances in zip(legs, early.boundary, early.probability, strict=True)
        for dividend, boundary, chance in zip(dividends, boundaries, chances, strict=True)
        if np.isfinite(boundary)
    ]


def _special_dividends_before(market: Market, symbol: str, dividend: CashDividend) -> float:
    """Sum of the special dividends before that day, which lower both spot and strike [dollars per share]."""
    earlier = market.adjusting_dividends_until(symbol, _last_holding_session(dividend))
    return sum(special.amount for special in earlier)


def _last_holding_session(dividend: CashDividend) -> dt.date:
    """Last session on which a holder can exercise for the dividend."""
    return last_session_on_or_before(dividend.ex_date - dt.timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Shares and cash of one unit when the spot ends in a range; both settle overnight."""

    low: float
    """[dollars]"""
    high: float
    """[dollars]; inf above the highest strike."""
    chance: float
    """Probability of that range, under the view."""
    shares: int
    """Shares that the options deliver, negative when delivered away."""
    cash: float
    """Cash received for the shares [dollars]; negative is paid."""
    shares_after: int
    """Shares held after delivery, including the trade's share legs; negative is short."""


def deliveries(trade: Trade, market: Market, *, view: View) -> tuple[Delivery, ...]:
    """Return the ranges of the spot at the nearest expiry that leave unplanned shares in the account.

    Parameters
    ----------
    trade : Trade
        Its options in the money by any amount are exercised, as clearing houses do by themselves.
    market : Market
        Spot, vol, rate and dividends behind the probabilities.
    view : View
        What the probabilities are stated under.

    Returns
    -------
    tuple of Delivery
        By rising spot. None for shares alone, for cash-settled index options, and where what the options
        deliver only closes the trade's own shares, as for a covered call.

    References
    ----------
    OCC Rule 805: options in the money by 0.01 dollars at the expiry are exercised unless told otherwise.
    """
    expiring = [leg for leg in trade.option_legs if leg.expiry == trade.expiry]
    if not expiring or trade.instrument.cash_settled:
        return ()
    shares = sum(trade.leg_size(leg) for leg in trade.share_legs)
    edges = (0.0, *sorted({leg.strike for leg in expiring}), math.inf)
    below = [_chance_below(level, trade, market, view=view) for level in edges]
    results = [
        _delivery(trade, expiring, (low, high), chance=after - before, held=shares)
        for (low, high), (before, after) in zip(pairwise(edges), pairwise(below), strict=True)
    ]
    return tuple(result for result in results if result.shares and result.shares_after)


def _delivery(
    trade: Trade, expiring: list[OptionLeg], between: tuple[float, float], *, chance: float, held: int
) -> Delivery:
    low, high = between
    exercised = [
        leg for leg in expiring if (leg.strike <= low if leg.option_type > 0 else leg.strike >= high)
    ]
    moved = [leg.option_type * trade.leg_size(leg) for leg in exercised]
    shares = sum(moved)
    cash = -math.fsum(shares * leg.strike for shares, leg in zip(moved, exercised, strict=True))
    return Delivery(low=low, high=high, chance=chance, shares=shares, cash=cash, shares_after=held + shares)


def _chance_below(level: float, trade: Trade, market: Market, *, view: View) -> float:
    """Probability that the spot ends below a level at the nearest expiry."""
    if not level or trade.expiry is None:
        return 0.0
    quote = market.quote(trade.symbol)
    drift = view.drift_from(market.rate - quote.dividend_yield)
    near, far = dividend_shifts(trade, market, drift=drift)
    return prob_below(
        level=level + far,
        spot=quote.spot - near,
        vol=view.vol_from(quote.vol),
        drift=drift,
        time=market.years_to_expiry(trade.expiry, trade.instrument),
    )
