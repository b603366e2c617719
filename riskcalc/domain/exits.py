"""Exit plan of a trade: stop, targets, time stop, and gaps over the stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.legs import Side
from riskcalc.domain.sessions import last_session_on_or_before, sessions_later
from riskcalc.domain.validation import (
    calendar_date,
    finite,
    finite_each,
    flag,
    fraction,
    member,
    multiple,
    open_fraction,
    positive,
    probability,
    records,
    whole_count,
)
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

GAPS_BEYOND_STOP = (0.01, 0.03)
"""How far beyond the stop the usual gaps open; IWM opens through a stop by 0.9% on average."""
LONGEST_DAYS = 36_525
"""Maximum holding period: a century."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A favorable move of the underlying at which part of the trade is closed."""

    move: float
    """Move from entry as a fraction, > 0: 0.10 is ten percent in the trade's favor."""
    fraction: float = 1.0
    """Share of the position closed there, in (0, 1]."""
    price: float | None = None
    """The target as a price [dollars], > 0; `ExitPlan.at` finds its move from an entry."""

    def __post_init__(self) -> None:
        """Check every field."""
        if self.price is None:
            multiple("target move", self.move)
        else:
            positive("target price", self.price)
        fraction("target fraction", self.fraction)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPlan:
    """Stop, targets and time stop as moves of the underlying from entry.

    Examples
    --------
    >>> exits = ExitPlan(stop=0.06, targets=(Target(move=0.10, fraction=0.5),), close_dte=21)
    >>> exits.time_stop(entry=date(2026, 7, 20), expiry=date(2026, 9, 18))
    datetime.date(2026, 8, 28)
    """

    stop: float
    """Adverse move from entry that ends the trade, in (0, 1). Without targets a plan has it on both sides, if
    the trade loses both ways."""
    targets: tuple[Target, ...] = ()
    """Nearest first; their fractions sum to at most 1. One at which the trade loses is a second stop."""
    holding_days: int | None = None
    """Calendar days after entry at which the trade is closed, >= 1."""
    close_dte: int | None = None
    """Calendar days before the nearest expiry at which the trade is closed, >= 1."""
    vol_shift: float = 0.0
    """Change of every leg's volatility at the stop: 0.03 is three points up."""
    gap_shocks: tuple[float, ...] = ()
    """Adverse overnight moves to price beside the stop, in (0, 1); empty takes `usual_gap_shocks`."""
    stop_to_breakeven: bool = False
    """Whether the first target moves the stop of the rest of the position to the entry."""
    gap_share: float = 0.0
    """Share of stops that open past the stop and are filled at the first gap shock beyond it, in [0, 1]."""
    side: Side | None = None
    """LONG when the trade gains as the underlying rises; None reads it from the trade's delta."""
    stop_price: float | None = None
    """The stop as a price [dollars], > 0; `at` finds its move from an entry."""

    def __post_init__(self) -> None:
        """Check every field and the fields against each other."""
        object.__setattr__(self, "targets", records("targets", Target, self.targets))
        object.__setattr__(self, "gap_shocks", finite_each("gap_shocks", self.gap_shocks))
        if self.stop_price is None:
            open_fraction("stop", self.stop)
        else:
            positive("stop price", self.stop_price)
        finite("vol_shift", self.vol_shift)
        for shock in self.gap_shocks:
            open_fraction("gap_shocks", shock)
        probability("gap_share", self.gap_share)
        flag("stop_to_breakeven", self.stop_to_breakeven)
        if self.side is not None:
            member("side", Side, self.side)
        for field, days in (("holding_days", self.holding_days), ("close_dte", self.close_dte)):
            if days is not None and whole_count(field, days) > LONGEST_DAYS:
                raise InvalidInputError(f"{field} must be at most {LONGEST_DAYS:,}, got {days:,}")
        moves = [target.move for target in self.targets]
        # The order of two prices depends on the entry.
        if not self.priced and moves != sorted(set(moves)):
            move_texts = ", ".join(f"{100 * move:+.4g}%" for move in moves)
            raise InvalidInputError(f"targets must rise from the nearest to the furthest, got {move_texts}")
        closed = sum(target.fraction for target in self.targets)
        if closed > 1 + 1e-9:
            raise InvalidInputError(f"target fractions must sum to at most 1, got {closed:g}")

    @property
    def priced(self) -> bool:
        """Whether the stop or a target is a price, whose move is not known without an entry."""
        return self.stop_price is not None or any(target.price is not None for target in self.targets)

    def at(self, *, entry: float, side: Side) -> ExitPlan:
        """Return the exits as moves from an entry.

        Parameters
        ----------
        entry : float
            Spot that stop and targets are moves from [dollars], > 0.
        side : Side
            LONG for a trade that gains as the underlying rises: its stop lies below the entry.

        Raises
        ------
        InvalidInputError
            A price lies on the wrong side of the entry, or the targets do not rise from the nearest.

        Examples
        --------
        >>> exits = ExitPlan(stop=0.06, stop_price=270.0)
        >>> exits.at(entry=300.0, side=Side.LONG).stop
        0.1
        """
        if not self.priced:
            return self
        about = _Entry(entry, side)
        stop = self.stop if self.stop_price is None else about.adverse("exits.stop", self.stop_price)
        targets = tuple(
            target
            if target.price is None
            else Target(move=about.favorable(f"exits.targets.{k}", target.price), fraction=target.fraction)
            for k, target in enumerate(self.targets)
        )
        return replace(self, stop=stop, stop_price=None, targets=targets)

    def gaps(self, instrument: Instrument) -> tuple[float, ...]:
        """Return the adverse overnight moves to price: those stated, else the usual ones of an instrument."""
        return self.gap_shocks or usual_gap_shocks(instrument, stop=self.stop)

    def time_stop(self, *, entry: date, expiry: date | None) -> date | None:
        """The session on which the trade is closed at the latest; None when neither rule nor expiry sets one.

        A rule that leads to a day on which the exchange is closed means the session before it; where that is
        the day of entry, the session after.

        Parameters
        ----------
        entry : date
            Day of entry.
        expiry : date or None
            Nearest expiry of the trade.

        Raises
        ------
        InvalidInputError
            The rule `close_dte` puts the time stop on or before the entry, or no expiry gives it a meaning.
        """
        calendar_date("entry", entry)
        days = [calendar_date("expiry", expiry)] if expiry is not None else []
        if self.holding_days is not None:
            days.append(_session(entry + timedelta(days=self.holding_days), entry=entry))
        if self.close_dte is not None:
            days.append(self._close_before(entry=entry, expiry=expiry))
        return min(days, default=None)

    def _close_before(self, *, entry: date, expiry: date | None) -> date:
        """Day that `close_dte` names."""
        if expiry is None:
            raise InvalidInputError("close_dte needs an option leg; use holding_days for shares")
        day = expiry - timedelta(days=self.close_dte or 0)
        if day <= entry:
            left = (expiry - entry).days
            raise InvalidInputError(
                f"close_dte must be below the {left} days left to the expiry, got {self.close_dte}"
            )
        return _session(day, entry=entry)


