"""The user's book, and prices for it as they are typed or read from a chain."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.environment import data_folder
from riskcalc.errors import BookError, InvalidInputError

if TYPE_CHECKING:
    from riskcalc.book import Book, BookRisk, Contract
    from riskcalc.chains import Chain

BOOK_FILE = "book.sqlite"

book_option = click.option(
    "--book",
    "book_path",
    type=click.Path(path_type=Path),
    help="File of the book; default: book.sqlite in your data folder.",
)


def book_path_of(given: Path | None = None) -> Path:
    """Return the file of the book, which need not exist."""
    return given or data_folder() / BOOK_FILE


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


def typed_prices(assignments: tuple[str, ...]) -> dict[Contract, float]:
    """Read prices as they are typed: ``IWM=297`` or ``"IWM 295 call 2026-09-18=13.1"``.

    Raises
    ------
    InvalidInputError
        One names nothing that can be held, or no price.
    """
    found = {}
    for text in assignments:
        name, _, price = text.rpartition("=")
        try:
            found[_contract(name)] = float(price)
        except ValueError:
            form = 'IWM=297 or "IWM 295 call 2026-09-18=13.1"'
            raise InvalidInputError(f"a price must be like {form}, got {text!r}") from None
    return found


def _contract(name: str) -> Contract:
    from riskcalc.book.fills import Contract  # noqa: PLC0415 - help is quick
    from riskcalc.book.importers.text import make_option, option  # noqa: PLC0415 - as above

    words = name.split()
    if len(words) == 1 and (known := option(name)) is None:
        return Contract(symbol=words[0].upper())
    if len(words) == 4 and words[2].lower() in {"call", "put"}:
        return make_option(words[0], words[3], words[1], words[2])
    known = option(name)
    if known is None:
        raise ValueError(name)
    return known


def chain_prices(chain: Chain, book: Book) -> tuple[dict[Contract, float], list[str]]:
    """Return the spot and the mids of what the book holds, and what of it the chain does not quote."""
    from riskcalc.book.fills import Contract  # noqa: PLC0415 - help is quick
    from riskcalc.errors import ChainError  # noqa: PLC0415 - as above

    found, missing = {Contract(symbol=chain.symbol): chain.spot}, []
    for trade in book.trades(status="open"):
        for one in trade.holdings if trade.symbol == chain.symbol else ():
            contract = one.contract
            if contract.expiry is None or contract.strike is None or contract.option_type is None:
                continue
            try:
                quote = chain.quote(
                    expiry=contract.expiry, strike=contract.strike, option_type=contract.option_type
                )
            except ChainError as error:
                missing.append(f"{contract.label} is not marked: {error}")
                continue
            found[contract] = quote.mid
    return found, missing


with_book = click.option(
    "--book/--no-book",
    "book_wanted",
    default=None,
    help="Take heat and buying power from your book; default: if there is one.",
)


def settings_with_book(
    settings: dict[str, Any], preset: str, *, wanted: bool | None
) -> tuple[dict[str, Any], BookRisk | None]:
    """Return settings with open risk and free buying power of the book, and its risk.

    Without a book, or where it is not wanted, the settings stay. What they say themselves goes first.
    Unlimited risk counts as all equity: no new trade fits beside it.

    Raises
    ------
    BookError
        The book is wanted, and there is none.
    """
    if wanted is False or (wanted is None and not book_path_of().exists()):
        return settings, None
    from riskcalc.presets import load_preset  # noqa: PLC0415 - most plans have no book

    with open_book(None) as book:
        risk = book.risk()
    account, totals = load_preset(preset, settings).account, risk.totals
    free = max(account.free_buying_power - totals.buying_power, 0.0)
    found = {
        "account.open_risk": round(min(totals.risk, account.equity), 2),
        "account.buying_power": round(free, 2),
    }
    return found | settings, risk


def book_source(risk: BookRisk) -> str:
    """Say where heat and buying power come from."""
    from riskcalc.formatting.numbers import money  # noqa: PLC0415 - help is quick

    held, totals = len(risk.positions), risk.totals
    return (
        f"from the book, marked {risk.date}: {held} open trade{'' if held == 1 else 's'}, "
        f"risk {money(totals.risk)}, buying power used {money(totals.buying_power)} (--no-book leaves it out)"
    )
