"""Sector weights of funds, and the sector exposure of a pair of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorWeights:
    """Weights of a fund's holdings by sector."""

    symbol: str
    weights: Mapping[str, float]
    """Fractions by sector, as printed: they need not add up to 1."""
    as_of: dt.date
    source: str

    @property
    def total(self) -> float:
        """Sum of the weights, a fraction."""
        return sum(self.weights.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorBet:
    """One sector on both sides of a pair."""

    sector: str
    bought: float
    """Weight in the fund that is held, a fraction."""
    sold: float
    """Weight in the fund that is sold."""
    dollars: float
    """Held less sold, whole position [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorTilt:
    """Net exposure of a pair by sector, the largest long first."""

    bets: tuple[SectorBet, ...]
    bought: SectorWeights
    sold: SectorWeights


def sector_tilt(
    bought: SectorWeights, sold: SectorWeights, *, bought_dollars: float, sold_dollars: float
) -> SectorTilt:
    """Return the sector bets of a pair in dollars.

    Parameters
    ----------
    bought, sold : SectorWeights
        Of the fund that is held and of the one that is sold.
    bought_dollars, sold_dollars : float
        Value of each side, >= 0 [dollars].

    Examples
    --------
    >>> import datetime as dt
    >>> day = dt.date(2024, 3, 31)
    >>> small = SectorWeights(symbol="IWM", weights={"Technology": 0.149}, as_of=day, source="")
    >>> large = SectorWeights(symbol="SPY", weights={"Technology": 0.296}, as_of=day, source="")
    >>> tilt = sector_tilt(small, large, bought_dollars=10_000, sold_dollars=10_000)
    >>> round(tilt.bets[0].dollars, 2)
    -1470.0
    """
    sectors = dict.fromkeys((*bought.weights, *sold.weights))
    bets = [
        SectorBet(
            sector=sector,
            bought=bought.weights.get(sector, 0.0),
            sold=sold.weights.get(sector, 0.0),
            dollars=bought_dollars * bought.weights.get(sector, 0.0)
            - sold_dollars * sold.weights.get(sector, 0.0),
        )
        for sector in sectors
    ]
    ordered = sorted(bets, key=lambda bet: bet.dollars, reverse=True)
    return SectorTilt(bets=tuple(ordered), bought=bought, sold=sold)
