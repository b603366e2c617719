"""A server of the screen for browsers, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

PATIENCE = 60
"""Seconds for a server, or a file, to come."""


@contextlib.contextmanager
def serving(folder, *arguments):
    """A server on a free port, with the user's files in a folder: the process, and its port."""
    port = free_port()
    environment = os.environ | {
        "RISKCALC_HOME": str(folder),
        "RISKCALC_SESSION": str(folder / "session.json"),
    }
    environment |= {"RISKCALC_PRESETS": str(folder / "presets")}
    with subprocess.Popen(
        [sys.executable, "-m", "riskcalc", "screen", "--serve", "--port", str(port), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as server:
        try:
            wait_for_port(port)
            yield server, port
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def listens(port):
    """Whether something listens on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("localhost", port), timeout=1):
        return True
    return False


def wait_for_port(port):
    """Wait for the server to listen."""
    wait_for(lambda: listens(port), "the server did not come up")


def wait_for(holds, problem):
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, problem
        time.sleep(0.1)
