"""Readers of quote files of any vendor: a few layouts, recognized by content."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskcalc.chains.chain import Chain
from riskcalc.chains.cleaning import clean_chain
from riskcalc.chains.quote_file import QuoteFile, frame_as_file, open_quote_file
from riskcalc.chains.quote_rows import QuoteRows, concatenate_rows
from riskcalc.chains.readers.columns import YFINANCE_MARK, typed_rows
from riskcalc.chains.readers.documents import find_frame, groups_of, require_answer, table_of_groups
from riskcalc.chains.readers.facts import FileFacts
from riskcalc.chains.readers.names import ColumnNaming, column_naming
from riskcalc.chains.readers.texts import find_head, first_header, table_of_text
from riskcalc.chains.typed_columns import Cells
from riskcalc.domain import InstrumentTable
from riskcalc.domain.validation import brief_repr, calendar_date, positive, text
from riskcalc.errors import ChainError, InvalidInputError, RiskcalcError

if TYPE_CHECKING:
    import pandas as pd


SHOWN_HEADER = 60
CBOE_SIDES = frozenset({"Calls contract", "Puts contract"})
CBOE_ABOVE = 2
KNOWN_JSON = (
    "JSON, but not a chain of Cboe, Schwab or Tradier, or records with expiry, strike, type, bid, ask"
)


def read_chain(
    source: str | os.PathLike[str] | pd.DataFrame | Iterable[Any],
    *,
    symbol: str | None = None,
    spot: float | None = None,
    date: dt.date | None = None,
    instruments: InstrumentTable | None = None,
) -> Chain:
    """Read option quotes in any known layout.

    Parameters
    ----------
    source : str, path, DataFrame, or several of them
        A file, at most 200 MB of UTF-8 text or 64 MB of JSON, plain, gzipped or alone in a zip archive; a
        DataFrame with the columns of such a CSV file; or the result of yfinance's ``option_chain(expiry)`` or
        its ``.calls``. A list of these, of one underlying and day, is read as one chain.
    symbol : str, optional
        Underlying to read; required if the file has several or names none.
    spot : float, optional
        Price of the underlying [dollars], > 0; overrides the file's; required if it has none.
    date : date, optional
        Date of the quotes; default: the latest; required if the file does not state it. A weekend or holiday
        means the session before.
    instruments : mapping, optional
        Instruments by symbol, from `riskcalc.load_instruments`; default: the shipped ones. A symbol without a
        row is treated as shares with American options, with a warning.

    Returns
    -------
    Chain
        Rows of the file for that underlying and day. `Chain.dropped` counts excluded rows by reason,
        `Chain.quality_counts` counts suspect quotes, and `Chain.warnings` has warnings about the file: a spot
        that is inconsistent with its options is replaced by the implied one, unless `spot` is given.

    Raises
    ------
    ChainError
        The file cannot be read, has no known layout, is damaged, or is inconsistent; the text has one line
        per problem, with file and line number, column or key.
    InvalidInputError
        `spot` is not > 0, or `source` is none of these.
    """
    if spot is not None:
        positive("spot", spot)
    if symbol is not None:
        text("symbol", symbol)
    if date is not None:
        calendar_date("date", date)
    sources = _sources(source)
    names = ", ".join(dict.fromkeys(_name(source) for source in sources))
    parts = [_read_rows(source) for source in sources]
    try:
        return clean_chain(
            concatenate_rows(parts), symbol=symbol, spot=spot, date=date, instruments=instruments
        )
    except (ChainError, InvalidInputError) as error:
        raise _named_error(names, error) from error


def read_rows(source: str | os.PathLike[str] | pd.DataFrame) -> QuoteRows:
    """Rows of a source as typed columns; its text is then released.

    Raises
    ------
    ChainError
        As `read_chain` does.
    """
    return _read_rows(_sources(source)[0])


def _sources(source: Any) -> list[Any]:  # noqa: ANN401 - whatever a caller gives
    """Paths and tables, one by one."""
    source_read = _source(source)
    if source_read is not None:
        return [source_read]
    if isinstance(source, (list, tuple)) and source:
        sources = [_source(part) for part in source]
        if all(part is not None for part in sources):
            return sources
    raise InvalidInputError(
        f"source must be a path or a DataFrame, got {brief_repr(source)}; "
        "a list of them, or what yfinance's option_chain returns, is read too"
    )


def _source(source: Any) -> Any:  # noqa: ANN401 - as above
    """Return a path or a table; None for anything else."""
    if isinstance(source, (str, os.PathLike)):
        return source
    return find_frame(source)


def _name(source: Any) -> str:  # noqa: ANN401 - as above
    return str(source) if isinstance(source, (str, os.PathLike)) else "DataFrame"


def _read_rows(source: Any) -> QuoteRows:  # noqa: ANN401 - as above
    try:
        if isinstance(source, (str, os.PathLike)):
            return _typed_file_rows(open_quote_file(Path(source)))
        return _typed_file_rows(frame_as_file(source))
    except (ChainError, InvalidInputError) as error:
        raise _named_error(_name(source), error) from error


def _named_error(name: str, error: RiskcalcError) -> ChainError:
    return ChainError("\n".join(f"{name}: {line}" for line in str(error).splitlines()))


def _typed_file_rows(file: QuoteFile) -> QuoteRows:
    require_answer(file.document)
    return typed_rows(*read_cells(file))


def read_cells(file: QuoteFile) -> tuple[Cells, ColumnNaming, FileFacts]:
    """Find the options of a file.

    Raises
    ------
    ChainError
        It has none, or they are damaged.
    """
    if file.document is None:
        head = find_head(file)
        if head is None:
            header = first_header(file)
            missing = ", ".join(column_naming(header).missing) or "more than symbols"
            if YFINANCE_MARK in header:
                raise ChainError(f"looks like a yfinance chain but lacks {missing}")
            line = file.first_line.strip()[:SHOWN_HEADER]
            raise ChainError(
                f"is not a readable quote file: no column gives {missing}; its first line: {line}"
            )
        if set(head.header) >= CBOE_SIDES and len(head.above) < CBOE_ABOVE:
            raise ChainError(
                "looks like a Cboe quote table but lacks the two lines with underlying and date above"
            )
        return table_of_text(file, head)
    groups = groups_of(file.document)
    if not groups:
        _require_cboe(file.document)
        keys = ", ".join(file.document) if isinstance(file.document, dict) else "none, it is a list"
        raise ChainError(
            f"is not a readable quote file: {KNOWN_JSON}; its keys: {keys[:SHOWN_HEADER] or 'none'}"
        )
    table, names, facts = table_of_groups(groups)
    return Cells(table=table), names, facts


def _require_cboe(document: Any) -> None:  # noqa: ANN401 - any JSON value
    """Raise an error that names the fields missing from Cboe's records."""
    data = document.get("data") if isinstance(document, dict) else None
    records = data.get("options") if isinstance(data, dict) else None
    if isinstance(records, list) and records and isinstance(records[0], dict):
        raise ChainError(
            f"looks like a Cboe chain but lacks {', '.join(column_naming(tuple(records[0])).missing)}"
        )
