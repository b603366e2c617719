"""A broker's file as rows of cells, and its numbers, dates and option symbols."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from riskcalc.book.fills import SHARES_PER_CONTRACT, Contract
from riskcalc.chains.dates import read_day, read_time
from riskcalc.chains.occ_symbols import OccOption, parse_occ
from riskcalc.domain import OptionType
from riskcalc.errors import BookError
from riskcalc.records import dataclass

SHARE_CLASS = re.compile(r"[A-Z]{1,5} [A-Z]")
"""Symbol of a class of shares with a space: ``BRK B``."""

MOST_BYTES = 100_000_000
"""A year of fills is a few megabytes; anything larger is some other file."""

NOTHING = frozenset({"", "--", "-", "n/a", "none", "null"})
"""How brokers leave a cell empty."""

_KIND = r"(?P<kind>call|put|c|p)"
_STRIKE = r"\$?(?P<strike>[0-9,]*\.?[0-9]+)"
_DAY = (
    r"(?P<day>\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2} ?[a-z]{3} ?'?\d{2,4}"
    r"|[a-z]{3} \d{1,2},? '?\d{2,4}|\d{4}-\d{2}-\d{2})"
)
_ROOT = r"(?P<symbol>[a-z][a-z0-9.^/]{0,9})"
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_ROOT} +{_DAY} +{_STRIKE} +{_KIND}",  # Schwab, Interactive Brokers
        rf"{_ROOT} +{_DAY} +{_KIND} +{_STRIKE}",  # Robinhood
        rf"{_KIND} +\({_ROOT}\) .*? {_DAY} +{_STRIKE} .*",  # Fidelity's descriptions
        rf"{_ROOT} +\d+ +(?:\([a-z ]+\) +)?{_DAY} +{_STRIKE} +{_KIND}",  # thinkorswim
    )
)
_FIDELITY = re.compile(r"-?([A-Z]{1,6}[0-9]?\d{6}[CP][0-9.]+)")


class Row(NamedTuple):
    """One row of a file: its line, and its cells without blanks around them."""

    line: int
    cells: list[str]

    @property
    def empty(self) -> bool:
        """Whether all cells are empty."""
        return not any(self.cells)


@dataclass(frozen=True, slots=True)
class Record:
    """One row below a header: cells by the names of their columns, lower case."""

    line: int
    cells: Mapping[str, str]

    def text(self, *names: str) -> str:
        """Return the first non-empty cell of some names, else an empty text."""
        for name in names:
            cell = self.cells.get(name)
            if cell and cell.lower() not in NOTHING:
                return cell
        return ""

    def number(self, *names: str) -> float | None:
        """Return the number in the first non-empty cell of some names; None if all are empty.

        Raises
        ------
        ValueError
            It holds something else.
        """
        cell = self.text(*names)
        return amount(cell) if cell else None


def read_text(path: Path) -> str:
    """Read a file of text in any usual encoding.

    Raises
    ------
    BookError
        It cannot be read, is too large, or is not text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise BookError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > MOST_BYTES:
        raise BookError(f"{path}: is larger than {MOST_BYTES // 10**6} MB, too large for a list of fills")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise BookError(f"{path}: is not text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def rows_of(text: str) -> list[Row]:
    """Return the rows of delimited text; breaks within quotes do not end a row."""
    delimiter = max(",\t;", key=text[:20_000].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = []
    start = 1
    try:
        for cells in lines:
            rows.append(Row(start, [cell.strip() for cell in cells]))
            start = lines.line_num + 1
    except csv.Error as error:
        raise BookError(f"line {start}: {error}") from None
    return rows


def records_below(rows: Sequence[Row], header: int) -> Iterator[Record]:
    """Return the rows below a header, up to an empty row."""
    names = [" ".join(cell.lower().split()) for cell in rows[header].cells]
    for row in rows[header + 1 :]:
        if row.empty:
            return
        yield Record(row.line, dict(zip(names, row.cells, strict=False)))


def find_header(rows: Sequence[Row], names: Sequence[str]) -> int | None:
    """Return the place of the first row that has all of some names, in lower case."""
    wanted = set(names)
    return next(
        (
            index
            for index, row in enumerate(rows)
            # A row of figures is told by its first cell, which no header begins with.
            if not (row.cells and row.cells[0][:1].isdigit())
            if wanted <= {" ".join(cell.lower().split()) for cell in row.cells}
        ),
        None,
    )


def amount(cell: str) -> float:
    """Return a number as brokers write it: ``$1,310.00``, ``(80.04)``, ``-.80``, ``+1``.

    Raises
    ------
    ValueError
        It is none.

    Examples
    --------
    >>> amount("($1,310.00)"), amount(".80"), amount("+1"), amount("-$6,002.08")
    (-1310.0, 0.8, 1.0, -6002.08)
    """
    text = cell.replace("$", "").replace(" ", "")
    negative = text.startswith("(") and text.endswith(")")
    text = text.strip("()")
    if not re.fullmatch(
        r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(e-?\d+)?", text, re.IGNORECASE
    ) or not re.search(r"\d", text):
        raise ValueError(f"{cell!r} is not a number")
    number = float(text.replace(",", ""))
    return -number if negative else number


def moment(cell: str) -> dt.datetime:
    """Return a time in New York as American brokers write it, month first; a date alone is midnight.

    Raises
    ------
    ValueError
        It is none.
    """
    return read_time(" ".join(cell.replace(";", " ").split()).replace(", ", " "), month_first=True)


def option(text: str) -> Contract | None:
    """Return the option that a broker's symbol or description names; None where it names none.

    Examples
    --------
    >>> option("IWM   260918C00295000").label, option("-IWM260918C295").label
    ('IWM 295 call 2026-09-18', 'IWM 295 call 2026-09-18')
    >>> option("AAPL 12/20/2024 150.00 C").label, option("SPY 31MAR25 570 C").label
    ('AAPL 150 call 2024-12-20', 'SPY 570 call 2025-03-31')
    >>> option("IWM 9/18/2026 Call $325.00").label, option("IWM 100 18 SEP 26 295 CALL").label
    ('IWM 325 call 2026-09-18', 'IWM 295 call 2026-09-18')
    >>> option("TNA") is None
    True
    """
    text = " ".join(text.split())
    compact = _FIDELITY.fullmatch(text)
    occ = _occ(text) or (_occ(f".{compact[1]}") if compact else None)
    if occ is None:
        return _written_option(text)
    return Contract(
        symbol=occ.symbol,
        expiry=occ.expiry,
        strike=occ.strike,
        option_type=occ.option_type,
        multiplier=SHARES_PER_CONTRACT,
    )


def _occ(text: str) -> OccOption | None:
    try:
        return parse_occ(text)
    except ValueError:
        return None


def _written_option(text: str) -> Contract | None:
    match = next((hit for pattern in _WRITTEN if (hit := pattern.fullmatch(text))), None)
    if match is None:
        return None
    return make_option(match["symbol"], match["day"], match["strike"], match["kind"])


def make_option(
    symbol: str, day: str, strike: str, kind: str, *, multiplier: float | None = None
) -> Contract:
    """Return an option from the texts of its parts.

    Raises
    ------
    ValueError
        A part is none.
    """
    if not symbol.strip():
        raise ValueError("has no symbol")
    letter = kind.strip().upper()[:1]
    if letter not in {"C", "P"}:
        raise ValueError(f"{kind!r} is neither a call nor a put")
    return Contract(
        symbol=symbol.split(maxsplit=1)[0].upper(),
        expiry=read_day(" ".join(day.split()), month_first=True),
        strike=amount(strike),
        option_type=OptionType.CALL if letter == "C" else OptionType.PUT,
        multiplier=multiplier or SHARES_PER_CONTRACT,
    )


def shares_of(symbol: str) -> Contract:
    """Return the shares of a symbol, with a dot before its class: brokers also write ``BRK B``.

    Raises
    ------
    InvalidInputError
        The text is no symbol.
    """
    name = " ".join(symbol.split()).upper()
    return Contract(symbol=".".join(name.split()) if SHARE_CLASS.fullmatch(name) else name)


class Keys:
    """Keys of fills: the content of a row, and how many identical rows precede it in the file.

    Two equal fills of one file are two; the same file, or another that overlaps it, gives the same keys.
    """

    def __init__(self, source: str) -> None:
        self._source, self._seen = source, Counter[str]()

    def of(self, *parts: object) -> str:
        """Return the key of a row from the parts of it that do not change between exports."""
        key_text = "|".join(f"{part:g}" if isinstance(part, float) else str(part) for part in parts)
        self._seen[key_text] += 1
        digest = hashlib.sha256(f"{self._source}|{key_text}|{self._seen[key_text]}".encode()).hexdigest()
        return f"{self._source}:{digest[:24]}"
