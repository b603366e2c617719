"""Known funds, indices and pairs, and their fixed properties."""

from __future__ import annotations

import math
from datetime import date
from enum import StrEnum

from riskcalc.domain.sessions import is_third_friday
from riskcalc.domain.validation import (
    calendar_date,
    finite,
    finite_each,
    flag,
    one_of,
    open_fraction,
    price,
    text,
    whole_count,
    yearly,
)
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass


class ExerciseStyle(StrEnum):
    """When the holder of an option may exercise it."""

    AMERICAN = "american"
    EUROPEAN = "european"


class Settlement(StrEnum):
    """Settlement time of an option on its expiry date."""

    PM = "pm"
    """At the close: 16:00 New York, on half days 13:00."""
    AM = "am"
    """At the open, 9:30 New York; the option last trades on the session before."""


class PayoutSchedule(StrEnum):
    """Frequency of dividends."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMIANNUAL = "semiannual"
    ANNUAL = "annual"
    NONE = "none"
    """No dividends."""
    INDEX = "index"
    """An index: its options are priced with a dividend yield."""
    UNKNOWN = "unknown"

    @property
    def days(self) -> int | None:
        """Calendar days between two payments, rounded up; None without a known frequency."""
        return {"monthly": 31, "quarterly": 92, "semiannual": 184, "annual": 366}.get(self.value)


USUAL_STRIKE_STEPS = ((25.0, 0.5), (250.0, 1.0), (math.inf, 5.0))
"""Upper bound of the share price and usual strike interval below it [dollars]; approximate."""

TICK_CHANGE = 3.0
"""Premium from which the wider tick applies [dollars per share]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A fund or index that shares and options are written on, or a pair of funds in equal dollars.

    Examples
    --------
    >>> Instrument(symbol="SPXL", leverage=3, benchmark="SPY").option_multiplier
    100
    """

    symbol: str
    leverage: float = 1.0
    """Daily return as a multiple of the benchmark's: 1, 3 or -3."""
    fee: float = 0.0
    """Expense ratio of a leveraged fund, a fraction a year."""
    benchmark: str = ""
    """Symbol whose daily return is multiplied; empty when it is the instrument's own."""
    exercise: ExerciseStyle = ExerciseStyle.AMERICAN
    option_multiplier: int = 100
    """Shares (or dollars per index point) per option contract."""
    strike_step: float | None = None
    """Strike interval near the money [dollars]; None: by price, see `USUAL_STRIKE_STEPS`."""
    broad_based: bool = True
    """Whether it follows a broad index, which lowers the margin of a short option."""
    gap_shocks: tuple[float, ...] = ()
    """Least adverse overnight moves to price beside a size, fractions in (0, 1); see `usual_gap_shocks`."""
    tradable_shares: bool = True
    """False for an index, which has cash-settled options but no shares."""
    usual_monthly_settlement: Settlement = Settlement.PM
    """Settlement of third-Friday options as listed."""
    usual_weekly_settlement: Settlement = Settlement.PM
    """Settlement of all other options."""
    monthly_settlement: Settlement | None = None
    """Settlement of third-Friday options as the trade states it; None: as listed."""
    beta: float | None = None
    """Approximate beta to `beta_to`; None if unknown."""
    beta_to: str = ""
    """Symbol that `beta` is measured against; empty without a beta."""
    beta_as_of: date | None = None
    """Date of `beta`."""
    payouts: PayoutSchedule = PayoutSchedule.UNKNOWN
    """Frequency of dividends."""
    tick: float = 0.05
    """Tick of option prices below $3 [dollars per share]."""
    tick_from_3: float = 0.10
    """Tick of option prices of $3 and more [dollars per share]."""
    against: str = ""
    """Symbol of the fund that is sold in equal dollars when this one is bought; empty for an outright."""
    assumed: bool = False
    """True for a symbol without a row in ``instruments.toml``; see `assumption`."""

    def __post_init__(self) -> None:
        """Check every field."""
        for name in ("symbol", "benchmark", "against", "beta_to"):
            text(name, getattr(self, name))
        for name in ("broad_based", "tradable_shares", "assumed"):
            flag(name, getattr(self, name))
        for name, choices in CHOICES.items():
            object.__setattr__(self, name, one_of(name, choices, getattr(self, name)))
        object.__setattr__(self, "gap_shocks", finite_each("gap_shocks", self.gap_shocks))
        yearly("fee", self.fee)
        if not self.symbol:
            raise InvalidInputError("symbol must not be empty")
        if self.against and not self.symbol.endswith(f"/{self.against}"):
            raise InvalidInputError(f"symbol of a pair must end in /{self.against}, got {self.symbol!r}")
        if finite("leverage", self.leverage) == 0:
            raise InvalidInputError("leverage must not be 0")
        whole_count("option_multiplier", self.option_multiplier)
        price("tick", self.tick)
        price("tick_from_3", self.tick_from_3)
        if self.strike_step is not None:
            price("strike_step", self.strike_step)
        for shock in self.gap_shocks:
            open_fraction("gap_shocks", shock)
        self._check_beta()

    def _check_beta(self) -> None:
        """Check that a beta has a reference symbol and a date."""
        if self.beta is None:
            return
        finite("beta", self.beta)
        if not self.beta_to or self.beta_to == self.symbol:
            raise InvalidInputError(
                f"beta_to must name another symbol where beta is given, got {self.beta_to!r}"
            )
        if self.beta_as_of is None:
            raise InvalidInputError("beta_as_of must be a date where beta is given, got none")
        calendar_date("beta_as_of", self.beta_as_of)

    @property
    def held(self) -> str:
        """Symbol of the fund that is bought when this is: its own, or the first of a pair."""
        return self.symbol.removesuffix(f"/{self.against}") if self.against else self.symbol

    @property
    def quoted(self) -> tuple[str, ...]:
        """Symbols whose quotes a trade in it needs: its own, and those of a pair's funds."""
        return (self.symbol, self.held, self.against) if self.against else (self.symbol,)

    def settlement(self, expiry: date) -> Settlement:
        """Settlement of the options of an expiry; third Fridays may differ from other days.

        Examples
        --------
        >>> rut = Instrument(symbol="RUT", tradable_shares=False, usual_monthly_settlement=Settlement.AM)
        >>> str(rut.settlement(date(2026, 9, 18))), str(rut.settlement(date(2026, 9, 25)))
        ('am', 'pm')
        """
        if not is_third_friday(expiry):
            return self.usual_weekly_settlement
        return self.monthly_settlement or self.usual_monthly_settlement

    @property
    def cash_settled(self) -> bool:
        """Whether its options settle in cash."""
        return not self.tradable_shares

    @property
    def leverage_factor(self) -> float:
        """Absolute leverage, which scales margin and gap rules."""
        return abs(self.leverage)

    def strike_step_at(self, spot: float) -> float:
        """Strike interval near the money [dollars]: the instrument's own, or the usual one by price.

        Examples
        --------
        >>> lunr = Instrument(symbol="LUNR")
        >>> [lunr.strike_step_at(spot) for spot in (9.0, 120.0, 800.0)]
        [0.5, 1.0, 5.0]
        """
        if self.strike_step is not None:
            return self.strike_step
        return next(step for below, step in USUAL_STRIKE_STEPS if spot < below)

    def tick_at(self, premium: float) -> float:
        """Tick of an option at a premium [dollars per share]."""
        return self.tick if premium < TICK_CHANGE else self.tick_from_3

    @property
    def assumption(self) -> str:
        """Assumptions about a symbol without a row, in one line; empty for a known instrument.

        Examples
        --------
        >>> Instrument(symbol="LUNR", assumed=True).assumption
        'LUNR is not in instruments.toml: taken as shares with American options, multiplier 100'
        """
        if not self.assumed:
            return ""
        options = f"{self.exercise.title()} options, multiplier {self.option_multiplier}"
        return f"{self.symbol} is not in instruments.toml: taken as shares with {options}"


CHOICES: dict[str, type[StrEnum]] = {
    "exercise": ExerciseStyle,
    "usual_monthly_settlement": Settlement,
    "usual_weekly_settlement": Settlement,
    "payouts": PayoutSchedule,
}
"""Fields of an instrument with a fixed set of values."""
