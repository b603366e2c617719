"""Writes the session: in a thread while the screen lives, so that no key waits for a slow disk."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from riskcalc.editor import session_file

if TYPE_CHECKING:
    from riskcalc.tui.app import RiskApp


class Autosave:
    """One writer at a time; whatever was asked for last is what stays in the file."""

    def __init__(self, app: RiskApp) -> None:
        self._app = app
        self._writing = threading.Lock()
        self._newest = 0

    def keep(self) -> str:
        """Write the session before going on; why it could not be, or nothing."""
        if not self._app.main_screen.ready:  # before the engine has come there is nothing new to keep
            return ""
        return self._write(self._snapshot(), self._next())

    def save_in_background(self) -> None:
        """Write the session in a thread, and say why where it cannot be."""
        if self._app.main_screen.ready:
            work = partial(self._write_behind, self._snapshot(), self._next())
            self._app.run_worker(work, thread=True, group="session")

    def _next(self) -> int:
        self._newest += 1
        return self._newest

    def _snapshot(self) -> session_file.Snapshot:
        main_screen = self._app.main_screen
        return session_file.snapshot(
            main_screen.editor,
            palette=main_screen.figures.palette,
            theme=self._app.theme,
            view=main_screen.view_name,
            focus=main_screen.form.row.key,
        )

    def _write_behind(self, snapshot: session_file.Snapshot, number: int) -> None:
        problem = self._write(snapshot, number)
        if problem and not get_current_worker().is_cancelled:
            self._app.call_from_thread(self._app.main_screen.note, f"the session is not kept: {problem}")

    def _write(self, snapshot: session_file.Snapshot, number: int) -> str:
        with self._writing:
            return snapshot.write() if number == self._newest else ""
