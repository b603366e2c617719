"""What an open trade calls for: exits reached, days that end it, and assignment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from riskcalc.book.fills import Contract
from riskcalc.book.manual_fills import open_units
from riskcalc.book.plan_facts import PlanFacts
from riskcalc.book.risk_records import Due
from riskcalc.book.trades import BookTrade, mark_key
from riskcalc.domain import Market
from riskcalc.domain.sessions import sessions_between

SOON = 5
"""Sessions ahead that are looked at."""

SAME_SHARE = 1e-9
"""Share of a position that counts as zero."""

TWENTY_ONE = 21
"""Days to expiration from which short options are usually closed or rolled."""


def due_of(
    trade: BookTrade,
    plan: PlanFacts | None,
    *,
    spot: float | None,
    market: Market,
    values: Mapping[Contract, float],
    today: dt.date,
) -> tuple[Due, ...]:
    """Return what an open trade calls for.

    Parameters
    ----------
    trade : BookTrade
        Open.
    plan : PlanFacts or None
        Its plan at entry.
    spot : float or None
        Of the underlying [dollars].
    market : Market
        Dividends of the underlying.
    values : mapping
        Value of each option held [dollars per share], by the contract of its mark.
    today : date
        The day.

    Returns
    -------
    tuple of Due
        What is due today first.
    """
    reasons = [*_exits(trade, plan, spot, today), *_expiries(trade, spot, today)]
    if spot is not None:
        reasons += _assignments(trade, spot, market=market, values=values, today=today)
    return tuple(sorted(reasons, key=lambda due: not due.now))


def stop_passed(plan: PlanFacts, spot: float) -> bool:
    """Whether the spot is at or beyond a stop of the plan."""
    first, *seconds = plan.stops
    return plan.side * (spot - first) <= 0 or any(plan.side * (second - spot) <= 0 for second in seconds)


def _exits(trade: BookTrade, plan: PlanFacts | None, spot: float | None, today: dt.date) -> Iterator[Due]:
    if plan is None:
        return
    if spot is not None and stop_passed(plan, spot):
        yield Due(what="stop", text=f"stop {plan.stops[0]:,.2f} passed at {spot:,.2f}: close", now=True)
    if spot is not None:
        yield from _targets(trade, plan, spot)
    if plan.time_stop is None:
        return
    if plan.time_stop <= today:
        yield Due(what="time stop", text=f"time stop {plan.time_stop}: close", now=True)
    elif _is_near(today, plan.time_stop):
        yield Due(what="time stop", text=f"time stop {plan.time_stop}", now=False)


def _targets(trade: BookTrade, plan: PlanFacts, spot: float) -> Iterator[Due]:
    """The farthest target reached, unless its part has been closed already."""
    closed = 1 - open_units(trade) / trade.quantity
    reached = [
        (level, share - closed)
        for level, share in zip(plan.targets, plan.target_shares, strict=True)
        if plan.side * (spot - level) >= 0
    ]
    if reached and reached[-1][1] > SAME_SHARE:
        level, part = reached[-1]
        share = part / (1 - closed)
        yield Due(
            what="target", text=f"target {level:,.2f} reached at {spot:,.2f}: close {share:.0%}", now=True
        )


def _expiries(trade: BookTrade, spot: float | None, today: dt.date) -> Iterator[Due]:
    expiries = {holding.contract.expiry for holding in trade.holdings if holding.contract.expiry}
    if not expiries:
        return
    first = min(expiries)
    left = (first - today).days
    short = any(holding.contract.expiry == first and holding.quantity < 0 for holding in trade.holdings)
    advice = "close or roll" if short else "decays fast"
    if left < 0:
        yield Due(what="expiry", text=f"expired {first}: import or close it", now=True)
    elif left == 0:
        yield Due(
            what="expiry",
            text=f"expires today, {first}{_describe_in_the_money(trade, first, spot)}",
            now=True,
        )
    elif _is_near(today, first):
        yield Due(what="expiry", text=f"expires {first}, {left} DTE: {advice}", now=short)
    elif left <= TWENTY_ONE:
        yield Due(what="21 days", text=f"{left} DTE: {advice}", now=short)


def _describe_in_the_money(trade: BookTrade, expiry: dt.date, spot: float | None) -> str:
    """Options that are exercised and assigned if the underlying closes at the current spot."""
    expiring = [holding for holding in trade.holdings if holding.contract.expiry == expiry]
    inside = [
        holding
        for holding in expiring
        if spot is not None
        and holding.contract.strike is not None
        and (holding.contract.option_type or 0) * (spot - holding.contract.strike) > 0
    ]
    words = [
        f"{holding.contract.label} {'exercised' if holding.quantity > 0 else 'assigned'}"
        for holding in inside
    ]
    return f": at {spot:,.2f} {', '.join(words)}" if words else ""


def _is_near(today: dt.date, day: dt.date) -> bool:
    # The calendar first: counting sessions over months is slow.
    return (day - today).days <= 2 * SOON and sessions_between(today, day) <= SOON


def _assignments(
    trade: BookTrade,
    spot: float,
    *,
    market: Market,
    values: Mapping[Contract, float],
    today: dt.date,
) -> Iterator[Due]:
    """Short calls with less time value than a dividend: their holder gains by exercise the day before."""
    for holding in trade.holdings:
        contract = holding.contract
        value = values.get(mark_key(contract))
        if holding.quantity >= 0 or value is None or not contract.expiry or not contract.strike:
            continue
        time_value = value - max((contract.option_type or 0) * (spot - contract.strike), 0.0)
        for paid in market.option_dividends_until(trade.symbol, contract.expiry):
            near = today < paid.ex_date and _is_near(today, paid.ex_date)
            if near and contract.option_type == 1 and spot > contract.strike and time_value < paid.amount:
                text = (
                    f"{contract.label} short: ex-date {paid.ex_date}, dividend {paid.amount:.2f} above the "
                    f"time value {max(time_value, 0.0):.2f}: assignment likely"
                )
                yield Due(what="assignment", text=text, now=sessions_between(today, paid.ex_date) <= 1)
