"""Dialog to save a trade under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from riskcalc.tui.dialogs.file_dialog import FileDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskcalc.editor import TradeEditor


class SaveScreen(FileDialog):
    """Asks for a name; closes with a message, or with None if nothing was saved."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("ctrl+r", "write_report", "Report"),
    ]

    def __init__(self, editor: TradeEditor, write_report: Callable[[], None] | None = None) -> None:
        """Take what asks for the file of a report, which some look for under saving."""
        keys = f"Enter saves   {'ctrl+r report   ' if write_report else ''}Esc cancels"
        super().__init__(editor.state.draft.preset.name, title="Save as", keys=keys, noun="name")
        self._editor = editor
        self._write_report = write_report

    def action_write_report(self) -> None:
        """Ask for a file of a report in place of a name."""
        if self._write_report is not None:
            self.dismiss(None)
            self.app.call_later(self._write_report)

    def path_of(self, text: str) -> Path:
        """Return the file of a name, in the user's folder."""
        from riskcalc.presets import user_folder  # noqa: PLC0415 - not needed for the first frame

        return user_folder() / f"{text.strip().removesuffix('.toml')}.toml"

    def write(self, text: str, *, replaces: bool) -> None:
        """Save the trade under a name."""
        before = self._editor.state.draft.preset
        problem = self._editor.save_as(text, force=replaces)
        if self._editor.state.draft.preset is before:
            self.show_problem(problem)
        else:
            self.dismiss(problem)
