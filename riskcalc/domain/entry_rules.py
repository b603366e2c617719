"""Entry rules of a trade: days to expiry, widest stop, and rules on market signals."""

from __future__ import annotations

from dataclasses import field

from riskcalc.domain.signals import UNITS, SignalRole, value_with_unit
from riskcalc.domain.validation import (
    brief_repr,
    finite,
    listed,
    one_of,
    open_fraction,
    records,
    text,
    whole_count,
)
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A rule on a market signal; exactly one of `below` and `above` is set."""

    signal: str
    """Name under which the market or the signal board reports it: ``"sp500_move"``."""
    below: float | None = None
    above: float | None = None
    meaning: str = ""
    """Description of the rule."""
    role: SignalRole = SignalRole.ENTRY
    """What a met rule decides; see `riskcalc.domain.signals.SignalRole`."""
    unit: str = field(default="", compare=False)
    """One of the units of signals, or empty for that of the board; percent are fractions here."""

    def __post_init__(self) -> None:
        """Check that there is one level."""
        text("signal", self.signal)
        text("meaning", self.meaning)
        object.__setattr__(self, "role", one_of("role", SignalRole, self.role))
        if self.unit and self.unit not in UNITS:
            raise InvalidInputError(f"unit must be one of {', '.join(UNITS)}, got {brief_repr(self.unit)}")
        if (self.below is None) == (self.above is None):
            raise InvalidInputError(f"trigger {self.signal}: exactly one of below and above must be set")
        for side, level in (("below", self.below), ("above", self.above)):
            if level is not None:
                finite(f"{side} of trigger {self.signal}", level)

    @property
    def percent(self) -> bool:
        """Whether the signal is in percent."""
        return self.unit == "%"

    @property
    def level(self) -> float:
        """The level, whichever side it is of."""
        return self.below if self.below is not None else self.above or 0.0

    def format_value(self, value: float) -> str:
        """Write a level or an observed value in the signal's unit.

        Examples
        --------
        >>> Trigger(signal="sp500_move", below=-0.03, unit="%").format_value(-0.034)
        '-3.4%'
        >>> Trigger(signal="ten_year_change_bp", above=25, unit="bp").format_value(28)
        '28 bp'
        """
        if self.unit in ("", "%"):
            return f"{100 * value:.4g}%" if self.percent else f"{value:g}"
        return value_with_unit(value, self.unit)

    def met_by(self, observed: float) -> bool:
        """Whether an observed value is past the level."""
        if self.below is not None:
            return observed < self.below
        return self.above is not None and observed > self.above


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRules:
    """Conditions a plan checks before entry; empty rules allow everything."""

    min_days: int | None = None
    """Fewest calendar days to the nearest expiry, or to the time stop of a trade in shares, >= 1."""
    max_days: int | None = None
    """Most calendar days to the nearest expiry, or to the time stop of a trade in shares, >= 1."""
    max_stop: float | None = None
    """Widest stop the rule allows, a fraction in (0, 1)."""
    triggers: tuple[Trigger, ...] = ()
    """Rules on signals; of each role one that is met is enough, but for those of `needs_all`."""
    needs_all: frozenset[SignalRole] = frozenset()
    """Roles whose triggers count only when all of them are met."""

    def __post_init__(self) -> None:
        """Check every field and the fields against each other."""
        object.__setattr__(self, "triggers", records("triggers", Trigger, self.triggers))
        roles = frozenset(
            one_of("needs_all", SignalRole, need) for need in listed("needs_all", self.needs_all)
        )
        object.__setattr__(self, "needs_all", roles)
        for name, days in (("min_days", self.min_days), ("max_days", self.max_days)):
            if days is not None:
                whole_count(name, days)
        if self.min_days is not None and self.max_days is not None and self.min_days > self.max_days:
            raise InvalidInputError(
                f"min_days must be at most max_days, got {self.min_days} and {self.max_days}"
            )
        if self.max_stop is not None:
            open_fraction("max_stop", self.max_stop)

    def allows_days(self, days: int) -> bool:
        """Whether the rules allow this many calendar days to the nearest expiry or the time stop."""
        fewest, most = self.min_days, self.max_days
        return (fewest is None or days >= fewest) and (most is None or days <= most)
