"""The option chain of Tradier's API: a list of options, or a bare object where there is only one."""

from __future__ import annotations

from typing import Any

from riskcalc.chains.cells import Cells
from riskcalc.chains.clean import QuoteRows
from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.readers.columns import quote_rows, require_columns
from riskcalc.chains.readers.records import records_table
from riskcalc.errors import ChainError

NAMES = {
    "contract": "symbol",
    "expiry": "expiration_date",
    "strike": "strike",
    "option_type": "option_type",
    "bid": "bid",
    "ask": "ask",
    "last": "last",
    "volume": "volume",
    "open_interest": "open_interest",
    "quoted_vol": "mid_iv",
    "quoted_delta": "delta",
    "quoted_gamma": "gamma",
    "quoted_theta_per_day": "theta",
    "quoted_vega_per_point": "vega",
    "size": "contract_size",
    "quote_time": "quote time",
    "trade_time": "trade_date",
}


def recognises(file: QuoteFile) -> bool:
    """Whether it is an object with options that are not a list of their own."""
    document = file.document
    if not (isinstance(document, dict) and "options" in document):
        return False
    options = document["options"]
    return options in (None, "null") or (isinstance(options, dict) and "option" in options)


def read(file: QuoteFile) -> QuoteRows:
    """Read the options; the spot is not among what Tradier gives.

    Raises
    ------
    ChainError
        There are none, or a value is not what its key holds.
    """
    options = file.document["options"]
    found = options.get("option") if isinstance(options, dict) else None
    if not found:
        raise ChainError("key options is null: the broker knows no options of that symbol and expiry")
    listed = found if isinstance(found, list) else [found]
    flat = [_flat(one) for one in listed]
    cells = Cells(table=records_table(flat, wanted=NAMES.values(), place_text="options.option[{}]"))
    require_columns(cells, NAMES, kind="a Tradier chain")
    return quote_rows(cells, NAMES)


def _flat(option: Any) -> Any:  # noqa: ANN401 - any JSON value
    """One option with its Greeks beside its quote, stamped by the later of bid and ask."""
    if not isinstance(option, dict):
        return option
    greeks = option.get("greeks")
    stamps = [stamp for key in ("bid_date", "ask_date") if isinstance(stamp := option.get(key), int)]
    return option | (greeks if isinstance(greeks, dict) else {}) | {"quote time": max(stamps, default=None)}
