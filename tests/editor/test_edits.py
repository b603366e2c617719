"""Targets added and deleted on an editor, and the view's fields."""

import pytest

from riskcalc.editor.edits import MOST_TARGETS
from tests.editor.drafts import SHIPPED, editor, text


def targets(found):
    return [(target.move, target.fraction) for target in found.state.draft.exits.targets]


def test_a_target_is_added_beyond_the_last_for_half_of_it_and_undone_in_one():
    found = editor()
    before = found.state.draft
    found.add_target()
    assert targets(found) == [(0.10, 0.5), (0.15, 0.25), (0.20, 0.25)]
    assert found.state.plan.targets.outcomes[-1].level.spot == pytest.approx(1.2 * 295.39)
    found.undo()
    assert found.state.draft == before


def test_a_target_that_is_added_takes_what_no_target_closes():
    found = editor()
    found.enter("exits.targets.1.fraction", "20")
    found.add_target()
    assert targets(found) == [(0.10, 0.5), (0.15, 0.2), (0.20, 0.3)]


@pytest.mark.parametrize(("index", "left"), [(0, [(0.15, 1.0)]), (1, [(0.10, 1.0)])])
def test_a_deleted_targets_part_goes_to_the_other(index, left):
    found = editor()
    found.delete_target(index)
    assert targets(found) == left


@pytest.mark.parametrize("name", SHIPPED)
def test_every_target_can_go_and_the_first_comes_back_as_far_as_the_stop(name):
    found = editor(name)
    for _ in targets(found):
        found.delete_target(0)
    assert targets(found) == []
    assert not found.state.problem
    found.add_target()
    assert targets(found) == [(found.state.draft.exits.stop, 1.0)]


def test_there_are_never_more_targets_than_fit_and_none_is_deleted_that_is_not_there():
    found = editor()
    for _ in range(9):
        found.add_target()
    assert len(targets(found)) == MOST_TARGETS
    assert "at most" in found.state.problem
    assert sum(part for _, part in targets(found)) == pytest.approx(1)
    found.delete_target(7)
    assert "no target 8" in found.state.problem


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize(
    ("key", "typed", "shown"), [("view.drift", "-12", "-12.0"), ("view.vol", "30", "30.0")]
)
def test_a_view_moves_the_chances_and_no_price(name, key, typed, shown):
    found = editor(name)
    neutral = found.state.plan
    assert text(found, key) == "neutral"
    found.enter(key, typed)
    assert text(found, key) == shown
    assert found.state.plan.report.value == neutral.report.value
    assert found.state.plan.odds.stop_first != neutral.odds.stop_first
    found.enter(key, "")
    assert text(found, key) == "neutral"
    assert found.state.plan.odds == neutral.odds


def test_a_view_steps_from_what_the_market_says_and_one_side_leaves_the_other():
    found = editor()
    found.step("view.drift", 1)
    found.step("view.vol", -1)
    assert (text(found, "view.drift"), text(found, "view.vol")) == ("+5.0", "19.0")
    found.enter("view.vol", "neutral")
    assert (text(found, "view.drift"), text(found, "view.vol")) == ("+5.0", "neutral")
    found.reset("view.drift")
    assert text(found, "view.drift") == "neutral"
    assert not found.state.dirty


def test_a_view_out_of_range_is_refused_by_name():
    found = editor()
    found.enter("view.drift", "1000")
    assert found.state.problem.startswith("Drift must be a number from -100 to 100%")
