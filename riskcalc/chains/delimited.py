"""Delimited text to a table: the rows below a header, whatever sets their fields apart."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.table import Table, table_of_rows
from riskcalc.errors import ChainError

if TYPE_CHECKING:
    from _csv import Reader

MAX_LINES = 500_000
"""The chain of a large index has tens of thousands of options; this many lines take 6 s and 400 MB."""
BLOCK_ROWS = 20_000
"""Rows taken at a time."""


def header_of(file: QuoteFile) -> tuple[str, ...]:
    """Column names in the first line, split at the delimiter it uses: comma, semicolon or tab."""
    return split_line(file.first_line, delimiter=_delimiter(file))


def split_line(line: str, *, delimiter: str = ",") -> tuple[str, ...]:
    """Fields of one line, without the blanks around them."""
    fields = next(csv.reader([line], delimiter=delimiter), [])
    return tuple(field.strip() for field in fields)


def read_table(
    file: QuoteFile, *, wanted: Collection[str], header: Sequence[str] | None = None, above: int = 1
) -> Table:
    """Split a delimited file.

    Parameters
    ----------
    file : QuoteFile
        Fields are set apart by commas, semicolons or tabs.
    wanted : collection of str
        Columns to keep; any of them may be missing.
    header : sequence of str, optional
        Names of the columns; those of the first line that is not blank when left out.
    above : int
        Lines above the first row, blank ones not counted.

    Raises
    ------
    ChainError
        A row is shorter or longer than the header, as in a file cut off; there is no row; a wanted column
        is there twice; there are more lines than `MAX_LINES`.
    """
    _require_chain_size(file)
    header = header_of(file) if header is None else header
    twice = [name for name in wanted if header.count(name) > 1]
    if twice:
        raise ChainError(f"has the column {twice[0]} twice")
    places = [place for place, name in enumerate(header) if name in wanted]
    lines: list[int] = []
    blocks = _blocks(file, width=len(header), above=above, places=places, lines=lines)
    columns = table_of_rows(blocks, names=[header[place] for place in places]) if places else {}
    if not lines:
        raise ChainError("has a header but no quotes")
    return Table(
        columns=columns,
        places=np.array(lines, dtype=np.int64) + (file.first_row - 1),
        place_text=f"{file.row_word} {{}}",
    )


def _blocks(
    file: QuoteFile, *, width: int, above: int, places: list[int], lines: list[int]
) -> Iterator[list[tuple[str, ...]]]:
    """The cells at `places` of the rows, a block at a time; their lines are put into `lines`."""
    rows = _rows(file, width=width, above=above, lines=lines)
    pick: Callable[[list[str]], tuple[str, ...]] = (
        itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
    )
    while block := [pick(row) for row in itertools.islice(rows, BLOCK_ROWS)]:
        yield block


def _rows(file: QuoteFile, *, width: int, above: int, lines: list[int]) -> Iterator[list[str]]:
    """Fields of each row, blank lines left out; the lines they stand on are put into `lines`."""
    reader = csv.reader(file.lines(), delimiter=_delimiter(file))
    filled = (row for row in reader if "".join(row).strip())
    try:
        for row in itertools.islice(filled, above, None):
            if len(row) != width:
                raise ChainError(_uneven_row(row, width=width, line=_line(file, reader)))
            lines.append(reader.line_num)
            yield row
    except csv.Error as error:
        raise ChainError(f"{_line(file, reader)}: {error}") from error


def _require_chain_size(file: QuoteFile) -> None:
    lines = max(file.content.count(b"\n"), file.content.count(b"\r"))
    if lines > MAX_LINES:
        raise ChainError(f"has {lines:,} lines, at most {MAX_LINES:,} are read; keep the quotes of one day")


def _delimiter(file: QuoteFile) -> str:
    return max(",;\t", key=file.first_line.count)


def _line(file: QuoteFile, reader: Reader) -> str:
    return f"{file.row_word} {reader.line_num + file.first_row - 1}"


def _uneven_row(row: list[str], *, width: int, line: str) -> str:
    cause = "is the file cut off?" if len(row) < width else "decimal commas, or commas inside a field?"
    return f"{line} has {len(row)} fields where the header has {width}; {cause}"
