"""The market of today as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskcalc.formatting.numbers import MISSING, count, percent, price
from riskcalc.formatting.table import Table


def known_market_table(market: Mapping[str, Any]) -> Table:
    """Return the stored quotes of today's market and their age.

    Parameters
    ----------
    market : mapping
        What ``riskcalc quote --json`` prints.
    """
    rows = [
        (
            symbol,
            price(quote["spot"]),
            quote["date"],
            age_words(quote["age_sessions"]),
            MISSING if quote["vol"] is None else percent(quote["vol"], digits=1),
            "" if quote["vol_date"] in (None, quote["date"]) else quote["vol_date"],
            MISSING if quote["dividend_yield"] is None else percent(quote["dividend_yield"], digits=1),
            quote["source"],
        )
        for symbol, quote in market["quotes"].items()
    ]
    rate = "" if market["rate"] is None else f": rate {percent(market['rate'])} of {market['rate_date']}"
    return Table(
        title=f"Today's Market{rate}",
        header=("symbol", "spot", "date", "age", "IV", "IV of", "yield", "source"),
        rows=tuple(rows),
        left=frozenset({0, 3, 7}),
    )


def age_words(sessions: int) -> str:
    """Describe the age of prices.

    Examples
    --------
    >>> age_words(0), age_words(1), age_words(12)
    ('today', '1 session', '12 sessions')
    """
    if sessions < 0:
        return f"{count(-sessions, 'session')} ahead"
    return "today" if sessions == 0 else count(sessions, "session")
