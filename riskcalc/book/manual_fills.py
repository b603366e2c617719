"""Manual fills: the legs of a plan at a net price, and the exit of a trade at a net price."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sqlite3
from collections.abc import Sequence

from riskcalc.book import rows
from riskcalc.book.fills import Contract, Fill, FillKind
from riskcalc.book.trades import BookTrade, Holding
from riskcalc.domain import OptionLeg, ShareLeg, Trade, TradePlan
from riskcalc.errors import InvalidInputError

MANUAL = "manual"
"""Source of typed fills."""

SAME_PRICE = 0.05
"""Dollars per share between a typed fill and the broker's of the same contract, quantity and day."""


def entry_fills(plan: TradePlan, *, key: str, units: int, net: float | None, time: dt.datetime) -> list[Fill]:
    """Fills of the legs of a plan with half its costs, at its prices or at a net price of a unit."""
    trade = plan.report.trade
    spot = plan.report.market.quote(trade.symbol).spot
    sizes, prices = [], []
    for leg in trade.legs:
        sizes.append(leg.signed_count)
        prices.append(spot if leg.entry is None else leg.entry)
    prices = _prices_at_net(prices, sizes, net=net)
    costs = (plan.cost_per_trade + units * plan.cost_per_unit) / 2
    return [
        Fill(
            key=f"{key}:{index}",
            time=time,
            contract=_contract(trade, index),
            quantity=units * size,
            price=price,
            costs=costs / len(prices),
            order=key,
            opens=True,
            source=MANUAL,
        )
        for index, (size, price) in enumerate(zip(sizes, prices, strict=True))
    ]


def _contract(trade: Trade, index: int) -> Contract:
    leg = trade.legs[index]
    if isinstance(leg, ShareLeg):
        return Contract(symbol=trade.symbol)
    if not isinstance(leg, OptionLeg):
        raise InvalidInputError(
            f"trade.legs.{index} must be shares or an option for the book, got {leg.label}"
        )
    return Contract(
        symbol=trade.symbol,
        expiry=leg.expiry,
        strike=leg.strike,
        option_type=leg.option_type,
        multiplier=trade.instrument.option_multiplier,
    )


def _prices_at_net(prices: Sequence[float], sizes: Sequence[float], *, net: float | None) -> list[float]:
    """Return prices of legs that cost `net` for a unit together: the highest takes the difference."""
    if net is None:
        return list(prices)
    largest = max(range(len(prices)), key=lambda index: prices[index])
    difference = net - sum(size * price for size, price in zip(sizes, prices, strict=True))
    changed = list(prices)
    changed[largest] += difference / sizes[largest]
    if changed[largest] < 0:
        raise InvalidInputError(f"a net price of {net:g} would give a leg a price below 0")
    return changed


def open_units(trade: BookTrade) -> float:
    """Open units of a trade: the number of times that its legs occur in their proportion."""
    counts = [abs(holding.quantity) for holding in trade.holdings]
    return min(counts)


def unit_mark(trade: BookTrade) -> float | None:
    """Net mark of a unit of an open trade [dollars per share], as it would be closed; None without one."""
    marks = [holding.mark for holding in trade.holdings]
    if not marks or None in marks:
        return None
    units = open_units(trade)
    return sum(holding.quantity / units * (holding.mark or 0.0) for holding in trade.holdings)


def unit_entry(trade: BookTrade) -> float:
    """Average net entry price of an open unit [dollars per share]."""
    units = open_units(trade)
    return sum(holding.quantity / units * holding.entry for holding in trade.holdings)


def plan_price(plan: TradePlan) -> float:
    """Net price of a unit of a plan [dollars per share], as it is filled unless another is given."""
    trade = plan.report.trade
    spot = plan.report.market.quote(trade.symbol).spot
    return sum(leg.signed_count * (spot if leg.entry is None else leg.entry) for leg in trade.legs)


def exit_prices(holdings: Sequence[Holding], *, net: float, units: float) -> list[float]:
    """Prices of legs that are worth `net` for a unit: their marks or entries, the highest moved."""
    prices = [holding.entry if holding.mark is None else holding.mark for holding in holdings]
    return _prices_at_net(prices, [holding.quantity / units for holding in holdings], net=net)


def exit_fills(
    trade: BookTrade,
    *,
    key: str,
    net: float,
    units: float,
    time: dt.datetime,
    costs: float,
    spot: float | None,
) -> list[Fill]:
    """Fills that close some units of a trade at a net price of one."""
    held = open_units(trade)
    prices = exit_prices(trade.holdings, net=net, units=held)
    return [
        Fill(
            key=f"{key}:{index}",
            time=time,
            contract=holding.contract,
            quantity=-holding.quantity * units / held,
            price=price,
            costs=costs / len(prices),
            order=key,
            opens=False,
            source=MANUAL,
            spot=spot,
        )
        for index, (holding, price) in enumerate(zip(trade.holdings, prices, strict=True))
    ]


def confirm_typed(
    connection: sqlite3.Connection, held: Sequence[Fill], new: Sequence[Fill]
) -> tuple[list[Fill], int]:
    """Put broker's fills in the place of typed ones; return the rest, and how many were put."""
    typed = [fill for fill in held if fill.source == MANUAL]
    left = []
    for fill in new:
        same = next((entered for entered in typed if fill.source != MANUAL and is_same(entered, fill)), None)
        if same is None:
            left.append(fill)
            continue
        typed.remove(same)
        replacement = dataclasses.replace(fill, opens=same.opens, spot=fill.spot or same.spot)
        rows.replace_fill(connection, same.key, replacement)
    return left, len(new) - len(left)


def is_same(typed: Fill, fill: Fill) -> bool:
    """Whether a broker's fill is one that was typed before."""
    return (
        typed.contract == fill.contract
        and typed.quantity == fill.quantity
        and typed.time.date() == fill.time.date()
        and abs(typed.price - fill.price) <= SAME_PRICE
        and fill.kind is FillKind.TRADE
    )
