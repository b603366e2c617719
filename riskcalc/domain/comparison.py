"""Comparison of several trades in common scenarios of their benchmark."""

from __future__ import annotations

import datetime as dt
from typing import Any

from riskcalc.domain.notebook import NotebookResult
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.trade_plan import TradePlan, Verdict
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonState:
    """A move of the benchmark by a day: a row of the comparison."""

    move: float
    """Move of the benchmark from today, a fraction."""
    days: int
    """Calendar days from today; 0 is within one session."""
    date: dt.date
    sessions: int
    """Sessions the move took, at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateValue:
    """P&L of one trade in a common state."""

    pnl: float
    """P&L of the position, before costs [dollars]."""
    band: float
    """Half of the 90% range over paths to that state; 0 if the path does not matter."""
    past_stop: bool
    """Whether this state is beyond the trade's own stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One trade of a comparison: its plan, and figures of the whole position."""

    plan: TradePlan
    capital: float
    """Buying power used [dollars]."""
    exposure: float
    """Benchmark-equivalent exposure today [dollars], signed."""
    carry_per_day: float
    """P&L per day at an unchanged benchmark: theta, less what resetting, fee and financing cost a
    leveraged fund [dollars]."""
    loss_at_gap: float
    """Worst loss when the benchmark opens up or down by the common gap, on the stop's side with the IV of the
    stop, with costs [dollars]; negative is a gain."""
    states: tuple[StateValue, ...]
    """One value per common state, in their order."""

    @property
    def name(self) -> str:
        """Name of the trade, else its description."""
        return self.plan.report.trade.name or self.plan.report.trade.description


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOrder:
    """Order of two stops: on a fund and on its benchmark."""

    fund: str
    """Name of the trade in the fund."""
    other: str
    """Name of the trade whose stop is on the benchmark."""
    sessions: int
    """Sessions looked at: to the earlier of the two time stops."""
    fund_first: float
    """Probability under the neutral view, both watched at all times."""
    other_first: float
    """Probability that the benchmark's stop fires first; the remainder is neither, or both on one day."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison(NotebookResult):
    """Trades sized to one risk budget, in common scenarios."""

    benchmark: str
    risk_budget: float
    """[dollars]"""
    gap: float
    """Size of the common gap of the benchmark, a fraction; a point or more beyond every stop."""
    states: tuple[CommonState, ...]
    vehicles: tuple[Vehicle, ...]
    stop_orders: tuple[StopOrder, ...]
    """One for each leveraged fund, against the first trade on the benchmark itself."""
    summary: str
    """Main differences, in a few sentences."""

    def __repr__(self) -> str:
        """Trades and risk budget in a line."""
        names = ", ".join(vehicle.name for vehicle in self.vehicles)
        return f"<Comparison {names}: risk budget {self.risk_budget:,.2f}>"

    @property
    def market_verdict(self) -> Verdict | None:
        """OLD once the expiry or time stop of one has passed, SAMPLE on sample prices, else None."""
        verdicts = {vehicle.plan.verdict for vehicle in self.vehicles}
        return next((verdict for verdict in (Verdict.OLD, Verdict.SAMPLE) if verdict in verdicts), None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; each vehicle with its plan's own size and price."""
        return {
            "market_verdict": None if self.market_verdict is None else str(self.market_verdict),
            "benchmark": self.benchmark,
            "risk_budget": to_plain(self.risk_budget),
            "gap": to_plain(self.gap),
            "states": to_plain(self.states),
            "vehicles": [_vehicle_to_dict(vehicle) for vehicle in self.vehicles],
            "stop_orders": to_plain(self.stop_orders),
            "summary": self.summary,
        }


def _vehicle_to_dict(vehicle: Vehicle) -> dict[str, Any]:
    data = vehicle.plan.to_dict()
    return {
        "name": vehicle.name,
        "description": vehicle.plan.report.trade.description,
        "market": {key: data["market"][key] for key in ("date", "source", "age_sessions")},
        "size": data["size"],
        "theta": data["theta"],
        "probability": data["probability"],
        "dividends": data["dividends"],
        "capital": to_plain(vehicle.capital),
        "exposure": to_plain(vehicle.exposure),
        "carry_per_day": to_plain(vehicle.carry_per_day),
        "loss_at_gap": to_plain(vehicle.loss_at_gap),
        "fund": data["fund"],
        "states": to_plain(vehicle.states),
        "checks": data["checks"],
    }
