"""Partial exits: whole units closed at each target, and the blended R multiple."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from riskcalc.domain.validation import finite, finite_each, fraction, whole_count
from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from riskcalc.domain import ExitPlan

DUST = 1e-9
"""Tolerance for rounding in sums of fractions: 0.1 + 0.2 of 10 units is 3 units."""


def exit_units(*, units: int, fractions: Sequence[float]) -> tuple[int, ...]:
    """Return the whole units to close at each target.

    The units closed up to each target are the nearest whole number to the fractions summed so far, a half
    rounded up: risk comes off early, no sum is ever more than half a unit from its share, and fractions
    that sum to 1 close every unit.

    Parameters
    ----------
    units : int
        Units held, >= 1.
    fractions : sequence of float
        Share of the position to close at each target, nearest target first, each in (0, 1], summing to at
        most 1.

    Returns
    -------
    tuple of int
        One count per target, each >= 0; what they leave of `units` stays open.

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range, or the fractions sum to more than 1.

    Examples
    --------
    >>> exit_units(units=3, fractions=(0.5, 0.5))
    (2, 1)
    >>> exit_units(units=1, fractions=(0.5, 0.5))
    (1, 0)
    """
    counts = whole_count("units", units)
    shares = [
        fraction(f"fractions[{k}]", share) for k, share in enumerate(finite_each("fractions", fractions))
    ]
    if math.fsum(shares) > 1 + DUST:
        raise InvalidInputError(f"exit fractions must sum to at most 1, got {math.fsum(shares):g}")
    return _nearest_units(counts, _running_sums(shares))


def closed_fractions(exits: ExitPlan, *, units: int) -> tuple[float, ...]:
    """Return the fraction of the position closed at each target in whole units; as planned for no units."""
    return closed_fractions_by_units(exits, (units,))[units]


def closed_fractions_by_units(exits: ExitPlan, counts: Iterable[int]) -> dict[int, tuple[float, ...]]:
    """Return `closed_fractions` of several positions, by their units; the plan's targets are summed once."""
    fractions = tuple(target.fraction for target in exits.targets)
    sums = _running_sums(fractions)
    return {
        units: tuple(count / units for count in _nearest_units(units, sums)) if units else fractions
        for units in counts
    }


def _running_sums(shares: Sequence[float]) -> list[float]:
    """Sums of the first shares, from none to all."""
    return [math.fsum(shares[:count]) for count in range(len(shares) + 1)]


def _nearest_units(units: int, sums: Sequence[float]) -> tuple[int, ...]:
    """Whole units closed at each target, from the share of the position that is closed up to it."""
    closed = [min(math.floor(units * done + 0.5 + DUST), units) for done in sums]
    return tuple(now - before for before, now in pairwise(closed))


def blended_r(
    *, units: int, r_multiples: Sequence[float], fractions: Sequence[float], rest_r: float = 0.0
) -> float:
    """Return the R multiple of a position that is closed in parts.

    Parameters
    ----------
    units : int
        Units held, >= 1.
    r_multiples : sequence of float
        Result of one unit at each target [R], nearest target first.
    fractions : sequence of float
        Share of the position to close there, rounded to whole units by `exit_units`.
    rest_r : float
        Result of the units that no target closes [R]; 0 leaves them at the entry price.

    Returns
    -------
    float
        Mean R over all units.

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range, or the two sequences differ in length.

    Examples
    --------
    Half at 1 R and half at 4 R of three units is two and one:

    >>> blended_r(units=3, r_multiples=(1, 4), fractions=(0.5, 0.5))
    2.0
    """
    r_multiples = finite_each("r_multiples", r_multiples)
    fractions = finite_each("fractions", fractions)
    if len(r_multiples) != len(fractions):
        raise InvalidInputError(
            f"r_multiples and fractions must be of one length, got {len(r_multiples)} and {len(fractions)}"
        )
    closed = exit_units(units=units, fractions=fractions)
    rest = (units - sum(closed)) * finite("rest_r", rest_r)
    results = (count * r for count, r in zip(closed, r_multiples, strict=True))
    return (math.fsum(results) + rest) / units
