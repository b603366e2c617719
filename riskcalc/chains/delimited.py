"""Delimited text to typed columns, each bad cell named by line and column."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from riskcalc.chains.array_types import Codes, Days, Floats, Texts
from riskcalc.chains.occ import OccOption, parse_occ
from riskcalc.chains.quote_file import QuoteFile
from riskcalc.domain import OptionType
from riskcalc.errors import ChainError

EXCHANGE_ZONE = "America/New_York"
"""Times with an offset are brought here; times without one are taken to be from here."""
MISSING_WORDS = frozenset({"", "nan", "nat", "none", "null", "n/a", "na", "-", "--"})
OPTION_WORDS = {
    "c": OptionType.CALL,
    "call": OptionType.CALL,
    "calls": OptionType.CALL,
    "p": OptionType.PUT,
    "put": OptionType.PUT,
    "puts": OptionType.PUT,
}
NO_CONTRACT = OccOption(root="?", expiry=dt.date.min, option_type=OptionType.CALL, strike=math.nan)
"""Stands in for a symbol that cannot be read, until `check` raises."""
SHOWN_PROBLEMS = 5

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The wanted cells of a delimited file as text."""

    columns: Mapping[str, tuple[str, ...]]
    lines: npt.NDArray[np.int64]
    """Line of the file that each row stands on, from 1."""


def header_of(file: QuoteFile) -> tuple[str, ...]:
    """Column names in the first line, split at the delimiter it uses: comma, semicolon or tab."""
    names = next(csv.reader([file.first_line], delimiter=_delimiter(file)))
    return tuple(name.strip() for name in names)


def read_table(file: QuoteFile, *, wanted: Collection[str]) -> Table:
    """Split a delimited file whose first line that is not blank names the columns.

    Parameters
    ----------
    file : QuoteFile
        Fields are set apart by commas, semicolons or tabs.
    wanted : collection of str
        Columns to keep; any of them may be missing.

    Raises
    ------
    ChainError
        A row is shorter or longer than the header, as in a file cut off; there is no row; a wanted column
        is there twice.
    """
    header = header_of(file)
    twice = [name for name in wanted if header.count(name) > 1]
    if twice:
        raise ChainError(f"has the column {twice[0]} twice")
    places = [place for place, name in enumerate(header) if name in wanted]
    lines, kept = [], []
    for line, row in _rows(file):
        if len(row) != len(header):
            raise ChainError(_uneven_row(line=line, fields=len(row), expected=len(header)))
        lines.append(line)
        kept.append(tuple([row[place] for place in places]))
    if not kept:
        raise ChainError("has a header but no quotes")
    columns = zip((header[place] for place in places), zip(*kept, strict=True), strict=True)
    return Table(columns=dict(columns), lines=np.array(lines, dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Typed columns of a table; bad cells are collected, and `check` raises them together.

    A column that is not in the table is all missing: NaN, NaT or empty text.
    """

    table: Table
    problems: list[tuple[int, str]] = field(default_factory=list)
    """Line and text of each bad cell."""

    def has(self, column: str) -> bool:
        """Whether the table has the column."""
        return column in self.table.columns

    def texts(self, column: str) -> Texts:
        """Text."""
        return np.array(self._parsed(column, str, bad="", kind="text"), dtype=np.str_)

    def numbers(self, column: str) -> Floats:
        """Numbers, NaN where missing."""
        return np.array(self._parsed(column, _number, bad=math.nan, kind="a number like 1234.5"))

    def strikes(self, column: str) -> Floats:
        """Numbers that are there and > 0."""
        return np.array(self._parsed(column, _strike, bad=math.nan, kind="a strike like 295.5"))

    def option_types(self, column: str) -> Codes:
        """+1 for a call, -1 for a put."""
        found = self._parsed(column, _option_type, bad=OptionType.CALL, kind="call or put")
        return np.array(found, dtype=np.int8)

    def days(self, column: str) -> Days:
        """Days that are there, datetime64[D]."""
        found = self._parsed(column, _day, bad=dt.date.min, kind="a date like 2026-09-18")
        return np.array(found, dtype="datetime64[D]")

    def times(self, column: str) -> Days:
        """Times in New York, NaT where missing, datetime64[s]."""
        found = self._parsed(column, _time, bad=None, kind="a time like 2026-09-18 16:00:00")
        return np.array(found, dtype="datetime64[s]")

    def contracts(self, column: str) -> list[OccOption]:
        """OCC symbols that are there, taken apart."""
        return self._parsed(column, parse_occ, bad=NO_CONTRACT, kind="an OCC option symbol")

    def check(self) -> None:
        """Raise one ChainError that lists the bad cells by line, if there are any."""
        found = [f"line {line}, {text}" for line, text in sorted(self.problems)]
        if len(found) > SHOWN_PROBLEMS:
            found[SHOWN_PROBLEMS:] = [f"and {len(found) - SHOWN_PROBLEMS:,} more cells like these"]
        if found:
            raise ChainError("\n".join(found))

    def _column(self, name: str) -> tuple[str, ...]:
        return self.table.columns.get(name) or ("",) * len(self.table.lines)

    def _parsed(self, column: str, parse: Callable[[str], Value], *, bad: Value, kind: str) -> list[Value]:
        cells = self._column(column)
        values, rejected = {}, set()
        for text in set(cells):
            try:
                values[text] = parse("" if text.strip().lower() in MISSING_WORDS else text.strip())
            except ValueError:
                values[text] = bad
                rejected.add(text)
        if rejected:
            for line, text in zip(self.table.lines.tolist(), cells, strict=True):
                if text in rejected:
                    self.problems.append((line, f"column {column}: {text!r} is not {kind}"))
        return [values[text] for text in cells]


def _delimiter(file: QuoteFile) -> str:
    return max(",;\t", key=file.first_line.count)


def _rows(file: QuoteFile) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of each row below the header, blank lines left out."""
    reader = csv.reader(io.StringIO(file.text, newline=""), delimiter=_delimiter(file))
    try:
        filled = (row for row in reader if "".join(row).strip())
        next(filled)
        for row in filled:
            yield reader.line_num, row
    except csv.Error as error:
        raise ChainError(f"line {reader.line_num}: {error}") from error


def _uneven_row(*, line: int, fields: int, expected: int) -> str:
    cause = "is the file cut off?" if fields < expected else "decimal commas, or commas inside a field?"
    return f"line {line} has {fields} fields where the header has {expected}; {cause}"


def _number(text: str) -> float:
    if not text:
        return math.nan
    # float() also reads 1_000 and inf.
    if "_" in text or not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def _strike(text: str) -> float:
    number = _number(text)
    if not number > 0:
        raise ValueError(text)
    return number


def _option_type(text: str) -> OptionType:
    if text.lower() not in OPTION_WORDS:
        raise ValueError(text)
    return OPTION_WORDS[text.lower()]


def _day(text: str) -> dt.date:
    return dt.datetime.fromisoformat(text).date()


def _time(text: str) -> dt.datetime | None:
    if not text:
        return None
    time = dt.datetime.fromisoformat(text)
    return time.astimezone(_exchange_zone()).replace(tzinfo=None) if time.tzinfo else time


@cache
def _exchange_zone() -> ZoneInfo:
    return ZoneInfo(EXCHANGE_ZONE)
