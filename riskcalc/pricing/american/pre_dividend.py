"""Calls and puts on the day before an ex-date: their values at quadrature nodes, and expectations of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.put_premium import PutTerms, european_put
from riskcalc.pricing.american.quadrature import SQRT_2PI, Nodes, ValueAndDerivatives, gaussian_means
from riskcalc.pricing.scipy_kernels import ndtr
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.arrays import FloatArray

MAX_LOG_SPOT = 300.0
"""Bound of a log-spot, which keeps extreme vols finite; a boundary there means no boundary."""
NEGLIGIBLE = 1e-9
"""Replaces a standard deviation of zero, and the least gain of exercise in strikes."""
RUIN_DEVIATIONS = 9.0
"""Distance from zero, in standard deviations, at which drops cannot take the whole spot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContract:
    """Terms of calls, one per row, and the dividends before all their expiries."""

    strike: FloatArray
    """Shape (contracts, 1) [dollars], > 0."""
    vol: FloatArray
    rate: FloatArray
    expiry: FloatArray
    """Shape (contracts, 1) [years], not before the last ex-date; all times count from one day 0."""
    dividend_times: FloatArray
    """Increasing, > 0 [years]."""
    dividend_amounts: FloatArray
    """All > 0 [dollars]."""

    def deviation(self, time: float | FloatArray) -> FloatArray:
        """Return the standard deviation of the log-spot over a time [years]."""
        return np.maximum(self.vol * np.sqrt(time), NEGLIGIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreDividendCall:
    """Value of calls on the day before an ex-date, as lines in the spot plus values at nodes.

    Above the exercise boundary the value is spot - strike. Below it the value is that of the nodes, plus
    spot - `hold_line_cost` above `hold_line_from`. Both thresholds are logs of the spot before the drop.
    """

    time: float
    """The ex-date [years from day 0]."""
    nodes: Nodes
    hold_line_from: FloatArray
    """Log-spot, shape (contracts, 1)."""
    hold_line_cost: FloatArray
    """[dollars], shape (contracts, 1)."""
    hold_line_cost_rho: FloatArray
    """Derivative of `hold_line_cost` in the rate."""
    exercise_boundary: FloatArray
    """Log-spot, shape (contracts, 1)."""
    converged: NDArray[np.bool_]
    """Whether this boundary and all later ones converged, shape (contracts, 1)."""


def call_expectation(
    contract: CallContract, pre_dividend: PreDividendCall, log_spot: FloatArray, *, now: float | FloatArray
) -> ValueAndDerivatives:
    """Return the discounted expectation of a pre-dividend call over the spot then, with its derivatives."""
    time = pre_dividend.time - now
    deviation = contract.deviation(time)
    center = log_spot + (contract.rate - contract.vol**2 / 2) * time
    discount = np.exp(-contract.rate * time)
    at_nodes = gaussian_means(pre_dividend.nodes, center, deviation)
    lines = _call_line_expectations(contract, pre_dividend, center, deviation)
    value, slope, curvature, vega, rho = discount * (at_nodes + lines)
    return ValueAndDerivatives(
        value=value,
        slope=slope,
        curvature=curvature,
        # For a lognormal spot the direct vega is vol x time x gamma, the direct rho time x delta.
        vega=vega + contract.vol * time * (curvature - slope),
        rho=rho + time * (slope - value),
    )


def _call_line_expectations(
    contract: CallContract, pre_dividend: PreDividendCall, center: FloatArray, deviation: FloatArray
) -> FloatArray:
    """Return expectations of the two lines, with the derivatives of `gaussian_means`.

    The lines jump by `step_up` where the hold line begins and by `-step_down` at the exercise boundary.
    """
    cost, cost_rho = pre_dividend.hold_line_cost, pre_dividend.hold_line_cost_rho
    hold_d2 = (center - pre_dividend.hold_line_from) / deviation
    exercise_d2 = (center - pre_dividend.exercise_boundary) / deviation
    asset = np.exp(center + deviation**2 / 2) * ndtr(hold_d2 + deviation)
    step_up = np.exp(pre_dividend.hold_line_from) - cost
    step_down = contract.strike - cost
    up, down = (np.exp(-(d2**2) / 2) / (SQRT_2PI * deviation) for d2 in (hold_d2, exercise_d2))
    above_hold, above_exercise = ndtr(hold_d2), ndtr(exercise_d2)
    curvature_up = (step_up + cost - step_up * hold_d2 / deviation) * up
    curvature_down = step_down * down * exercise_d2 / deviation
    return np.stack(
        [
            asset - cost * above_hold - step_down * above_exercise,
            asset + step_up * up - step_down * down,
            asset + curvature_up + curvature_down,
            np.zeros_like(asset),
            -cost_rho * (above_hold - above_exercise),
        ]
    )


def before_drop(log_spot: FloatArray, amount: float) -> FloatArray:
    """Return the log of the spot before a drop of that many dollars, from the log after it."""
    return np.log(np.exp(log_spot) + amount)


def after_drop(log_spot: FloatArray, amount: float) -> FloatArray:
    """Return the log of the spot after a drop of that many dollars, from the log before it."""
    return np.log(np.maximum(np.exp(log_spot) - amount, np.exp(-MAX_LOG_SPOT)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PreDividendPut:
    """Value of puts of strike 1 on the day before an ex-date, as a line in the spot plus values at nodes.

    Below `line_to` the value is `cash` - `share` x spot, above it that of the nodes. The spot is at least
    zero after a drop, so where drops take the whole spot the value is `zero_spot_value`, not the line. All
    but `nodes` and `resolved` have shape (puts, 1).
    """

    nodes: Nodes
    line_to: FloatArray
    """Log of the spot before the drop."""
    cash: FloatArray
    """Intercept of the line [strikes]: the strike received, plus the drops that the holder waits for."""
    cash_rho: FloatArray
    """Derivative of `cash` in the rate."""
    share: FloatArray
    """Minus the slope of the line: present value of one share delivered at exercise [shares]."""
    zero_spot_value: FloatArray
    """Value at a spot of zero [strikes]."""
    waits_for_later_drop: NDArray[np.bool_]
    """Whether a put deep in the money is held for a later drop too."""
    resolved: NDArray[np.bool_]
    """Whether the nodes are dense enough for their function, shape (puts,)."""


def put_expectation(
    terms: PutTerms, pre_dividend: PreDividendPut, log_spot: FloatArray, time: FloatArray
) -> ValueAndDerivatives:
    """Return the discounted expectation of a pre-dividend put over the spot then, with its derivatives.

    `time` is the time to the ex-date [years], shape (puts, points) or (puts, 1).
    """
    deviation = terms.vol * np.sqrt(time)
    center = log_spot + (terms.rate - terms.dividend_yield) * time - deviation**2 / 2
    at_nodes = gaussian_means(pre_dividend.nodes, center, deviation)
    line = _put_line_expectations(pre_dividend, center, deviation)
    value, slope, curvature, vega, rho = np.exp(-terms.rate * time) * (at_nodes + line)
    vega = vega + terms.vol * time * (curvature - slope)
    rho = rho + time * (terms.rate_step * (slope - value) - terms.yield_step * slope)
    expectation = ValueAndDerivatives(value=value, slope=slope, curvature=curvature, vega=vega, rho=rho)
    drops = (pre_dividend.cash - pre_dividend.zero_spot_value) / pre_dividend.share
    if log_spot.min() - np.log(drops).max() > RUIN_DEVIATIONS * deviation.max():
        return expectation
    return _subtract_ruin(terms, pre_dividend, expectation, log_spot, time)


def _put_line_expectations(
    pre_dividend: PreDividendPut, center: FloatArray, deviation: FloatArray
) -> FloatArray:
    """Return expectations of the line, with the derivatives of `gaussian_means`."""
    cash = pre_dividend.cash
    d2 = (center - pre_dividend.line_to) / deviation
    share = pre_dividend.share * np.exp(center + deviation**2 / 2) * ndtr(-d2 - deviation)
    density = np.exp(-(d2**2) / 2) / (SQRT_2PI * deviation)
    probability = ndtr(-d2)
    spot = pre_dividend.share * np.exp(pre_dividend.line_to)
    return np.stack(
        [
            cash * probability - share,
            (spot - cash) * density - share,
            (spot - (spot - cash) * d2 / deviation) * density - share,
            np.zeros_like(share),
            pre_dividend.cash_rho * probability,
        ]
    )


def _subtract_ruin(
    terms: PutTerms,
    pre_dividend: PreDividendPut,
    expectation: ValueAndDerivatives,
    log_spot: FloatArray,
    time: FloatArray,
) -> ValueAndDerivatives:
    """Subtract the excess of the line where drops take the whole spot: a put struck at those drops."""
    drops = pre_dividend.cash - pre_dividend.zero_spot_value
    ruin = european_put(terms, log_spot - np.log(drops / pre_dividend.share), time)
    names = ValueAndDerivatives.__slots__
    floored = {name: getattr(expectation, name) - drops * getattr(ruin, name) for name in names}
    return ValueAndDerivatives(**floored)
