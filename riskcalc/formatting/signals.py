"""The signal board as tables of text."""

from __future__ import annotations

from riskcalc.domain import TradePlan
from riskcalc.domain.signals import Signal, SignalBoard, SignalRole, value_with_unit
from riskcalc.formatting.metric import Style
from riskcalc.formatting.numbers import MISSING, count
from riskcalc.formatting.table import Table
from riskcalc.records import dataclass

ROLE_WORDS = {
    SignalRole.STOP: "Stop Signals: No New Longs While One Has Fired",
    SignalRole.ENTRY: "Entry Rules: Longs Only While All Are Met",
    SignalRole.HEDGE: "Hedge Signals",
}

HEADER = ("signal", "state", "value", "to go", "age", "rule", "source")
"""Most important columns first, since a narrow screen cuts tables from the right."""
LEFT = frozenset({0, 1, 5, 6})
"""Columns of words."""
LEFT_OF_TRIGGERS = frozenset({0, 1, 2, 6, 7})
"""The same with the role after the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardVerdict:
    """Description of whether a board allows new long trades."""

    words: str
    because: str
    """Signals that decide or are in doubt; empty if there are none."""
    style: Style


def board_verdict(board: SignalBoard) -> BoardVerdict:
    """Return whether new longs are allowed: no stop signal has fired, and every entry rule is met.

    Parameters
    ----------
    board : SignalBoard
        Old or missing data of a stop signal or an entry rule leave it open; those of a hedge signal do not.
    """
    stops = [signal.name for signal in board.deciding(SignalRole.STOP) if signal.fired]
    if stops:
        return BoardVerdict(words="no new longs", because=f"{', '.join(stops)} fired", style=Style.BAD)
    unmet = [_of_symbols(signal) for signal in board.deciding(SignalRole.ENTRY) if signal.fired is False]
    if unmet:
        return BoardVerdict(words="no new longs", because=f"{', '.join(unmet)} not met", style=Style.BAD)
    doubtful = [
        signal for signal in board.signals if signal.counts and (signal.fired is None or signal.stale)
    ]
    doubt_text = f"{count(len(doubtful), 'signal')} old or without data" if doubtful else ""
    if any(signal.role is not SignalRole.HEDGE for signal in doubtful):
        return BoardVerdict(words="no stop signal has fired", because=doubt_text, style=Style.WARN)
    if doubtful:
        doubt_text = f"{count(len(doubtful), 'hedge signal')} old or without data"
    return BoardVerdict(words="longs allowed", because=doubt_text, style=Style.GOOD)


def _of_symbols(signal: Signal) -> str:
    """Its name, with what it decides on where that is not everything."""
    return f"{signal.name} ({', '.join(signal.symbols)})" if signal.symbols else signal.name


def signals_title(board: SignalBoard) -> str:
    """The verdict of the board, and its day."""
    verdict = board_verdict(board)
    joint = ", " if verdict.style is Style.BAD else "; "
    return f"Signals on {board.day}: {joint.join(filter(None, (verdict.words, verdict.because)))}"


def signals_tables(board: SignalBoard) -> tuple[Table, ...]:
    """Tables of the board: stop signals, entry rules, hedge signals; members after their combination."""
    return tuple(
        Table(title=title, header=HEADER, rows=rows, left=LEFT)
        for role, title in ROLE_WORDS.items()
        if (rows := tuple(_row(signal) for signal in board.signals if signal.role is role))
    )


def plan_triggers(plan: TradePlan) -> Table:
    """Table of a plan's triggers with their values; no rows where it has none."""
    rows = tuple((trigger.name, trigger.role.value, *_row(trigger)[1:]) for trigger in plan.triggers)
    header = ("signal", "role", *HEADER[1:])
    return Table(title="Triggers of the Preset", header=header, rows=rows, left=LEFT_OF_TRIGGERS)


def _row(signal: Signal) -> tuple[str, ...]:
    name = signal.name if signal.counts else f"  {signal.name}"
    state = signal.state.upper() if signal.fired and signal.role is not SignalRole.ENTRY else signal.state
    source = "; ".join(part for part in (signal.source, signal.problem) if part)
    return (
        name,
        state,
        signal.value_text or MISSING,
        _distance_text(signal),
        _age(signal),
        signal.rule,
        source,
    )


def _distance_text(signal: Signal) -> str:
    """How far the value is from its level."""
    if signal.distance is None or signal.fired:
        return MISSING if signal.distance is None else "0"
    return value_with_unit(max(signal.distance, 0.0), signal.unit)


def _age(signal: Signal) -> str:
    """Age of the data in sessions, with a mark where it is over its limit."""
    if signal.age_sessions is None:
        return MISSING
    return f"{signal.age_sessions}{' OLD' if signal.stale else ''}"
