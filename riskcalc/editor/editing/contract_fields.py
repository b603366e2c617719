"""Field of an expiry, which steps through listed expiries, and replacement of a leg's contract."""

from __future__ import annotations

import contextlib
import datetime as dt
import reprlib
from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from riskcalc.domain import Instrument, Listing, OptionLeg, UsualListing
from riskcalc.editor.chain_pricing import vol_at
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.date_fields import read_day
from riskcalc.editor.editing.field import Field
from riskcalc.editor.editing.number_entry import Bounds, Unit, read_number
from riskcalc.errors import InvalidInputError, RiskcalcError
from riskcalc.presets.listed_contracts import Listed
from riskcalc.records import dataclass

ASKED_DAYS = Bounds(low=1, high=3650)
"""Range of calendar days of an expiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryField(Field):
    """Expiry of one leg as a date, or DTE of the nearest expiry for all legs.

    Only a listed expiry can be traded: a step goes to the next one listed (by the chain, else the weekly
    Fridays of a year), typed days take the nearest listed. Without a chain any typed date is taken.
    """

    index: int | None = None
    """Index of the leg; None moves all legs by the same number of listed expiries."""

    @property
    def unit(self) -> Unit:
        """Days for all legs; a date has none."""
        return "d" if self.index is None else ""

    def text(self, draft: Draft) -> str:
        """Return the date of one leg, or the calendar days to the nearest expiry of all."""
        expiry = self._expiry(draft)
        return expiry.isoformat() if self.index is not None else str((expiry - draft.market.date).days)

    def step(self, draft: Draft, count: int) -> Draft:
        """Step by listed expiries, as far as every leg can move."""
        listed = listed_expiries(draft)
        now = {index: option(draft, index).expiry for index in self._legs(draft)}
        moved = now
        for _ in range(abs(count)):
            expiries = {index: _beside(listed, day, count) for index, day in moved.items()}
            if any(expiries[index] == day for index, day in moved.items()):
                break
            moved = expiries
        return draft if moved == now else with_expiries(draft, moved)

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed date, or the listed expiry nearest to typed days."""
        listed = Listed(listing=_listing(draft), today=draft.market.date, strike_slack=0.0)
        if "-" in text.strip()[1:]:
            return self._move_to(draft, listed.exact_expiry(self._read_day(text)))
        days = round(read_number(text, unit="d", name=self.title, bounds=ASKED_DAYS))
        if self.index is None and days == int(self.text(draft)):
            return draft
        return self._move_to(draft, listed.expiry_near(days, allows=lambda _: True))

    def incomplete(self, text: str) -> bool:
        """Whether the text may yet become a date or a number of days."""
        typed = text.strip()
        unfinished_date = "-" in typed[1:] and len(typed) < len("2026-09-18")
        return not typed.strip("-+") or (unfinished_date and not typed.strip("0123456789-"))

    def copied(self, draft: Draft, source: Draft) -> Draft:
        """Return the draft with the expiries that another draft has."""
        shared_legs = range(min(len(draft.trade.legs), len(source.trade.legs)))
        target = {
            index: leg.expiry
            for index in self._legs(draft)
            if index in shared_legs and isinstance(leg := source.trade.legs[index], OptionLeg)
        }
        changed = {index: day for index, day in target.items() if option(draft, index).expiry != day}
        return with_expiries(draft, changed) if changed else draft

    def position(self, draft: Draft) -> float:
        """Position of the expiry among the listed ones, from 0 to 1."""
        listed = listed_expiries(draft)
        return min(bisect_left(listed, self._expiry(draft)) / max(len(listed) - 1, 1), 1.0)

    def at(self, draft: Draft, position: float) -> Draft:
        """Set the listed expiry nearest to a place on the slider."""
        listed = listed_expiries(draft)
        if not listed:
            return draft
        index = round(min(max(position, 0.0), 1.0) * (len(listed) - 1))
        return self._move_to(draft, listed[index])

    def _read_day(self, text: str) -> dt.date:
        day = read_day(text)
        if day is None:
            shown = reprlib.repr(text.strip())
            raise InvalidInputError(
                f"{self.title} must be days from 1 to 3,650 or a date like 2026-09-18, got {shown}"
            )
        return day

    def _move_to(self, draft: Draft, day: dt.date) -> Draft:
        """Set the expiry; that of all legs moves each by as many days where nothing else is listed."""
        shift = day - self._expiry(draft)
        if not shift:
            return draft
        listed = listed_expiries(draft)
        new_legs = {}
        for index in self._legs(draft):
            target = option(draft, index).expiry + shift
            exact = target == day or not listed
            new_legs[index] = target if exact else _nearest(listed, target)
        return with_expiries(draft, new_legs)

    def _legs(self, draft: Draft) -> tuple[int, ...]:
        if self.index is not None:
            return (self.index,)
        return tuple(index for index, leg in enumerate(draft.trade.legs) if isinstance(leg, OptionLeg))

    def _expiry(self, draft: Draft) -> dt.date:
        return min(option(draft, index).expiry for index in self._legs(draft))


