"""A trade is legs on one underlying: options and shares, long and short."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from itertools import pairwise

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.legs import Leg, LinearLeg, OptionLeg, ShareLeg, Side
from riskcalc.domain.validation import positive, record, records, text
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass


# Without slots: a plan asks a hundred times for the legs and the expiries.
@dataclass(frozen=True, kw_only=True)
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
        object.__setattr__(self, "legs", records("legs", (OptionLeg, LinearLeg), self.legs))
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

    @cached_property
    def option_legs(self) -> tuple[OptionLeg, ...]:
        """The option legs, in order."""
        return tuple(leg for leg in self.legs if isinstance(leg, OptionLeg))

    @cached_property
    def share_legs(self) -> tuple[ShareLeg, ...]:
        """The share legs, in order."""
        return tuple(leg for leg in self.legs if isinstance(leg, ShareLeg))

    @cached_property
    def linear_legs(self) -> tuple[LinearLeg, ...]:
        """The legs other than options, in order."""
        return tuple(leg for leg in self.legs if isinstance(leg, LinearLeg))

    @cached_property
    def expiries(self) -> tuple[date, ...]:
        """The expiries of the option legs, each once, nearest first."""
        return tuple(sorted({leg.expiry for leg in self.option_legs}))

    @cached_property
    def expiry(self) -> date | None:
        """The nearest expiry; None for a trade in shares only."""
        return min((leg.expiry for leg in self.option_legs), default=None)

    def leg_size(self, leg: Leg) -> int:
        """Share equivalent of a leg, signed: side x contracts x multiplier."""
        return leg.size(self.instrument)

    @property
    def unit_noun(self) -> str:
        """What sizing counts: a share, a pair, a contract, a spread, or a unit of anything else."""
        if {leg.count for leg in self.legs} != {1}:
            return "unit"
        if not self.option_legs:
            return "pair" if self.instrument.against else "share"
        return "contract" if len(self.legs) == 1 else "spread"

    @property
    def description(self) -> str:
        """The trade in one line, by its structure where that has a name."""
        return f"{self.symbol} {_structure(self)}"


def _structure(trade: Trade) -> str:
    options, shares = trade.option_legs, trade.share_legs
    if trade.instrument.against and len(shares) == 1:
        first, second = ("long", "short")[:: shares[0].side]
        many = f"{shares[0].shares:,} x " if shares[0].shares > 1 else ""
        return f"{many}{first} {trade.instrument.held}, {second} {trade.instrument.against}"
    if not options:
        return " ".join(leg.label for leg in trade.legs)
    if len(options) == len(trade.legs) == 2 and len(trade.expiries) == 1:
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
