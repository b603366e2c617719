"""Importers of brokers' files: fills and positions, recognized by content."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from riskcalc.book.importers import ibkr, thinkorswim
from riskcalc.book.importers.layouts import read_table
from riskcalc.book.importers.parsed import ParsedFile, completed
from riskcalc.book.importers.positions import read_positions
from riskcalc.book.importers.text import read_text, rows_of
from riskcalc.errors import BookError


def read_broker_file(path: Path | str, *, today: dt.date) -> ParsedFile:
    """Read the fills, or the positions, of a broker's file.

    Parameters
    ----------
    path : Path or str
        CSV of tastytrade, Schwab, Fidelity, thinkorswim, Robinhood, Interactive Brokers or E*TRADE, XML of an
        Interactive Brokers Flex query, or a plain CSV with the columns date, symbol, quantity and price.
    today : date
        Day of positions whose file does not say it.

    Returns
    -------
    ParsedFile
        Every row is a fill, is skipped with a reason, or is a problem.

    Raises
    ------
    BookError
        The file cannot be read, or is of no known layout.
    """
    path = Path(path)
    text = read_text(path)
    try:
        parsed = ibkr.read_flex(text) if text.lstrip()[:1] == "<" else _read_rows(text, today)
    except BookError as error:
        raise BookError(f"{path}: {error}") from None
    if parsed is None:
        raise BookError(
            f"{path}: is of no known layout; known are tastytrade, Schwab, Fidelity, thinkorswim, Robinhood, "
            "Interactive Brokers, E*TRADE, and a plain CSV with date, symbol, quantity and price"
        )
    return completed(parsed)


def _read_rows(text: str, today: dt.date) -> ParsedFile | None:
    rows = rows_of(text)
    for read in (thinkorswim.read, ibkr.read, read_table):
        if (parsed := read(rows)) is not None:
            return parsed
    return read_positions(rows, today=today)
