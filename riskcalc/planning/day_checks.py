"""Checks of a plan against its day: signals, events and clusters of open interest."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator

from riskcalc.domain import Check, CheckStatus, Side, TradePlan
from riskcalc.domain.events import EventMove, MarketEvent
from riskcalc.domain.gamma import StrikeGamma
from riskcalc.domain.instrument import Instrument
from riskcalc.domain.sectors import SectorTilt, sector_tilt
from riskcalc.domain.sessions import sessions_between
from riskcalc.domain.signals import Signal, SignalBoard, SignalRole
from riskcalc.domain.trading_day import TradingDay
from riskcalc.domain.validation import record
from riskcalc.planning.triggers import trigger_checks, trigger_signals

NEAR_EXPIRY = 2
"""Sessions after an event within which an expiry is near it."""
NEAR_DAYS = dt.timedelta(days=10)
"""Calendar days that always contain more sessions than the limit, whatever the holidays."""
SHOWN = 3
"""Events or signals that a message names."""


def hold_against(plan: TradePlan, day: TradingDay) -> TradePlan:
    """Return a plan with the checks of a day, the events before its end, and the clusters between its exits.

    Parameters
    ----------
    plan : TradePlan
        Of any trade.
    day : TradingDay
        What is not known makes no check.

    Returns
    -------
    TradePlan
        A fired stop signal fails a long trade, as an unmet entry rule does; old or missing data warn. An
        expiry at most two sessions after an event warns.
    """
    record("plan", TradePlan, plan)
    record("day", TradingDay, day)
    plan = _with_board(plan, day.board)
    events = events_of(plan, day.events or ())
    checks = (
        *(() if day.board is None else board_checks(day.board, plan.report.trade.instrument, side=plan.side)),
        *(() if day.events is None else _event_checks(plan, events)),
    )
    return dataclasses.replace(
        plan,
        checks=(*plan.checks[:1], *checks, *plan.checks[1:]),
        events=events,
        moves=_moves(plan, day),
        clusters=_clusters(plan, day),
        sectors=_sectors(plan, day),
    )


def _with_board(plan: TradePlan, board: SignalBoard | None) -> TradePlan:
    """The plan with the board's values in its triggers, and their checks made anew."""
    if board is None or not plan.triggers:
        return plan
    triggers = trigger_signals(plan.entry, plan.report.market, board)
    rechecked = {check.name: check for check in trigger_checks(triggers, plan.entry, rising=plan.rising)}
    checks = tuple(rechecked.get(check.name, check) for check in plan.checks)
    return dataclasses.replace(plan, triggers=triggers, checks=checks)


def events_of(plan: TradePlan, events: tuple[MarketEvent, ...]) -> tuple[MarketEvent, ...]:
    """Return the events from the day of a plan's prices to its last expiry or time stop."""
    start, end = plan.report.market.date, last_day(plan)
    return tuple(event for event in events if start <= event.date <= end)


def last_day(plan: TradePlan) -> dt.date:
    """Return the last day that a plan can be held to: the later of time stop and expiry."""
    return max(*plan.report.trade.expiries, plan.time_stop or plan.managed.last_day, plan.report.market.date)


def _benchmark(instrument: Instrument) -> str:
    return instrument.held if instrument.against else instrument.benchmark or instrument.symbol


def board_checks(board: SignalBoard, instrument: Instrument, *, side: Side) -> tuple[Check, ...]:
    """Return the checks of a board for a trade.

    Parameters
    ----------
    board : SignalBoard
        Rules for other benchmarks than the instrument's are left out.
    instrument : Instrument
        What is traded; a long position of an inverse fund gains as the market falls.
    side : Side
        LONG when the trade gains as the instrument rises.

    Returns
    -------
    tuple of Check
        Of a trade that gains as the market rises: stop signals, entry rules, and reasons to hedge; of one
        that gains as it falls: whether there is a reason for it.
    """
    rising = side * instrument.leverage > 0
    return tuple((_long_checks if rising else _short_checks)(board, _benchmark(instrument)))


def expiry_check(expiries: Iterable[dt.date], events: tuple[MarketEvent, ...]) -> Check | None:
    """Return the warning of expiries at most two sessions after an event; None where there are none."""
    clashes = [
        f"{expiry} is {_days_after_text(event, expiry)} {event.label} on {event.date}"
        for expiry in expiries
        for event in _events_near(expiry, events)
    ]
    if not clashes:
        return None
    text = f"expiry {'; '.join(clashes[:SHOWN])}{_and_more(len(clashes))}"
    return _check("events", CheckStatus.WARN, text)


def _long_checks(board: SignalBoard, benchmark: str) -> Iterator[Check]:
    stops = board.deciding(SignalRole.STOP, benchmark=benchmark)
    entries = board.deciding(SignalRole.ENTRY, benchmark=benchmark)
    if stops:
        yield _stop_signals(stops)
    if entries:
        yield _entry_signals(entries)
    fired = [signal for signal in board.deciding(SignalRole.HEDGE, benchmark=benchmark) if signal.fired]
    if fired:
        yield _check("hedge signals", CheckStatus.WARN, f"a reason to hedge: {_list_signals(fired)}")


def _stop_signals(stops: tuple[Signal, ...]) -> Check:
    name = "stop signals"
    fired = [signal for signal in stops if signal.fired]
    if fired:
        return _check(name, CheckStatus.FAIL, f"no new longs: {_list_signals(fired)}")
    doubtful = [signal for signal in stops if _is_doubtful(signal)]
    if doubtful:
        return _check(name, CheckStatus.WARN, f"none has fired, but {_describe_doubtful(doubtful)}")
    return _check(name, CheckStatus.OK, f"none has fired: {_list_signals(stops)}", brief="none has fired")


