"""Worth, planned loss and buying power of one unit at any point of a price history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskcalc.domain import ExerciseStyle, ExitPlan, RiskBasis, RiskLimits, ShareLeg, Side
from riskcalc.history.bars import Floats
from riskcalc.history.rolling_contracts import EntryMarket, RollingLeg, RollingTrade, leg_vol
from riskcalc.pricing import american, black_scholes
from riskcalc.records import dataclass
from riskcalc.sizing import buying_power, share_margin

Counts = NDArray[np.int64]

NEAR_EXERCISE = 0.4
"""Dividends over interest of a call from which its early exercise is priced; below, it is worth less than
1e-4 of the strike."""

STOP_DAYS = 8
"""Moments from the entry to the time stop at which a stop is valued, evenly spread, for the planned loss."""


class Points(NamedTuple):
    """Where trades are valued; arrays of one shape (m,)."""

    entry: Counts
    """Which entry, from 0."""
    spot: Floats
    """As traded on the day of that entry [dollars]."""
    days: Floats
    """Calendar days since that entry."""
    vol: Floats
    """Implied, of the quote, per sqrt(year)."""
    shift: Floats
    """Points that every leg's vol is moved by on top."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitValues:
    """Values one unit of a rolling trade."""

    trade: RollingTrade
    at: EntryMarket

    def value(self, points: Points, *, exercise: bool = True) -> Floats:
        """Return what one unit is worth [dollars], shape (m,).

        `exercise` says whether early exercise is priced in; without it options of any style are European.
        """
        total = self.trade.shares * points.spot
        for leg in self.trade.options:
            total = total + leg.size * self.option(leg, points, exercise=exercise)
        return total

    def option(self, leg: RollingLeg, points: Points, *, exercise: bool = True) -> Floats:
        """Return what one option of a leg is worth [dollars per share], shape (m,)."""
        days = self.trade.days
        left = np.zeros(len(points.spot)) if days is None else days[points.entry] - points.days
        inputs: dict[str, Floats | np.float64] = {
            "sign": np.float64(leg.sign),
            "spot": points.spot,
            "strike": leg.strike[points.entry],
            "time_to_expiry": np.maximum(left, 0.0) / 365,
            "vol": np.maximum(leg_vol(points.vol, leg.vol_offset) + points.shift, 0.0),
            "rate": np.float64(self.at.rate),
            "dividend_yield": self.at.dividend_yield[points.entry],
        }
        values = np.atleast_1d(black_scholes(**inputs).value)
        style = self.trade.template.instrument.exercise
        if exercise and style is ExerciseStyle.AMERICAN:
            early = _may_exercise(inputs)
            if early.any():
                early_inputs = {
                    name: np.broadcast_to(part, values.shape)[early] for name, part in inputs.items()
                }
                values[early] = american(**early_inputs).value
        return values

    def premiums(self) -> Floats:
        """Return the entry price of each option at each entry [dollars per share], shape (n, options)."""
        points = self._entries()
        by_leg = [self.option(leg, points) for leg in self.trade.options]
        return np.stack(by_leg, axis=1) if by_leg else np.zeros((len(points.spot), 0))

    def debit(self, premiums: Floats) -> Floats:
        """Return the debit of one unit at each entry [dollars]; negative for a credit."""
        sizes = np.array([leg.size for leg in self.trade.options], dtype=np.float64)
        cost: Floats = self.trade.shares * self.at.spot + premiums @ sizes
        return cost

    def market_value(self, premiums: Floats) -> Floats:
        """Return the market value of one unit at each entry, without sign [dollars]: shares plus options."""
        sizes = np.array([leg.size for leg in self.trade.options], dtype=np.float64)
        shares = sum(leg.shares for leg in self.trade.template.legs if isinstance(leg, ShareLeg))
        value: Floats = shares * self.at.spot + np.abs(premiums @ sizes)
        return value

    def planned_loss(
        self, debit: Floats, *, exits: ExitPlan, side: Side, days_held: Floats, limits: RiskLimits
    ) -> Floats:
        """Return the loss of one unit that sizes the trade, before costs [dollars], >= 0; shape (n,).

        Parameters
        ----------
        debit : ndarray
            From `debit`.
        exits : ExitPlan
            Stop and targets as moves.
        side : Side
            LONG when the trade gains as the underlying rises.
        days_held : ndarray
            Calendar days from entry to time stop.
        limits : RiskLimits
            Its basis, if it names one.

        Notes
        -----
        As in a plan: the maximum loss of options alone where that is limited, else the worst value at the
        stop and the targets, and with the basis ``gap`` at the gap shocks, too.
        """
        most = self._max_loss(debit)
        limited = ~np.isinf(most) & (self.trade.shares == 0) & bool(self.trade.options)
        basis = limits.risk_basis
        if basis is RiskBasis.MAX_LOSS:
            return most
        if basis is None and limited.all():
            return most
        at_exits = self._exit_loss(debit, exits=exits, side=side, days_held=days_held)
        if basis is RiskBasis.GAP:
            return np.maximum(at_exits, self._gap_loss(debit, exits=exits, side=side))
        return at_exits if basis is RiskBasis.STOP else np.where(limited, most, at_exits)

    def capital(self, entry: int, premiums: Floats) -> float:
        """Return the buying power that one unit of an entry uses [dollars], at its premiums."""
        template, spot = self.trade.template, float(self.at.spot[entry])
        if not self.trade.options:
            return sum(
                leg.shares * share_margin(template.instrument, side=leg.side, spot=spot)
                for leg in template.legs
                if isinstance(leg, ShareLeg)
            )
        return buying_power(self.trade.record(entry, premiums=premiums), spot=spot)

    def _entries(self) -> Points:
        count = len(self.at.spot)
        none = np.zeros(count)
        return Points(np.arange(count), self.at.spot, none, self.at.vol, none)

    def _max_loss(self, debit: Floats) -> Floats:
        """Largest loss at the expiry; inf without a limit."""
        shares, options = self.trade.shares, self.trade.options
        upside = shares + sum(leg.size for leg in options if leg.sign > 0)
        kinks = [np.zeros(len(debit)), *(leg.strike for leg in options)]
        worst = np.min([_payoff(shares, options, spot) for spot in kinks], axis=0)
        loss: Floats = np.maximum(debit - worst, 0.0)
        return np.full(len(debit), np.inf) if upside < 0 else loss

    def _exit_loss(self, debit: Floats, *, exits: ExitPlan, side: Side, days_held: Floats) -> Floats:
        """Worst loss at the stop or a target, on any of some moments up to the time stop."""
        count, entries = len(debit), np.arange(len(debit))
        worst = np.zeros(count)
        moments = np.linspace(0.0, 1.0, STOP_DAYS) if self.trade.options else np.zeros(1)
        levels = [(-exits.stop, exits.vol_shift), *((target.move, 0.0) for target in exits.targets)]
        for move, shift in levels:
            spot = self.at.spot * (1 + side * move)
            for part in moments.tolist():
                points = Points(entries, spot, part * days_held, self.at.vol, np.full(count, shift))
                worst = np.maximum(worst, debit - self.value(points))
        return worst

    def _gap_loss(self, debit: Floats, *, exits: ExitPlan, side: Side) -> Floats:
        """Worst loss when the underlying opens at a gap shock on the first day, on either side."""
        count, entries = len(debit), np.arange(len(debit))
        shocks = exits.gaps(self.trade.template.instrument)
        moves = [(-shock, exits.vol_shift) for shock in shocks] + [(shock, 0.0) for shock in shocks]
        worst = np.zeros(count)
        for move, shift in moves:
            spot = self.at.spot * (1 + side * move)
            points = Points(entries, spot, np.zeros(count), self.at.vol, np.full(count, shift))
            worst = np.maximum(worst, debit - self.value(points))
        return worst


def _may_exercise(option: Mapping[str, Floats | np.float64]) -> NDArray[np.bool_]:
    """Whether early exercise may be worth something: of puts, and of calls near what their dividends owe.

    A call is exercised where its spot pays about as much in dividends as its strike earns in interest.
    """
    paid = option["dividend_yield"] * option["spot"]
    earned = option["rate"] * option["strike"]
    puts = option["sign"] < 0
    may_exercise: NDArray[np.bool_] = (puts | ((paid > 0) & (paid > NEAR_EXERCISE * earned))) & (
        option["vol"] > 0
    )
    return may_exercise


def _payoff(shares: int, options: tuple[RollingLeg, ...], spot: Floats) -> Floats:
    """Worth of one unit at the expiry."""
    total = shares * spot
    for leg in options:
        total = total + leg.size * np.maximum(leg.sign * (spot - leg.strike), 0.0)
    return total
