"""One limit on a position: how many whole units it allows, and how it says so."""

from __future__ import annotations

import math
from dataclasses import dataclass

SLACK = 1e-12
"""Share of a limit that rounding may overstep: 0.29 x 100 / 29 is 0.9999..., yet one unit fits exactly."""

MOST_UNITS = 2**53
"""Beyond this a float no longer tells one unit more; a limit that allows as many does not bind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Dollars that are available, and what units take of them.

    Examples
    --------
    >>> budget = Limit(name="risk budget", verb="risk", noun="the budget is", available=1000, per_unit=300)
    >>> budget.units
    3
    >>> budget.reason(3)
    '3 units: 4 would risk $1,200.00, the budget is $1,000.00'
    """

    name: str
    verb: str
    """What units do to the limit, after "would": ``risk``."""
    noun: str
    """What the available dollars are, with its verb: ``the budget is``."""
    available: float
    """[dollars], >= 0"""
    per_unit: float
    """[dollars per unit], >= 0; inf never fits."""
    fixed: float = 0.0
    """Taken once, however many units [dollars], >= 0."""
    lot: float = 1
    """What a count stands for in words: 0.001 where thousandths of a unit are counted."""

    @property
    def units(self) -> int | None:
        """Whole units that fit, rounded down; None when the limit does not bind."""
        if self.per_unit == 0:
            return None if self._fits(1) else 0
        fitting = (self.available - self.fixed) / self.per_unit
        if fitting > MOST_UNITS:
            return None
        units = math.floor(fitting) if fitting > 0 else 0
        return units + 1 if self._fits(units + 1) else units

    def taken_by(self, units: int) -> float:
        """Dollars that units take; nothing for none."""
        return self.fixed + units * self.per_unit if units else 0.0

    def reason(self, units: int) -> str:
        """Say why not one unit more."""
        more = f"{self._said(units + 1)} would {self.verb}" if units else f"{self._least} {self.verb}s"
        count = f"{self._said(units)} {'unit' if units * self.lot == 1 else 'units'}"
        taken, available = _apart(self.taken_by(units + 1), self.available)
        return f"{count}: {more} {taken}, {self.noun} {available}"

    @property
    def _least(self) -> str:
        return "one unit" if self.lot == 1 else f"{self.lot:g} units"

    def _said(self, count: int) -> str:
        return f"{count}" if self.lot == 1 else f"{round(count * self.lot, 3):,}".removesuffix(".0")

    def _fits(self, units: int) -> bool:
        return self.taken_by(units) <= self.available * (1 + SLACK)


def _apart(taken: float, available: float) -> tuple[str, str]:
    """Two amounts of which the first is more, with the decimals that show it."""
    for digits in (2, 4, 6):
        texts = _dollars(taken, digits), _dollars(available, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _dollars(amount: float, digits: int) -> str:
    return f"${amount:,.{digits}f}" if math.isfinite(amount) else "an unlimited amount"
