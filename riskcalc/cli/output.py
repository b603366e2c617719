"""Output of results: JSON, tables in a terminal, or plain aligned text."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from riskcalc.errors import printable

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table as RichTable

    from riskcalc.formatting import Table

PLAIN_WIDTH = 200
"""Width of plain text [columns]."""

UNPRINTABLE = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
"""Characters that JSON does not escape but a terminal may interpret or cannot display."""

WORD = re.compile(r"\s*\S+\s*")

RICH_STYLES = {"good": "green", "warn": "yellow", "bad": "bold red"}
"""Look of a verdict, by its style."""


def print_json(answer: Mapping[str, Any] | list[Any]) -> None:
    """Write a result as JSON to stdout, with unprintable characters escaped."""
    import json  # noqa: PLC0415 - slow to import, and most answers are tables

    text = json.dumps(answer, indent=2, allow_nan=False, ensure_ascii=False)
    click.echo(UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def say_warnings(warnings: Iterable[str]) -> None:
    """Write warnings about quotes to stderr, one per line."""
    for warning in warnings:
        click.echo(f"riskcalc: warning: {warning}", err=True)


def print_tables(title: str, tables: Iterable[Table]) -> None:
    """Write titled tables: in color in a terminal, as plain text elsewhere."""
    shown = tuple(tables)
    if not sys.stdout.isatty():
        lines = _plain_lines(title, shown)
        # Tables pad every line to their width, a waste in a file.
        click.echo("\n".join(line.rstrip() for line in lines or _wrapped_lines(title, shown)))
        return
    from rich.console import Console  # noqa: PLC0415 - plain text needs no colors

    _write(Console(), title, shown)


def _plain_lines(title: str, tables: Sequence[Table]) -> list[str]:
    """Return the lines of tables; nothing where a word is wider than its column."""
    lines = _wrap_text(title, PLAIN_WIDTH) if title else []
    for count, table in enumerate(tables):
        rows = _plain_rows(table)
        if not rows:
            return []
        lines += [""] * bool(title or count)
        lines += _wrap_text(table.title, PLAIN_WIDTH) if table.title else []
        lines += rows
    return lines if all(len(line) <= PLAIN_WIDTH for line in lines) else []


def _plain_rows(table: Table) -> list[str]:
    """Return the rows of a table as aligned text; nothing where a word is wider than its column."""
    if not table.rows:
        return []
    gap, widths = _layout(table, PLAIN_WIDTH)
    lines = []
    for row in [table.header, *table.rows] if table.header else table.rows:
        broken = [_wrap_text(cell, width) for cell, width in zip(row, widths, strict=True)]
        height = max(map(len, broken))
        for cell in broken:
            # The lines of a heading end on its column, those of other cells begin beside each other.
            at = 0 if row is table.header else len(cell)
            cell[at:at] = [""] * (height - len(cell))
        lines += [_aligned(parts, widths, left=table.left, gap=gap) for parts in zip(*broken, strict=True)]
    return lines if all(lines) else []


def _aligned(parts: Sequence[str], widths: Sequence[int], *, left: frozenset[int], gap: int) -> str:
    """Return a line of cells; nothing where one is wider than its column."""
    blanks = [width - _cells(part) for part, width in zip(parts, widths, strict=True)]
    cells = (
        part + " " * blank if column in left else " " * blank + part
        for column, (part, blank) in enumerate(zip(parts, blanks, strict=True))
    )
    return "" if min(blanks) < 0 else (" " * gap).join(cells)


def _wrap_text(text: str, width: int) -> list[str]:
    """Return a text in lines of at most a width where its words allow it."""
    lines = []
    for paragraph in printable(text).split("\n"):
        lines.append("")
        for word in WORD.findall(paragraph):
            if lines[-1] and _cells(lines[-1] + word.rstrip()) > width:
                lines.append("")
            lines[-1] += word
    return [line.rstrip() for line in lines]


def _wrapped_lines(title: str, tables: Sequence[Table]) -> list[str]:
    """Return the lines of tables, their words broken where they do not fit."""
    from rich.console import Console  # noqa: PLC0415 - most tables fit

    text = io.StringIO()
    _write(Console(width=PLAIN_WIDTH, file=text, no_color=True), title, tables)
    return text.getvalue().splitlines()


def _write(console: Console, title: str, tables: Sequence[Table]) -> None:
    _write_line(console, title, style="bold")
    for count, table in enumerate(tables):
        if title or count:
            console.print()
        _write_line(console, table.title, style="bold cyan")
        console.print(_rich_table(table, room=console.width))


def _write_line(console: Console, text: str, *, style: str) -> None:
    if text:
        console.print(printable(text), style=style, markup=False, highlight=False, emoji=False)


def _rich_table(table: Table, *, room: int) -> RichTable:
    from rich.table import Table as RichTable  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    gap, widths = _layout(table, room)
    shown = RichTable(
        box=None,
        show_header=bool(table.header),
        pad_edge=False,
        padding=(0, gap, 0, 0),
        header_style="dim",
    )
    for column, width in enumerate(widths):
        heading = table.header[column] if table.header else ""
        justify: JustifyMethod = "left" if column in table.left else "right"
        shown.add_column(Text(printable(heading)), justify=justify, overflow="fold", width=width)
    for row in table.rows:
        shown.add_row(*(Text(printable(cell), style=_verdict_style(cell)) for cell in row))
    return shown


def _verdict_style(cell: str) -> str:
    from riskcalc.formatting.table import VERDICT_STYLES  # noqa: PLC0415 - as above

    return RICH_STYLES.get(VERDICT_STYLES.get(cell, ""), "")


def _layout(table: Table, room: int) -> tuple[int, list[int]]:
    """Gap between the columns and the width of each, so that the table fits where it can."""
    from riskcalc.formatting.table import column_gap  # noqa: PLC0415 - as above

    columns = list(zip(*table.rows, strict=True))
    if table.header:
        columns = [(heading, *cells) for heading, cells in zip(table.header, columns, strict=False)]
    widest = [max(map(_cells, cells)) for cells in columns]
    gap = column_gap(widest, room)
    words = [max(_cells(word) for cell in cells for word in (cell.split() or [""])) for cells in columns]
    return gap, _narrow_columns(widest, words, excess=sum(widest) + gap * (len(widest) - 1) - room)


def _narrow_columns(natural: Sequence[int], words: Sequence[int], *, excess: int) -> list[int]:
    """Widths with columns broken between words first, the roomiest before others, and only then within."""
    widths = list(natural)
    for _ in range(excess):
        spare = [width - word for width, word in zip(widths, words, strict=True)]
        shrinkable = spare if max(spare) > 0 else widths
        widths[shrinkable.index(max(shrinkable))] -= 1
    return widths


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Return a progress bar on stderr; None if stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - pipes need no bar
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415

    columns = (label, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _cells(text: str) -> int:
    """Columns of a text in a terminal; a plain one needs no table of wide characters, slow to import."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - as said

    return cell_len(text)
