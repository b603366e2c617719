"""What the keys do with files, the clipboard, the help and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.editor import session_file
from riskcalc.tui.trade_screen import TradeScreen

if TYPE_CHECKING:
    from pathlib import Path

    from riskcalc.editor import Draft


class FileActions(TradeScreen):
    """Textual actions on files and on the program itself."""

    def action_save(self) -> None:
        """Save the trade in its own file; one that came with riskcalc goes among the user's."""
        self._say(self.editor.save())

    def action_save_as(self) -> None:
        """Ask for a name and save the trade under it."""
        from riskcalc.tui.dialogs.save_screen import SaveScreen  # noqa: PLC0415 - not needed for the first frame

        self.app.push_screen(SaveScreen(self.editor), self._say)

    def action_open_preset(self) -> None:
        """Choose a preset with a preview of each, and open it."""
        from riskcalc.tui.dialogs.open_screen import OpenScreen  # noqa: PLC0415 - not needed for the first frame

        def opened(name: str | None) -> None:
            if name:
                problem = self.editor.open(name)
                self.figures.new_axis()
                self.form.focus_row(0)
                self._say(problem)

        self.app.push_screen(OpenScreen(self.editor), opened)

    def action_load_quotes(self) -> None:
        """Ask for a file of real quotes, and put the trade on them."""
        from riskcalc.tui.dialogs.quotes_screen import QuotesScreen  # noqa: PLC0415 - not needed for the first frame

        def loaded(found: tuple[Draft, Path] | None) -> None:
            if found:
                draft, path = found
                self.editor.go_on_with(draft, chain_path=path)
                self.figures.new_axis()
                self._say(f"on the quotes of {path.name}")

        self.app.push_screen(QuotesScreen(self.editor), loaded)

    def action_copy_command(self) -> None:
        """Copy the command line that prints this plan; also to a file, for want of a clipboard."""
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
        """Keep the session and quit."""
        self.app.exit()

    def _say(self, said: str | None) -> None:
        self.show()
        if said:
            self.note(said)


def _write_command(line: str) -> Path:
    """Write a command line to a file beside the session; return its path."""
    path = session_file.session_path().with_name("command.txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{line}\n", encoding="utf-8")
    return path
