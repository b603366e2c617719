"""Delimited text as a table: the rows below a header, each column with its distinct texts once."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.regular_table import regular_cells
from riskcalc.errors import ChainError
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from _csv import Reader

MAX_LINES = 500_000
"""Maximum lines read one by one; the chain of a large index has tens of thousands."""
MANY_LINES = 50_000
"""Lines from which a file is offered to the parser in C, which takes a while to import."""
ASIDE = re.compile(
    r"(?:downloaded|source|copyright|data provided|generated|exported|note)\b.*"
    r"|\d{1,2} [A-Z]{3} \d{2} +\(\d+\) +\d+.*",
    re.IGNORECASE,
)
"""A footer, or the title of one expiry's block in thinkorswim."""
BLOCK_ROWS = 20_000
"""Rows taken at a time."""
OF_UNDERLYING = re.compile(r"(underlying|stock|quote|benchmark)[^.]*\.", re.IGNORECASE)
"""Objects of the underlying; their values do not belong to the option."""


class StrayLine(NamedTuple):
    """A line between the rows that is not a row."""

    line: int
    text: str


def delimiter_of(line: str) -> str:
    """Return the delimiter of a line: comma, semicolon, tab or bar."""
    return max(",;\t|", key=line.count)


def split_line(line: str, *, delimiter: str = ",") -> tuple[str, ...]:
    """Fields of one line, without the blanks around them."""
    fields = next(csv.reader([line], delimiter=delimiter), [])
    return tuple(field.strip() for field in fields)


def fields_of(names: Iterable[tuple[str, str]], *, table: Mapping[str, str]) -> dict[str, list[str]]:
    """Field to columns, best first.

    Parameters
    ----------
    names : iterable of (str, str)
        Names as they are looked up, and as the file has them.
    table : mapping
        Field to its normalized names, blanks between them, in order of preference.
    """
    by_full_name: dict[str, list[str]] = {}
    last: dict[str, list[str]] = {}
    for bare, name in names:
        by_full_name.setdefault(normalize_name(bare), []).append(name)
        if "." in bare and not OF_UNDERLYING.search(bare):
            last.setdefault(normalize_name(bare.rpartition(".")[2]), []).append(name)
    fields: dict[str, list[str]] = {}
    for field, synonyms in table.items():
        columns = [
            name
            for word in synonyms.split()
            for columns_by_name in (by_full_name, last)
            for name in columns_by_name.get(word, ())
        ]
        if columns:
            fields[field] = list(dict.fromkeys(columns))
    return fields


def normalize_name(name: str) -> str:
    """A name in lower case without blanks and marks; ``%`` is percent, Barchart's ``~`` the underlying's."""
    return re.sub(r"[^a-z0-9%~]", "", name.lower()).replace("%", "percent").replace("~", "underlying")


def read_table(
    file: QuoteFile,
    *,
    wanted: Collection[str],
    header: Sequence[str],
    above: int = 1,
    delimiter: str = ",",
    stray_lines: list[StrayLine] | None = None,
    again: Sequence[str] = (),
) -> Table:
    """Split a delimited file.

    Parameters
    ----------
    file : QuoteFile
        Fields are set apart by commas, semicolons or tabs.
    wanted : collection of str
        Columns to keep; any of them may be missing.
    header : sequence of str
        Names of the columns.
    above : int
        Lines above the first row, blank ones not counted.
    delimiter : str
        What sets fields apart.
    stray_lines : list of Aside, optional
        Lines between or below the rows that are none, such as titles and footers, are put in here; without it
        they are refused as rows cut off.
    again : sequence of str
        The header as the file has it, where it may come again above other rows.

    Raises
    ------
    ChainError
        A row is shorter or longer than the header, as in a file cut off; there is no row; a wanted column
        is there twice; there are more lines than `MAX_LINES`, and they are irregular.
    """
    twice = [name for name in wanted if header.count(name) > 1]
    if twice:
        raise ChainError(f"has the column {twice[0]} twice")
    column_indices = [index for index, name in enumerate(header) if name in wanted]
    count = _lines_of(file)
    if count >= MANY_LINES and above == 1:
        cells = regular_cells(file.content, columns=column_indices, width=len(header), delimiter=delimiter)
        by_name = (
            {} if cells is None else _columns_of(cells, names=[header[index] for index in column_indices])
        )
        if by_name:
            lines_of = np.arange(len(next(iter(by_name.values())).codes), dtype=np.int64)
            return Table(
                columns=by_name,
                row_numbers=lines_of + (file.first_row + 1),
                row_label=f"{file.row_word} {{}}",
            )
    _require_chain_size(count)
    lines: list[int] = []
    rows = _rows(
        file,
        header=header,
        above=above,
        delimiter=delimiter,
        lines=lines,
        stray_lines=stray_lines,
        again=list(again),
    )
    blocks = _blocks(rows, column_indices=column_indices)
    columns = (
        table_of_rows(blocks, names=[header[index] for index in column_indices]) if column_indices else {}
    )
    if not lines:
        raise ChainError("has a header but no quotes")
    return Table(
        columns=columns,
        row_numbers=np.array(lines, dtype=np.int64) + (file.first_row - 1),
        row_label=f"{file.row_word} {{}}",
    )


