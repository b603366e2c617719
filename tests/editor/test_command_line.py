import dataclasses
import shlex

import pytest

from riskcalc.cli import main
from riskcalc.domain import View
from riskcalc.editor import fields, open_draft
from riskcalc.editor.command_line import reproduce
from riskcalc.presets import load_preset, parse_assignments, plan_preset, save_preset
from tests.editor.drafts import SHIPPED, draft, editor, new_keys, shipped


def planned_by(line):
    """What the command line plans, read as the shell and the command read it."""
    program, command, name, *options = shlex.split(line)
    assert (program, command) == ("riskcalc", "plan")
    assert options[::2] == ["--set"] * (len(options) // 2)
    return plan_preset(name, parse_assignments(options[1::2]))


@pytest.mark.parametrize("name", SHIPPED)
def test_an_untouched_draft_is_its_name(name):
    assert reproduce(draft(name)) == f"riskcalc plan {name}"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_line_prints_the_same_plan_after_any_one_step(name):
    start, keys = draft(name), new_keys(name)
    for field in fields(start):
        tuned = field.step(start, -1)
        if field.key in keys and tuned != start:
            assert planned_by(reproduce(tuned)).to_dict() == tuned.plan().to_dict(), field.key


@pytest.mark.parametrize("name", SHIPPED)
def test_the_line_prints_the_same_plan_after_everything_was_tuned(name):
    result = editor(name)
    for field in result.fields:
        if not field.key.endswith((".side", ".kind", "close_dte")):
            result.step(field.key, 1)
    assert not result.state.stale
    assert planned_by(result.reproduce()).to_dict() == result.state.plan.to_dict()


def test_legs_come_and_go():
    result = editor()
    result.add_leg()
    assert planned_by(result.reproduce()).to_dict() == result.state.plan.to_dict()
    result.delete_leg(0)
    result.delete_leg(0)
    assert planned_by(result.reproduce()).to_dict() == result.state.plan.to_dict()


def test_what_a_draft_no_longer_has_is_taken_away():
    start = draft()
    tuned = start.with_exits(close_dte=None, targets=(), vol_shift=0.0)
    assert planned_by(reproduce(tuned)).to_dict() == tuned.plan().to_dict()
    unpaid = start.with_quote(dividends=())
    assert planned_by(reproduce(unpaid)).to_dict() == unpaid.plan().to_dict()


def test_a_view_is_said():
    tuned = dataclasses.replace(draft(), view=View(drift=0.08, vol=0.25))
    assert planned_by(reproduce(tuned)).to_dict() == tuned.plan().to_dict()


def test_a_file_that_no_name_finds_is_named_by_its_path(tmp_path):
    path = save_preset(shipped(), "my trade", folder=tmp_path / "some where")
    tuned = open_draft(load_preset(path)).with_exits(stop=0.05)
    assert str(path) in shlex.split(reproduce(tuned))
    assert planned_by(reproduce(tuned)).to_dict() == tuned.plan().to_dict()


def test_the_command_itself_takes_the_line(capsys):
    result = editor()
    result.step("exits.stop", -1)
    with pytest.raises(SystemExit) as end:
        main([*shlex.split(result.reproduce())[1:], "--json"])
    assert end.value.code == 0
    assert "stop -5.5%" in capsys.readouterr().out
