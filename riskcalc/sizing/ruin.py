"""Risk of ruin: the chance that fixed bets ever use the capital up."""

from __future__ import annotations

import cmath
import math
from fractions import Fraction

from riskcalc.domain.validation import positive, probability
from riskcalc.errors import InvalidInputError

FINEST = 100
"""Largest denominator of a payoff: hundredths are exact."""

ROUNDING = 1e-12
"""An edge this small is none, and a capital this close to a step is on it."""

MOST_UNITS = 1e12
"""More capital is counted as this much, which only overstates ruin."""


def risk_of_ruin(*, win_probability: float, payoff_ratio: float, units_of_capital: float) -> float:
    """Return the chance that repeated bets of one unit ever take the capital to zero or below.

    Parameters
    ----------
    win_probability : float
        Chance to win a bet, in [0, 1].
    payoff_ratio : float
        Units won per unit lost, >= 0.01. It is taken to the nearest fraction with a denominator of at most
        100, so payoffs in whole numbers, halves or hundredths are exact.
    units_of_capital : float
        Capital over the loss of one bet, > 0: 50 when 2 % of the starting equity is risked each time.

    Returns
    -------
    float
        In [0, 1]; exactly 1 without an edge.

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range.

    Notes
    -----
    With a payoff of a/d, capital moves on a lattice of 1/d units: up a steps, or down d. The chance R(m) of
    ruin from m steps solves R(m) = p R(m + a) + q R(m - d), is 1 at m = 0, -1, ..., 1 - d and fades for
    large m, hence is a sum of z^m over the d roots of p z^(a + d) - z^d + q inside the unit circle. Its
    weights are Lagrange's: the sum is exact, overshoot included. A whole payoff has one root and
    R = z^units; for other payoffs that power is only an upper bound.

    References
    ----------
    W. Feller, An Introduction to Probability Theory and Its Applications I, chapter XIV.

    Examples
    --------
    >>> f"{risk_of_ruin(win_probability=0.5, payoff_ratio=3, units_of_capital=10):.3%}"
    '0.226%'
    >>> risk_of_ruin(win_probability=0.5, payoff_ratio=1, units_of_capital=1000)
    1.0
    """
    win = probability("win_probability", win_probability)
    gain, loss = _lattice(positive("payoff_ratio", payoff_ratio))
    capital = min(positive("units_of_capital", units_of_capital), MOST_UNITS)
    if win * (gain + loss) <= loss * (1 + ROUNDING):
        return 1.0
    if win == 1:
        return 0.0
    steps = math.ceil(capital * loss * (1 - ROUNDING))
    return _ruin_from(steps, _inner_roots(win, gain, loss))


def _lattice(payoff_ratio: float) -> tuple[int, int]:
    """Steps up and down per bet."""
    payoff = Fraction(payoff_ratio).limit_denominator(FINEST)
    if not payoff:
        raise InvalidInputError(f"payoff_ratio must be at least {1 / FINEST:g}, got {payoff_ratio:g}")
    return payoff.numerator, payoff.denominator


def _ruin_from(steps: int, roots: list[complex]) -> float:
    total = 0j
    for root in roots:
        others = [other for other in roots if other is not root]
        weight = math.prod(((1 - other) / (root - other) for other in others), start=1 + 0j)
        total += weight * root ** (steps + len(others))
    return min(max(total.real, 0.0), 1.0)


def _inner_roots(win: float, gain: int, loss: int) -> list[complex]:
    """Solve p z^(gain + loss) - z^loss + q = 0 inside the unit circle: one root per loss-th root of 1."""
    turns = (cmath.exp(2j * math.pi * turn / loss) for turn in range(1, loss))
    return [_real_root(win, gain, loss), *(_branch_root(win, gain, loss, turn) for turn in turns)]


def _real_root(win: float, gain: int, loss: int) -> complex:
    """Halve onto t with z = exp(-t / loss), which keeps its digits where a small edge puts z next to 1."""
    low, high = 0.0, -math.log1p(-win)
    ratio = (gain + loss) / loss
    while low < (middle := (low + high) / 2) < high:
        inside = math.expm1(-middle) > win * math.expm1(-ratio * middle)
        low, high = (middle, high) if inside else (low, middle)
    return complex(math.exp(-low / loss))


def _branch_root(win: float, gain: int, loss: int, turn: complex) -> complex:
    """Newton's steps on z = turn (q / (1 - p z^gain))^(1 / loss).

    The series of the right side is bounded by that of the real root's, whose steps from 0 only ever rise
    toward that root: so these converge too, and stay inside its circle.
    """
    start = turn * (1 - win) ** (1 / loss)
    root = 0j
    for _ in range(100):
        rest = 1 - win * root**gain
        mapped = start * rest ** (-1 / loss)
        slope = mapped * win * gain * root ** (gain - 1) / (loss * rest)
        step = (mapped - root) / (1 - slope)
        root += step
        if abs(step) <= 4e-16:
            break
    return root
