"""A trade is legs on one underlying: options and shares, long and short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import pairwise

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.validation import (
    calendar_date,
    dollars,
    member,
    positive,
    price,
    record,
    records,
    text,
    volatility,
    whole_count,
)
from riskcalc.errors import InvalidInputError


class Side(IntEnum):
    """Bought or sold; multiply by it."""

    LONG = 1
    SHORT = -1


class OptionType(IntEnum):
    """Call or put; the `sign` of the pricing formulas."""

    CALL = 1
    PUT = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLeg:
    """Some contracts of one listed option, bought or sold."""

    side: Side
    option_type: OptionType
    strike: float
    """Exercise price [dollars], > 0."""
    expiry: date
    contracts: int = 1
    """Contracts per unit of the trade, >= 1."""
    premium: float | None = None
    """Entry price [dollars per share], >= 0; None enters at the model value."""
    vol: float | None = None
    """Volatility that reprices the leg, per sqrt(year); None solves the premium or takes the quote's."""
    spread_cost: float = 0.0
    """What the quoted bid-ask width costs over entry and exit, beyond the premium [dollars per share]."""

    def __post_init__(self) -> None:
        """Check every field."""
        member("side", Side, self.side)
        member("option_type", OptionType, self.option_type)
        price("strike", self.strike)
        calendar_date("expiry", self.expiry)
        whole_count("contracts", self.contracts)
        dollars("spread_cost", self.spread_cost)
        if self.premium is not None:
            dollars("premium", self.premium)
        if self.vol is not None:
            volatility("vol", self.vol)

    @property
    def signed_contracts(self) -> int:
        """Contracts, negative when sold."""
        return int(self.side) * self.contracts

    @property
    def label(self) -> str:
        """The leg as a trader writes it: ``+1 call 295 2026-09-18``."""
        kind = self.option_type.name.lower()
        return f"{self.signed_contracts:+d} {kind} {self.strike:g} {self.expiry.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLeg:
    """Some shares, bought or sold short."""

    side: Side
    shares: int = 1
    """Shares per unit of the trade, >= 1."""
    entry_price: float | None = None
    """Entry price [dollars per share], > 0; None enters at the spot."""
    hedge_ratio: float | None = None
    """Shares of a pair's other fund against each share, >= 0; None takes equal dollars at the quotes."""
    spread_cost: float = 0.0
    """What the quoted bid-ask width costs over entry and exit [dollars per share]."""

    def __post_init__(self) -> None:
        """Check every field."""
        member("side", Side, self.side)
        whole_count("shares", self.shares)
        dollars("spread_cost", self.spread_cost)
        if self.entry_price is not None:
            price("entry_price", self.entry_price)
        if self.hedge_ratio is not None:
            dollars("hedge_ratio", self.hedge_ratio)

    @property
    def signed_shares(self) -> int:
        """Shares, negative when sold short."""
        return int(self.side) * self.shares

    @property
    def label(self) -> str:
        """The leg as a trader writes it: ``+100 shares``."""
        return f"{self.signed_shares:+d} {'share' if self.shares == 1 else 'shares'}"


Leg = OptionLeg | ShareLeg


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """Legs on one underlying that are entered and left together; the unit that sizing multiplies.

    Raises
    ------
    InvalidInputError
        There is no leg, or it has shares of an index or options on a pair.
    """

    instrument: Instrument
    legs: tuple[Leg, ...]
    name: str = ""

    def __post_init__(self) -> None:
        """Check that the legs can exist on the instrument."""
        record("instrument", Instrument, self.instrument)
        object.__setattr__(self, "legs", records("legs", (OptionLeg, ShareLeg), self.legs))
        text("name", self.name)
        if not self.legs:
            raise InvalidInputError("legs must hold at least one leg, got none")
        if self.share_legs and not self.instrument.tradable_shares:
            raise InvalidInputError(f"{self.symbol} is an index: it has options but no shares")
        if self.option_legs and self.instrument.against:
            raise InvalidInputError(f"{self.symbol} is a pair of funds: it has shares but no options")

    @property
    def symbol(self) -> str:
        """Symbol of the underlying."""
        return self.instrument.symbol

    @property
    def option_legs(self) -> tuple[OptionLeg, ...]:
        """The option legs, in order."""
        return tuple(leg for leg in self.legs if isinstance(leg, OptionLeg))

    @property
    def share_legs(self) -> tuple[ShareLeg, ...]:
        """The share legs, in order."""
        return tuple(leg for leg in self.legs if isinstance(leg, ShareLeg))

    @property
    def expiries(self) -> tuple[date, ...]:
        """The expiries of the option legs, each once, nearest first."""
        return tuple(sorted({leg.expiry for leg in self.option_legs}))

    @property
    def expiry(self) -> date | None:
        """The nearest expiry; None for a trade in shares alone."""
        return min(self.expiries, default=None)

    def leg_size(self, leg: Leg) -> int:
        """Shares a leg stands for, signed: side x contracts x multiplier."""
        if isinstance(leg, OptionLeg):
            return leg.signed_contracts * self.instrument.option_multiplier
        return leg.signed_shares

    @property
    def unit_noun(self) -> str:
        """What sizing counts: a share, a pair, a contract, a spread, or a unit of anything else."""
        sizes = {leg.shares if isinstance(leg, ShareLeg) else leg.contracts for leg in self.legs}
        if sizes != {1}:
            return "unit"
        if not self.option_legs:
            return "pair" if self.instrument.against else "share"
        return "contract" if len(self.legs) == 1 else "spread"

    @property
    def description(self) -> str:
        """The trade in one line, by its structure where that has a name."""
        return f"{self.symbol} {_structure(self)}"


def _structure(trade: Trade) -> str:
    options, held = trade.option_legs, trade.share_legs
    if trade.instrument.against and len(held) == 1:
        first, second = ("long", "short")[:: held[0].side]
        many = f"{held[0].shares:,} x " if held[0].shares > 1 else ""
        return f"{many}{first} {trade.instrument.held}, {second} {trade.instrument.against}"
    if not options:
        return " ".join(leg.label for leg in held)
    if not held and len(options) == 2 and len(trade.expiries) == 1:
        long, short = sorted(options, key=lambda leg: -leg.side)
        kinds = {leg.option_type for leg in options}
        if (long.side, short.side) == (Side.LONG, Side.SHORT) and len(kinds) == 1:
            return f"{long.strike:g}/{short.strike:g} {long.option_type.name.lower()} spread {long.expiry}"
    return ", ".join(leg.label for leg in trade.legs)


def require_ascending(**strikes: float) -> None:
    """Check that strikes are numbers and rise in the order given, naming the first pair that does not."""
    for name, strike in strikes.items():
        positive(name, strike)
    for (low_name, low), (high_name, high) in pairwise(strikes.items()):
        if not low < high:
            raise InvalidInputError(f"{low_name} must be below {high_name}, got {low:g} and {high:g}")
