"""A position sized by its stop within every limit of an account, in whole units or fractions of a share."""

from __future__ import annotations

from dataclasses import dataclass

from riskcalc.domain.account import Account, RiskBasis
from riskcalc.domain.trade import Side
from riskcalc.domain.validation import flag, non_negative, positive, record
from riskcalc.sizing.account_limits import cost_per_trade, size_within_limits
from riskcalc.sizing.percent_risk import stop_distance

SMALLEST_PART = 0.001
"""Part of a share that brokers with fractional shares trade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSize:
    """How many units an account may hold by their stop."""

    units: float
    """Rounded down to whole units, or to `SMALLEST_PART`: that much more would break a limit."""
    risk: float
    """Planned loss of all units, costs included [dollars]."""
    risk_budget: float
    """[dollars]"""
    risk_fraction: float
    """Risk as a share of equity."""
    loss_per_unit: float
    """Loss of one unit at its stop, costs included [dollars]: one R."""
    binding_limit: str
    """The limit that stops the next unit."""
    reason: str
    """The binding limit in a sentence."""
    basis: str
    """Basis of the planned loss: ``stop``."""
    capital: float
    """Buying power all units use [dollars]."""
    position_value: float
    """Market value of all units [dollars]."""
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
    """Size a position by its stop, within the limits that a plan keeps.

    Parameters
    ----------
    account : Account
        Equity, buying power, heat, limits, and costs of which `commission_per_trade` is counted.
    entry : float
        Price paid, or received for a short position [dollars per share], > 0.
    stop : float
        Price that ends the trade [dollars per share], > 0: below `entry` for LONG, above it for SHORT.
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
        units=_parts(size.units, lot),
        risk=size.risk,
        risk_budget=size.risk_budget,
        risk_fraction=size.risk_fraction,
        loss_per_unit=loss,
        binding_limit=size.binding_limit,
        reason=size.reason,
        basis=RiskBasis.STOP.value,
        capital=size.capital or 0.0,
        position_value=size.units * entry * shares,
        limits={name: None if count is None else _parts(count, lot) for name, count in size.limits},
    )


def _parts(count: int, lot: float) -> float:
    return count if lot == 1 else round(count * lot, 3)
