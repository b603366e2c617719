"""Checks of a plan's days: what expires today, and days on which the exchange is closed."""

from __future__ import annotations

import datetime as dt

from riskcalc.domain import Check, CheckStatus, RiskReport, Settlement
from riskcalc.domain.sessions import (
    LAST_KNOWN_YEAR,
    closed_expiry,
    closing_time,
    first_session_on_or_after,
    is_session,
    last_session_on_or_before,
    why_closed,
)


def date_checks(report: RiskReport, *, time_stop: dt.date | None) -> tuple[Check, ...]:
    """Hold the days of a plan against the exchange's calendar; nothing where there is nothing to say.

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
    found = (_expiring(report), _settled_at_open(report, time_stop), _closed(report, time_stop))
    return tuple(check for check in found if check is not None)


def _expiring(report: RiskReport) -> Check | None:
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
    """When options that expire today were settled, and what to state for a time before that."""
    market = report.market
    if report.trade.instrument.settlement(market.date) is Settlement.AM:
        return f"at the open, 9:30 New York; they last traded on {_session_before(market.date)}"
    close = f"{closing_time(market.date):%H:%M} New York"
    if market.time is None:
        return f"without market.time the figures are of the close, {close}; for earlier set it, like 10:30"
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
        "and the index may open past any stop"
    )
    return Check(name="settlement", status=CheckStatus.WARN, message=text)


def _closed(report: RiskReport, time_stop: dt.date | None) -> Check | None:
    """Days on which the exchange is closed, each with the session that is meant."""
    market, expiries = report.market, report.trade.expiries
    said = [f"expiry {closed_expiry(expiry)}" for expiry in expiries if not is_session(expiry)]
    if not is_session(market.date):
        quoted = last_session_on_or_before(market.date)
        said.append(f"market date {market.date} ({why_closed(market.date)}): prices are those of {quoted}")
    last = max((*expiries, time_stop or market.date))
    for paid in market.dividends_until(report.trade.symbol, last):
        day = paid.ex_date
        if not is_session(day):
            opens = first_session_on_or_after(day)
            said.append(f"ex-date {day} ({why_closed(day)}): the shares first trade without it on {opens}")
    if last.year > LAST_KNOWN_YEAR:
        said.append(f"holidays after {LAST_KNOWN_YEAR} are not known: only weekends are closed")
    if not said:
        return None
    return Check(name="closed days", status=CheckStatus.WARN, message="; ".join(said))


def _session_before(day: dt.date) -> dt.date:
    return last_session_on_or_before(day - dt.timedelta(days=1))
