"""Writes the session: in a thread while the screen lives, so that no key waits for a slow disk."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from riskcalc.editor import session_file

if TYPE_CHECKING:
    from riskcalc.tui.app import RiskApp


class Keeper:
    """One writer at a time; whatever was asked for last is what stays in the file."""

    def __init__(self, app: RiskApp) -> None:
        self._app = app
        self._writing = threading.Lock()
        self._newest = 0

    def keep(self) -> str:
        """Write the session before going on; why it could not be, or nothing."""
        if not self._app.desk.ready:  # before the engine has come there is nothing new to keep
            return ""
        return self._write(self._snapshot(), self._next())

    def keep_behind(self) -> None:
        """Write the session in a thread, and say why where it cannot be."""
        if self._app.desk.ready:
            work = partial(self._write_behind, self._snapshot(), self._next())
            self._app.run_worker(work, thread=True, group="session")

    def _next(self) -> int:
        self._newest += 1
        return self._newest

    def _snapshot(self) -> session_file.Snapshot:
        desk = self._app.desk
        return session_file.snapshot(
            desk.bench,
            palette=desk.pictures.palette,
            theme=self._app.theme,
            view=desk.view_name,
            focus=desk.form.row.key,
        )

    def _write_behind(self, snapshot: session_file.Snapshot, number: int) -> None:
        problem = self._write(snapshot, number)
        if problem and not get_current_worker().is_cancelled:
            self._app.call_from_thread(self._app.desk.note, f"the session is not kept: {problem}")

    def _write(self, snapshot: session_file.Snapshot, number: int) -> str:
        with self._writing:
            return snapshot.write() if number == self._newest else ""
