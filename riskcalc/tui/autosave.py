"""Writes the session: in a thread while the screen lives, so that no key waits for a slow disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from textual.screen import Screen
from textual.worker import get_current_worker

from riskcalc.editor import session_file


class Autosave:
    """One writer at a time; whatever was asked for last is what stays in the file."""

    def __init__(
        self,
        screen: Screen[None],
        *,
        snapshot: Callable[[], session_file.Snapshot | None],
        report: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._snapshot = snapshot
        self._report = report
        self._writing = threading.Lock()
        self._newest = 0

    def keep(self) -> str:
        """Write the session before going on; return why it could not be, or nothing."""
        snapshot = self._snapshot()
        return "" if snapshot is None else self._write(snapshot, self._next())

    def save_in_background(self) -> None:
        """Write the session in a thread, and say why where it cannot be."""
        snapshot = self._snapshot()
        if snapshot is not None:
            work = partial(self._write_behind, snapshot, self._next())
            self._screen.app.run_worker(work, thread=True, group="session")

    def _next(self) -> int:
        self._newest += 1
        return self._newest

    def _write_behind(self, snapshot: session_file.Snapshot, number: int) -> None:
        problem = self._write(snapshot, number)
        if problem and not get_current_worker().is_cancelled:
            self._screen.app.call_from_thread(self._report, f"the session is not saved: {problem}")

    def _write(self, snapshot: session_file.Snapshot, number: int) -> str:
        with self._writing:
            return snapshot.write() if number == self._newest else ""
