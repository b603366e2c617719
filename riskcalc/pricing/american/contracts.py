"""Which options of a batch share a contract: what follows the first event of theirs is worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch
    from riskcalc.pricing.block_evaluation import FloatArray

SHARED_REACH = 30.0  # standard deviations until the first event that one set of nodes may span
SHORTEST_WAIT, WAIT_RATIO = 0.5 / 365, 16.0  # years, and how far the waits of one row may lie apart
GRID_RATIO = 4.0  # how far times to expiry may lie apart on one grid, whose cells are as wide for all
EXPIRY_DIGITS = 12  # of years: expiries that differ by rounding are one
PADDING = 16  # how much longer than another a row of the same table may be: a row costs more than its points
TABLE = 4096  # elements of a table that stay in the cache


def tables(keys: FloatArray, *, most_rows: int) -> Iterator[NDArray[np.intp]]:
    """Yield element numbers as tables: a row's elements have equal keys; a short row repeats its last.

    Keys have shape (keys, elements); rows of one length keep the order of their keys.
    """
    order = np.lexsort(keys)
    starts = np.flatnonzero(np.append(True, (np.diff(keys[:, order]) != 0.0).any(axis=0)))
    sizes = np.diff(starts, append=order.size)
    waiting = np.argsort(-sizes, kind="stable")
    while waiting.size:
        longest = sizes[waiting[0]]
        alike = np.count_nonzero(sizes[waiting] * PADDING >= longest)
        count = min(alike, most_rows, max(TABLE // longest, 1))
        rows, waiting = waiting[:count], waiting[count:]
        yield order[starts[rows, None] + np.minimum(np.arange(longest), sizes[rows, None] - 1)]


def contract_keys(batch: Batch, *, wait: FloatArray) -> FloatArray:
    """Keys of options before a first drop, a wait ahead: equal where one set of nodes serves."""
    span = np.floor(np.log(wait / SHORTEST_WAIT) / np.log(WAIT_RATIO))
    shortest = SHORTEST_WAIT * WAIT_RATIO**span
    reach = SHARED_REACH * batch.vol * np.sqrt(shortest)
    return np.stack([*_terms(batch), batch.strike, span, np.round(np.log(batch.spot / batch.strike) / reach)])


def boundary_keys(batch: Batch) -> FloatArray:
    """Keys of options without drops: equal where one exercise boundary, in strikes, serves."""
    span = np.floor(np.log(batch.time_to_expiry / SHORTEST_WAIT) / np.log(WAIT_RATIO))
    return np.stack([*_terms(batch), span])


def grid_keys(batch: Batch) -> FloatArray:
    """Keys of any options: equal where one grid, read in all its stretches, serves."""
    left = np.maximum(batch.time_to_expiry, SHORTEST_WAIT)
    span = np.floor(np.log(left / SHORTEST_WAIT) / np.log(GRID_RATIO))
    return np.stack([*_terms(batch), batch.strike, span])


def _terms(batch: Batch) -> tuple[FloatArray, ...]:
    expiry = np.round(batch.expiry, EXPIRY_DIGITS)
    return batch.sign, batch.vol, batch.rate, batch.dividend_yield, expiry


def shared(values: FloatArray) -> FloatArray:
    """Return one column where the points of every row are alike."""
    return values[:, :1] if (values == values[:, :1]).all() else values
