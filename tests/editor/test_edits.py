"""Targets added and deleted on an editor, and the view's fields."""

import pytest

from riskcalc.editor.edits import MOST_TARGETS
from tests.editor.drafts import SHIPPED, editor, text


def targets(found):
    return [(target.move, target.fraction) for target in found.state.draft.exits.targets]


def test_a_target_is_added_beyond_the_last_for_half_of_it_and_undone_in_one():
    result = editor()
    before = result.state.draft
    result.add_target()
    assert targets(result) == [(0.10, 0.5), (0.15, 0.25), (0.20, 0.25)]
    assert result.state.plan.targets.outcomes[-1].level.spot == pytest.approx(1.2 * 295.39)
    result.undo()
    assert result.state.draft == before


def test_a_target_that_is_added_takes_what_no_target_closes():
    result = editor()
    result.enter("exits.targets.1.fraction", "20")
    result.add_target()
    assert targets(result) == [(0.10, 0.5), (0.15, 0.2), (0.20, 0.3)]


@pytest.mark.parametrize(("index", "left"), [(0, [(0.15, 1.0)]), (1, [(0.10, 1.0)])])
def test_a_deleted_targets_part_goes_to_the_other(index, left):
    result = editor()
    result.delete_target(index)
    assert targets(result) == left


@pytest.mark.parametrize("name", SHIPPED)
def test_every_target_can_go_and_the_first_comes_back_as_far_as_the_stop(name):
    result = editor(name)
    for _ in targets(result):
        result.delete_target(0)
    assert targets(result) == []
    assert not result.state.problem
    result.add_target()
    assert targets(result) == [(result.state.draft.exits.stop, 1.0)]


def test_there_are_never_more_targets_than_fit_and_none_is_deleted_that_is_not_there():
    result = editor()
    for _ in range(9):
        result.add_target()
    assert len(targets(result)) == MOST_TARGETS
    assert "at most" in result.state.problem
    assert sum(part for _, part in targets(result)) == pytest.approx(1)
    result.delete_target(7)
    assert "no target 8" in result.state.problem


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize(
    ("key", "typed", "shown"), [("view.drift", "-12", "-12.0"), ("view.vol", "30", "30.0")]
)
def test_a_view_moves_the_chances_and_no_price(name, key, typed, shown):
    result = editor(name)
    neutral = result.state.plan
    assert text(result, key) == "neutral"
    result.enter(key, typed)
    assert text(result, key) == shown
    assert result.state.plan.report.value == neutral.report.value
    assert result.state.plan.odds.stop_first != neutral.odds.stop_first
    result.enter(key, "")
    assert text(result, key) == "neutral"
    assert result.state.plan.odds == neutral.odds


def test_a_view_steps_from_what_the_market_says_and_one_side_leaves_the_other():
    result = editor()
    result.step("view.drift", 1)
    result.step("view.vol", -1)
    assert (text(result, "view.drift"), text(result, "view.vol")) == ("+5.0", "19.0")
    result.enter("view.vol", "neutral")
    assert (text(result, "view.drift"), text(result, "view.vol")) == ("+5.0", "neutral")
    result.reset("view.drift")
    assert text(result, "view.drift") == "neutral"
    assert not result.state.dirty


def test_a_view_out_of_range_is_refused_by_name():
    result = editor()
    result.enter("view.drift", "1000")
    assert result.state.problem.startswith("Drift must be a number from -100 to 100%")
