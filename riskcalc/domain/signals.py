"""Signals of the market: a value in its own unit, the rule on it, and what the rule decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from riskcalc.domain.serialization import to_plain
from riskcalc.domain.validation import calendar_date, text
from riskcalc.records import dataclass

UNITS = {
    "%": "percent",
    "bp": "basis points",
    "points": "index points or dollars of a price",
    "$M": "millions of dollars",
    "sd": "standard deviations",
    "ratio": "a plain ratio",
    "positions": "open trades",
}
"""Units of values and levels, with what each is."""


class SignalRole(StrEnum):
    """Decision that a fired signal makes."""

    ENTRY = "entry"
    """A long trade is entered only while it has fired."""
    STOP = "stop"
    """No new longs while it has fired."""
    HEDGE = "hedge"
    """A reason to hedge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One line of the board."""

    name: str
    role: SignalRole
    rule: str
    """Description with units: ``above +25 bp``, ``any of sp500_move, ten_year_change_bp``."""
    fired: bool | None
    """Whether the rule is met; None if the data do not show it."""
    value: float | None = None
    """In `unit`; None for a combination, and where it is not known."""
    unit: str = ""
    signed: bool = False
    """Whether the value is a change, shown with its sign."""
    distance: float | None = None
    """How far the value still is from its level, in `unit`; 0 or less once it has fired."""
    as_of: dt.date | None = None
    """Day of the newest value that it uses."""
    age_sessions: int | None = None
    """NYSE sessions from that day to the day of the board; None without a value."""
    max_age: int = 1
    """Largest age without a warning [sessions]."""
    source: str = ""
    """Series and file, or how it was typed."""
    meaning: str = ""
    symbols: tuple[str, ...] = ()
    """Benchmarks of the trades that it applies to; empty for all."""
    counts: bool = True
    """Whether it counts by itself; a member of a combination without its own role does not."""
    problem: str = ""
    """Why the value is missing or doubtful; empty otherwise."""

    @property
    def stale(self) -> bool:
        """Whether its data are older than its rule allows."""
        return self.age_sessions is not None and self.age_sessions > self.max_age

    @property
    def value_text(self) -> str:
        """The value with its unit; empty where it is not known."""
        return "" if self.value is None else value_with_unit(self.value, self.unit, signed=self.signed)

    @property
    def state(self) -> str:
        """In a word or two: fired or armed, of an entry rule met or not; or no data."""
        if self.fired is None:
            return "no data"
        if self.role is SignalRole.ENTRY:
            return "met" if self.fired else "not met"
        return "fired" if self.fired else "armed"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data; null means not known."""
        data: dict[str, Any] = to_plain(self)
        return data | {"stale": self.stale}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalBoard:
    """All signals on one day."""

    day: dt.date
    signals: tuple[Signal, ...]

    def __post_init__(self) -> None:
        """Check the day."""
        calendar_date("day", self.day)

    @property
    def stopped(self) -> bool:
        """Whether a stop signal has fired."""
        return any(signal.fired for signal in self.deciding(SignalRole.STOP))

    def deciding(self, role: SignalRole, *, benchmark: str = "") -> tuple[Signal, ...]:
        """Return the signals of a role that decide by themselves, on trades of one benchmark if given."""
        return tuple(
            signal
            for signal in self.signals
            if signal.counts
            and signal.role is role
            and (not benchmark or not signal.symbols or benchmark in signal.symbols)
        )

    def values(self) -> Mapping[str, str]:
        """Known values by name, with their units, as a preset's ``market.signals`` takes them."""
        return {signal.name: _preset_text(signal) for signal in self.signals if signal.value is not None}


def combined(states: Iterable[bool | None], *, needs_all: bool) -> bool | None:
    """Return whether any or all of some rules are met; None where unknown ones decide.

    Examples
    --------
    >>> combined([True, None], needs_all=False), combined([True, None], needs_all=True)
    (True, None)
    """
    pending, decided = list(states), not needs_all
    if decided in pending:
        return decided
    return None if None in pending else not decided


def value_with_unit(value: float, unit: str, *, signed: bool = False) -> str:
    """Write a value in its own unit.

    Parameters
    ----------
    value : float
        In `unit`.
    unit : str
        One of `UNITS`.
    signed : bool
        Show the sign of gains too.

    Examples
    --------
    >>> value_with_unit(28, "bp", signed=True), value_with_unit(-3.4, "%"), value_with_unit(-250, "$M")
    ('+28 bp', '-3.4%', '-$250M')
    """
    text("unit", unit)
    number = round(value, 0 if unit == "$M" else 2 if abs(value) >= 0.01 else 4) + 0.0
    sign = "-" if number < 0 else "+" if signed and number > 0 else ""
    amount = f"{abs(number):,.6g}" if abs(number) < 1e6 else f"{abs(number):,.0f}"
    if unit == "$M":
        return f"{sign}${amount}M"
    return f"{sign}{amount}{_unit_suffix(unit)}"


def _unit_suffix(unit: str) -> str:
    if unit in ("", "ratio"):
        return ""
    return "%" if unit == "%" else f" {unit}"


def _preset_text(signal: Signal) -> str:
    """The value for a preset's trigger: percent with its sign, all else as a number."""
    return f"{signal.value!r}%" if signal.unit == "%" else f"{signal.value!r}"
