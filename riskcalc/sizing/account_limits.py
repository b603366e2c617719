"""Position size within all limits of an account: of a trade, and of shares sized by a stop.

An input that is NaN or outside the range its docstring states raises `InvalidInputError`.
"""

from __future__ import annotations

from riskcalc.domain.account import Account, Costs, RiskBasis
from riskcalc.domain.legs import Side
from riskcalc.domain.position_size import PositionSize
from riskcalc.domain.trade import Trade
from riskcalc.domain.validation import flag, non_negative, non_negative_or_inf, positive, record
from riskcalc.records import dataclass, replace
from riskcalc.sizing.percent_risk import Limit, risk_budget_limit, stop_distance

SIDES = 2
"""Sides of a round trip."""


SMALLEST_PART = 0.001
"""Part of a share that brokers with fractional shares trade."""


def cost_per_unit(trade: Trade, costs: Costs) -> float:
    """Return the round-trip costs of one unit of a trade.

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
        SIDES * leg.cost_per_side(costs) + abs(trade.leg_size(leg)) * leg.spread_cost for leg in trade.legs
    )


def size_within_limits(
    *,
    account: Account,
    loss_per_unit: float,
    cost_per_trade: float = 0.0,
    capital_per_unit: float = 0.0,
    market_value_per_unit: float = 0.0,
    lot: float = 1,
) -> PositionSize:
    """Return the size of a trade within all limits of an account, and the limit that binds.

    The limits, in the order that breaks a tie: risk budget, portfolio heat (what open trades leave of it),
    buying power, position size (market value as a share of equity).

    Parameters
    ----------
    account : Account
        Equity, buying power, heat and limits.
    loss_per_unit : float
        Planned loss of one unit, with costs: 1R [dollars], >= 0; ``inf`` sizes to zero, and
        at 0 neither risk budget nor heat binds.
    cost_per_trade : float
        Round-trip costs paid once [dollars], >= 0; see `cost_per_trade`.
    capital_per_unit : float
        Buying power one unit uses [dollars], >= 0; see `buying_power`.
    market_value_per_unit : float
        Market value of one unit, without sign [dollars], >= 0.
    lot : float
        What a unit is in the sentence of the reason: 0.001 where thousandths of a share are counted.

    Returns
    -------
    PositionSize
        ``limits`` holds the units under each limit, None where it does not bind. ``basis``,
        ``loss_at_stop`` and ``loss_at_gap`` are for the caller, who knows the trade, to fill in with
        `dataclasses.replace`.

    Examples
    --------
    >>> size = size_within_limits(account=Account(equity=100_000, open_risk=5_500), loss_per_unit=240)
    >>> size.units, size.binding_limit, dict(size.limits)["risk budget"]
    (2, 'portfolio heat', 4)
    >>> size.reason
    '2 units: 3 would risk $720.00, the heat left is $500.00'
    """
    record("account", Account, account)
    positive("lot", lot)
    loss = non_negative_or_inf("loss_per_unit", loss_per_unit)
    risk = risk_budget_limit(budget=account.risk_budget, loss_per_unit=loss, cost_per_trade=cost_per_trade)
    capital = _buying_power_limit(account, non_negative("capital_per_unit", capital_per_unit))
    market_value = non_negative("market_value_per_unit", market_value_per_unit)
    in_lots_of_one = limits_of(
        account, risk, capital_per_unit=capital.per_unit, market_value_per_unit=market_value
    )
    limits = tuple(replace(limit, lot=lot) for limit in in_lots_of_one)
    allowed = tuple((limit.name, limit.units) for limit in limits)
    units, binding, reason = smallest(limits)
    return PositionSize(
        units=units,
        risk=risk.used_by(units),
        risk_budget=risk.available,
        risk_fraction=risk.used_by(units) / account.equity,
        loss_per_unit=loss,
        binding_limit=binding,
        reason=reason,
        capital=capital.used_by(units),
        limits=allowed,
    )


def limits_of(
    account: Account, risk: Limit, *, capital_per_unit: float, market_value_per_unit: float
) -> tuple[Limit, ...]:
    """Return the limits of an account, in the order that breaks a tie.

    Parameters
    ----------
    account : Account
        Equity, buying power, heat and limits.
    risk : Limit
        Its risk budget, from `risk_budget_limit`.
    capital_per_unit : float
        Buying power one unit uses [dollars], >= 0.
    market_value_per_unit : float
        Market value of one unit, without sign [dollars], >= 0.
    """
    return (
        risk,
        _heat_limit(account, risk),
        _buying_power_limit(account, capital_per_unit),
        _position_limit(account, market_value_per_unit),
    )


def smallest(limits: tuple[Limit, ...]) -> tuple[int, str, str]:
    """Return the units within all limits, the name of the one that binds, and why."""
    binding = [(limit.units, rank) for rank, limit in enumerate(limits) if limit.units is not None]
    if not binding:
        return 0, "none", "0 units: one unit has no risk and uses no buying power, so no limit sets a size"
    units, rank = min(binding)
    return units, limits[rank].name, limits[rank].reason(units)


def cost_per_trade(costs: Costs) -> float:
    """Return the round-trip costs paid once per trade [dollars], >= 0.

    Examples
    --------
    >>> cost_per_trade(Costs(commission_per_trade=4.95))
    9.9
    """
    return SIDES * record("costs", Costs, costs).commission_per_trade


def _heat_limit(account: Account, risk: Limit) -> Limit:
    return Limit(
        name="portfolio heat",
        verb="risk",
        noun="the heat left is",
        available=account.heat_left,
        per_unit=risk.per_unit,
        fixed=risk.fixed,
    )


def _buying_power_limit(account: Account, per_unit: float) -> Limit:
    return Limit(
        name="buying power",
        verb="need",
        noun="the buying power is",
        available=account.free_buying_power,
        per_unit=per_unit,
    )


def _position_limit(account: Account, per_unit: float) -> Limit:
    return Limit(
        name="position size",
        verb="take",
        noun="the largest position is",
        available=account.equity * account.limits.max_position_fraction,
        per_unit=per_unit,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSize:
    """Position size by the stop."""

    units: float
    """Units, rounded down to whole units or to `SMALLEST_PART`."""
    risk: float
    """Planned loss of the position, with costs [dollars]."""
    risk_budget: float
    """[dollars]"""
    risk_fraction: float
    """Risk as a share of equity."""
    loss_per_unit: float
    """Loss of one unit at its stop, with costs [dollars]: 1R."""
    binding_limit: str
    """The limit that stops the next unit."""
    reason: str
    """The binding limit in a sentence."""
    basis: str
    """Basis of the planned loss: ``stop``."""
    capital: float
    """Buying power used by the position [dollars]."""
    position_value: float
    """Market value of the position [dollars]."""
    limits: dict[str, float | None]
    """Each limit and the units it allows; None where it does not bind at all."""


def size_by_stop_within_limits(
    *,
    account: Account,
    entry: float,
    stop: float,
    margin: float,
    multiplier: float = 1,
    cost_per_unit: float = 0.0,
    side: Side = Side.LONG,
    fractional: bool = False,
) -> StopSize:
    """Size a position by its stop, within the limits of a plan.

    Parameters
    ----------
    account : Account
        Equity, buying power, heat, limits, and costs of which `commission_per_trade` is counted.
    entry : float
        Entry price [dollars per share], > 0.
    stop : float
        Stop price [dollars per share], > 0: below `entry` for LONG, above it for SHORT.
    margin : float
        Buying power that a share uses [dollars per share], > 0; see `share_margin`.
    multiplier : float
        Shares one unit stands for, > 0.
    cost_per_unit : float
        Round-trip costs of one unit [dollars], >= 0.
    side : Side
        LONG or SHORT.
    fractional : bool
        Whether thousandths of a unit can be held.

    Returns
    -------
    StopSize

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range, or the stop is on the wrong side of the entry.

    Examples
    --------
    >>> size = size_by_stop_within_limits(
    ...     account=Account(equity=10_000), entry=20, stop=19.99, margin=10, fractional=True
    ... )
    >>> size.units, size.binding_limit, size.reason
    (500.0, 'position size', '500 units: 500.001 would take $10,000.02, the largest position is $10,000.00')
    """
    record("account", Account, account)
    lot = SMALLEST_PART if flag("fractional", fractional) else 1
    shares = lot * positive("multiplier", multiplier)
    loss = stop_distance(entry=entry, stop=stop, side=side) * multiplier
    loss += non_negative("cost_per_unit", cost_per_unit)
    size = size_within_limits(
        account=account,
        loss_per_unit=loss * lot,
        cost_per_trade=cost_per_trade(account.costs),
        capital_per_unit=positive("margin", margin) * shares,
        market_value_per_unit=entry * shares,
        lot=lot,
    )
    return StopSize(
        units=_lots_to_units(size.units, lot),
        risk=size.risk,
        risk_budget=size.risk_budget,
        risk_fraction=size.risk_fraction,
        loss_per_unit=loss,
        binding_limit=size.binding_limit,
        reason=size.reason,
        basis=RiskBasis.STOP.value,
        capital=size.capital or 0.0,
        position_value=size.units * entry * shares,
        limits={name: None if count is None else _lots_to_units(count, lot) for name, count in size.limits},
    )


def _lots_to_units(count: int, lot: float) -> float:
    return count if lot == 1 else round(count * lot, 3)
