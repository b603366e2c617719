"""What a planned trade adds to the risk of a book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from riskcalc.analysis import Floats, value_position
from riskcalc.book.exposures import iwm_beta, iwm_shock, spy_beta
from riskcalc.book.risk_records import BookRisk
from riskcalc.domain import InstrumentTable, TradePlan
from riskcalc.domain.serialization import to_plain
from riskcalc.planning import scenario_move
from riskcalc.records import dataclass


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockAdded:
    """P&L of the book after a move of IWM in a session, without and with a planned position [dollars]."""

    move: float
    """A fraction."""
    before: float
    added: float
    after: float


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
    pnls = np.array([row.pnl for shock in shocks for row in risk.ladder if abs(row.move - shock) < 1e-9])
    worst_together = (
        max(-float((pnls + _shocked_pnl(plan, shocks, risk.instruments)).min()), 0.0) if pnls.size else 0.0
    )
    rows = (
        ("risk", totals.risk, plan.size.risk),
        ("loss_at_shock", totals.heat.shock, worst_together - totals.heat.shock),
        (
            "iwm_equivalent",
            totals.iwm_equivalent,
            delta * iwm_beta(traded, rate=market.rate, instruments=table),
        ),
        (
            "spy_equivalent",
            totals.spy_equivalent,
            delta * spy_beta(traded, rate=market.rate, instruments=table),
        ),
        ("theta_per_day", totals.greeks.theta_per_day, units * greeks.theta_per_day),
        ("vega_per_point", totals.greeks.vega_per_point, units * greeks.vega_per_point),
        ("gamma_per_percent", totals.greeks.gamma_per_percent, units * greeks.gamma * spot * spot / 100),
        ("buying_power", totals.buying_power, plan.size.capital or 0.0),
    )
    return tuple(
        AddedRow(name=name, before=before, added=added, after=before + added) for name, before, added in rows
    )


def ladder_with(plan: TradePlan, risk: BookRisk) -> tuple[ShockAdded, ...]:
    """Return the shock ladder of a book with the position of a plan, no stop applied.

    Parameters
    ----------
    plan : TradePlan
        At its size; 0 units add nothing.
    risk : BookRisk
        Of the open trades.

    Returns
    -------
    tuple of ShockAdded
        One for each move of the book's own ladder, lowest first.
    """
    added = _shocked_pnl(plan, [row.move for row in risk.ladder], risk.instruments)
    return tuple(
        ShockAdded(move=row.move, before=row.pnl, added=float(pnl), after=row.pnl + float(pnl))
        for row, pnl in zip(risk.ladder, added, strict=True)
    )


def _shocked_pnl(plan: TradePlan, shocks: Sequence[float], instruments: InstrumentTable | None) -> Floats:
    """P&L of the position of a plan after moves of IWM within one session [dollars]."""
    trade, market = plan.report.trade, plan.report.market
    spot = market.quote(trade.symbol).spot
    moves = np.array(
        [
            scenario_move(trade.instrument, iwm_shock(shock), rate=market.rate, instruments=instruments)[0]
            for shock in shocks
        ]
    )
    values = value_position(trade, market, spot=np.maximum(spot * (1 + moves), 0.0)).value
    return np.asarray(plan.size.units * (values - plan.report.value), dtype=np.float64)
