"""Outcome of a trade managed by its exit plan: odds, P&L distribution, expected P&L."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from riskcalc.domain.serialization import to_plain
from riskcalc.domain.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """Chances to touch the stop and the nearest target by the time stop, watched always.

    Where the trade loses at the nearest target, that is a second stop: the stop is then whichever of both.
    """

    touch_stop: float
    """Whatever happens before."""
    touch_target: float | None
    """Whatever happens before; None without a target, and where it is a second stop."""
    stop_first: float
    """These three sum to 1."""
    target_first: float
    neither: float
    second_stop_first: float = 0.0
    """The part of `stop_first` on the other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PnlBin:
    """A range of P&L and its chance."""

    low: float
    """[dollars per unit]"""
    high: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PnlQuantile:
    """The P&L that stays below with a given chance."""

    probability: float
    pnl: float
    """[dollars per unit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedOutcome:
    """P&L of one unit managed to its exits: after costs, present value at the market's rate [dollars]."""

    view: View
    """View behind every probability here."""
    last_day: dt.date
    """Day of the time stop."""
    expected_pnl: float
    """Costs and what gaps take are in it."""
    std: float
    """Standard deviation of the P&L."""
    prob_stop: float
    """Chance that the last part leaves at the stop, the one moved to break-even included."""
    prob_all_targets: float
    """Chance that the last part leaves at a target."""
    prob_time_stop: float
    """Chance that the last part leaves at the time stop; the three sum to 1."""
    prob_targets: tuple[float, ...]
    """Chance that each target closes something, nearest first; 0 where nothing is left to close."""
    expected_days: float
    """Calendar days until the last part has left, expected."""
    expected_gap_loss: float
    """What stops filled at the gap price take off the expected P&L."""
    break_even_drift: float | None
    """Growth of the spot per year at which the expected P&L is 0, nearest to the view's; None if none is."""
    quantiles: tuple[PnlQuantile, ...]
    histogram: tuple[PnlBin, ...]
    """Adjoining bins of equal width; the outer two hold what lies beyond them too."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        names = ("stop", "all_targets", "time_stop", "targets")
        return {
            "view": self.view.name,
            "last_day": to_plain(self.last_day),
            "expected_pnl": to_plain(self.expected_pnl),
            "std": to_plain(self.std),
            "probabilities": {name: to_plain(getattr(self, f"prob_{name}")) for name in names},
            "expected_days": to_plain(self.expected_days),
            "expected_gap_loss": to_plain(self.expected_gap_loss),
            "break_even_drift": to_plain(self.break_even_drift),
            "quantiles": to_plain(self.quantiles),
            "histogram": to_plain(self.histogram),
        }
