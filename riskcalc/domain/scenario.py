"""Stress scenarios, and the result of a trade under each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Self

from riskcalc.domain.notebook import NotebookResult
from riskcalc.domain.trade_plan import TradePlan
from riskcalc.domain.validation import finite, mapping, text, whole_count, yearly
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

MOST_SESSIONS = 2520
"""Ten years: no scenario lasts longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Moves of prices, vols and the rate that happen together.

    Examples
    --------
    >>> selloff = Scenario(name="selloff", meaning="small caps fall in a day", moves={"IWM": -0.05})
    >>> selloff.sessions, selloff.vol_shift
    (1, 0.0)
    """

    name: str
    meaning: str
    """Description of the scenario and its assumptions."""
    moves: Mapping[str, float] = field(default_factory=dict)
    """Move of each symbol over all sessions, a fraction >= -1; a fund follows its benchmark's."""
    sessions: int = 1
    """NYSE sessions it takes, 1 to 2520."""
    vol_shift: float = 0.0
    """Added to every leg's volatility: 0.03 is three points."""
    rate_shift: float = 0.0
    """Added to the rate: 0.0025 is 25 basis points."""

    def __post_init__(self) -> None:
        """Check every field."""
        for name in ("name", "meaning"):
            if not text(name, getattr(self, name)).strip():
                raise InvalidInputError(f"{name} must not be empty")
        mapping("moves", self.moves)
        for symbol, move in self.moves.items():
            if not finite(f"moves.{symbol}", move) >= -1:
                raise InvalidInputError(f"moves.{symbol} must be a number >= -1, got {move:g}")
        whole_count("sessions", self.sessions, most=MOST_SESSIONS)
        finite("vol_shift", self.vol_shift)
        yearly("rate_shift", self.rate_shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class StressRow:
    """A planned trade after one scenario, held through it without a stop."""

    scenario: Scenario
    date: dt.date
    """Session on which the trade is repriced."""
    move: float
    """Move of the trade's underlying, a fraction; >= -1 but for a pair."""
    note: str
    """Source of the move."""
    spot: float
    """[dollars]"""
    value: float
    """Model value of one unit [dollars]."""
    pnl: float
    """P&L of one unit since entry, with costs [dollars]."""
    pnl_all_units: float
    """P&L of the position, with costs [dollars]."""
    r_multiple: float | None
    """P&L of one unit over its planned loss; None when that is unlimited."""
    holds: bool
    """Whether the position loses no more than the risk budget."""


class StressResult(NotebookResult, tuple[StressRow, ...]):  # noqa: SLOT001 - a tuple has no room for slots
    """Rows of a stress test, one per scenario in order: a tuple that knows its plan."""

    plan: TradePlan
    """The plan that was stressed."""

    def __new__(cls, rows: Iterable[StressRow], *, plan: TradePlan) -> Self:
        """Return a tuple of rows with its plan."""
        result = super().__new__(cls, rows)
        result.plan = plan
        return result

    def __getnewargs_ex__(self) -> tuple[tuple[tuple[StressRow, ...]], dict[str, TradePlan]]:
        """Return the arguments of `__new__`, for copies and pickles."""
        return (tuple(self),), {"plan": self.plan}

    def __repr__(self) -> str:
        """Trade, number of scenarios and the worst of them in a line."""
        trade = self.plan.report.trade.description
        if not self:
            return f"<StressResult {trade}: no scenarios>"
        worst = min(self, key=lambda row: row.pnl_all_units)
        return (
            f"<StressResult {trade}: {len(self)} scenarios, "
            f"worst {worst.scenario.name} {worst.pnl_all_units:+,.2f}>"
        )
