"""The shape of a whole preset, its version, and the same as a JSON schema for editors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from riskcalc.presets.fields import Version
from riskcalc.presets.schema_rules import AccountShape, EntryShape, ExitsShape, ViewShape
from riskcalc.presets.schema_trade import MarketShape, TradeShape

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""


class PresetShape(BaseModel):
    """A whole preset."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="riskcalc preset")

    version: Version = Field(alias="schema", description="schema version: schema = 1")
    name: str = Field(default="", description="name of the trade; default: the file's name")
    description: str = Field(default="", description="purpose of the trade, in one line")
    market: MarketShape = Field(description="date, rate and quotes")
    trade: TradeShape = Field(description="symbol and legs")
    exits: ExitsShape = Field(description="stop, targets and time stop")
    account: AccountShape = Field(description="equity, risk and costs")
    entry: EntryShape = Field(default_factory=EntryShape, description="days, widest stop and triggers")
    view: ViewShape = Field(default_factory=ViewShape, description="expected drift and realized volatility")


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a preset, for editors that complete and check TOML.

    Examples
    --------
    >>> json_schema()["required"]
    ['schema', 'market', 'trade', 'exits', 'account']
    """
    return PresetShape.model_json_schema()
