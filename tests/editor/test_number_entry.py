import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.editor.editing.number_entry import Bounds, EvenGrid, ListedGrid, ShareGrid, steps_from

GRIDS = [EvenGrid(step=0.5), EvenGrid(step=0.25), ShareGrid(share=0.005), ShareGrid(share=0.02)]


@pytest.mark.parametrize(
    ("spot", "up", "down"),
    [
        (295.39, 296, 295),
        (220, 221, 219),
        (60.0, 60.2, 59.8),
        (10.01, 10.05, 10.0),
        (2200, 2210, 2190),
        (400, 402, 399),
        (1000, 1005, 998),
    ],
)
def test_a_spot_steps_by_1_2_or_5_within_half_a_per_cent(spot, up, down):
    grid = ShareGrid(share=0.005)
    assert (grid.following(spot, 1), grid.following(spot, -1)) == (up, down)
    assert 0.002 <= (grid.following(up, 1) - up) / up <= 0.0051


@given(value=st.floats(0.02, 1e6), steps=st.integers(1, 40), grid=st.sampled_from(GRIDS))
def test_as_many_steps_down_undo_any_steps_up(value, steps, grid):
    start = grid.following(value, 1)
    result = start
    for direction in (1, -1):
        for _ in range(steps):
            result = grid.following(result, direction)
    assert result == start


@given(value=st.floats(0.02, 1e6), direction=st.sampled_from([1, -1]), grid=st.sampled_from(GRIDS))
def test_a_step_always_moves_in_its_direction(value, direction, grid):
    assert (grid.following(value, direction) - value) * direction > 0


def test_a_value_off_the_grid_goes_to_the_next_one_on_it():
    assert [EvenGrid(step=0.25).following(4.1, direction) for direction in (1, -1)] == [4.25, 4.0]
    assert [ListedGrid(values=(90, 95, 105)).following(97, direction) for direction in (1, -1)] == [105, 95]


def test_decimals_stay_exact():
    assert list(steps_from(0.0, 3, grid=EvenGrid(step=0.1), bounds=Bounds(low=0, high=1))) == [
        0.1,
        0.2,
        0.3,
    ]


def test_a_path_ends_at_the_bounds_and_never_wraps():
    grid = EvenGrid(step=0.5)
    stop = Bounds(low=0, high=100, above=True, below=True)
    assert list(steps_from(1.0, -10, grid=grid, bounds=stop)) == [0.5]
    assert list(steps_from(99.0, 10, grid=grid, bounds=stop)) == [99.5]
    assert list(steps_from(0.2, -1, grid=grid, bounds=stop)) == []


def test_nothing_is_beyond_the_last_listed_value():
    assert (
        list(steps_from(105, 3, grid=ListedGrid(values=(90, 95, 105)), bounds=Bounds(low=0, high=1e6))) == []
    )
    assert ListedGrid(values=()).nearest(3) == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, 101])
def test_bounds_refuse_what_is_outside_and_what_is_no_number(value):
    assert not Bounds(low=0, high=100).allow(value)
