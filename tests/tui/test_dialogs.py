"""The dialogs: what they list, preview, refuse and hand back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from textual.app import App
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from riskcalc.editor import TradeEditor, open_draft
from riskcalc.presets import load_preset, plan_preset, save_preset
from riskcalc.tui.dialogs.dialog import MUTED, write_line
from riskcalc.tui.dialogs.help_screen import HelpScreen, help_text
from riskcalc.tui.dialogs.open_screen import Choice, OpenScreen
from riskcalc.tui.dialogs.report_screen import ReportScreen
from riskcalc.tui.dialogs.save_screen import SaveScreen


@dataclass(frozen=True)
class Command:
    shown: str
    section: str
    words: str


KEYS = (
    Command("Up l", "Edit", "one step up"),
    Command("Down h", "Edit", "one step down"),
    Command("?", "Help", "this help"),
)


SECOND = (2, 4)
"""A cell of the list's second entry."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of presets of the test's own."""
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path))
    return tmp_path


def editor(name="iwm-call-spread"):
    return TradeEditor(open_draft(load_preset(name)))


def dialog(screen, script, *, size=(120, 40)):
    """Run a script on a dialog; returns what it returns and what the dialog was closed with."""
    closed = []

    async def live():
        app = App()
        async with app.run_test(size=size) as pilot:
            app.push_screen(screen, closed.append)
            await settled(pilot)
            return await script(pilot)

    return asyncio.run(live()), closed


async def settled(pilot):
    """Wait for the threads, and for those their answers start."""
    for _ in range(3):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def press(pilot, *keys):
    await pilot.press(*keys)
    await settled(pilot)


def names(pilot):
    listed = pilot.app.screen.query_one(OptionList)
    return [listed.get_option_at_index(index).id for index in range(listed.option_count)]


def said(pilot, name):
    return str(pilot.app.screen.query_one(f"#{name}", Static).content)


def test_open_lists_every_preset_with_its_origin_and_previews_the_first(folder):
    save_preset(load_preset("iwm-shares"), "mine", folder=folder)

    async def script(pilot):
        listed = pilot.app.screen.query_one(OptionList)
        texts = [str(listed.get_option_at_index(index).prompt) for index in range(listed.option_count)]
        return names(pilot), texts, said(pilot, "preview")

    (result, texts, preview), _ = dialog(OpenScreen(editor()), script)
    assert result == ["iwm-call-spread", "iwm-shares", "iwm-spy-pair", "mine", "tna-momentum", "tza-hedge"]
    assert "yours" in texts[3]
    assert "shipped" in texts[0]
    assert "IWM debit call spread" in texts[0]
    for words in ("iwm-call-spread", "IWM debit call spread", "OK 1 spread", "963.97"):
        assert words in preview


def test_moving_previews_and_enter_opens():
    async def script(pilot):
        await press(pilot, "down", "down", "down")
        preview = said(pilot, "preview")
        await press(pilot, "enter")
        return preview

    preview, closed = dialog(OpenScreen(editor()), script)
    assert preview.startswith("tna-momentum")
    assert "60.00" in preview
    assert closed == ["tna-momentum"]


def test_a_click_previews_and_a_second_click_on_the_same_opens():
    async def script(pilot):
        await pilot.click(OptionList, offset=SECOND)
        await settled(pilot)
        preview, still_open = said(pilot, "preview"), pilot.app.screen_stack[-1]
        await pilot.click(OptionList, offset=SECOND)
        await settled(pilot)
        return preview, still_open

    (preview, still_open), closed = dialog(OpenScreen(editor()), script)
    assert preview.startswith("iwm-shares")
    assert isinstance(still_open, OpenScreen)
    assert closed == ["iwm-shares"]


def test_typing_filters_and_a_filter_without_a_match_opens_nothing():
    async def script(pilot):
        await press(pilot, *"tza")
        result, preview = names(pilot), said(pilot, "preview")
        await press(pilot, "x", "enter")
        return result, preview, names(pilot), said(pilot, "preview")

    (result, preview, none, empty), closed = dialog(OpenScreen(editor()), script)
    assert result == ["tza-hedge"]
    assert preview.startswith("tza-hedge")
    assert none == []
    assert empty == "no preset matches"
    assert closed == []


def test_a_preset_that_does_not_parse_says_why(folder):
    (folder / "broken.toml").write_text('schema = 1\n[market]\ndate = "today"\n', encoding="utf-8")

    async def script(pilot):
        return names(pilot)[0], said(pilot, "preview")

    (first, preview), _ = dialog(OpenScreen(editor()), script)
    assert first == "broken"
    assert "cannot be opened" in preview
    assert "broken.toml" in preview


def test_a_path_can_be_typed(folder):
    path = save_preset(load_preset("iwm-shares"), "elsewhere", folder=folder)

    async def script(pilot):
        pilot.app.screen.query_one(Input).value = str(path)
        await settled(pilot)
        preview = said(pilot, "preview")
        await press(pilot, "enter")
        return preview

    preview, closed = dialog(OpenScreen(editor()), script)
    assert "295.39" in preview
    assert closed == [str(path)]


@pytest.mark.parametrize(
    "screen",
    [lambda: OpenScreen(editor()), lambda: SaveScreen(editor()), lambda: ReportScreen(editor().state)],
)
def test_escape_closes_with_nothing(screen):
    async def script(pilot):
        await press(pilot, "escape")

    assert dialog(screen(), script)[1] == [None]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_the_open_dialog_has_room_for_its_preview(size):
    async def script(pilot):
        screen = pilot.app.screen
        return screen.query_one("#preview-scroll").content_size.width, screen.query_one("#dialog").region

    (width, region), _ = dialog(OpenScreen(editor()), script, size=size)
    assert width >= 38
    assert region.right <= size[0]
    assert region.bottom <= size[1]


def test_save_writes_where_it_said_and_closes_with_words(folder):
    tuned = editor()
    tuned.step("exits.stop", -2)

    async def script(pilot):
        where = said(pilot, "where")
        pilot.app.screen.query_one(Input).value = "mine"
        await press(pilot, "enter")
        return where

    where, closed = dialog(SaveScreen(tuned), script)
    assert where == f"writes {folder / 'iwm-call-spread.toml'}"
    assert closed == [f"saved {folder / 'mine.toml'}"]
    assert load_preset("mine").exits.stop == pytest.approx(0.05)


def test_save_asks_before_it_replaces(folder):
    path = save_preset(load_preset("iwm-shares"), "mine", folder=folder)
    before = path.read_text(encoding="utf-8")

    async def script(pilot):
        pilot.app.screen.query_one(Input).value = "mine"
        await settled(pilot)
        where = said(pilot, "where")
        await press(pilot, "enter")
        asked, kept = said(pilot, "problem"), path.read_text(encoding="utf-8")
        await press(pilot, "enter")
        return where, asked, kept

    (where, asked, kept), closed = dialog(SaveScreen(editor()), script)
    assert where.startswith("replaces")
    assert "Enter again replaces" in asked
    assert kept == before
    assert closed == [f"saved {path}"]
    assert load_preset("mine").template.instrument.symbol == "IWM"
    assert path.read_text(encoding="utf-8") != before


def test_save_refuses_what_is_no_name_and_stays(folder):
    names = ("a/b", "", "x" * 300, "..", "a\0b")

    async def script(pilot):
        result = {}
        for name in names:
            pilot.app.screen.query_one(Input).value = name
            await press(pilot, "enter")
            result[name] = said(pilot, "problem"), isinstance(pilot.app.screen, SaveScreen)
        return result

    result, closed = dialog(SaveScreen(editor()), script)
    for name, (words, stays) in result.items():
        assert words.startswith("the name of a preset must be"), name
        assert stays, name
    assert closed == []
    assert list(folder.iterdir()) == []


def test_another_name_forgets_the_question(folder):
    save_preset(load_preset("iwm-shares"), "mine", folder=folder)

    async def script(pilot):
        pilot.app.screen.query_one(Input).value = "mine"
        await press(pilot, "enter", "end", "x", "backspace")
        problem = said(pilot, "problem")
        await press(pilot, "enter")
        return problem, said(pilot, "problem")

    (forgotten, again), closed = dialog(SaveScreen(editor()), script)
    assert forgotten == ""
    assert "Enter again replaces" in again
    assert closed == []


def test_help_lists_every_key_under_its_section():
    text = help_text(KEYS).plain
    for key in KEYS:
        line = next(line for line in text.split("\n") if key.words in line)
        assert line.startswith(key.shown)
    assert text.split("\n")[0] == "EDIT"
    assert text.count("HELP") == 1


def test_help_closes():
    keys = ("escape", "q", "question_mark", "enter")

    async def script(pilot):
        for key in keys:
            pilot.app.push_screen(HelpScreen(KEYS), again.append)
            await press(pilot, key)

    again = []
    closed = dialog(HelpScreen(KEYS), script)[1]
    assert again == [None] * len(keys)
    assert closed == []


def test_a_long_help_scrolls_with_up_and_down():
    many = tuple(Command(f"k{index}", "Edit", f"words {index}") for index in range(60))

    async def script(pilot):
        await press(pilot, "down", "j", "down", "k")
        return pilot.app.screen.query_one("#dialog").scroll_y

    assert dialog(HelpScreen(many), script, size=(80, 24))[0] == 2


def test_a_report_is_written_from_the_dialog_that_saves():
    asked = []

    async def script(pilot):
        subtitle = pilot.app.screen.query_one("#dialog").border_subtitle
        await press(pilot, "ctrl+r")
        return subtitle

    subtitle, closed = dialog(SaveScreen(editor(), lambda: asked.append("report")), script)
    assert "ctrl+r report" in subtitle
    assert (closed, asked) == ([None], ["report"])


@pytest.mark.parametrize("screen", [OpenScreen, SaveScreen])
def test_a_dialog_closes_once_however_fast_the_keys_come(screen, folder):
    async def script(pilot):
        for keys in (("enter", "enter"), ("enter", "escape")):
            (folder / "iwm-call-spread.toml").unlink(missing_ok=True)
            pilot.app.push_screen(screen(editor()), closed.append)
            await settled(pilot)
            for key in keys:
                pilot.app.simulate_key(key)
            await settled(pilot)
            stacks.append(len(pilot.app.screen_stack))

    closed, stacks = [], []
    dialog(HelpScreen(KEYS), script)
    assert len(closed) == 2
    assert stacks == [2, 2]


def write_report(state, *keys, name=""):
    """Write a report through the dialog; returns what it says and what it was closed with."""

    async def script(pilot):
        if name:
            pilot.app.screen.query_one(Input).value = name
            await settled(pilot)
        where = said(pilot, "where")
        await press(pilot, *keys)
        return where, said(pilot, "problem") if pilot.app.screen_stack[1:] else ""

    (where, problem), closed = dialog(ReportScreen(state), script)
    return where, problem, closed


def test_a_report_is_written_beside_and_gives_the_trade_on_the_screen(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = editor()
    result.step("exits.stop", -2)
    path = tmp_path / "iwm-call-spread.html"
    where, problem, closed = write_report(result.state, "enter")
    assert where == f"writes {path}"
    assert (problem, closed) == ("", [f"wrote {path}"])
    assert plan_preset(path).to_dict() == result.state.plan.to_dict()
    text = path.read_text(encoding="utf-8")
    assert "riskcalc report iwm-call-spread --set exits.stop=-5% -o iwm-call-spread.html" in text


def test_a_report_replaces_a_file_only_when_told_twice(tmp_path):
    path = tmp_path / "plan.md"
    path.write_text("mine", encoding="utf-8")
    where, problem, closed = write_report(editor().state, "enter", name=str(path))
    assert where == f"replaces {path}"
    assert "Enter again replaces it" in problem
    assert closed == []
    assert path.read_text(encoding="utf-8") == "mine"
    assert write_report(editor().state, "enter", "enter", name=str(path))[2] == [f"wrote {path}"]
    assert path.read_text(encoding="utf-8").startswith("# OK iwm-call-spread")


@pytest.mark.parametrize(
    ("name", "says"),
    [("plan.txt", "a report must end in .html"), ("nowhere/plan.html", "cannot be written"), (" ", "")],
)
def test_a_refused_report_says_why_and_stays_open(tmp_path, monkeypatch, name, says):
    monkeypatch.chdir(tmp_path)
    _, problem, closed = write_report(editor().state, "enter", name=name)
    assert says in problem
    assert closed == []
    assert list(tmp_path.glob("*.html")) == []


def test_no_report_of_a_plan_older_than_its_inputs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = editor()
    result.enter("exits.stop", "200")
    _, problem, closed = write_report(result.state, "enter")
    assert problem == "Stop must be a number above 0 and below 100%, got '200'"
    assert closed == []


@pytest.mark.parametrize("name", ["#where", "#problem"])
def test_a_line_is_written_only_where_it_is_mounted(name):
    """A field may change before the dialog below it is mounted, as random keys found."""
    write_line(Screen(), name, "words", style=MUTED)


def test_what_is_read_after_the_dialog_closed_is_dropped():
    """A preview that came while the dialog closed ended the program, as random keys found."""
    closed = OpenScreen(editor())
    closed._fill((Choice(name="mine", origin="yours", description=""),))
    closed._draw([(("words", "quiet"),)])
