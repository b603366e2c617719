"""Past cash dividends from a CSV file."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import math
import reprlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from riskcalc.domain import CashDividend
from riskcalc.errors import PresetError
from riskcalc.presets.fields import says_none
from riskcalc.presets.files import read_text
from riskcalc.presets.problems import Problem, dotted
from riskcalc.records import dataclass

DATE_COLUMNS = ("ex_date", "ex_dividend_date", "date")
"""Names of the ex-date column, by preference; case, dashes and spaces are ignored."""

AMOUNT_COLUMNS = ("amount", "dividends", "dividend", "cash_amount")
"""Names of the column of amounts."""

TYPE_COLUMNS = ("special", "type", "dividend_type")
"""Names of the optional column that marks special payments."""

SPECIAL_WORDS = ("special", "sc", "true", "yes", "1")
"""Values of that column for a special payment, in any case; vendors write `SC` for special cash."""

SHOWN_PROBLEMS = 5

Line = tuple[int, list[str]]
"""A line of the file, from 1, and its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Positions of the wanted fields in a row."""

    ex_date: int
    amount: int
    kind: int | None
    """None if no column marks special payments."""
    count: int
    """Fields of a row."""


def anchor_files(data: Mapping[str, Any], folder: Path) -> None:
    """Resolve relative paths of files in a preset's data against a folder, in place."""
    for symbol, file_name in named_files(data).items():
        _quotes(data)[symbol]["dividends"] = str(folder / file_name)


def read_files(data: Mapping[str, Any]) -> list[Problem]:
    """Replace files named in a preset's data by their payments; return the problems."""
    problems: list[Problem] = []
    for symbol, file_name in named_files(data).items():
        path = ("market", "quotes", symbol, "dividends")
        payments: list[dict[str, Any]] = []
        try:
            paid = read_dividend_file(Path(file_name))
            payments += [
                {"ex_date": dividend.ex_date, "amount": dividend.amount, "special": dividend.special}
                for dividend in paid
            ]
        except PresetError as error:
            problems += [(path, f"{dotted(path)}: {line}") for line in str(error).splitlines()]
        _quotes(data)[symbol]["dividends"] = payments
    return problems


def named_files(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that a preset's data name, as written, by symbol."""
    texts = {symbol: quote.get("dividends") for symbol, quote in _quotes(data).items()}
    return {
        symbol: text
        for symbol, text in texts.items()
        if isinstance(text, str) and text.strip() and not says_none(text)
    }


def read_dividend_file(path: Path) -> tuple[CashDividend, ...]:
    """Read past cash dividends from a CSV.

    Parameters
    ----------
    path : Path
        Fields are set apart by commas, semicolons or tabs, and the first line names the columns. An ex-date
        may carry a time, which is dropped. Other columns are left alone, rows without a payment too, so that
        a price history with a column of dividends will do. A column `special`, `type` or `dividend_type`
        may mark what was paid once.

    Returns
    -------
    tuple of CashDividend
        By rising ex-date; a row that stands twice counts once.

    Raises
    ------
    PresetError
        There is no such file, it is no such text, or a line of it says no payment; one line for each problem.
    """
    lines = _lines(read_text(path, kind="dividend"), path)
    if not lines:
        raise PresetError(f"{path}: the file is empty")
    columns = _columns(lines[0], path)
    paid: dict[dt.date, tuple[int, CashDividend]] = {}
    problems: list[str] = []
    for line, fields in lines[1:]:
        try:
            _add(paid, line, _payment(fields, columns))
        except ValueError as error:
            problems.append(f"{path}: line {line}: {error}")
    if problems:
        raise PresetError("\n".join(_first(problems, path)))
    if not paid:
        raise PresetError(f'{path}: has no payments; write dividends = "none" if there are none')
    return tuple(dividend for _, (_, dividend) in sorted(paid.items()))


def _quotes(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The quotes of a preset's data that are tables."""
    market = data.get("market")
    quotes = market.get("quotes") if isinstance(market, dict) else None
    tables = quotes if isinstance(quotes, dict) else {}
    return {symbol: quote for symbol, quote in tables.items() if isinstance(quote, dict)}


def _lines(text: str, path: Path) -> list[Line]:
    """Every line that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        return [(reader.line_num, row) for row in reader if "".join(row).strip()]
    except csv.Error as error:
        raise PresetError(f"{path}: line {reader.line_num}: {error}") from None


def _columns(header: Line, path: Path) -> _Columns:
    line, written = header
    names = [name.strip().lower().replace("-", "_").replace(" ", "_") for name in written]
    try:
        ex_date = _place(names, DATE_COLUMNS, "ex-dates")
        amount = _place(names, AMOUNT_COLUMNS, "amounts")
    except ValueError as error:
        raise PresetError(f"{path}: line {line}: {error}, got {reprlib.repr(','.join(written))}") from None
    kind = next((names.index(name) for name in TYPE_COLUMNS if name in names), None)
    return _Columns(ex_date=ex_date, amount=amount, kind=kind, count=len(names))


def _place(names: list[str], known: tuple[str, ...], meaning: str) -> int:
    """Position of the preferred known name."""
    name = next((name for name in known if name in names), None)
    if name is None:
        raise ValueError(f"must name a column of {meaning}: {' or '.join(known)}")
    if names.count(name) > 1:
        raise ValueError(f"must name a single column {name}")
    return names.index(name)


def _payment(fields: list[str], columns: _Columns) -> CashDividend:
    """Return the payment of a row; raise ValueError if it is invalid."""
    if len(fields) != columns.count:
        cause = "is the file cut off?" if len(fields) < columns.count else "a decimal comma? write 0.80"
        raise ValueError(f"must have {columns.count} fields like the first line, got {len(fields)}; {cause}")
    return CashDividend(
        ex_date=_ex_date(fields[columns.ex_date].strip()),
        amount=_amount(fields[columns.amount].strip()),
        special=columns.kind is not None and fields[columns.kind].strip().lower() in SPECIAL_WORDS,
    )


def _ex_date(text: str) -> dt.date:
    with contextlib.suppress(ValueError):
        # The day where it is written: moving a midnight of New York to another zone would move the day.
        day = dt.datetime.fromisoformat(text).date()
        if 1970 <= day.year <= 2200:
            return day
    raise ValueError(f"the ex-date must be like 2026-06-16, from 1970 to 2200, got {reprlib.repr(text)}")


def _amount(text: str) -> float:
    with contextlib.suppress(ValueError):
        amount = float(text)
        if "_" not in text and 0 <= amount < math.inf:
            return amount
    hint = "; write the decimals after a point" if "," in text else ""
    raise ValueError(f"the amount must be a number >= 0 like 0.80, got {reprlib.repr(text)}{hint}")


def _add(paid: dict[dt.date, tuple[int, CashDividend]], line: int, payment: CashDividend) -> None:
    """Add a payment; raise ValueError if it contradicts an earlier line."""
    if payment.amount == 0:
        return  # a day of a price history on which nothing was paid
    day = payment.ex_date
    earlier, earlier_payment = paid.setdefault(day, (line, payment))
    if earlier_payment.amount != payment.amount:
        raise ValueError(
            f"{day} pays {payment.amount:g} here and {earlier_payment.amount:g} on line {earlier}"
        )


def _first(problems: list[str], path: Path) -> Iterator[str]:
    """The first problems, and how many more there are."""
    yield from problems[:SHOWN_PROBLEMS]
    if len(problems) > SHOWN_PROBLEMS:
        yield f"{path}: and {len(problems) - SHOWN_PROBLEMS:,} more lines like these"