def _entry_signals(entries: tuple[Signal, ...]) -> Check:
    name = "entry signals"
    unmet = [signal for signal in entries if signal.fired is False]
    if unmet:
        return _check(name, CheckStatus.FAIL, f"no new longs: not met, {_list_signals(unmet)}")
    doubtful = [signal for signal in entries if signal.fired is None or signal.stale]
    if doubtful:
        return _check(name, CheckStatus.WARN, _describe_doubtful(doubtful))
    return _check(name, CheckStatus.OK, f"met: {_list_signals(entries)}", brief="met")


def _short_checks(board: SignalBoard, benchmark: str) -> Iterator[Check]:
    name = "hedge signals"
    hedges = board.deciding(SignalRole.HEDGE, benchmark=benchmark)
    fired = [signal for signal in hedges if signal.fired]
    fresh = [signal for signal in fired if not signal.stale]
    if fresh:
        yield _check(name, CheckStatus.OK, f"fired: {_list_signals(fresh)}", brief="fired")
    elif fired:
        yield _check(name, CheckStatus.WARN, f"fired on old data: {_describe_doubtful(fired)}")
    elif hedges:
        doubtful = [signal for signal in hedges if _is_doubtful(signal)]
        more = f"; {_describe_doubtful(doubtful)}" if doubtful else ""
        yield _check(name, CheckStatus.WARN, f"none has fired{more}")


def _is_doubtful(signal: Signal) -> bool:
    """Whether a signal that has not fired might with newer or more data."""
    return signal.fired is None or signal.stale or bool(signal.problem)


def _describe_doubtful(signals: list[Signal]) -> str:
    return "; ".join(map(_doubt_words, signals[:SHOWN])) + _and_more(len(signals))


def _doubt_words(signal: Signal) -> str:
    if signal.stale:
        limit = f"limit {signal.max_age}"
        return f"{signal.name} is {signal.age_sessions} sessions old ({signal.as_of}), {limit}"
    return f"{signal.name}: {signal.problem or 'no data'}"


def _list_signals(signals: list[Signal] | tuple[Signal, ...]) -> str:
    return "; ".join(map(_describe_signal, signals[:SHOWN])) + _and_more(len(signals))


def _and_more(count: int) -> str:
    return f"; {count - SHOWN} more" if count > SHOWN else ""


def _describe_signal(signal: Signal) -> str:
    """A signal with its value and rule, and its age where it is old."""
    age = f", {signal.age_sessions} sessions old" if signal.stale else ""
    if signal.value is None:
        return f"{signal.name}, {signal.rule}{age}"
    return f"{signal.name} {signal.value_text}, rule {signal.rule}{age}"


def _event_checks(plan: TradePlan, events: tuple[MarketEvent, ...]) -> Iterator[Check]:
    """Whether the nearest expiry is just after an event, and else what is ahead."""
    name, expiry = "events", plan.report.trade.expiry
    near = None if expiry is None else expiry_check([expiry], events)
    if near is not None:
        yield near
        return
    end = plan.time_stop or last_day(plan)
    before_end = [event for event in events if event.date <= end and not event.is_expiration]
    listed = "; ".join(f"{event.date} {event.label}" for event in before_end[:SHOWN]) + _and_more(
        len(before_end)
    )
    text = f"before {end}: {listed}" if before_end else f"none known before {end}"
    yield _check(name, CheckStatus.OK, text, brief=f"{len(before_end)} before {end:%m-%d}")


def _events_near(expiry: dt.date, events: tuple[MarketEvent, ...]) -> list[MarketEvent]:
    """Events shortly before an expiry, without other expirations."""
    return [
        event
        for event in events
        if not event.is_expiration
        and expiry - NEAR_DAYS <= event.date <= expiry
        and sessions_between(event.date, expiry) <= NEAR_EXPIRY
    ]


def _days_after_text(event: MarketEvent, expiry: dt.date) -> str:
    sessions = sessions_between(event.date, expiry)
    if not sessions:
        return "on the day of"
    return f"{sessions} session{'' if sessions == 1 else 's'} after"


def _moves(plan: TradePlan, day: TradingDay) -> tuple[EventMove, ...]:
    """Moves of the underlying on the days of events, where its prices are known; else of its benchmark."""
    traded = plan.report.trade.instrument
    for symbol in (traded.symbol, _benchmark(traded)):
        moves = tuple(event_move for event_move in day.moves if event_move.symbol == symbol)
        if moves:
            return moves
    return ()


def _clusters(plan: TradePlan, day: TradingDay) -> tuple[StrikeGamma, ...]:
    """The largest strikes of open interest between the stop and the last target, both ends with them."""
    if day.gamma is None or day.gamma.symbol != plan.report.trade.symbol:
        return ()
    spots = [plan.stop.spot, *(outcome.level.spot for outcome in plan.targets.outcomes), day.gamma.spot]
    return day.gamma.clusters(low=min(spots), high=max(spots))


def _sectors(plan: TradePlan, day: TradingDay) -> SectorTilt | None:
    """Net exposure of a pair by sector."""
    pair = plan.pair
    if pair is None or not {pair.bought, pair.sold} <= set(day.sectors):
        return None
    return sector_tilt(
        day.sectors[pair.bought],
        day.sectors[pair.sold],
        bought_dollars=pair.bought_dollars,
        sold_dollars=pair.sold_dollars,
    )


def _check(name: str, status: CheckStatus, message: str, *, brief: str = "") -> Check:
    return Check(name=name, status=status, message=message, brief=brief)
