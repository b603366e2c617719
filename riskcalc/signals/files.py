"""Files with data of signals, recognized by content: FRED, iShares holdings, prices, option chains."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from riskcalc.chains.dates import read_time
from riskcalc.chains.quote_file import QuoteFile, open_quote_file
from riskcalc.chains.text_table import delimiter_of, normalize_name, split_line
from riskcalc.chains.typed_columns import parse_number
from riskcalc.domain.validation import brief_repr
from riskcalc.errors import ChainError, InvalidInputError, PriceFileError
from riskcalc.signals.known_series import KNOWN_FRED, SECTOR
from riskcalc.signals.series import Series
from riskcalc.signals.store import require_safe

HEAD_LINES = 40
FRED_DATES = ("observation_date", "DATE")
FRED_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,30}")
MISSING = frozenset({"", ".", "#N/A", "NaN", "nan", "NA"})
PERCENT_SERIES = re.compile(r"DGS|DTB|DFII|BAML|T10Y|T5Y|DFF|FEDFUNDS|SOFR|MORTGAGE|UNRATE|AAA|BAA|DAAA|DBAA")
"""Starts of the names of FRED's series in percent."""
FUNDS = {
    "ishares russell 2000 etf": "IWM",
    "ishares russell 2000 value etf": "IWN",
    "ishares russell 2000 growth etf": "IWO",
    "ishares russell 1000 etf": "IWB",
    "ishares core s&p 500 etf": "IVV",
    "ishares core s&p small-cap etf": "IJR",
}
HOLDINGS_DAY = "Fund Holdings as of"


def read_files(paths: Iterable[Path]) -> list[Series]:
    """Return the series of files of any known kind, recognized by content.

    Parameters
    ----------
    paths : iterable of Path
        FRED's CSV, iShares holdings, daily prices, option quotes; all are read before any is used.

    Raises
    ------
    PriceFileError
        A file cannot be read, is of no known kind, or its name says another series than its content.
    """
    return [series for path in paths for series in _read_file(path)]


def _read_file(path: Path) -> list[Series]:
    try:
        series = _series(path)
        _require_own_name(path, series)
    except (ChainError, PriceFileError, InvalidInputError) as error:
        lines = [line.removeprefix(f"{path}: ") for line in str(error).splitlines()]
        raise PriceFileError("\n".join(f"{path}: {line}" for line in lines)) from error
    else:
        return series


def _series(path: Path) -> list[Series]:
    file = open_quote_file(path)
    if file.document is not None:
        return _chain_ratios(path)
    head = list(itertools.islice((line.strip() for line in file.lines() if line.strip()), HEAD_LINES))
    if any(HOLDINGS_DAY in line for line in head):
        return _holdings(path, file)
    if split_line(head[0])[0] in FRED_DATES:
        return _fred(path, file)
    if any("strike" in line.lower() for line in head):
        return _chain_ratios(path)
    return _prices(path, file)


def _require_own_name(path: Path, read: list[Series]) -> None:
    """Refuse a file that is called by another statistic than it holds."""
    named = {word for word in re.split(r"[^A-Z0-9]+", path.stem.upper()) if word in KNOWN_FRED}
    owners = {series.name.partition(".")[0] for series in read}
    if named and not named & owners:
        raise PriceFileError(f"is called {', '.join(sorted(named))} but holds {', '.join(sorted(owners))}")


def _fred(path: Path, file: QuoteFile) -> list[Series]:
    rows = [(line, row) for line, row in enumerate(csv.reader(file.lines()), start=1) if any(row)]
    names = [name.strip() for name in rows[0][1][1:]]
    if not names or not all(FRED_NAME.fullmatch(name) for name in names):
        raise PriceFileError(f"has no series of FRED in its columns: {brief_repr(','.join(names))}")
    return [_fred_series(path, name, rows[1:], column) for column, name in enumerate(names, start=1)]


def _fred_series(path: Path, name: str, rows: list[tuple[int, list[str]]], column: int) -> Series:
    values: dict[dt.date, float] = {}
    for line, row in rows:
        cell = row[column].strip() if column < len(row) else ""
        day = _iso_day(row[0], line)
        if cell in MISSING:
            continue
        try:
            value = parse_number(cell)
        except ValueError:
            raise PriceFileError(f"line {line}, column {name}: {brief_repr(cell)} is not a number") from None
        if values.setdefault(day, value) != value:
            raise PriceFileError(
                f"line {line}: a second value of {name} for {day}: {values[day]:g} and {value:g}"
            )
    unit = "%" if PERCENT_SERIES.match(name) else "points"
    return _of_values(name, unit, values, source=path.name)


def _iso_day(cell: str, line: int) -> dt.date:
    try:
        return dt.date.fromisoformat(cell.strip())
    except ValueError:
        raise PriceFileError(f"line {line}: {brief_repr(cell)} is not a date like 2026-09-18") from None


def _of_values(name: str, unit: str, values: Mapping[dt.date, float], *, source: str) -> Series:
    if not values:
        raise PriceFileError(f"holds no value of {name}")
    days = sorted(values)
    return Series(
        name=require_safe(name),
        unit=unit,
        days=np.array(days, dtype="datetime64[D]"),
        values=np.array([values[day] for day in days]),
        source=source,
    )


