"""What a day says before any trade: the signal board, dated events, and the open interest of a chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from riskcalc.domain.events import MarketEvent
from riskcalc.domain.gamma import GammaProfile
from riskcalc.domain.sectors import SectorWeights
from riskcalc.domain.signals import SignalBoard

DAY_CHECKS = ("stop signals", "entry signals", "hedge signals", "events")
"""Names of the checks that a day adds to a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingDay:
    """What plans are held against; None where it is not known."""

    board: SignalBoard | None = None
    events: tuple[MarketEvent, ...] | None = None
    """Known events, oldest first; from the day of the prices to the last expiry at least."""
    gamma: GammaProfile | None = None
    """Of the chain that the plan is priced from."""
    sectors: Mapping[str, SectorWeights] = field(default_factory=dict)
    """Sector weights of funds by symbol."""


ANY_DAY = TradingDay()
"""A day of which nothing is known: it adds nothing to a plan."""
