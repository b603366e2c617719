"""The board: every rule read off the filed series on one day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping

from riskcalc.domain.sessions import sessions_between
from riskcalc.domain.signals import Signal, SignalBoard, SignalRole, combined
from riskcalc.domain.validation import calendar_date
from riskcalc.errors import PresetError
from riskcalc.signals.book_values import ReadBook, book_series
from riskcalc.signals.known_series import is_known_series
from riskcalc.signals.measures import Measure, Reading, fund_flow, read_measure
from riskcalc.signals.rules import BOOK_UNITS, Rule, load_rules, own_rules
from riskcalc.signals.series import Series


def todays_board(
    day: dt.date, store: Mapping[str, Series], *, book: ReadBook | None = None
) -> SignalBoard | None:
    """Return the board of a day from the user's files; None where no data and no rules were ever given.

    Parameters
    ----------
    day : date
        Day of the board.
    store : mapping
        From `read_store`.
    book : callable, optional
        Reads the values of the user's book; called only where a rule is on them.

    Raises
    ------
    PresetError
        A file of rules cannot be read.
    """
    if not store and not own_rules().exists():
        return None
    rules = load_rules()
    return signal_board(rules, {**store, **book_series(rules, book)}, day=day)


def signal_board(rules: Iterable[Rule], store: Mapping[str, Series], *, day: dt.date) -> SignalBoard:
    """Evaluate each rule on the series as known on a day.

    Parameters
    ----------
    rules : iterable of Rule
        From `load_rules`.
    store : mapping
        Series by name, from `read_store`; values after `day` are ignored.
    day : date
        Day of the board; ages are NYSE sessions up to it.

    Raises
    ------
    PresetError
        A rule is on a series that no file of a rules_by_name kind can bring.
    """
    calendar_date("day", day)
    rules_by_name = {rule.name: rule for rule in rules}
    _require_known_series(rules_by_name.values(), store)
    until_day = {name: cut for name, series in store.items() if (cut := series.until(day)) is not None}
    signals: dict[str, Signal] = {}
    for name in rules_by_name:
        _resolve(name, rules_by_name, until_day, day, signals)
    return SignalBoard(day=day, signals=tuple(_with_roles(rules_by_name, signals)))


def _require_known_series(rules: Iterable[Rule], store: Mapping[str, Series]) -> None:
    wrong = [
        f"signals.{rule.name}: unknown series {name}: file it first with riskcalc signals --update FILE"
        for rule in rules
        for name in rule.series
        if rule.measure is not Measure.FLOW and not is_known_series(name, store)
    ]
    if wrong:
        raise PresetError("\n".join(wrong))


def _resolve(
    name: str,
    rules: Mapping[str, Rule],
    store: Mapping[str, Series],
    day: dt.date,
    signals: dict[str, Signal],
) -> Signal:
    """The signal of a rule; members of combinations come before them. Rules go in no circle."""
    if name not in signals:
        rule = rules[name]
        if rule.members:
            members = [_resolve(member, rules, store, day, signals) for member in rule.members]
            signals[name] = _combined(rule, members)
        else:
            signals[name] = _series_signal(rule, store, day)
    return signals[name]


def _combined(rule: Rule, members: list[Signal]) -> Signal:
    """A combination: as old as the oldest member that it needs, unknown where the unknown ones decide."""
    decided = not rule.needs_all
    fired = combined((member.fired for member in members), needs_all=rule.needs_all)
    # Members that settle the answer alone say how old it is; else all of them do.
    settling = [member for member in members if member.fired is fired] if fired is decided else members
    ages = [member.age_sessions for member in settling if member.age_sessions is not None]
    freshest = fired is decided
    unknown = ", ".join(member.name for member in members if member.fired is None)
    late = [member for member in settling if member.stale]
    return Signal(
        name=rule.name,
        role=rule.role or SignalRole.HEDGE,
        rule=rule.text,
        fired=fired,
        age_sessions=(min if freshest else max)(ages, default=None),
        as_of=(max if freshest else min)((member.as_of for member in settling if member.as_of), default=None),
        max_age=max((member.max_age for member in (late or settling)), default=rule.max_age),
        source=", ".join(member.name for member in members if member.fired),
        meaning=rule.meaning,
        symbols=rule.symbols,
        problem=f"no data for {unknown}" if unknown else "",
    )


def _series_signal(rule: Rule, store: Mapping[str, Series], day: dt.date) -> Signal:
    series, reading = _read(rule, store)
    typed = store.get(f"typed.{rule.name}")
    if typed is not None and (series is None or typed.last_day >= series.last_day):
        series, reading = typed, Reading(value=float(typed.values[-1]))
    value = reading.value
    age = None if series is None else sessions_between(series.last_day, day)
    return Signal(
        name=rule.name,
        role=rule.role or SignalRole.HEDGE,
        rule=rule.text,
        fired=None if value is None else rule.met_by(value),
        value=value,
        unit=rule.unit,
        signed=rule.signed,
        distance=None if value is None else rule.distance(value),
        as_of=None if series is None else series.last_day,
        age_sessions=age,
        max_age=rule.max_age,
        source="" if series is None else _source(series),
        meaning=rule.meaning,
        symbols=rule.symbols,
        problem=reading.problem,
    )


def _source(series: Series) -> str:
    return "typed" if series.source == "typed" else f"{series.name}, {series.source}"


def _read(rule: Rule, store: Mapping[str, Series]) -> tuple[Series | None, Reading]:
    if rule.measure is Measure.FLOW:
        shares, nav = (store.get(f"{rule.series[0]}.{column}") for column in ("shares_outstanding", "nav"))
        if shares is None or nav is None:
            return None, Reading(problem=f"no holdings file of {rule.series[0]}")
        return shares, fund_flow(shares, nav)
    held = [store[name] for name in rule.series if name in store]
    if not held:
        return None, Reading(problem=_missing_reason(rule.series))
    freshest = max(held, key=lambda series: series.last_day)
    return freshest, read_measure(rule.measure, freshest, sessions=rule.sessions, unit=rule.unit)


def _missing_reason(series: tuple[str, ...]) -> str:
    """Why no series of a rule has a value."""
    of_book = [name for name in series if name in BOOK_UNITS]
    if of_book:
        return f"{' or '.join(of_book)} is not known: there is no book, or a trade of it has no price"
    return f"no {' or '.join(series)} filed"


def _with_roles(rules: Mapping[str, Rule], signals: Mapping[str, Signal]) -> Iterable[Signal]:
    """Signals in the order of the rules; a member without a role shows that of its combination."""
    parents = {member: rule for rule in rules.values() for member in rule.members}
    for name in rules:
        rule = rules[name]
        while rule.role is None and rule.name in parents:
            rule = parents[rule.name]
        role = rule.role or SignalRole.HEDGE
        yield dataclasses.replace(signals[name], role=role, counts=rules[name].role is not None)
