"""Input of a terminal that may send bytes that are no UTF-8: those are dropped, the keys around them kept."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from textual.drivers.windows_driver import WindowsDriver as TerminalDriver
else:
    from textual._xterm_parser import XTermParser
    from textual.drivers.linux_driver import LinuxDriver

    class TerminalDriver(LinuxDriver):
        """Textual's driver, which would end the screen at the first such byte."""

        def run_input_thread(self) -> None:
            """Read input until the end, beginning anew after bytes that cannot be decoded."""
            while not self.exit_event.is_set():
                try:
                    super().run_input_thread()
                except UnicodeDecodeError as error:
                    self._take_up(error.object)

        def _take_up(self, received: bytes) -> None:
            for event in XTermParser().feed(received.decode("utf-8", errors="ignore")):
                self.process_message(event)


__all__ = ["TerminalDriver"]
