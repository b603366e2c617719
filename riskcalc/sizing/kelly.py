"""Kelly fractions, growth rates, drawdown probability, and optimal f."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from riskcalc.domain.validation import finite, finite_each, fraction, non_negative, positive, probability
from riskcalc.errors import InvalidInputError


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
        Chance to win, in [0, 1].
    win : float
        Gain per dollar staked, > 0.
    loss : float
        Loss per dollar staked, > 0; 1 loses the stake.

    Returns
    -------
    float
        p / loss - (1 - p) / win; negative means no bet. Stakes are dollars put up: where a stop cuts the
        loss to a tenth of the price, `loss` is 0.1 and the fraction may exceed 1.

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range.

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

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range.

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

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range.

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

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range.

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
    """Return the chance that equity ever falls to a fraction of its start when betting a multiple of Kelly.

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

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range.

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
