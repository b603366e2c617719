"""A preset: a trade, the market it was planned in, and the rules it is entered, left and carried by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from riskcalc.domain import Account, EntryRules, ExitPlan, Market, View
from riskcalc.presets.template import TradeTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """All that a plan needs, read from one file."""

    name: str
    template: TradeTemplate
    """The trade as rules; `TradeTemplate.resolve` turns them into listed strikes and expiries."""
    market: Market
    account: Account
    exits: ExitPlan
    view: View = field(default_factory=View)
    description: str = ""
    """What the trade is for, in a line."""
    path: Path | None = None
    """The file it was read from; None for one made in Python."""

    @property
    def entry(self) -> EntryRules:
        """When the trade may be put on."""
        return self.template.entry
