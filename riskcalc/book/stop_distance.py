"""How far the stop of an open trade is: in average true ranges, and in daily standard deviations."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping

from riskcalc.domain import Instrument
from riskcalc.domain.price_history import AverageRange
from riskcalc.domain.sessions import sessions_between

SESSIONS_PER_YEAR = 252
OLD = 5
"""Age in sessions above which a range is marked as old."""

Ranges = Mapping[str, AverageRange]
"""Average true ranges by symbol."""


def in_ranges(distance: float | None, traded: Instrument, ranges: Ranges) -> float | None:
    """Return a move to a stop in average true ranges; None without a stop or a range.

    Parameters
    ----------
    distance : float or None
        Move of the underlying to its stop, a fraction.
    traded : Instrument
        The underlying; a leveraged fund without a range of its own has that of its benchmark, times leverage.
    ranges : mapping
        By symbol.
    """
    share = _share(traded, ranges)
    return None if distance is None or share is None else abs(distance) / share


def in_deviations(distance: float | None, vol: float) -> float | None:
    """Return a move to a stop in daily standard deviations at an implied volatility; None without either."""
    if distance is None or not vol:
        return None
    return abs(distance) / (vol / math.sqrt(SESSIONS_PER_YEAR))


def range_notes(stopped: Iterable[Instrument], ranges: Ranges, *, today: dt.date) -> list[str]:
    """Return notes on missing and old ranges of underlyings with a stop."""
    unknown, notes, used = [], [], {}
    for traded in dict.fromkeys(stopped):
        if _share(traded, ranges) is None:
            unknown.append(traded.symbol)
        elif traded.symbol in ranges:
            used[traded.symbol] = ranges[traded.symbol]
        else:
            times = f"{abs(traded.leverage):g} x that of {traded.benchmark}"
            notes.append(f"ATR14 of {traded.symbol} is taken as {times}")
            used[traded.benchmark] = ranges[traded.benchmark]
    notes += [
        f"ATR14 of {symbol} is of {average.date}: riskcalc history PRICES.csv measures it anew"
        for symbol, average in used.items()
        if average.date < today and sessions_between(average.date, today) > OLD
    ]
    if unknown:
        symbols = ", ".join(unknown)
        notes.append(f"ATR14 of {symbols} is not known: riskcalc history PRICES.csv measures and keeps it")
    return notes


def _share(traded: Instrument, ranges: Ranges) -> float | None:
    price_range = ranges.get(traded.symbol)
    if price_range is not None:
        return price_range.share
    of_benchmark = ranges.get(traded.benchmark)
    return None if of_benchmark is None else abs(traded.leverage) * of_benchmark.share
