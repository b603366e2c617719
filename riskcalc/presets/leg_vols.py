"""The legs' own vols move with the quote's by as many points, so that the skew stays."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable
from typing import TypeVar

from riskcalc.domain import OptionLeg, ShareLeg
from riskcalc.presets.template import OptionTemplate

AnyLeg = TypeVar("AnyLeg", bound=OptionLeg | OptionTemplate | ShareLeg)


def with_vols_moved(
    legs: Iterable[AnyLeg], shift: float, *, stated: Container[int] = ()
) -> tuple[AnyLeg, ...]:
    """Return the legs of a trade after all implied vols moved in parallel.

    Parameters
    ----------
    legs : iterable
        Legs of a trade, or of a preset.
    shift : float
        How far the quote's vol moved: 0.10 is ten points.
    stated : container of int
        Places of legs whose vol was set in the same breath; these keep it.

    Returns
    -------
    tuple
        A leg that states a vol has it moved, never below 0. A premium it states is what was paid and stays; a
        leg without a vol has none to move: it is solved from the premium, else it is the quote's.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import call_spread
    >>> trade = call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18),
    ...                     long_vol=0.20, short_vol=0.17)
    >>> [leg.vol for leg in with_vols_moved(trade.legs, 0.10)]
    [0.3, 0.27]
    """
    return tuple(leg if place in stated else _moved(leg, shift) for place, leg in enumerate(legs))


def _moved(leg: AnyLeg, shift: float) -> AnyLeg:
    if isinstance(leg, ShareLeg) or leg.vol is None:
        return leg
    return dataclasses.replace(leg, vol=max(round(leg.vol + shift, 12), 0.0))
