"""Titled tables of text, and the aligned lines that show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from riskcalc.formatting.metric import Line, Metric, Style, plain_text, wrapped
from riskcalc.records import dataclass

T = TypeVar("T")
Columns = Mapping[str, Callable[[T], str]]
"""Headings, each with the text of a record in its column."""

VERDICT_STYLES = {
    "OK": Style.GOOD,
    "within": Style.GOOD,
    "WARN": Style.WARN,
    "FAIL": Style.BAD,
    "EXCEEDED": Style.BAD,
    "FIRED": Style.BAD,
    "met": Style.GOOD,
    "not met": Style.BAD,
    "no data": Style.WARN,
    "SAMPLE": Style.WARN,
}
"""Color of each verdict of a check, a scenario or a signal."""

OLD = " OLD"
"""Ends a cell about data that are too old."""

ROOMY, TIGHT = 2, 1
"""Spaces between columns, and where a width is too narrow for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of text; the first column is left-aligned, the others right-aligned unless listed in `left`."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] = ()
    left: frozenset[int] = frozenset({0})
    """Columns aligned left."""


def metric_table(title: str, metrics: Iterable[Metric]) -> Table:
    """Return metrics as a table: label, number, note."""
    return Table(title=title, rows=tuple(metric.row for metric in metrics), left=frozenset({0, 2}))


def column_table(
    title: str, records: Iterable[T], columns: Columns[T], *, left: Iterable[int] = (0,)
) -> Table:
    """Return records as rows, with a column for each heading."""
    rows = tuple(tuple(text(record) for text in columns.values()) for record in records)
    return Table(title=title, header=tuple(columns), rows=rows, left=frozenset(left))


def column_gap(widths: Sequence[int], room: int) -> int:
    """Return the spaces between columns of these widths."""
    return ROOMY if sum(widths) + ROOMY * (len(widths) - 1) <= room else TIGHT


def document_lines(tables: Iterable[Table], *, summary: str, width: int) -> list[Line]:
    """Return a sentence on top, then tables with an empty line before each."""
    lines = wrapped(summary, width=width, indent=0, style=Style.PLAIN)
    for table in tables:
        lines += [(), *table_lines(table, width=width)]
    return lines


def table_lines(table: Table, *, width: int) -> list[Line]:
    """Return title, heading and rows of a table, aligned; rows wider than the width are left whole.

    Parameters
    ----------
    table : Table
        Any table of this package.
    width : int
        Where the columns' gaps are tightened, and titles wrapped [cells].

    Returns
    -------
    list of Line
    """
    rows = [table.header, *table.rows] if table.header else list(table.rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = column_gap(widths, width)
    lines = [_aligned(row, widths, left=table.left, gap=gap) for row in rows]
    title = wrapped(table.title, width=width, indent=0, style=Style.TITLE)
    head = [((plain_text(lines[:1]), Style.QUIET),)] if table.header else []
    return [*title, *head, *lines[len(head) :]]


def _aligned(row: Sequence[str], widths: Sequence[int], *, left: frozenset[int], gap: int) -> Line:
    cells = [
        text.ljust(width + gap) if column in left else text.rjust(width) + " " * gap
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    cells[-1] = cells[-1].rstrip()
    return tuple((cell, cell_style(text)) for cell, text in zip(cells, row, strict=True))


def cell_style(text: str) -> Style:
    """Return the color of a cell: verdicts, old data, and P&L in dollars by its sign."""
    signs = {"+$": Style.GOOD, "-$": Style.BAD}
    if text.endswith(OLD):
        return Style.WARN
    # A flow of funds, -$250M, is no P&L.
    return VERDICT_STYLES.get(text) or signs.get(text[:2] if text[-1:].isdigit() else "", Style.PLAIN)
