"""Fit of one expiry's smile: robust least squares with a penalty on arbitrage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskcalc.chains.array_types import Floats
from riskcalc.chains.smile_curve import SmileCurve
from riskcalc.chains.smile_quotes import (
    FEWEST_PIECES,
    FEWEST_QUOTES,
    OUTLIER,
    ArbitrageGrid,
    SmileQuotes,
    arbitrage_points,
)
from riskcalc.chains.smile_spline import fit_spline
from riskcalc.chains.smile_svi import fit_svi

__all__ = ["FEWEST_PIECES", "FEWEST_QUOTES", "SmileQuotes", "check_points", "fit_curve"]

NEAR, FAR = 161, 48
"""Log-moneynesses at which the fit watches for arbitrage: over its range, and in each wing."""

NEAR_CHECKED, FAR_CHECKED = 1001, 400
"""The same once it is done."""

ALONE = (1.0, 100.0)
"""Weight of a quote that no spline reaches, in the fit of SVI; the second where the first misses many."""

MISSED = 0.1
"""Share of the quotes that may lie beyond the spline and be missed."""


def fit_curve(
    quotes: SmileQuotes, *, floor: SmileCurve | None = None, roof: SmileCurve | None = None
) -> SmileCurve:
    """Fit SVI, then a spline on it, to one expiry.

    Parameters
    ----------
    quotes : SmileQuotes
        At least `FEWEST_QUOTES`.
    floor, roof : SmileCurve, optional
        The expiries before and after: the total variance of this one is kept between theirs.

    Returns
    -------
    SmileCurve
        Free of arbitrage over a range far beyond its quotes wherever that can be had; `SmileFit` says so.
    """
    checked = _watch(quotes, floor, roof, near=NEAR_CHECKED, far=FAR_CHECKED)
    grid = _watch(quotes, floor, roof, near=NEAR, far=FAR)
    found: list[SmileCurve] = []
    for alone in ALONE:
        found.append(_fit_both(quotes, grid, checked, neighbors=(floor, roof), alone=alone))
        if not _missed_beyond_spline(quotes, found[-1]):
            break
    return min(found, key=lambda curve: _badness(quotes, checked, curve))


def _fit_both(
    quotes: SmileQuotes,
    grid: ArbitrageGrid,
    checked: ArbitrageGrid,
    *,
    neighbors: Sequence[SmileCurve | None],
    alone: float,
) -> SmileCurve:
    weights = np.where(quotes.beyond_spline, alone, 1.0)
    plain = SmileCurve(
        expiry=quotes.forward.expiry,
        years=quotes.forward.years,
        forward=quotes.forward.forward,
        svi=fit_svi(quotes, grid, checked, neighbors=neighbors, alone=weights),
        span=quotes.span,
    )
    return fit_spline(quotes, plain, grid, checked)


def _missed_beyond_spline(quotes: SmileQuotes, curve: SmileCurve) -> bool:
    missed = np.abs(quotes.misfit(curve.variance_terms(quotes.k)[0])[0]) > 1
    return float(np.mean(missed & quotes.beyond_spline)) > MISSED


def _badness(quotes: SmileQuotes, checked: ArbitrageGrid, curve: SmileCurve) -> tuple[bool, float]:
    """Whether there is arbitrage, then how far the curve is from the quotes."""
    misfit = quotes.misfit(curve.variance_terms(quotes.k)[0])[0]
    free = checked.margins(curve.variance_terms(checked.k)).min() >= 0
    return not free, float(np.log1p((misfit / OUTLIER) ** 2).sum())


def check_points(
    quotes: SmileQuotes, *neighbors: SmileCurve | None, near: int = NEAR_CHECKED, far: int = FAR_CHECKED
) -> Floats:
    """Log-moneynesses at which a smile is checked: its quotes and spline, its neighbors', and far beyond."""
    knots = quotes.knots
    spans = [quotes.span, (knots[0], knots[-1])]
    for one in neighbors:
        spans += [] if one is None else [one.span, *([(one.knots[0], one.knots[-1])] if one.knots else [])]
    return arbitrage_points(spans, deviation=quotes.deviation, near=near, far=far)


def _watch(
    quotes: SmileQuotes, floor: SmileCurve | None, roof: SmileCurve | None, *, near: int, far: int
) -> ArbitrageGrid:
    places = check_points(quotes, floor, roof, near=near, far=far)
    return ArbitrageGrid.between(places, unit=quotes.deviation**2, floor=floor, roof=roof)
