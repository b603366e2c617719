"""What the keys do to the trade and to the field that is being edited."""

from __future__ import annotations

from riskcalc.tui.keys import keys_of
from riskcalc.tui.trade_screen import TradeScreen


class EditActions(TradeScreen):
    """Textual actions on fields, legs and the comparison."""

    def action_step(self, count: int) -> None:
        """Step the focused field on its grid."""
        self.nudge(count)

    def action_move_field(self, count: int) -> None:
        """Focus another field; around the ends it goes on at the other one."""
        self._focus_row((self.form.current + count) % len(self.form.rows))

    def action_move_main_field(self, count: int) -> None:
        """Focus another main field; around the ends it goes on at the other one."""
        rows, index = self.form.rows, self.form.current + count
        while not rows[index % len(rows)].main:
            index += count
        self._focus_row(index % len(rows))

    def action_first_field(self) -> None:
        """Focus the first field."""
        self._focus_row(0)

    def action_last_field(self) -> None:
        """Focus the last field."""
        self._focus_row(len(self.form.rows) - 1)

    def _focus_row(self, index: int) -> None:
        self.editor.rest()
        self.form.focus_row(index)
        self.show_field()

    def action_commit(self) -> None:
        """Apply what was typed; with nothing typed, edit the value as it stands."""
        if self.typing is None:
            self.type_text(self.form.row.text.replace(",", ""))
        else:
            self.commit_typing()

    def action_backspace(self) -> None:
        """Take back the last typed character; with nothing typed, type from nothing."""
        typing = self.typing
        self.type_text(typing.text[:-1] if typing else "")

    def action_revert(self) -> None:
        """Undo the topmost thing: typing, long work, a maximized view, the crosshair, a note."""
        if self.typing is not None:
            self.stop_typing()
        elif self.cancel_work():
            self.note("stopped")
        elif self.has_class("-maximised"):
            self.look(maximised=False)
        else:
            self.figures.set_crosshair(None)
            self.show()

    def action_reset_field(self) -> None:
        """Put the focused field back to its value at opening."""
        self.editor.reset(self.form.row.key)
        self.show()

    def action_undo(self) -> None:
        """Take back the last burst of changes."""
        before = self.editor.state
        self.editor.undo()
        self.show()
        if self.editor.state is before:
            self.note("nothing to undo")

    def action_redo(self) -> None:
        """Take back the last undo."""
        before = self.editor.state
        self.editor.redo()
        self.show()
        if self.editor.state is before:
            self.note("nothing to redo")

    def action_shift_strikes(self, count: int) -> None:
        """Move all strikes together, widths locked."""
        self.editor.shift_strikes(count)
        self.show()

    def action_add(self) -> None:
        """Add a target where an exit is focused, else a leg, and focus it."""
        exits = self.form.row.section == "EXITS"
        (self.editor.add_target if exits else self.editor.add_leg)()
        self.show()
        self._focus_last(".move" if exits else ".side")

    def action_delete(self) -> None:
        """Delete the leg or the target whose field is focused."""
        parts = self.form.row.key.split(".")
        if parts[0] == "legs":
            self.editor.delete_leg(int(parts[1]))
        elif parts[:2] == ["exits", "targets"]:
            self.editor.delete_target(int(parts[2]))
        else:
            self.note("to delete a leg or a target, go to one of its fields")
            return
        self.show()

    def _focus_last(self, ending: str) -> None:
        found = [index for index, row in enumerate(self.form.rows) if row.key.endswith(ending)]
        if found and not self.editor.state.problem:
            self._focus_row(found[-1])

    def action_pin(self) -> None:
        """Pin the trade as A and go on with B; or unpin A."""
        self.editor.pin()
        self.show()

    def action_swap(self) -> None:
        """Swap A and B."""
        if self.editor.state.pinned is None:
            self.note(f"nothing pinned: {keys_of('pin', self.key_row.table)} pins this trade as A")
            return
        self.editor.swap()
        self.show()
