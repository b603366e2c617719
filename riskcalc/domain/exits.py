"""How a trade is left: stop, targets, time stop, and the gaps that jump over a stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.ranges import finite, fraction, open_fraction, positive, probability, whole_count
from riskcalc.domain.sessions import last_session_on_or_before, sessions_later
from riskcalc.domain.trade import Side
from riskcalc.errors import InvalidInputError

GAPS_BEYOND_STOP = (0.01, 0.03)
"""How far beyond the stop the usual gaps open; IWM opens through a stop by 0.9 % on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A favourable move of the underlying at which part of the trade is closed."""

    move: float
    """Move from entry as a fraction, > 0: 0.10 is ten per cent in the trade's favour."""
    fraction: float = 1.0
    """Share of the position closed there, in (0, 1]."""

    def __post_init__(self) -> None:
        """Check every field."""
        positive("target move", self.move)
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
    """Whether the first target moves the stop of what is left to the entry."""
    gap_share: float = 0.0
    """Share of stops that open past the stop and are filled at the first gap shock beyond it, in [0, 1]."""
    side: Side | None = None
    """LONG when the trade gains as the underlying rises; None reads it from the trade's delta."""

    def __post_init__(self) -> None:
        """Check every field and the fields against each other."""
        open_fraction("stop", self.stop)
        finite("vol_shift", self.vol_shift)
        for shock in self.gap_shocks:
            open_fraction("gap shock", shock)
        probability("gap_share", self.gap_share)
        if not isinstance(self.stop_to_breakeven, bool):
            raise InvalidInputError(
                f"stop_to_breakeven must be true or false, got {self.stop_to_breakeven!r}"
            )
        for field, days in (("holding_days", self.holding_days), ("close_dte", self.close_dte)):
            if days is not None:
                whole_count(field, days)
        moves = [target.move for target in self.targets]
        if moves != sorted(set(moves)):
            raise InvalidInputError(f"targets must rise from the nearest to the furthest, got {moves}")
        closed = sum(target.fraction for target in self.targets)
        if closed > 1 + 1e-9:
            raise InvalidInputError(f"target fractions must sum to at most 1, got {closed:g}")

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
        days = [expiry] if expiry else []
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
    >>> from riskcalc.domain.instrument import instrument
    >>> usual_gap_shocks(instrument("IWM"), stop=0.06), usual_gap_shocks(instrument("TNA"), stop=0.12)
    ((0.07, 0.09), (0.15, 0.25))
    """
    least = instrument.gap_shocks or (0.0, 0.0)
    beyond = (*GAPS_BEYOND_STOP, *(GAPS_BEYOND_STOP[-1] for _ in least[2:]))
    # A stop near 100 % leaves no room for a point beyond it.
    shocks = (
        min(max(shock, round(stop + more, 12)), (1 + stop) / 2)
        for shock, more in zip(least, beyond, strict=False)
    )
    return tuple(dict.fromkeys(shocks))
