"""Bars of a page: a few columns of text, and beside them what is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from riskcalc.editor.pages.grid import Cell
from riskcalc.formatting.metric import Style
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar."""

    cells: tuple[Cell, ...]
    """Columns of text before it."""
    value: float
    """Length as a share of the longest, in [-1, 1]."""
    style: Style | None = None
    """Of the bar; by its sign when left out."""
    mark: float | None = None
    """Where a mark stands, in [-1, 1]."""
    optional: bool = False
    """Whether it is left out where there is no room for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Bars below each other, with a title and what the signs mean."""

    title: str
    legend: str = ""
    header: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()

    @property
    def signed(self) -> bool:
        """Whether bars go both ways from a line in the middle."""
        return any(bar.value < 0 or (bar.mark or 0.0) < 0 for bar in self.bars)


def shares_of(values: Iterable[float]) -> Callable[[float | None], float]:
    """Return a function from a value to its share of the largest among some, in [-1, 1].

    Examples
    --------
    >>> share = shares_of([-200.0, 50.0])
    >>> share(50.0), share(-200.0), share(None)
    (0.25, -1.0, 0.0)
    """
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)

    def share(value: float | None) -> float:
        if not value or not largest:
            return 0.0
        return min(max(value / largest, -1.0), 1.0)

    return share
