"""What the page Book writes: trades added and closed, marks and notes, each as its command would write it."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

from riskcalc.book.book import Book
from riskcalc.book.fills import Contract
from riskcalc.book.imports import FUTURE
from riskcalc.book.manual_fills import entry_fills, open_units, plan_price, unit_mark
from riskcalc.book.prices import chain_prices, closing_spot, marked_line, market_prices, typed_prices
from riskcalc.book.trades import BookTrade
from riskcalc.book.words import trade_line
from riskcalc.domain import TradePlan
from riskcalc.editor.pages.day import day_of
from riskcalc.editor.pages.forms import (
    Answer,
    Form,
    FormField,
    Typed,
    midnight,
    typed_day,
    typed_number,
    typed_whole,
)
from riskcalc.editor.state import State
from riskcalc.environment import book_path
from riskcalc.errors import InvalidInputError
from riskcalc.formatting.numbers import count

PER_SHARE = "net per share; a credit is negative"


def add_form(state: State, path: Path | None = None, *, units: int = 0) -> Form:
    """Return the form that adds the trade being planned to the book, as ``riskcalc book add`` does.

    Parameters
    ----------
    state : State
        Of the editor.
    path : Path, optional
        Of the book, made when missing; default: the user's own.
    units : int
        Proposed in place of the plan's size, >= 0; 0: the plan's size.

    Raises
    ------
    InvalidInputError
        The trade has no valid plan.
    """
    plan = _plan_of(state)
    name, planned = state.draft.preset.name, plan.size.units
    price = _short(plan_price(plan))
    noun = plan.report.trade.unit_noun
    why = "" if planned else f": {plan.size.reason}"
    proposed = units or planned
    return Form(
        title="Add to the book",
        verb="adds",
        about=f"{name}: {plan.report.trade.description}; the plan's size is {count(planned, noun)}{why}",
        fields=(
            FormField(name="units", label="units", value=str(proposed) if proposed else "", hint=noun),
            FormField(name="fill", label="fill $", value=price, hint=PER_SHARE),
            FormField(name="tags", label="tags", hint="words to group trades by"),
            FormField(name="date", label="date", value=str(day_of(state))),
        ),
        work=partial(_add, state=state, price=price, path=path or book_path()),
    )


def _plan_of(state: State) -> TradePlan:
    if state.plan is None or state.stale:
        raise InvalidInputError(f"the trade cannot be added: {state.problem or 'it has no plan'}")
    return state.plan


def _add(typed: Typed, *, state: State, price: str, path: Path) -> Answer:
    plan, units = _plan_of(state), typed_whole("units", typed.text("units"))
    # As proposed, the plan's own prices are filled, not the rounded ones shown.
    fill = None if typed.text("fill") == price else typed_number("fill", typed.text("fill"))
    time = midnight(_day(typed, state))
    name, tags = state.draft.preset.name, typed.text("tags").replace(",", " ").split()
    entry_fills(plan, key="", units=units, net=fill, time=time)  # refused before a book is made
    with Book(path) as book:
        trade = book.add(plan, time=time, units=units, fill=fill, preset=name, tags=tags)
        return Answer(done=True, said=f"added {trade_line(trade)}", risk=book.risk(today=day_of(state)))


def close_form(trade: BookTrade, state: State, path: Path | None = None) -> Form:
    """Return the form that closes a trade, or a part of it, as ``riskcalc book close`` does.

    Parameters
    ----------
    trade : BookTrade
        Open.
    state : State
        Of the editor: its chain proposes a price where it is later than the marks, and gives that of the
        underlying where it is of that day.
    path : Path, optional
        Of the book; default: the user's own.
    """
    price, source = _closing_price(trade, state)
    options = any(holding.contract.is_option for holding in trade.holdings)
    spot = FormField(
        name="spot", label=f"{trade.symbol} price $", hint="empty: of the chain, today's, or the mark"
    )
    return Form(
        title=f"Close trade {trade.id}",
        verb="closes",
        about="; ".join(filter(None, [trade.description, source])),
        fields=(
            FormField(
                name="price", label="price $", value="" if price is None else _short(price), hint=PER_SHARE
            ),
            FormField(name="units", label="units", value=f"{open_units(trade):g}"),
            *([spot] if options else []),
            FormField(name="costs", label="costs $", value="0"),
            FormField(name="date", label="date", value=str(day_of(state))),
        ),
        work=partial(_close, number=trade.id, state=state, path=path or book_path()),
    )


def _closing_price(trade: BookTrade, state: State) -> tuple[float | None, str]:
    """Price of a unit to propose, of the later of marks and chain, and where it is from."""
    chain, mark = state.draft.chain, unit_mark(trade)
    marked = min((one.mark_day for one in trade.holdings if one.mark_day), default=None)
    if chain is not None and chain.symbol == trade.symbol and (marked is None or chain.date > marked):
        prices, _ = chain_prices(chain, [trade])
        if all(one.contract in prices for one in trade.holdings):
            held = open_units(trade)
            mid = sum(one.quantity / held * prices[one.contract] for one in trade.holdings)
            return mid, f"price: mid of the chain of {chain.date}"
    return mark, "" if mark is None else f"price: marked {marked}"


def _close(typed: Typed, *, number: int, state: State, path: Path) -> Answer:
    price, units = (typed_number(name, typed.text(name)) for name in ("price", "units"))
    costs, day = typed_number("costs", typed.text("costs") or "0"), _day(typed, state)
    given = typed_number("spot", typed.text("spot")) if typed.text("spot") else None
    with Book(path) as book:
        trade, chain = book.trade(number), state.draft.chain
        own_chain = chain if chain is not None and chain.symbol == trade.symbol else None
        spot, missing = closing_spot(trade, price, spot=given, day=day, marks=book.marks(), chain=own_chain)
        closed = book.close(number, price=price, time=midnight(day), units=units, costs=costs, spot=spot)
        message = "; ".join([trade_line(closed), *missing])
        return Answer(done=True, said=message, risk=book.risk(today=day_of(state)))


def mark_form(trade: BookTrade | None, state: State, path: Path | None = None) -> Form:
    """Return the form that marks prices, as ``riskcalc book mark`` does.

    Parameters
    ----------
    trade : BookTrade or None
        Its underlying and its legs have a field each, filled from the chain of the trade being planned where
        that is of the same underlying; None asks for typed prices alone.
    state : State
        Of the editor.
    path : Path, optional
        Of the book; default: the user's own.
    """
    contracts = () if trade is None else _contracts(trade)
    chain, about = state.draft.chain, "leave all empty to mark at the prices of riskcalc quote"
    quoted: dict[Contract, float] = {}
    day = day_of(state)
    if trade is not None and chain is not None and chain.symbol == trade.symbol:
        quoted, missing = chain_prices(chain, [trade])
        day, about = chain.date, "; ".join([f"from the chain of {chain.date}", *missing])
    by_contract = {holding.contract: holding for holding in trade.holdings} if trade else {}
    fields = tuple(
        FormField(
            name=f"price {index}",
            label=contract.label,
            value=_short(quoted[contract]) if contract in quoted else "",
            hint=_hint(by_contract[contract].mark, by_contract[contract].mark_day)
            if contract in by_contract
            else "",
        )
        for index, contract in enumerate(contracts)
    )
    others = FormField(name="others", label="others", hint="TNA=61.20, IWM 295 call 2026-09-18=11.90")
    return Form(
        title="Mark prices",
        verb="marks",
        about=about,
        fields=(*fields, others, FormField(name="date", label="date", value=str(day))),
        work=partial(_mark, contracts=contracts, proposed=day, state=state, path=path or book_path()),
    )


def _contracts(trade: BookTrade) -> tuple[Contract, ...]:
    """The underlying, then what is held of it."""
    return tuple(
        dict.fromkeys([Contract(symbol=trade.symbol), *(holding.contract for holding in trade.holdings)])
    )


def _hint(mark: float | None, day: dt.date | None) -> str:
    return "no mark yet" if mark is None else f"{_short(mark)} of {day}"


def _mark(
    typed: Typed, *, contracts: tuple[Contract, ...], proposed: dt.date, state: State, path: Path
) -> Answer:
    prices = {
        contract: typed_number(contract.label, typed.text(f"price {index}"))
        for index, contract in enumerate(contracts)
        if typed.text(f"price {index}")
    }
    prices |= typed_prices(text for text in typed.text("others").split(",") if text.strip())
    day = _day(typed, state)
    with _existing(path) as book:
        if not prices:
            entered_day = None if day == proposed else day
            prices, day = market_prices(book.trades(status="open"), date=entered_day, today=day)
        if not prices:
            raise InvalidInputError("no price is given for anything held")
        book.mark(prices, day=day)
        return Answer(done=True, said=marked_line(prices, day), risk=book.risk(today=day_of(state)))


def note_form(trade: BookTrade, state: State, path: Path | None = None) -> Form:
    """Return the form that adds a note to a trade, as ``riskcalc book note`` does.

    Parameters
    ----------
    trade : BookTrade
        Open or closed.
    state : State
        Of the editor.
    path : Path, optional
        Of the book; default: the user's own.
    """
    return Form(
        title=f"Note on trade {trade.id}",
        verb="adds",
        about=trade.description,
        fields=(FormField(name="note", label="note"),),
        work=partial(_note, number=trade.id, day=day_of(state), path=path or book_path()),
    )


def _note(typed: Typed, *, number: int, day: dt.date, path: Path) -> Answer:
    with _existing(path) as book:
        book.note(number, typed.text("note"), time=midnight(day))
    return Answer(done=True, said=f"note added to trade {number}")


def _day(typed: Typed, state: State) -> dt.date:
    """The day typed; one of a mistyped year is refused."""
    day, today = typed_day("date", typed.text("date")), day_of(state)
    if day > today + FUTURE:
        raise InvalidInputError(f"date must not be long after today, {today}, got {day}")
    return day


def _existing(path: Path) -> Book:
    """Open a book that is there: a page that marks or notes makes none."""
    if not path.exists():
        raise InvalidInputError(f"{path}: there is no book yet")
    return Book(path)


def _short(price: float) -> str:
    """A price with cents, or as exact as it is."""
    cents = f"{price:.2f}"
    return cents if abs(float(cents) - price) < 5e-3 else f"{price:.10g}"
