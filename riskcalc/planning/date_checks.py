"""Checks of a plan's dates: options that expire today, pin risk, and days the exchange is closed."""

from __future__ import annotations

import datetime as dt
import math

from riskcalc.analysis.exercise import Delivery, deliveries
from riskcalc.analysis.strike_adjustment import adjusted_trade_at_expiry
from riskcalc.domain import Account, Check, CheckStatus, RiskReport, Settlement
from riskcalc.domain.sessions import (
    LAST_KNOWN_YEAR,
    closed_expiry,
    closing_time,
    first_session_on_or_after,
    is_session,
    last_session_on_or_before,
    why_closed,
)

NAME = "pin risk"


def date_checks(report: RiskReport, *, time_stop: dt.date | None) -> tuple[Check, ...]:
    """Return the checks of a plan's dates against the exchange calendar, if any.

    Parameters
    ----------
    report : RiskReport
        The trade and its market.
    time_stop : date or None
        Last day of the trade.

    Returns
    -------
    tuple of Check
        A failure where the options that expire today have ended at the market's time; warnings of closed
        days, and of options held to a settlement at the open, when they no longer trade.
    """
    checks = (_expiring_options(report), _settled_at_open(report, time_stop), _closed_days(report, time_stop))
    return tuple(check for check in checks if check is not None)


def pin_risk(report: RiskReport, account: Account, *, units: int, time_stop: dt.date | None) -> Check | None:
    """Return the check for shares and cash from an expiry that the exits hold the trade into.

    Parameters
    ----------
    report : RiskReport
        One unit of the trade.
    account : Account
        Its equity stands beside the cash that is needed.
    units : int
        Units held.
    time_stop : date or None
        Day the trade is closed at the latest.

    Returns
    -------
    Check or None
        None for a trade closed before its nearest expiry, for shares, and where nothing is held.
    """
    expiry = report.trade.expiry
    if expiry is None or not units or (time_stop is not None and time_stop < expiry):
        return None
    if report.trade.instrument.cash_settled:
        text = f"held into the expiry {expiry}: {report.trade.symbol} options settle in cash, not in shares"
        return Check(name=NAME, status=CheckStatus.OK, message=text, brief="settles in cash")
    outcomes = deliveries(
        adjusted_trade_at_expiry(report.trade, report.market), report.market, view=report.view
    )
    if not outcomes:
        text = f"held into the expiry {expiry}: no shares remain, whichever options are exercised"
        return Check(name=NAME, status=CheckStatus.OK, message=text, brief="no shares remain")
    symbol = report.trade.symbol
    ranges = "; ".join(_outcome(delivery, symbol, units=units) for delivery in outcomes)
    close = f"{closing_time(expiry):%H:%M}"
    text = (
        f"held into the expiry {expiry}: {ranges}; equity is ${account.equity:,.2f}. "
        f"Close by {close} New York that day, or send contrary exercise instructions by 17:30"
    )
    return Check(name=NAME, status=CheckStatus.WARN, message=text)


def _expiring_options(report: RiskReport) -> Check | None:
    """Options that expire on the market's date: alive before their settlement, and nothing after it."""
    trade, market = report.trade, report.market
    if trade.expiry is None or trade.expiry != market.date:
        return None
    days = market.days_to_expiry(trade.expiry, trade.instrument)
    if days > 0:
        minutes = round(24 * 60 * days)
        left = f"in {minutes / 60:.1f} hours" if minutes > 90 else f"in {minutes} minutes"
        end = market.moment + dt.timedelta(days=days)
        text = f"the options expire today, {left}, at {end:%H:%M} New York"
        return Check(name="expiry", status=CheckStatus.OK, message=text, brief=f"today, {left}")
    text = f"the options expire today, {trade.expiry}, and are settled: {_settled_when(report)}"
    return Check(name="expiry", status=CheckStatus.FAIL, message=text)


def _settled_when(report: RiskReport) -> str:
    """When options that expire today settled, and how to set an earlier time."""
    market = report.market
    if report.trade.instrument.settlement(market.date) is Settlement.AM:
        return f"at the open, 9:30 New York; they last traded on {_session_before(market.date)}"
    close = f"{closing_time(market.date):%H:%M} New York"
    if market.time is None:
        return f"without market.time figures are as of the close, {close}; set it for an earlier time: 10:30"
    return f"market.time is {market.time:%H:%M}, the close was at {close}"


def _settled_at_open(report: RiskReport, time_stop: dt.date | None) -> Check | None:
    """Options held to a settlement at the open cannot be closed on that day."""
    expiry = report.trade.expiry
    if expiry is None or time_stop != expiry or expiry <= report.market.date:
        return None
    if report.trade.instrument.settlement(expiry) is not Settlement.AM:
        return None
    text = (
        f"settled at the open of {expiry}: the options last trade on {_session_before(expiry)}, "
        "and the index can open beyond any stop"
    )
    return Check(name="settlement", status=CheckStatus.WARN, message=text)


def _closed_days(report: RiskReport, time_stop: dt.date | None) -> Check | None:
    """Warnings about closed days, each with the session used instead."""
    market, expiries = report.market, report.trade.expiries
    notes = [f"expiry {closed_expiry(expiry)}" for expiry in expiries if not is_session(expiry)]
    if not is_session(market.date):
        quoted = last_session_on_or_before(market.date)
        notes.append(f"market date {market.date} ({why_closed(market.date)}): prices are as of {quoted}")
    last = max((*expiries, time_stop or market.date))
    for paid in market.dividends_until(report.trade.symbol, last):
        day = paid.ex_date
        if not is_session(day):
            opens = first_session_on_or_after(day)
            notes.append(f"ex-date {day} ({why_closed(day)}): the shares first trade ex-dividend on {opens}")
    if last.year > LAST_KNOWN_YEAR:
        notes.append(f"holidays after {LAST_KNOWN_YEAR} are not known: only weekends count as closed")
    if not notes:
        return None
    return Check(name="closed days", status=CheckStatus.WARN, message="; ".join(notes))


def _session_before(day: dt.date) -> dt.date:
    return last_session_on_or_before(day - dt.timedelta(days=1))


def _outcome(delivery: Delivery, symbol: str, *, units: int) -> str:
    """Describe a range of the final spot, its probability, and the position's shares and cash."""
    shares, cash = units * delivery.shares, units * delivery.cash
    if delivery.high == math.inf:
        where = f"above {delivery.low:g}"
    else:
        where = (
            f"between {delivery.low:g} and {delivery.high:g}" if delivery.low else f"below {delivery.high:g}"
        )
    delivery_text = f"{abs(shares):,} shares {'bought' if shares > 0 else 'sold'} for ${abs(cash):,.2f}"
    left = units * delivery.shares_after
    after = "" if left == shares else f", {abs(left):,} {'long' if left > 0 else 'short'} afterwards"
    return f"P({symbol} {where}) {delivery.chance:.1%}, then {delivery_text}{after}"
