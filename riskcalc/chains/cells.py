"""Columns of text to typed columns, each bad cell named by its place and column."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from riskcalc.chains.array_types import AnyArray, Codes, Days, Floats, Texts
from riskcalc.chains.occ import OccColumns, parse_occ_columns
from riskcalc.chains.table import Column, Table
from riskcalc.domain import OptionType
from riskcalc.errors import ChainError

EXCHANGE_ZONE = "America/New_York"
"""Times with an offset are brought here; times without one are taken to be from here."""
MISSING_WORDS = frozenset({"", "nan", "nat", "none", "null", "n/a", "na", "<na>", "-", "--"})
OPTION_WORDS = {
    "c": OptionType.CALL,
    "call": OptionType.CALL,
    "calls": OptionType.CALL,
    "p": OptionType.PUT,
    "put": OptionType.PUT,
    "puts": OptionType.PUT,
}
EPOCH_DIGITS = re.compile(r"1[0-9]{9}([0-9]{3})?")
"""Seconds or milliseconds since 1970, as brokers give them."""
DECIMAL_COMMA = re.compile(r"-?[0-9.]*,[0-9]+")
SHOWN_PROBLEMS = 5

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Typed columns of a table; bad cells are collected, and `check` raises them together.

    A column that is not in the table is all missing: NaN, NaT or empty text.
    """

    table: Table
    problems: list[tuple[int, str]] = field(default_factory=list)
    """Place and text of each bad cell."""

    def has(self, column: str) -> bool:
        """Whether the table has the column."""
        return column in self.table.columns

    def texts(self, column: str) -> Texts:
        """Text."""
        return self._parsed(column, str, bad="", kind="text", dtype=np.str_)

    def numbers(self, column: str) -> Floats:
        """Numbers, NaN where missing; ``23.4%`` is 0.234."""
        return self._parsed(column, _number, bad=math.nan, kind="a number like 1234.5")

    def strikes(self, column: str) -> Floats:
        """Numbers that are there and > 0."""
        return self._parsed(column, _strike, bad=math.nan, kind="a strike like 295.5")

    def option_types(self, column: str) -> Codes:
        """+1 for a call, -1 for a put."""
        return self._parsed(column, _option_type, bad=OptionType.CALL, kind="call or put", dtype=np.int8)

    def days(self, column: str) -> Days:
        """Days that are there, datetime64[D]."""
        kind = "a date like 2026-09-18"
        return self._parsed(column, _day, bad=dt.date.min, kind=kind, dtype="datetime64[D]")

    def times(self, column: str) -> Days:
        """Times in New York, NaT where missing, datetime64[s]."""
        kind = "a time like 2026-09-18 16:00:00"
        return self._parsed(column, _time, bad=None, kind=kind, dtype="datetime64[s]")

    def contracts(self, column: str) -> OccColumns:
        """OCC symbols that are there, taken apart."""
        cells = self._column(column)
        found = parse_occ_columns(cells.texts)
        self._reject(column, np.flatnonzero(~found.valid), kind="an OCC option symbol")
        return OccColumns(
            symbol=found.symbol[cells.codes],
            standard=found.standard[cells.codes],
            expiry=found.expiry[cells.codes],
            option_type=found.option_type[cells.codes],
            strike=found.strike[cells.codes],
        )

    def holds_contracts(self, column: str) -> bool:
        """Whether the first text of the column is an OCC symbol."""
        texts = self._column(column).texts
        return bool(parse_occ_columns(texts[:1]).valid.all())

    def check(self) -> None:
        """Raise one ChainError that lists the bad cells by place, if there are any."""
        found = [f"{self.table.place_text.format(place)}, {text}" for place, text in sorted(self.problems)]
        if len(found) > SHOWN_PROBLEMS:
            found[SHOWN_PROBLEMS:] = [f"and {len(found) - SHOWN_PROBLEMS:,} more cells like these"]
        if found:
            raise ChainError("\n".join(found))

    def _column(self, name: str) -> Column:
        absent = Column(codes=np.zeros(len(self.table), dtype=np.int32), texts=("",))
        return self.table.columns.get(name, absent)

    def _parsed(
        self,
        column: str,
        parse: Callable[[str], Value],
        *,
        bad: Value,
        kind: str,
        dtype: npt.DTypeLike = np.float64,
    ) -> AnyArray:
        cells = self._column(column)
        values: list[Any] = []
        rejected = []
        for code, text in enumerate(cells.texts):
            try:
                values.append(parse("" if text.strip().lower() in MISSING_WORDS else text.strip()))
            except (ValueError, OverflowError):
                values.append(bad)
                rejected.append(code)
        self._reject(column, rejected, kind=kind)
        return np.array(values, dtype=dtype)[cells.codes]

    def _reject(self, column: str, codes: Sequence[int] | npt.NDArray[np.intp], *, kind: str) -> None:
        if not len(codes):
            return
        cells = self._column(column)
        for row in np.flatnonzero(np.isin(cells.codes, codes)).tolist():
            text = cells.texts[cells.codes[row]]
            hint = "; decimal comma?" if DECIMAL_COMMA.fullmatch(text.strip()) else ""
            problem = f"{self.table.column_word} {column}: {text!r} is not {kind}{hint}"
            self.problems.append((int(self.table.places[row]), problem))


def _number(text: str) -> float:
    if not text:
        return math.nan
    # float() also reads 1_000 and inf.
    if "_" in text or not math.isfinite(number := float(text.removesuffix("%"))):
        raise ValueError(text)
    return number / 100 if text.endswith("%") else number


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
    if text in {"", "0"}:
        return None
    if EPOCH_DIGITS.fullmatch(text):
        time = dt.datetime.fromtimestamp(float(f"{text[:10]}.{text[10:]}"), tz=_exchange_zone())
    else:
        time = dt.datetime.fromisoformat(text)
    return time.astimezone(_exchange_zone()).replace(tzinfo=None) if time.tzinfo else time


@cache
def _exchange_zone() -> ZoneInfo:
    return ZoneInfo(EXCHANGE_ZONE)
