"""American puts without cash dividends by the compiled core: the tables that it takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.collocation import (
    TIME_POINTS,
    chebyshev_matrix,
    nodes_to_quadrature,
    root_time_nodes,
    time_quadrature,
)
from riskcalc.pricing.american.quadrature import ValueAndDerivatives
from riskcalc.pricing.black_scholes import OptionGreeks
from riskcalc.pricing.compiled.core import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskcalc.pricing.american.put_premium import PutTerms
    from riskcalc.pricing.arrays import FloatArray
    from riskcalc.pricing.compiled.core import Core, Tables

NODE_PITCH = 24
"""Length of a row of the transposed matrix, a multiple of the processor's widest vectors."""


def american_puts(
    core: Core, terms: PutTerms, log_spot: FloatArray, time: FloatArray, *, order: int, time_points: int
) -> tuple[ValueAndDerivatives, NDArray[np.bool_]]:
    """Return American puts of strike 1 at logs of spots, shape (puts, points), and which converged.

    `time` [years] has that shape or (puts, 1). Rows whose boundary did not converge here have no values.
    """
    columns = (terms.rate, terms.dividend_yield, terms.vol, terms.time_to_expiry)
    rows = np.concatenate([*columns, terms.rate_step, terms.yield_step], axis=1)
    values, converged = core.american_puts(
        rows, log_spot, time, collocation=_collocation(order), quadrature=_quadrature(time_points)
    )
    return ValueAndDerivatives(**dict(zip(ValueAndDerivatives.__slots__, values, strict=True))), converged


def one_option(core: Core, terms: Sequence[object], *, order: int, time_points: int) -> OptionGreeks | None:
    """Return value and Greeks of an American option without cash dividends.

    None where `terms` (sign, spot, strike, time to expiry, vol, rate, yield) are no plain numbers, or the
    core leaves the option to numpy.
    """
    greeks = core.american_single(terms, collocation=_collocation(order), quadrature=_quadrature(time_points))
    return None if greeks is None else OptionGreeks(*greeks)


@lru_cache(maxsize=4)
def _collocation(order: int) -> Tables:
    """Return the tables of a boundary with `order` nodes."""
    quadrature, roots, matrix = (
        time_quadrature(TIME_POINTS),
        root_time_nodes(order),
        nodes_to_quadrature(order),
    )
    by_point = np.zeros((len(matrix), NODE_PITCH))
    by_point[:, :order] = matrix
    fractions = (roots[:, None] ** 2 * part for part in (quadrature.delay, quadrature.weight))
    return tables(roots, *fractions, matrix.T, by_point, chebyshev_matrix(order), order=order)


@lru_cache(maxsize=4)
def _quadrature(count: int) -> Tables:
    """Return the tables of the quadrature over exercise times."""
    quadrature = time_quadrature(count)
    return tables(quadrature.delay, quadrature.weight, quadrature.root_remaining)
