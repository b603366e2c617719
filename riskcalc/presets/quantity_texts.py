"""Fractions and changes written so that the readers of `quantities` find exactly them again."""

from __future__ import annotations

from decimal import Decimal

SMALLEST_WRITTEN_OUT = 1e-6
"""Smaller fractions are written with an exponent."""


def percent_text(fraction: float) -> str:
    """Write a fraction so that every reader here finds exactly it again.

    Examples
    --------
    >>> percent_text(0.06), percent_text(1.0), percent_text(0.165)
    ('6%', '100%', '16.5%')
    """
    return f"{_percent(fraction)}%"


def move_text(move: float) -> str:
    """Write a signed move: ``+10%``, ``ATM``.

    Examples
    --------
    >>> move_text(0.1), move_text(0.0)
    ('+10%', 'ATM')
    """
    if move == 0:
        return "ATM"
    text = percent_text(move)
    return f"+{text}" if move > 0 else text


def points_text(change: float) -> str | float:
    """Write a change of volatility: ``+3 points``.

    Examples
    --------
    >>> points_text(0.03)
    '+3 points'
    """
    if 0 < abs(change) < 1e-6:
        return change
    return f"{'+' if change > 0 else ''}{_percent(change)} points"


def _percent(fraction: float) -> str:
    # Adding 0.0 turns -0.0 into 0.0 and an integer or a numpy float into a plain one.
    scaled = (Decimal(repr(float(fraction) + 0.0)) * 100).normalize()
    # What is next to nothing would be a row of zeros.
    return f"{scaled:e}" if 0 < abs(fraction) < SMALLEST_WRITTEN_OUT else f"{scaled:f}"