def _holdings(path: Path, file: QuoteFile) -> list[Series]:
    rows = [[cell.strip() for cell in row] for row in csv.reader(file.lines())]
    facts = {row[0]: row[1] for row in rows[:HEAD_LINES] if len(row) == 2}
    title = next(row[0] for row in rows if row and row[0])
    symbol = FUNDS.get(title.lower()) or _symbol_in(path.stem)
    if not symbol:
        raise PriceFileError(
            f"is of a fund riskcalc does not know, {brief_repr(title)}: call it like IWM_holdings.csv"
        )
    day = _holdings_day(facts.get(HOLDINGS_DAY, ""))
    shares = _number(facts.get("Shares Outstanding", ""), "Shares Outstanding")
    table = list(_holding_rows(rows))
    total = sum(value for _, value, _ in table)
    if not (shares > 0 and total > 0):
        raise PriceFileError("must have shares outstanding and market values above 0")
    weights: dict[str, float] = {}
    for sector, _, weight in table:
        weights[sector] = weights.get(sector, 0.0) + weight
    single = {"shares_outstanding": ("", shares), "nav": ("points", total / shares)}
    single |= {f"{SECTOR}{sector}": ("%", weight) for sector, weight in weights.items()}
    return [
        _of_values(f"{symbol}.{column}", unit, {day: value}, source=path.name)
        for column, (unit, value) in single.items()
    ]


def _holdings_day(cell: str) -> dt.date:
    try:
        return read_time(cell, month_first=True).date()
    except ValueError:
        raise PriceFileError(f"{HOLDINGS_DAY} must be a date, got {brief_repr(cell)}") from None


def _holding_rows(rows: list[list[str]]) -> Iterator[tuple[str, float, float]]:
    """Sector, market value and weight in percent of each row of the table."""
    start = next(
        (k for k, row in enumerate(rows) if {"Sector", "Market Value", "Weight (%)"} <= set(row)), None
    )
    if start is None:
        raise PriceFileError("has no table with the columns Sector, Market Value and Weight (%)")
    columns = [rows[start].index(name) for name in ("Sector", "Market Value", "Weight (%)")]
    for line, row in enumerate(rows[start + 1 :], start=start + 2):
        if len(row) <= max(columns):
            if any(row):
                return  # the footer
            continue
        sector, value, weight = (row[column] for column in columns)
        yield (
            sector or "-",
            _number(value, f"line {line}, Market Value"),
            _number(weight, f"line {line}, Weight (%)"),
        )


def _number(cell: str, what: str) -> float:
    try:
        return 0.0 if cell == "-" else float(cell.replace(",", ""))
    except ValueError:
        raise PriceFileError(f"{what}: {brief_repr(cell)} is not a number") from None


def _symbol_in(stem: str) -> str:
    match = re.match(r"([A-Z]{2,5})(?=[_\-. ]|$)", stem)
    return match[1] if match else ""


def _chain_ratios(path: Path) -> list[Series]:
    from riskcalc.chains.gamma import put_call_ratios  # noqa: PLC0415 - most files are no chain
    from riskcalc.chains.readers import read_chain  # noqa: PLC0415 - as above

    chain = read_chain(path)
    ratios = put_call_ratios(chain)
    known = {"put_call_volume": ratios.volume, "put_call_open_interest": ratios.open_interest}
    series = [
        _of_values(f"{chain.symbol}.{column}", "ratio", {chain.date: value}, source=path.name)
        for column, value in known.items()
        if value is not None
    ]
    if not series:
        raise PriceFileError("has neither volume nor open interest of calls and puts")
    return series


def _prices(path: Path, file: QuoteFile) -> list[Series]:
    from riskcalc.history.price_files import read_prices  # noqa: PLC0415 - most calls file no prices

    bars = read_prices(path)
    if not bars.symbol:
        raise PriceFileError("is of prices of no known symbol: call it like SPY.csv")
    close = Series(
        name=require_safe(f"{bars.symbol}.close"),
        unit="points",
        days=bars.dates,
        values=bars.close,
        source=path.name,
    )
    sessions = set(bars.dates.tolist())
    volume = {day: value for day, value in _volumes(file).items() if day in sessions}
    if not volume:
        return [close]
    return [close, _of_values(f"{bars.symbol}.volume", "", volume, source=path.name)]


def _volumes(file: QuoteFile) -> dict[dt.date, float]:
    """Volume by day, if there is a column; invalid cells are left out."""
    volumes: dict[dt.date, float] = {}
    volume_index: int | None = None
    date_index, delimiter = 0, ","
    for line in file.lines():
        delimiter = delimiter if volume_index is not None else delimiter_of(line)
        row = split_line(line, delimiter=delimiter)
        if volume_index is None:
            names = [normalize_name(name).lstrip("0123456789") for name in row]
            if "volume" in names:
                volume_index = names.index("volume")
                date_index = next((k for k, name in enumerate(names) if name in ("date", "timestamp")), 0)
            continue
        try:
            stamp = read_time(row[date_index], month_first=True)
            value = parse_number(row[volume_index])
        except (ValueError, IndexError):
            continue
        if value >= 0:
            volumes[stamp.date()] = value
    return volumes
