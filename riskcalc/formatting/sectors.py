"""Sector weights and sector bets as tables of text."""

from __future__ import annotations

from collections.abc import Mapping

from riskcalc.domain import TradePlan
from riskcalc.domain.sectors import SectorBet, SectorWeights
from riskcalc.formatting.numbers import MISSING, money, percent
from riskcalc.formatting.table import Columns, Table, column_table


def sector_bets(plan: TradePlan) -> tuple[Table, ...]:
    """Return the sector exposure of a pair; empty for an outright."""
    tilt = plan.sectors
    if tilt is None:
        return ()
    columns: Columns[SectorBet] = {
        "sector": lambda bet: bet.sector,
        f"long {tilt.bought.symbol}": lambda bet: percent(bet.bought, digits=1),
        f"short {tilt.sold.symbol}": lambda bet: percent(bet.sold, digits=1),
        "net": lambda bet: money(bet.dollars, signed=True),
    }
    title = f"Sector Bets, Whole Position: {_describe_source(tilt.bought)}; {_describe_source(tilt.sold)}"
    return (column_table(title, tilt.bets, columns),)


def weights_table(known: Mapping[str, SectorWeights]) -> Table:
    """Table of the sector weights of funds, side by side."""
    sectors = dict.fromkeys(sector for weights in known.values() for sector in weights.weights)
    rows = [
        (sector, *(percent(weights.weights.get(sector), digits=1) for weights in known.values()))
        for sector in sectors
    ]
    rows.append(("all", *(percent(weights.total, digits=1) for weights in known.values())))
    header = ("sector", *(weights.symbol for weights in known.values()))
    title = f"Sector Weights: {'; '.join(_describe_source(weights) for weights in known.values()) or MISSING}"
    return Table(title=title, header=header, rows=tuple(rows))


def _describe_source(weights: SectorWeights) -> str:
    rounding = "" if abs(weights.total - 1) < 5e-4 else f", adding up to {percent(weights.total, digits=1)}"
    return f"{weights.symbol} of {weights.as_of}, {weights.source}{rounding}"
