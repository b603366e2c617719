"""Delimited text to a table; the header is found among the first lines.

Three shapes are known: one row an option; calls left and puts right of the strike, under the same names or
under names that say their side; and blocks of rows, one for each expiry, each below its title and header.
"""

from __future__ import annotations

import csv
import dataclasses
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.readers.facts import FileFacts, find_facts
from riskcalc.chains.readers.names import ColumnNaming, column_naming, names_by_side
from riskcalc.chains.text_table import (
    Column,
    StrayLine,
    Table,
    column_of,
    delimiter_of,
    read_table,
    split_line,
)
from riskcalc.chains.typed_columns import Cells

HEAD_LINES = 40
"""The header is among the first lines, blank ones not counted."""
LOOKED_AT = 50
"""Number of cells of a column tested for serialized objects."""
BLOCK_SIZE = re.compile(r".*\(\d+\) +(?P<size>\d+).*")
WRITTEN_OBJECT = re.compile(r"\w+\((?:.*=.*)?\)", re.DOTALL)
WRITTEN_VALUE = re.compile(r"(\w+)=('[^']*'|[^,()]*)")
"""Python's way to write an object, as ib_insync's tickers have their contract in one column."""


class Header(NamedTuple):
    """Where the rows begin, and what their columns are."""

    header: tuple[str, ...]
    above: list[str]
    """Lines above the header that are not blank."""
    delimiter: str
    again: list[str]
    """The header as in the file."""


def find_head(file: QuoteFile) -> Header | None:
    """The first line that names the columns of a chain, and the lines above it."""
    lines: list[str] = []
    for line in itertools.islice((line for line in file.lines() if line.strip()), HEAD_LINES):
        delimiter = delimiter_of(line)
        header = _names(line.rstrip("\r\n"), delimiter)
        if column_naming(header).of_chain or _written_columns(header):
            return Header(
                header, lines, delimiter, next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter))
            )
        lines.append(line.rstrip("\r\n"))
    return None


def first_header(file: QuoteFile) -> tuple[str, ...]:
    """Names in the first line, of a file that has no header of a chain."""
    return _names(file.first_line, delimiter_of(file.first_line))


def table_of_text(file: QuoteFile, head: Header) -> tuple[Cells, ColumnNaming, FileFacts]:
    """Table of all rows, the meaning of its columns, and facts from the file's text.

    Raises
    ------
    ChainError
        A row is cut off, or a column is there twice.
    """
    stray_lines: list[StrayLine] = []
    columns = column_naming(head.header).columns() | _written_columns(head.header)
    table = read_table(
        file,
        wanted=columns,
        header=head.header,
        above=len(head.above) + 1,
        delimiter=head.delimiter,
        stray_lines=stray_lines,
        again=head.again if head.above else (),
    )
    table = _expand_objects(_with_sizes(table, [*_titles(head.above), *stray_lines]))
    location = "above the table" if head.above else ""
    facts = find_facts([*head.above, *(aside.text for aside in stray_lines)], location=location)
    cells = Cells(table=table, thousands=head.delimiter == ",")
    return cells, column_naming(tuple(table.columns)), facts


def _names(line: str, delimiter: str) -> tuple[str, ...]:
    names = split_line(line, delimiter=delimiter)
    return names_by_side([name.strip("[] ") for name in names])


def _written_columns(header: Sequence[str]) -> set[str]:
    """Columns of ib_insync that contain serialized objects."""
    return {"contract", "modelGreeks"} & set(header) if "modelGreeks" in header else set()


def _titles(above: Sequence[str]) -> list[StrayLine]:
    """Titles of the blocks; the first one is above the first row."""
    return [StrayLine(0, line) for line in above if BLOCK_SIZE.fullmatch(line)][-1:]


def _with_sizes(table: Table, stray_lines: Sequence[StrayLine]) -> Table:
    """Add the contract size from the title of each block to its rows."""
    sizes = [
        (stray_line.line, match["size"])
        for stray_line in stray_lines
        if (match := BLOCK_SIZE.fullmatch(stray_line.text))
    ]
    if not sizes:
        return table
    block = np.searchsorted([line for line, _ in sizes], table.row_numbers, side="right") - 1
    column = column_of([sizes[block_index][1] for block_index in block.tolist()])
    return dataclasses.replace(table, columns={**table.columns, "contract size": column})


def _expand_objects(table: Table) -> Table:
    """Columns of written objects taken apart: ``contract.strike``."""
    columns: dict[str, Column] = {}
    for name, column in table.columns.items():
        if not any(WRITTEN_OBJECT.fullmatch(text) for text in column.texts[:LOOKED_AT]):
            columns[name] = column
            continue
        values = [
            {key: value.strip("'") for key, value in WRITTEN_VALUE.findall(text)} for text in column.texts
        ]
        for key in dict.fromkeys(key for value in values for key in value):
            columns[f"{name}.{key}"] = Column(column.codes, [value.get(key, "") for value in values])
    return dataclasses.replace(table, columns=columns)
