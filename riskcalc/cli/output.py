"""How an answer leaves: JSON, tables in a terminal, plain aligned text elsewhere."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table

    from riskcalc.formatting import Section

PLAIN_WIDTH = 200
"""Columns of the plain text; a pipe has no width of its own."""

STATUS_STYLES = {"OK": "green", "WARN": "yellow", "FAIL": "bold red"}


def print_json(answer: Mapping[str, Any] | list[Any]) -> None:
    """Write an answer as JSON on stdout."""
    click.echo(json.dumps(answer, indent=2, allow_nan=False, ensure_ascii=False))


def print_sections(title: str, sections: Iterable[Section]) -> None:
    """Write titled tables: boxed and coloured in a terminal, plain aligned text elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - JSON output needs no tables

    if sys.stdout.isatty():
        _write(Console(), title, sections, boxed=True)
        return
    text = io.StringIO()
    console = Console(width=PLAIN_WIDTH, file=text, no_color=True)
    _write(console, title, sections, boxed=False)
    # Tables pad every line to their width, which nobody wants in a file.
    lines = text.getvalue().splitlines()
    click.echo("\n".join(line.rstrip() for line in lines))


def _write(console: Console, title: str, sections: Iterable[Section], *, boxed: bool) -> None:
    _write_line(console, title, style="bold")
    for count, section in enumerate(sections):
        if title or count:
            console.print()
        _write_line(console, section.title, style="bold cyan")
        console.print(_table(section, boxed=boxed))


def _write_line(console: Console, text: str, *, style: str) -> None:
    if text:
        console.print(text, style=style, markup=False, highlight=False)


def _table(section: Section, *, boxed: bool) -> Table:
    from rich import box  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(
        box=box.SIMPLE_HEAD if boxed and section.header else None,
        show_header=bool(section.header),
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    for column in range(len(section.rows[0]) if section.rows else 0):
        heading = section.header[column] if section.header else ""
        justify: JustifyMethod = "left" if column in section.left else "right"
        table.add_column(heading, justify=justify, overflow="fold")
    for row in section.rows:
        table.add_row(*(Text(cell, style=STATUS_STYLES.get(cell, "")) for cell in row))
    return table
