"""Order of stops: a trade in a leveraged fund against one on its benchmark."""

from __future__ import annotations

from collections.abc import Sequence

from riskcalc.analysis import stop_race
from riskcalc.domain import StopOrder, TradePlan, Vehicle
from riskcalc.domain.sessions import sessions_between

LONGEST = 63
"""Sessions looked at where neither trade has a time stop: a quarter."""


def stop_orders(vehicles: Sequence[Vehicle]) -> tuple[StopOrder, ...]:
    """Return, for each fund, whether its stop or that of a same-side benchmark trade fires first.

    Parameters
    ----------
    vehicles : sequence of Vehicle
        Of one comparison.

    Returns
    -------
    tuple of StopOrder
        Under the neutral view; the benchmark's volatility is the fund's over its leverage.
    """
    plain = [one for one in vehicles if one.plan.report.trade.instrument.leverage == 1]
    funds = [one for one in vehicles if one.plan.report.trade.instrument.leverage != 1]
    return tuple(
        _order(fund, other)
        for fund in funds
        for other in plain[:1]
        if fund.exposure * other.exposure > 0 and _vol(fund) > 0
    )


def _vol(fund: Vehicle) -> float:
    """Volatility of the benchmark that the fund's own implies, per sqrt(year)."""
    report = fund.plan.report
    return report.market.quote(report.trade.symbol).vol / report.trade.instrument.leverage_factor


def _order(fund: Vehicle, other: Vehicle) -> StopOrder:
    report = fund.plan.report
    sessions = min(_sessions(fund.plan), _sessions(other.plan))
    race = stop_race(
        fund_stop=fund.plan.stop.move,
        benchmark_stop=other.plan.stop.move,
        leverage=report.trade.instrument.leverage,
        vol=_vol(fund),
        drift=report.market.rate,
        sessions=sessions,
        fee=report.trade.instrument.fee,
        financing=report.market.rate,
    )
    return StopOrder(
        fund=fund.name,
        other=other.name,
        sessions=sessions,
        fund_first=race.fund_first,
        other_first=race.benchmark_first,
    )


def _sessions(plan: TradePlan) -> int:
    if plan.time_stop is None:
        return LONGEST
    return max(sessions_between(plan.report.market.date, plan.time_stop), 1)
