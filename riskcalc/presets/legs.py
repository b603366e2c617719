"""Legs of a preset: the keys of each kind, the record they make, and the keys that a record is written as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from riskcalc.domain import OptionType, ShareLeg, Side
from riskcalc.errors import InvalidInputError
from riskcalc.presets.fields import Count, Date, Days, Delta, Dollars, Move, Price, Section, Vol
from riskcalc.presets.listed_contracts import DeltaStrike, ExactStrike, MoneynessStrike, StrikeRule
from riskcalc.presets.template import LegTemplate, OptionTemplate
from riskcalc.presets.units_parsing import move_text, percent_text
from riskcalc.presets.written import Data, enum_name, stated, written_number

SPREAD_COST = "round-trip cost of the bid-ask width [dollars per share]"


class OptionLegShape(Section):
    """``[[trade.legs]]`` of kind call or put."""

    kind: Literal["call", "put"]
    side: Literal["long", "short"] = Field(description="long (bought) or short (sold)")
    contracts: Count = Field(default=1, description="contracts per unit of the trade, >= 1")
    strike: Price | None = Field(default=None, description="exact strike [dollars]")
    moneyness: Move | None = Field(default=None, description="strike by moneyness, like +10%, ATM")
    delta: Delta | None = Field(default=None, description="strike by its absolute spot delta, in (0, 1)")
    expiry: Date | None = Field(default=None, description="exact expiry, like 2026-09-18")
    days: Days | None = Field(default=None, description="target DTE in calendar days, >= 1")
    premium: Dollars | None = Field(default=None, description="entry price [dollars per share]")
    vol: Vol | None = Field(default=None, description="IV of this leg, like 20%")
    spread_cost: Dollars = Field(default=0.0, description=SPREAD_COST)

    def record(self) -> OptionTemplate:
        """The leg, its strike and expiry still rules."""
        self._require_one_of("strike", "moneyness", "delta")
        self._require_one_of("expiry", "days")
        return OptionTemplate(
            side=Side[self.side.upper()],
            option_type=OptionType[self.kind.upper()],
            strike=self._strike(),
            expiry=self.expiry or self.days or 0,
            contracts=self.contracts,
            premium=self.premium,
            vol=self.vol,
            spread_cost=self.spread_cost,
        )

    def _strike(self) -> StrikeRule:
        if self.strike is not None:
            return ExactStrike(strike=self.strike)
        if self.moneyness is not None:
            return MoneynessStrike(move=self.moneyness)
        return DeltaStrike(delta=self.delta or 0.0)

    def _require_one_of(self, *keys: str) -> None:
        present = list(self.given(*keys))
        if len(present) != 1:
            expected = f"{', '.join(keys[:-1])} and {keys[-1]}"
            raise InvalidInputError(
                f"exactly one of {expected} must be set, got {' and '.join(present) or 'none'}"
            )


def _option_data(leg: OptionTemplate) -> Data:
    days = isinstance(leg.expiry, int)
    return (
        {"kind": enum_name(leg.option_type), "side": enum_name(leg.side)}
        | stated(leg, contracts=int)
        | _strike_data(leg.strike)
        | {"days" if days else "expiry": leg.expiry}
        | stated(leg, premium=written_number, vol=percent_text, spread_cost=written_number)
    )


def _strike_data(rule: StrikeRule) -> Data:
    if isinstance(rule, ExactStrike):
        return {"strike": written_number(rule.strike)}
    if isinstance(rule, DeltaStrike):
        return {"delta": rule.delta}
    return {"moneyness": move_text(rule.move)}


class ShareLegShape(Section):
    """``[[trade.legs]]`` of kind shares."""

    kind: Literal["shares"]
    side: Literal["long", "short"] = Field(description="long (bought) or short (sold)")
    shares: Count = Field(default=1, description="shares per unit of the trade, >= 1")
    entry_price: Price | None = Field(
        default=None, description="entry price [dollars per share]; else the spot"
    )
    spread_cost: Dollars = Field(default=0.0, description=SPREAD_COST)

    def record(self) -> ShareLeg:
        """The leg."""
        return ShareLeg(
            side=Side[self.side.upper()],
            shares=self.shares,
            entry_price=self.entry_price,
            spread_cost=self.spread_cost,
        )


def _share_data(leg: ShareLeg) -> Data:
    return {"kind": "shares"} | stated(
        leg, side=enum_name, shares=int, entry_price=written_number, spread_cost=written_number
    )


LegShape = Annotated[OptionLegShape | ShareLegShape, Field(discriminator="kind")]

WRITERS: Mapping[type, Callable[[Any], Data]] = {OptionTemplate: _option_data, ShareLeg: _share_data}
"""How the record of each shape is written."""

_KINDS = [
    kind
    for shape in get_args(get_args(LegShape)[0])
    for kind in get_args(shape.model_fields["kind"].annotation)
]
KINDS = f"{', '.join(_KINDS[:-1])} or {_KINDS[-1]}"
"""Description of every kind of leg."""


def leg_data(leg: LegTemplate) -> Data:
    """Return a leg as the keys of its ``[[trade.legs]]``."""
    return WRITERS[type(leg)](leg)
