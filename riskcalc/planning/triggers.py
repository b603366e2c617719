"""A preset's triggers as rules of the board: their values, and the checks that they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from riskcalc.domain.entry_rules import EntryRules, Trigger
from riskcalc.domain.market import Market
from riskcalc.domain.signals import Signal, SignalBoard, SignalRole, combined, value_with_unit
from riskcalc.domain.trade_plan import Check, CheckStatus
from riskcalc.domain.trading_day import TRIGGER_CHECKS

SEVERITY = (CheckStatus.OK, CheckStatus.WARN, CheckStatus.FAIL)
ONLY_IF = {
    SignalRole.ENTRY: "enter only if",
    SignalRole.STOP: "no entry if",
    SignalRole.HEDGE: "hedge if",
}
HEADS = {
    (SignalRole.ENTRY, True): {"any": "", "all": ""},
    (SignalRole.ENTRY, False): {"any": "no trigger is met: ", "all": "not all triggers are met: "},
    (SignalRole.STOP, True): {"any": "no entry: ", "all": "no entry: "},
    (SignalRole.STOP, False): {"any": "none has fired: ", "all": "not all have fired: "},
}
"""How the message of a role's triggers begins, by whether they are met and how they combine."""
TYPED = "market.signals"
"""Source of a value that the preset or a setting states."""


def trigger_signals(entry: EntryRules, market: Market, board: SignalBoard | None) -> tuple[Signal, ...]:
    """Return each trigger as a rule of the board, with its value.

    Parameters
    ----------
    entry : EntryRules
        Whose triggers are looked at.
    market : Market
        Its signals, as the preset states them or as they were typed, go before the board's.
    board : SignalBoard or None
        A value in another unit than the trigger's is none.
    """
    signals = {} if board is None else {signal.name: signal for signal in board.signals}
    return tuple(_signal(trigger, market, signals.get(trigger.signal)) for trigger in entry.triggers)


def trigger_checks(signals: Sequence[Signal], entry: EntryRules, *, rising: bool) -> tuple[Check, ...]:
    """Return a check for each role that triggers have.

    Parameters
    ----------
    signals : sequence of Signal
        From `trigger_signals`.
    entry : EntryRules
        How the triggers of a role combine.
    rising : bool
        Whether the trade gains as the market rises; a reason to hedge is one for a trade that does not.

    Returns
    -------
    tuple of Check
        Entry triggers that are not met and stop triggers that are fail; old and missing data warn.
    """
    return tuple(_checks(signals, entry, rising=rising))


def _checks(signals: Sequence[Signal], entry: EntryRules, *, rising: bool) -> Iterator[Check]:
    for role in SignalRole:
        matches = [signal for signal in signals if signal.role is role]
        if matches:
            yield _check(role, matches, needs_all=role in entry.needs_all, rising=rising)


def _check(role: SignalRole, signals: list[Signal], *, needs_all: bool, rising: bool) -> Check:
    """The check of all triggers of a role; it names those that its verdict rests on."""
    fired = combined((signal.fired for signal in signals), needs_all=needs_all)
    deciding = [signal for signal in signals if signal.fired is fired]
    name = TRIGGER_CHECKS[role]
    if fired is None:
        rule = (" and " if needs_all else " or ").join(signal.meaning or _rule(signal) for signal in signals)
        return Check(
            name=name, status=CheckStatus.WARN, message=f"{ONLY_IF[role]} {rule}; {_missing(deciding)}"
        )
    status, head = _verdict(role, "all" if needs_all else "any", fired=fired, rising=rising)
    # A stop that has fired stands, however old its data are.
    doubts = [_doubt(signal) for signal in deciding if signal.stale and status is not CheckStatus.FAIL]
    text = f"{head}{'; '.join([*map(_describe_observed, deciding), *doubts])}"
    if status is CheckStatus.OK and not doubts:
        return Check(name=name, status=status, message=text, brief=head.strip(" :") or "met")
    return Check(name=name, status=max(status, CheckStatus.WARN, key=SEVERITY.index), message=text)


