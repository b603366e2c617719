"""A program in a terminal of its own: what is typed goes in, what is painted comes out with its time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from dataclasses import dataclass
from pathlib import Path

import pyte

FRAME_START, FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"
"""What a program writes around a frame in a terminal that says it knows synchronised output."""

QUERIES = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronised output: known
    b"\x1b[c": b"\x1b[?62;22c",  # what terminal is this: a VT220 with colors
}
KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "backspace": "\x7f",
    "home": "\x1b[H",
    "end": "\x1b[F",
}
LOOKS = 10
"""How often a program is seen asleep before it counts as that."""
CHUNK = 1000
"""Bytes typed between two looks at what was painted."""
# Queries that pyte would print as text; none of them moves the cursor.
UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[?>=<][0-9;]*(\$p|u|t|q|m)|\x1b\[[0-9;]*(t|\$p)|\x1bP.*?\x1b\\", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What followed a key."""

    seconds: float
    """From the key to the end of the last frame it caused."""
    frames: int
    output: bytes
    """What was sent to the terminal."""

    @property
    def written(self):
        """Bytes sent to the terminal."""
        return len(self.output)


class Terminal:
    """A pseudo terminal with one program in it.

    Parameters
    ----------
    command : list of str
        Program and arguments.
    columns, rows : int
        Size of the terminal [cells].
    environment : dict, optional
        Variables set over those of this process.
    """

    def __init__(self, command, *, columns=120, rows=40, environment=None):
        self.started = time.perf_counter()
        self._master, slave = pty.openpty()
        self._resize(columns, rows)
        # A test runner that loads readline says the size of its own terminal in two variables.
        own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": None, "LINES": None}
        variables = own | (environment or {})
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={name: value for name, value in (os.environ | variables).items() if value is not None},
            start_new_session=True,
            close_fds=True,
        )
        os.close(slave)
        self.frame_ends = []
        """When each frame was complete, as `time.perf_counter` has it."""
        self._log = []
        self.written = 0
        self._tail = b""
        self._undrawn = []
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def key(self, *names):
        """Type keys by name, or texts as they stand."""
        os.write(self._master, "".join(KEYS.get(name, name) for name in names).encode())

    def send(self, content):
        """Send bytes as they are, read or not."""
        for start in range(0, len(content), CHUNK):
            os.write(self._master, content[start : start + CHUNK])
            self._read(0.0)

    def type(self, *names):
        """Type any length, a sequence in one piece, and read meanwhile: a full pipe holds both sides up."""
        for name in names:
            content = KEYS.get(name, name).encode()
            for start in range(0, len(content), CHUNK):
                os.write(self._master, content[start : start + CHUNK])
                self._read(0.0)

    def react(self, *names, quiet=0.1, patience=5.0):
        """Type keys and tell what followed, once nothing has come for a while."""
        frames, reads, typed = len(self.frame_ends), len(self._log), time.perf_counter()
        self.key(*names)
        self.settle(quiet=quiet, patience=patience, frames=frames + 1)
        new = self.frame_ends[frames:]
        return Reaction(
            seconds=(new[-1] if new else time.perf_counter()) - typed,
            frames=len(new),
            output=b"".join(result for _, result in self._log[reads:]),
        )

    def settle(self, *, quiet=0.15, patience=10.0, frames=0):
        """Read until nothing has come for a while and so many frames have been painted."""
        end = time.perf_counter() + patience
        while time.perf_counter() < end and self._alive():
            if not self._read(quiet) and len(self.frame_ends) >= frames:
                return

    def settle_asleep(self, *, quiet=0.1, patience=60.0):
        """Read until the program waits for input; one that is kept from a busy processor does not."""
        end, asleep = time.perf_counter() + patience, 0
        while time.perf_counter() < end and self._alive() and asleep < LOOKS:
            asleep = 0 if self._read(quiet / LOOKS) or self._runs() else asleep + 1

    def _runs(self):
        main_thread = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/stat")
        return main_thread.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "R"

    def wait_for(self, text, *, patience=20.0):
        """Read until a text is on the screen; return when, or raise with what is there instead."""
        end = time.perf_counter() + patience
        while text not in self.text:
            if time.perf_counter() > end or not self._alive():
                raise TimeoutError(f"{text!r} did not appear; the screen says:\n{self.text}")
            # To draw the picture takes longer than a look at whether there is more of it.
            while not self._read(0.02) and time.perf_counter() <= end and self._alive():
                pass
        return time.perf_counter()

    def first_paint(self, text, *, patience=20.0):
        """Read until a text has been written; return how long after the start that was [seconds]."""
        end = time.perf_counter() + patience
        while text.encode() not in b"".join(result for _, result in self._log):
            if time.perf_counter() > end or not self._alive():
                raise TimeoutError(f"{text!r} was not painted; the screen says:\n{self.text}")
            self._read(0.02)
        return self._log[-1][0] - self.started

    def wait_for_end(self, *, patience=10.0):
        """Read until the program has ended; return its exit code."""
        end = time.perf_counter() + patience
        while self.process.poll() is None and time.perf_counter() < end:
            self._read(0.02)
        return self.process.wait(timeout=max(0.0, end - time.perf_counter()))

    def resize(self, columns, rows):
        """Give the terminal another size and tell the program."""
        self._draw()
        self._resize(columns, rows)
        self._screen.resize(lines=rows, columns=columns)
        os.killpg(self.process.pid, signal.SIGWINCH)

    def kill(self):
        """End the program as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def hang_up(self):
        """Close the terminal's own end, as a window that is closed does."""
        os.close(self._master)
        self._master = -1

    @property
    def lines(self):
        """The screen as it stands, a text per row."""
        self._draw()
        return list(self._screen.display)

    @property
    def text(self):
        """The screen as one text."""
        return "\n".join(self.lines)

    def memory(self):
        """Memory that the program holds now [bytes]."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:  # noqa: PTH123 - not a path of ours
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def process_time(self):
        """Time that the threads of the program have had on a processor [seconds]."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9

    def _resize(self, columns, rows):
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _alive(self):
        return self.process.poll() is None

    def _read(self, seconds):
        """Take in what comes within a time; whether anything did."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            result = os.read(self._master, 1 << 16)
        except OSError:  # what Linux says when the program has closed its end
            return False
        self._take(result)
        return bool(result)

    def _take(self, found):
        now = time.perf_counter()
        self.written += len(found)
        self._log.append((now, found))
        self._undrawn.append(found)
        # A sequence may be cut between two reads.
        window = self._tail + found
        for query, answer in QUERIES.items():
            if query in window and query not in self._tail:
                os.write(self._master, answer)
        self.frame_ends += [now] * (window.count(FRAME_END) - self._tail.count(FRAME_END))
        self._tail = window[-(len(FRAME_END) - 1) :]

    def _draw(self):
        """Bring the picture up to date; kept out of the reading, whose times are measured."""
        if self._undrawn:
            self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", b"".join(self._undrawn)))
            self._undrawn.clear()
