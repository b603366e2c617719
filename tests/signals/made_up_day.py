"""Files of a made-up day, as a trader saves them each morning: rates, spreads, prices, quotes, a calendar."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from riskcalc.chains import sample_chain
from riskcalc.domain.sessions import is_session

TODAY = dt.date(2026, 7, 20)
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//made up//EN
BEGIN:VEVENT
UID:1
DTSTART;TZID=America/New_York:20260812T083000
SUMMARY:Consumer Price Index
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;TZID=America/New_York:20260807T083000
SUMMARY:Employment Situation
END:VEVENT
END:VCALENDAR
"""


def write_day(folder):
    """Write the files of the day into a folder."""
    days = _sessions(260)
    (folder / "DGS10.csv").write_text(_fred("DGS10", days[-70:], lambda k: 4.30 + 0.002 * k))
    (folder / "BAMLH0A0HYM2.csv").write_text(
        _fred("BAMLH0A0HYM2", days[-70:], lambda k: 2.9 + 0.3 * math.sin(k / 9))
    )
    (folder / "SPY.csv").write_text(_prices(days, start=640.0, end=750.0, volume=60e6))
    (folder / "IWM.csv").write_text(_prices(days, start=240.0, end=294.5, volume=30e6))
    (folder / "releases.ics").write_text(CALENDAR.replace("\n", "\r\n"))
    chain = sample_chain().to_frame()
    round_strike = np.where(chain["strike"] % 5 == 0, 8.0, 1.0)
    near = np.exp(-(((chain["strike"] / 295.0 - 1) / 0.06) ** 2))
    chain["open_interest"] = np.round(
        1000 * round_strike * near * np.where(chain["option_type"] == "put", 1.6, 1)
    )
    chain["volume"] = np.round(chain["open_interest"] * 0.1)
    chain.to_csv(folder / "chain.csv", index=False)


def _sessions(count):
    found = []
    day = TODAY
    while len(found) < count:
        day -= dt.timedelta(days=1)
        if is_session(day):
            found.append(day)
    return found[::-1]


def _fred(name, days, value):
    rows = "".join(f"{day},{value(k):.2f}\n" for k, day in enumerate(days))
    return f"observation_date,{name}\n{rows}"


def _prices(days, *, start, end, volume):
    rows = []
    for k, day in enumerate(days):
        share = k / (len(days) - 1)
        close = start + (end - start) * share + 0.01 * start * math.sin(k / 7) * (1 - share)
        shares = volume * (1 + 0.1 * math.sin(k))
        rows.append(f"{day},{close:.2f},{close * 1.005:.2f},{close * 0.995:.2f},{close:.2f},{shares:.0f}\n")
    return "Date,Open,High,Low,Close,Volume\n" + "".join(rows)
