"""What the page Book says of a book: its positions as a grid, totals beside the planned trade, the ladder."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence

from riskcalc.book.added import AddedRow, ShockAdded
from riskcalc.book.manual_fills import unit_mark
from riskcalc.book.risk_records import BookRisk, Due
from riskcalc.book.words import age_notes
from riskcalc.domain import Account
from riskcalc.editor.pages.bars import Bar, BarChart, shares_of
from riskcalc.editor.pages.book import BookView, OpenTrade, PlannedTrade
from riskcalc.editor.pages.chain import short_date
from riskcalc.editor.pages.grid import Cell, Grid, GridColumn
from riskcalc.formatting.metric import Style
from riskcalc.formatting.numbers import (
    DOLLARS,
    MISSING,
    NumberFormat,
    count,
    money,
    number,
    percent,
    price,
    r_multiple,
    whole_money,
)
from riskcalc.formatting.table import Table

AT = -0.05
"""Move of IWM at which the planned trade's part is stated."""

WHOLE = NumberFormat(currency="$", digits=0)
WHOLE_SIGNED = NumberFormat(currency="$", digits=0, signed=True)

COLUMNS = (
    GridColumn(heading="id"),
    GridColumn(heading="symbol", left=True, spare=5),
    GridColumn(heading="trade", left=True, flexible=True),
    GridColumn(heading="days", spare=4),
    GridColumn(heading="mark", spare=3),
    GridColumn(heading="P&L $"),
    GridColumn(heading="R"),
    GridColumn(heading="to stop"),
    GridColumn(heading="ATR", spare=2),
    GridColumn(heading="SD", spare=1),
    GridColumn(heading="risk $"),
    GridColumn(heading="IWM-equiv.", spare=6),
    GridColumn(heading="due", left=True),
)
ISO_DATE = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")


def positions_grid(view: BookView) -> Grid:
    """Return the open trades, one in a row."""
    return Grid(
        columns=COLUMNS,
        rows=tuple(_position(open_trade, view.day) for open_trade in view.open_trades),
        ids=tuple(open_trade.trade.id for open_trade in view.open_trades),
    ).without_missing()


def _position(open_trade: OpenTrade, day: dt.date) -> tuple[Cell, ...]:
    position, trade = open_trade.position, open_trade.trade
    return (
        Cell(str(trade.id)),
        Cell(trade.symbol),
        Cell(trade.description, short=with_short_dates(trade.description, day)),
        Cell(str(position.days)),
        Cell(price(unit_mark(trade))),
        Cell(whole_money(position.pnl), _sign(position.pnl)),
        Cell(r_multiple(position.r_multiple), _sign(position.r_multiple)),
        Cell(percent(position.stop_distance, digits=1, signed=True)),
        Cell(number(position.stop_atr, digits=1)),
        Cell(number(position.stop_deviations, digits=1)),
        Cell(_risk(position.risk, position.risk_basis)),
        Cell(whole_money(position.iwm_equivalent)),
        _due(position.due),
    )


def with_short_dates(text: str, day: dt.date) -> str:
    """Return a text with its dates as in narrow columns: ``Sep 18``, of another year ``Jan 15'27``."""
    return ISO_DATE.sub(lambda match: short_date(dt.date.fromisoformat(match.group(1)), day), text)


def _sign(value: float | None) -> Style:
    if not value:
        return Style.PLAIN
    return Style.GOOD if value > 0 else Style.BAD


def _risk(risk: float, basis: str) -> str:
    """Risk in whole dollars; a word where no stop holds it."""
    shown = number(risk, digits=0)
    if math.isinf(risk) or basis == "to the stop":
        return shown
    return f"{shown} {'max' if basis.endswith('max loss') else 'cost'}"


def _due(due: Sequence[Due]) -> Cell:
    now = [reason.what for reason in due if reason.now]
    soon = [reason.what for reason in due if not reason.now]
    words = [f"DUE {', '.join(now)}"] if now else []
    words += [f"soon {', '.join(soon)}"] if soon else []
    return Cell("; ".join(words), Style.WARN if now else Style.QUIET)


def position_text(open_trade: OpenTrade) -> str:
    """Return what a row cannot hold: what the risk is, and what is due in words."""
    position = open_trade.position
    words = [
        f"{open_trade.trade.id} {open_trade.trade.description}",
        f"risk {money(position.risk)} {position.risk_basis}",
        *(due.text for due in position.due),
    ]
    return "; ".join(words)


def summary(view: BookView) -> str:
    """Return the book in a sentence: what is open and due, its heat, and how old the marks are."""
    if view.risk is None:
        return ""
    trades = count(len(view.open_trades), "open trade")
    if not view.open_trades:
        return f"{trades}, {count(view.closed, 'closed trade')} in the journal"
    heat, due = view.risk.totals.heat.sum, len(view.risk.due)
    words = (
        f"{trades}, marked {view.risk.date}; {due or 'nothing'} due; "
        f"heat {WHOLE.text(heat)} of {WHOLE.text(_limit(view.account))}: {_verdict(view.account, heat)}"
    )
    return "; ".join([words, *age_notes(view.risk.date, today=view.day)])


