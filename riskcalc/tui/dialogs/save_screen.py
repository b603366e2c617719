"""Dialog to save a trade under a name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Input, Static

from riskcalc.tui.dialogs.lines import ERROR, MUTED, write_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskcalc.editor import TradeEditor


class Dialog(ModalScreen[ScreenResultType]):
    """Dialog that ignores a second result while it closes.

    Textual would take the screen behind it away too, and end the program where that is the last one.
    """

    _answered = False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close with a result, unless it is closing already or something else is above it."""
        if self._answered or not self.is_active:
            return AwaitComplete()
        self._answered = True
        return super().dismiss(result)


class SaveScreen(Dialog[str | None]):
    """Asks for a name; closes with a message, or with None if nothing was saved."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("ctrl+r", "write_report", "Report"),
    ]

    def __init__(self, editor: TradeEditor, write_report: Callable[[], None] | None = None) -> None:
        """Take what asks for the file of a report, which some look for under saving."""
        super().__init__()
        self._editor = editor
        self._write_report = write_report
        self._replacing: Path | None = None
        """File that the next Enter will replace."""

    def compose(self) -> ComposeResult:
        """Name, target file and problem."""
        with Vertical(id="dialog", classes="save") as dialog:
            dialog.border_title = "Save as"
            dialog.border_subtitle = (
                f"Enter saves   {'ctrl+r report   ' if self._write_report else ''}Esc cancels"
            )
            field = Input(self._editor.state.draft.preset.name, placeholder="name", compact=True)
            field.cursor_blink = False
            yield field
            yield Static(id="where", markup=False)
            yield Static(id="problem", markup=False)

    def on_mount(self) -> None:
        """Show where the name proposed goes."""
        self._show_where(self.query_one(Input).value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the target file of a new name."""
        self._replacing = None
        self._say("")
        self._show_where(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save, asking before a file is replaced; stay open on failure."""
        path = self._path(event.value)
        if exists(path) and path != self._replacing:
            self._replacing = path
            self._say("this file exists: Enter again replaces it, another name keeps it")
            return
        self._save(event.value.strip(), force=path == self._replacing)

    def action_write_report(self) -> None:
        """Ask for a file of a report in place of a name."""
        if self._write_report is not None:
            self.dismiss(None)
            self.app.call_later(self._write_report)

    def _save(self, name: str, *, force: bool) -> None:
        before = self._editor.state.draft.preset
        problem = self._editor.save_as(name, force=force)
        if self._editor.state.draft.preset is before:
            self._say(problem)
        else:
            self.dismiss(problem)

    def _show_where(self, name: str) -> None:
        path = self._path(name)
        words = f"{'replaces' if exists(path) else 'writes'} {path}" if name.strip() else "type a name"
        write_line(self, "#where", words, style=MUTED)

    def _say(self, problem: str) -> None:
        write_line(self, "#problem", problem, style=ERROR)

    def _path(self, name: str) -> Path:
        from riskcalc.presets import user_folder  # noqa: PLC0415 - not needed for the first frame

        return user_folder() / f"{name.strip().removesuffix('.toml')}.toml"


def exists(path: Path) -> bool:
    """Whether there is something at a path; there is nothing at an impossible one."""
    return os.path.exists(path)  # noqa: PTH110 - an impossible name is no file
