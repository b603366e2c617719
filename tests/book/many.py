"""A book of many positions, and a broker's file of many fills; made up."""

from __future__ import annotations

import datetime as dt
from functools import cache

import riskcalc as rc
from riskcalc.book import Book, Contract

NOON = dt.datetime(2026, 7, 20, 12, 0)  # noqa: DTZ001 - New York
DAY = dt.date(2026, 7, 21)
PLANS = 33
EXPIRIES = ("2026-08-21", "2026-09-18", "2026-10-16", "2026-12-18")


@cache
def plan_of(place):
    """One of 33 plans: shares of TNA, and call spreads of four expiries at eight strikes."""
    if place == 0:
        return rc.plan_preset("tna-momentum")
    step, expiry = divmod(place - 1, len(EXPIRIES))
    strike = 280 + 3 * step
    return rc.plan_preset(
        "iwm-call-spread",
        {
            "trade.legs.0.strike": strike,
            "trade.legs.1.strike": strike + 30,
            "trade.legs.0.expiry": EXPIRIES[expiry],
            "trade.legs.1.expiry": EXPIRIES[expiry],
            "exits.close_dte": None,
        },
    )


def fill_book(book: Book, positions: int) -> None:
    """Add so many positions, and mark every contract."""
    for number in range(positions):
        book.add(plan_of(number % PLANS), time=NOON + dt.timedelta(minutes=number), units=1 + number % 3)
    book.mark(marks(book), day=DAY)


def marks(book: Book) -> dict[Contract, float]:
    """Prices of a day later: options a little dearer."""
    held = {holding.contract: holding for trade in book.trades() for holding in trade.holdings}
    options = {contract: 1.05 * one.entry + 0.3 for contract, one in held.items() if contract.is_option}
    return {Contract(symbol="IWM"): 297.0, Contract(symbol="TNA"): 61.0, **options}


def plain_fills(count: int) -> str:
    """A plain CSV of so many fills: bought, and sold a day later."""
    rows = ["date,time,symbol,quantity,price,costs,expiry,strike,type,order"]
    for number in range(count // 2):
        day, minute = dt.date(2026, 1, 5) + dt.timedelta(days=number % 150), f"{number // 150 % 60:02d}"
        leg = f"2026-09-18,{250 + number % 90},call"
        rows.append(f"{day},10:{minute},IWM,1,{5 + number % 7}.25,0.65,{leg},{number}")
        rows.append(
            f"{day + dt.timedelta(days=1)},11:{minute},IWM,-1,{6 + number % 5}.10,0.65,{leg},x{number}"
        )
    return "\n".join(rows) + "\n"