def heat_table(view: BookView) -> Table:
    """Return heat three ways against the account's limit, without and with the planned trade."""
    if view.risk is None:
        return Table(title="Heat", rows=())
    heat, account = view.risk.totals.heat, view.account
    after = {row.name: row.after for row in view.planned.added} if view.planned else {}
    rows = (
        _heat(account, "sum", heat.sum, after.get("risk")),
        _heat(account, "correlated", heat.correlated, None),
        _heat(account, f"{_shock(view.risk)}, no stop", heat.shock, after.get("loss_at_shock")),
    )
    share = percent(account.limits.max_heat_fraction)
    title = f"Heat: limit {WHOLE.text(_limit(account))}, {share} of {WHOLE.text(account.equity)}"
    header = ("risk now", "book", "of equity", "limit", "with trade", "limit")
    return Table(title=title, rows=rows, header=header)


def _shock(risk: BookRisk) -> str:
    return f"IWM ±{percent(risk.totals.shock, digits=0)}"


def _heat(account: Account, name: str, risk: float, after: float | None) -> tuple[str, ...]:
    return (
        name,
        WHOLE.text(risk),
        percent(risk / account.equity),
        _verdict(account, risk),
        WHOLE.text(after),
        MISSING if after is None else _verdict(account, after),
    )


def _limit(account: Account) -> float:
    return account.equity * account.limits.max_heat_fraction


def _verdict(account: Account, risk: float) -> str:
    return "within" if risk <= _limit(account) * (1 + 1e-9) else "EXCEEDED"


def totals_beside_table(view: BookView) -> Table:
    """Return the totals of the book, what the planned trade adds to each, and both together."""
    if view.risk is None:
        return Table(title="Totals", rows=())
    totals, added = view.risk.totals, {row.name: row for row in view.planned.added} if view.planned else {}
    known = {
        "risk": ("risk now, sum", WHOLE, totals.risk),
        "loss_at_shock": (f"loss at {_shock(view.risk)}, no stop", WHOLE, totals.heat.shock),
        "iwm_equivalent": ("IWM-equivalent", WHOLE, totals.iwm_equivalent),
        "spy_equivalent": ("SPY beta-weighted delta", WHOLE, totals.spy_equivalent),
        "theta_per_day": ("theta per day", DOLLARS, totals.greeks.theta_per_day),
        "vega_per_point": ("vega per point", DOLLARS, totals.greeks.vega_per_point),
        "gamma_per_percent": ("gamma per 1%", WHOLE, totals.greeks.gamma_per_percent),
        "buying_power": ("buying power used", WHOLE, totals.buying_power),
    }
    rows = [
        ("P&L", money(totals.pnl, signed=True), MISSING, MISSING),
        ("risk now, in R", r_multiple(totals.risk_in_r), MISSING, MISSING),
        *(
            (label, form.text(value), *_parts(added.get(name), form))
            for name, (label, form, value) in known.items()
        ),
        *_at_move(view.risk, view.planned),
    ]
    title = f"Totals, and with {view.planned.label}" if view.planned else "Totals"
    return Table(title=title, rows=tuple(rows), header=("", "book", "this trade", "together"))


def _parts(row: AddedRow | ShockAdded | None, form: NumberFormat) -> tuple[str, str]:
    """What the planned trade adds, and what comes of it."""
    return (MISSING, MISSING) if row is None else (form.text(row.added), form.text(row.after))


def _at_move(risk: BookRisk, planned: PlannedTrade | None) -> list[tuple[str, str, str, str]]:
    """P&L at one move of the ladder."""
    added = {row.move: row for row in planned.ladder} if planned else {}
    return [
        (
            f"P&L at IWM {percent(AT, digits=0, signed=True)}",
            WHOLE_SIGNED.text(row.pnl),
            *_parts(added.get(row.move), WHOLE_SIGNED),
        )
        for row in risk.ladder
        if math.isclose(row.move, AT)
    ]


def ladder_chart(view: BookView) -> BarChart:
    """Return the shock ladder as bars: the book, and a mark where it stands with the planned trade."""
    if view.risk is None:
        return BarChart(title="Shock Ladder")
    rows = _ladder_rows(view.risk, view)
    values = shares_of([value for _, *pair in rows for value in pair if value is not None])
    bars = tuple(
        Bar(
            cells=(
                Cell(percent(move, digits=0, signed=True)),
                Cell(whole_money(book), _sign(book)),
                Cell(whole_money(both), _sign(both)),
            ),
            value=values(book),
            mark=None if both is None else values(both),
            optional=round(100 * move) % 2 != 0,
        )
        for move, book, both in rows
    )
    return BarChart(
        title="Shock Ladder: one session, IV unchanged, no stop",
        legend="█ book   ◆ with trade" if view.planned else "█ book",
        header=("IWM", "book $", "with trade $"),
        bars=bars,
    )


def _ladder_rows(risk: BookRisk, view: BookView) -> list[tuple[float, float, float | None]]:
    if view.planned is None:
        return [(row.move, row.pnl, None) for row in risk.ladder]
    return [(row.move, row.before, row.after) for row in view.planned.ladder]
