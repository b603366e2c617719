"""American puts without cash dividends by the compiled core: the tables that it takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.pricing.american.collocation import (
    TIME_POINTS,
    chebyshev_matrix,
    nodes_to_quadrature,
    root_time_nodes,
    time_quadrature,
)
from riskcalc.pricing.black_scholes import OptionGreeks
from riskcalc.pricing.compiled.core import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch
    from riskcalc.pricing.arrays import FloatArray
    from riskcalc.pricing.compiled.core import Core, Tables

TERMS = ("sign", "spot", "strike", "time_to_expiry", "vol", "rate", "dividend_yield")
NODE_PITCH = 24
"""Length of a row of the transposed matrix, a multiple of the processor's widest vectors."""


class Results(NamedTuple):
    """Value and Greeks of options, and which have them."""

    greeks: FloatArray
    """Shape (6, n)."""
    status: FloatArray
    """1; 0 for a value below its bound; -1 for none, as the boundary did not converge: shape (n,)."""

    @classmethod
    def empty(cls, count: int) -> Results:
        """Return results to be written."""
        return cls(np.empty((len(OptionGreeks._fields), count)), np.empty(count))


def american_rows(
    core: Core, batch: Batch, table: NDArray[np.intp], results: Results, *, order: int, time_points: int
) -> None:
    """Write value and Greeks of options without cash dividends, raised to their bounds, into the results.

    Options of a row of the table of indices share a boundary of `order` nodes; their times to expiry rise.
    """
    terms = [getattr(batch, name) for name in TERMS]
    shared = {"collocation": _collocation(order), "quadrature": _quadrature(time_points)}
    core.american_rows(table, terms, results.greeks, results.status, **shared)


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
