"""Sections of the page Today: market, open trades, signals and events."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from riskcalc.book import BookRisk
from riskcalc.book.risk_records import PositionRisk
from riskcalc.domain import CheckStatus
from riskcalc.domain.events import Certainty, MarketEvent
from riskcalc.domain.sessions import age_in_sessions, sessions_between
from riskcalc.domain.signals import Signal, SignalBoard
from riskcalc.domain.trade_plan import MARKET_AGE
from riskcalc.editor.pages.book_tables import with_short_dates
from riskcalc.editor.pages.section import Row, Section
from riskcalc.editor.state import State
from riskcalc.formatting.events import CERTAINTY_WORDS
from riskcalc.formatting.market import age_words
from riskcalc.formatting.metric import Style
from riskcalc.formatting.numbers import MISSING, percent, price, r_multiple, whole_money
from riskcalc.formatting.signals import ROLE_WORDS, signals_tables
from riskcalc.formatting.table import Table
from riskcalc.formatting.today import MARKET, Fact
from riskcalc.planning.market_age import FRESH_SESSIONS
from riskcalc.presets.market_file import KnownMarket

AHEAD = dt.timedelta(days=92)
"""Events are listed so far ahead at least."""
BEYOND = dt.timedelta(days=14)
"""And so far beyond the expiry of the trade."""
NO_BOOK = "no book yet: add the planned trade to one on the page Trade, or import a broker's fills on Book"
NO_TRADES = "no open trades: add the planned trade on the page Trade, or import a broker's fills on Book"
SAYS_STYLE = {CheckStatus.OK: Style.GOOD, CheckStatus.WARN: Style.WARN, CheckStatus.FAIL: Style.BAD}


def market_fact(state: State) -> Fact:
    """Return the price of the trade's underlying and how old it is, with what mends it."""
    draft, plan = state.draft, state.plan
    what = f"{draft.trade.symbol} {price(draft.quote.spot)}"
    check = None if plan is None else next((check for check in plan.checks if check.name == MARKET_AGE), None)
    if check is None:
        return Fact(label=MARKET, text=f"{what}, prices of {draft.market.date}")
    # What mends it are keys here, not the command that the rest of the message names.
    return Fact(
        label=MARKET, text=f"{what}: {check.message.partition('; ')[0]}", style=SAYS_STYLE[check.status]
    )


def market_section(state: State, market: KnownMarket, day: dt.date) -> Section:
    """Return the quotes of today by symbol, that of the trade first where it is from elsewhere."""
    draft = state.draft
    rows = [
        (
            symbol,
            price(quote.spot),
            _age(quote.date, day),
            MISSING if quote.vol is None else percent(quote.vol, digits=1),
            str(quote.date),
            quote.source,
        )
        for symbol, quote in market.quotes.items()
    ]
    symbol, sources = draft.trade.symbol, draft.sources
    if symbol not in market.quotes or str(sources.spot) not in ("None", "market.toml"):
        age = "SAMPLE" if sources.is_sample else _age(draft.market.date, day)
        vol = percent(draft.quote.vol, digits=1)
        source = f"the trade: {sources.spot or 'its preset'}"
        rows.insert(0, (symbol, price(draft.quote.spot), age, vol, str(draft.market.date), source))
    rate = "" if market.rate is None else f": rate {percent(market.rate)} of {market.rate_date}"
    return Section(
        name="market",
        table=Table(
            title=f"Market{rate}",
            header=("symbol", "spot", "age", "IV", "date", "source"),
            rows=tuple(rows),
            left=frozenset({0, 2, 5}),
        ),
        rows=tuple(Row(about=f"{row[0]}: {row[5]}, {row[4]}", opens=("quote", row[0])) for row in rows),
        spare=("source", "date"),
    )


def _age(date: dt.date, day: dt.date) -> str:
    """How old a price is, with a mark where it does not stand for today's."""
    age = age_in_sessions(date, day) or 0
    return f"{age_words(age)}{' OLD' if age > FRESH_SESSIONS else ''}"


def positions_section(risk: BookRisk | None) -> Section:
    """Return the open trades with what is due, those due today first."""
    header = ("trade", "due", "P&L", "R", "to stop", "spot", "days", "id")
    positions = [] if risk is None else sorted(risk.positions, key=_urgency)
    return Section(
        name="positions",
        table=Table(
            title="Open Trades" if risk is None else f"Open Trades, marked {risk.date}",
            header=header,
            rows=tuple(_position_cells(position, risk.date) for position in positions) if risk else (),
            left=frozenset({0, 1}),
        ),
        rows=tuple(
            Row(about=_due_texts(position), opens=("trade", str(position.id))) for position in positions
        ),
        spare=("id", "days", "spot", "R"),
        empty=NO_BOOK if risk is None else NO_TRADES,
    )


