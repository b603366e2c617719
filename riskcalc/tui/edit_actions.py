"""What the keys do to the trade and to the field that is being edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskcalc.tui.main_screen import MainScreen


def step(main_screen: MainScreen, *, count: int) -> None:
    """Step the focused field on its grid."""
    main_screen.nudge(count)


def move(main_screen: MainScreen, *, count: int) -> None:
    """Focus another field; around the ends it goes on at the other one."""
    _focus(main_screen, (main_screen.form.current + count) % len(main_screen.form.rows))


def move_main(main_screen: MainScreen, *, count: int) -> None:
    """Focus another main field; around the ends it goes on at the other one."""
    rows, index = main_screen.form.rows, main_screen.form.current + count
    while not rows[index % len(rows)].main:
        index += count
    _focus(main_screen, index % len(rows))


def first(main_screen: MainScreen) -> None:
    """Focus the first field."""
    _focus(main_screen, 0)


def last(main_screen: MainScreen) -> None:
    """Focus the last field."""
    _focus(main_screen, len(main_screen.form.rows) - 1)


def _focus(main_screen: MainScreen, index: int) -> None:
    main_screen.editor.rest()
    main_screen.form.focus_row(index)
    main_screen.show_field()


def commit(main_screen: MainScreen) -> None:
    """Apply what was typed; with nothing typed, edit the value as it stands."""
    if main_screen.typing is None:
        main_screen.type_text(main_screen.form.row.text.replace(",", ""))
    else:
        main_screen.commit_typing()


def backspace(main_screen: MainScreen) -> None:
    """Take back the last typed character; with nothing typed, type from nothing."""
    typing = main_screen.typing
    main_screen.type_text(typing.text[:-1] if typing else "")


def revert(main_screen: MainScreen) -> None:
    """Undo the topmost thing: typing, long work, a maximised view, the crosshair, a note."""
    if main_screen.typing is not None:
        main_screen.stop_typing()
    elif main_screen.cancel_work():
        main_screen.note("stopped")
    elif main_screen.has_class("-maximised"):
        main_screen.look(maximised=False)
    else:
        main_screen.figures.set_crosshair(None)
        main_screen.show()


def reset(main_screen: MainScreen) -> None:
    """Put the focused field back to its value at opening."""
    main_screen.editor.reset(main_screen.form.row.key)
    main_screen.show()


def undo(main_screen: MainScreen) -> None:
    """Take back the last burst of changes."""
    before = main_screen.editor.state
    main_screen.editor.undo()
    main_screen.show()
    if main_screen.editor.state is before:
        main_screen.note("nothing to undo")


def redo(main_screen: MainScreen) -> None:
    """Take back the last undo."""
    before = main_screen.editor.state
    main_screen.editor.redo()
    main_screen.show()
    if main_screen.editor.state is before:
        main_screen.note("nothing to redo")


def shift_strikes(main_screen: MainScreen, *, count: int) -> None:
    """Move all strikes together, widths locked."""
    main_screen.editor.shift_strikes(count)
    main_screen.show()


def add(main_screen: MainScreen) -> None:
    """Add a target where an exit is focused, else a leg, and focus it."""
    exits = main_screen.form.row.section == "EXITS"
    (main_screen.editor.add_target if exits else main_screen.editor.add_leg)()
    main_screen.show()
    _focus_last(main_screen, ".move" if exits else ".side")


def delete(main_screen: MainScreen) -> None:
    """Delete the leg or the target whose field is focused."""
    parts = main_screen.form.row.key.split(".")
    if parts[0] == "legs":
        main_screen.editor.delete_leg(int(parts[1]))
    elif parts[:2] == ["exits", "targets"]:
        main_screen.editor.delete_target(int(parts[2]))
    else:
        main_screen.note("to delete a leg or a target, go to one of its fields")
        return
    main_screen.show()


def _focus_last(main_screen: MainScreen, ending: str) -> None:
    found = [index for index, row in enumerate(main_screen.form.rows) if row.key.endswith(ending)]
    if found and not main_screen.editor.state.problem:
        _focus(main_screen, found[-1])


def pin(main_screen: MainScreen) -> None:
    """Pin the trade as A and go on with B; or let A go."""
    main_screen.editor.pin()
    main_screen.show()


def swap(main_screen: MainScreen) -> None:
    """Swap A and B."""
    if main_screen.editor.state.pinned is None:
        main_screen.note("nothing pinned: c pins this trade as A")
        return
    main_screen.editor.swap()
    main_screen.show()
