"""Every possible entry of a backtest: contract, exits, and P&L of one unit at each of them."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from riskcalc.domain import ExitPlan, ShareLeg, Side
from riskcalc.domain.backtest import ExitReason
from riskcalc.errors import InvalidInputError
from riskcalc.history.bars import Bars, Floats
from riskcalc.history.exit_walk import REASONS, Walk, WalkRules, walk_exits
from riskcalc.history.rolling_contracts import AM_DAYS, EntryMarket, rolling_trade
from riskcalc.history.unit_values import Points, UnitValues
from riskcalc.presets.template import Preset
from riskcalc.records import dataclass
from riskcalc.sizing import cost_per_unit

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarketHistory:
    """Market data of a backtest at each bar; arrays of shape (bars,)."""

    bars: Bars
    vol: Floats
    """Implied at the close, per sqrt(year); NaN where it is not known, throughout for shares alone."""
    dividend_yield: Floats
    """Of options, per year."""
    dividends: Floats
    """Cash per share of today that a holder of the close before is owed [dollars]."""
    scale: Floats
    """Shares of today for one traded on the day."""
    early: Floats
    """Days by which the session closes before 16:00; 0 throughout for shares alone."""
    rate: float
    borrow_fee: float
    """Per year, of shares sold short."""

    def at(self, entries: Counts) -> EntryMarket:
        """Market data at the closes of entry."""
        return EntryMarket(
            dates=self.bars.dates[entries],
            spot=(self.bars.close * self.scale)[entries],
            vol=self.vol[entries],
            dividend_yield=self.dividend_yield[entries],
            early=self.early[entries],
            rate=self.rate,
        )

    @property
    def last_vol(self) -> Floats:
        """The last vol that is known at each bar."""
        finite = np.isfinite(self.vol)
        last_known = np.maximum.accumulate(np.where(finite, np.arange(len(finite)), 0))
        vol: Floats = self.vol[last_known]
        return vol


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Every possible entry; arrays of shape (n,), or (n, fills) as `Walk` has them."""

    history: MarketHistory
    values: UnitValues
    walk: Walk
    entries: Counts
    """Bars of entry."""
    counted: Flags
    """Whether the time stop lies within the prices, so that an early exit is not all that can be seen."""
    premiums: Floats
    """Of each option at entry [dollars per share], shape (n, options)."""
    debit: Floats
    """Of one unit [dollars]."""
    worth: Floats
    """Market value of one unit at entry, without sign [dollars]."""
    loss: Floats
    """Planned, of one unit, costs included [dollars]."""
    gains: Floats
    """P&L of one unit at each fill, dividends in, costs not [dollars]; NaN for a target not reached."""
    dividends: Floats
    """Received by one unit up to each fill [dollars]; 0 for a target not reached."""
    fractions: tuple[float, ...]
    """Of the position that are closed at the targets."""
    cost_per_unit: float

    def points(self, candidate: Counts, bar: Counts, *, spot: Floats, vol: Floats) -> Points:
        """Points at the closes of bars; `spot` is in shares of today."""
        dates = self.history.bars.dates
        early = self.history.early
        days = (dates[bar] - dates[self.entries[candidate]]).astype(np.float64)
        days = days + early[self.entries[candidate]] - early[bar]
        scale = self.history.scale[self.entries[candidate]]
        return Points(candidate, spot * scale, days, vol, np.zeros(len(bar)))

    def paid(self, candidate: Counts, bar: Counts) -> Floats:
        """Dividends less borrow fee of one unit from the entry up to bars [dollars]."""
        history, entry = self.history, self.entries[candidate]
        shares, scale = self.values.trade.shares, history.scale[entry]
        total = np.cumsum(history.dividends)
        cash: Floats = shares * scale * (total[bar] - total[entry])
        short = sum(
            leg.shares
            for leg in self.values.trade.template.legs
            if isinstance(leg, ShareLeg) and leg.side is Side.SHORT
        )
        if short and history.borrow_fee:
            dates = history.bars.dates
            years = (dates[bar] - dates[entry]).astype(np.float64) / 365
            cash = cash - short * history.bars.close[entry] * scale * history.borrow_fee * years
        return cash


