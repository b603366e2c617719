"""What a planned trade adds to the risk of a book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from riskcalc.analysis import value_position
from riskcalc.book.exposures import iwm_beta, iwm_shock, spy_beta
from riskcalc.book.risk_records import BookRisk
from riskcalc.domain import TradePlan
from riskcalc.domain.serialization import to_plain
from riskcalc.planning import scenario_move


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedRow:
    """One total of the book, without and with the planned position [dollars]."""

    name: str
    """``risk``, ``loss_at_shock``, ``iwm_equivalent``, ``spy_equivalent``, ``theta_per_day``,
    ``vega_per_point``, ``gamma_per_percent`` or ``buying_power``."""
    before: float
    added: float
    after: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return dict(to_plain(self))


def added_by(plan: TradePlan, risk: BookRisk) -> tuple[AddedRow, ...]:
    """Return what the position of a plan adds to each total of a book.

    Parameters
    ----------
    plan : TradePlan
        At its size; 0 units add nothing.
    risk : BookRisk
        Of the open trades.

    Returns
    -------
    tuple of AddedRow
        At the common shock `added` is less than the trade's own loss where it hedges the book.
    """
    totals, greeks, units = risk.totals, plan.report.greeks, plan.size.units
    traded, market = plan.report.trade.instrument, plan.report.market
    delta, table = units * greeks.dollar_delta, risk.instruments
    spot = market.quote(traded.symbol).spot
    shocks = (-totals.shock, totals.shock)
    moves = np.array(
        [scenario_move(traded, iwm_shock(one), rate=market.rate, known=table)[0] for one in shocks]
    )
    values = value_position(plan.report.trade, market, spot=np.maximum(spot * (1 + moves), 0.0)).value
    held = np.array([row.pnl for one in shocks for row in risk.ladder if abs(row.move - one) < 1e-9])
    both = max(-float((held + units * (values - plan.report.value)).min()), 0.0) if held.size else 0.0
    rows = (
        ("risk", totals.risk, plan.size.risk),
        ("loss_at_shock", totals.heat.shock, both - totals.heat.shock),
        ("iwm_equivalent", totals.iwm_equivalent, delta * iwm_beta(traded, rate=market.rate, known=table)),
        ("spy_equivalent", totals.spy_equivalent, delta * spy_beta(traded, rate=market.rate, known=table)),
        ("theta_per_day", totals.greeks.theta_per_day, units * greeks.theta_per_day),
        ("vega_per_point", totals.greeks.vega_per_point, units * greeks.vega_per_point),
        ("gamma_per_percent", totals.greeks.gamma_per_percent, units * greeks.gamma * spot * spot / 100),
        ("buying_power", totals.buying_power, plan.size.capital or 0.0),
    )
    return tuple(
        AddedRow(name=name, before=before, added=added, after=before + added) for name, before, added in rows
    )
