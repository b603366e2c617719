"""Optimal f: the fraction that would have grown a record of trades the most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from riskcalc.domain.ranges import finite_each
from riskcalc.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimalF:
    """The fraction, and what it would have done."""

    fraction: float
    """Share of equity that the largest loss would have taken, in [0, 1)."""
    terminal_wealth: float
    """Equity after all trades over equity before them."""
    geometric_mean: float
    """Growth factor per trade."""
    dollars_per_unit: float
    """Equity per unit traded, in the unit of the trades; inf when nothing should be traded."""


def optimal_f(trades: Sequence[float]) -> OptimalF:
    """Find the fraction f that maximises the product of 1 + f trade / largest loss.

    Growth is what it maximises, with no regard to drawdown: it is an upper bound on size, not advice.

    Parameters
    ----------
    trades : sequence of float
        Results of single units, in any unit; at least one is a loss.

    Returns
    -------
    OptimalF
        ``fraction`` is 0 when the trades do not sum to a gain.

    Raises
    ------
    InvalidInputError
        A result is not finite, or none is a loss.

    References
    ----------
    R. Vince, Portfolio Management Formulas (1990).

    Examples
    --------
    >>> best = optimal_f((9, 18, 7, 1, 10, -5, -3, -17, -7))
    >>> round(best.fraction, 2), round(best.geometric_mean, 4)
    (0.24, 1.0102)
    """
    trades = finite_each("trades", trades)
    largest_loss = -min(trades, default=0.0)
    if not largest_loss > 0:
        raise InvalidInputError(f"trades must hold at least one loss, got a smallest of {-largest_loss:g}")
    returns = [trade / largest_loss for trade in trades]
    best = _steepest_growth(returns)
    growth = math.fsum(math.log1p(best * gain) for gain in returns)
    return OptimalF(
        fraction=best,
        terminal_wealth=math.exp(growth),
        geometric_mean=math.exp(growth / len(returns)),
        dollars_per_unit=largest_loss / best if best else math.inf,
    )


def _steepest_growth(returns: Sequence[float]) -> float:
    """Halve [0, 1) onto the one zero of the slope of log growth, which falls in f to -inf at 1."""
    if math.fsum(returns) <= 0:
        return 0.0
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        slope = math.fsum(gain / (1 + middle * gain) for gain in returns)
        low, high = (middle, high) if slope > 0 else (low, middle)
    return low
