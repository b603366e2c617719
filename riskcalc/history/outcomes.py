"""How often a stop, a target or neither was hit first after each close of a price history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from riskcalc.domain.legs import Side
from riskcalc.domain.price_history import Excursion, Outcomes, RegimeCounts, TargetCount
from riskcalc.domain.validation import (
    calendar_date,
    listed,
    member,
    multiple,
    open_fraction,
    real,
    record,
    whole_count,
)
from riskcalc.errors import InvalidInputError
from riskcalc.history.bars import Bars, Floats
from riskcalc.history.measures import realized_vol
from riskcalc.history.resampling import standard_error_of_mean
from riskcalc.records import dataclass

Counts: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

REGIMES = ("low", "middle", "high")
REGIME_SESSIONS = 21
TAIL = 0.9
BLOCKS_OF = 2
"""Mean block of the standard errors, in sessions of a trade: overlapping trades depend on each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitMoves:
    """Exits as moves of the underlying, and the sessions in which they act."""

    stop: float
    """Adverse move from the entry, in (0, 1)."""
    targets: tuple[float, ...]
    """Moves in the trade's favor, > 0, nearest first; none is a stop alone."""
    sessions: int
    """After the entry, >= 1."""
    side: Side = Side.LONG
    """A short has its stop above the entry and its targets below."""

    def __post_init__(self) -> None:
        """Check every field."""
        open_fraction("stop", self.stop)
        object.__setattr__(self, "targets", _moves(self.targets))
        whole_count("sessions", self.sessions)
        member("side", Side, self.side)


