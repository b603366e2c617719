"""Kelly fractions, growth rates, drawdown probability, optimal f, and risk of ruin.

An input that is NaN or outside the range its docstring states raises `InvalidInputError`.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from fractions import Fraction

from riskcalc.domain.validation import finite, finite_each, fraction, non_negative, positive, probability
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

FINEST = 100
"""Largest denominator of a payoff: hundredths are exact."""

ROUNDING = 1e-12
"""Tolerance for rounding of edge and capital."""

MOST_UNITS = 1e12
"""Maximum capital in units; more counts as this much, which only overstates ruin."""

MOST_STEPS = 100
"""Steps of Newton to a complex root: it takes less than ten."""

LAST_STEP = 1e-15
"""Step from which the root is exact: smaller ones are rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimalF:
    """Optimal fraction, and its result over the given trades."""

    fraction: float
    """Share of equity that the largest loss would have taken, in [0, 1)."""
    terminal_wealth: float
    """Equity after all trades over equity before them."""
    geometric_mean: float
    """Growth factor per trade."""
    dollars_per_unit: float
    """Equity per unit traded, in the unit of the trades; inf when nothing should be traded."""


def kelly_fraction(*, win_probability: float, win: float, loss: float = 1.0) -> float:
    """Return the fraction of equity to stake on a bet for the fastest growth.

    Parameters
    ----------
    win_probability : float
        Probability to win, in [0, 1].
    win : float
        Gain per dollar staked, > 0.
    loss : float
        Loss per dollar staked, > 0; 1 loses the stake.

    Returns
    -------
    float
        p / loss - (1 - p) / win; negative means no bet. Stakes are dollars put up: where a stop cuts the
        loss to a tenth of the price, `loss` is 0.1 and the fraction may exceed 1.

    References
    ----------
    E. Thorp, "The Kelly criterion in blackjack, sports betting and the stock market" (2006), section 2.

    Examples
    --------
    >>> round(kelly_fraction(win_probability=0.4, win=2), 12)
    0.1
    """
    chance = probability("win_probability", win_probability)
    return chance / positive("loss", loss) - (1 - chance) / positive("win", win)


def growth_rate(*, staked: float, win_probability: float, win: float, loss: float = 1.0) -> float:
    """Return the expected growth of log equity per bet.

    Parameters
    ----------
    staked : float
        Fraction of equity staked, >= 0.
    win_probability, win, loss : float
        As in `kelly_fraction`.

    Returns
    -------
    float
        p ln(1 + staked win) + (1 - p) ln(1 - staked loss); -inf where one loss can take everything.

    Examples
    --------
    >>> round(growth_rate(staked=0.1, win_probability=0.55, win=1), 6)
    0.005008
    """
    chance = probability("win_probability", win_probability)
    part = non_negative("staked", staked)
    gain, lost = part * positive("win", win), part * positive("loss", loss)
    if chance == 1:
        return math.log1p(gain)
    if lost >= 1:
        return -math.inf
    return chance * math.log1p(gain) + (1 - chance) * math.log1p(-lost)


def continuous_kelly(*, drift: float, rate: float, vol: float) -> float:
    """Return the fraction of equity to hold in an asset that moves continuously, for the fastest growth.

    Parameters
    ----------
    drift : float
        Expected return of the asset, per year.
    rate : float
        Rate at which the rest is lent, or the excess borrowed, per year.
    vol : float
        Volatility of the asset, per sqrt(year), > 0.

    Returns
    -------
    float
        (drift - rate) / vol^2; above 1 is leverage, negative is short.

    References
    ----------
    E. Thorp (2006), section 7.1.

    Examples
    --------
    >>> round(continuous_kelly(drift=0.11, rate=0.06, vol=0.15), 2)
    2.22
    """
    excess = finite("drift", drift) - finite("rate", rate)
    return excess / positive("vol", vol) / vol


def continuous_growth_rate(*, held: float, drift: float, rate: float, vol: float) -> float:
    """Return the growth of log equity per year with a constant fraction held in the asset.

    Parameters
    ----------
    held : float
        Fraction of equity held in the asset; above 1 is leverage, negative is short.
    drift, rate, vol : float
        As in `continuous_kelly`; `vol` may be 0.

    Returns
    -------
    float
        rate + held (drift - rate) - (held vol)^2 / 2.

    Examples
    --------
    >>> round(continuous_growth_rate(held=20 / 9, drift=0.11, rate=0.06, vol=0.15), 4)
    0.1156
    """
    share = finite("held", held)
    excess = finite("drift", drift) - finite("rate", rate)
    deviation = share * non_negative("vol", vol)
    return rate + share * excess - deviation * deviation / 2


def prob_drawdown(*, fraction_left: float, kelly_multiple: float) -> float:
    """Return the probability that equity ever falls to a fraction of its start at a multiple of Kelly.

    Parameters
    ----------
    fraction_left : float
        Equity at the bottom over equity at the start, in (0, 1].
    kelly_multiple : float
        Bet over the Kelly bet, > 0; 0.5 is half Kelly.

    Returns
    -------
    float
        fraction_left^(2 / kelly_multiple - 1), for continuous betting without end; 1 from twice Kelly on.

    References
    ----------
    E. Thorp (2006), section 7.

    Examples
    --------
    >>> prob_drawdown(fraction_left=0.5, kelly_multiple=0.5)
    0.125
    """
    power = max(2 / positive("kelly_multiple", kelly_multiple) - 1, 0.0)
    return float(fraction("fraction_left", fraction_left) ** power)


def optimal_f(trades: Sequence[float]) -> OptimalF:
    """Return the fraction f that maximizes the product of 1 + f trade / largest loss.

    Growth is what it maximizes, with no regard to drawdown: it is an upper bound on size, not advice.

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


def risk_of_ruin(*, win_probability: float, payoff_ratio: float, units_of_capital: float) -> float:
    """Return the probability that repeated bets of one unit ever take the capital to zero or below.

    Parameters
    ----------
    win_probability : float
        Probability to win a bet, in [0, 1].
    payoff_ratio : float
        Units won per unit lost, >= 0.01. It is taken to the nearest fraction with a denominator of at most
        100, so payoffs in whole numbers, halves or hundredths are exact.
    units_of_capital : float
        Capital over the loss of one bet, > 0: 50 when 2% of the starting equity is risked each time.

    Returns
    -------
    float
        In [0, 1]; exactly 1 without an edge.

    Notes
    -----
    With a payoff of a/d, capital moves on a lattice of 1/d units: up a steps, or down d. The probability R(m)
    of ruin from m steps solves R(m) = p R(m + a) + q R(m - d), is 1 at m = 0, -1, ..., 1 - d and fades for
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
    for _ in range(MOST_STEPS):
        rest = 1 - win * root**gain
        mapped = start * rest ** (-1 / loss)
        slope = mapped * win * gain * root ** (gain - 1) / (loss * rest)
        step: complex = (mapped - root) / (1 - slope)
        root += step
        if abs(step) <= LAST_STEP:
            return root
    raise InvalidInputError(
        f"risk of ruin has no solution for win_probability {win:g} and payoff_ratio {gain}/{loss}: "
        f"the last of {MOST_STEPS} steps was {abs(step):.1g}"
    )
