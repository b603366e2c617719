"""The units of columns, where they are not dollars, shares, fractions and days."""

from __future__ import annotations

import numpy as np

from riskcalc.chains.array_types import Floats
from riskcalc.chains.readers.names import plain
from riskcalc.chains.table import Table

MIL = 0.001
"""A tenth of a cent, in dollars."""
MILS = (frozenset({"msofday", "strike"}), frozenset({"strikeprice", "bestoffer"}))
"""Columns of vendors that write strikes in tenths of a cent: Theta Data, OptionMetrics."""
YEARLY = (frozenset({"optionext", "openinterest"}), frozenset({"bestoffer", "implvolatility"}))
"""Of those with theta per year and vega per 1.00 of vol: historicaloptiondata.com, OptionMetrics."""
PERCENT_VOL = 3.0
"""Vols whose median is above this are percent: 300 % would be the middle of a chain."""
NANO = 1e-9
NANO_NAMES = ("px", "px00")
"""Ends of Databento's names of prices, which may be whole billionths of a dollar."""
LEAST_NANOS = 1e6
DAYS_A_YEAR = 365


def strike_units(name: str, table: Table) -> tuple[float, ...]:
    """Dollars in a unit of the strikes, as a vendor writes them; the first is tried first.

    Some files of such vendors are in dollars already: the prices tell.
    """
    words = {plain(column) for column in table.columns}
    return (MIL, 1.0) if plain(name) and any(marks <= words for marks in MILS) else (1.0, MIL)


def unit_of(field: str, name: str, table: Table, values: Floats) -> float:
    """What the numbers of a column are multiplied with."""
    if field in {"quoted_vol", "quoted_vol_percent"}:
        return _vol_unit(field, name, table, values)
    if field in {"bid", "ask", "last"} and plain(name).endswith(NANO_NAMES):
        known = values[np.isfinite(values) & (values > 0)]
        return NANO if known.size and known.min() >= LEAST_NANOS else 1.0
    words = {plain(column) for column in table.columns}
    if any(marks <= words for marks in YEARLY):
        return {"quoted_theta_per_day": 1 / DAYS_A_YEAR, "quoted_vega_per_point": 0.01}.get(field, 1.0)
    return 1.0


def _vol_unit(field: str, name: str, table: Table, values: Floats) -> float:
    column = table.columns.get(name)
    if column is None or any("%" in text for text in column.texts[:50]):
        return 1.0
    positive = values[values > 0]
    large = bool(positive.size) and float(np.median(positive)) > PERCENT_VOL
    return 0.01 if large or field == "quoted_vol_percent" else 1.0
