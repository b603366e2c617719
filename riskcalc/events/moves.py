"""How far a fund has moved on the days of events, against all its days."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

import numpy as np

from riskcalc.domain.events import Certainty, EventMove, MarketEvent
from riskcalc.domain.sessions import closing_time, first_session_on_or_after, sessions_between
from riskcalc.domain.validation import text
from riskcalc.errors import InvalidInputError
from riskcalc.history.bars import Days, Floats, number_array

ONE_DAY = dt.timedelta(days=1)
FRIDAY, WEEKEND = 1, 3
"""Days since 1970-01-01, a Thursday, of a Friday, modulo 7; calendar days to the Monday after it."""


def event_moves(
    symbol: str, days: Days, closes: Floats, events: Iterable[MarketEvent]
) -> tuple[EventMove, ...]:
    """Return the mean absolute move on the days of each kind of event, and on all days since its first.

    Parameters
    ----------
    symbol : str
        Of the prices.
    days : array, shape (n,)
        Sessions, datetime64[D], rising.
    closes : array, shape (n,)
        Splits undone [dollars], > 0.
    events : iterable of MarketEvent
        Those of a kind (`MarketEvent.kind`) within the prices count, unless their date is uncertain.

    Returns
    -------
    tuple of EventMove
        Kinds by name; one without a day within the prices is left out.

    Notes
    -----
    A move is from the close of one session to that of the next; over a hole in the prices there is none. An
    event at the close or later, or on a day without a session, moves the next one. Errors are standard
    errors of the means: ``std / sqrt(n)``.

    Examples
    --------
    >>> days = np.array(["2026-07-28", "2026-07-29", "2026-07-30"], dtype="datetime64[D]")
    >>> fomc = MarketEvent(date=dt.date(2026, 7, 29), what="FOMC decision", source="own", time=dt.time(14))
    >>> (move,) = event_moves("IWM", days, np.array([100.0, 98.0, 98.98]), [fomc])
    >>> move.count, round(move.mean, 4), move.all_count, round(move.all_mean, 4)
    (1, 0.02, 2, 0.015)
    """
    text("symbol", symbol)
    days = np.asarray(days, dtype="datetime64[D]")
    moves = _absolute_moves(days, number_array("closes", closes))
    by_kind: dict[str, set[dt.date]] = {}
    for event in events:
        if event.kind and event.certainty is not Certainty.UNCERTAIN:
            by_kind.setdefault(event.kind, set()).add(reaction_day(event))
    by_name = (_move(symbol, kind, days, moves, by_kind[kind]) for kind in sorted(by_kind))
    return tuple(move for move in by_name if move is not None)


def reaction_day(event: MarketEvent) -> dt.date:
    """Return the session whose close is the first to know of an event.

    Examples
    --------
    >>> after = MarketEvent(date=dt.date(2026, 7, 29), what="earnings", source="own", time=dt.time(16, 15))
    >>> reaction_day(after)
    datetime.date(2026, 7, 30)
    """
    late = event.time is not None and event.time >= closing_time(event.date)
    return first_session_on_or_after(event.date + ONE_DAY if late else event.date)


def _absolute_moves(days: Days, closes: Floats) -> Floats:
    """The size of each session's move; NaN for the first and after a hole."""
    if days.shape != closes.shape or not (closes > 0).all():
        raise InvalidInputError("closes must be above 0, one for each day")
    moves = np.full(len(days), np.nan)
    moves[1:] = np.abs(closes[1:] / closes[:-1] - 1)
    gaps = np.diff(days.astype(np.int64))
    friday = days[:-1].astype(np.int64) % 7 == FRIDAY
    # Most gaps need no calendar: to the day after, and from a Friday to a Monday.
    unexpected = np.flatnonzero((gaps != 1) & ~(friday & (gaps == WEEKEND)))
    holes = [k + 1 for k in unexpected if sessions_between(days[k].item(), days[k + 1].item()) != 1]
    moves[holes] = np.nan
    return moves


def _move(symbol: str, kind: str, days: Days, moves: Floats, on: set[dt.date]) -> EventMove | None:
    on_days = np.isin(days, np.array(sorted(on), dtype="datetime64[D]")) & np.isfinite(moves)
    if not on_days.any():
        return None
    since = days[on_days][0]
    every = moves[(days >= since) & np.isfinite(moves)]
    return EventMove(
        symbol=symbol,
        kind=kind,
        count=int(on_days.sum()),
        mean=float(moves[on_days].mean()),
        error=_error(moves[on_days]),
        all_count=len(every),
        all_mean=float(every.mean()),
        all_error=_error(every),
        since=since.item(),
        until=days[-1].item(),
    )


def _error(values: Floats) -> float | None:
    return float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else None