def outcomes(
    bars: Bars,
    *,
    stop: float,
    targets: float | Sequence[float],
    sessions: int,
    since: dt.date | None = None,
    side: Side = Side.LONG,
) -> Outcomes:
    """Count what was hit first after each close: the stop, the nearest target, or neither.

    Parameters
    ----------
    bars : Bars
        From `read_prices`, with opens, highs and lows.
    stop : float
        Adverse move from the entry, in (0, 1).
    targets : float or sequence of float
        Moves in the trade's favor, > 0, each above the one before; none is a stop alone.
    sessions : int
        Sessions after the entry within which the exits act, >= 1.
    since : date, optional
        First day of entry; the first bar by default.
    side : Side
        LONG by default; SHORT has its stop above the entry and its targets below.

    Returns
    -------
    Outcomes
        Counts with block standard errors, overshoot of gapped stops, excursions, and counts by volatility.

    Raises
    ------
    InvalidInputError
        An argument is outside its range, the bars have closes only, or no entry has all its sessions.

    Notes
    -----
    A trade is entered at each close that has `sessions` bars after it. A level is touched by a low or a high;
    an open beyond it fills at the open. A day that touches both, with an open between them, counts as stop
    first and as ambiguous. Standard errors are those of the stationary bootstrap with blocks of mean
    2 x `sessions`.

    Examples
    --------
    >>> close = np.array([100.0, 97.0, 101.0, 104.0, 111.0])
    >>> days = np.arange("2026-07-13", "2026-07-18", dtype="datetime64[D]")
    >>> bars = Bars(symbol="A", dates=days, open=close, high=close, low=close, close=close)
    >>> found = outcomes(bars, stop=0.06, targets=0.1, sessions=3)
    >>> found.n, found.stop_first, found.target_first, found.neither
    (2, 0, 1, 1)
    """
    exits = ExitMoves(stop=stop, targets=_moves(targets), sessions=sessions, side=side)
    first_and_last = _entries(record("bars", Bars, bars), sessions, since)
    return _Trades.after(bars, exits, first_and_last=first_and_last).counted(bars)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trades:
    """What became of each entry; gains and losses of one share [dollars], those of a short mirrored."""

    exits: ExitMoves
    first: int
    """Place of the first entry among the bars."""
    entry: Floats
    """Price, shape (n,); so are the gains at the levels."""
    at_stop: Floats
    at_targets: tuple[Floats, ...]
    opens: Floats
    """Shape (n, sessions); so are the two below."""
    worst: Floats
    best: Floats
    stopped: Counts
    """Session on which the stop is touched, from 0; `sessions` where it is not. Shape (n,)."""
    reached: tuple[Counts, ...]
    """The same of each target."""

    @classmethod
    def after(cls, bars: Bars, exits: ExitMoves, *, first_and_last: tuple[int, int]) -> _Trades:
        """Follow each entry from the first to the last."""
        (first, last), side = first_and_last, exits.side
        entry = bars.close[first : last + 1]
        ahead = slice(first + 1, last + 1 + exits.sessions)
        high, low = (bars.high, bars.low) if side is Side.LONG else (bars.low, bars.high)
        opens, worst, best = (
            side * (sliding_window_view(values[ahead], exits.sessions) - entry[:, np.newaxis])
            for values in (bars.open, low, high)
        )
        at_stop, at_targets = -exits.stop * entry, tuple(move * entry for move in exits.targets)
        return cls(
            exits=exits,
            first=first,
            entry=entry,
            at_stop=at_stop,
            at_targets=at_targets,
            opens=opens,
            worst=worst,
            best=best,
            stopped=_first_touch(worst <= at_stop[:, np.newaxis]),
            reached=tuple(_first_touch(best >= gain[:, np.newaxis]) for gain in at_targets),
        )

    def counted(self, bars: Bars) -> Outcomes:
        """Counts of all entries."""
        target_first, ambiguous = (
            self._before_stop(0) if self.exits.targets else (np.zeros(self.n, dtype=bool),) * 2
        )
        stop_first = (self.stopped < self.exits.sessions) & ~target_first
        neither = ~stop_first & ~target_first
        gapped, overshoot = self._gapped(stop_first)
        adverse, favorable, before = self._excursions(stop_first, target_first)
        named = {"stop_first": stop_first, "target_first": target_first, "neither": neither}
        last = self.first + self.n - 1
        return Outcomes(
            stop=self.exits.stop,
            sessions=self.exits.sessions,
            side=self.exits.side,
            first_entry=bars.day(self.first),
            last_entry=bars.day(last),
            n=self.n,
            independent=self.n / self.exits.sessions,
            stop_first=int(stop_first.sum()),
            target_first=int(target_first.sum()),
            neither=int(neither.sum()),
            ambiguous=int(ambiguous.sum()),
            gapped_stops=int(gapped.sum()),
            mean_overshoot=float(overshoot.mean()) if len(overshoot) else None,
            overshoot_tail=float(np.quantile(overshoot, TAIL)) if len(overshoot) else None,
            largest_overshoot=float(overshoot.max()) if len(overshoot) else None,
            errors={name: self._error(flags) for name, flags in named.items()},
            targets=tuple(self._target(k) for k in range(len(self.exits.targets))),
            adverse=_excursion(adverse, sign=-1),
            favorable=_excursion(favorable, sign=1),
            adverse_before_target=_excursion(before, sign=-1) if len(before) else None,
            regimes=_regimes(realized_vol(bars, window=REGIME_SESSIONS)[self.first : last + 1], named),
        )

    @property
    def n(self) -> int:
        """Entries."""
        return len(self.stopped)

    def _before_stop(self, target: int) -> tuple[Flags, Flags]:
        """Whether a target was reached before the stop, and whether one day touched both within it."""
        reached = self.reached[target]
        same = (reached == self.stopped) & (reached < self.exits.sessions)
        opened = self._at_session(self.opens, reached)
        above = same & (opened >= self.at_targets[target])
        return (reached < self.stopped) | above, same & ~above & (opened > self.at_stop)

    def _gapped(self, stop_first: Flags) -> tuple[Flags, Floats]:
        """Stops that opened beyond their level, and by what part of the entry price."""
        beyond = self.at_stop - self._at_session(self.opens, self.stopped)
        gapped = stop_first & (beyond > 0)
        return gapped, (beyond / self.entry)[gapped]

    def _excursions(self, stop_first: Flags, target_first: Flags) -> tuple[Floats, Floats, Floats]:
        """Worst and best move of each trade, and the worst of those that reached the target.

        Of the day of the exit the fill alone counts: what came before it, or after, no bar says.
        """
        leaves = np.where(target_first, self.reached[0], self.stopped) if self.at_targets else self.stopped
        opened = self._at_session(self.opens, leaves)
        before, favorable = (
            np.where(leaves > 0, self._at_session(running, leaves - 1), 0.0)
            for running in (
                np.minimum.accumulate(np.minimum(self.worst, 0.0), axis=1),
                np.maximum.accumulate(np.maximum(self.best, 0.0), axis=1),
            )
        )
        fill = np.minimum(opened, self.at_stop)
        adverse = np.where(stop_first, np.minimum(before, fill), before)
        if self.at_targets:
            fill = np.maximum(opened, self.at_targets[0])
            favorable = np.where(target_first, np.maximum(favorable, fill), favorable)
        return adverse / self.entry, favorable / self.entry, (before / self.entry)[target_first]

    def _target(self, target: int) -> TargetCount:
        reached, _ = self._before_stop(target)
        count = int(reached.sum())
        return TargetCount(
            move=self.exits.targets[target], reached=count, share=count / self.n, error=self._error(reached)
        )

    def _error(self, flags: Flags) -> float:
        return standard_error_of_mean(flags.astype(np.float64), mean_block=BLOCKS_OF * self.exits.sessions)

    def _at_session(self, values: Floats, session: Counts) -> Floats:
        """The value of each trade on its own session, or on the last one if it has none."""
        session_index = np.clip(session, 0, self.exits.sessions - 1)[:, np.newaxis]
        picked: Floats = np.take_along_axis(values, session_index, axis=1)[:, 0]
        return picked


