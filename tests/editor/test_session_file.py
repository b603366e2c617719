import json
import os
import signal
import subprocess
import sys
import time

import pytest

from riskcalc.editor import TradeEditor, open_draft, session_file
from riskcalc.errors import PresetError
from riskcalc.presets import user_instruments
from tests.editor.drafts import SHIPPED, SkewedChain, editor, shipped, text


def same(one, other):
    """Whether two editors show and hold the same."""
    return (one.state.draft, one.state.title, one.state.badge, one.state.stale) == (
        other.state.draft,
        other.state.title,
        other.state.badge,
        other.state.stale,
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_the_bench_comes_back_exactly(name):
    result = editor(name)
    for field in result.fields:
        result.step(field.key, 1)
    assert session_file.save(result) == ""
    again, note = session_file.restore()
    assert note == ""
    assert same(again, result)
    assert again.state.draft.preset == result.state.draft.preset


def test_a_bad_file_of_instruments_leaves_the_session_where_it_is():
    result = editor()
    session_file.save(result)
    user_instruments().write_text("schema = 1\n[instruments.QQQ]\nmultiplier = 0\n")
    with pytest.raises(
        PresetError, match=r"instruments.toml: instruments.QQQ.multiplier must be a whole number"
    ):
        session_file.restore()
    user_instruments().unlink()
    assert same(session_file.restore()[0], result)


def test_a_restored_trade_resets_and_saves_like_before():
    result = editor()
    result.enter("exits.stop", "5")
    session_file.save(result)
    again, _ = session_file.restore()
    again.reset("exits.stop")
    assert (text(again, "exits.stop"), again.state.dirty) == ("6.0", False)
    again.enter("exits.stop", "5")
    assert (
        again.save() == result.save().replace("already exists", "") or "iwm-call-spread.toml" in again.save()
    )


def test_what_cannot_be_planned_comes_back_too():
    result = editor()
    result.enter("exits.close_dte", "70")
    result.step("exits.stop", 1)
    session_file.save(result)
    again, note = session_file.restore()
    assert (note, again.state.stale) == ("", True)
    assert again.state.draft == result.state.draft


def test_the_pinned_trade_comes_back():
    result = editor()
    result.pin()
    result.step("market.spot", 5)
    session_file.save(result)
    again, _ = session_file.restore()
    assert again.state.pinned.to_dict() == result.state.pinned.to_dict()


def test_a_chain_that_is_gone_leaves_its_prices(own_files):
    result = TradeEditor(open_draft(shipped(), chain=SkewedChain()), chain_path=own_files / "gone.csv")
    session_file.save(result)
    again, note = session_file.restore()
    assert "the quotes are no longer available" in note
    assert again.state.draft.chain is None
    assert again.state.plan.report.net_debit == pytest.approx(result.state.plan.report.net_debit)


def test_the_glimpse_shows_what_the_screen_showed():
    result = editor()
    result.step("exits.stop", 1)
    session_file.save(result, palette="blue-orange", theme="nord", view="payoff", focus="exits.stop")
    seen = session_file.session_preview()
    assert (seen.title, seen.badge) == (result.state.title, result.state.badge.text)
    assert (seen.palette, seen.theme, seen.view, seen.focus) == (
        "blue-orange",
        "nord",
        "payoff",
        "exits.stop",
    )
    assert ("EXITS", "Stop", "6.5", "%", True) in seen.rows
    assert len(seen.rows) == len(result.fields)


def test_without_a_session_there_is_a_shipped_trade():
    assert session_file.session_preview() is None
    again, note = session_file.restore()
    assert (note, again.state.title) == ("", "iwm-call-spread")


BROKEN = [
    b"",
    b"\0",
    b"{",
    b"\xff\xfe\x00",
    b"[]",
    b"null",
    b"3",
    b"[" * 100_000,
    b'{"riskcalc_session": 1}',
    b'{"riskcalc_session": 99}',
    b'{"riskcalc_session": 1, "glimpse": 3, "look": [], "draft": "x"}',
    b'{"riskcalc_session": 1, "glimpse": {"rows": [1, [2]]}, "look": {}, "draft": {"rules": "", "exact": 5}}',
    b'{"some": "other file"}',
    b"x" * 3_000_000,
]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_session_is_set_aside_with_a_message(content):
    path = session_file.session_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    session_file.session_preview()
    again, note = session_file.restore()
    assert again.state.plan is not None
    assert note.startswith("the last session could not be restored: ")
    assert "\n" not in note
    assert not path.exists()
    assert path.with_name("session.json.broken").read_bytes() == content


def test_a_session_cut_short_anywhere_never_crashes():
    session_file.save(editor())
    path = session_file.session_path()
    whole = path.read_bytes()
    for end in range(0, len(whole) - 2, len(whole) // 25):
        path.write_bytes(whole[:end])
        session_file.session_preview()
        _, note = session_file.restore()
        assert note


@pytest.mark.parametrize("place", ["draft", "pinned", "chain", "glimpse", "look"])
def test_a_session_of_another_shape_never_crashes(place):
    result = editor()
    result.pin()
    session_file.save(result)
    path = session_file.session_path()
    whole = json.loads(path.read_text())
    for value in (None, 3, "x", [], {}, {"rules": 1}, {"path": 3, "rules": "a = 1"}):
        path.write_text(json.dumps(whole | {place: value}))
        session_file.session_preview()
        again, _ = session_file.restore()
        assert again.state.plan is not None, value


def test_a_folder_in_place_of_the_session_is_a_message():
    path = session_file.session_path()
    path.mkdir(parents=True)
    assert session_file.session_preview() is None
    assert "cannot be saved" in session_file.save(editor())
    again, note = session_file.restore()
    assert note
    assert again.state.plan is not None


KILLED = """
from tests.editor.drafts import editor
from riskcalc.editor import session_file
found = editor()
print("ready", flush=True)
while True:
    found.step("market.spot", 1)
    session_file.save(found)
"""


def test_a_kill_never_leaves_half_a_file():
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, env=os.environ) as writer:
        assert writer.stdout.readline() == b"ready\n"
        while not session_file.session_path().exists():
            time.sleep(0.001)
        writer.send_signal(signal.SIGKILL)
    _, note = session_file.restore()
    assert note == ""


def test_the_first_frame_loads_no_engine():
    session_file.save(editor())
    heavy = "numpy scipy pandas pydantic tomlkit holidays riskcalc.domain riskcalc.presets.store textual"
    code = (
        "import sys\nfrom riskcalc.editor import session_file\nassert session_file.session_preview().rows\n"
        f"found = [name for name in {heavy.split()} if name in sys.modules]\nassert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
