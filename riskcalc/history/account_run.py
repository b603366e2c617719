"""An account that takes the trades of a backtest one after the other, within its limits."""

from __future__ import annotations

import dataclasses
import heapq
from collections import Counter
from dataclasses import field

import numpy as np

from riskcalc.domain import Account
from riskcalc.domain.backtest import EntryMode, ExitReason
from riskcalc.history.candidates import Candidates
from riskcalc.history.exit_walk import REASONS
from riskcalc.records import dataclass
from riskcalc.sizing import cost_per_trade, exit_units
from riskcalc.sizing.account_limits import limits_of, smallest
from riskcalc.sizing.percent_risk import risk_budget_limit

LIMIT_WORDS = {
    "risk budget": "one unit is more than the risk budget",
    "portfolio heat": "no heat is left",
    "buying power": "too little buying power",
    "position size": "one unit is larger than the largest position",
    "none": "one unit has no risk to size by",
}
"""Why no unit is held, by the limit that binds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fills:
    """A sized trade with its whole units at each fill."""

    candidate: int
    units: int
    closed: tuple[int, ...]
    """Units at each target that is reached, then at the last exit."""
    end: int
    """Bar of the last fill."""
    reason: ExitReason
    risk: float
    """[dollars]"""
    costs: float
    """[dollars]"""
    pnl: float
    """[dollars]"""
    taken: bool


def _reason_unsizeable(equity: float, loss: float) -> str:
    """Why a trade cannot be sized at all; empty where it can."""
    if not equity > 0:
        return "the account is lost"
    if np.isnan(loss):
        return "no implied vol is known"
    return "the loss of one unit has no limit" if np.isinf(loss) else ""


@dataclass(slots=True, kw_only=True)
class AccountRun:
    """Trades in order, skipped entries, and the state of the account between them."""

    account: Account
    candidates: Candidates
    trades: list[Fills] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    realized: float = 0.0
    """P&L of closed trades [dollars]."""
    open: list[tuple[int, int, float, float, float]] = field(default_factory=list)
    """Exit bar, order, P&L, risk and buying power of trades in the account, the next exit first."""

    def run(self, mode: EntryMode) -> None:
        """Take the candidates as the mode asks."""
        flat_from = 0
        for candidate, bar in enumerate(self.candidates.entries.tolist()):
            if mode is EntryMode.FLAT and bar < flat_from:
                continue
            if mode is EntryMode.EACH and not self.candidates.counted[candidate]:
                self.left_out["the prices end before the time stop"] += 1
                continue
            self._close_until(bar)
            trade = self._size_entry(candidate, alone=mode is EntryMode.FLAT)
            if trade is None:
                continue
            self.trades.append(trade)
            flat_from = trade.end

    def _close_until(self, bar: int) -> None:
        """Book the trades that exit by then."""
        while self.open and self.open[0][0] <= bar:
            self.realized += heapq.heappop(self.open)[2]

    def _size_entry(self, candidate: int, *, alone: bool) -> Fills | None:
        """Size a candidate by the account, or by an empty account if there is no room."""
        equity = self.account.equity + self.realized
        loss = float(self.candidates.loss[candidate])
        why = _reason_unsizeable(equity, loss)
        if why:
            self.left_out[why] += 1
            return None
        capital = self.candidates.values.capital(candidate, self.candidates.premiums[candidate])
        units, why = self._units(candidate, equity, capital, held=True)
        is_taken = units > 0
        if not is_taken and not alone and self.open:
            units, why = self._units(candidate, equity, capital, held=False)
        if not units:
            self.left_out[LIMIT_WORDS[why]] += 1
            return None
        trade = self._build_fills(candidate, units, is_taken=is_taken)
        if is_taken:
            heapq.heappush(self.open, (trade.end, candidate, trade.pnl, trade.risk, units * capital))
        return trade

    def _units(self, candidate: int, equity: float, capital: float, *, held: bool) -> tuple[int, str]:
        """Units within the limits, and the one that binds; without the open trades if not `held`."""
        given, limits = self.account, self.account.limits
        if limits.risk_dollars is not None and limits.risk_dollars > equity:
            limits = dataclasses.replace(limits, risk_dollars=equity)
        free = given.free_buying_power + self.realized
        account = dataclasses.replace(
            given,
            equity=equity,
            buying_power=max(free - sum(trade[4] for trade in self.open if held), 0.0),
            buying_power_used=0.0,
            open_risk=given.open_risk + sum(trade[3] for trade in self.open if held),
            limits=limits,
        )
        risk = risk_budget_limit(
            budget=account.risk_budget,
            loss_per_unit=float(self.candidates.loss[candidate]),
            cost_per_trade=cost_per_trade(given.costs),
        )
        market_value = float(self.candidates.worth[candidate])
        units, why, _ = smallest(
            limits_of(account, risk, capital_per_unit=capital, market_value_per_unit=market_value)
        )
        return units, why

    def _build_fills(self, candidate: int, units: int, *, is_taken: bool) -> Fills:
        """The fills of a trade of some units."""
        candidates = self.candidates
        once = cost_per_trade(self.account.costs)
        exit_bars, gains = candidates.walk.bar[candidate].tolist(), candidates.gains[candidate].tolist()
        exit_counts = exit_units(units=units, fractions=candidates.fractions) if candidates.fractions else ()
        closed = [count if bar >= 0 else 0 for count, bar in zip(exit_counts, exit_bars[:-1], strict=True)]
        closed.append(units - sum(closed))
        last = max(k for k, count in enumerate(closed) if count)
        costs = units * candidates.cost_per_unit + once
        pnl = sum(count * gain for count, gain in zip(closed, gains, strict=True) if count) - costs
        reason = (
            REASONS[int(candidates.walk.reason[candidate])] if last == len(exit_counts) else ExitReason.TARGET
        )
        return Fills(
            candidate=candidate,
            units=units,
            closed=tuple(closed),
            end=exit_bars[last],
            reason=reason,
            risk=units * float(candidates.loss[candidate]) + once,
            costs=costs,
            pnl=pnl,
            taken=is_taken,
        )