def _nearest(listed: tuple[dt.date, ...], wanted: dt.date) -> dt.date:
    return min(listed, key=lambda day: abs(day - wanted))


def listed_expiries(draft: Draft) -> tuple[dt.date, ...]:
    """Return the expiries that can be traded, nearest first."""
    if draft.chain is None:
        return _usual_expiries(draft.trade.instrument, draft.market.date)
    return tuple(day for day in sorted(draft.chain.expiries()) if day > draft.market.date)


def _listing(draft: Draft) -> Listing:
    if draft.chain is not None:
        return draft.chain
    return UsualListing(instrument=draft.trade.instrument, date=draft.market.date, spot=draft.quote.spot)


@lru_cache(maxsize=16)
def _usual_expiries(instrument: Instrument, today: dt.date) -> tuple[dt.date, ...]:
    return UsualListing(instrument=instrument, date=today, spot=1.0).expiries()


def _beside(listed: tuple[dt.date, ...], day: dt.date, direction: int) -> dt.date:
    """The next listed day in a direction, or the day itself."""
    further = [other for other in listed if (other > day if direction > 0 else other < day)]
    if not further:
        return day
    return further[0] if direction > 0 else further[-1]


DAYS = ExpiryField(
    key="trade.days",
    label="DTE",
    help="Calendar days to the nearest expiry, 1 to 3650, or a date; steps through listed expiries",
)


def option(draft: Draft, index: int) -> OptionLeg:
    """Return a leg that is known to be an option."""
    leg = draft.trade.legs[index]
    if not isinstance(leg, OptionLeg):
        raise TypeError(f"leg {index} is no option")
    return leg


def entered_option(draft: Draft, index: int) -> OptionLeg:
    """Return a leg with its premium and vol filled in; raises RiskcalcError when they cannot be."""
    leg = draft.entered().legs[index]
    if not isinstance(leg, OptionLeg):
        raise TypeError(f"leg {index} is no option")
    return leg


def recontracted(draft: Draft, index: int, **changes: Any) -> Draft:  # noqa: ANN401 - the fields of an OptionLeg
    """Return the draft with another strike, expiry or kind of a leg.

    With a chain the leg follows the quotes of the new contract. Without one it keeps its vol, and enters at
    the model value: a premium that was paid for another contract says nothing about this one.
    """
    leg = option(draft, index)
    if draft.chain is not None:
        changes |= {"premium": None, "vol": None, "spread_cost": 0.0}
    elif leg.premium is not None:
        changes |= {"premium": None, "vol": _vol(draft, index)}
    return draft.with_leg(index, **changes)


def with_expiries(draft: Draft, expiries: Mapping[int, dt.date]) -> Draft:
    """Return the draft with other expiries of some legs; with a chain the market's vol is that of the new."""
    for index, expiry in expiries.items():
        draft = recontracted(draft, index, expiry=expiry)
    if draft.chain is None:
        return draft
    vol = vol_at(draft.chain, draft.market, expiry=draft.trade.expiry)
    return draft if vol is None else draft.with_quote(vol=max(round(vol + draft.vol_shift, 12), 0.0))


def priced(draft: Draft, index: int, **prices: float | None) -> Draft:
    """Return the draft with a leg that states its own premium or vol; the width of its quote stays."""
    cost = option(draft, index).spread_cost
    with contextlib.suppress(RiskcalcError):
        cost = entered_option(draft, index).spread_cost
    return draft.with_leg(index, **{"premium": None, "vol": None, **prices}, spread_cost=cost)


def _vol(draft: Draft, index: int) -> float | None:
    with contextlib.suppress(RiskcalcError):
        return entered_option(draft, index).vol
    return option(draft, index).vol
