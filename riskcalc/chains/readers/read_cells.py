"""Cells of a file of any layout, with the meaning of its columns."""

from __future__ import annotations

from typing import Any

from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.readers.columns import YFINANCE_MARK
from riskcalc.chains.readers.documents import groups_of, table_of_groups
from riskcalc.chains.readers.facts import FileFacts
from riskcalc.chains.readers.names import ColumnNaming, column_naming
from riskcalc.chains.readers.texts import find_head, first_header, table_of_text
from riskcalc.chains.typed_columns import Cells
from riskcalc.errors import ChainError

SHOWN_HEADER = 60
CBOE_SIDES = frozenset({"Calls contract", "Puts contract"})
CBOE_ABOVE = 2
KNOWN_JSON = "JSON, but no chain of Cboe, Schwab or Tradier, nor records with expiry, strike, type, bid, ask"


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
                f"is no quote file that can be read: no column says {missing}; its first line: {line}"
            )
        if set(head.header) >= CBOE_SIDES and len(head.above) < CBOE_ABOVE:
            raise ChainError(
                "looks like a Cboe quote table but lacks the two lines of underlying and date above"
            )
        return table_of_text(file, head)
    groups = groups_of(file.document)
    if not groups:
        _require_cboe(file.document)
        keys = ", ".join(file.document) if isinstance(file.document, dict) else "none, it is a list"
        raise ChainError(
            f"is no quote file that can be read: {KNOWN_JSON}; its keys: {keys[:SHOWN_HEADER] or 'none'}"
        )
    table, names, facts = table_of_groups(groups)
    return Cells(table=table), names, facts


def _require_cboe(document: Any) -> None:  # noqa: ANN401 - any JSON value
    """Say what Cboe's records lack."""
    data = document.get("data") if isinstance(document, dict) else None
    records = data.get("options") if isinstance(data, dict) else None
    if isinstance(records, list) and records and isinstance(records[0], dict):
        raise ChainError(
            f"looks like a Cboe chain but lacks {', '.join(column_naming(tuple(records[0])).missing)}"
        )
