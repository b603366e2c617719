"""Where a smile is watched for arbitrage, and how far it is from any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskcalc.chains.array_types import Floats
from riskcalc.chains.smile_curve import SmileCurve
from riskcalc.chains.svi import butterfly, butterfly_derivatives

FARTHEST, FARTHEST_DEVIATIONS = 1.5, 12.0
"""Log-moneyness to which a smile is watched on either side, and deviations where those are more."""

LEAST_VARIANCE = 0.02
"""Total variance, as a part of that at the forward, below which no smile falls."""

BEYOND = 1.1
"""Part of its own range by which the closely watched one goes beyond quotes and spline."""

Jet = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watch:
    """Log-moneynesses at which an expiry must be free of arbitrage, by itself and beside its neighbours."""

    k: Floats
    unit: float
    """Total variance at the forward."""
    floor: Floats | None
    """Total variance of the expiry before, at each."""
    roof: Floats | None
    """The same of the expiry after."""

    @classmethod
    def between(cls, k: Floats, *, unit: float, floor: SmileCurve | None, roof: SmileCurve | None) -> Watch:
        """Watch one expiry at places, between two others."""
        below, above = (None if one is None else one.jet(k)[0] for one in (floor, roof))
        return cls(k=k, unit=unit, floor=below, roof=above)

    def margins(self, jet: Jet) -> Floats:
        """What is left to arbitrage, below 0 where there is one.

        Durrleman's g, then the variance above its least, then the distances to the neighbours as parts of
        their total variance.
        """
        variance, slope, curvature = jet
        least = LEAST_VARIANCE * self.unit
        left = [
            butterfly(self.k, np.maximum(variance, least), slope, curvature),
            variance / self.unit - LEAST_VARIANCE,
        ]
        if self.roof is not None:
            left.append(1 - variance / self.roof)
        if self.floor is not None:
            left.append(variance / self.floor - 1)
        return np.concatenate(left)

    def derivatives(self, jet: Jet, by: Jet) -> Floats:
        """Derivatives of `margins`, from those of the variance, its slope and its curvature."""
        variance = np.maximum(jet[0], LEAST_VARIANCE * self.unit)
        by_variance, by_slope, by_curvature = butterfly_derivatives(self.k, variance, jet[1])
        rows = [
            by_variance[:, None] * by[0] + by_slope[:, None] * by[1] + by_curvature * by[2],
            by[0] / self.unit,
        ]
        if self.roof is not None:
            rows.append(-by[0] / self.roof[:, None])
        if self.floor is not None:
            rows.append(by[0] / self.floor[:, None])
        return np.concatenate(rows)


def watched(spans: Sequence[tuple[float, float]], *, deviation: float, near: int, far: int) -> Floats:
    """Log-moneynesses to watch: closely over some ranges, ever more coarsely to far beyond them."""
    close = [BEYOND * np.linspace(low, high, near) for low, high in spans]
    end = max(
        FARTHEST, FARTHEST_DEVIATIONS * deviation, *(2 * BEYOND * abs(at) for span in spans for at in span)
    )
    # The last two tell which wing rises faster, and whether it does so too fast.
    wings = np.append(np.geomspace(deviation, end, far), [3 * end, 20 * end])
    return np.unique(np.concatenate([*close, wings, -wings]))
