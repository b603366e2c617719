"""Which options can be traded: the protocol of a quoted chain, and the usual listing without one."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from functools import singledispatch
from typing import TYPE_CHECKING, Protocol

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.legs import OptionType
from riskcalc.domain.sessions import last_session_on_or_before
from riskcalc.domain.validation import calendar_date, non_negative, price, record
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from riskcalc.domain.market import Market, MovingSmile, Sticky


MOST_STRIKES = 500_000
"""Of one expiry; more take seconds to look through, and stand for a spot in the wrong unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionQuote:
    """Bid and ask of one option [dollars per share]."""

    bid: float
    ask: float

    def __post_init__(self) -> None:
        """Check that 0 <= bid <= ask."""
        non_negative("bid", self.bid)
        if not self.bid <= non_negative("ask", self.ask):
            raise InvalidInputError(f"bid must not be above ask, got {self.bid:g} and {self.ask:g}")

    @property
    def mid(self) -> float:
        """Midpoint [dollars per share]."""
        return (self.bid + self.ask) / 2

    @property
    def width(self) -> float:
        """Ask minus bid [dollars per share]."""
        return self.ask - self.bid


class FillPrice(StrEnum):
    """Where in its quote an order is filled."""

    MID = "mid"
    """Halfway between bid and ask."""
    NATURAL = "natural"
    """Bought at the ask, sold at the bid."""
    WORST = "worst"
    """Half the quoted width worse than natural, as in a fast market."""


class Listing(Protocol):
    """Expiries and strikes to choose from."""

    def expiries(self) -> tuple[dt.date, ...]:
        """Expiries, nearest first."""

    def strikes(self, *, expiry: dt.date, option_type: OptionType) -> tuple[float, ...]:
        """Strikes of one expiry, lowest first [dollars]."""


class QuotedListing(Listing, Protocol):
    """A chain of real quotes."""

    @property
    def symbol(self) -> str:
        """Symbol of the underlying."""

    @property
    def instrument(self) -> Instrument:
        """The underlying."""

    @property
    def date(self) -> dt.date:
        """Day of the quotes."""

    @property
    def spot(self) -> float:
        """Price of the underlying when the quotes were taken [dollars]."""

    def quote(self, *, expiry: dt.date, strike: float, option_type: OptionType) -> OptionQuote:
        """Return a usable quote; raises ChainError with the reason if there is none."""


@singledispatch
def moving_smile(quotes: QuotedListing, market: Market, sticky: Sticky) -> MovingSmile | None:  # noqa: ARG001 - others register
    """Return the smile of real quotes as a `Quote.smile`; None for a listing that none can be fitted to."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualListing:
    """What an exchange usually lists: weekly Fridays for a year, strikes on the instrument's step."""

    instrument: Instrument
    date: dt.date
    spot: float

    def __post_init__(self) -> None:
        """Check every field."""
        record("instrument", Instrument, self.instrument)
        calendar_date("date", self.date)
        price("spot", self.spot)

    def expiries(self) -> tuple[dt.date, ...]:
        """The next 52 Fridays, or the session before when the exchange is closed."""
        first = self.date + dt.timedelta(days=(4 - self.date.weekday()) % 7 or 7)
        return tuple(last_session_on_or_before(first + dt.timedelta(weeks=week)) for week in range(52))

    def strikes(self, *, expiry: dt.date, option_type: OptionType) -> tuple[float, ...]:  # noqa: ARG002 - the same for all
        """Every step from a fifth of the spot to five times it."""
        step = self.instrument.strike_step_at(self.spot)
        highest = int(5 * self.spot / step) + 2
        if highest > MOST_STRIKES:
            raise InvalidInputError(
                f"spot must be below {MOST_STRIKES * step / 5:,.0f} for strikes {step:g} apart, "
                f"got {self.spot:,.2f}; state an exact strike"
            )
        return tuple(step * k for k in range(max(1, int(self.spot / step / 5)), highest))
