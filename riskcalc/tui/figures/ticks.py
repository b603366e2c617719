"""Ticks and labels of an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

STEPS = (1, 2, 5, 10)
LOOSEST = 1.5
"""Maximum length of a kept axis relative to the span of its values."""

GAP = 1
"""Empty cells between two labels."""

MOST_WAYS = 9
"""Maximum number of candidate placements kept."""


class Label(NamedTuple):
    """Label at a column, with shorter variants."""

    column: int
    texts: tuple[str, ...]
    key: str = ""


class Placed(NamedTuple):
    """A text and the cell it starts in."""

    start: int
    text: str
    key: str


def tick_step(span: float, *, most: int) -> float:
    """Smallest step of 1, 2 or 5 times a power of ten with at most so many steps in a span.

    Examples
    --------
    >>> tick_step(68, most=5), tick_step(1500, most=8), tick_step(0.9, most=4)
    (20, 200, 0.5)
    """
    least = span / max(most, 1)
    power = math.floor(math.log10(least))
    lead = next(lead for lead in STEPS if lead * 10.0**power >= least * (1 - 1e-9))
    return lead * 10**power if power >= 0 else round(lead * 10.0**power, -power)


def ticks(low: float, high: float, *, most: int) -> tuple[float, ...]:
    """Round values inside an axis, rising; none when the axis has no length.

    Examples
    --------
    >>> ticks(274, 342, most=5)
    (280, 300, 320, 340)
    """
    if not (high > low and math.isfinite(high - low)) or most < 1:
        return ()
    step = tick_step(high - low, most=most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(k * step, 10) for k in range(first, last + 1))


def padded(
    values: Sequence[float], *, share: float = 0.04, previous: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Ends of an axis that holds all values and zero, a little beyond them, on round numbers.

    Parameters
    ----------
    values : sequence of float
        What is drawn.
    share : float
        Room beyond them, as a share of their span.
    previous : tuple of float, optional
        An axis to stay with while it holds the values and is not much too wide, so that it stands still
        while the values move.

    Examples
    --------
    >>> padded([-964.0, 2036.0])
    (-1200, 2200)
    """
    low, high = min(0.0, *values), max(0.0, *values)
    if not high > low:
        return -1.0, 1.0
    margin = share * (high - low)
    if (
        previous
        and previous[0] <= low
        and high <= previous[1]
        and previous[1] - previous[0] <= LOOSEST * (high - low)
    ):
        return previous
    step = tick_step(high - low, most=20)
    return math.floor((low - margin) / step) * step, math.ceil((high + margin) / step) * step


def place(labels: Sequence[Label], width: int) -> tuple[Placed, ...]:
    """Place labels on one row, by priority.

    Parameters
    ----------
    labels : sequence of Label
        The most important first.
    width : int
        Cells of the row.

    Returns
    -------
    tuple of Placed
        From left to right, at least a cell apart; each over its column where it can be.

    Examples
    --------
    >>> place([Label(2, ("spot",)), Label(6, ("stop 6%", "stop"))], 11)
    (Placed(start=0, text='spot', key=''), Placed(start=6, text='stop', key=''))
    """
    placements: list[list[Placed]] = [[]]
    for label in labels:
        for text in label.texts:
            candidates = _candidates(label, text, width)
            extended = [
                [*placement, candidate]
                for placement in placements
                for candidate in candidates
                if _free(candidate, placement)
            ]
            if extended:
                placements = extended[:MOST_WAYS]
                break
    return tuple(sorted(placements[0]))


def _candidates(label: Label, text: str, width: int) -> list[Placed]:
    """Positions of a text: centered on its column, ending there, or starting there."""
    size = len(text)
    starts = (label.column - size // 2, label.column - size + 1, label.column)
    inside = dict.fromkeys(min(max(start, 0), width - size) for start in starts)
    return [Placed(start, text, label.key) for start in inside if start >= 0]


def _free(label: Placed, placed: Sequence[Placed]) -> bool:
    start, end = label.start, label.start + len(label.text)
    for other, text, _ in placed:  # noqa: SIM110 - a generator takes twice as long
        if end + GAP > other and other + len(text) + GAP > start:
            return False
    return True


def row_text(placed: Sequence[Placed], width: int) -> str:
    """A row of labels as text, blanks between."""
    row = ""
    for start, text, _ in placed:
        row += " " * (start - len(row)) + text
    return row.ljust(width)
