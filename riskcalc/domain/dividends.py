"""Cash dividends by ex-date, and the forecast of those that are not declared yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import fmean, median

from riskcalc.domain.ranges import calendar_date, non_negative
from riskcalc.domain.sessions import last_session_on_or_before

QUARTER = 91
"""Days between payments where a single one is known: the funds here pay quarterly."""

RECENT = 4
"""Payments that say the spacing and the amount of the next ones: a year of a quarterly payer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDividend:
    """Cash that a share pays to who held it on the eve of the ex-date."""

    ex_date: dt.date
    """First day the share trades without it; at its open the spot drops by the amount."""
    amount: float
    """[dollars per share], >= 0."""
    forecast: bool = False
    """Whether it continues the schedule rather than being part of it."""

    def __post_init__(self) -> None:
        """Check every field."""
        calendar_date("ex_date", self.ex_date)
        non_negative("amount", self.amount)


@lru_cache(maxsize=64)
def with_forecast(dividends: tuple[CashDividend, ...], *, until: dt.date) -> tuple[CashDividend, ...]:
    """Continue a schedule of payments at their usual spacing.

    Parameters
    ----------
    dividends : tuple of CashDividend
        Known payments, paid or declared, by rising ex-date. None gives none.
    until : date
        Last ex-date of interest.

    Returns
    -------
    tuple of CashDividend
        The known ones, then forecasts with ex-dates up to `until`: the median of the last four spacings on
        (a quarter where one payment is known), on a session; each of the amount paid four payments before
        where there is one, else of the mean amount.

    Examples
    --------
    >>> paid = tuple(CashDividend(ex_date=dt.date(2026, month, 16), amount=0.8) for month in (3, 6))
    >>> [(one.ex_date.isoformat(), one.amount) for one in with_forecast(paid, until=dt.date(2026, 12, 31))]
    [('2026-03-16', 0.8), ('2026-06-16', 0.8), ('2026-09-16', 0.8), ('2026-12-17', 0.8)]
    """
    if not dividends:
        return ()
    spacing = _spacing(dividends)
    usual = fmean(dividend.amount for dividend in dividends)
    schedule = list(dividends)
    due = dividends[-1].ex_date + dt.timedelta(days=spacing)
    while due <= until:
        amount = schedule[-RECENT].amount if len(schedule) >= RECENT else usual
        schedule.append(CashDividend(ex_date=last_session_on_or_before(due), amount=amount, forecast=True))
        due += dt.timedelta(days=spacing)
    return tuple(schedule)


def _spacing(dividends: tuple[CashDividend, ...]) -> int:
    """Usual days between payments, at least one."""
    recent = dividends[-RECENT - 1 :]
    gaps = [(later.ex_date - earlier.ex_date).days for earlier, later in pairwise(recent)]
    return max(round(median(gaps)), 1) if gaps else QUARTER
