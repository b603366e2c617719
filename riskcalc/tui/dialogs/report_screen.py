"""Dialog to write a report of the trade; the work is done in a thread."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from riskcalc.errors import RiskcalcError
from riskcalc.tui.dialogs.lines import ERROR, MUTED, write_line
from riskcalc.tui.dialogs.save_screen import Dialog, exists

if TYPE_CHECKING:
    from riskcalc.editor import State


class ReportScreen(Dialog[str | None]):
    """Asks for a file; closes with a message, or with None if nothing was written."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._replacing: Path | None = None
        """File that the next Enter will replace."""

    def compose(self) -> ComposeResult:
        """File, what is done, and problem."""
        with Vertical(id="dialog", classes="save") as dialog:
            dialog.border_title = "Report: .html, .md, .svg, .png or .pdf"
            dialog.border_subtitle = "Enter writes   Esc cancels"
            field = Input(f"{self._state.draft.preset.name}.html", placeholder="file", compact=True)
            field.cursor_blink = False
            yield field
            yield Static(id="where", markup=False)
            yield Static(id="problem", markup=False)

    def on_mount(self) -> None:
        """Show where the file proposed goes."""
        self._show_where(self.query_one(Input).value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show where another file goes."""
        self._replacing = None
        self._say("")
        self._show_where(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write, asking before a file is replaced; stay open on failure."""
        if not event.value.strip():
            return
        path = _path(event.value)
        if exists(path) and path != self._replacing:
            self._replacing = path
            self._say("this file exists: Enter again replaces it, another name keeps it")
            return
        self._say("")
        self._note("writing ...")
        self.run_worker(partial(self._write, path), thread=True, exclusive=True)

    def _write(self, path: Path) -> None:
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
        self._note("")
        self._say(problem)

    def _show_where(self, name: str) -> None:
        path = _path(name).absolute()
        self._note(f"{'replaces' if exists(path) else 'writes'} {path}" if name.strip() else "type a file")

    def _note(self, words: str) -> None:
        write_line(self, "#where", words, style=MUTED)

    def _say(self, problem: str) -> None:
        write_line(self, "#problem", problem, style=ERROR)


def _path(name: str) -> Path:
    return Path(os.path.expanduser(name.strip()))  # noqa: PTH111 - leaves an unknown ~user be
