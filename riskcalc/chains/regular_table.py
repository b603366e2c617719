"""Large delimited files without quoting, every line with as many fields: read by pandas' parser in C."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from riskcalc.chains.quote_file import MEGABYTE

PIECE = 16 * MEGABYTE
"""Bytes looked at together."""


def regular_cells(
    content: bytes, *, columns: Sequence[int], width: int, delimiter: str
) -> list[npt.NDArray[np.object_]] | None:
    """Return the texts of some columns of a text with one header line.

    Parameters
    ----------
    content : bytes
        UTF-8 text.
    columns : sequence of int
        Rising numbers of the wanted columns.
    width : int
        Fields of a line.
    delimiter : str
        One character that sets fields apart.

    Returns
    -------
    list of ndarray or None
        Equal texts of a column are one text in memory. None where a line has more or fewer fields or a field
        is quoted: another reader says where.
    """
    if not columns or not is_regular(content, width=width, delimiter=delimiter):
        return None
    import pandas as pd  # noqa: PLC0415 - slow to import, and most files are small

    table = pd.read_csv(
        io.BytesIO(content),
        sep=delimiter,
        header=None,
        skiprows=1,
        usecols=list(columns),
        dtype=object,  # texts as they are, equal ones once in memory; categories of numbers become numbers
        na_filter=False,
        quoting=csv.QUOTE_NONE,
        engine="c",
        low_memory=False,
    )
    return [table.pop(index).to_numpy() for index in table.columns.tolist()]


def is_regular(content: bytes, *, width: int, delimiter: str) -> bool:
    """Return whether no field is quoted and every line has as many fields as the header."""
    if b'"' in content or content.count(b"\r") not in {0, content.count(b"\r\n")}:
        return False
    mark, start = ord(delimiter), 0
    line = np.array([mark] * (width - 1) + [ord("\n")], dtype=np.uint8)
    while start < len(content):
        end = content.rfind(b"\n", start, start + PIECE) + 1
        last = not end or start + PIECE >= len(content)
        piece = np.frombuffer(content[start:] if last else content[start:end], dtype=np.uint8)
        marks = piece[np.flatnonzero((piece == mark) | (piece == ord("\n")))]
        if last and (not piece.size or piece[-1] != ord("\n")):
            marks = np.append(marks, np.uint8(ord("\n")))
        if marks.size % width or not (marks.reshape(-1, width) == line).all():
            return False
        start = len(content) if last else end
    return True
