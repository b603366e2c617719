"""Figures as data: the arrays that the chart, the heatmap and the Greeks strip draw.

Money is dollars per unit before costs, signed for the position, as in the ladder of a plan.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from riskcalc.records import dataclass

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """P&L against the spot on one day."""

    name: str
    """``expiry``, ``time stop`` or ``today``."""
    pnl: Floats
    """One for each spot of its figure [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Named spot on the price axis."""

    kind: str
    """``spot``, ``stop``, ``target``, ``breakeven`` or ``strike``."""
    label: str
    spot: float
    """[dollars]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PayoffFigure:
    """P&L by spot: the payoff first, then earlier dates."""

    low: float
    """Left end of the axis [dollars]."""
    high: float
    spots: Floats
    """Rising spots, including every kink [dollars]."""
    curves: tuple[Curve, ...]
    """Curves, the payoff first; for shares the last day."""
    marks: tuple[Mark, ...]
    """The most important first."""
    spot: float
    """The spot now [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """A spot of the heatmap."""

    label: str
    """As in the ladder; empty for a row between the levels of the plan."""
    kind: str
    """``spot``, ``stop``, ``target``, ``breakeven``, ``strike`` or ``price``."""
    spot: float
    """[dollars]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatColumn:
    """A day of the heatmap."""

    label: str
    date: dt.date
    events: int = 0
    """Events after the column before, up to this day; other expirations of options are none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeatmapFigure:
    """P&L at spots (highest first) on the days of the ladder."""

    rows: tuple[HeatRow, ...]
    columns: tuple[HeatColumn, ...]
    pnl: Floats
    """Rows x columns [dollars]."""
    r: Floats | None
    """The same over the planned loss of one unit; None when that is unlimited."""
    spot: float
    """The spot now [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GreeksFigure:
    """Greeks of one unit today against the spot."""

    low: float
    high: float
    spots: Floats
    delta: Floats
    """Shares the position is equivalent to."""
    gamma: Floats
    """Change of delta per dollar."""
    theta_per_day: Floats
    """[dollars per calendar day]"""
    vega_per_point: Floats
    """[dollars per 0.01 of vol]"""
    spot: float
    """The spot now [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """The three figures of one plan on one axis."""

    payoff: PayoffFigure
    heatmap: HeatmapFigure
    greeks: GreeksFigure
