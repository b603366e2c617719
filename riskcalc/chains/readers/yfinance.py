"""CSV dumps of yfinance's `option_chain`: one row per option, columns in camel case.

What people write out differs: expiry, type, spot and quote time are columns that their scripts add, often
under these names. Expiry and type are taken from the contract's OCC symbol where there is no such column.
"""

from __future__ import annotations

from riskcalc.chains.cells import Cells
from riskcalc.chains.clean import QuoteRows
from riskcalc.chains.delimited import header_of, read_table
from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.readers.columns import quote_rows, require_columns

NAMES = {
    "contract": "contractSymbol",
    "symbol": "symbol",
    "expiry": "expirationDate",
    "strike": "strike",
    "option_type": "optionType",
    "bid": "bid",
    "ask": "ask",
    "last": "lastPrice",
    "volume": "volume",
    "open_interest": "openInterest",
    "quoted_vol": "impliedVolatility",
    "size": "contractSize",
    "spot": "underlyingPrice",
    "quote_time": "quoteTime",
    "trade_time": "lastTradeDate",
}


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
    cells = Cells(table=read_table(file, wanted=NAMES.values()))
    require_columns(cells, NAMES, kind="a yfinance chain")
    return quote_rows(cells, NAMES)
