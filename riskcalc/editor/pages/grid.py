"""A grid of a page: rows to choose from, its columns in the order in which a narrow page gives them up."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, TypeVar

from riskcalc.formatting.metric import Style
from riskcalc.formatting.numbers import MISSING
from riskcalc.formatting.table import ROOMY, TIGHT
from riskcalc.records import dataclass

T = TypeVar("T")

ELLIPSIS = "…"

SHORTEST = 8
"""Cells that the column of descriptions keeps."""


class Cell(NamedTuple):
    """Text of a cell, and what it is; the shorter text is taken where the whole one does not fit."""

    text: str
    style: Style = Style.PLAIN
    short: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    """A column."""

    heading: str
    left: bool = False
    spare: int = 0
    """Order in which columns are left out, the highest first; 0 is never left out."""
    flexible: bool = False
    """Whether its texts may be shortened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows by their ids."""

    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    ids: tuple[int, ...] = ()
    """Of each row."""

    def without_missing(self) -> Grid:
        """Return the grid without spare columns of which nothing is known."""
        for index, column in enumerate(self.columns):
            if self.rows and column.spare and all(row[index].text == MISSING for row in self.rows):
                return _without_column(self, index).without_missing()
        return self

    def fitted(self, width: int) -> Grid:
        """Return the grid as it is set in a width [cells]: every text padded to its column and the gap.

        Long texts are shortened first, then columns left out, and at last the descriptions cut.
        """
        grid = self
        if grid.wide() > width:
            grid = _with_short_texts(grid)
        while grid.wide() > width and any(column.spare for column in grid.columns):
            grid = _without_spare_column(grid)
        if grid.wide() > width:
            grid = _cut(grid, grid.wide() - width)
        return _padded(grid, ROOMY if grid.wide(ROOMY) <= width else TIGHT)

    @property
    def widths(self) -> tuple[int, ...]:
        """Cells of each column."""
        texts = [[column.heading] for column in self.columns]
        for row in self.rows:
            for column, cell in zip(texts, row, strict=True):
                column.append(cell.text)
        return tuple(max(map(len, column)) for column in texts)

    def wide(self, gap: int = TIGHT) -> int:
        """Return the cells of a row with a gap between columns."""
        return sum(self.widths) + gap * (len(self.columns) - 1)


def _with_short_texts(grid: Grid) -> Grid:
    rows = (tuple(cell._replace(text=cell.short or cell.text) for cell in row) for row in grid.rows)
    return replace(grid, rows=tuple(rows))


def _without_spare_column(grid: Grid) -> Grid:
    return _without_column(grid, max(range(len(grid.columns)), key=lambda index: grid.columns[index].spare))


def _without_column(grid: Grid, left_out: int) -> Grid:
    rows = tuple(_without(row, left_out) for row in grid.rows)
    return replace(grid, columns=_without(grid.columns, left_out), rows=rows)


def _without(parts: tuple[T, ...], index: int) -> tuple[T, ...]:
    return (*parts[:index], *parts[index + 1 :])


def _cut(grid: Grid, excess: int) -> Grid:
    rooms = [
        max(wide - excess, SHORTEST) if column.flexible else wide
        for column, wide in zip(grid.columns, grid.widths, strict=True)
    ]
    rows = (
        tuple(cell._replace(text=_shortened(cell.text, room)) for cell, room in zip(row, rooms, strict=True))
        for row in grid.rows
    )
    return replace(grid, rows=tuple(rows))


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + ELLIPSIS


def _padded(grid: Grid, gap: int) -> Grid:
    widths = grid.widths

    def pad(text: str, index: int) -> str:
        wide = widths[index]
        return (text.ljust(wide) if grid.columns[index].left else text.rjust(wide)) + " " * gap

    columns = (
        GridColumn(heading=pad(column.heading, index), left=column.left)
        for index, column in enumerate(grid.columns)
    )
    rows = (
        tuple(cell._replace(text=pad(cell.text, index)) for index, cell in enumerate(row))
        for row in grid.rows
    )
    return replace(grid, columns=tuple(columns), rows=tuple(rows))
