"""The screen in a browser: a local server with a separate screen for each visitor."""

from __future__ import annotations

import shlex
import sys
from urllib.parse import urlsplit

import click

from riskcalc.errors import InvalidInputError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Addresses that only this machine reaches."""


def serve_screen(preset: str, *, host: str, port: int) -> None:
    """Serve the screen until it is stopped with ctrl+C.

    Parameters
    ----------
    preset : str
        Opened in place of the last session; may be empty.
    host, port : str, int
        Where it listens; beyond this machine a warning says what that gives away.

    Raises
    ------
    InvalidInputError
        The extra ``web`` is not installed.
    """
    try:
        from aiohttp import web  # noqa: PLC0415 - an extra, which few have
        from textual_serve.server import Server  # noqa: PLC0415 - as above
    except ImportError:
        raise InvalidInputError("--serve needs riskcalc[web]: pip install 'riskcalc[web]'") from None

    class SameOriginServer(Server):
        """Serves only its own page: any other page open in the browser could send keys to the screen."""

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            if not is_own_page(request.headers.get("Origin"), request.host):
                raise web.HTTPForbidden(text="the screen is open to its own page alone")
            return await super().handle_websocket(request)

    warning = exposure_warning(host, port)
    if warning:
        click.echo(f"riskcalc: warning: {warning}", err=True)
    SameOriginServer(screen_command(preset), host=host, port=port, title="riskcalc").serve()


def screen_command(preset: str) -> str:
    """Return the shell's line that opens the screen in a terminal of the server's."""
    return shlex.join([sys.executable, "-m", "riskcalc", "screen", *([preset] if preset else [])])


def exposure_warning(host: str, port: int) -> str:
    """Return what listening on an address gives away; nothing for this machine's own."""
    if host in LOOPBACK:
        return ""
    return (
        f"whoever reaches {host}:{port} can read and write your presets, book, account and quotes, "
        "and write reports, without a password"
    )


def is_own_page(origin: str | None, host: str) -> bool:
    """Whether a request comes from this server's page; programs other than browsers send no origin.

    Examples
    --------
    >>> is_own_page("http://localhost:8000", "localhost:8000"), is_own_page("https://x.com", "localhost:8000")
    (True, False)
    """
    return origin is None or urlsplit(origin).netloc == host
