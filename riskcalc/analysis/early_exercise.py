"""Early-exercise boundaries of calls before dividends: where short calls risk assignment."""

from __future__ import annotations

import datetime as dt

import numpy as np

from riskcalc.domain import (
    CashDividend,
    EarlyExerciseBoundary,
    ExerciseStyle,
    Market,
    OptionLeg,
    OptionType,
    Trade,
)
from riskcalc.domain.sessions import last_session_on_or_before
from riskcalc.pricing import early_exercise


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
        Leg by leg, by rising ex-date. None for European options and for puts, which a dividend makes worth
        keeping; none for a special one that adjusts strikes; none under a continuous yield, where no date
        stands out. At a negative rate, where exercise pays on other days too, those of a rate of zero.

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
    """Boundaries of the calls of one expiry, which share their dividends."""
    legs = [leg for leg in calls if leg.expiry == expiry]
    dividends = market.option_dividends_until(trade.symbol, expiry)
    if not legs or not dividends:
        return []
    found = early_exercise(
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
            eve=_eve(dividend),
            boundary=float(boundary) - _dropped(market, trade.symbol, dividend),
            chance=float(chance),
            dividend_dollars=abs(trade.leg_size(leg)) * dividend.amount,
        )
        for leg, boundaries, chances in zip(legs, found.boundary, found.chance, strict=True)
        for dividend, boundary, chance in zip(dividends, boundaries, chances, strict=True)
        if np.isfinite(boundary)
    ]


def _dropped(market: Market, symbol: str, dividend: CashDividend) -> float:
    """Special dividends before that day, which lower spot and strike alike [dollars per share]."""
    return sum(one.amount for one in market.adjusting_dividends_until(symbol, _eve(dividend)))


def _eve(dividend: CashDividend) -> dt.date:
    """Last session on which a holder can exercise for the dividend."""
    return last_session_on_or_before(dividend.ex_date - dt.timedelta(days=1))
