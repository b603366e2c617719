"""One trade of the book: its fills, its plan at entry against now, its notes; its plan as a draft again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from riskcalc.book.ledger import TradeLedger
from riskcalc.book.manual_fills import unit_entry, unit_mark
from riskcalc.book.plan_facts import PlanFacts, plan_facts
from riskcalc.book.risk_records import PositionRisk
from riskcalc.book.trades import BookTrade
from riskcalc.domain import (
    ExitPlan,
    Instrument,
    Leg,
    Market,
    OptionLeg,
    OptionType,
    ShareLeg,
    Side,
    Target,
    Trade,
    find_instrument,
)
from riskcalc.editor.draft import Draft
from riskcalc.editor.state import State
from riskcalc.editor.template_from_trade import exact_rules
from riskcalc.errors import InvalidInputError, RiskcalcError
from riskcalc.formatting.numbers import MISSING, money, percent, price, r_multiple
from riskcalc.formatting.table import Table
from riskcalc.presets import Preset, load_preset

Notes = Sequence[tuple[dt.datetime, str]]


def trade_tables(
    trade: BookTrade, ledger: TradeLedger, notes: Notes, *, position: PositionRisk | None = None
) -> tuple[Table, ...]:
    """Return what the book knows of a trade.

    Parameters
    ----------
    trade : BookTrade
        Open or closed.
    ledger : TradeLedger
        Its lots and closings.
    notes : sequence
        Time and text of each.
    position : PositionRisk, optional
        Of an open trade, at the marks.
    """
    tables = [_fills(ledger)]
    if trade.plan:
        tables.append(_plan_against_now(trade, plan_facts(trade.plan), position))
    if notes:
        rows = tuple((f"{time:%Y-%m-%d}", words) for time, words in notes)
        tables.append(Table(title="Notes", rows=rows, left=frozenset({0, 1})))
    return tuple(tables)


def _fills(ledger: TradeLedger) -> Table:
    rows = [
        (fill.time, "open", f"{fill.quantity:+g}", fill.contract.label, price(fill.price), money(fill.costs))
        for fill in ledger.openings
    ]
    rows += [
        (
            closing.closed,
            "close" if closing.kind.value == "trade" else closing.kind.value,
            f"{-closing.quantity:+g}",
            closing.contract.label,
            price(closing.exit),
            money(closing.pnl, signed=True),
        )
        for closing in ledger.closings
    ]
    dated = tuple((f"{time:%Y-%m-%d}", *rest) for time, *rest in sorted(rows, key=lambda row: row[0]))
    header = ("date", "", "quantity", "contract", "price", "costs or P&L")
    return Table(title="Fills", rows=dated, header=header, left=frozenset({0, 1, 3}))


def _plan_against_now(trade: BookTrade, plan: PlanFacts, position: PositionRisk | None) -> Table:
    quote = plan.quotes.get(trade.symbol)
    is_open = trade.holdings and trade.status == "open"
    rows = [
        ("date", str(plan.date), MISSING),
        (trade.symbol, price(quote.spot if quote else None), price(position.spot if position else None)),
        (
            "price of a unit",
            price(unit_entry(trade)) if is_open else MISSING,
            price(unit_mark(trade)) if is_open else MISSING,
        ),
        ("risk", money(trade.one_r), money(position.risk) if position else MISSING),
        ("P&L", MISSING, _result(trade, position)),
        ("stop", ", ".join(map(price, plan.stops)), _distance(position)),
        ("targets", ", ".join(map(price, plan.targets)) or MISSING, MISSING),
        ("time stop", str(plan.time_stop or MISSING), MISSING),
        *((f"P({event})", percent(odds, digits=1), MISSING) for event, odds in plan.odds.items()),
    ]
    return Table(title="Plan at Entry against Now", rows=tuple(rows), header=("", "plan", "now"))


def _result(trade: BookTrade, position: PositionRisk | None) -> str:
    pnl, multiple = (trade.pnl, trade.r_multiple) if position is None else (position.pnl, position.r_multiple)
    return f"{money(pnl, signed=True)}, {r_multiple(multiple)}"


def _distance(position: PositionRisk | None) -> str:
    if position is None or position.stop_distance is None:
        return MISSING
    return f"{percent(position.stop_distance, digits=1, signed=True)} away"


def draft_of_trade(trade: BookTrade, state: State) -> Draft:
    """Return the plan of a trade at its entry as a draft, on the account of today.

    Parameters
    ----------
    trade : BookTrade
        With the plan that it was entered with.
    state : State
        Of the editor: account and day are kept.

    Raises
    ------
    InvalidInputError
        The trade has no plan, or one that cannot be opened.
    """
    if not trade.plan:
        raise InvalidInputError(f"trade {trade.id} has no plan: it was imported")
    try:
        return _draft(trade, json.loads(trade.plan), plan_facts(trade.plan), state)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(f"the plan of trade {trade.id} cannot be opened: {error!r}") from None


def _draft(trade: BookTrade, plan: Mapping[str, Any], facts: PlanFacts, state: State) -> Draft:
    base = _preset(trade, state)
    traded = base.template.instrument
    entered = Trade(
        instrument=traded, legs=tuple(_leg(leg) for leg in plan["trade"]["legs"]), name=base.template.name
    )
    market = Market(date=facts.date, rate=facts.rate, quotes=facts.quotes)
    exits = _exits(base.exits, plan["exits"], facts, expiry=entered.expiry)
    preset = dataclasses.replace(
        base,
        name=f"{trade.preset or trade.symbol.lower()}-{trade.id}",
        template=exact_rules(base.template, entered),
        market=market,
        exits=exits,
        path=None,
    )
    draft = Draft(
        preset=preset,
        trade=entered,
        market=market,
        account=state.draft.account,
        exits=exits,
        view=base.view,
        today=state.draft.today,
    )
    draft.plan()
    return draft


def _preset(trade: BookTrade, state: State) -> Preset:
    """The preset that the trade was planned from; where it is gone or of another symbol, a plain one."""
    if trade.preset:
        try:
            preset = load_preset(trade.preset, book=state.draft.preset.book)
        except RiskcalcError:
            pass
        else:
            if preset.template.instrument.symbol == trade.symbol:
                return preset
    base, traded = state.draft.preset, _instrument(trade.symbol)
    template = dataclasses.replace(base.template, instrument=traded, legs=(), name=trade.symbol.lower())
    return dataclasses.replace(base, template=template, exits=ExitPlan(stop=base.exits.stop))


def _instrument(symbol: str) -> Instrument:
    match = find_instrument(symbol)
    if match is None:
        raise InvalidInputError(f"{symbol} is not known any more")
    return match


def _leg(leg: Mapping[str, Any]) -> Leg:
    side = Side[leg["side"].upper()]
    if "strike" in leg:
        return OptionLeg(
            side=side,
            option_type=OptionType[leg["option_type"].upper()],
            strike=leg["strike"],
            expiry=dt.date.fromisoformat(leg["expiry"]),
            contracts=leg["contracts"],
            premium=leg["premium"],
            vol=leg["vol"],
            spread_cost=leg.get("spread_cost", 0.0),
        )
    return ShareLeg(
        side=side,
        shares=leg["shares"],
        entry_price=leg["entry_price"],
        hedge_ratio=leg.get("hedge_ratio"),
        spread_cost=leg.get("spread_cost", 0.0),
    )


def _exits(base: ExitPlan, plan: Mapping[str, Any], facts: PlanFacts, *, expiry: dt.date | None) -> ExitPlan:
    """The exits of a plan as moves; what its record does not state is the preset's."""
    moves = [abs(outcome["level"]["move"]) for outcome in plan["targets"]["outcomes"]]
    shares = [target.fraction for target in base.targets]
    if len(shares) != len(moves):
        shares = [1 / len(moves)] * len(moves)
    timed = dataclasses.replace(
        base,
        stop=abs(plan["stop"]["move"]),
        stop_price=None,
        vol_shift=facts.vol_shift,
        targets=tuple(Target(move=move, fraction=share) for move, share in zip(moves, shares, strict=True)),
        side=facts.side,
    )
    if facts.time_stop is None or timed.time_stop(entry=facts.date, expiry=expiry) == facts.time_stop:
        return timed
    return dataclasses.replace(timed, holding_days=(facts.time_stop - facts.date).days, close_dte=None)
