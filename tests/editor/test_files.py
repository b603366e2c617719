import errno
import os
from pathlib import Path

import pytest

from riskcalc.editor import TradeEditor, open_draft
from riskcalc.presets import load_preset, preset_text, save_preset, user_folder
from tests.editor.drafts import SHIPPED, editor, shipped

COMMENT = "# a note of the owner's"


@pytest.fixture
def own(own_files):
    """The path of a preset file of the user's own, with a comment in it."""
    path = own_files / "trades" / "mine.toml"
    path.parent.mkdir()
    path.write_text(f"{COMMENT}\n{preset_text(shipped())}".replace('name = "iwm-call-spread"\n', ""))
    return path


def open_bench(path):
    return TradeEditor(open_draft(load_preset(path)))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_preset_is_saved_among_the_users_under_its_name(name):
    result = editor(name)
    result.step("exits.stop", -1)
    assert result.save() == f"saved {user_folder() / f'{name}.toml'}"
    assert not result.state.dirty
    again = open_draft(load_preset(name))
    assert (again.trade, again.market, again.account, again.exits) == (
        result.state.draft.trade,
        result.state.draft.market,
        result.state.draft.account,
        result.state.draft.exits,
    )


def test_a_file_of_the_users_own_is_replaced_and_keeps_its_comments(own):
    result = open_bench(own)
    result.enter("exits.stop", "5")
    assert result.save() == f"saved {own}"
    assert COMMENT in own.read_text()
    assert load_preset(own).exits.stop == 0.05
    result.enter("exits.stop", "4")
    assert result.save() == f"saved {own}"
    assert load_preset(own).exits.stop == 0.04


def test_saving_does_not_run_over_another_file_of_the_name():
    save_preset(shipped("iwm-shares"), "iwm-call-spread")
    before = (user_folder() / "iwm-call-spread.toml").read_text()
    result = editor()
    result.step("exits.stop", 1)
    assert "already exists" in result.save()
    assert result.state.dirty
    assert (user_folder() / "iwm-call-spread.toml").read_text() == before


def test_save_as_refuses_to_overwrite_unless_told():
    result = editor()
    assert result.save_as("mine").startswith("saved ")
    result.enter("exits.stop", "5")
    assert "already exists" in result.save_as("mine")
    assert load_preset("mine").exits.stop == 0.06
    assert result.save_as("mine", force=True).startswith("saved ")
    assert load_preset("mine").exits.stop == 0.05
    assert result.state.title == "mine"


@pytest.mark.parametrize("name", ["", "a/b", "..", "\0", "x" * 300, "\n"])
def test_a_name_that_no_file_can_have_is_said(name):
    result = editor()
    result.step("exits.stop", 1)
    before = result.state.draft
    text = result.save_as(name)
    assert "the name of a preset must be" in text
    assert "\n" not in text
    assert result.state.draft is before


def test_after_an_undo_the_trade_still_belongs_to_the_file_it_was_saved_in():
    result = editor()
    result.enter("exits.stop", "5")
    result.enter("market.spot", "300")
    result.save()
    result.undo()
    assert result.state.dirty
    assert result.save() == f"saved {user_folder() / 'iwm-call-spread.toml'}"
    assert load_preset("iwm-call-spread").market.quote("IWM").spot == 295.39


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_failure_to_write_is_a_message_and_loses_nothing(own, monkeypatch, code):
    result = open_bench(own)
    result.enter("exits.stop", "5")
    tuned, before = result.state.draft, own.read_text()

    def fail(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    text = result.save()
    monkeypatch.undo()
    assert "cannot be saved" in text
    assert os.strerror(code).lower() in text
    assert own.read_text() == before
    assert result.state.draft == tuned
    assert result.state.dirty
    assert [path.name for path in own.parent.iterdir()] == ["mine.toml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_a_message(own):
    result = open_bench(own)
    result.enter("exits.stop", "5")
    own.parent.chmod(0o500)
    try:
        assert "cannot be saved" in result.save()
    finally:
        own.parent.chmod(0o700)


def test_a_file_in_place_of_the_folder_is_a_message(own_files):
    (own_files / "presets").write_text("a file")
    assert "cannot be saved" in editor().save_as("mine")
    assert Path(own_files / "presets").read_text() == "a file"
