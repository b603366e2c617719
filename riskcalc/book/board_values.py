"""Values of a book for the rules of the signal board: heat, drawdown, buying power and positions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from riskcalc.book.book import Book
from riskcalc.book.risk_records import BookRisk
from riskcalc.domain.validation import calendar_date, positive
from riskcalc.environment import book_path
from riskcalc.presets.account_file import inherited_accounts, read_account
from riskcalc.signals.book_values import BookValues


def read_book_values(today: dt.date) -> BookValues | None:
    """Return the values of the user's book, as parts of the equity of the user's account.

    Parameters
    ----------
    today : date
        Day of the values where nothing is open.

    Returns
    -------
    BookValues or None
        None where there is no book.

    Raises
    ------
    BookError
        The book cannot be read.
    PresetError
        The account cannot be read.
    """
    path = book_path()
    if not path.exists():
        return None
    account = read_account()
    equity = inherited_accounts(account).whole.equity
    sample = "" if "equity" in account else " (sample)"
    with Book(path) as book:
        return book_values(book, equity=equity, today=today, source=f"book, equity ${equity:,.0f}{sample}")


def book_values(book: Book, *, equity: float, today: dt.date, source: str = "book") -> BookValues:
    """Return what rules of the board can be on.

    Parameters
    ----------
    book : Book
        At its latest marks.
    equity : float
        Account value [dollars], > 0.
    today : date
        Day of the values where nothing is open; else it is that of the oldest price.
    source : str
        Where they come from, in words.

    Returns
    -------
    BookValues
        Percent of equity. Unlimited risk counts as all equity. The drawdown is the fall of the cumulative P&L
        from its highest, closed parts on their day and open ones at their marks, over the equity at that
        high; without a mark of an open trade it is not known.
    """
    positive("equity", equity)
    calendar_date("today", today)
    risk = book.risk(today=today)
    totals = risk.totals
    dollars = {
        "book.heat": totals.risk,
        "book.heat_correlated": totals.heat.correlated,
        "book.heat_shock": totals.heat.shock,
        "book.buying_power": totals.buying_power,
        "book.iwm_equivalent": totals.iwm_equivalent,
    }
    values = {name: 100.0 * _as_share_of_equity(amount, equity) / equity for name, amount in dollars.items()}
    values["book.positions"] = float(len(risk.positions))
    fall = _drawdown(book)
    if fall is not None:
        values["book.drawdown"] = 100.0 * fall / (equity + fall)
    return BookValues(day=_day(risk, today), values=values, source=source)


def _as_share_of_equity(amount: float, equity: float) -> float:
    return amount if math.isfinite(amount) else equity


def _day(risk: BookRisk, today: dt.date) -> dt.date:
    return risk.oldest_price if risk.positions else today


def _drawdown(book: Book) -> float | None:
    """Drawdown of the cumulative P&L from its peak, at least 0 [dollars]; None if a mark is missing."""
    opened = [trade.open_pnl for trade in book.trades(status="open")]
    if None in opened:
        return None
    total = highest = 0.0
    for _, pnl in sorted(_realized_pnls(book), key=lambda realized: realized[0]):
        total += pnl
        highest = max(highest, total)
    total += math.fsum(pnl or 0.0 for pnl in opened)
    return max(highest, total) - total


def _realized_pnls(book: Book) -> Iterator[tuple[dt.datetime, float]]:
    """Realized P&L with its times; dividends and fees count on the day of the trade's last closing."""
    for trade in book.ledger.trades.values():
        for closing in trade.closings:
            yield closing.closed, closing.pnl
        if trade.income:
            yield max((closing.closed for closing in trade.closings), default=trade.opened), trade.income
