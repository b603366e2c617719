"""Open trades revalued: every contract of an underlying in one call of the model."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from riskcalc.analysis import Conditions, Floats, PositionGreeks, value_legs_at, value_legs_batch
from riskcalc.book.book_market import BookMarket, option_leg
from riskcalc.book.fills import Contract
from riskcalc.book.plan_facts import PlanFacts
from riskcalc.book.trades import BookTrade, mark_key
from riskcalc.domain import Instrument, InstrumentTable, Leg, Market, Scenario, ShareLeg, Side, Trade
from riskcalc.domain.sessions import sessions_later
from riskcalc.planning import scenario_move
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True)
class UnitValues:
    """Value and Greeks of one share of each contract, at some points."""

    rows: dict[Contract, int]
    greeks: PositionGreeks
    """Arrays of contracts x points."""

    def position(self, trade: BookTrade) -> PositionGreeks:
        """Return the sums of a trade's holdings, in dollars."""
        rows = [self.rows[mark_key(holding.contract)] for holding in trade.holdings]
        sizes = np.array([holding.quantity * holding.contract.multiplier for holding in trade.holdings])
        return PositionGreeks(*(sizes @ field[rows] for field in self.greeks))


@dataclass(frozen=True, slots=True)
class Underlying:
    """The trades of one underlying that can be valued."""

    instrument: Instrument
    spot: float
    contracts: tuple[Contract, ...]
    trade: Trade
    """One share of every contract's underlying, or one contract, in their order."""


def underlyings(trades: Sequence[BookTrade], book_market: BookMarket) -> dict[str, Underlying]:
    """Return the underlyings of the trades that can be valued, by symbol."""
    by_symbol = {}
    for symbol in dict.fromkeys(trade.symbol for trade in trades):
        keys = dict.fromkeys(
            mark_key(holding.contract)
            for trade in trades
            if trade.symbol == symbol and can_be_valued(trade, book_market)
            for holding in trade.holdings
        )
        if keys:
            traded = book_market.instrument(symbol)
            legs = tuple(unit_leg(contract, book_market) for contract in keys)
            spot = book_market.market.quote(symbol).spot
            by_symbol[symbol] = Underlying(traded, spot, tuple(keys), Trade(instrument=traded, legs=legs))
    return by_symbol


def can_be_valued(trade: BookTrade, book_market: BookMarket) -> bool:
    """Whether every leg of a trade has a price: a spot, and a vol where it is an option."""
    traded = book_market.instrument(trade.symbol)
    return trade.symbol in book_market.market.quotes and all(
        mark_key(holding.contract) in book_market.vols
        if holding.contract.is_option
        else traded.tradable_shares
        for holding in trade.holdings
    )


def unit_leg(contract: Contract, book_market: BookMarket) -> Leg:
    """Return one share, or one contract with its vol, as a bought leg."""
    return (
        option_leg(contract, vol=book_market.vols[contract])
        if contract.is_option
        else ShareLeg(side=Side.LONG)
    )


def value_units(underlying: Underlying, market: Market, *conditions: Conditions) -> list[UnitValues]:
    """Value one share of every contract under several sets of conditions, in one call."""
    scale = _per_share(underlying.trade)
    rows = {contract: index for index, contract in enumerate(underlying.contracts)}
    return [
        UnitValues(
            rows, PositionGreeks(*(field / scale.reshape(-1, *[1] * (field.ndim - 1)) for field in greeks))
        )
        for greeks in value_legs_batch(underlying.trade, market, *conditions)
    ]


def values_at_stops(
    underlying: Underlying, trades: Sequence[tuple[BookTrade, PlanFacts]], book_market: BookMarket
) -> list[float]:
    """Return the least value of each trade at its stops, today and on its time stop [dollars]."""
    legs, spots, shifts, days, sizes, owners = [], [], [], [], [], []
    for index, (trade, plan) in enumerate(trades):
        last = max(book_market.market.days_to(plan.time_stop), 0.0) if plan.time_stop else 0.0
        for holding in trade.holdings:
            legs.append(unit_leg(mark_key(holding.contract), book_market))
            levels = (plan.stops[0], plan.stops[-1])
            spots.append([*levels, *levels])
            shifts.append([plan.vol_shift, plan.vol_shift if len(plan.stops) == 1 else 0.0] * 2)
            days.append([0.0, 0.0, last, last])
            sizes.append(holding.quantity * holding.contract.multiplier)
            owners.append(index)
    unit = Trade(instrument=underlying.instrument, legs=tuple(legs))
    at = Conditions(spot=np.array(spots), days=np.array(days), vol_shift=np.array(shifts))
    per_share = value_legs_at(unit, book_market.market, at).value / _per_share(unit)
    totals = np.zeros((len(trades), per_share.shape[1]))
    np.add.at(totals, owners, per_share * np.array(sizes).reshape(-1, 1))
    return [float(row.min()) for row in totals]


def scenario_conditions(
    underlying: Underlying,
    market: Market,
    scenario: Scenario,
    *,
    fraction: float = 1.0,
    instruments: InstrumentTable | None = None,
) -> Conditions:
    """Return spot, days and change of vol of an underlying in a scenario."""
    rate = market.rate + scenario.rate_shift
    move, _ = scenario_move(underlying.instrument, scenario, rate=rate, instruments=instruments)
    day = sessions_later(market.date, scenario.sessions)
    return Conditions(
        spot=underlying.spot * (1 + fraction * move),
        days=market.days_to(day) if scenario.sessions else 0.0,
        vol_shift=fraction * scenario.vol_shift,
    )


def scenario_pnls(
    trades: Sequence[BookTrade], book_market: BookMarket, scenarios: Sequence[Scenario]
) -> list[dict[int, float]]:
    """Return the P&L of each trade that can be valued from the mark on, in each scenario, by its number.

    Spot, vols and rate move together, nothing is closed, and every option is repriced on the last session of
    the scenario.
    """
    pnls: list[dict[int, float]] = [{} for _ in scenarios]
    valued = [trade for trade in trades if can_be_valued(trade, book_market)]
    for symbol, underlying in underlyings(trades, book_market).items():
        (now,) = value_units(underlying, book_market.market, Conditions(spot=underlying.spot))
        own_trades = [trade for trade in valued if trade.symbol == symbol]
        start = {trade.id: float(now.position(trade).value) for trade in own_trades}
        for shift in {scenario.rate_shift for scenario in scenarios}:
            market = dataclasses.replace(book_market.market, rate=book_market.market.rate + shift)
            indices = [index for index, scenario in enumerate(scenarios) if scenario.rate_shift == shift]
            conditions = [
                scenario_conditions(
                    underlying, book_market.market, scenarios[k], instruments=book_market.instruments
                )
                for k in indices
            ]
            for index, units in zip(indices, value_units(underlying, market, *conditions), strict=True):
                for trade in own_trades:
                    pnls[index][trade.id] = float(units.position(trade).value) - start[trade.id]
    return pnls


def book_pnls(
    trades: Sequence[BookTrade], book_market: BookMarket, scenarios: Sequence[Scenario]
) -> list[float]:
    """Return the P&L of all trades that can be valued, in each scenario [dollars]."""
    return [math.fsum(by_trade.values()) for by_trade in scenario_pnls(trades, book_market, scenarios)]


def _per_share(trade: Trade) -> Floats:
    """Shares per contract of each leg, as a column."""
    return np.array([float(trade.leg_size(leg)) for leg in trade.legs]).reshape(-1, 1)
