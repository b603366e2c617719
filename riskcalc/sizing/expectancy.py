"""Expectancy of repeated trades, breakeven win rate, and drawdown of a losing streak.

An input that is NaN or outside the range its docstring states raises `InvalidInputError`.
"""

from __future__ import annotations

from riskcalc.domain.validation import fraction, positive, probability, whole_count


def break_even_win_rate(*, win: float, loss: float = 1.0) -> float:
    """Return the breakeven win rate.

    Parameters
    ----------
    win : float
        Gain of a winning trade [R, or any unit], > 0.
    loss : float
        Loss of a losing trade in the same unit, > 0.

    Returns
    -------
    float
        In (0, 1): loss / (win + loss).

    Examples
    --------
    >>> break_even_win_rate(win=3)
    0.25
    """
    lost = positive("loss", loss)
    return lost / (positive("win", win) + lost)


def expectancy(*, win_probability: float, win: float, loss: float = 1.0) -> float:
    """Return the mean result of a trade, in the unit of `win` and `loss`: with R in, R out.

    Parameters
    ----------
    win_probability : float
        Share of trades that win, in [0, 1].
    win : float
        Mean gain of a winning trade, > 0.
    loss : float
        Mean loss of a losing trade in the same unit, > 0.

    Returns
    -------
    float
        p win - (1 - p) loss; negative loses in the long run.

    References
    ----------
    V. Tharp, Trade Your Way to Financial Freedom: R-multiples and expectancy.

    Examples
    --------
    One trade in five wins 10 R, the others lose 1 R:

    >>> round(expectancy(win_probability=0.2, win=10), 12)
    1.2
    """
    chance = probability("win_probability", win_probability)
    return chance * positive("win", win) - (1 - chance) * positive("loss", loss)


def losing_streak_drawdown(*, risk_fraction: float, losses: int) -> float:
    """Return the drawdown after consecutive losses, each a fixed fraction of remaining equity.

    Parameters
    ----------
    risk_fraction : float
        Share of equity lost per trade, in (0, 1].
    losses : int
        Losing trades in a row, >= 1.

    Returns
    -------
    float
        In (0, 1]: 1 - (1 - risk_fraction)^losses.

    Examples
    --------
    >>> round(losing_streak_drawdown(risk_fraction=0.01, losses=5), 3)
    0.049
    """
    return float(1 - (1 - fraction("risk_fraction", risk_fraction)) ** whole_count("losses", losses))
