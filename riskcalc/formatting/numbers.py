"""Formatting of numbers for readers."""

from __future__ import annotations

import math

MISSING = "-"

CENTS_BELOW = 100.0
"""1R below which P&L is shown in cents [dollars]."""


def money(amount: float | None, *, signed: bool = False) -> str:
    """Dollars and cents, grouped.

    Parameters
    ----------
    amount : float or None
        [dollars]; None is shown as a dash, infinity as "unlimited".
    signed : bool
        Show the sign of gains too.

    Examples
    --------
    >>> money(1234.5), money(-3.014), money(20, signed=True), money(math.inf), money(None)
    ('$1,234.50', '-$3.01', '+$20.00', 'unlimited', '-')
    """
    if amount is None:
        return MISSING
    if math.isinf(amount):
        return "unlimited"
    rounded = round(amount, 2)
    sign = "-" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}${abs(rounded):,.2f}"


def whole_money(amount: float | None, *, one_r: float = math.inf) -> str:
    """Signed dollars for a table, grouped: whole ones, and cents where 1R is small.

    Parameters
    ----------
    amount : float or None
        [dollars]
    one_r : float
        Planned loss of what the table is about [dollars]; below 100 dollars cents are shown.

    Examples
    --------
    >>> whole_money(1234.4), whole_money(-59.2), whole_money(0.2), whole_money(-0.96, one_r=0.96)
    ('+1,234', '-59', '0', '-0.96')
    """
    if amount is None:
        return MISSING
    if math.isinf(amount):
        return "unlimited"
    digits = cents_of(one_r)
    rounded = round(amount, digits)
    return f"{rounded:+,.{digits}f}" if rounded else "0"


def cents_of(one_r: float) -> int:
    """Return the decimals that P&L beside a planned loss needs: 2 below 100 dollars, else 0."""
    return 2 if one_r < CENTS_BELOW else 0


def percent(fraction: float | None, *, digits: int = 2, signed: bool = False) -> str:
    """Fraction as percent.

    Examples
    --------
    >>> percent(0.00986), percent(-0.06, digits=0, signed=True), percent(None)
    ('0.99%', '-6%', '-')
    """
    if fraction is None:
        return MISSING
    return f"{100 * fraction:{'+' if signed else ''}.{digits}f}%"


def number(value: float | None, *, digits: int = 2) -> str:
    """Plain number with grouped thousands."""
    if value is None:
        return MISSING
    if math.isinf(value):
        return "unlimited"
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def price(value: float | None) -> str:
    """Price of a share or a strike [dollars], without a currency sign."""
    return number(value)


def r_multiple(value: float | None) -> str:
    """P&L in units of the planned loss: ``+1.52R``."""
    return MISSING if value is None else f"{round(value, 2) + 0.0:+.2f}R"


def count(units: int, noun: str) -> str:
    """Number with its noun in the right form.

    Examples
    --------
    >>> count(1, "unit"), count(2, "share"), count(0, "unit")
    ('1 unit', '2 shares', '0 units')
    """
    return f"{units:,} {noun}{'' if units == 1 else 's'}"
