"""Write the table of NYSE sessions that riskcalc ships: ``python -m scripts.nyse_sessions``.

The library `holidays` knows the exchange's closures and early closes, by rule and by list. It imports every
country of the world, so riskcalc reads this table instead. Run it again when a new version knows of more;
a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import holidays

from riskcalc.domain.sessions import FIRST_KNOWN_YEAR, LAST_KNOWN_YEAR, TABLE_FILE

EARLY_CLOSE = re.compile(r"(?P<reason>.*) \(markets close at (?P<at>[\d:]+[ap]m)\)")


def table() -> str:
    """Return a line for each weekday without a session, or with an early close: date, close, reason.

    The reason is the rest of the line, and may hold commas.
    """
    return "\n".join(["date,close,reason", *lines()]) + "\n"


def lines() -> Iterator[str]:
    """Yield the lines of the table, by date."""
    years = range(FIRST_KNOWN_YEAR, LAST_KNOWN_YEAR + 1)
    closed = holidays.financial_holidays("NYSE", years=years)
    early = holidays.financial_holidays("NYSE", years=years, categories=("half_day",))
    for day in weekdays():
        if day in closed:
            yield f"{day},,{closed[day]}"
        elif found := EARLY_CLOSE.fullmatch(early.get(day, "")):
            at = datetime.strptime(found["at"], "%I:%M%p")  # noqa: DTZ007 - a time of day, New York
            yield f"{day},{at:%H:%M},{found['reason']}"


def weekdays() -> Iterator[date]:
    """Yield the days of the known years that are neither Saturday nor Sunday."""
    first, last = date(FIRST_KNOWN_YEAR, 1, 1), date(LAST_KNOWN_YEAR, 12, 31)
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return (day for day in days if day.weekday() < 5)


if __name__ == "__main__":
    TABLE_FILE.write_text(table(), encoding="utf-8")
