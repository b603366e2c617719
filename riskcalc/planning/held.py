"""Payoff facts of shares sold short, whose borrow fee depends on how long they are held."""

from __future__ import annotations

import dataclasses
import datetime as dt

from riskcalc.domain import RiskReport


def held_until(report: RiskReport, time_stop: dt.date | None) -> RiskReport:
    """Return a report whose breakevens and profit of shares alone count the borrow fee up to the time stop.

    Parameters
    ----------
    report : RiskReport
        Of any trade; options give the payoff a date of its own, and theirs counts the fee already.
    time_stop : date or None
        Day the trade is closed at the latest.
    """
    shares = sum(leg.signed_shares for leg in report.trade.share_legs)
    if not report.borrow_fee_per_day or report.trade.expiry or time_stop is None or not shares:
        return report
    fee = report.borrow_fee_per_day * max(report.market.days_to(time_stop), 0.0)
    return dataclasses.replace(
        report,
        breakevens=tuple(level + fee / shares for level in report.breakevens),
        max_profit=report.max_profit - fee,
        max_loss=report.max_loss + fee,
        payoff_note=f"{report.payoff_note}; the borrow fee counted to {time_stop}",
    )