def _urgency(position: PositionRisk) -> int:
    return 0 if any(due.now for due in position.due) else 1 if position.due else 2


def _position_cells(position: PositionRisk, day: dt.date) -> tuple[str, ...]:
    return (
        with_short_dates(position.description, day),
        ", ".join(due.what.upper() if due.now else f"{due.what} soon" for due in position.due) or "-",
        whole_money(position.pnl),
        r_multiple(position.r_multiple),
        percent(position.stop_distance, digits=1, signed=True),
        price(position.spot),
        str(position.days),
        str(position.id),
    )


def _due_texts(position: PositionRisk) -> str:
    due = "; ".join(due.text for due in position.due) or "nothing is due"
    return f"trade {position.id}, {position.description}: {due}"


def signal_sections(board: SignalBoard) -> tuple[Section, ...]:
    """Return the board by roles, as `riskcalc.formatting.signals.signals_tables` has it."""
    roles = [role for role in ROLE_WORDS if any(signal.role is role for signal in board.signals)]
    return tuple(
        Section(
            name=str(role),
            table=_with_old_states(table),
            rows=tuple(_signal_row(signal) for signal in board.signals if signal.role is role),
            spare=("source", "age"),
        )
        for role, table in zip(roles, signals_tables(board), strict=True)
    )


def _with_old_states(table: Table) -> Table:
    """A table of signals whose states say where data are old, since the ages may be left out."""
    state, age = table.header.index("state"), table.header.index("age")
    rows = []
    for row in table.rows:
        number, old, _ = row[age].partition(" OLD")
        cells = [*row]
        cells[state], cells[age] = f"{row[state]}{old}", number
        rows.append(tuple(cells))
    return dataclasses.replace(table, rows=tuple(rows))


def _signal_row(signal: Signal) -> Row:
    age = "" if signal.as_of is None else f"data of {signal.as_of}"
    parts = (signal.meaning, signal.rule, signal.state, age, signal.source, signal.problem)
    about = f"{signal.name}: {', '.join(part for part in parts if part)}"
    # A combination has no value of its own that could be typed.
    return Row(about=about, opens=("signal", signal.name if signal.unit else ""))


def events_section(state: State, events: Iterable[MarketEvent], day: dt.date) -> Section:
    """Return the events ahead, with the ends of the trade among them."""
    plan, trade = state.plan, state.draft.trade
    stop, expiry = None if plan is None else plan.time_stop, trade.expiry
    end = max(day + AHEAD, *(limit + BEYOND for limit in (stop, expiry) if limit is not None))
    shown = [event for event in events if day <= event.date <= end]
    ends = [(day, what) for day, what in ((stop, "time stop"), (expiry, "expiry")) if day is not None]
    lines = [
        *((event.date, _event_cells(event, day, ends), _event_about(event)) for event in shown),
        *((when, _end_cells(when, what, day), f"{when}: {what} of the trade") for when, what in ends),
    ]
    # An end of the trade comes behind the events of its day.
    lines = sorted((line for line in lines if line[0] >= day), key=lambda line: line[0])
    return Section(
        name="events",
        table=Table(
            title=f"Events until {end}",
            header=("date", "sessions", "event", "before", "New York", "date is"),
            rows=tuple(cells for _, cells, _ in lines),
            left=frozenset({0, 2, 3, 5}),
        ),
        rows=tuple(Row(about=about) for _, _, about in lines),
        spare=("date is", "New York"),
        empty="none is known: riskcalc events add FILE.ics",
    )


def _event_cells(event: MarketEvent, day: dt.date, ends: list[tuple[dt.date, str]]) -> tuple[str, ...]:
    return (
        str(event.date),
        _sessions(day, event.date),
        event.what if event.certainty is not Certainty.UNCERTAIN else f"{event.what} (date uncertain)",
        next((what for day, what in sorted(ends) if event.date <= day), ""),
        MISSING if event.time is None else f"{event.time:%H:%M}",
        CERTAINTY_WORDS[event.certainty],
    )


def _event_about(event: MarketEvent) -> str:
    checked = "" if event.checked is None else f", checked {event.checked}"
    return f"{event.date} {event.label}: {event.source}{checked}"


def _end_cells(when: dt.date, what: str, day: dt.date) -> tuple[str, ...]:
    """The end of the trade as a row among the events."""
    return (str(when), _sessions(day, when), f"{what.upper()} of the trade", "", MISSING, "")


def _sessions(day: dt.date, until: dt.date) -> str:
    """Sessions from a day to another in a word."""
    count = sessions_between(day, until)
    return "today" if until == day else str(count)
