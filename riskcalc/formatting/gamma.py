"""Open interest of a chain as tables of text."""

from __future__ import annotations

from collections.abc import Iterator

from riskcalc.domain import TradePlan
from riskcalc.domain.gamma import NET_ASSUMPTION, GammaProfile, StrikeGamma
from riskcalc.formatting.numbers import MISSING, number, price
from riskcalc.formatting.table import Columns, Table, column_table

SHOWN_STRIKES = 15
"""Strikes with the most gamma that the table has."""
MILLION = 1e6


def gamma_tables(profile: GammaProfile) -> tuple[Table, ...]:
    """Tables of a gamma profile.

    Parameters
    ----------
    profile : GammaProfile
        From `riskcalc.chains.gamma.gamma_profile`.

    Returns
    -------
    tuple of Table
        Totals, the strikes with the most gross gamma, and max pain by expiry.
    """
    largest = profile.clusters(low=0.0, high=float("inf"), count=SHOWN_STRIKES)
    title = f"Gamma by Strike, $M of Delta per 1% Move: the {len(largest)} Largest of {len(profile.gamma)}"
    columns: Columns[StrikeGamma] = {
        "strike": lambda row: f"{row.strike:g}",
        "gross": lambda row: number(row.gross / MILLION, digits=1),
        "naive net": lambda row: number(row.net / MILLION, digits=1, signed=True),
        "open interest": lambda row: f"{row.open_interest:,.0f}",
        "from spot": lambda row: f"{100 * (row.strike / profile.spot - 1):+.1f}%",
    }
    return (
        Table(title="Open Interest", rows=tuple(_totals(profile)), left=frozenset({0, 2})),
        column_table(title, largest, columns),
        *_max_pain_table(profile),
    )


def plan_clusters(plan: TradePlan) -> Table:
    """Table of the strikes with the most open interest between a plan's exits, which may have no rows."""
    spot = plan.report.market.quote(plan.report.trade.symbol).spot
    columns: Columns[StrikeGamma] = {
        "strike": lambda row: f"{row.strike:g}",
        "from spot": lambda row: f"{100 * (row.strike / spot - 1):+.1f}%",
        "gross": lambda row: number(row.gross / MILLION, digits=1),
        "naive net": lambda row: number(row.net / MILLION, digits=1, signed=True),
    }
    title = f"Gamma Clusters Between Stop and Target: $M of delta per 1% move; {NET_ASSUMPTION}"
    return column_table(title, plan.clusters, columns)


def _totals(profile: GammaProfile) -> Iterator[tuple[str, str, str]]:
    yield "gamma, gross", f"${profile.gross / MILLION:,.1f}M", "calls and puts; delta change per 1% move"
    yield "gamma, naive net", _millions(profile.net), NET_ASSUMPTION
    yield "flip of the naive net", price(profile.flip), "spot at which it changes sign; same assumption"
    yield "put/call, open interest", _ratio(profile.put_call.open_interest), ""
    yield "put/call, volume", _ratio(profile.put_call.volume), ""
    yield "max pain", price(profile.max_pain), "all expiries together"
    if profile.without_vol:
        yield "left out of gamma", f"{profile.without_vol:,}", "contracts of expiries without an IV"


def _millions(dollars: float) -> str:
    return f"{'-' if dollars < 0 else '+'}${abs(dollars) / MILLION:,.1f}M"


def _ratio(value: float | None) -> str:
    return MISSING if value is None else f"{value:.2f}"


def _max_pain_table(profile: GammaProfile) -> tuple[Table, ...]:
    rows = tuple(
        (expiry, f"{strike:g}", f"{100 * (strike / profile.spot - 1):+.1f}%")
        for expiry, strike in profile.max_pain_by_expiry.items()
    )
    return (Table(title="Max Pain", header=("expiry", "strike", "from spot"), rows=rows),) if rows else ()
