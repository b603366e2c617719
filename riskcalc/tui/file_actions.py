"""What the keys do with files, the clipboard, the help and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from riskcalc.editor import Draft
    from riskcalc.tui.main_screen import Desk


def save(desk: Desk) -> None:
    """Save the trade in its own file; one that came with riskcalc goes among the user's."""
    _say(desk, desk.bench.save())


def save_as(desk: Desk) -> None:
    """Ask for a name and save the trade under it."""
    from riskcalc.tui.dialogs.save_screen import SaveScreen  # noqa: PLC0415 - not needed for the first frame

    desk.app.push_screen(SaveScreen(desk.bench), lambda said: _say(desk, said))


def open_preset(desk: Desk) -> None:
    """Choose a preset with a preview of each, and open it."""
    from riskcalc.tui.dialogs.open_screen import OpenScreen  # noqa: PLC0415 - not needed for the first frame

    def opened(name: str | None) -> None:
        if name:
            problem = desk.bench.open(name)
            desk.pictures.new_axis()
            desk.form.focus_row(0)
            _say(desk, problem)

    desk.app.push_screen(OpenScreen(desk.bench), opened)


def load_quotes(desk: Desk) -> None:
    """Ask for a file of real quotes, and put the trade on them."""
    from riskcalc.tui.dialogs.quotes_screen import QuotesScreen  # noqa: PLC0415 - not needed for the first frame

    def loaded(found: tuple[Draft, Path] | None) -> None:
        if found:
            draft, path = found
            desk.bench.go_on_with(draft, chain_path=path)
            desk.pictures.new_axis()
            _say(desk, f"on the quotes of {path.name}")

    desk.app.push_screen(QuotesScreen(desk.bench), loaded)


def copy_command(desk: Desk) -> None:
    """Copy the command line that prints this plan; kept in a file too, for terminals without a clipboard."""
    line = desk.bench.reproduce()
    desk.app.copy_to_clipboard(line)
    path = desk.risk_app.keep_command(line)
    lost = desk.bench.left_out()
    but = f"; there {' and '.join(lost)}" if lost else ""
    desk.note(f"copied (OSC 52; also in {path}){but}: {line}")


def show_help(desk: Desk) -> None:
    """Show every key."""
    from riskcalc.tui.dialogs.help_screen import HelpScreen  # noqa: PLC0415 - not needed for the first frame
    from riskcalc.tui.keys import KEYS  # noqa: PLC0415 - the table names this function

    desk.app.push_screen(HelpScreen(KEYS))


def commands(desk: Desk) -> None:
    """Open the command palette."""
    desk.app.action_command_palette()


def leave(desk: Desk) -> None:
    """Keep the session and quit."""
    desk.app.exit()


def _say(desk: Desk, said: str | None) -> None:
    desk.show()
    if said:
        desk.note(said)
