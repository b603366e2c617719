"""Columns of a table of spreads that are computed only for the rows shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Indices: TypeAlias = NDArray[np.intp]

Rows: TypeAlias = Indices | slice

Values: TypeAlias = NDArray[np.generic]

Column: TypeAlias = Callable[[Rows], Values]
"""Values of a column in some rows: a table of the best rows never has the others of most columns."""

Columns: TypeAlias = dict[str, Column]


EVERY_ROW = slice(None)
"""One object for all columns, by which `Shared` recognizes rows that it has calculated."""


class Shared:
    """Several columns of one calculation, cached for the rows requested last.

    Parameters
    ----------
    work : callable
        Values of every column in some rows.
    """

    def __init__(self, work: Callable[[Rows], tuple[Values, ...]]) -> None:
        self._work = work
        self._last: tuple[Rows, tuple[Values, ...]] | None = None

    def column(self, index: int) -> Column:
        """Return one of the columns."""
        return lambda rows: self._values(rows)[index]

    def _values(self, rows: Rows) -> tuple[Values, ...]:
        if self._last is None or self._last[0] is not rows:
            self._last = rows, self._work(rows)
        return self._last[1]


class Block(NamedTuple):
    """Spreads of one kind and expiry, as columns."""

    size: int
    columns: Columns


def same(value: np.generic, count: int) -> Column:
    """Return a column of one value."""
    return np.broadcast_to(value, count).__getitem__


def whole_column(blocks: Sequence[Block], name: str) -> Values:
    """Return one column of several blocks, one after the other."""
    return np.concatenate([block.columns[name](EVERY_ROW) for block in blocks])


def chosen_columns(blocks: Sequence[Block], order: Indices) -> dict[str, Values]:
    """Return all columns in some rows, which are numbered through all blocks, in the order of the numbers.

    Column by column, so that memory holds the table once.
    """
    if 2 * len(order) > sum(block.size for block in blocks):
        # Most rows in any case: whole columns are built without numbers of rows, and each is ordered once.
        return {name: whole_column(blocks, name).take(order) for name in blocks[0].columns}
    starts = np.cumsum([0, *(block.size for block in blocks)])
    which = np.searchsorted(starts, order, side="right") - 1
    rows_by_block = [np.flatnonzero(which == number) for number in range(len(blocks))]
    rows = [order[place] - start for place, start in zip(rows_by_block, starts[:-1], strict=True)]
    back = np.argsort(np.concatenate(rows_by_block), kind="stable")
    return {
        name: np.concatenate(
            [block.columns[name](block_rows) for block, block_rows in zip(blocks, rows, strict=True)]
        )[back]
        for name in blocks[0].columns
    }
