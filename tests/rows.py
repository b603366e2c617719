"""Rows of a table of tests: a few in the default run, every one in CI."""

from __future__ import annotations

import pytest


def slow(row):
    """A row that CI runs and the default run does not: an argument, or a tuple of several."""
    return pytest.param(*(row if isinstance(row, tuple) else (row,)), marks=pytest.mark.slow)


def sample(rows, *kept):
    """All rows, slow but for those in some places."""
    rows = list(rows)
    places = {range(len(rows))[place] for place in kept}
    return [row if place in places else slow(row) for place, row in enumerate(rows)]
