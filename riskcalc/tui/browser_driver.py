"""Textual's driver for a browser, which ends with the server that carries it."""

from __future__ import annotations

import contextlib
import os

from textual import messages
from textual.app import App
from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """Textual's driver; without a server, whose end nothing else would tell, its screen saves and ends."""

    def __init__(
        self,
        app: App[None],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._write = self._write_if_read  # type: ignore[assignment]  # as Textual sets it

    def run_input_thread(self) -> None:
        """Read input until the end, which is the app's too."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(messages.ExitApp())

    def _write_if_read(self, data: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self.fileno, data)
