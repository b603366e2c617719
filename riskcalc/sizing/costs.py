"""What a round trip costs: commissions and slippage both ways, and the quoted width."""

from __future__ import annotations

from riskcalc.domain.account import Costs
from riskcalc.domain.ranges import record
from riskcalc.domain.trade import Leg, OptionLeg, Trade

SIDES = 2
"""A round trip pays on the way in and on the way out."""


def cost_per_unit(trade: Trade, costs: Costs) -> float:
    """Round-trip costs of one unit of a trade.

    Parameters
    ----------
    trade : Trade
        Each leg's ``spread_cost`` is counted once: it covers entry and exit already.
    costs : Costs
        Commissions per contract and share and slippage per share, each paid twice; on both funds of a pair.

    Returns
    -------
    float
        [dollars], >= 0; what is paid once per trade is in `cost_per_trade`.

    Examples
    --------
    >>> from riskcalc.domain import shares
    >>> round(cost_per_unit(shares("TNA", shares=10), Costs(slippage_per_share=0.02)), 2)
    0.4
    """
    record("trade", Trade, trade)
    record("costs", Costs, costs)
    return sum(
        SIDES * _paid_per_side(leg, costs) + abs(trade.leg_size(leg)) * leg.spread_cost for leg in trade.legs
    )


def cost_per_trade(costs: Costs) -> float:
    """Round-trip costs paid once, however many units [dollars], >= 0.

    Examples
    --------
    >>> cost_per_trade(Costs(commission_per_trade=4.95))
    9.9
    """
    return SIDES * record("costs", Costs, costs).commission_per_trade


def _paid_per_side(leg: Leg, costs: Costs) -> float:
    if isinstance(leg, OptionLeg):
        return leg.contracts * costs.commission_per_contract
    shares = leg.shares * (1 + (leg.hedge_ratio or 0.0))
    return shares * (costs.commission_per_share + costs.slippage_per_share)
