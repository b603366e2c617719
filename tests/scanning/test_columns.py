"""A table of chosen rows is that of all rows, whether few or most of them are chosen."""

import numpy as np
import pytest

from riskcalc.scanning.columns import Block, Shared, chosen_columns


def blocks():
    made = []
    for first, size in ((0, 5), (5, 1), (6, 14)):
        values = np.arange(first, first + size, dtype=float)
        calls = []

        def both(rows, values=values, calls=calls):
            calls.append(rows)
            return np.sqrt(values[rows]), -values[rows]

        shared = Shared(both)
        columns = {"row": values.__getitem__, "root": shared.column(0), "minus": shared.column(1)}
        made.append((Block(size, columns), calls))
    return made


@pytest.mark.parametrize("count", [1, 3, 10, 11, 19, 20])
def test_any_number_of_rows_in_any_order(count):
    made, order = blocks(), np.random.default_rng(count).permutation(20)[:count]
    table = chosen_columns([block for block, _ in made], order)
    assert table["row"].tolist() == order.tolist()
    assert table["root"].tolist() == np.sqrt(order).tolist()
    assert table["minus"].tolist() == (-order).tolist()
    # Columns of one calculation share it.
    assert all(len(calls) == 1 for _, calls in made)
