"""The user's book, for the commands that read it or plan beside it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli.output import say_warnings
from riskcalc.environment import book_path, today
from riskcalc.errors import BookError, InvalidInputError

if TYPE_CHECKING:
    from riskcalc.book import Book, BookRisk
    from riskcalc.domain import BookUse, TradePlan
    from riskcalc.formatting import Table

book_option = click.option(
    "--book",
    "book_path",
    type=click.Path(path_type=Path),
    help="File of the book; default: book.sqlite in your data folder.",
)


def book_path_of(path: Path | None = None) -> Path:
    """Return the file of the book, which need not exist."""
    return path or book_path()


def open_book(given: Path | None, *, must_exist: bool = True) -> Book:
    """Open the book.

    Raises
    ------
    BookError
        There is none yet, or it cannot be used.
    """
    from riskcalc.book import Book  # noqa: PLC0415 - help is quick

    path = book_path_of(given)
    if must_exist and not path.exists():
        raise BookError(
            f"{path}: there is no book yet; make it with riskcalc book add PRESET or book import FILE"
        )
    return Book(path)


def midnight(day: dt.date) -> dt.datetime:
    """Return the time of a fill of which only the day is known."""
    return dt.datetime.combine(day, dt.time())


def past_day(ctx: click.Context, param: click.Parameter, value: dt.date | None) -> dt.date | None:  # noqa: ARG001 - click's signature
    """Return a day; warn if it is after today, and refuse a mistyped year.

    Raises
    ------
    InvalidInputError
        It lies more than a year after today.
    """
    if value is None or value <= today():
        return value
    from riskcalc.book.imports import FUTURE  # noqa: PLC0415 - most days are none of the future

    if value > today() + FUTURE:
        raise InvalidInputError(f"--date must not be long after today, {today()}, got {value}")
    say_warnings([f"--date {value} is after today, {today()}: prices of days before it are ignored"])
    return value


with_book = click.option(
    "--book/--no-book",
    "book_wanted",
    default=None,
    help="Include the open risk and buying power of your book; default: if there is one.",
)


def require_wanted(*, wanted: bool | None) -> None:
    """Refuse a requested book that does not exist.

    Raises
    ------
    BookError
        There is none; the text says how one is made.
    """
    if wanted and not book_path().exists():
        open_book(None)


def book_beside(*, wanted: bool | None) -> BookRisk | None:
    """Return the risk of the user's book for new plans; None without a book or with ``--no-book``.

    Raises
    ------
    BookError
        The book is wanted, and there is none, or it cannot be read.
    """
    if wanted is False or (wanted is None and not book_path().exists()):
        return None
    from riskcalc.book.use import user_book_risk  # noqa: PLC0415 - most plans have no book

    require_wanted(wanted=wanted)
    try:
        return user_book_risk()
    except BookError as error:
        raise BookError(f"{error}; --no-book leaves it out") from error


def use_of(risk: BookRisk | None) -> BookUse | None:
    """Return the open risk and buying power that the open trades of a book use."""
    if risk is None:
        return None
    from riskcalc.book.use import book_use  # noqa: PLC0415 - most plans have no book

    return book_use(risk)


def book_source(risk: BookRisk) -> str:
    """Print where heat and buying power come from."""
    from riskcalc.book.use import book_words  # noqa: PLC0415 - help is quick
    from riskcalc.formatting.numbers import money  # noqa: PLC0415 - as above

    totals = risk.totals
    used = (
        f", risk {money(totals.risk)}, buying power used {money(totals.buying_power)}"
        if risk.positions
        else ""
    )
    return f"from {book_words(risk)}{used} (--no-book leaves it out)"


def book_answer(plan: TradePlan, risk: BookRisk | None) -> dict[str, Any]:
    """Return the book for JSON: each total before, added by the trade, and after."""
    if risk is None:
        return {}
    from riskcalc.book.added import added_by  # noqa: PLC0415 - most plans have no book

    rows = {row.name: row.to_dict() for row in added_by(plan, risk)}
    return {"book": {"source": book_source(risk), "marked": risk.date.isoformat(), "totals": rows}}


def book_tables_of(plan: TradePlan, risk: BookRisk | None) -> list[Table]:
    """Return a table of what a planned trade adds to the book; none without a book."""
    if risk is None:
        return []
    from riskcalc.book.added import added_by  # noqa: PLC0415 - most plans have no book
    from riskcalc.book.tables import added_table  # noqa: PLC0415 - as above

    return [added_table(added_by(plan, risk), source=book_source(risk))]
