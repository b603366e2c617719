import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.errors import InvalidInputError
from riskcalc.sizing import blended_r, exit_units


@pytest.mark.parametrize(
    ("units", "fractions", "closed"),
    [
        (3, (0.5, 0.5), (2, 1)),
        (2, (0.5, 0.5), (1, 1)),
        (1, (0.5, 0.5), (1, 0)),
        (1, (1 / 3, 1 / 3, 1 / 3), (0, 1, 0)),
        (10, (0.1, 0.2, 0.7), (1, 2, 7)),
        (10, (0.15, 0.15), (2, 1)),
        (5, (0.4,), (2,)),
        (7, (), ()),
        (100, (0.335, 0.335, 0.33), (34, 33, 33)),
    ],
)
def test_whole_units_at_each_target(units, fractions, closed):
    assert exit_units(units=units, fractions=fractions) == closed


fraction_lists = st.lists(st.integers(1, 30), min_size=1, max_size=6).map(
    lambda parts: [part / (sum(parts) + 5) for part in parts]
)


@given(units=st.integers(1, 10_000), fractions=fraction_lists)
def test_no_sum_is_more_than_half_a_unit_from_its_share(units, fractions):
    closed = exit_units(units=units, fractions=fractions)
    assert all(count >= 0 for count in closed)
    for target in range(1, len(closed) + 1):
        exact = units * math.fsum(fractions[:target])
        assert abs(sum(closed[:target]) - exact) <= 0.5 + 1e-6


@given(units=st.integers(1, 10_000), parts=st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_fractions_that_sum_to_one_close_everything(units, parts):
    assert sum(exit_units(units=units, fractions=[part / sum(parts) for part in parts])) == units


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ({"units": 2, "r_multiples": (1, 3), "fractions": (0.5, 0.5)}, 2),
        ({"units": 3, "r_multiples": (1, 4), "fractions": (0.5, 0.5)}, 2),
        ({"units": 1, "r_multiples": (1, 4), "fractions": (0.5, 0.5)}, 1),
        ({"units": 4, "r_multiples": (2,), "fractions": (0.5,)}, 1),
        ({"units": 4, "r_multiples": (2,), "fractions": (0.5,), "rest_r": -1}, 0.5),
        ({"units": 4, "r_multiples": (), "fractions": (), "rest_r": -1}, -1),
    ],
)
def test_r_of_the_whole_position(position, expected):
    assert blended_r(**position) == pytest.approx(expected)


@given(units=st.integers(1, 1000), fractions=fraction_lists, r=st.floats(-5, 50))
def test_one_result_everywhere_is_the_result(units, fractions, r):
    blended = blended_r(units=units, r_multiples=[r] * len(fractions), fractions=fractions, rest_r=r)
    assert blended == pytest.approx(r)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"units": 0}, "units must be a whole number >= 1, got 0"),
        ({"units": 2.5}, "units must be a whole number >= 1, got 2.5"),
        ({"fractions": (0.6, 0.6)}, "exit fractions must sum to at most 1, got 1.2"),
        ({"fractions": (0.5, math.nan)}, "fractions[1] must be a finite number, got nan"),
        ({"fractions": (0.5, 0)}, "fractions[1] must be in (0, 1], got 0"),
        ({"fractions": (0.5,)}, "r_multiples and fractions must be of one length, got 2 and 1"),
        ({"r_multiples": (1, math.inf)}, "r_multiples[1] must be a finite number, got inf"),
        ({"rest_r": math.nan}, "rest_r must be a finite number, got nan"),
    ],
)
def test_inputs_out_of_range(inputs, message):
    with pytest.raises(InvalidInputError) as refusal:
        blended_r(**{"units": 2, "r_multiples": (1, 2), "fractions": (0.5, 0.5)} | inputs)
    assert str(refusal.value) == message
