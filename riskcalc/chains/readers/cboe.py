"""The two files of Cboe's delayed quotes: the JSON behind the page, and the table it offers for download."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import re
from typing import Any

import numpy as np

from riskcalc.chains.array_types import Days
from riskcalc.chains.cells import Cells
from riskcalc.chains.clean import COLUMNS, QuoteRows
from riskcalc.chains.delimited import read_table, split_line
from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.readers.columns import quote_rows, require_columns
from riskcalc.chains.readers.records import records_table, section
from riskcalc.errors import ChainError

JSON_NAMES = {
    "contract": "option",
    "bid": "bid",
    "ask": "ask",
    "last": "last_trade_price",
    "volume": "volume",
    "open_interest": "open_interest",
    "quoted_vol": "iv",
    "quoted_delta": "delta",
    "quoted_gamma": "gamma",
    "quoted_theta_per_day": "theta",
    "quoted_vega_per_point": "vega",
    "spot": "current_price",
    "quote_time": "timestamp",
    "trade_time": "last_trade_time",
}
SIDE_NAMES = {
    "contract": "",
    "bid": "Bid",
    "ask": "Ask",
    "last": "Last Sale",
    "volume": "Volume",
    "open_interest": "Open Interest",
    "quoted_vol": "IV",
    "quoted_delta": "Delta",
    "quoted_gamma": "Gamma",
}
"""Columns of one side; calls and puts use the same names in one header."""
SIDES = ("Calls", "Puts")
HEAD_LINES = 8
"""The header is among the first lines, blank ones counted."""
ABOVE = 3
"""Lines above the rows that are not blank: the underlying, the date, the header."""
STAMP = re.compile(
    r"(?P<month>[A-Z][a-z]{2})[a-z]* (?P<day>\d{1,2}), (?P<year>\d{4}) at "
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2}) (?P<half>[ap])\.?m",
    re.IGNORECASE,
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def recognises_json(file: QuoteFile) -> bool:
    """Whether it is an object whose data has a list of options."""
    data = file.document.get("data") if isinstance(file.document, dict) else None
    return isinstance(data, dict) and "options" in data


def read_json(file: QuoteFile) -> QuoteRows:
    """Read the options of the JSON file.

    Raises
    ------
    ChainError
        A key is missing or holds something else.
    """
    data = section(file.document, "data", kind=dict)
    options = section(data, "options", kind=list, place="data.")
    if not options:
        raise ChainError("key data.options holds no quotes")
    once = {
        "current_price": data.get("current_price", data.get("close")),
        # The stamp of the file is in another zone than the times inside, which are New York's.
        "timestamp": data.get("last_trade_time") or file.document.get("timestamp"),
    }
    cells = Cells(
        table=records_table(options, wanted=JSON_NAMES.values(), place_text="data.options[{}]", once=once)
    )
    require_columns(cells, JSON_NAMES, kind="a Cboe chain")
    return quote_rows(cells, JSON_NAMES)


def recognises_table(file: QuoteFile) -> bool:
    """Whether one of the first lines is the two-sided header."""
    return file.document is None and any(_is_header(line) for line in _head(file))


def read_table_of_sides(file: QuoteFile) -> QuoteRows:
    """Read the table: a row is a call on the left, its strike, and the put on the right.

    Raises
    ------
    ChainError
        A column is missing, a cell is not what its column holds, or a row is cut off.
    """
    head = _head(file)
    filled = [line for line in head if line.strip()]
    if not (len(filled) >= ABOVE and _is_header(filled[ABOVE - 1])):
        raise ChainError("looks like a Cboe quote table but lacks the two lines of underlying and date above")
    header = _header(filled[ABOVE - 1])
    cells = Cells(table=read_table(file, wanted=set(header), header=header, above=ABOVE))
    sides = [_side(cells, side) for side in SIDES]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(side, name) for side in sides]) for name in COLUMNS
    }
    columns["spot"] = np.full(len(columns["strike"]), _spot(filled[0]))
    columns["quote_time"] = np.full(len(columns["strike"]), _stamp(filled[1]))
    return dataclasses.replace(
        sides[0], **columns, spot_field="Last, above the table", time_fields="Date, above the table"
    )


def _head(file: QuoteFile) -> list[str]:
    lines = file.lines()
    return [line for line, _ in zip(lines, range(HEAD_LINES), strict=False)]


def _is_header(line: str) -> bool:
    names = split_line(line)
    return {"Calls", "Strike", "Puts"} <= set(names) and names.count("Bid") > 1


def _header(line: str) -> tuple[str, ...]:
    """Names made distinct by the side they stand on: ``Calls Bid``."""
    side, names = "", []
    for name in split_line(line):
        if name in SIDES:
            side = name
            names.append(name)
        else:
            names.append(f"{side} {name}" if side and name != "Strike" else name)
    return tuple(names)


def _side(cells: Cells, side: str) -> QuoteRows:
    names = {field: f"{side} {name}".strip() for field, name in SIDE_NAMES.items()}
    require_columns(cells, names, kind="a Cboe quote table")
    return quote_rows(cells, names)


def _spot(line: str) -> float:
    """Last price of the underlying, NaN where the line has none."""
    for field in next(csv.reader([line])):
        name, _, value = field.partition(":")
        if name.strip() == "Last":
            try:
                return float(value.replace(",", ""))
            except ValueError:
                return np.nan
    return np.nan


def _stamp(line: str) -> Days | np.datetime64:
    """Time of the download, NaT where the line is not in English."""
    found = STAMP.search(line)
    if found is None or found["month"].lower() not in MONTHS:
        return np.datetime64("NaT", "s")
    hour = int(found["hour"]) % 12 + (12 if found["half"].lower() == "p" else 0)
    month = MONTHS.index(found["month"].lower()) + 1
    time = dt.datetime(int(found["year"]), month, int(found["day"]), hour, int(found["minute"]))  # noqa: DTZ001 - New York, as its EDT or EST says
    return np.datetime64(time, "s")
