"""Curves go through the dots they should, whole and not clipped."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.tui.figures.braille_canvas import BITS, Canvas, Stroke, cell_of, dot_rows, value_of


def dots(canvas):
    """Every dot as (column, row)."""
    return {
        (2 * x + column, 4 * y + row)
        for y in range(canvas.height)
        for x in range(canvas.width)
        for column in (0, 1)
        for row in range(4)
        if canvas.dots[y][x] & BITS[column][row]
    }


def test_a_diagonal_is_one_dot_per_column():
    canvas = Canvas(4, 2)
    canvas.plot(range(8), owner="a")
    assert dots(canvas) == {(k, k) for k in range(8)}
    assert [canvas.glyph(x, 0) for x in range(4)] == ["⠑", "⢄", "", ""]


def test_a_jump_is_joined_half_way():
    canvas = Canvas(1, 2)
    canvas.plot([0, 7], owner="a")
    assert dots(canvas) == {(0, 0), (0, 1), (0, 2), (0, 3), (1, 4), (1, 5), (1, 6), (1, 7)}


@given(rows=st.lists(st.integers(0, 39), min_size=2, max_size=60))
def test_a_thin_curve_has_its_rows_and_no_gap(rows):
    canvas = Canvas(30, 10)
    canvas.plot(rows, owner="a")
    result = dots(canvas)
    assert {(column, row) for column, row in enumerate(rows)} <= result
    for column, (row, after) in enumerate(pairwise(rows)):
        low, high = min(row, after), max(row, after)
        crossed = {y for x, y in result if x in {column, column + 1}}
        assert set(range(low, high + 1)) <= crossed


@pytest.mark.parametrize("edge", [0, 7])
def test_a_flat_bold_line_on_an_edge_keeps_its_two_dots(edge):
    canvas = Canvas(3, 2)
    canvas.plot([edge] * 6, owner="a", stroke=Stroke.BOLD)
    rows = {row for _, row in dots(canvas)}
    assert rows == ({0, 1} if edge == 0 else {6, 7})


def test_strokes_differ_without_color():
    drawn = {}
    for stroke in Stroke:
        canvas = Canvas(8, 1)
        canvas.plot([1] * 16, owner="a", stroke=stroke)
        drawn[stroke] = "".join(canvas.glyph(x, 0) or " " for x in range(8))
    assert len(set(drawn.values())) == len(Stroke)


def test_the_last_curve_through_a_cell_owns_it_and_loses_no_dot():
    canvas = Canvas(2, 1)
    canvas.plot([0] * 4, owner="thin")
    canvas.plot([3] * 4, owner="main")
    assert [canvas.owner(x, 0) for x in range(2)] == ["main", "main"]
    assert canvas.glyph(0, 0) == "⣉"


def test_ends_of_the_axis_are_the_first_and_last_dot():
    rows = dot_rows([10, 20], [0, 100], across=(10, 20), down=(0, 100), width=5, height=3)
    assert rows[0] == 11
    assert rows[-1] == 0
    assert rows == sorted(rows, reverse=True)


def test_a_kink_is_where_it_belongs():
    spots, values = np.array([0.0, 5.0, 10.0]), np.array([0.0, 0.0, 100.0])
    rows = dot_rows(spots, values, across=(0, 10), down=(0, 100), width=20, height=10)
    expected = [round(39 * (1 - max(k / 39 * 10 - 5, 0) / 5)) for k in range(40)]
    assert rows == expected


@given(cell=st.integers(0, 79), width=st.just(80))
def test_a_cell_of_its_own_value_is_itself(cell, width):
    assert cell_of(value_of(cell, across=(274, 342), width=width), across=(274, 342), width=width) == cell


@pytest.mark.parametrize("spot", [9.99, 20.01])
def test_a_spot_off_the_axis_has_no_cell(spot):
    assert cell_of(spot, across=(10, 20), width=40) is None
