"""Tables set in a given width: columns are left out by priority, then texts wrapped; nothing is cut."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from riskcalc.formatting.metric import Line, Style, wrapped
from riskcalc.formatting.table import Table, cell_style, column_gap, table_lines
from riskcalc.records import dataclass

LEAST_TEXT = 18
"""Width that a column of text keeps before another column is left out [cells]."""
WORDS = 9
"""Columns of text that are no wider do not wrap: a few words, such as a state or a date [cells]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedTable:
    """Lines of a table in a width."""

    head: Line
    """The headings; empty where the table has none."""
    rows: tuple[tuple[Line, ...], ...]
    """Lines of each row, in the order of the table's."""


def fitted_tables(tables: Sequence[Table], *, width: int, spare: Sequence[str] = ()) -> list[FittedTable]:
    """Return the lines of tables of the same columns in a width, aligned with each other.

    Parameters
    ----------
    tables : sequence of Table
        With the same headings, and the same columns aligned left.
    width : int
        No line is longer, down to some 9 cells for each column of text [cells].
    spare : sequence of str
        Headings of columns that may be left out, the first one first.

    Returns
    -------
    list of FittedTable
        Columns aligned left wrap at their words where there is no room for them; numbers never do.

    Examples
    --------
    >>> table = Table(title="", header=("name", "value", "source"), rows=(("vix", "18.2", "a file"),))
    >>> (found,) = fitted_tables([table], width=12, spare=("source",))
    >>> found.head[0][0], found.rows[0][0][0][0]
    ('name  value', 'vix   ')
    """
    columns = _columns(tables)
    shown = _fitting_columns(columns, tables[0].header, width, spare) if tables else []
    widths = _narrow_widths(shown, width)
    gap = column_gap(widths, width)

    def lines(row: Sequence[str]) -> tuple[Line, ...]:
        return tuple(_lines([row[column.index] for column in shown], widths, shown, gap=gap))

    return [
        FittedTable(
            head=_head(lines(table.header) if table.header else ()),
            rows=tuple(lines(row) for row in table.rows),
        )
        for table in tables
    ]


def fitted_document_lines(tables: Iterable[Table], *, summary: str, width: int) -> list[Line]:
    """Return what `document_lines` returns, with the texts of a table that is wider than the width wrapped.

    Examples
    --------
    >>> row = ("Sep 1", "sold half at the first target")
    >>> notes = Table(title="Notes", rows=(row,), left=frozenset({0, 1}))
    >>> lines = fitted_document_lines([notes], summary="IWM spread", width=24)
    >>> ["".join(text for text, _ in line) for line in lines]
    ['IWM spread', '', 'Notes', 'Sep 1 sold half at the', '      first target']
    """
    lines = wrapped(summary, width=width, indent=0, style=Style.PLAIN)
    for table in tables:
        lines += [(), *_wrapped_table(table, width)]
    return lines


def _wrapped_table(table: Table, width: int) -> list[Line]:
    lines = table_lines(table, width=width)
    if max((sum(len(text) for text, _ in line) for line in lines), default=0) <= width:
        return lines
    (found,) = fitted_tables([table], width=width)
    title = wrapped(table.title, width=width, indent=0, style=Style.TITLE)
    head = [found.head] if found.head else []
    return [*title, *head, *(line for row in found.rows for line in row)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column of all tables."""

    index: int
    natural: int
    """Width of its widest cell."""
    word: int
    """Width of the widest word in it."""
    is_text: bool

    @property
    def least(self) -> int:
        """Width that it keeps before another column is left out."""
        return min(self.natural, max(LEAST_TEXT, self.word)) if self.is_text else self.natural


def _columns(tables: Sequence[Table]) -> list[_Column]:
    rows = [row for table in tables for row in ((table.header, *table.rows) if table.header else table.rows)]
    left = tables[0].left if tables else frozenset()
    return [
        _Column(
            index=index,
            natural=max(map(len, cells)),
            word=max(map(_longest_word, cells)),
            is_text=index in left,
        )
        for index, cells in enumerate(zip(*rows, strict=True))
    ]


def _longest_word(text: str) -> int:
    """Width of the longest word, with the indent that each line of its text has."""
    return len(text) - len(text.lstrip()) + max(map(len, text.split()), default=0)


def _fitting_columns(
    columns: Sequence[_Column], header: Sequence[str], width: int, spare: Sequence[str]
) -> list[_Column]:
    """Columns that fit with the least width of their texts, spare ones left out one by one."""
    shown = list(columns)
    for heading in spare:
        if sum(column.least for column in shown) + len(shown) - 1 <= width:
            break
        shown = [column for column in shown if header[column.index] != heading]
    return shown


def _narrow_widths(columns: Sequence[_Column], room: int) -> list[int]:
    """Widths that fit, taken from the widest column of text each time; words are broken last, names never."""
    widths = [column.natural for column in columns]
    over = sum(widths) + len(widths) - 1 - room
    texts = [index for index, column in enumerate(columns) if column.is_text]
    for floors, shrinkable in (([column.word for column in columns], texts), ([0] * len(columns), texts[1:])):
        while over > 0 and (wide := [k for k in shrinkable if widths[k] > max(floors[k], WORDS)]):
            widths[max(wide, key=lambda k: widths[k])] -= 1
            over -= 1
    return widths


def _head(lines: tuple[Line, ...]) -> Line:
    text = "".join(text for text, _ in lines[0]).rstrip() if lines else ""
    return ((text, Style.QUIET),) if text else ()


def _lines(
    cells: Sequence[str], widths: Sequence[int], columns: Sequence[_Column], *, gap: int
) -> Iterator[Line]:
    broken = [
        _wrap_text(text, width) if column.is_text else [text]
        for text, width, column in zip(cells, widths, columns, strict=True)
    ]
    for row in range(max(map(len, broken), default=0)):
        parts = [lines[row] if row < len(lines) else "" for lines in broken]
        texts = [
            (part.ljust(width) if column.is_text else part.rjust(width)) + " " * gap
            for part, width, column in zip(parts, widths, columns, strict=True)
        ]
        texts[-1] = texts[-1].rstrip()
        yield tuple((text, cell_style(cell)) for text, cell in zip(texts, cells, strict=True))


def _wrap_text(text: str, width: int) -> list[str]:
    """A text in lines of a width; an indented one keeps its indent on each."""
    words = text.lstrip()
    indent = " " * (len(text) - len(words))
    room = max(width, len(indent) + 1)
    return textwrap.wrap(
        words, room, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    ) or [""]
