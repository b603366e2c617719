"""The file formats that are read: one module each, listed here, recognised by content and never by name."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from riskcalc.chains.chain import Chain
from riskcalc.chains.clean import QuoteRows, clean_chain
from riskcalc.chains.quote_file import QuoteFile, open_quote_file
from riskcalc.chains.readers import yfinance
from riskcalc.domain.ranges import positive
from riskcalc.errors import ChainError

SHOWN_HEADER = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One file format."""

    name: str
    """The format as its users call it."""
    recognises: Callable[[QuoteFile], bool]
    read: Callable[[QuoteFile], QuoteRows]


READERS = (Reader(name=yfinance.NAME, recognises=yfinance.recognises, read=yfinance.read),)
"""Asked in this order; the first that recognises a file reads it."""


def read_chain(
    path: str | os.PathLike[str],
    *,
    symbol: str | None = None,
    spot: float | None = None,
    date: dt.date | None = None,
) -> Chain:
    """Read a file of option quotes, in whichever known format it is.

    Parameters
    ----------
    path : str or path
        The file, at most 200 MB of UTF-8 text.
    symbol : str, optional
        Underlying to keep; needed when the file holds several or names none.
    spot : float, optional
        Price of the underlying [dollars], > 0; overrides the file's, and is needed when it has none.
    date : date, optional
        Day of the quotes; the latest by default, needed when the file does not say it.

    Returns
    -------
    Chain
        Every row of the file that belongs to that underlying and day; `Chain.dropped` counts the others by
        reason, `Chain.quality_counts` what is doubtful about those that are there.

    Raises
    ------
    ChainError
        The file cannot be read, is of no known format, is damaged, or contradicts itself; the text has a
        line per problem, with file and line number or column.
    InvalidInputError
        `spot` is not > 0.
    """
    if spot is not None:
        positive("spot", spot)
    try:
        file = open_quote_file(Path(path))
        return clean_chain(_reader(file).read(file), symbol=symbol, spot=spot, date=date)
    except ChainError as error:
        raise ChainError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from error


def _reader(file: QuoteFile) -> Reader:
    for reader in READERS:
        if reader.recognises(file):
            return reader
    known = "; ".join(reader.name for reader in READERS)
    start = file.first_line.strip()[:SHOWN_HEADER]
    raise ChainError(f"is no quote file that can be read; known: {known}; its first line: {start}")
