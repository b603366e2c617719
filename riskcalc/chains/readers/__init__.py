"""The file formats that are read: one module each, listed here, recognised by content and never by name."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from riskcalc.chains.chain import Chain
from riskcalc.chains.clean import QuoteRows, clean_chain
from riskcalc.chains.delimited import header_of
from riskcalc.chains.quote_file import QuoteFile, frame_as_file, open_quote_file
from riskcalc.chains.readers import cboe, flat, schwab, tradier, yfinance
from riskcalc.domain.ranges import brief_repr, calendar_date, positive, text
from riskcalc.errors import ChainError, InvalidInputError

if TYPE_CHECKING:
    import pandas as pd

SHOWN_HEADER = 60
KNOWN_JSON = "JSON, but no chain of Cboe, Schwab or Tradier, nor records with expiry, strike, type, bid, ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One file format."""

    recognises: Callable[[QuoteFile], bool]
    read: Callable[[QuoteFile], QuoteRows]


READERS = (
    Reader(recognises=cboe.recognises_table, read=cboe.read_table_of_sides),
    Reader(recognises=yfinance.recognises, read=yfinance.read),
    Reader(recognises=cboe.recognises_json, read=cboe.read_json),
    Reader(recognises=schwab.recognises, read=schwab.read),
    Reader(recognises=tradier.recognises, read=tradier.read),
    Reader(recognises=flat.recognises_csv, read=flat.read_csv),
    Reader(recognises=flat.recognises_json, read=flat.read_json),
)
"""Asked in this order; the first that recognises a file reads it."""


def read_chain(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    symbol: str | None = None,
    spot: float | None = None,
    date: dt.date | None = None,
) -> Chain:
    """Read option quotes, in whichever known format they are.

    Parameters
    ----------
    source : str, path or DataFrame
        A file, at most 200 MB of UTF-8 text or 64 MB of JSON, plain or gzipped; or a table with the columns
        of a CSV file that can be read, such as yfinance's ``option_chain(expiry).calls``.
    symbol : str, optional
        Underlying to keep; needed when the file holds several or names none.
    spot : float, optional
        Price of the underlying [dollars], > 0; overrides the file's, and is needed when it has none.
    date : date, optional
        Day of the quotes; the latest by default, needed when the file does not say it. A weekend or holiday
        stands for the session before.

    Returns
    -------
    Chain
        Every row of the file that belongs to that underlying and day; `Chain.dropped` counts the others by
        reason, `Chain.quality_counts` what is doubtful about those that are there.

    Raises
    ------
    ChainError
        The file cannot be read, is of no known format, is damaged, or contradicts itself; the text has a
        line per problem, with file and line number or column, or key.
    InvalidInputError
        `spot` is not > 0, or `source` neither a path nor a table.
    """
    if spot is not None:
        positive("spot", spot)
    if symbol is not None:
        text("symbol", symbol)
    if date is not None:
        calendar_date("date", date)
    if not (isinstance(source, (str, os.PathLike)) or hasattr(source, "to_csv")):
        raise InvalidInputError(f"source must be a path or a DataFrame, got {brief_repr(source)}")
    name = source if isinstance(source, (str, os.PathLike)) else "DataFrame"
    try:
        return clean_chain(_read_rows(source), symbol=symbol, spot=spot, date=date)
    except (ChainError, InvalidInputError) as error:
        raise ChainError("\n".join(f"{name}: {line}" for line in str(error).splitlines())) from error


def _read_rows(source: str | os.PathLike[str] | pd.DataFrame) -> QuoteRows:
    """Rows of a source, whose text is let go of when they are there."""
    if isinstance(source, (str, os.PathLike)):
        return _understood(open_quote_file(Path(source)))
    return _understood(frame_as_file(source))


def _understood(file: QuoteFile) -> QuoteRows:
    return _reader(file).read(file)


def _reader(file: QuoteFile) -> Reader:
    for reader in READERS:
        if reader.recognises(file):
            return reader
    raise ChainError(f"is no quote file that can be read: {_unlike(file)}")


def _unlike(file: QuoteFile) -> str:
    """What it lacks, and what it starts with."""
    if file.document is None:
        line = file.first_line.strip()[:SHOWN_HEADER]
        return f"no column says {', '.join(flat.lacking(header_of(file)))}; its first line: {line}"
    keys = ", ".join(file.document) if isinstance(file.document, dict) else "none, it is a list"
    return f"{KNOWN_JSON}; its keys: {keys[:SHOWN_HEADER] or 'none'}"
