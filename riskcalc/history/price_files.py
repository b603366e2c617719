"""Price files of any vendor, recognized by content: one row a day, under a header that is found."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from riskcalc.chains.quote_file import QuoteFile, open_quote_file
from riskcalc.chains.text_table import (
    StrayLine,
    delimiter_of,
    fields_of,
    normalize_name,
    read_table,
    split_line,
)
from riskcalc.chains.typed_columns import Cells
from riskcalc.domain.validation import LEAST_PRICE, MOST_PRICE, brief_repr, listed, text
from riskcalc.errors import ChainError, InvalidInputError, PriceFileError
from riskcalc.history.bars import PRICES, Bars, Floats, ImpliedVols
from riskcalc.history.price_rows import PriceRows, clean_rows, clean_vols, joined_rows

COLUMNS = {
    "date": "date timestamp datetime time day observationdate tradedate pricedate",
    "open": "open 1open openprice openingprice",
    "high": "high 2high highprice dayhigh",
    "low": "low 3low lowprice daylow",
    "close": "close 4close closelast closeprice closingprice last price",
    "adjusted": "adjclose adjustedclose 5adjustedclose closeadj",
    "dividend": "dividends dividendamount 7dividendamount dividend divcash",
    "split": "stocksplits splitcoefficient 8splitcoefficient splitratio split splits",
    "symbol": "symbol ticker",
}
"""Names of each field, in order of preference, as `normalize_name` leaves them."""

VOL_COLUMNS = {
    "date": COLUMNS["date"],
    "close": "iv impliedvol impliedvolatility iv30 atmvol atmiv vol volatility " + COLUMNS["close"],
}
"""The same of a history of implied volatility."""

STACKED_WORDS = frozenset({"ticker", "tickers", "symbol", "symbols"})
"""First cell of the line of symbols below, or above, the names of yfinance's columns."""

HEAD_LINES = 40
SHOWN_HEADER = 60
SHOWN_SYMBOLS = 6
MOST_SPLIT = 1000
"""New shares for one old, or old for one new."""
NAMED_FILE = re.compile(r"\^?([A-Za-z]{1,5})(?=[_\-. ]|$)")
NOT_SYMBOLS = frozenset(
    {"DAILY", "DATA", "PRICE", "HIST", "QUOTE", "TABLE", "DATES", "YEAR", "CLOSE", "BARS"}
)

Source = str | os.PathLike[str]
Names = Mapping[str, str]
Result = TypeVar("Result")


class _Layout(NamedTuple):
    """Where the rows of a file begin, and which of its columns have a meaning."""

    header: tuple[str, ...]
    """Names; those of columns that are not read are blank."""
    above: int
    """Lines above the first row, blank ones not counted."""
    delimiter: str
    fields: Mapping[str, str]
    """Field to column."""
    symbol: str
    """Symbol in the header; may be empty."""


def read_prices(source: Source | Sequence[Source], *, symbol: str | None = None) -> Bars:
    """Read daily prices, in whichever known layout they are.

    Parameters
    ----------
    source : str, path, or several of them
        CSV text of yfinance (flat, or below three header lines), Stooq, Alpha Vantage, Cboe, FRED, or any
        with a column of dates and one of closes; or one column of closes for each symbol. Plain, gzipped or
        alone in a zip archive. Several files, one for each year say, are read as one history.
    symbol : str, optional
        Which to keep where a file holds several, and its name where the file says none.

    Returns
    -------
    Bars
        Oldest first, splits undone and dividends kept; `Bars.notes` says what was done with the rows, and
        `Bars.basis` whether prices are raw or adjusted.

    Raises
    ------
    PriceFileError
        The file cannot be read, is of no known layout, holds a price that is not > 0, two prices for one
        day, several symbols, or too few of its sessions; the text has a line per problem.
    InvalidInputError
        `source` is no path, or `symbol` no text.
    """
    paths = _paths(source)
    if symbol is not None:
        text("symbol", symbol)
    parts = [_with_file_name(path, partial(_rows, path, symbol, COLUMNS)) for path in paths]
    return _with_file_name(", ".join(map(str, paths)), lambda: clean_rows(joined_rows(parts)))


