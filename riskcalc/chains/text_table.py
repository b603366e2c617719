"""A table of text: each column's distinct texts once, and which of them stands in each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Column(NamedTuple):
    """One column of text."""

    codes: npt.NDArray[np.int32]
    """Place in `texts` of each row's cell, shape (n,)."""
    texts: Sequence[str]
    """The distinct cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The wanted cells of a quote file."""

    columns: Mapping[str, Column]
    places: npt.NDArray[np.int64]
    """Number of each row in its file."""
    place_text: str = "line {}"
    """How that number is said in messages."""
    column_word: str = "column"
    """Word for a column in messages; a JSON file has keys."""

    def __len__(self) -> int:
        """Rows."""
        return len(self.places)


class Numbering(dict[str, int]):
    """Texts numbered in the order in which they are first asked for."""

    def __missing__(self, text: str) -> int:
        """Give a new text the next number."""
        number = self[text] = len(self)
        return number

    def codes(self, texts: Sequence[str]) -> npt.NDArray[np.int32]:
        """Number of each text."""
        return np.fromiter(map(self.__getitem__, texts), dtype=np.int32, count=len(texts))


def column_of(texts: Sequence[str]) -> Column:
    """Column of the texts of all rows."""
    numbering = Numbering()
    return Column(codes=numbering.codes(texts), texts=tuple(numbering))


def table_of_rows(blocks: Iterable[Sequence[tuple[str, ...]]], *, names: Sequence[str]) -> dict[str, Column]:
    """Columns of a table that comes in blocks of rows, each row with a cell per name.

    The rows of one block at a time are in memory; millions of them cost no more than their distinct texts.
    """
    numberings = [Numbering() for _ in names]
    parts: list[list[npt.NDArray[np.int32]]] = [[] for _ in names]
    for block in blocks:
        for numbering, part, cells in zip(numberings, parts, zip(*block, strict=True), strict=True):
            part.append(numbering.codes(cells))
    return {
        name: Column(codes=np.concatenate([np.empty(0, dtype=np.int32), *part]), texts=tuple(numbering))
        for name, numbering, part in zip(names, numberings, parts, strict=True)
    }
