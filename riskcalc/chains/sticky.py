"""A smile that moves with the spot, and the vols of a trade's legs with it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from riskcalc.chains.array_types import Floats
from riskcalc.domain import SmileAt, Sticky
from riskcalc.domain.serialization import to_plain

LEAST_SPOT = 1e-3
"""Part of the starting spot below which the smile moves no further: there it has no end of strikes."""


class Vols(Protocol):
    """A smile: see `riskcalc.chains.Smile.vol`."""

    def vol(self, strike: ArrayLike, *, expiry: dt.date, spot: ArrayLike, sticky: Sticky) -> Floats:
        """Volatility at strikes once the spot has moved."""

    def at(self, strike: ArrayLike, *, expiry: dt.date, spot: float, sticky: Sticky) -> SmileAt:
        """Volatility at strikes, its slope, and the forward's growth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StickySmile:
    """A fitted smile under one rule: a `Quote.smile`, by which plans and stresses reprice.

    A leg keeps the distance of its own vol from the smile, so that at the starting spot it is worth what it
    was entered at.

    References
    ----------
    E. Derman, "Regimes of Volatility", Goldman Sachs Quantitative Strategies Research Notes, April 1999: the
    sticky-strike and sticky-moneyness ("sticky delta") rules.
    """

    smile: Vols
    rule: Sticky
    shift: float = 0.0
    """Added to all vols since the quotes, as by a trader who tunes them: 0.01 is a point."""

    def change(self, strike: ArrayLike, *, expiry: dt.date, start: float, spot: ArrayLike) -> Floats:
        """Change of the vol at strikes when the spot goes from one place to another.

        Parameters
        ----------
        strike : array_like
            [dollars], > 0.
        expiry : date
            An expiry with a curve.
        start : float
            Spot at which a leg has its own vol [dollars].
        spot : array_like
            Where the spot goes [dollars], >= 0; broadcasts against the strikes.

        Returns
        -------
        ndarray
            Per sqrt(year), of the broadcast shape; 0 under the sticky-strike rule.

        Raises
        ------
        ChainError
            The expiry has no smile.
        """
        there = np.maximum(np.asarray(spot, dtype=np.float64), LEAST_SPOT * start)
        before, after = (
            self.smile.vol(strike, expiry=expiry, spot=place, sticky=self.rule) for place in (start, there)
        )
        change: Floats = after - before
        return change

    def at(self, strike: ArrayLike, *, expiry: dt.date, spot: float) -> SmileAt:
        """Vols at strikes with the spot at `spot`, how they slope there, and the forward's growth.

        Raises
        ------
        ChainError
            The expiry has no smile.
        """
        found = self.smile.at(strike, expiry=expiry, spot=spot, sticky=self.rule)
        return found._replace(vol=np.maximum(found.vol + self.shift, 0.0))

    def shifted(self, change: float) -> StickySmile:
        """Return the smile with all vols changed by as much: 0.01 is a point; none falls below 0."""
        return dataclasses.replace(self, shift=self.shift + change)


@to_plain.register
def _(value: StickySmile) -> str:
    return f"sticky {value.rule}"