def candidates(
    preset: Preset, history: MarketHistory, *, exits: ExitPlan, side: Side, first: int
) -> Candidates:
    """Return every possible entry of a preset on a price history.

    Parameters
    ----------
    preset : Preset
        Its legs are rules, not contracts.
    history : MarketHistory
        Prices, vols and dividends.
    exits : ExitPlan
        Stop and targets as moves.
    side : Side
        LONG when the trade gains as the underlying rises.
    first : int
        Bar of the first entry.

    Raises
    ------
    InvalidInputError
        No bar is left for an entry, or a leg is one contract.
    """
    bars = history.bars
    entries = np.arange(first, len(bars) - 1)
    if not len(entries):
        raise InvalidInputError(f"since must leave a session to enter on: the prices end on {bars.last_day}")
    trade = rolling_trade(preset.template, preset.market, history.at(entries))
    last, cut = _time_stops(bars, entries, exits, trade.expiry)
    rules = WalkRules(
        side=side,
        stop=exits.stop,
        targets=tuple(target.move for target in exits.targets),
        stop_to_breakeven=exits.stop_to_breakeven,
    )
    walk = walk_exits(bars, rules, entries=entries, last=last, cut=cut)
    values = UnitValues(trade=trade, at=history.at(entries))
    premiums = values.premiums()
    debit = values.debit(premiums)
    days_held = (bars.dates[last] - bars.dates[entries]).astype(np.float64)
    costs = cost_per_unit(trade.record(0), preset.account.costs)
    loss = values.planned_loss(
        debit, exits=exits, side=side, days_held=days_held, limits=preset.account.limits
    )
    bare = Candidates(
        history=history,
        values=values,
        walk=walk,
        entries=entries,
        counted=~cut,
        premiums=premiums,
        debit=debit,
        worth=values.market_value(premiums),
        loss=loss + costs,
        gains=np.full(walk.bar.shape, np.nan),
        dividends=np.zeros(walk.bar.shape),
        fractions=tuple(target.fraction for target in exits.targets),
        cost_per_unit=costs,
    )
    gains, dividends = _gains(bare, vol_shift=exits.vol_shift)
    return dataclasses.replace(bare, gains=gains, dividends=dividends)


def _time_stops(
    bars: Bars, entries: Counts, exits: ExitPlan, expiry: NDArray[np.datetime64] | None
) -> tuple[Counts, Flags]:
    """Bar of each time stop, and whether the prices end before it."""
    end = len(bars) - 1
    if exits.holding_days is None and expiry is None and exits.close_dte is None:
        return np.full(len(entries), end), np.ones(len(entries), dtype=np.bool_)
    days: list[dt.date] = bars.dates[entries].tolist()
    ends: list[dt.date | None] = [None] * len(days) if expiry is None else expiry.tolist()
    days_or_none = [exits.time_stop(entry=day, expiry=end) for day, end in zip(days, ends, strict=True)]
    stops = np.array(days_or_none, dtype="datetime64[D]")
    last = np.searchsorted(bars.dates, stops, side="right") - 1
    return np.maximum(last, entries + 1), stops > bars.dates[-1]


def _gains(chosen: Candidates, *, vol_shift: float) -> tuple[Floats, Floats]:
    """P&L of one unit at each fill, and the dividends in it."""
    walk, history = chosen.walk, chosen.history
    candidate, fill = np.nonzero(walk.bar >= 0)
    bar = walk.bar[candidate, fill]
    is_last = fill == walk.bar.shape[1] - 1
    reason = walk.reason[candidate]
    at_close = is_last & (reason >= REASONS.index(ExitReason.TIME))
    stopped = is_last & (reason == REASONS.index(ExitReason.STOP))
    # During a session the vol of its close is not known yet.
    vol = history.last_vol[np.where(at_close, bar, bar - 1)]
    points = chosen.points(candidate, bar, spot=walk.price[candidate, fill], vol=vol)
    points = points._replace(
        days=points.days - np.where(walk.at_open[candidate, fill], AM_DAYS - history.early[bar], 0.0),
        shift=np.where(stopped, vol_shift, 0.0),
    )
    paid = chosen.paid(candidate, bar)
    gains, dividends = np.full(walk.bar.shape, np.nan), np.zeros(walk.bar.shape)
    gains[candidate, fill] = chosen.values.value(points) - chosen.debit[candidate] + paid
    dividends[candidate, fill] = paid
    return gains, dividends
