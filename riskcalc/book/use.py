"""Share of the account that the open trades of the user's book use, for new plans."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from riskcalc.book.risk_records import BookRisk
from riskcalc.domain import BookUse
from riskcalc.environment import book_path


def user_book_risk(path: Path | None = None, *, today: dt.date | None = None) -> BookRisk | None:
    """Return the risk of the open trades of a book, at its marks; None where there is no file.

    Parameters
    ----------
    path : Path, optional
        Of the book; default: the user's own.
    today : date, optional
        Day for what is due; that of the marks when left out.

    Raises
    ------
    BookError
        The file is no book, or cannot be read.
    """
    path = book_path() if path is None else path
    if not path.exists():
        return None
    from riskcalc.book.book import Book  # noqa: PLC0415 - SQLite is loaded only for one who has a book

    with Book(path) as book:
        return book.risk(today=today)


def book_use(risk: BookRisk) -> BookUse:
    """Return what open trades use of an account: the sum of their risks, and their buying power.

    Parameters
    ----------
    risk : BookRisk
        Of the open trades.
    """
    totals = risk.totals
    return BookUse(open_risk=totals.risk, buying_power=totals.buying_power, source=book_words(risk))


def book_words(risk: BookRisk) -> str:
    """Describe the book that the figures come from."""
    count = len(risk.positions)
    if not count:
        return "the book: no open trades"
    return f"the book, marked {risk.date}: {count} open trade{'' if count == 1 else 's'}"
