"""Dialog to write a report of the trade; the work is done in a thread."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from riskcalc.errors import RiskcalcError
from riskcalc.tui.dialogs.file_dialog import FileDialog

if TYPE_CHECKING:
    from riskcalc.editor import State


class ReportScreen(FileDialog):
    """Asks for a file; closes with a message, or with None if nothing was written."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, state: State) -> None:
        super().__init__(
            f"{state.draft.preset.name}.html",
            title="Report: .html, .md, .svg, .png or .pdf",
            keys="Enter writes   Esc cancels",
            noun="file",
        )
        self._state = state

    def path_of(self, text: str) -> Path:
        """Return the file of a typed path."""
        return Path(os.path.expanduser(text.strip()))  # noqa: PTH111 - leaves an unknown ~user be

    def write(self, text: str, *, replaces: bool) -> None:  # noqa: ARG002 - reports are written over others
        """Write the report in a thread."""
        if not text:
            return
        self.show_problem("")
        self.show_note("writing ...")
        self.run_worker(partial(self._write_in_thread, self.path_of(text)), thread=True, exclusive=True)

    def _write_in_thread(self, path: Path) -> None:
        from riskcalc.reports.draft_report import report_of  # noqa: PLC0415 - not needed for the first frame
        from riskcalc.reports.files import require_format, write_reports  # noqa: PLC0415 - as above

        worker = get_current_worker()
        try:
            require_format(path)
            write_reports(report_of(self._state, path), [path])
        except RiskcalcError as error:
            answer = partial(self._refuse, str(error).splitlines()[0])
        else:
            answer = partial(self._close, f"wrote {path.resolve()}")
        if not worker.is_cancelled:  # the dialog may have been closed meanwhile
            self.app.call_from_thread(answer)

    def _close(self, message: str) -> None:
        self.dismiss(message)

    def _refuse(self, problem: str) -> None:
        self.show_note("")
        self.show_problem(problem)
