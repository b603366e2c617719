"""Ticks are round and rise; labels never touch."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.tui.figures.ticks import GAP, Label, padded, place, row_text, tick_step, ticks

axes = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)).map(lambda axis: (axis[0], axis[0] + axis[1]))
texts = st.lists(st.text("abc 1.", min_size=1, max_size=14), min_size=1, max_size=4).map(tuple)
labels = st.lists(st.builds(Label, st.integers(0, 199), texts), max_size=9)


@given(axis=axes, most=st.integers(1, 30))
def test_ticks_rise_inside_the_axis_on_one_step_of_1_2_5(axis, most):
    low, high = axis
    result = ticks(low, high, most=most)
    assert len(result) <= most + 1
    assert all(one < after for one, after in pairwise(result))
    slack = 1e-6 * max(abs(low), abs(high), high - low) + 1e-9
    assert all(low - slack <= tick <= high + slack for tick in result)
    step = tick_step(high - low, most=most)
    lead = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(lead - whole) for whole in (1, 2, 5, 10)) < 1e-6


@pytest.mark.parametrize("axis", [(1, 1), (2, 1), (0, math.inf), (math.nan, 1)])
def test_an_axis_without_length_has_no_ticks(axis):
    assert ticks(*axis, most=5) == ()


@given(values=st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=5))
def test_a_padded_axis_holds_all_values_and_zero_inside(values):
    low, high = padded(values)
    assert low < 0 < high or min(values) >= 0 or max(values) <= 0
    assert low <= min(0.0, *values)
    assert high >= max(0.0, *values)
    assert low < high


@pytest.mark.parametrize(
    ("values", "stays"),
    [([-950.0, 2030.0], True), ([-1100.0, 1900.0], True), ([-1250.0, 1900.0], False), ([-20.0, 90.0], False)],
)
def test_an_axis_is_kept_while_it_holds_the_values_and_fits(values, stays):
    kept = padded([-964.0, 2036.0])
    assert (padded(values, previous=kept) == kept) is stays


@given(labels=labels, width=st.integers(1, 200))
def test_labels_never_touch_and_stay_inside(labels, width):
    result = place(labels, width)
    for one, after in pairwise(result):
        assert one.start + len(one.text) + GAP <= after.start
    assert all(label.start >= 0 and label.start + len(label.text) <= width for label in result)
    assert len(row_text(result, width)) == width


@given(labels=labels.filter(bool), width=st.integers(1, 200))
def test_the_first_label_is_there_when_any_of_its_texts_fits(labels, width):
    fits = any(len(text) <= width for text in labels[0].texts)
    assert len(place(labels[:1], width)) == fits


def test_a_label_takes_a_shorter_text_before_it_goes():
    result = place([Label(5, ("spot 295.39",)), Label(14, ("stop 277.67", "stop", "X"))], 16)
    assert [label.text for label in result] == ["spot 295.39", "stop"]
