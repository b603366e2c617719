"""Fields of the market: spot, vol, rate, date and dividends."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import lru_cache
from typing import Any

from riskcalc.domain import CashDividend, Sticky
from riskcalc.domain.dividends import with_forecast
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.contract_fields import DAYS
from riskcalc.editor.editing.date_fields import TIME, DayField, counts
from riskcalc.editor.editing.field import ChoiceField, Field, NumberField
from riskcalc.editor.editing.number_entry import VOLATILITY, Scale, ShareGrid, around_spot, share_of_spot
from riskcalc.editor.editing.plan_fields import VOL_AT_STOP
from riskcalc.presets.template import with_vols_moved

FORECAST_DAYS = 400
"""Days ahead in which the next dividend is searched."""


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
    payments = [edited if payment == due else payment for payment in schedule]
    return draft.with_quote(dividends=tuple(payments if due in schedule else [*schedule, edited]))


@lru_cache(maxsize=16)
def dividend_after(today: dt.date, dividends: tuple[CashDividend, ...]) -> CashDividend | None:
    """Return the first payment of a schedule after a day; None where nothing is paid."""
    schedule = with_forecast(dividends, until=today + dt.timedelta(days=FORECAST_DAYS))
    return next((payment for payment in schedule if payment.ex_date > today), None)


def market_fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields of the market that apply to a draft."""
    options = (VOL, VOL_AT_STOP, RATE, DAYS) if draft.trade.option_legs else _of_shares(draft)
    paid = (DIVIDEND, EX_DATE) if draft.quote.dividends else ()
    smile = (STICKY,) if draft.chain is not None and draft.trade.option_legs else ()
    yields = () if paid and not draft.quote.dividend_yield else (YIELD,)
    time = (TIME,) if counts(draft) else ()
    return (SPOT, *options, *smile, *paid, *yields, DATE, *time)


def _of_shares(draft: Draft) -> tuple[Field, ...]:
    """Market fields of a trade in shares; a pair has no rate."""
    return (FUND_VOL,) if draft.trade.instrument.against else (FUND_VOL, RATE)


def shift_vol(draft: Draft, vol: float) -> Draft:
    """Set the market's vol; legs with a vol of their own move by as many points, so that the skew stays.

    A trader who raises "Vol" means all implied vols; to leave the stated ones behind would bend the skew.
    """
    shift = vol - draft.quote.vol
    shifted = dataclasses.replace(draft, vol_shift=round(draft.vol_shift + shift, 12) if draft.chain else 0.0)
    return shifted.with_quote(vol=vol).with_legs(*with_vols_moved(draft.trade.legs, shift))


def _next_amount(draft: Draft) -> float | None:
    due = next_dividend(draft)
    return due.amount if due else None


def _next_day(draft: Draft) -> dt.date | None:
    due = next_dividend(draft)
    return due.ex_date if due else None


def _opened_day(draft: Draft) -> dt.date | None:
    market = draft.preset.market
    due = dividend_after(market.date, market.quote(draft.trade.symbol).dividends)
    return due.ex_date if due else None


SPOT = NumberField(
    key="market.spot",
    label="Spot",
    help="Price of the underlying; strikes stay, stop and targets move with it",
    scale=Scale(unit="$", step=ShareGrid(share=0.005), low=0.01, high=1_000_000, slider=around_spot),
    read=lambda draft: draft.quote.spot,
    write=lambda draft, spot: draft.with_quote(spot=spot),
)
VOL = NumberField(
    key="market.vol",
    label="IV",
    help="ATM IV per year, 0 to 500%; legs with their own IV move by the same points",
    scale=VOLATILITY,
    read=lambda draft: draft.quote.vol,
    write=shift_vol,
)
FUND_VOL = dataclasses.replace(
    VOL, label="Vol", main=False, help="Vol per year for probabilities, 0 to 500%; does not price shares"
)
STICKY = ChoiceField(
    key="market.sticky",
    path="sticky",
    label="Sticky",
    name="Smile rule (sticky)",
    help="As the spot moves: sticky strike keeps each strike's IV, sticky moneyness moves the smile",
    main=False,
    choices={rule.value: rule for rule in Sticky},
)
RATE = NumberField(
    key="market.rate",
    label="Rate",
    help="Risk-free rate per year, continuous, 0 to 100%",
    # Plans at negative rates can take seconds; keys must not queue up.
    scale=Scale(unit="%", step=0.25, low=0, high=100, slider=(0.0, 10.0)),
)
DIVIDEND = NumberField(
    key="market.dividend.amount",
    label="Next div",
    name="Next dividend",
    help="Cash per share at the next ex-date, 0 to 1,000; later ones are forecast from it",
    scale=Scale(unit="$", step=0.05, low=0, high=1_000, slider=lambda draft: share_of_spot(draft, 0.02)),
    read=_next_amount,
    write=lambda draft, amount: with_next_dividend(draft, amount=amount),
)
EX_DATE = DayField(
    key="market.dividend.date",
    label="Ex-date",
    help="Ex-date of the next dividend, like 2026-09-15, after the market date",
    main=False,
    read=_next_day,
    write=lambda draft, value: with_next_dividend(draft, ex_date=value),
    opened=_opened_day,
    after=lambda draft: draft.market.date,
)
YIELD = NumberField(
    key="market.dividend_yield",
    label="Div yield",
    name="Dividend yield",
    help="Continuous dividend yield per year, -100 to 100%, on top of cash dividends",
    main=False,
    scale=dataclasses.replace(RATE.scale, low=-100),
    read=lambda draft: draft.quote.dividend_yield,
    write=lambda draft, rate: draft.with_quote(dividend_yield=rate),
)
DATE = DayField(
    key="market.date",
    label="Date",
    help="Market date, like 2026-07-20; steps by trading day, expiries stay",
    main=False,
    read=lambda draft: draft.market.date,
    write=lambda draft, day: draft.with_market(date=day),
    opened=lambda draft: draft.preset.market.date,
    until=lambda draft: draft.trade.expiry,
)
