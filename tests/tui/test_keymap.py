"""The user's own keys: the file, what is refused in it, and the screen under it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.actions import parse
from textual.binding import Binding

from riskcalc import cli
from riskcalc.errors import InvalidInputError
from riskcalc.tui.app import RiskApp
from riskcalc.tui.dialogs.help_screen import help_text
from riskcalc.tui.keymap import keymap_path, parse_keymap, read_keymap
from riskcalc.tui.keys import KEYS, PAGE_KEYS, key_line, remapped
from riskcalc.tui.main_screen import MainScreen
from riskcalc.tui.pages.registry import page_entry
from tests.tui.driving import drive, live, start, text

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_command_is_an_action_of_the_screen_with_a_binding(key):
    namespace, action, arguments = parse(key.action)
    method = getattr(MainScreen, f"action_{action}")
    assert namespace == ""
    assert method.__code__.co_argcount == 1 + len(arguments)
    made = Binding.make_bindings(MainScreen.BINDINGS)
    assert {binding.key for binding in made if binding.id == key.name} == set(key.keys)


def test_names_are_used_once():
    names = [key.name for key in KEYS]
    assert len(names) == len(set(names))
    assert {key.pair for key in KEYS if key.pair} <= set(names)


def test_every_command_runs_its_action_from_its_keys_and_from_the_palette(monkeypatch):
    ran = []
    actions = {parse(key.action)[1] for key in KEYS}
    for action in actions:
        monkeypatch.setattr(
            MainScreen, f"action_{action}", lambda _, *args, name=action: ran.append((name, *args))
        )

    async def script(pilot):
        for key in KEYS:
            for name in key.keys:
                pilot.app.main_screen.press(name, None)
        by_key = ran.copy()
        ran.clear()
        for command in pilot.app.get_system_commands(pilot.app.main_screen):
            if "; key " in command.help:
                command.callback()
        return by_key, ran.copy()

    wanted = [(parse(key.action)[1], *parse(key.action)[2]) for key in KEYS]
    by_key, by_palette = drive(script)
    assert by_key == [one for one, key in zip(wanted, KEYS, strict=True) for _ in key.keys]
    assert by_palette == wanted


def test_no_file_changes_nothing(tmp_path):
    assert read_keymap(tmp_path / "keys.toml") == {}
    assert remapped({}) is KEYS


def test_the_file_can_be_named_by_the_environment(tmp_path, monkeypatch):
    path = tmp_path / "mine.toml"
    path.write_text('undo = "ctrl+z"\n', encoding="utf-8")
    monkeypatch.setenv("RISKCALC_KEYS", str(path))
    assert keymap_path() == path
    assert read_keymap() == {"undo": "ctrl+z"}
    monkeypatch.delenv("RISKCALC_KEYS")
    assert keymap_path().name == "keys.toml"


@pytest.mark.parametrize(
    ("content", "keymap"),
    [
        ("", {}),
        ('undo = "ctrl+z"', {"undo": "ctrl+z"}),
        ('undo = ["ctrl+z", "f8"]', {"undo": "ctrl+z,f8"}),
        ('help = ["?", "f9"]', {"help": "question_mark,f9"}),
        ('undo = ","', {"undo": "comma"}),
        ('undo = "~"', {"undo": "tilde"}),
        ('undo = "r"\nreset-field = "u"', {"undo": "r", "reset-field": "u"}),
        ('undo = ["u", "ctrl+z"]', {"undo": "u,ctrl+z"}),
        ('command-palette = "ctrl+p"', {"command-palette": "ctrl+p"}),
        ('step-up = ["w", "ctrl+shift+up", "é"]', {"step-up": "w,ctrl+shift+up,é"}),
    ],
)
def test_keys_are_read(content, keymap):
    assert parse_keymap(content) == keymap


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("undo = ", "not TOML: "),
        ('undoo = "z"', "'undoo' is not a command; did you mean undo?"),
        ('xyzzy = "z"', "'xyzzy' is not a command; known commands: step-up, "),
        ("undo = 3", 'undo must be a key such as "ctrl+z" or a list of keys, got 3'),
        ("undo = []", "got []"),
        ("undo = [1]", "got [1]"),
        ('[undo]\nkey = "z"', "got {'key': 'z'}"),
        ('undo = ""', "undo must be one key, got ''"),
        ('undo = "ctrl+y,ctrl+z"', "undo must be one key, got 'ctrl+y,ctrl+z'"),
        ('undo = " "', "undo must be one key, got ''"),
        ('undo = "ctlr+w"', "got 'ctlr+w'"),
        ('undo = "ctrl+"', "got 'ctrl+'"),
        ('undo = "pagedwn"', "got 'pagedwn'"),
        ('undo = "shift+u"', "undo: write 'shift+u' as 'U'"),
        ('undo = "5"', "undo cannot have the key '5', which types a value"),
        ('undo = "."', "undo cannot have the key '.', which types a value"),
        ('undo = "ctrl+q"', "which Textual keeps for itself"),
        ('undo = "j"', "next-field and undo cannot share the key 'j'; give each its own"),
        ('undo = "z"\nredo = "z"', "cannot share the key 'z'"),
        ('undo = ["w", "w"]', "undo has the key 'w' twice"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(content, said, tmp_path):
    path = tmp_path / "keys.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInputError) as caught:
        read_keymap(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("content", "said"), [(b"undo = '\xff'", "is not UTF-8 text"), (None, "cannot be read")]
)
def test_a_file_that_is_no_text_is_refused(content, said, tmp_path):
    path = tmp_path / "keys.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=said):
        read_keymap(path)


def test_a_wrong_file_ends_the_command_before_the_screen_opens(tmp_path, monkeypatch, capsys):
    path = tmp_path / "keys.toml"
    path.write_text('undoo = "z"', encoding="utf-8")
    monkeypatch.setenv("RISKCALC_KEYS", str(path))
    monkeypatch.setattr("riskcalc.cli.screen_command.on_terminal", lambda: True)
    with pytest.raises(SystemExit) as ended:
        cli.main(["screen"])
    assert ended.value.code == 2
    message = capsys.readouterr()
    assert not message.out
    (line,) = message.err.splitlines()
    assert line.endswith("keys.toml: 'undoo' is not a command; did you mean undo?")
    assert not (tmp_path / "session.json").exists()


def test_a_remapped_key_runs_its_command_and_the_old_one_does_nothing():
    async def script(pilot):
        await pilot.press("up")
        stepped = pilot.app.main_screen.editor.state.draft
        await pilot.press("u")
        old = pilot.app.main_screen.editor.state.draft is stepped
        await pilot.press("ctrl+z")
        return old, pilot.app.main_screen.editor.state.draft is not stepped

    assert start(script, keymap={"undo": "ctrl+z"}) == (True, True)


def test_keys_can_change_places():
    async def script(pilot):
        await pilot.press("up", "r")
        return pilot.app.main_screen.editor.state

    before = drive(lambda pilot: asyncio.sleep(0, pilot.app.main_screen.editor.state))
    after = start(script, keymap={"undo": "r", "reset-field": "u"})
    assert after.draft == before.draft


def test_a_keymap_set_later_counts_at_once_even_under_a_dialog():
    async def script(pilot):
        await pilot.press("question_mark")
        pilot.app.set_keymap({"quit": "ctrl+d"})
        await pilot.press("escape")
        await pilot.pause()
        line = text(pilot.app).splitlines()[-1]
        await pilot.press("q")
        stayed = pilot.app._exit is False
        await pilot.press("ctrl+d")
        return line, stayed, pilot.app._exit

    line, stayed, left = start(script, keymap={}, size=(200, 60))
    assert "ctrl+d quit" in line
    assert stayed
    assert left


def test_keys_pressed_before_the_engine_follow_the_keymap(engine):
    async def run():
        app = RiskApp(keymap={"step-up": "w"})
        async with app.run_test(size=(120, 40)) as pilot:
            for _ in range(3):
                app.main_screen.press("w", "w")
            early = not app.main_screen.ready
            engine.set()
            await live(pilot)
            return early, app.main_screen.editor.state.draft.quote.spot

    early, spot = asyncio.run(run())
    assert early
    assert spot == 298.0


def test_typed_values_and_commands_act_in_the_order_of_the_keys():
    async def script(pilot):
        for name in ("3", "0", "5", "enter", "j", "2", "5", "enter"):
            pilot.app.simulate_key(name)
        await pilot.pause()
        await pilot.pause()
        return [row.text for row in pilot.app.main_screen.form.rows[:2]]

    assert drive(script) == ["305.00", "25.0"]


def test_what_textual_shows_is_what_the_table_says():
    keymap = {"undo": "ctrl+z", "step-up": "w,ctrl+up", "help": "f9"}

    async def script(pilot):
        active = pilot.app.main_screen.active_bindings
        return {
            name: bound.binding.id for name, bound in active.items() if bound.node is pilot.app.main_screen
        }

    result = start(script, keymap=keymap)
    table = remapped(keymap)
    ours = {name: row.name for row in table for name in row.keys if name != "ctrl+p"}  # the app's own too
    assert {name: command for name, command in result.items() if command} == ours


def test_help_key_line_and_palette_show_the_users_keys():
    keymap = {"step-up": "w", "undo": "ctrl+z"}
    table = remapped(keymap)
    assert key_line(30, table).startswith("w/Down step")
    assert "ctrl+z undo" in key_line(80, table)
    lines = help_text(table).plain.splitlines()
    assert any(line.startswith("ctrl+z ") and line.endswith(" undo") for line in lines)

    async def script(pilot):
        commands = pilot.app.get_system_commands(pilot.app.main_screen)
        helps = {command.title: command.help for command in commands}
        await pilot.press("question_mark")
        await pilot.pause()
        return helps["Undo"], text(pilot.app)

    in_palette, in_help = start(script, keymap=keymap, size=(120, 60))
    assert in_palette == "Edit; key ctrl+z"
    assert "ctrl+z" in in_help


def test_other_texts_name_the_users_keys_too():
    async def script(pilot):
        pilot.app.main_screen.message.show_progress("reading", done=0.5)
        progress = pilot.app.main_screen.message.text
        await pilot.press("x")
        unpinned = pilot.app.main_screen.message.text
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        return progress, unpinned, text(pilot.app)

    progress, unpinned, small = start(script, keymap={"revert": "f9", "pin": "w", "quit": "Q"})
    assert progress.endswith("F9 cancels")
    assert unpinned == "nothing pinned: w pins this trade as A"
    assert "or Q quits" in small


def test_the_page_on_keys_lists_every_command_and_its_example_is_read():
    page = (ROOT / "docs" / "screen.md").read_text(encoding="utf-8")
    section = page.partition("## Commands")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{key.name}` | {' '.join(f'`{name}`' for name in key.shown.split())} | {key.words} |"
        for key in KEYS
    ]
    for name in [name for name, keys in PAGE_KEYS.items() if keys]:
        title = page_entry(name).title
        part = page.partition(f"### {title}\n")[2].partition("\n#")[0]
        assert [line for line in part.splitlines() if line.startswith("| `")] == [
            f"| `{key.name}` | {' '.join(f'`{one}`' for one in key.shown.split())} | {key.words} |"
            for key in PAGE_KEYS[name]
        ]
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert set(parse_keymap(example)) == {"undo", "redo", "step-up", "help"}
