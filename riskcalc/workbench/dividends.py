"""The next cash dividend of a draft: known or forecast, and made known by an edit."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import lru_cache
from typing import Any

from riskcalc.domain import CashDividend
from riskcalc.domain.dividends import with_forecast
from riskcalc.workbench.draft import Draft

FORECAST_DAYS = 400
"""How far ahead the next dividend is looked for: a yearly payer has one in that time."""


def next_dividend(draft: Draft) -> CashDividend | None:
    """Return the first dividend after the market's date, forecast where the schedule ends."""
    return dividend_after(draft.market.date, draft.quote.dividends)


def with_next_dividend(draft: Draft, **changes: Any) -> Draft:  # noqa: ANN401 - the fields of a CashDividend
    """Return the draft with its next dividend changed; a forecast one is part of the schedule from then on.

    Raises
    ------
    InvalidInputError
        The ex-date is that of another dividend, or outside the order.
    """
    due = next_dividend(draft)
    if due is None:
        return draft
    edited = dataclasses.replace(due, forecast=False, **changes)
    schedule = draft.quote.dividends
    kept = [edited if one == due else one for one in schedule]
    return draft.with_quote(dividends=tuple(kept if due in schedule else [*schedule, edited]))


@lru_cache(maxsize=16)
def dividend_after(today: dt.date, dividends: tuple[CashDividend, ...]) -> CashDividend | None:
    """Return the first payment of a schedule after a day; None where nothing is paid."""
    schedule = with_forecast(dividends, until=today + dt.timedelta(days=FORECAST_DAYS))
    return next((one for one in schedule if one.ex_date > today), None)
