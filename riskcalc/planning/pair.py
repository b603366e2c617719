"""A trade in a pair of funds: shares of each, and the remaining market exposure."""

from __future__ import annotations

import dataclasses

from riskcalc.domain import Market, PairReport, RiskReport, Trade


def self_financed_market(trade: Trade, market: Market) -> Market:
    """Return the market of a trade; a pair finances itself, so its rate is zero.

    What selling the one fund brings in pays for the other. What a broker keeps of that, or charges for the
    shares lent, can be stated as a dividend yield of the pair, below 0 for a cost.
    """
    return dataclasses.replace(market, rate=0.0) if trade.instrument.against else market


def pair_report(report: RiskReport, *, units: int) -> PairReport | None:
    """Return a pair's units as whole shares of both funds.

    Parameters
    ----------
    report : RiskReport
        A trade on any instrument.
    units : int
        Units held.

    Returns
    -------
    PairReport or None
        None for an outright.
    """
    pair = report.trade.instrument
    if not pair.against:
        return None
    legs = report.trade.share_legs
    first = sum(leg.signed_shares for leg in legs) * units
    second = round(sum(leg.signed_shares * (leg.hedge_ratio or 0.0) for leg in legs) * units)
    spots = report.market.quote(pair.held).spot, report.market.quote(pair.against).spot
    correlation, beta = _correlation_and_beta(report.market, pair.symbol, pair.held, pair.against)
    sides = [(pair.held, first, spots[0]), (pair.against, second, spots[1])]
    (bought, more, price), (sold, less, other_price) = sides if first >= 0 else sides[::-1]
    return PairReport(
        bought=bought,
        sold=sold,
        bought_shares=abs(more),
        sold_shares=abs(less),
        bought_dollars=abs(more) * price,
        sold_dollars=abs(less) * other_price,
        correlation=correlation,
        beta=beta,
        beta_dollars=None if beta is None else first * spots[0] * beta - second * spots[1],
    )


def _correlation_and_beta(
    market: Market, pair: str, held: str, against: str
) -> tuple[float | None, float | None]:
    """Correlation and beta implied by the vols of two funds and of their pair."""
    vol, first, second = (market.quote(symbol).vol for symbol in (pair, held, against))
    if not first * second > 0:
        return None, None
    covariance = (first**2 + second**2 - vol**2) / 2
    correlation = covariance / (first * second)
    if abs(correlation) > 1 + 1e-9:
        return None, None
    return correlation, covariance / second**2
