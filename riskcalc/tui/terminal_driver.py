"""Textual's driver for a terminal, made to survive what terminals really send."""

from __future__ import annotations

import codecs
import sys
import time
from collections.abc import Iterable
from functools import partial

__all__ = ["TerminalDriver"]

if sys.platform == "win32":
    from textual.drivers.windows_driver import WindowsDriver as TerminalDriver
else:
    from textual._xterm_parser import XTermParser
    from textual.drivers import linux_driver
    from textual.message import Message

    PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
    LONGEST_PAUSE = 2.0
    """Pause after which a paste counts as ended [seconds]: a terminal that was cut off sends no end."""

    class PasteParser(XTermParser):
        """Textual's parser, which also sees the end of a paste that comes in two parts, or not at all.

        Textual takes an escape for the Escape key if nothing follows for a tenth of a second. Within a paste
        the end is lost by that: all that is typed later would be pasted, and the screen never answer again.
        """

        _pasting, _last_received = False, 0.0
        _recent = ""
        """What may be the start of a mark."""

        def feed(self, data: str) -> Iterable[Message]:
            """Parse received text."""
            text = self._recent + data
            start, end = text.rfind(PASTE_START), text.rfind(PASTE_END)
            if start != end:
                self._pasting = start > end
            self._recent = text[1 - len(PASTE_END) :]
            self._last_received = time.monotonic()
            yield from super().feed(data)

        def tick(self) -> Iterable[Message]:
            """Take a lone escape for the key, but not within a paste."""
            if not self._pasting:
                yield from super().tick()
            elif time.monotonic() - self._last_received > LONGEST_PAUSE:
                yield from self.feed(self._missing_end())

        def _missing_end(self) -> str:
            """What is left of the end, a part of which may have come."""
            lengths = range(len(PASTE_END) - 1, 0, -1)
            came = next((n for n in lengths if self._recent.endswith(PASTE_END[:n])), 0)
            return PASTE_END[came:]

    def _decoder(encoding: str) -> partial[codecs.IncrementalDecoder]:
        """A decoder that leaves out bytes that are no text; with Textual's they end the input."""
        return partial(codecs.getincrementaldecoder(encoding), errors="ignore")

    class TerminalDriver(linux_driver.LinuxDriver):
        """Textual's driver with another parser and decoder, which it has no other way to be given."""

        def run_input_thread(self) -> None:
            """Read input until the end."""
            vars(linux_driver).update(XTermParser=PasteParser, getincrementaldecoder=_decoder)
            super().run_input_thread()