def _moves(targets: object) -> tuple[float, ...]:
    """Targets as rising moves; a number is one of them."""
    several = targets if isinstance(targets, (list, tuple, np.ndarray)) else (targets,)
    moves = tuple(real("targets", value) for value in listed("targets", several))
    for move in moves:
        multiple("targets", move)
    if list(moves) != sorted(set(moves)):
        shown = ", ".join(f"{100 * move:+.4g}%" for move in moves)
        raise InvalidInputError(f"targets must rise from the nearest to the furthest, got {shown}")
    return moves


def _entries(bars: Bars, sessions: int, since: dt.date | None) -> tuple[int, int]:
    """Indices of the first and the last entry."""
    if not bars.has_ranges:
        raise InvalidInputError("bars have closes only: stops and targets are touched by lows and highs")
    first = 0
    if since is not None:
        first = int(np.searchsorted(bars.dates, np.datetime64(calendar_date("since", since), "D")))
    last = len(bars) - 1 - sessions
    if last < first:
        start = "" if since is None else f" from {since} on"
        raise InvalidInputError(
            f"sessions must leave an entry{start}, got {sessions}: the prices end on {bars.last_day}"
        )
    return first, last


def _first_touch(touched: Flags) -> Counts:
    """Session of the first touch, from 0; as many as there are without one."""
    first: Counts = np.where(touched.any(axis=1), touched.argmax(axis=1), touched.shape[1])
    return first


def _excursion(moves: Floats, *, sign: int) -> Excursion:
    """Quantiles of moves; `sign` is the sign of the large ones."""
    sizes = sign * moves
    return Excursion(
        median=sign * float(np.median(sizes)),
        tail=sign * float(np.quantile(sizes, TAIL)),
        largest=sign * float(sizes.max()),
    )


def _regimes(vol: Floats, named: dict[str, Flags]) -> tuple[RegimeCounts, ...]:
    """Counts in each third of the trailing volatility at entry."""
    finite = np.flatnonzero(np.isfinite(vol))
    if len(finite) < len(REGIMES):
        return ()
    order = finite[np.argsort(vol[finite], kind="stable")]
    return tuple(
        RegimeCounts(
            name=name,
            vol_from=float(vol[part[0]]),
            vol_to=float(vol[part[-1]]),
            n=len(part),
            **{label: int(flags[part].sum()) for label, flags in named.items()},
        )
        for name, part in zip(REGIMES, np.array_split(order, len(REGIMES)), strict=True)
    )