def read_histories(sources: Sequence[Source], *, symbol: str | None = None) -> list[Bars]:
    """Read files of one or several symbols; files of one symbol, such as one per year, are joined.

    Parameters
    ----------
    sources : sequence of str or path
        Files of a symbol that none names are joined where their dates do not overlap.
    symbol : str, optional
        As `read_prices` takes it, for every file.

    Returns
    -------
    list of Bars
        One for each symbol, in the order of the files.

    Raises
    ------
    PriceFileError
        As `read_prices` does.
    """
    groups: list[list[tuple[Path, PriceRows]]] = []
    if symbol is not None:
        text("symbol", symbol)
    for path in _paths(listed("sources", sources), name="sources"):
        part = _with_file_name(path, partial(_rows, path, symbol, COLUMNS))
        group = next((group for group in groups if _same_symbol(part, group[0][1])), None)
        if group is None:
            groups.append([(path, part)])
        else:
            group.append((path, part))
    return [
        _with_file_name(
            ", ".join(str(path) for path, _ in group),
            lambda group=group: clean_rows(joined_rows([part for _, part in group])),  # type: ignore[misc]
        )
        for group in groups
    ]


def _same_symbol(part: PriceRows, other: PriceRows) -> bool:
    """Whether two files hold the prices of one symbol."""
    if part.symbol or other.symbol:
        return part.symbol == other.symbol
    return bool(part.days.max() < other.days.min() or part.days.min() > other.days.max())


def read_vols(path: Source) -> ImpliedVols:
    """Read a history of implied volatility, such as an index of Cboe.

    Parameters
    ----------
    path : str or path
        CSV with a column of dates and one of volatilities, in percent or as fractions.

    Returns
    -------
    ImpliedVols
        Oldest first, per sqrt(year): 0.2 is 20%.

    Raises
    ------
    PriceFileError
        As `read_prices` does.
    """
    (file,) = _paths(path, name="path")
    return _with_file_name(file, lambda: clean_vols(_rows(file, None, VOL_COLUMNS), name=file.stem))


def _paths(source: object, *, name: str = "source") -> list[Path]:
    several = source if isinstance(source, (list, tuple)) else [source]
    paths = [Path(folder) for folder in several if isinstance(folder, (str, os.PathLike))]
    if not paths or len(paths) < len(several):
        raise InvalidInputError(f"{name} must be a path or a list of paths, got {brief_repr(source)}")
    return paths


def _with_file_name(name: object, read: Callable[[], Result]) -> Result:
    """Return the result of a call, adding the name of the file to its errors."""
    try:
        return read()
    except (ChainError, PriceFileError) as error:
        lines = str(error).splitlines()
        raise PriceFileError("\n".join(f"{name}: {line}" for line in lines)) from error


def _rows(path: Path, symbol: str | None, names: Names) -> PriceRows:
    """Rows of one file."""
    file = open_quote_file(path)
    if file.document is not None:
        raise PriceFileError("is JSON; prices are read from CSV")
    layout = _layout(file, symbol, names)
    table = read_table(
        file,
        wanted=set(layout.fields.values()),
        header=layout.header,
        above=layout.above,
        delimiter=layout.delimiter,
        stray_lines=list[StrayLine](),
    )
    cells = Cells(table=table, thousands=layout.delimiter == ",").dated([layout.fields["date"]])
    cells, name = _of_symbol(cells, layout, symbol)
    return _typed(cells, layout, name or _file_symbol(path))