def _session(day: date, *, entry: date) -> date:
    """The last session up to a day; the first after the entry where that is no later."""
    session = last_session_on_or_before(day)
    return session if session > entry else sessions_later(entry, 1)


class _Entry(NamedTuple):
    """Entry price and side that moves are measured from."""

    price: float
    side: Side

    def adverse(self, field: str, level: float) -> float:
        """Move to a stop."""
        return self._move(field, level, to=-self.side, what="stop")

    def favorable(self, field: str, level: float) -> float:
        """Move to a target."""
        return self._move(field, level, to=self.side, what="target")

    def _move(self, field: str, level: float, *, to: int, what: str) -> float:
        move = to * (level - self.price) / self.price
        if not move > 0:
            side, where = self.side.name.lower(), "above" if to > 0 else "below"
            raise InvalidInputError(
                f"{field} must be {where} the entry {self.price:,.2f}: it is the {what} of a {side} trade, "
                f"got ${level:,.2f}"
            )
        return move


def usual_gap_shocks(instrument: Instrument, *, stop: float) -> tuple[float, ...]:
    """Return the overnight moves to price where the exits name none; each opens beyond the stop.

    Parameters
    ----------
    instrument : Instrument
        Its own `gap_shocks` are the least; a fund or pair without any has none.
    stop : float
        Adverse move from entry that ends the trade, in (0, 1).

    Returns
    -------
    tuple of float
        Two fractions in (0, 1), rising: 1 and 3 points beyond the stop, or the instrument's own if further.

    Examples
    --------
    >>> from riskcalc.domain import instrument
    >>> usual_gap_shocks(instrument("IWM"), stop=0.06), usual_gap_shocks(instrument("TNA"), stop=0.12)
    ((0.07, 0.09), (0.15, 0.25))
    """
    least = instrument.gap_shocks or (0.0, 0.0)
    beyond = (*GAPS_BEYOND_STOP, *(GAPS_BEYOND_STOP[-1] for _ in least[2:]))
    # A stop near 100% leaves no room for a point beyond it.
    shocks = (
        min(max(shock, round(stop + more, 12)), (1 + stop) / 2)
        for shock, more in zip(least, beyond, strict=False)
    )
    return tuple(dict.fromkeys(shocks))
