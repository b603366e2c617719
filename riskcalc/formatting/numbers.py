"""Numbers as text: one format for each kind of number, in full for tables and shorter for narrow columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from riskcalc.records import dataclass, replace

MISSING = "-"

THOUSANDS_FROM = 500.0
"""Smallest number that is not nothing when rounded to thousands."""

CENTS_BELOW = 100.0
"""1R below which P&L is shown in cents [dollars]."""

Variants = tuple[str, ...]
"""One text at several lengths, the longest first."""

UNLIMITED: Variants = ("unlimited", "no limit", "no cap")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """How one kind of number is written; None is a dash, infinity a word, and zero has no sign.

    Examples
    --------
    >>> DOLLARS.text(-12_036.03), tuple(DOLLARS.variants(-12_036.03))
    ('-$12,036.03', ('-12,036.03', '-12,036', '-12k', '-0.01m', '-1e4'))
    >>> PERCENT.text(0.3549), PERCENT.change.text(0.021), PNL.text(math.inf)
    ('35.5%', '+2.1pt', 'unlimited')
    """

    digits: int = 2
    scale: float = 1.0
    """Factor for display: 100 for a percentage."""
    signed: bool = False
    """Whether a positive number has its sign."""
    currency: str = ""
    """Before the digits of the full text; in a panel the title names the unit."""
    noun: str = ""
    """Noun after the full text."""
    suffix: str = ""
    """After every text."""
    difference_suffix: str = ""
    """The same of a difference."""
    negative_suffix: str = ""
    """After the short texts of a negative number, in place of its sign."""
    words: Variants = ()
    """Names of the numbers 0, 1, ...: a verdict is a number only in order to be compared."""

    def text(self, value: float | None, *, bare: bool = False) -> str:
        """Return the full text, as in a table; bare: without the currency and noun that a heading names."""
        if bare or value is None or math.isinf(value):
            return next(self.variants(value))
        return self._at(value, self.digits, currency=self.currency) + self.noun

    def variants(self, value: float | None) -> Iterator[str]:
        """Yield texts without currency and noun, from the most exact to an order of magnitude."""
        if value is None:
            yield MISSING
        elif math.isinf(value):
            yield from UNLIMITED
        elif self.words:
            yield self.words[int(value)]
        elif self.negative_suffix and value < 0:
            positive = replace(self, negative_suffix="")
            yield from (f"{text}{self.negative_suffix}" for text in positive.variants(-value))
            yield from positive.variants(-value)
        else:
            yield from self._shorter(value)

    @property
    def change(self) -> NumberFormat:
        """The format of a difference between two such numbers."""
        suffix = self.difference_suffix or self.suffix
        return replace(self, signed=True, suffix=suffix, negative_suffix="")

    def _shorter(self, value: float) -> Iterator[str]:
        for digits in range(self.digits, -1, -1):
            # Tenths of a dollar are no amount of money.
            if not self.currency or digits in {self.digits, 0}:
                yield self._at(value, digits)
        amount = value * self.scale
        plus = "+" if self.signed and round(amount, self.digits) else ""
        if abs(amount) >= THOUSANDS_FROM:
            yield f"{amount / 1e3:{plus},.0f}k{self.suffix}"
        if self.currency:
            yield f"{amount / 1e6:{plus},.2f}m"
        magnitude = f"{amount:{plus}.0e}".replace("e+0", "e").replace("e+", "e")
        yield from dict.fromkeys((f"{magnitude}{self.suffix}", magnitude))

    def _at(self, value: float, digits: int, *, currency: str = "") -> str:
        """The number at some decimals: no sign before what rounds to nothing."""
        rounded = round(self.scale * value, digits) + 0.0
        sign = "-" if rounded < 0 else "+" if self.signed and rounded > 0 else ""
        return f"{sign}{currency}{abs(rounded):,.{digits}f}{self.suffix}"


DOLLARS = NumberFormat(currency="$")
PNL = NumberFormat(currency="$", signed=True)
WHOLE_PNL = NumberFormat(currency="$", signed=True, digits=0)
PLAIN = NumberFormat()
"""A price of a share or a strike, and any plain number."""
PERCENT = NumberFormat(digits=1, scale=100, suffix="%", difference_suffix="pt")
R_MULTIPLE = NumberFormat(signed=True, suffix="R")
"""P&L in units of the planned loss."""


def fit(variants: Iterable[str], width: int) -> str:
    """Return the first variant that fits a width; a cut number would be a wrong one, so none fits as ``#``.

    Examples
    --------
    >>> fit(("-12,036.03", "-12,036"), 8), fit(("unlimited", "no limit"), 8), fit(("12,036",), 4)
    ('-12,036', 'no limit', '####')
    """
    return next((text for text in variants if len(text) <= width), "#" * width)


def money(amount: float | None, *, signed: bool = False) -> str:
    """Return dollars and cents, grouped; with their sign if they are a P&L.

    Examples
    --------
    >>> money(1234.5), money(-3.014), money(20, signed=True), money(math.inf), money(None)
    ('$1,234.50', '-$3.01', '+$20.00', 'unlimited', '-')
    """
    return (PNL if signed else DOLLARS).text(amount)


def whole_money(amount: float | None, *, one_r: float = math.inf) -> str:
    """Return the P&L for a table, without the currency: whole dollars, and cents where one R is small.

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
    return pnl_format(one_r).text(amount, bare=True)


def pnl_format(one_r: float) -> NumberFormat:
    """Return the format of P&L beside a planned loss: cents below 100 dollars, else whole dollars."""
    return PNL if one_r < CENTS_BELOW else WHOLE_PNL


def percent(fraction: float | None, *, digits: int = 2, signed: bool = False) -> str:
    """Return a fraction as a percentage.

    Examples
    --------
    >>> percent(0.00986), percent(-0.06, digits=0, signed=True), percent(None)
    ('0.99%', '-6%', '-')
    """
    return replace(PERCENT, digits=digits, signed=signed).text(fraction)


def number(value: float | None, *, digits: int = 2, signed: bool = False) -> str:
    """Return a plain number with grouped thousands."""
    return NumberFormat(digits=digits, signed=signed).text(value)


def price(value: float | None) -> str:
    """Return the price of a share or a strike [dollars], without a currency sign."""
    return PLAIN.text(value)


def r_multiple(value: float | None) -> str:
    """Return P&L in units of the planned loss: ``+1.52R``."""
    return R_MULTIPLE.text(value)


def count(units: float, noun: str) -> str:
    """Return a number with its noun in the right form.

    Examples
    --------
    >>> count(1, "unit"), count(2, "share"), count(0, "unit"), count(0.5, "unit")
    ('1 unit', '2 shares', '0 units', '0.5 units')
    """
    return f"{units:,} {plural(units, noun)}"


def plural(units: float, noun: str) -> str:
    """Return a noun in the singular or plural of its number."""
    return noun if units == 1 else f"{noun}s"
