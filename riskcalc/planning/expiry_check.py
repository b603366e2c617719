"""The check of a trade held into its expiry: the shares and cash that exercise and assignment may bring."""

from __future__ import annotations

import datetime as dt
import math

from riskcalc.analysis.delivery import Delivery, deliveries
from riskcalc.analysis.strike_adjustment import trade_at_expiry
from riskcalc.domain import Account, Check, CheckStatus, ExerciseStyle, RiskReport
from riskcalc.domain.sessions import closing_time

NAME = "pin risk"


def pin_risk(report: RiskReport, account: Account, *, units: int, time_stop: dt.date | None) -> Check | None:
    """Warn of shares and cash that the expiry brings when the exits hold a trade into it.

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
    if report.trade.instrument.exercise is ExerciseStyle.EUROPEAN:
        text = (
            f"held into the expiry {expiry}: {report.trade.symbol} options settle in cash and bring no shares"
        )
        return Check(name=NAME, status=CheckStatus.OK, message=text, brief="settles in cash")
    found = deliveries(trade_at_expiry(report.trade, report.market), report.market, view=report.view)
    if not found:
        text = f"held into the expiry {expiry}: no shares are left whatever is exercised"
        return Check(name=NAME, status=CheckStatus.OK, message=text, brief="no shares left")
    symbol = report.trade.symbol
    told = "; ".join(_outcome(one, symbol, units=units) for one in found)
    close = f"{closing_time(expiry):%H:%M}"
    text = (
        f"held into the expiry {expiry}: {told}; equity is ${account.equity:,.2f}. Close by {close} New York "
        "that day, or send contrary exercise instructions by 17:30"
    )
    return Check(name=NAME, status=CheckStatus.WARN, message=text)


def _outcome(found: Delivery, symbol: str, *, units: int) -> str:
    """A range of the spot, its chance, and what it leaves in all units."""
    shares, cash = units * found.shares, units * found.cash
    if found.high == math.inf:
        where = f"above {found.low:g}"
    else:
        where = f"between {found.low:g} and {found.high:g}" if found.low else f"below {found.high:g}"
    moved = f"{abs(shares):,} shares {'bought' if shares > 0 else 'sold'} for ${abs(cash):,.2f}"
    left = units * found.left
    kept = "" if left == shares else f", {abs(left):,} {'long' if left > 0 else 'short'} afterwards"
    return f"P({symbol} {where}) {found.chance:.1%}, then {moved}{kept}"
