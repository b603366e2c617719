"""Where each entry of a price history is closed: stop, targets and time stop, session by session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskcalc.domain.backtest import ExitReason
from riskcalc.domain.legs import Side
from riskcalc.history.bars import Bars, Floats
from riskcalc.records import dataclass

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_CELLS = 500_000
"""Entries times sessions that are looked at in one go, so that memory stays small."""

REASONS = (ExitReason.STOP, ExitReason.BREAKEVEN, ExitReason.TIME, ExitReason.OPEN)
"""Codes of `Walk.reason`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRules:
    """Exits as moves of the underlying from the entry."""

    side: Side
    stop: float
    targets: tuple[float, ...]
    stop_to_breakeven: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walk:
    """Fills of each entry; arrays of shape (n,), or (n, fills): each target, then the last exit."""

    bar: Counts
    """Bar of each fill, -1 for a target that is not reached."""
    price: Floats
    """Of the underlying [dollars]; NaN for a target that is not reached."""
    at_open: Flags
    """Filled at the open, which lay beyond the level."""
    reason: Counts
    """Of the last exit: an index into `REASONS`."""
    ambiguous: Flags
    """Whether a day touched both stop and target, with no price to show which came first."""


def walk_exits(bars: Bars, rules: WalkRules, *, entries: Counts, last: Counts, cut: Flags) -> Walk:
    """Follow entries to their exits.

    Parameters
    ----------
    bars : Bars
        With opens, highs and lows.
    rules : WalkRules
        The same for all.
    entries, last : ndarray of int
        Bars of entry, at the close, and of the time stop, at the close: later than the entry.
    cut : ndarray of bool
        Whether the prices end before the time stop, so that `last` is their last bar.

    Returns
    -------
    Walk

    Notes
    -----
    A level is touched by a low or a high; an open beyond it fills at the open. On a day that touches a stop
    and a target the stop comes first, unless the day opened beyond the target. From the first target on, if
    the rules move it, the stop is the entry price; of that target's own day only a close beyond it counts, or
    a low after an open beyond the target.
    """
    parts = [_walk(bars, rules, *block) for block in _blocks(entries, last, cut)]
    return Walk(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _blocks(entries: Counts, last: Counts, cut: Flags) -> Iterator[tuple[Counts, Counts, Flags]]:
    longest = max(int((last - entries).max(initial=1)), 1)
    size = max(MOST_CELLS // longest, 1)
    for start in range(0, max(len(entries), 1), size):
        rows = slice(start, start + size)
        yield entries[rows], last[rows], cut[rows]


class _Paths(NamedTuple):
    """Prices after each entry, those of a short mirrored: shape (n, sessions); `width` marks no touch."""

    opens: Floats
    worst: Floats
    best: Floats
    close: Floats
    inside: Flags
    """Up to the time stop."""

    @classmethod
    def after(cls, bars: Bars, side: Side, entries: Counts, last: Counts) -> _Paths:
        ahead = np.arange(1, max(int((last - entries).max(initial=1)), 1) + 1)
        bar_indices = entries[:, np.newaxis] + ahead
        inside = bar_indices <= last[:, np.newaxis]
        high, low = (bars.high, bars.low) if side is Side.LONG else (bars.low, bars.high)
        opens, worst, best, close = (
            side * values.take(bar_indices, mode="clip") for values in (bars.open, low, high, bars.close)
        )
        return cls(opens, worst, best, close, inside)

    @property
    def width(self) -> int:
        return int(self.opens.shape[1])

    def first(self, touched: Flags) -> Counts:
        """Session of the first touch, from 0; the width where there is none."""
        touched = touched & self.inside
        first_touch: Counts = np.where(touched.any(axis=1), touched.argmax(axis=1), self.width)
        return first_touch

    def on(self, values: Floats, session: Counts) -> Floats:
        """The value of each entry on its own session, or on the last one if it has none."""
        session_index = np.minimum(session, self.width - 1)[:, np.newaxis]
        picked: Floats = np.take_along_axis(values, session_index, axis=1)[:, 0]
        return picked


class _Touches(NamedTuple):
    """Sessions at which levels are touched, levels mirrored like the paths."""

    stopped: Counts
    """Of the stop in force."""
    level: Floats
    """That stop."""
    moved: Flags
    """Whether it is the entry price."""
    at_level: Flags
    """Whether it fills at its level whatever the open: it moved on the same day."""
    reached: list[Counts]
    filled: list[Flags]
    """Whether each target is filled before the stop."""
    ambiguous: Flags


def _walk(
    bars: Bars, rules: WalkRules, entries: Counts, last: Counts, cut: Flags
) -> dict[str, NDArray[np.generic]]:
    side, paths = rules.side, _Paths.after(bars, rules.side, entries, last)
    entry = side * bars.close[entries]
    levels = [entry + move * np.abs(entry) for move in rules.targets]
    touches = _touches(paths, entry, levels, rules)
    stopped = touches.stopped < paths.width
    opened = paths.on(paths.opens, touches.stopped)
    gapped = stopped & (opened < touches.level) & ~touches.at_level
    at_stop = np.where(gapped, opened, touches.level)
    price = np.where(stopped, at_stop, side * bars.close[last])
    exit_bar = np.where(stopped, entries + 1 + touches.stopped, last)
    reason = np.where(stopped, touches.moved.astype(np.int64), np.where(cut, 3, 2))
    fills = [
        _target_fill(paths, entries, level, reached, filled)
        for level, reached, filled in zip(levels, touches.reached, touches.filled, strict=True)
    ]
    fills.append((exit_bar, price, gapped))
    exit_bars, prices, opens = (np.stack(column, axis=1) for column in zip(*fills, strict=True))
    return {
        "bar": exit_bars,
        "price": side * prices,
        "at_open": opens,
        "reason": reason,
        "ambiguous": touches.ambiguous,
    }


def _target_fill(
    paths: _Paths, entries: Counts, level: Floats, reached: Counts, filled: Flags
) -> tuple[Counts, Floats, Flags]:
    opened = paths.on(paths.opens, reached)
    beyond = filled & (opened > level)
    price = np.where(filled, np.maximum(opened, level), np.nan)
    return np.where(filled, entries + 1 + reached, -1), price, beyond


def _touches(paths: _Paths, entry: Floats, levels: Sequence[Floats], rules: WalkRules) -> _Touches:
    """Stop and targets in their order."""
    original = entry - rules.stop * np.abs(entry)
    stopped = paths.first(paths.worst <= original[:, np.newaxis])
    reached = [paths.first(paths.best >= level[:, np.newaxis]) for level in levels]
    none = np.zeros(len(entry), dtype=np.bool_)
    if not levels or not rules.stop_to_breakeven:
        filled = [
            _target_before_stop(paths, session, stopped, level)
            for session, level in zip(reached, levels, strict=True)
        ]
        unclear = _is_ambiguous(paths, stopped, original, reached, filled)
        return _Touches(stopped, original, none, none, reached, filled, unclear)
    first = _target_before_stop(paths, reached[0], stopped, levels[0])
    certain, after, doubtful = _breakeven(paths, entry, reached[0], levels[0])
    moved = np.where(certain, reached[0], after)
    stopped = np.where(first, moved, stopped)
    level = np.where(first, entry, original)
    further = [
        first & _target_before_stop(paths, session, stopped, target)
        for session, target in zip(reached[1:], levels[1:], strict=True)
    ]
    filled = [first, *further]
    unclear = _is_ambiguous(paths, stopped, level, reached, filled) | (first & doubtful)
    return _Touches(stopped, level, first, first & certain, reached, filled, unclear)


def _target_before_stop(paths: _Paths, reached: Counts, stopped: Counts, level: Floats) -> Flags:
    """Whether a target is filled before a stop: on an earlier day, or at the open of the same one."""
    same = (reached == stopped) & (reached < paths.width)
    reached_first: Flags = (reached < stopped) | (same & (paths.on(paths.opens, reached) >= level))
    return reached_first


def _breakeven(paths: _Paths, entry: Floats, reached: Counts, target: Floats) -> tuple[Flags, Counts, Flags]:
    """Whether the moved stop is hit on its first day for certain, when later, and whether it may be."""
    worst, close, opened = (paths.on(values, reached) for values in (paths.worst, paths.close, paths.opens))
    touched = worst <= entry
    certain = (close <= entry) | ((opened >= target) & touched)
    sessions = np.arange(paths.width)
    later = paths.first((paths.worst <= entry[:, np.newaxis]) & (sessions > reached[:, np.newaxis]))
    return certain, later, touched & ~certain


def _is_ambiguous(
    paths: _Paths, stopped: Counts, level: Floats, reached: Sequence[Counts], filled: Sequence[Flags]
) -> Flags:
    """Whether the day of the stop touches a target that is not filled, with an open between them."""
    unclear = np.zeros(len(stopped), dtype=np.bool_)
    between = (stopped < paths.width) & (paths.on(paths.opens, stopped) > level)
    for session, done in zip(reached, filled, strict=True):
        unclear |= between & ~done & (session == stopped)
    return unclear
