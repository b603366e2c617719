"""Axes of a picture: values to pixels, and round values to name."""

from __future__ import annotations

import math
from collections.abc import Sequence

from riskcalc.editor.figures import round_step
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A straight axis.

    Examples
    --------
    >>> axis = Scale(low=0.0, high=10.0, start=100.0, end=0.0)
    >>> axis.at(2.5), axis.ticks(5)
    (75.0, (0.0, 2.0, 4.0, 6.0, 8.0, 10.0))
    """

    low: float
    high: float
    """> `low`"""
    start: float
    """Place of `low` [pixels]."""
    end: float
    """Place of `high`; smaller than `start` where the axis points up."""

    def at(self, value: float) -> float:
        """Return where a value is [pixels]."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether a value is on the axis, its ends included."""
        return self.low <= value <= self.high

    def ticks(self, count: int) -> tuple[float, ...]:
        """Return round values on the axis, at most one more than `count`."""
        step = round_step((self.high - self.low) / count)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(round(index * step, 9) for index in range(first, last + 1))


def label_rows(middles: Sequence[float], widths: Sequence[float], *, gap: float) -> tuple[int, ...]:
    """Return the row of each label so that none covers another: the lowest that has room.

    Parameters
    ----------
    middles : sequence of float
        Middles of the labels, rising [pixels].
    widths : sequence of float
        How wide each is [pixels].
    gap : float
        Least space between two labels of a row [pixels].

    Examples
    --------
    >>> label_rows([10.0, 30.0, 100.0], [40.0, 40.0, 40.0], gap=4.0)
    (0, 1, 0)
    """
    ends: list[float] = []
    rows = []
    for middle, width in zip(middles, widths, strict=True):
        free = (row for row, end in enumerate(ends) if end + gap <= middle - width / 2)
        row = next(free, len(ends))
        ends[row : row + 1] = [middle + width / 2]
        rows.append(row)
    return tuple(rows)
