"""Fields of each leg: side, contracts, strike, expiry and price."""

from __future__ import annotations

from typing import Any

from riskcalc.domain import Leg, OptionLeg, OptionType, ShareLeg, Side
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.contract_fields import (
    ExpiryField,
    entered_option,
    option,
    priced,
    recontracted,
    with_price_of,
)
from riskcalc.editor.editing.field import ChoiceField, Field, NumberField
from riskcalc.editor.editing.number_entry import (
    Bounds,
    EvenGrid,
    Grid,
    ListedGrid,
    ShareGrid,
    around_spot,
    up_to_vol,
)

MOST_CONTRACTS = 100_000
"""Contracts or shares per unit that a leg may have."""

PREMIUM_STEP = 0.05
"""Least step of a premium on the screen [dollars per share]."""

COUNT_GRID = ShareGrid(share=0.1, smallest=1.0)
PRICE = Bounds(low=0, high=1_000_000, above=True)


def leg_fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields of every leg of a draft."""
    several = len(draft.trade.expiries) > 1
    return tuple(
        field
        for index, leg in enumerate(draft.trade.legs)
        for field in (
            _option_fields(index, leg, several=several)
            if isinstance(leg, OptionLeg)
            else _share_fields(index, leg)
        )
    )


def strike_grid(draft: Draft, leg: OptionLeg) -> Grid:
    """Strikes that can be traded: those of the chain, else multiples of the usual step."""
    if draft.chain is None:
        return EvenGrid(step=draft.trade.instrument.strike_step_at(draft.quote.spot))
    return ListedGrid(values=draft.chain.strikes(expiry=leg.expiry, option_type=leg.option_type))


def _option_fields(index: int, leg: OptionLeg, *, several: bool) -> tuple[Field, ...]:
    return (
        _strike(index, leg),
        _expiry(index, main=several),
        _side(index),
        _kind(index),
        _contracts(index),
        _vol(index),
        _premium(index),
    )


def _share_fields(index: int, leg: ShareLeg) -> tuple[Field, ...]:
    return (_shares(index, leg), _side(index), _entry_price(index))


def _about(index: int, name: str, label: str, title: str, meaning: str) -> dict[str, Any]:
    """Attributes shared by the fields of a leg."""
    return {
        "key": f"legs.{index}.{name}",
        "section": "LEGS",
        "label": label,
        "name": f"{title} of leg {index + 1}",
        "help": meaning,
    }


def _strike(index: int, leg: OptionLeg) -> Field:
    label = f"{leg.signed_contracts:+d} {leg.option_type.name.lower()}"
    return NumberField(
        **_about(index, "strike", label, "Strike", "Strike, above 0; steps through listed strikes"),
        unit="$",
        read=lambda draft: option(draft, index).strike,
        write=lambda draft, value: recontracted(draft, index, strike=value),
        grid=lambda draft: strike_grid(draft, option(draft, index)),
        bounds=PRICE,
        span=around_spot,
    )


def _expiry(index: int, *, main: bool) -> Field:
    meaning = "Expiry of this leg, a date like 2026-09-18 or days; steps through listed expiries"
    return ExpiryField(**_about(index, "expiry", "  expiry", "Expiry", meaning), main=main, index=index)


def _side(index: int) -> Field:
    return ChoiceField(
        **_about(index, "side", "  side", "Side", "Bought (long) or sold (short)"),
        main=False,
        words=("short", "long"),
        read=lambda draft: draft.trade.legs[index].side.name.lower(),
        write=lambda draft, word: draft.with_leg(index, side=Side[word.upper()]),
    )


def _kind(index: int) -> Field:
    return ChoiceField(
        **_about(index, "kind", "  kind", "Kind", "Call or put"),
        main=False,
        words=("put", "call"),
        read=lambda draft: option(draft, index).option_type.name.lower(),
        write=lambda draft, word: recontracted(draft, index, option_type=OptionType[word.upper()]),
    )


def _contracts(index: int) -> Field:
    meaning = f"Contracts in one unit of the trade, 1 to {MOST_CONTRACTS:,}; sizing counts units"
    return NumberField(
        **_about(index, "contracts", "  contracts", "Contracts", meaning),
        main=False,
        read=lambda draft: option(draft, index).contracts,
        write=lambda draft, value: draft.with_leg(index, contracts=int(value)),
        grid=lambda _: COUNT_GRID,
        bounds=Bounds(low=1, high=MOST_CONTRACTS),
        span=lambda _: (1.0, 20.0),
        digits=0,
        whole=True,
    )


def _vol(index: int) -> Field:
    meaning = "IV of this leg, 0 to 500%; setting it enters the leg at the model value"
    return NumberField(
        **_about(index, "vol", "  IV", "IV", meaning),
        unit="%",
        main=False,
        read=lambda draft: entered_option(draft, index).vol,
        write=lambda draft, value: priced(draft, index, vol=value),
        grid=lambda _: EvenGrid(step=1.0),
        bounds=Bounds(low=0, high=500),
        span=up_to_vol,
        digits=1,
        carry=lambda draft, source: with_price_of(draft, source, index),
    )


def _premium(index: int) -> Field:
    meaning = "Entry price per share, from 0; default: the model value; setting it solves the IV"
    return NumberField(
        **_about(index, "premium", "  premium", "Premium", meaning),
        unit="$",
        main=False,
        read=lambda draft: entered_option(draft, index).premium,
        write=lambda draft, value: priced(draft, index, premium=value),
        grid=lambda draft: _premium_grid(draft, index),
        bounds=Bounds(low=0, high=1_000_000),
        span=lambda draft: (0.0, 0.15 * around_spot(draft)[1]),
        carry=lambda draft, source: with_price_of(draft, source, index),
    )


def _premium_grid(draft: Draft, index: int) -> Grid:
    """Prices that options trade at, 5 cents apart where they trade at every cent."""
    premium, traded = option(draft, index).premium, draft.trade.instrument
    tick = traded.tick_from_3 if premium is None else traded.tick_at(premium)
    return EvenGrid(step=max(PREMIUM_STEP, tick))


def _shares(index: int, leg: ShareLeg) -> Field:
    meaning = f"Shares in one unit of the trade, 1 to {MOST_CONTRACTS:,}; sizing counts units"
    return NumberField(
        **_about(
            index, "shares", "Long shares" if leg.side is Side.LONG else "Short shares", "Shares", meaning
        ),
        read=lambda draft: _held(draft, index).shares,
        write=lambda draft, value: draft.with_leg(index, shares=int(value)),
        grid=lambda _: COUNT_GRID,
        bounds=Bounds(low=1, high=MOST_CONTRACTS),
        span=lambda _: (1.0, 200.0),
        digits=0,
        whole=True,
    )


def _entry_price(index: int) -> Field:
    meaning = "Entry price per share, above 0; default: the spot; stop and targets are measured from it"
    return NumberField(
        **_about(index, "entry_price", "  entry", "Entry", meaning),
        unit="$",
        main=False,
        read=lambda draft: _held(draft, index).entry_price or draft.quote.spot,
        write=lambda draft, value: draft.with_leg(index, entry_price=value),
        grid=lambda _: ShareGrid(share=0.005),
        bounds=PRICE,
        span=around_spot,
        carry=lambda draft, source: draft.with_leg(index, entry_price=_held(source, index).entry_price),
    )


def _held(draft: Draft, index: int) -> ShareLeg:
    leg: Leg = draft.trade.legs[index]
    if not isinstance(leg, ShareLeg):
        raise TypeError(f"leg {index} is no share leg")
    return leg
