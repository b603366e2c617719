"""Plain tables, CSV or JSON: one row or record per option, under whichever of the usual names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from riskcalc.chains.cells import Cells
from riskcalc.chains.clean import QuoteRows
from riskcalc.chains.delimited import header_of, read_table
from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.readers.columns import Names, quote_rows, require_columns
from riskcalc.chains.readers.records import keys_of, records_table
from riskcalc.errors import ChainError

SYNONYMS = {
    "contract": "contract contractsymbol optionsymbol occsymbol occ osi contractid contractname option",
    "symbol": "symbol ticker underlying underlyingsymbol root rootsymbol actsymbol",
    "expiry": "expiry expiration expirationdate expirydate expiredate expdate exp maturity",
    "strike": "strike strikeprice k",
    "option_type": "optiontype type putcall callput cp cpflag callputflag right side kind",
    "bid": "bid bidprice bestbid",
    "ask": "ask askprice bestask offer bestoffer",
    "last": "last lastprice lasttradeprice lastsale lasttraded",
    "volume": "volume totalvolume",
    "open_interest": "openinterest openint oi",
    "quoted_vol": "quotedvol iv impliedvolatility impliedvol midiv ivmid",
    "quoted_vol_percent": "ivpercent ivpct impliedvolatilitypercent impliedvolpercent",
    "quoted_delta": "quoteddelta delta",
    "quoted_gamma": "quotedgamma gamma",
    "quoted_theta_per_day": "quotedthetaperday theta",
    "quoted_vega_per_point": "quotedvegaperpoint vega",
    "size": "contractsize multiplier",
    "spot": "spot spotprice underlyingprice underlyinglast stockprice currentprice",
    "quote_time": "quotetime quotedatetime quotetimestamp feedtimestamp timestamp datetime asof updated"
    " quotedate datadate date",
    "trade_time": "lasttradetime lasttradedate tradetime",
}
"""Names of each field in order of preference, in lower case and without blanks, underscores and dots."""


def recognises_csv(file: QuoteFile) -> bool:
    """Whether the header has a bid, an ask, and names of what is quoted."""
    return file.document is None and _is_chain(header_of(file))


def recognises_json(file: QuoteFile) -> bool:
    """Whether there is one list of records with a bid, an ask, and names of what is quoted."""
    found = _records(file.document)
    return found is not None and _is_chain(found[1][0])


def lacking(header: Iterable[str]) -> list[str]:
    """What a chain needs and the header has no name of."""
    names = _names(header)
    needed = ["bid", "ask"] if "contract" in names else ["expiry", "strike", "option_type", "bid", "ask"]
    return [field.removeprefix("option_") for field in needed if field not in names]


def read_csv(file: QuoteFile) -> QuoteRows:
    """Read the rows of a CSV file.

    Raises
    ------
    ChainError
        A cell is not what its column holds, or a row is cut off.
    """
    names = _names(header_of(file))
    return _rows(Cells(table=read_table(file, wanted=names.values())), names, kind="a plain CSV chain")


def read_json(file: QuoteFile) -> QuoteRows:
    """Read the records of a JSON file; what stands once beside their list holds for each of them.

    Raises
    ------
    ChainError
        A value is not what its key holds, or a record is not one.
    """
    found = _records(file.document)
    if found is None:
        raise ChainError("holds no list of quotes")
    key, records = found
    beside = file.document if isinstance(file.document, dict) else {}
    once = {name: value for name, value in beside.items() if not isinstance(value, (dict, list))}
    names = _names(sorted(keys_of(records) | once.keys()))
    table = records_table(records, wanted=names.values(), place_text=f"{key}[{{}}]", once=once)
    return _rows(Cells(table=table), names, kind="a plain JSON chain")


def _rows(cells: Cells, names: Names, *, kind: str) -> QuoteRows:
    names = dict(names)
    if "contract" not in names and "symbol" in names and cells.holds_contracts(names["symbol"]):
        names["contract"] = names.pop("symbol")
    vol_unit = 1.0
    if "quoted_vol" not in names and "quoted_vol_percent" in names:
        names["quoted_vol"], vol_unit = names["quoted_vol_percent"], 100.0
    require_columns(cells, names, kind=kind)
    return quote_rows(cells, names, vol_unit=vol_unit)


def _names(header: Iterable[str]) -> dict[str, str]:
    """The file's name of each field it has."""
    plain = {_plain(name): name for name in reversed(list(header))}
    found = {}
    for field, synonyms in SYNONYMS.items():
        known = [plain[word] for word in synonyms.split() if word in plain]
        if known:
            found[field] = known[0]
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9%]", "", name.lower()).replace("%", "percent")


def _is_chain(header: Iterable[str]) -> bool:
    names = _names(header)
    whole = {"expiry", "strike", "option_type"} <= names.keys()
    return {"bid", "ask"} <= names.keys() and (whole or bool({"contract", "symbol"} & names.keys()))


def _records(document: Any) -> tuple[str, list[Any]] | None:  # noqa: ANN401 - any JSON value
    """The one list of records, and the key it stands under."""
    lists = document.items() if isinstance(document, dict) else [("", document)]
    found = [
        (key, value)
        for key, value in lists
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    return found[0] if len(found) == 1 else None
