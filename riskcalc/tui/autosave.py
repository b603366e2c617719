"""Saving the session: in a thread after a change, and when a signal or a closed terminal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial

from textual.app import App
from textual.screen import Screen
from textual.worker import get_current_worker

from riskcalc.editor import session_file


class Autosave:
    """Background writer of the session; the last request wins."""

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


def handle_signals(app: App[None], *, keep: Callable[[], None]) -> None:
    """Save the session on SIGTERM and SIGHUP, if the system has them."""
    loop = asyncio.get_running_loop()
    # Only the main thread of a Unix process can have handlers.
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError, AttributeError):
        loop.add_signal_handler(signal.SIGTERM, _stop, app)
        loop.add_signal_handler(signal.SIGHUP, _hang_up, keep)
        if not app.is_headless and sys.stdin.isatty():
            threading.Thread(target=_watch, args=(keep, loop), daemon=True).start()


def _watch(keep: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
    """Wait for the terminal to close: a process that is not its leader gets no signal."""
    terminal = select.poll()
    terminal.register(sys.stdin.fileno(), 0)
    terminal.poll()
    with contextlib.suppress(RuntimeError):  # the loop has ended by itself
        loop.call_soon_threadsafe(_hang_up, keep)


def _stop(app: App[None]) -> None:
    """Quit as with the key, restoring the terminal."""
    app.exit(return_code=128 + signal.SIGTERM)


def _hang_up(keep: Callable[[], None]) -> None:
    """Save the session and exit by the signal, since the terminal is gone."""
    keep()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGHUP)
