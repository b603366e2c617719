"""Fields of each leg: side, contracts, strike, expiry and price."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from riskcalc.domain import LinearLeg, OptionLeg, OptionType, ShareLeg, Side
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.contract_fields import ExpiryField, entered_option, option, priced, recontracted
from riskcalc.editor.editing.field import ChoiceField, Field, NumberField
from riskcalc.editor.editing.number_entry import (
    VOLATILITY,
    EvenGrid,
    Grid,
    ListedGrid,
    Scale,
    ShareGrid,
    around_spot,
    share_of_spot,
)
from riskcalc.editor.record_path import get_value
from riskcalc.records import replace

MOST_CONTRACTS = 100_000
"""Contracts or shares per unit that a leg may have."""

PREMIUM_STEP = 0.05
"""Least step of a premium on the screen [dollars per share]."""

COUNT = Scale(
    step=ShareGrid(share=0.1, smallest=1.0),
    low=1,
    high=MOST_CONTRACTS,
    slider=(1.0, 20.0),
    digits=0,
    whole=True,
)
PRICE = Scale(unit="$", step=ShareGrid(share=0.005), low=0, high=1_000_000, above=True, slider=around_spot)
PREMIUM = Scale(
    unit="$", step=PREMIUM_STEP, low=0, high=1_000_000, slider=lambda draft: share_of_spot(draft, 0.15)
)


def leg_fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields of every leg of a draft."""
    several = len(draft.trade.expiries) > 1
    return tuple(
        field
        for index, leg in enumerate(draft.trade.legs)
        for field in (
            _option_fields(index, leg, several=several)
            if isinstance(leg, OptionLeg)
            else LINEAR_FIELDS[type(leg)](index, leg)
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


def _about(index: int, name: str, title: str, **texts: str) -> dict[str, Any]:
    """Attributes shared by the fields of a leg; the label is the indented name unless given."""
    return {
        "key": f"legs.{index}.{name}",
        "name": f"{title} of leg {index + 1}",
        "label": f"  {name}",
        **texts,
    }


def _path(index: int, name: str) -> str:
    return f"trade.legs.{index}.{name}"


def _strike(index: int, leg: OptionLeg) -> Field:
    label = f"{leg.signed_contracts:+d} {leg.option_type.name.lower()}"
    meaning = "Strike, above 0; steps through listed strikes"
    return NumberField(
        **_about(index, "strike", "Strike", label=label, help=meaning),
        scale=replace(PRICE, step=lambda draft: strike_grid(draft, option(draft, index))),
        read=lambda draft: option(draft, index).strike,
        write=lambda draft, strike: recontracted(draft, index, strike=strike),
    )


def _expiry(index: int, *, main: bool) -> Field:
    meaning = "Expiry of this leg, a date like 2026-09-18 or days; steps through listed expiries"
    return ExpiryField(**_about(index, "expiry", "Expiry", help=meaning), main=main, index=index)


def _side(index: int) -> Field:
    return ChoiceField(
        **_about(index, "side", "Side", help="Bought (long) or sold (short)"),
        path=_path(index, "side"),
        main=False,
        choices={"short": Side.SHORT, "long": Side.LONG},
    )


def _kind(index: int) -> Field:
    return ChoiceField(
        **_about(index, "kind", "Kind", help="Call or put"),
        path=_path(index, "option_type"),
        main=False,
        choices={"put": OptionType.PUT, "call": OptionType.CALL},
        write=lambda draft, option_type: recontracted(draft, index, option_type=option_type),
    )


def _contracts(index: int) -> Field:
    meaning = f"Contracts in one unit of the trade, 1 to {MOST_CONTRACTS:,}; sizing counts units"
    return NumberField(
        **_about(index, "contracts", "Contracts", help=meaning),
        path=_path(index, "contracts"),
        main=False,
        scale=COUNT,
    )


def _vol(index: int) -> Field:
    meaning = "IV of this leg, 0 to 500%; setting it enters the leg at the model value"
    return NumberField(
        **_about(index, "vol", "IV", label="  IV", help=meaning),
        main=False,
        scale=VOLATILITY,
        read=lambda draft: entered_option(draft, index).vol,
        write=lambda draft, vol: priced(draft, index, vol=vol),
        copies=_price_paths(index),
    )


def _premium(index: int) -> Field:
    meaning = "Entry price per share, from 0; default: the model value; setting it solves the IV"
    return NumberField(
        **_about(index, "premium", "Premium", help=meaning),
        main=False,
        scale=replace(PREMIUM, step=lambda draft: _premium_grid(draft, index)),
        read=lambda draft: entered_option(draft, index).premium,
        write=lambda draft, premium: priced(draft, index, premium=premium),
        copies=_price_paths(index),
    )


def _premium_grid(draft: Draft, index: int) -> Grid:
    """Prices that options trade at, 5 cents apart where they trade at every cent."""
    premium, traded = option(draft, index).premium, draft.trade.instrument
    tick = traded.tick_from_3 if premium is None else traded.tick_at(premium)
    return EvenGrid(step=max(PREMIUM_STEP, tick))


def _price_paths(index: int) -> tuple[str, ...]:
    """Where a leg states its price; premium, vol and width of the quote belong together."""
    return tuple(_path(index, name) for name in ("premium", "vol", "spread_cost"))


def _shares(index: int, leg: ShareLeg) -> Field:
    label = "Long shares" if leg.side is Side.LONG else "Short shares"
    meaning = f"Shares in one unit of the trade, 1 to {MOST_CONTRACTS:,}; sizing counts units"
    return NumberField(
        **_about(index, "shares", "Shares", label=label, help=meaning),
        path=_path(index, "shares"),
        scale=replace(COUNT, slider=(1.0, 200.0)),
    )


def _entry_price(index: int) -> Field:
    meaning = "Entry price per share, above 0; default: the spot; stop and targets are measured from it"
    path = _path(index, "entry_price")
    return NumberField(
        **_about(index, "entry_price", "Entry", label="  entry", help=meaning),
        path=path,
        main=False,
        scale=PRICE,
        read=lambda draft: get_value(draft, path) or draft.quote.spot,
        copies=(path,),
    )


LINEAR_FIELDS: Mapping[type[LinearLeg], Callable[[int, Any], tuple[Field, ...]]] = {ShareLeg: _share_fields}
"""The fields of each type of leg that is no option."""