def _layout(file: QuoteFile, symbol: str | None, synonyms: Names) -> _Layout:
    """Find the header: yfinance's three lines, one that names a close, or one of symbols."""
    lines = list(itertools.islice((line for line in file.lines() if line.strip()), HEAD_LINES))
    split = [(delimiter_of(line), line.rstrip("\r\n")) for line in lines]
    heads = [(_names(line, delimiter), delimiter) for delimiter, line in split]
    stacked = _stacked(heads, symbol, synonyms)
    if stacked:
        return stacked
    columns = [_fields(names, synonyms) for names, _ in heads]
    dated = [k for k, fields in enumerate(columns) if "date" in fields]
    for k in dated:
        (names, delimiter), fields = heads[k], columns[k]
        if "close" in fields:
            return _blank_unread_columns(names, fields, above=k + 1, delimiter=delimiter, symbol="")
    if dated:
        (names, delimiter), date = heads[dated[0]], columns[dated[0]]["date"]
        ticker = _choose_symbol(dict.fromkeys(name for name in names if name and name != date), symbol)
        wide = {"date": date, "close": ticker}
        return _blank_unread_columns(names, wide, above=dated[0] + 1, delimiter=delimiter, symbol=ticker)
    line = file.first_line.strip()[:SHOWN_HEADER]
    raise PriceFileError(f"is not a readable price file: no column gives the date; its first line: {line}")


def _names(line: str, delimiter: str) -> tuple[str, ...]:
    names = split_line(line, delimiter=delimiter)
    # pandas leaves the name of an index blank.
    return ("Date", *names[1:]) if names and not names[0] else names


def _fields(names: Sequence[str], synonyms: Names) -> dict[str, str]:
    by_field = fields_of(((name, name) for name in names if name), table=synonyms)
    return {field: columns[0] for field, columns in by_field.items()}


def _blank_unread_columns(
    names: Sequence[str], fields: Mapping[str, str], *, above: int, delimiter: str, symbol: str
) -> _Layout:
    """A layout with blank names for unread columns, so that a repeated name there does not matter."""
    header = tuple(name if name in fields.values() else "" for name in names)
    return _Layout(header, above, delimiter, fields, symbol)


def _stacked(
    heads: Sequence[tuple[tuple[str, ...], str]], symbol: str | None, synonyms: Names
) -> _Layout | None:
    """The layout of yfinance's header lines: names, symbols (either first), and perhaps ``Date,,``."""
    for first, second in ((0, 1), (1, 0)):
        if len(heads) < 2 or len(heads[0][0]) != len(heads[1][0]):
            return None
        names, tickers = heads[first][0], heads[second][0]
        if normalize_name(tickers[0]) in STACKED_WORDS and "close" in _fields(names[1:], synonyms):
            chosen = _choose_symbol(dict.fromkeys(ticker for ticker in tickers[1:] if ticker), symbol)
            named = [
                name if ticker.lower() == chosen.lower() else ""
                for name, ticker in zip(names[1:], tickers[1:], strict=True)
            ]
            has_third = len(heads) > 2 and not any(heads[2][0][1:])
            fields = {**_fields(named, synonyms), "date": "Date"}
            return _blank_unread_columns(
                ("Date", *named), fields, above=2 + has_third, delimiter=heads[0][1], symbol=chosen
            )
    return None


def _choose_symbol(known: Iterable[str], symbol: str | None) -> str:
    """The symbol to keep, as the file spells it."""
    symbols = list(known)
    same = [other for other in symbols if symbol is not None and other.lower() == symbol.lower()]
    if same:
        return same[0]
    shown = ", ".join(symbols[:SHOWN_SYMBOLS]) + (", ..." if len(symbols) > SHOWN_SYMBOLS else "")
    if not symbols:
        raise PriceFileError("names no symbol and no column of prices")
    if len(symbols) > 1:
        choices = f"none is {symbol}" if symbol is not None else "choose one: --symbol, or symbol= in Python"
        raise PriceFileError(f"holds prices of {len(symbols)} symbols ({shown}); {choices}")
    if symbol is not None and _is_ticker(symbols[0]):
        raise PriceFileError(f"holds prices of {symbols[0]}, not of {symbol}")
    return symbols[0]


def _is_ticker(name: str) -> bool:
    return re.fullmatch(r"\^?[A-Z]{1,5}", name) is not None


