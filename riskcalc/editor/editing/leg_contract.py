"""Another contract in place of a leg's: what was said of the old one's price goes with it."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from riskcalc.domain import OptionLeg
from riskcalc.editor.chain_pricing import vol_at
from riskcalc.editor.draft import Draft
from riskcalc.errors import RiskcalcError


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
    the model's value: a premium that was paid for another contract says nothing about this one.
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


def with_price_of(draft: Draft, source: Draft, index: int) -> Draft:
    """Return the draft with what another draft states of a leg's price."""
    leg = option(source, index)
    here = option(draft, index)
    prices = dataclasses.replace(here, premium=leg.premium, vol=leg.vol, spread_cost=leg.spread_cost)
    return draft if prices == here else draft.with_leg(index, **_prices(leg))


def _prices(leg: OptionLeg) -> dict[str, float | None]:
    return {"premium": leg.premium, "vol": leg.vol, "spread_cost": leg.spread_cost}


def _vol(draft: Draft, index: int) -> float | None:
    with contextlib.suppress(RiskcalcError):
        return entered_option(draft, index).vol
    return option(draft, index).vol
