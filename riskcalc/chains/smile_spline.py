"""A spline on SVI that takes a smile into quotes that are cents wide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from riskcalc.chains.array_types import Floats
from riskcalc.chains.smile_curve import CUBIC, SmileCurve, spline_bases
from riskcalc.chains.smile_quotes import Jet, SmileQuotes, Watch, contradicted, trusted
from riskcalc.chains.smile_solver import MARGINS, Model, solved

ROUGHNESS = 1.0
REWEIGHTINGS, HALVINGS = 4, 20


def with_spline(quotes: SmileQuotes, plain: SmileCurve, watch: Watch, checked: Watch) -> SmileCurve:
    """The curve with the spline that takes it into the quotes, as smooth as that allows."""
    knots, unit = quotes.knots, quotes.deviation**2
    count = len(knots) - CUBIC - 1

    def model_at(k: Floats) -> Callable[[Floats], tuple[Jet, Jet]]:
        value, slope, curvature = (unit * basis for basis in spline_bases(knots, k))
        base = plain.jet(k)

        def at(weights: Floats) -> tuple[Jet, Jet]:
            jet = (base[0] + value @ weights, base[1] + slope @ weights, base[2] + curvature @ weights)
            return jet, (value, slope, curvature)

        return at

    bends = ROUGHNESS * np.diff(np.eye(count), 2, axis=0)
    model = Model(model_at(quotes.k), model_at(watch.k), bends)
    at_checked, weights = model_at(checked.k), np.zeros(count)
    first = trusted(contradicted(quotes))
    for margin in MARGINS:
        for turn in range(REWEIGHTINGS):
            trust = trusted(quotes.misfit(model.at_quotes(weights)[0][0])[0])
            # SVI may be as far from good quotes as a stale one is: their neighbors tell them apart.
            trust = trust if turn else np.minimum(trust, first)
            weights = solved(model, quotes, watch, weights, trust=trust, margin=margin).x
        if checked.margins(at_checked(weights)[0]).min() >= 0:
            break
    share = _largest_share(lambda share: float(checked.margins(at_checked(share * weights)[0]).min()))
    return replace(plain, knots=knots, weights=tuple(float(share * unit * weight) for weight in weights))


def _largest_share(least_margin: Callable[[float], float]) -> float:
    """The largest part of the spline that brings no arbitrage; all of it where even none does."""
    if least_margin(1.0) >= 0 or least_margin(0.0) < 0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if least_margin(middle) >= 0 else (low, middle)
    return low
