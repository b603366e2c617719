"""Sector weights of funds: from filed holdings, else the dated ones that ship with riskcalc."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from riskcalc.domain.sectors import SectorWeights
from riskcalc.signals.known_series import SECTOR
from riskcalc.signals.series import Series

SHIPPED_DAY = dt.date(2024, 3, 31)
SHIPPED_SOURCE = "FTSE Russell and S&P Dow Jones Indices"
SAME_INDEX = {"IWM": ("IWM",), "SPY": ("SPY", "IVV", "VOO")}
"""Funds on the same index as a traded one, whose holdings are used for it."""
NAMES = {
    "Information Technology": "Technology",
    "Communication": "Communications",
    "Communication Services": "Communications",
}
"""Sectors of holdings files that have another name in the shipped table."""
WHOLE = (0.95, 1.05)
"""Sum of weights of a file that holds a whole fund."""


def sector_weights(store: Mapping[str, Series], *, day: dt.date) -> dict[str, SectorWeights]:
    """Return the sector weights of the funds that are known, by symbol.

    Parameters
    ----------
    store : mapping
        Series by name; the newest holdings up to `day` are used, if their weights add up to about 100%.
    day : date
        Day that they are asked for.
    """
    by_symbol = _shipped()
    for symbol, funds in SAME_INDEX.items():
        filed = [weights for fund in funds if (weights := _newest_holdings(fund, store, day)) is not None]
        complete = [weights for weights in filed if WHOLE[0] <= weights.total <= WHOLE[1]]
        if complete:
            by_symbol[symbol] = max(complete, key=lambda weights: weights.as_of)
    return by_symbol


def _newest_holdings(fund: str, store: Mapping[str, Series], day: dt.date) -> SectorWeights | None:
    """The weights of the newest holdings file of a fund."""
    start = f"{fund}.{SECTOR}"
    holdings = {
        name.removeprefix(start): cut
        for name, series in store.items()
        if name.startswith(start) and (cut := series.until(day)) is not None
    }
    if not holdings:
        return None
    newest = max(series.last_day for series in holdings.values())
    weights: dict[str, float] = {}
    sources = {series.source for series in holdings.values() if series.last_day == newest}
    for name, series in holdings.items():
        if series.last_day == newest:
            sector = NAMES.get(name, name)
            weights[sector] = weights.get(sector, 0.0) + float(series.values[-1]) / 100
    return SectorWeights(symbol=fund, weights=weights, as_of=newest, source=", ".join(sorted(sources)))


def _shipped() -> dict[str, SectorWeights]:
    path = Path(__file__).parent / "sector_weights.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return {
        symbol: SectorWeights(
            symbol=symbol,
            weights={row["sector"]: round(float(row[symbol]) / 100, 6) for row in rows},
            as_of=SHIPPED_DAY,
            source=SHIPPED_SOURCE,
        )
        for symbol in ("SPY", "IWM")
    }
