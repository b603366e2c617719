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

ROOMY_GAP, NARROW_GAP = 2, 1
"""Spaces between columns, and where the terminal is too narrow for that."""

STATUS_STYLES = {"OK": "green", "WARN": "yellow", "FAIL": "bold red", "BREAKS the rule": "bold red"}


def print_json(answer: Mapping[str, Any] | list[Any]) -> None:
    """Write an answer as JSON on stdout."""
    click.echo(json.dumps(answer, indent=2, allow_nan=False, ensure_ascii=False))


def print_sections(title: str, sections: Iterable[Section]) -> None:
    """Write titled tables: in colour in a terminal, as plain text elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - JSON output needs no tables

    if sys.stdout.isatty():
        _write(Console(), title, sections)
        return
    text = io.StringIO()
    _write(Console(width=PLAIN_WIDTH, file=text, no_color=True), title, sections)
    # Tables pad every line to their width, which nobody wants in a file.
    click.echo("\n".join(line.rstrip() for line in text.getvalue().splitlines()))


def _write(console: Console, title: str, sections: Iterable[Section]) -> None:
    _write_line(console, title, style="bold")
    for count, section in enumerate(sections):
        if title or count:
            console.print()
        _write_line(console, section.title, style="bold cyan")
        roomy = _table(section, gap=ROOMY_GAP)
        # Rich caps a measurement at the console's width unless it is given more room.
        room = console.options.update(max_width=2 * PLAIN_WIDTH)
        fits = console.measure(roomy, options=room).maximum <= console.width
        console.print(roomy if fits else _table(section, gap=NARROW_GAP))


def _write_line(console: Console, text: str, *, style: str) -> None:
    if text:
        console.print(text, style=style, markup=False, highlight=False)


def _table(section: Section, *, gap: int) -> Table:
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(
        box=None,
        show_header=bool(section.header),
        pad_edge=False,
        padding=(0, gap, 0, 0),
        header_style="dim",
    )
    for column in range(len(section.rows[0]) if section.rows else 0):
        heading = section.header[column] if section.header else ""
        justify: JustifyMethod = "left" if column in section.left else "right"
        table.add_column(Text(heading), justify=justify, overflow="fold")
    for row in section.rows:
        table.add_row(*(Text(cell, style=STATUS_STYLES.get(cell, "")) for cell in row))
    return table
