"""What the keys do with files, the clipboard, the help and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from riskcalc.editor import Draft
    from riskcalc.tui.main_screen import MainScreen


def save(main_screen: MainScreen) -> None:
    """Save the trade in its own file; one that came with riskcalc goes among the user's."""
    _say(main_screen, main_screen.editor.save())


def save_as(main_screen: MainScreen) -> None:
    """Ask for a name and save the trade under it."""
    from riskcalc.tui.dialogs.save_screen import SaveScreen  # noqa: PLC0415 - not needed for the first frame

    main_screen.app.push_screen(SaveScreen(main_screen.editor), lambda said: _say(main_screen, said))


def open_preset(main_screen: MainScreen) -> None:
    """Choose a preset with a preview of each, and open it."""
    from riskcalc.tui.dialogs.open_screen import OpenScreen  # noqa: PLC0415 - not needed for the first frame

    def opened(name: str | None) -> None:
        if name:
            problem = main_screen.editor.open(name)
            main_screen.figures.new_axis()
            main_screen.form.focus_row(0)
            _say(main_screen, problem)

    main_screen.app.push_screen(OpenScreen(main_screen.editor), opened)


def load_quotes(main_screen: MainScreen) -> None:
    """Ask for a file of real quotes, and put the trade on them."""
    from riskcalc.tui.dialogs.quotes_screen import QuotesScreen  # noqa: PLC0415 - not needed for the first frame

    def loaded(found: tuple[Draft, Path] | None) -> None:
        if found:
            draft, path = found
            main_screen.editor.go_on_with(draft, chain_path=path)
            main_screen.figures.new_axis()
            _say(main_screen, f"on the quotes of {path.name}")

    main_screen.app.push_screen(QuotesScreen(main_screen.editor), loaded)


def copy_command(main_screen: MainScreen) -> None:
    """Copy the command line that prints this plan; kept in a file too, for terminals without a clipboard."""
    line = main_screen.editor.reproduce()
    main_screen.app.copy_to_clipboard(line)
    path = main_screen.risk_app.keep_command(line)
    lost = main_screen.editor.left_out()
    but = f"; there {' and '.join(lost)}" if lost else ""
    main_screen.note(f"copied (OSC 52; also in {path}){but}: {line}")


def show_help(main_screen: MainScreen) -> None:
    """Show every key."""
    from riskcalc.tui.dialogs.help_screen import HelpScreen  # noqa: PLC0415 - not needed for the first frame
    from riskcalc.tui.keys import KEYS  # noqa: PLC0415 - the table names this function

    main_screen.app.push_screen(HelpScreen(KEYS))


def commands(main_screen: MainScreen) -> None:
    """Open the command palette."""
    main_screen.app.action_command_palette()


def leave(main_screen: MainScreen) -> None:
    """Keep the session and quit."""
    main_screen.app.exit()


def _say(main_screen: MainScreen, said: str | None) -> None:
    main_screen.show()
    if said:
        main_screen.note(said)
