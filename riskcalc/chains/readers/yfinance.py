"""CSV dumps of yfinance's `option_chain`: one row per option, columns in camel case.

What people write out differs: expiry, type, spot and quote time are columns that their scripts add, often
under these names. Expiry and type are taken from the contract's OCC symbol where there is no such column.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from riskcalc.chains.array_types import Codes, Days, Flags, Texts
from riskcalc.chains.clean import QuoteRows
from riskcalc.chains.delimited import Cells, header_of, read_table
from riskcalc.chains.quote_file import QuoteFile
from riskcalc.errors import ChainError

NAME = "yfinance option chain as CSV (contractSymbol, strike, bid, ask, …)"
REQUIRED = ("strike", "bid", "ask")
WITHOUT_CONTRACT = ("expirationDate", "optionType")
"""Needed as well when there is no contractSymbol."""
WANTED = (
    "contractSymbol",
    "lastTradeDate",
    "strike",
    "lastPrice",
    "bid",
    "ask",
    "volume",
    "openInterest",
    "impliedVolatility",
    "contractSize",
    "optionType",
    "expirationDate",
    "underlyingPrice",
    "quoteTime",
)
UNSOLVED_VOL = 1.1e-5
"""Yahoo writes 0 or 1e-5 when it found no volatility."""


def recognises(file: QuoteFile) -> bool:
    """Whether the header is of this layout."""
    header = set(header_of(file))
    return "contractSymbol" in header or header >= {"expirationDate", "optionType", "strike"}


def read(file: QuoteFile) -> QuoteRows:
    """Read the rows.

    Raises
    ------
    ChainError
        A needed column is missing, a cell is not what its column holds, or a row is cut off.
    """
    cells = Cells(table=read_table(file, wanted=WANTED))
    _require_columns(cells)
    identity = _identity(cells)
    vol = cells.numbers("impliedVolatility")
    rows = QuoteRows(
        **identity,
        strike=cells.strikes("strike"),
        bid=cells.numbers("bid"),
        ask=cells.numbers("ask"),
        last=cells.numbers("lastPrice"),
        open_interest=cells.numbers("openInterest"),
        volume=cells.numbers("volume"),
        quoted_vol=np.where(vol > UNSOLVED_VOL, vol, np.nan),
        spot=cells.numbers("underlyingPrice"),
        quote_time=cells.times("quoteTime"),
        trade_time=cells.times("lastTradeDate"),
        place=np.char.add("line ", cells.table.lines.astype(np.str_)),
        spot_field="column underlyingPrice",
        time_fields="columns quoteTime, lastTradeDate",
    )
    cells.check()
    return rows


def _require_columns(cells: Cells) -> None:
    needed = REQUIRED if cells.has("contractSymbol") else (*REQUIRED, *WITHOUT_CONTRACT)
    missing = [column for column in needed if not cells.has(column)]
    if missing:
        raise ChainError(f"looks like a yfinance chain but lacks {', '.join(missing)}")


class Identity(TypedDict):
    """What each row is a quote of."""

    symbol: Texts
    standard: Flags
    expiry: Days
    option_type: Codes


def _identity(cells: Cells) -> Identity:
    """Identity from the contract's symbol, and from the columns of their own where they are there."""
    regular = np.isin(cells.texts("contractSize"), ("", "REGULAR"))
    if not cells.has("contractSymbol"):
        return {
            "symbol": cells.texts("contractSymbol"),
            "standard": regular,
            "expiry": cells.days("expirationDate"),
            "option_type": cells.option_types("optionType"),
        }
    contracts = cells.contracts("contractSymbol")
    return {
        "symbol": np.array([contract.symbol for contract in contracts]),
        "standard": np.array([contract.standard for contract in contracts]) & regular,
        "expiry": cells.days("expirationDate")
        if cells.has("expirationDate")
        else np.array([contract.expiry for contract in contracts], dtype="datetime64[D]"),
        "option_type": cells.option_types("optionType")
        if cells.has("optionType")
        else np.array([contract.option_type for contract in contracts], dtype=np.int8),
    }
