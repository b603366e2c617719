"""Titled tables of text as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from riskcalc.errors import printable
from riskcalc.formatting.metric import Style
from riskcalc.formatting.table import Table, cell_style
from riskcalc.reports.markup import element, lines, words

SPECIAL = r"\`*_{}[]<>|~$"
"""Characters that Markdown may take for more than themselves."""


def html_table(table: Table) -> str:
    """Return a table as HTML: its title as caption, the first column as heads of the rows."""
    body = (_html_row(row, table.left) for row in table.rows)
    head = (
        element(
            "thead", element("tr", *(_head(text, k in table.left) for k, text in enumerate(table.header)))
        )
        if table.header
        else ""
    )
    html = element("table", element("caption", words(table.title)), head, element("tbody", "\n", lines(body)))
    return element("div", html, class_="table")


def html_tables(tables: Iterable[Table]) -> str:
    """Return tables as HTML, one below the other."""
    return lines(html_table(table) for table in tables if table.rows)


def markdown_tables(tables: Iterable[Table]) -> str:
    """Return tables as Markdown, each under its title."""
    return "\n\n".join(
        f"## {markdown_text(table.title)}\n\n{_markdown_rows(table)}" for table in tables if table.rows
    )


def markdown_text(text: str) -> str:
    r"""Return text that Markdown shows as it is.

    Examples
    --------
    >>> print(markdown_text("P&L *| <b>"))
    P&amp;L \*\| \<b\>
    """
    one_line = " ".join(printable(text).replace("&", "&amp;").split())
    return "".join(f"\\{character}" if character in SPECIAL else character for character in one_line)


def _head(text: str, left: bool) -> str:  # noqa: FBT001 - whether the column is aligned left
    return element("th", words(text), scope="col", class_="left" if left else None)


def _html_row(row: Sequence[str], left: frozenset[int]) -> str:
    first, *others = row
    cells = (_cell(text, column in left) for column, text in enumerate(others, 1))
    return element("tr", _row_head(first, left=0 in left), *cells)


def _row_head(text: str, *, left: bool) -> str:
    classes = " ".join(filter(None, ("left" if left else "", _tone(text))))
    return element("th", words(text), scope="row", class_=classes or None)


def _cell(text: str, left: bool) -> str:  # noqa: FBT001 - as above
    classes = " ".join(filter(None, ("left" if left else "", _tone(text))))
    return element("td", words(text), class_=classes or None)


def _tone(text: str) -> str:
    style = cell_style(text)
    return "" if style is Style.PLAIN else style.value


def _markdown_rows(table: Table) -> str:
    header = table.header or ("",) * len(table.rows[0])
    rule = tuple(":--" if column in table.left else "--:" for column in range(len(header)))
    cells = [tuple(map(markdown_text, row)) for row in (header, *table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (cells[0], rule, *cells[1:]))