def _of_symbol(cells: Cells, layout: _Layout, symbol: str | None) -> tuple[Cells, str]:
    """The rows of one symbol, if a column names it, and the symbol."""
    if "symbol" not in layout.fields:
        source = layout.symbol
        is_symbol = _is_ticker(source) or (symbol is not None and source.lower() == symbol.lower())
        return cells, source if is_symbol else symbol or ""
    texts = np.char.strip(cells.texts(layout.fields["symbol"]))
    ticker = _choose_symbol(dict.fromkeys(texts.tolist()), symbol)
    return cells.take(texts == ticker), ticker


def _typed(cells: Cells, layout: _Layout, symbol: str) -> PriceRows:
    """Numbers and days; every bad cell is named."""
    columns = layout.fields
    present = [name for name in PRICES if name in columns]
    if 1 < len(present) < len(PRICES):
        missing = ", ".join(name for name in PRICES if name not in columns)
        raise PriceFileError(f"has {', '.join(present)} but no column for {missing}")
    prices = {name: cells.numbers(columns[name]) for name in present}
    for name, values in prices.items():
        _note_bad_prices(cells, columns[name], values)
    _note_holes(cells, {name: columns[name] for name in present})
    days = cells.days(columns["date"])
    split = _splits(cells, columns["split"]) if "split" in columns else None
    dividend = _dividends(cells, columns["dividend"]) if "dividend" in columns else None
    adjusted = cells.numbers(columns["adjusted"]) if "adjusted" in columns else None
    cells.check()
    return PriceRows(
        symbol=symbol,
        days=days,
        row_numbers=cells.table.row_numbers,
        prices=prices,
        adjusted=adjusted,
        dividend=dividend,
        split=split,
    )


def _note_bad_prices(cells: Cells, column: str, values: Floats) -> None:
    for row in np.flatnonzero((values < LEAST_PRICE) | (values > MOST_PRICE)).tolist():
        cells.problems.append(
            (int(cells.table.row_numbers[row]), f"column {column}: {values[row]:g} is not a price > 0")
        )


def _note_holes(cells: Cells, prices: Mapping[str, str]) -> None:
    """Rows that lack some of their prices; those without any are left out later, and counted."""
    missing = ~np.stack([cells.filled(column) for column in prices.values()])
    for row in np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0)).tolist():
        lacks = ", ".join(name for name, gap in zip(prices, missing[:, row], strict=True) if gap)
        cells.problems.append((int(cells.table.row_numbers[row]), f"has no {lacks}"))


def _splits(cells: Cells, column: str) -> Floats:
    """New shares for one old, 1 where there is no split: some files write 0 then."""
    values = np.nan_to_num(cells.numbers(column), nan=1.0)
    values = np.where(values == 0, 1.0, values)
    for row in np.flatnonzero((values < 1 / MOST_SPLIT) | (values > MOST_SPLIT)).tolist():
        text = f"column {column}: {values[row]:g} is not a split ratio from 1/{MOST_SPLIT} to {MOST_SPLIT}"
        cells.problems.append((int(cells.table.row_numbers[row]), text))
    return values


def _dividends(cells: Cells, column: str) -> Floats:
    """Cash of each ex-date, 0 where there is none."""
    values = np.nan_to_num(cells.numbers(column), nan=0.0)
    for row in np.flatnonzero((values < 0) | (values > MOST_PRICE)).tolist():
        cells.problems.append(
            (int(cells.table.row_numbers[row]), f"column {column}: {values[row]:g} is not a dividend >= 0")
        )
    return values


def _file_symbol(path: Path) -> str:
    """Symbol in a file name, such as ``IWM_daily.csv``; empty if there is none."""
    match = NAMED_FILE.match(path.name)
    word = match[1] if match else ""
    is_ticker = word.isupper() or (word.islower() and re.match(r"\w+[_.]us[_.]", path.name))
    return word.upper() if is_ticker and word.upper() not in NOT_SYMBOLS else ""
