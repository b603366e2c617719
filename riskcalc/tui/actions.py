"""Textual actions behind the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.editor import session_file
from riskcalc.errors import RiskcalcError
from riskcalc.tui.keys import keys_of
from riskcalc.tui.trade_screen import TradeScreen

if TYPE_CHECKING:
    from pathlib import Path

    from riskcalc.editor.pages.forms import Answer


SCROLLED = 5
"""Lines by which a key scrolls the list of events."""


class EditActions(TradeScreen):
    """Textual actions on fields, legs and the comparison."""

    def action_step(self, count: int) -> None:
        """Step the focused field on its grid."""
        self.nudge(count)

    def action_move_field(self, count: int) -> None:
        """Focus another field, wrapping around."""
        self._focus_row((self.form.current + count) % len(self.form.rows))

    def action_move_main_field(self, count: int) -> None:
        """Focus another main field, wrapping around."""
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
        """Apply the typed text; with nothing typed, edit the value."""
        if self.typing is None:
            self.type_text(self.form.row.text.replace(",", ""))
        else:
            self.commit_typing()

    def action_backspace(self) -> None:
        """Delete the last typed character; with nothing typed, start from empty text."""
        typing = self.typing
        self.type_text(typing.text[:-1] if typing else "")

    def action_revert(self) -> None:
        """Cancel the first that applies: typing, long work, maximized view, crosshair, note."""
        if self.typing is not None:
            self.stop_typing()
        elif self.cancel_work():
            self.note("stopped")
        elif self.has_class("-maximized"):
            self.look(maximized=False)
        else:
            self.figures.set_crosshair(None)
            self.show()

    def action_reset_field(self) -> None:
        """Reset the focused field to its opening value."""
        self.editor.reset(self.form.row.key)
        self.show()

    def action_undo(self) -> None:
        """Undo the last group of changes."""
        before = self.editor.state
        self.editor.undo()
        self.show()
        if self.editor.state is before:
            self.note("nothing to undo")

    def action_redo(self) -> None:
        """Redo the last undone changes."""
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
        places = [index for index, row in enumerate(self.form.rows) if row.key.endswith(ending)]
        if places and not self.editor.state.problem:
            self._focus_row(places[-1])

    def action_pin(self) -> None:
        """Pin the trade as A and continue with B; or unpin A."""
        self.editor.pin()
        self.show()

    def action_swap(self) -> None:
        """Swap A and B."""
        if self.editor.state.pinned is None:
            self.note(f"nothing pinned: {keys_of('pin', self.key_row.table)} pins this trade as A")
            return
        self.editor.swap()
        self.show()


class FileActions(TradeScreen):
    """Textual actions on files and on the program itself."""

    def action_save(self) -> None:
        """Save the trade to its own file; a shipped preset to the user's folder."""
        self._say(self.editor.save())

    def action_save_as(self) -> None:
        """Ask for a name and save the trade under it."""
        from riskcalc.tui.dialogs.save_screen import SaveScreen  # noqa: PLC0415 - not needed for the first frame

        self.app.push_screen(SaveScreen(self.editor, self.action_write_report), self._say)

    def action_open_preset(self) -> None:
        """Open a preset, chosen from a list with previews."""
        from riskcalc.tui.dialogs.open_screen import OpenScreen  # noqa: PLC0415 - not needed for the first frame

        def opened(name: str | None) -> None:
            if name:
                problem = self.editor.open(name)
                self.figures.new_axis()
                self.form.focus_row(0)
                self._say(problem)

        self.app.push_screen(OpenScreen(self.editor), opened)

    def action_load_quotes(self) -> None:
        """Load a file of real quotes for the trade."""
        self.load_quotes(self._say)

    def action_write_report(self) -> None:
        """Ask for a file and write a report of the trade to it."""
        from riskcalc.tui.dialogs.report_screen import ReportScreen  # noqa: PLC0415 - not needed for the first frame

        self.app.push_screen(ReportScreen(self.editor.state), self._say)

    def action_add_to_book(self) -> None:
        """Ask for units and fill, and add the trade to the book."""
        from riskcalc.editor.pages.book_forms import add_form  # noqa: PLC0415 - not needed for the first frame
        from riskcalc.tui.dialogs.form_screen import FormScreen  # noqa: PLC0415 - as above

        def added(answer: Answer | None) -> None:
            if answer is not None:
                self.follow_book(answer.risk)
                self._say(answer.said)

        try:
            form = add_form(self.editor.state, units=self.hedge_units)
        except RiskcalcError as error:
            self.note(str(error))
        else:
            self.app.push_screen(FormScreen(form), added)

    def action_copy_command(self) -> None:
        """Copy the command line that prints this plan, and write it to a file."""
        line = self.editor.reproduce()
        self.app.copy_to_clipboard(line)
        path = _write_command(line)
        lost = self.editor.left_out()
        but = f"; there {' and '.join(lost)}" if lost else ""
        self.note(f"copied (OSC 52; also in {path}){but}: {line}")

    def action_show_help(self) -> None:
        """Show every key."""
        from riskcalc.tui.dialogs.help_screen import HelpScreen  # noqa: PLC0415 - not needed for the first frame

        self.app.push_screen(HelpScreen(self.key_row.table))

    def action_command_palette(self) -> None:
        """Open the command palette."""
        self.app.action_command_palette()

    def action_quit(self) -> None:
        """Save the session and quit."""
        self.app.exit()

    def _say(self, message: str | None) -> None:
        self.show()
        if message:
            self.note(message)


def _write_command(line: str) -> Path:
    """Write a command line to a file beside the session; return its path."""
    path = session_file.session_path().with_name("command.txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{line}\n", encoding="utf-8")
    return path


class ViewActions(TradeScreen):
    """Textual actions on views, crosshair, zoom and colors."""

    def action_show_view(self, name: str) -> None:
        """Show a view."""
        self.look(view=name)

    def action_maximize_view(self) -> None:
        """Maximize or restore the view."""
        self.look(maximized=not self.has_class("-maximized"))

    def action_move_crosshair(self, count: int) -> None:
        """Move the crosshair of chart and heatmap; the list of events has none, and scrolls."""
        if self.view_name == "events":
            self.query_one("#events-view").scroll_relative(y=-SCROLLED * count, animate=False)
            return
        self.figures.move_crosshair(self.editor.state, count)

    def action_zoom(self, count: int) -> None:
        """Zoom the price axis."""
        self.figures.zoom_by(count)
        self.show_pictures()

    def action_reset_zoom(self) -> None:
        """Reset the zoom and hide the crosshair."""
        self.figures.zoom_reset()
        self.figures.set_crosshair(None)
        self.show_pictures()

    def action_next_colors(self) -> None:
        """Change the colors of gain and loss."""
        self.note(f"colors: {self.figures.next_palette()}")
        self.keep_session()

    def action_next_theme(self) -> None:
        """Switch to the next theme."""
        self.note(self.next_theme())

    def action_show_page(self, name: str) -> None:
        """Open a page."""
        self.show_page(name)
