"""Files of a made-up day, as a trader saves them each morning: rates, spreads, prices, quotes, a calendar."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from riskcalc.chains import sample_chain
from riskcalc.domain.sessions import is_session
from riskcalc.events.calendar import shipped_events

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
    (folder / "SPY.csv").write_text(_prices(days, start=640.0, end=750.0, volume=60e6, seed=29))
    (folder / "IWM.csv").write_text(_prices(days, start=240.0, end=294.5, volume=30e6, seed=19))
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
    result = []
    day = TODAY
    while len(result) < count:
        day -= dt.timedelta(days=1)
        if is_session(day):
            result.append(day)
    return result[::-1]


def _fred(name, days, value):
    rows = "".join(f"{day},{value(k):.2f}\n" for k, day in enumerate(days))
    return f"observation_date,{name}\n{rows}"


def _prices(days, *, start, end, volume, seed):
    """Daily moves of about 1%, twice that on decisions of the FOMC, that lead from one close to another."""
    rows = []
    decisions = {event.date for event in shipped_events() if event.kind == "FOMC"}
    noise = np.random.default_rng(seed).normal(0, 0.009, len(days)) * [
        2 if day in decisions else 1 for day in days
    ]
    path = np.cumsum(noise)
    share = np.linspace(0, 1, len(days))
    closes = np.exp(
        np.log(start) + np.log(end / start) * share + path - path[0] - (path[-1] - path[0]) * share
    )
    for k, (day, close) in enumerate(zip(days, closes, strict=True)):
        shares = volume * (1 + 0.1 * math.sin(k))
        rows.append(f"{day},{close:.2f},{close * 1.005:.2f},{close * 0.995:.2f},{close:.2f},{shares:.0f}\n")
    return "Date,Open,High,Low,Close,Volume\n" + "".join(rows)
