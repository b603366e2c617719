"""The screen in a browser: a local server with a separate screen for each visitor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import click

from riskcalc.cli.web_address import address, exposure_warning
from riskcalc.errors import InvalidInputError


def serve_screen(preset: str, *, host: str, port: int, book_wanted: bool | None = None) -> None:
    """Serve the screen until it is stopped with ctrl+C.

    Parameters
    ----------
    preset : str
        Opened in place of the last session; may be empty.
    host, port : str, int
        Where it listens; beyond this machine a warning says what that gives away.
    book_wanted : bool, optional
        False leaves the user's book out, as ``--no-book`` does.

    Raises
    ------
    InvalidInputError
        The extra ``web`` is not installed, or the address or the port cannot be had.
    RiskcalcError
        The preset cannot be read, or the user's keys are wrong.
    """
    if not host:
        raise InvalidInputError("--host must be a name or an address of this machine, got ''")
    try:
        import aiohttp  # noqa: F401, PLC0415 - an extra, which few have
        import textual_serve  # noqa: F401, PLC0415 - as above
    except ImportError:
        raise InvalidInputError("--serve needs riskcalc[web]: pip install 'riskcalc[web]'") from None
    from riskcalc.cli.screen_server import ScreenServer  # noqa: PLC0415 - as above

    check_start(preset)
    server = ScreenServer(screen_command(preset, book_wanted=book_wanted), host=host, port=port)

    def listening() -> None:
        warning = exposure_warning(host, port)
        if warning:
            click.echo(f"riskcalc: warning: {warning}", err=True)
        click.echo(f"riskcalc: the screen is at {address(host, port)}; Ctrl+C stops it")

    try:
        server.serve_until_stopped(listening=listening)
    except (OSError, UnicodeError) as error:
        raise InvalidInputError(f"cannot listen on --host {host} --port {port}: {_reason(error)}") from None


def check_start(preset: str) -> None:
    """Read keys and preset as every screen will, to refuse here what none could open."""
    from riskcalc.presets import load_preset  # noqa: PLC0415 - help needs no presets
    from riskcalc.tui.keymap import read_keymap  # noqa: PLC0415 - as above

    read_keymap()
    if preset:
        load_preset(preset)


def screen_command(preset: str, *, book_wanted: bool | None = None) -> str:
    """Return the shell's line that opens the screen in a process of the server's."""
    words = [sys.executable, "-m", "riskcalc", "screen", *([preset] if preset else [])]
    words += ["--no-book"] if book_wanted is False else []
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _reason(error: OSError | UnicodeError) -> str:
    """The system's words, without the address that asyncio repeats before them."""
    if isinstance(error, UnicodeError) or error.errno is None:
        return str(error)
    words = error.strerror or str(error)
    return words.rpartition("): ")[2].lower()