def _verdict(role: SignalRole, word: str, *, fired: bool, rising: bool) -> tuple[CheckStatus, str]:
    """The status of a role's triggers, and how its message begins."""
    if role is SignalRole.HEDGE:
        status = CheckStatus.WARN if fired is rising else CheckStatus.OK
        return status, "a reason to hedge: " if fired else "no reason to hedge: "
    status = CheckStatus.OK if fired is (role is SignalRole.ENTRY) else CheckStatus.FAIL
    return status, HEADS[role, fired][word]


def _signal(trigger: Trigger, market: Market, signal: Signal | None) -> Signal:
    typed = market.signals.get(trigger.signal)
    fits = signal is not None and signal.value is not None and _same_unit(trigger, signal)
    unit = trigger.unit or (signal.unit if signal is not None and fits else "")
    if typed is not None:
        value = 100 * typed if trigger.percent else typed
        return _evaluate(trigger, value, unit, source=TYPED, signal=None)
    if signal is None:
        return _evaluate(trigger, None, unit, source="", signal=None)
    return _evaluate(trigger, signal.value if fits else None, unit, source=signal.source, signal=signal)


def _same_unit(trigger: Trigger, signal: Signal) -> bool:
    """Whether a trigger can read the board's value: one without a unit takes any but percent."""
    return trigger.unit == signal.unit or (not trigger.unit and signal.unit != "%")


def _evaluate(
    trigger: Trigger, value: float | None, unit: str, *, source: str, signal: Signal | None
) -> Signal:
    scale = 100 if trigger.percent else 1
    level = trigger.level * scale
    above = trigger.above is not None
    distance = None if value is None else (level - value if above else value - level)
    signed = unit in ("%", "bp") or (signal is not None and signal.signed)
    return Signal(
        name=trigger.signal,
        role=trigger.role,
        rule=f"{'above' if above else 'below'} {_number(level, unit, signed=signed)}",
        fired=None if value is None else trigger.met_by(value / scale),
        value=value,
        unit=unit,
        signed=signed,
        distance=distance,
        as_of=None if signal is None else signal.as_of,
        age_sessions=None if signal is None else signal.age_sessions,
        max_age=1 if signal is None else signal.max_age,
        source=source,
        meaning=trigger.meaning,
        problem=_problem(trigger, value, signal),
    )


def _problem(trigger: Trigger, value: float | None, signal: Signal | None) -> str:
    """Describe why there is no value."""
    if value is not None or signal is None:
        return "" if signal is None or not signal.stale else signal.problem
    if signal.value is not None:
        return f"the board has {trigger.signal} in {signal.unit}, its trigger is in {trigger.unit or 'none'}"
    return signal.problem


def _number(value: float, unit: str, *, signed: bool) -> str:
    """A value in its unit; one without a unit as it was written."""
    return value_with_unit(value, unit, signed=signed) if unit else f"{value:g}"


def _describe_observed(signal: Signal) -> str:
    """A signal as observed, and its rule."""
    value = _number(signal.value or 0.0, signal.unit, signed=True)
    if not signal.unit and (signal.value or 0.0) >= 0:
        value = f"+{value}"
    return f"{signal.name} {value}, rule: {signal.meaning or _rule(signal)}"


def _rule(signal: Signal) -> str:
    return f"{signal.name} is {signal.rule}"


def _missing(signals: Sequence[Signal]) -> str:
    """Describe missing values: why the board has none, or where to enter them."""
    problems = [f"{signal.name}: {signal.problem}" for signal in signals if signal.problem]
    names = ", ".join(f"{TYPED}.{signal.name}" for signal in signals if not signal.problem)
    return "; ".join([*problems, *([f"no value given for {names}"] if names else [])])


def _doubt(signal: Signal) -> str:
    return f"{signal.name} is {signal.age_sessions} sessions old ({signal.as_of}), limit {signal.max_age}"
