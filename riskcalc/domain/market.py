"""Market data of one date: the rate, and a quote for each underlying."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from riskcalc.domain.clock import days_to_close, days_to_settlement, moment_of
from riskcalc.domain.dividends import CashDividend, with_forecast
from riskcalc.domain.instrument import Instrument
from riskcalc.domain.sessions import close_of, is_session, why_closed
from riskcalc.domain.validation import (
    brief_repr,
    calendar_date,
    finite,
    mapping,
    non_negative,
    price,
    record,
    records,
    text,
    time_of_day,
    volatility,
    yearly,
)
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass, replace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

MOST_DIVIDENDS = 260
"""Maximum number of dividends: five years of weekly ones."""


class Sticky(StrEnum):
    """Stickiness rule of a smile as the spot moves."""

    STRIKE = "strike"
    """Sticky strike: each strike keeps its vol."""
    MONEYNESS = "moneyness"
    """Sticky moneyness: each ratio of strike to spot keeps its vol."""


class SmileAt(NamedTuple):
    """Vols, slopes and forward growth at some strikes of one expiry."""

    vol: NDArray[np.float64]
    """Per sqrt(year)."""
    slope: NDArray[np.float64]
    """Change of the vol per dollar of strike."""
    growth: float
    """Log of forward over spot, per year."""


class MovingSmile(Protocol):
    """How implied vols change as the spot moves; see `riskcalc.chains.StickySmile`."""

    @property
    def rule(self) -> Sticky:
        """Stickiness rule as the spot moves."""

    def change(
        self, strike: ArrayLike, *, expiry: dt.date, start: float, spot: ArrayLike
    ) -> NDArray[np.float64]:
        """Change of the vol at strikes [per sqrt(year)] when the spot goes from `start` to `spot`."""

    def at(self, strike: ArrayLike, *, expiry: dt.date, spot: float) -> SmileAt:
        """Vols at strikes with the spot at `spot`, how they slope there, and the forward's growth."""

    def shifted(self, change: float) -> MovingSmile:
        """Return the smile with all vols changed by as much: 0.01 is a point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Price, implied volatility and dividends of one underlying."""

    spot: float
    """Price of one share or index point [dollars], > 0."""
    vol: float
    """At-the-money implied volatility for the trade's horizon, per sqrt(year), >= 0."""
    dividend_yield: float = 0.0
    """Continuous dividend yield, per year; beside the cash dividends, if there are any."""
    dividends: tuple[CashDividend, ...] = ()
    """Cash dividends, paid and declared, by rising ex-date; the next are forecast at the same spacing."""

    borrow_fee: float = 0.0
    """Borrow fee of short shares per year, as a fraction of their value at entry, >= 0."""

    smile: MovingSmile | None = None
    """Moves the legs' vols along with the spot, and gives the probability of a profit; None leaves each leg
    its own vol, and takes the probability at the one vol of the quote."""

    def __post_init__(self) -> None:
        """Check every field."""
        object.__setattr__(self, "dividends", records("dividends", CashDividend, self.dividends))
        days = [dividend.ex_date for dividend in self.dividends]
        if days != sorted(set(days)):
            raise InvalidInputError(f"dividends must have rising ex-dates, got {', '.join(map(str, days))}")
        price("spot", self.spot)
        volatility("vol", self.vol)
        yearly("dividend_yield", self.dividend_yield)
        non_negative("borrow_fee", self.borrow_fee)
        if self.smile is not None and not hasattr(self.smile, "change"):
            raise InvalidInputError(
                f"smile must be one of riskcalc.sticky_smile, got {brief_repr(self.smile)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Market data observed on one date.

    Examples
    --------
    >>> market = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": Quote(spot=295.4, vol=0.2)})
    >>> market.quote("IWM").spot
    295.4
    """

    date: dt.date
    rate: float
    """Continuously compounded risk-free rate, per year."""
    quotes: Mapping[str, Quote]
    signals: Mapping[str, float] = field(default_factory=dict)
    """Observed signals that entry rules look at, by name: ``{"sp500_move": -0.034}``."""
    time: dt.time | None = None
    """Time of day, New York; None is the close, and so is any later time."""

    def __post_init__(self) -> None:
        """Check every field."""
        calendar_date("date", self.date)
        yearly("rate", self.rate)
        if self.time is not None:
            time_of_day("time", self.time)
        for symbol, quote in mapping("quotes", self.quotes).items():
            record(f"quotes.{symbol}", Quote, quote)
        for name in mapping("signals", self.signals):
            finite(f"signals.{name}", self.signals[name])

    def quote(self, symbol: str) -> Quote:
        """Return the quote of a symbol.

        Raises
        ------
        InvalidInputError
            The market has no quote for that symbol.
        """
        if text("symbol", symbol) not in self.quotes:
            symbols = ", ".join(sorted(self.quotes)) or "none"
            raise InvalidInputError(f"the market has no quote for {symbol}; quoted: {symbols}")
        return self.quotes[symbol]

    def with_quote(self, symbol: str, **changes: Any) -> Self:  # noqa: ANN401 - the fields of a Quote
        """Return the market with some fields of one quote changed; raises as `quote` does."""
        quote = replace(self.quote(symbol), **changes)
        return replace(self, quotes={**self.quotes, symbol: quote})

    def dividends_until(self, symbol: str, day: dt.date) -> tuple[CashDividend, ...]:
        """Return the cash dividends after the market's date up to a day, forecast where the schedule ends."""
        schedule = with_forecast(self.quote(symbol).dividends, until=day)
        coming = tuple(dividend for dividend in schedule if self.date < dividend.ex_date <= day)
        if len(coming) > MOST_DIVIDENDS:
            raise InvalidInputError(
                f"dividends of {symbol} must be at most {MOST_DIVIDENDS} until {day}, got {len(coming):,}"
            )
        return coming

    def option_dividends_until(self, symbol: str, day: dt.date) -> tuple[CashDividend, ...]:
        """Return the same without those that adjust strikes: the dividends that an option's value feels."""
        return tuple(
            dividend for dividend in self.dividends_until(symbol, day) if not dividend.adjusts_strikes
        )

    def adjusting_dividends_until(self, symbol: str, day: dt.date) -> tuple[CashDividend, ...]:
        """Return the special ones of them, which take as much off the strikes as off the spot."""
        return tuple(dividend for dividend in self.dividends_until(symbol, day) if dividend.adjusts_strikes)

    @property
    def moment(self) -> dt.datetime:
        """Date and time of the market, New York: the close where no time is given, or a later one."""
        return moment_of(self.date, self.time)

    @property
    def at_close(self) -> bool:
        """Whether the market is at the close of its date."""
        return self.moment == close_of(self.date)

    @property
    def as_of(self) -> str:
        """Date and time as text: ``2026-07-20 at the close``, ``2026-07-20 10:30 New York``."""
        if not is_session(self.date):
            return f"{self.date}, {why_closed(self.date)}"
        return f"{self.date} at the close" if self.at_close else f"{self.moment:%Y-%m-%d %H:%M} New York"

    def days_to(self, day: dt.date) -> float:
        """Calendar days, parts of a day included, from now to a day's close; see `clock.days_to_close`."""
        return days_to_close(self.moment, day)

    def days_to_expiry(self, expiry: dt.date, instrument: Instrument) -> float:
        """Calendar days until options end, >= 0: to the close, or to the open where they are settled there.

        Examples
        --------
        >>> from riskcalc.domain import instrument
        >>> market = Market(date=dt.date(2026, 9, 18), time=dt.time(10), rate=0.04, quotes={})
        >>> market.days_to_expiry(dt.date(2026, 9, 18), instrument("IWM"))  # six hours
        0.25
        >>> market.days_to_expiry(dt.date(2026, 9, 18), instrument("RUT"))  # settled at 9:30
        0.0
        """
        return days_to_settlement(self.moment, expiry, instrument.settlement(expiry))

    def years_to(self, day: dt.date) -> float:
        """Years from now to a day's close, ACT/365; negative for the past."""
        return self.days_to(day) / 365

    def years_to_expiry(self, expiry: dt.date, instrument: Instrument) -> float:
        """Years until options end, ACT/365, >= 0; see `days_to_expiry`."""
        return self.days_to_expiry(expiry, instrument) / 365