def _columns_of(cells: list[npt.NDArray[np.object_]], *, names: Sequence[str]) -> dict[str, Column]:
    """Columns of whole rows; a row that is empty in all of them is left out."""
    columns: dict[str, Column] = {}
    filled = np.zeros(cells[0].size, dtype=np.bool_)
    while cells:
        column = columns[names[len(columns)]] = numbered_texts(cells.pop(0))
        if not filled.all():
            filled |= np.array([bool(text.strip()) for text in column.texts])[column.codes]
    return columns if filled.all() else {}


def _blocks(rows: Iterator[list[str]], *, column_indices: list[int]) -> Iterator[list[tuple[str, ...]]]:
    """The cells of the wanted columns of the rows, a block at a time."""
    pick: Callable[[list[str]], tuple[str, ...]] = (
        itemgetter(*column_indices) if len(column_indices) > 1 else lambda row: (row[column_indices[0]],)
    )
    while block := [pick(row) for row in itertools.islice(rows, BLOCK_ROWS)]:
        yield block


def _rows(
    file: QuoteFile,
    *,
    header: Sequence[str],
    above: int,
    delimiter: str,
    lines: list[int],
    stray_lines: list[StrayLine] | None,
    again: list[str],
) -> Iterator[list[str]]:
    """Fields of each row without blank lines; their line numbers are appended to `lines`."""
    width = len(header)
    reader = csv.reader(file.lines(), delimiter=delimiter)
    filled = (row for row in reader if "".join(row).strip())
    try:
        for row in itertools.islice(filled, above, None):
            if len(row) != width:
                if stray_lines is not None and ASIDE.fullmatch(text := ",".join(row).strip()):
                    stray_lines.append(StrayLine(reader.line_num, text))
                    continue
                raise ChainError(_uneven_row(row, width=width, line=_line(file, reader)))
            if row == again:
                continue  # the header once more, above the next block
            lines.append(reader.line_num)
            yield row
    except csv.Error as error:
        raise ChainError(f"{_line(file, reader)}: {error}") from error


def _lines_of(file: QuoteFile) -> int:
    return max(file.content.count(b"\n"), file.content.count(b"\r"))


def _require_chain_size(lines: int) -> None:
    if lines > MAX_LINES:
        raise ChainError(
            f"has {lines:,} lines, at most {MAX_LINES:,} are read where some are quoted or uneven; "
            "keep the quotes of one day"
        )


def _line(file: QuoteFile, reader: Reader) -> str:
    return f"{file.row_word} {reader.line_num + file.first_row - 1}"


def _uneven_row(row: list[str], *, width: int, line: str) -> str:
    cause = "is the file cut off?" if len(row) < width else "decimal commas, or commas inside a field?"
    return f"{line} has {len(row)} fields where the header has {width}; {cause}"


def numbered_texts(cells: npt.NDArray[np.object_]) -> Column:
    """Column of the texts of all rows, as `column_of`, for many of them: pandas numbers them in C."""
    import pandas as pd  # noqa: PLC0415 - its parser has read the cells

    codes, texts = pd.factorize(cells)
    return Column(codes=codes.astype(np.int32), texts=tuple(texts.tolist()))


class Column(NamedTuple):
    """One column of text."""

    codes: npt.NDArray[np.int32]
    """Index into `texts` of each row's cell, shape (n,)."""
    texts: Sequence[str]
    """The distinct cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The wanted cells of a quote file."""

    columns: Mapping[str, Column]
    row_numbers: npt.NDArray[np.int64]
    """Number of each row in its file."""
    row_label: str = "line {}"
    """How messages write that number."""
    column_word: str = "column"
    """Word for a column in messages; a JSON file has keys."""

    def __len__(self) -> int:
        """Rows."""
        return len(self.row_numbers)


class Numbering(dict[str, int]):
    """Texts numbered in the order of their first use."""

    def __missing__(self, text: str) -> int:
        """Give a new text the next number."""
        number = self[text] = len(self)
        return number

    def codes(self, texts: Sequence[str] | npt.NDArray[np.object_]) -> npt.NDArray[np.int32]:
        """Number of each text."""
        return np.fromiter(map(self.__getitem__, texts), dtype=np.int32, count=len(texts))


def column_of(texts: Sequence[str] | npt.NDArray[np.object_]) -> Column:
    """Column of the texts of all rows."""
    numbering = Numbering()
    return Column(codes=numbering.codes(texts), texts=tuple(numbering))


def table_of_rows(blocks: Iterable[Sequence[tuple[str, ...]]], *, names: Sequence[str]) -> dict[str, Column]:
    """Columns of a table that comes in blocks of rows, each row with a cell per name.

    The rows of one block at a time are in memory; millions of them cost no more than their distinct texts.
    """
    numberings = [Numbering() for _ in names]
    parts: list[list[npt.NDArray[np.int32]]] = [[] for _ in names]
    for block in blocks:
        for numbering, part, cells in zip(numberings, parts, zip(*block, strict=True), strict=True):
            part.append(numbering.codes(cells))
    return {
        name: Column(codes=np.concatenate([np.empty(0, dtype=np.int32), *part]), texts=tuple(numbering))
        for name, numbering, part in zip(names, numberings, parts, strict=True)
    }
