"""Titled tables of text, and the aligned lines that show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riskcalc.formatting.metric import Line, Tone, wrapped

ROOMY, TIGHT = 2, 1
"""Spaces between columns, and where a width is too narrow for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of text; the first column is left-aligned, the others right-aligned unless told otherwise."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] = ()
    left: frozenset[int] = frozenset({0})
    """Columns aligned left."""


def document_lines(sections: Iterable[Section], *, summary: str, width: int) -> list[Line]:
    """Lines of a title and tables separated by blank lines."""
    lines: list[Line] = [((line[0][0], Tone.PLAIN),) for line in wrapped(summary, width=width, indent=0)]
    for section in sections:
        lines += [(), *table_lines(section, width=width)]
    return lines


def table_lines(section: Section, *, width: int) -> list[Line]:
    """Title, heading and rows of a table, aligned; rows wider than the width are left whole.

    Parameters
    ----------
    section : Section
        Any table of this package.
    width : int
        Where the columns' gaps are tightened, and titles wrapped [cells].

    Returns
    -------
    list of Line
    """
    rows = [section.header, *section.rows] if section.header else list(section.rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = ROOMY if sum(widths) + ROOMY * (len(widths) - 1) <= width else TIGHT
    text = [_aligned(row, widths, left=section.left, gap=gap) for row in rows]
    title = [((words[0][0], Tone.TITLE),) for words in wrapped(section.title, width=width, indent=0)]
    head = [((text[0], Tone.QUIET),)] if section.header else []
    return [*title, *head, *(((row, Tone.PLAIN),) for row in text[len(head) :])]


def _aligned(row: Sequence[str], widths: Sequence[int], *, left: frozenset[int], gap: int) -> str:
    cells = (
        text.ljust(width) if column in left else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return (" " * gap).join(cells).rstrip()
