"""Columns of text to typed columns, each bad cell named by its row and column."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from riskcalc.chains.dates import AmbiguousDateError, month_comes_first, read_day, read_time
from riskcalc.chains.occ_symbols import OccColumns, parse_occ_columns
from riskcalc.chains.text_table import Column, Table
from riskcalc.domain import OptionType
from riskcalc.domain.validation import LEAST_PRICE
from riskcalc.errors import ChainError
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from riskcalc.pricing.arrays import AnyArray, Codes, Days, Flags, Floats, Texts

MISSING_WORDS = frozenset(
    {
        "",
        "nan",
        "nat",
        "none",
        "null",
        "n/a",
        "na",
        "#n/a",
        "<na>",
        "<empty>",
        "-",
        "--",
        ".",
        "–",
        "—",
        "undefined",
    }
)
"""Words for a missing value, in lower case."""
OPTION_WORDS = {
    "c": OptionType.CALL,
    "call": OptionType.CALL,
    "calls": OptionType.CALL,
    "p": OptionType.PUT,
    "put": OptionType.PUT,
    "puts": OptionType.PUT,
    "ce": OptionType.CALL,
    "pe": OptionType.PUT,
}
DECIMAL_COMMA = re.compile(r"-?[0-9.]*,[0-9]+")
THOUSANDS = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
PLAIN = frozenset("0123456789.-")
"""Characters of numbers that `float` reads as `parse_number` does."""
MANY_TEXTS = 1_000
"""Distinct texts from which it pays to look whether all are such."""
SHOWN_PROBLEMS = 5
MOST_NUMBER = 1e15
"""Maximum of any quote, size or volume; sums and ratios stay finite."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Typed columns of a table; bad cells are collected, and `check` raises them together.

    A column that is not in the table is all missing: NaN, NaT or empty text.
    """

    table: Table
    thousands: bool = True
    """Whether ``7,403`` is read as 7403; where semicolons set fields apart, a comma may be decimal."""
    month_first: bool | None = None
    """Whether ``07/08/2026`` is July 8, as the other dates of the file say; None where none does."""
    problems: list[tuple[int, str]] = field(default_factory=list)
    """Place and text of each bad cell."""

    def has(self, column: str) -> bool:
        """Whether the table has the column."""
        return column in self.table.columns

    def texts(self, column: str) -> Texts:
        """Text."""
        return self._parsed(column, str, invalid="", kind="text", dtype=np.str_)

    def numbers(self, column: str) -> Floats:
        """Numbers, NaN where missing; ``23.4%`` is 0.234, ``$1,234.50`` is 1234.5."""
        cells = self.column(column)
        if (plain := _plain_numbers(cells.texts)) is not None:
            return plain[cells.codes]
        parse = partial(parse_number, thousands=self.thousands)
        return self._parsed(column, parse, invalid=math.nan, kind="a number like 1234.5")

    def strikes(self, column: str) -> Floats:
        """Required numbers > 0."""
        parse = partial(_strike, thousands=self.thousands)
        return self._parsed(column, parse, invalid=math.nan, kind="a strike like 295.5")

    def option_types(self, column: str) -> Codes:
        """+1 for a call, -1 for a put."""
        return self._parsed(column, _option_type, invalid=OptionType.CALL, kind="call or put", dtype=np.int8)

    def days(self, column: str) -> Days:
        """Required dates, datetime64[D]."""
        kind = "a date like 2026-09-18"
        parse = partial(read_day, month_first=self.month_first)
        return self._parsed(column, parse, invalid=dt.date.min, kind=kind, dtype="datetime64[D]")

    def times(self, column: str) -> Days:
        """Times in New York, NaT where missing, datetime64[s]."""
        kind = "a time like 2026-09-18 16:00:00"
        parse = partial(_time, month_first=self.month_first)
        return self._parsed(column, parse, invalid=None, kind=kind, dtype="datetime64[s]")

    def contracts(self, column: str) -> OccColumns:
        """Required OCC symbols, parsed."""
        cells = self.column(column)
        parsed = parse_occ_columns(cells.texts)
        rejected = {
            code: f"{cells.texts[code]!r} is not an OCC option symbol"
            for code in np.flatnonzero(~parsed.valid).tolist()
        }
        self._reject(column, rejected)
        return OccColumns(
            symbol=parsed.symbol[cells.codes],
            standard=parsed.standard[cells.codes],
            expiry=parsed.expiry[cells.codes],
            option_type=parsed.option_type[cells.codes],
            strike=parsed.strike[cells.codes],
        )

    def by_text(self, column: str, value: Callable[[str], object], *, dtype: npt.DTypeLike) -> AnyArray:
        """A value that depends only on the text of a cell, computed once per distinct text."""
        cells = self.column(column)
        return np.array([value(_cell_text(text)) for text in cells.texts], dtype=dtype)[cells.codes]

    def first_text(self, column: str) -> str:
        """The first cell of a column that is not missing; empty where there is none."""
        texts = self.column(column).texts
        return next((text.strip() for text in texts if text.strip().lower() not in MISSING_WORDS), "")

    def filled(self, column: str) -> Flags:
        """Whether each cell holds something."""
        cells = self.column(column)
        has_text = np.array(
            [text.strip().lower() not in MISSING_WORDS for text in cells.texts], dtype=np.bool_
        )
        return has_text[cells.codes]

    def take(self, rows: Flags) -> Cells:
        """The same columns of some rows, with the same list of problems."""
        columns = {
            name: Column(column.codes[rows], column.texts) for name, column in self.table.columns.items()
        }
        table = dataclasses.replace(self.table, columns=columns, row_numbers=self.table.row_numbers[rows])
        return dataclasses.replace(self, table=table)

    def dated(self, columns: Iterable[str]) -> Cells:
        """The same cells, with the date order inferred from some columns."""
        texts = [text for name in columns for text in self.column(name).texts]
        return dataclasses.replace(self, month_first=month_comes_first(texts))

    def check(self) -> None:
        """Raise one ChainError that lists the bad cells by row, if there are any."""
        messages = [f"{self.table.row_label.format(row)}, {text}" for row, text in sorted(self.problems)]
        if len(messages) > SHOWN_PROBLEMS:
            messages[SHOWN_PROBLEMS:] = [f"and {len(messages) - SHOWN_PROBLEMS:,} more cells like these"]
        if messages:
            raise ChainError("\n".join(messages))

    def column(self, name: str) -> Column:
        """Text and codes of a column; one of empty cells where it is missing."""
        absent = Column(codes=np.zeros(len(self.table), dtype=np.int32), texts=("",))
        return self.table.columns.get(name, absent)

    def _parsed(
        self,
        column: str,
        parse: Callable[[str], Value],
        *,
        invalid: Value,
        kind: str,
        dtype: npt.DTypeLike = np.float64,
    ) -> AnyArray:
        cells = self.column(column)
        values: list[Any] = []
        rejected = {}
        for code, text in enumerate(cells.texts):
            try:
                values.append(parse(_cell_text(text)))
            except AmbiguousDateError as error:
                values.append(invalid)
                rejected[code] = str(error)
            except (ValueError, OverflowError):
                values.append(invalid)
                hint = "; decimal comma?" if DECIMAL_COMMA.fullmatch(text.strip()) else ""
                rejected[code] = f"{text!r} is not {kind}{hint}"
        self._reject(column, rejected)
        return np.array(values, dtype=dtype)[cells.codes]

    def _reject(self, column: str, rejected: Mapping[int, str]) -> None:
        """Record each cell with an invalid text."""
        if not rejected:
            return
        codes, word = self.column(column).codes, self.table.column_word
        name = column if column.startswith(f"{word} ") else f"{word} {column}"
        for row in np.flatnonzero(np.isin(codes, list(rejected))).tolist():
            text = f"{name}: {rejected[int(codes[row])]}"
            self.problems.append((int(self.table.row_numbers[row]), text))


def _cell_text(text: str) -> str:
    """A stripped cell; empty if its text means a missing value."""
    text = text.strip()
    # Most cells are numbers, and asking costs more than reading them.
    return "" if not text[:1].isdigit() and text.lower() in MISSING_WORDS else text


def _plain_numbers(texts: Sequence[str]) -> Floats | None:
    """Numbers of many texts that are digits with a point at most, or empty; None where one is not."""
    if len(texts) < MANY_TEXTS or not PLAIN.issuperset("".join(texts)):
        return None
    try:
        numbers = np.array([float(text or "nan") for text in texts])
    except ValueError:  # two points, a dash for a missing value
        return None
    return None if (np.abs(numbers) > MOST_NUMBER).any() else numbers


def parse_number(text: str, *, thousands: bool = True) -> float:
    """Number of a cell, NaN where it is empty.

    Raises
    ------
    ValueError
        It is no number, is beyond 1e15, which no quote is, or has a comma that may be decimal.

    Examples
    --------
    >>> parse_number("$1,234.50"), parse_number("20.11%")
    (1234.5, 0.2011)
    """
    if not text:
        return math.nan
    text = text.replace("$", "", 1).strip() if "$" in text else text
    if "," in text and THOUSANDS.fullmatch(text) and (thousands or "." in text):
        text = text.replace(",", "")
    # float() also reads 1_000 and inf.
    if "_" in text or not abs(number := float(text.removesuffix("%"))) <= MOST_NUMBER:
        raise ValueError(text)
    return number / 100 if text.endswith("%") else number


def _strike(text: str, *, thousands: bool) -> float:
    number = parse_number(text, thousands=thousands)
    if not number >= LEAST_PRICE:
        raise ValueError(text)
    return number


def _option_type(text: str) -> OptionType:
    if text.lower() not in OPTION_WORDS:
        raise ValueError(text)
    return OPTION_WORDS[text.lower()]


def _time(text: str, *, month_first: bool | None) -> dt.datetime | None:
    return None if text in {"", "0"} else read_time(text, month_first=month_first)
