"""How many units an account carries, for many trades at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskcalc.domain import Account, ExitPlan
from riskcalc.sizing import exit_units
from riskcalc.sizing.limit import SLACK

Floats = NDArray[np.float64]


def units_within_limits(
    *, account: Account, risk: Floats, cost_per_trade: float, capital: Floats, market_value: Floats
) -> NDArray[np.int64]:
    """Whole units under all limits of an account: `riskcalc.sizing.size_within_limits`, array by array.

    Parameters
    ----------
    account : Account
        Equity, buying power, heat and limits.
    risk : ndarray
        Planned loss of one unit with its costs [dollars], > 0.
    cost_per_trade : float
        Round-trip costs paid once [dollars], >= 0.
    capital : ndarray
        Buying power one unit ties up [dollars], >= 0.
    market_value : ndarray
        Of one unit, without sign [dollars], >= 0.

    Examples
    --------
    >>> one, two, three = (np.array([part]) for part in (240.0, 200.0, 200.0))
    >>> account = Account(equity=100_000, open_risk=5_500)
    >>> units_within_limits(account=account, risk=one, cost_per_trade=0.0, capital=two, market_value=three)
    array([2])
    """
    largest = account.equity * account.limits.max_position_fraction
    allowed = [
        _fitting(account.risk_budget, risk, fixed=cost_per_trade),
        _fitting(account.heat_left, risk, fixed=cost_per_trade),
        _fitting(account.free_buying_power, capital),
        _fitting(largest, market_value),
    ]
    fewest: Floats = np.minimum.reduce(allowed)
    return fewest.astype(np.int64)


def _fitting(available: float, per_unit: Floats, *, fixed: float = 0.0) -> Floats:
    """Whole units that fit, rounded down but for rounding; inf where nothing binds."""
    with np.errstate(divide="ignore"):
        units = np.maximum(np.floor((available - fixed) / per_unit), 0.0)
    one_more: Floats = units + (fixed + (units + 1) * per_unit <= available * (1 + SLACK))
    return one_more


def closed_fractions(exits: ExitPlan, *, units: int) -> tuple[float, ...]:
    """Part of the position closed at each target, in whole units; as planned when there are none."""
    fractions = tuple(target.fraction for target in exits.targets)
    if not units or not fractions:
        return fractions
    return tuple(count / units for count in exit_units(units=units, fractions=fractions))
