"""Columns of a table of fixed width: those that matter most are shown where the room is short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from riskcalc.records import dataclass

Row = TypeVar("Row")

Cell = tuple[str, str]
"""A piece of a row and the name of its style."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """A column: its heading, width and text."""

    key: str
    """Name of the numbers it is sorted and filtered by."""
    title: str
    width: int
    """Cells, the gap before it included."""
    text: Callable[[Row], str]
    rank: int = 0
    """Columns of higher rank give way first."""
    left: bool = False
    """Whether its text starts at the left."""

    def cell(self, text: str) -> str:
        """A text in the width of the column; one that does not fit is shown as ``#``, not cut."""
        room = self.width - 1
        fitting = text if len(text) <= room else text[:room] if self.left else "#" * room
        return f" {fitting:<{room}}" if self.left else f" {fitting:>{room}}"


def fitting(columns: Sequence[Column[Row]], width: int) -> tuple[Column[Row], ...]:
    """Return the columns that fit a width, in their order; the first rank that does not fit ends them."""
    shown: set[int] = set()
    for index in sorted(range(len(columns)), key=lambda index: columns[index].rank):
        width -= columns[index].width
        if width < 0:
            break
        shown.add(index)
    return tuple(column for index, column in enumerate(columns) if index in shown)
