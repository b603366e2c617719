"""Cash dividends by ex-date, and the forecast of those that are not declared yet."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from riskcalc.domain.sessions import last_session_on_or_before
from riskcalc.domain.validation import calendar_date, dollars, flag
from riskcalc.records import dataclass

QUARTER = 91
"""Days between payments where a single one is known: the funds here pay quarterly."""

LEAST_ADJUSTMENT = 0.125
"""Special dividend from which the OCC adjusts strikes [dollars per share]: 12.50 a contract."""

RECENT = 4
"""Number of payments used for spacing and amount of the forecast: a year of quarterly payments."""

LOOKED_AT = 13
"""Number of latest payments searched for special ones: three years of quarterly payments."""

TOO_SOON = 0.6
"""Part of the usual spacing below which two payments cannot both be regular."""

AMOUNT_WEIGHT = 0.5
"""What a factor e in the amount counts for, in usual spacings, when the extra one of two is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDividend:
    """Cash dividend per share."""

    ex_date: dt.date
    """First day the share trades without it; at its open the spot drops by the amount."""
    amount: float
    """[dollars per share], >= 0."""
    forecast: bool = False
    """Whether it continues the schedule rather than being part of it."""
    special: bool = False
    """Whether it was paid once, outside the schedule: nothing is forecast from it."""

    def __post_init__(self) -> None:
        """Check every field."""
        calendar_date("ex_date", self.ex_date)
        dollars("amount", self.amount)
        flag("forecast", self.forecast)
        flag("special", self.special)

    @property
    def adjusts_strikes(self) -> bool:
        """Whether it takes as much off the strikes of options as off the spot; see `LEAST_ADJUSTMENT`."""
        return self.special and self.amount >= LEAST_ADJUSTMENT - 1e-12


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
        All known ones, then forecasts with ex-dates up to `until`, from the regular ones among the known: see
        `regular_dividends`. The spacing is the median of the last four (a quarter where one payment is
        known), the day a session; each is of the amount paid four payments before where there is one, else of
        the mean.

    Examples
    --------
    >>> paid = tuple(CashDividend(ex_date=dt.date(2026, month, 16), amount=0.8) for month in (3, 6))
    >>> [(one.ex_date.isoformat(), one.amount) for one in with_forecast(paid, until=dt.date(2026, 12, 31))]
    [('2026-03-16', 0.8), ('2026-06-16', 0.8), ('2026-09-16', 0.8), ('2026-12-17', 0.8)]
    """
    schedule = list(regular_dividends(dividends))
    if not schedule:
        return dividends
    spacing = _spacing(schedule)
    usual = math.fsum(dividend.amount for dividend in schedule) / len(schedule)
    due = schedule[-1].ex_date + dt.timedelta(days=spacing)
    forecast: list[CashDividend] = []
    while due <= until:
        amount = schedule[-RECENT].amount if len(schedule) >= RECENT else usual
        forecast.append(CashDividend(ex_date=last_session_on_or_before(due), amount=amount, forecast=True))
        schedule.append(forecast[-1])
        due += dt.timedelta(days=spacing)
    # A special one declared far ahead may lie beyond the first forecasts.
    return tuple(sorted((*dividends, *forecast), key=lambda dividend: dividend.ex_date))


@lru_cache(maxsize=64)
def regular_dividends(dividends: tuple[CashDividend, ...]) -> tuple[CashDividend, ...]:
    """Return the payments that keep to a rhythm, without the extra ones.

    Parameters
    ----------
    dividends : tuple of CashDividend
        By rising ex-date.

    Returns
    -------
    tuple of CashDividend
        Without those marked `special`; and, of three and more, without each that comes much sooner after or
        before another than the usual spacing: of the two the one whose leaving out restores the rhythm, and
        whose amount is not the usual one, is extra.

    Examples
    --------
    >>> days = [dt.date(2025, 9, 16), dt.date(2025, 12, 16), dt.date(2025, 12, 30), dt.date(2026, 3, 17)]
    >>> amounts = [0.8, 0.8, 2.5, 0.8]
    >>> paid = [CashDividend(ex_date=day, amount=one) for day, one in zip(days, amounts, strict=True)]
    >>> [one.amount for one in regular_dividends(tuple(paid))]
    [0.8, 0.8, 0.8]
    """
    marked = [dividend for dividend in dividends if not dividend.special]
    earlier, latest = marked[:-LOOKED_AT], marked[-LOOKED_AT:]
    while len(latest) >= 3:
        extra = _irregular_payment(latest)
        if extra is None:
            break
        del latest[extra]
    return (*earlier, *latest)


def _irregular_payment(payments: Sequence[CashDividend]) -> int | None:
    """Return the payment that does not fit the regular schedule; None if all fit."""
    days = [payment.ex_date.toordinal() for payment in payments]
    gaps = [later - day for day, later in pairwise(days)]
    usual = _usual_gap(days)
    soonest = min(range(len(gaps)), key=gaps.__getitem__)
    if gaps[soonest] >= TOO_SOON * usual:
        return None
    return min((soonest, soonest + 1), key=lambda index: _irregularity(payments, index, usual))


def _usual_gap(days: Sequence[int]) -> float:
    """Usual spacing: the median over the payments of the longest spacing next to each."""
    gaps = [later - day for day, later in pairwise(days)]
    return _median([max(pair) for pair in zip((0, *gaps), (*gaps, 0), strict=True)])


def _irregularity(payments: Sequence[CashDividend], index: int, usual: float) -> float:
    """Deviation of the payments from a regular schedule with one left out, in spacings."""
    remaining = [*payments[:index], *payments[index + 1 :]]
    gaps = (later.ex_date - dividend.ex_date for dividend, later in pairwise(remaining))
    off_rhythm = sum(abs(gap.days - usual) for gap in gaps) / usual
    amounts = [dividend.amount for dividend in remaining if dividend.amount > 0]
    middle = _median(amounts) if amounts else 0.0
    off_amount = sum(abs(math.log(amount / middle)) for amount in amounts)
    return off_rhythm + AMOUNT_WEIGHT * off_amount


def _spacing(dividends: Sequence[CashDividend]) -> int:
    """Usual days between payments, at least one."""
    recent = dividends[-RECENT - 1 :]
    gaps = [(later.ex_date - earlier.ex_date).days for earlier, later in pairwise(recent)]
    return max(round(_median(gaps)), 1) if gaps else QUARTER


def _median(values: Sequence[float]) -> float:
    """Median; the standard library's module of statistics takes as long to import as a size to print."""
    ranked, half = sorted(values), len(values) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2
