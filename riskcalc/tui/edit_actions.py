"""What the keys do to the trade and to the field that is being edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskcalc.tui.main_screen import Desk


def step(desk: Desk, *, count: int) -> None:
    """Step the focused field on its grid."""
    desk.nudge(count)


def move(desk: Desk, *, count: int) -> None:
    """Focus another field; around the ends it goes on at the other one."""
    _focus(desk, (desk.form.current + count) % len(desk.form.rows))


def move_main(desk: Desk, *, count: int) -> None:
    """Focus another main field; around the ends it goes on at the other one."""
    rows, index = desk.form.rows, desk.form.current + count
    while not rows[index % len(rows)].main:
        index += count
    _focus(desk, index % len(rows))


def first(desk: Desk) -> None:
    """Focus the first field."""
    _focus(desk, 0)


def last(desk: Desk) -> None:
    """Focus the last field."""
    _focus(desk, len(desk.form.rows) - 1)


def _focus(desk: Desk, index: int) -> None:
    desk.bench.rest()
    desk.form.focus_row(index)
    desk.show_field()


def commit(desk: Desk) -> None:
    """Apply what was typed; with nothing typed, edit the value as it stands."""
    if desk.typing is None:
        desk.type_text(desk.form.row.text.replace(",", ""))
    else:
        desk.commit_typing()


def rub_out(desk: Desk) -> None:
    """Take back the last typed character; with nothing typed, type from nothing."""
    typing = desk.typing
    desk.type_text(typing.text[:-1] if typing else "")


def revert(desk: Desk) -> None:
    """Undo the topmost thing: typing, long work, a maximised view, the crosshair, a note."""
    if desk.typing is not None:
        desk.stop_typing()
    elif desk.cancel_work():
        desk.note("stopped")
    elif desk.has_class("-maximised"):
        desk.look(maximised=False)
    else:
        desk.pictures.set_crosshair(None)
        desk.show()


def reset(desk: Desk) -> None:
    """Put the focused field back to its value at opening."""
    desk.bench.reset(desk.form.row.key)
    desk.show()


def undo(desk: Desk) -> None:
    """Take back the last burst of changes."""
    before = desk.bench.state
    desk.bench.undo()
    desk.show()
    if desk.bench.state is before:
        desk.note("nothing to undo")


def redo(desk: Desk) -> None:
    """Take back the last undo."""
    before = desk.bench.state
    desk.bench.redo()
    desk.show()
    if desk.bench.state is before:
        desk.note("nothing to redo")


def shift_strikes(desk: Desk, *, count: int) -> None:
    """Move all strikes together, widths locked."""
    desk.bench.shift_strikes(count)
    desk.show()


def add(desk: Desk) -> None:
    """Add a target where an exit is focused, else a leg, and focus it."""
    exits = desk.form.row.section == "EXITS"
    (desk.bench.add_target if exits else desk.bench.add_leg)()
    desk.show()
    _focus_last(desk, ".move" if exits else ".side")


def delete(desk: Desk) -> None:
    """Delete the leg or the target whose field is focused."""
    parts = desk.form.row.key.split(".")
    if parts[0] == "legs":
        desk.bench.delete_leg(int(parts[1]))
    elif parts[:2] == ["exits", "targets"]:
        desk.bench.delete_target(int(parts[2]))
    else:
        desk.note("to delete a leg or a target, go to one of its fields")
        return
    desk.show()


def _focus_last(desk: Desk, ending: str) -> None:
    found = [index for index, row in enumerate(desk.form.rows) if row.key.endswith(ending)]
    if found and not desk.bench.state.problem:
        _focus(desk, found[-1])


def pin(desk: Desk) -> None:
    """Pin the trade as A and go on with B; or let A go."""
    desk.bench.pin()
    desk.show()


def swap(desk: Desk) -> None:
    """Swap A and B."""
    if desk.bench.state.pinned is None:
        desk.note("nothing pinned: c pins this trade as A")
        return
    desk.bench.swap()
    desk.show()
