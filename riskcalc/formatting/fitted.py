"""Texts for columns of a fixed width: of several spellings the longest that fits."""

from __future__ import annotations

import math

from riskcalc.formatting.numbers import MISSING

Spellings = tuple[str, ...]
"""One number said at several lengths, the most exact first."""


def fit(spellings: Spellings, width: int) -> str:
    """The first spelling that fits a width; a cut number would be a wrong one, so none fits as ``#``.

    Examples
    --------
    >>> fit(("-12,036.03", "-12,036"), 8), fit(("unlimited", "no limit"), 8), fit(("12,036",), 4)
    ('-12,036', 'no limit', '####')
    """
    return next((text for text in spellings if len(text) <= width), "#" * width)


def cut(text: str, width: int) -> str:
    """Words cut to a width, the cut marked.

    Examples
    --------
    >>> cut("all units", 9), cut("all units", 6), cut("all units", 0)
    ('all units', 'all u…', '')
    """
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…" if width > 0 else ""


def dollars(amount: float | None, *, signed: bool = False) -> Spellings:
    """Dollars without their sign of currency, to the cent and shorter.

    Examples
    --------
    >>> dollars(-12_036.03)
    ('-12,036.03', '-12,036', '-12k', '-0.01m', '-1e+04')
    >>> dollars(20, signed=True)[0], dollars(math.inf)[0], dollars(None)
    ('+20.00', 'unlimited', ('-',))
    """
    if amount is None:
        return (MISSING,)
    if math.isinf(amount):
        return ("unlimited", "no limit", "no cap")
    plus = "+" if signed and round(amount, 2) else ""
    exact = round(amount, 2) + 0.0
    return (
        f"{exact:{plus},.2f}",
        f"{round(amount) + 0.0:{plus},.0f}",
        f"{amount / 1e3:{plus},.0f}k",
        f"{amount / 1e6:{plus},.2f}m",
        f"{amount:{plus}.0e}",
    )


def pnl(amount: float | None) -> Spellings:
    """Dollars won or lost: the sign is always there."""
    return dollars(amount, signed=True)


def share(fraction: float | None) -> Spellings:
    """Fraction as per cent, to a tenth."""
    return (MISSING,) if fraction is None else (f"{100 * fraction:.1f}%", f"{100 * fraction:.0f}%")


def points(fraction: float | None) -> Spellings:
    """Difference of two fractions, in points."""
    return (MISSING,) if fraction is None else (f"{100 * fraction:+.1f}pt", f"{100 * fraction:+.0f}pt")


def plain(value: float | None, *, digits: int = 2, signed: bool = False) -> Spellings:
    """Number to some digits and fewer, down to an order of magnitude."""
    if value is None:
        return (MISSING,)
    # A sign before nothing would contradict the figure that was rounded away.
    rounded = ((round(value, places) + 0.0, places) for places in range(digits, -1, -1))
    fewer = (f"{short:{'+' if signed and short else ''},.{places}f}" for short, places in rounded)
    return (*fewer, f"{value:{'+' if signed else ''}.0e}")
