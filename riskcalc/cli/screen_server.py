"""The server of the screen for browsers: textual-serve with a page, an end and checks of its own."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable
from pathlib import Path

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager
from textual_serve.server import Server, to_int

from riskcalc.cli.web_address import address, is_own_name, is_own_page, name_of

PAGE = Path(__file__).with_name("screen_page.html")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}
"""The page fetches nothing from elsewhere, and no other page can hold it in a frame."""

DRIVER = "riskcalc.tui.browser_driver:BrowserDriver"

BLOCK = 65_536
"""Bytes read at once of what no browser takes."""

PATIENCE = 10
"""Seconds that screens have to save their sessions when the server stops."""


class ScreenProcess(AppService):
    """A screen in a process of its own; it is over when the process is, for whatever reason."""

    def __init__(self, command: str, browser: web.WebSocketResponse, downloads: DownloadManager) -> None:
        super().__init__(
            command,
            write_bytes=browser.send_bytes,
            write_str=browser.send_str,
            close=self._close_browser,
            download_manager=downloads,
        )
        self._browser = browser

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        """Return the environment of the screen, with a driver that ends with the server."""
        return super()._build_environment(width, height) | {"TEXTUAL_DRIVER": DRIVER}

    async def run(self) -> None:
        """Pass on what the screen writes until its process has ended, then close the browser's connection."""
        await super().run()
        if self._process is None or self._process.stdout is None:
            return
        # The browser may have gone first: a screen whose last frames stay unread would never end.
        while await self._process.stdout.read(BLOCK):
            pass
        failed = bool(await self._process.wait())
        await self._close_browser(WSCloseCode.INTERNAL_ERROR if failed else WSCloseCode.OK)

    async def on_meta(self, data: bytes) -> None:
        """Take a message of the screen; that it leaves is not yet that its session is saved."""
        if json.loads(data)["type"] != "exit":
            await super().on_meta(data)

    async def _close_browser(self, code: int = WSCloseCode.OK) -> None:
        await self._browser.close(code=code)


class ScreenServer(Server):
    """Serves only its own page: any other page open in the browser could send keys to the screen."""

    def __init__(self, command: str, *, host: str, port: int) -> None:
        super().__init__(command, host=host, port=port, title="riskcalc")
        self.open_sockets = weakref.WeakSet[web.WebSocketResponse]()

    def serve_until_stopped(self, *, listening: Callable[[], None]) -> None:
        """Serve until ctrl+C or a signal.

        Raises
        ------
        OSError, UnicodeError
            The address or the port cannot be had.
        """
        web.run_app(
            self._make_app(),
            host=self.host,
            port=self.port,
            print=lambda *_: listening(),
            access_log=None,
            shutdown_timeout=PATIENCE,
        )

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the port may be taken."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - the base's signature
        """Tell the browsers, and the screens through them."""
        for opened in list(self.open_sockets):
            await opened.close(code=WSCloseCode.GOING_AWAY, message=b"the server has stopped")

    async def handle_index(self, request: web.Request) -> web.Response:
        """Return the page."""
        self._refuse_other_names(request)
        return web.Response(text=PAGE.read_text(encoding="utf-8"), content_type="text/html", headers=HEADERS)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a screen for one page until either ends."""
        self._refuse_other_names(request)
        if not is_own_page(request.headers.get("Origin"), request.host):
            raise web.HTTPForbidden(text="the screen is open to its own page alone")
        browser = web.WebSocketResponse(heartbeat=15)
        await browser.prepare(request)
        self.open_sockets.add(browser)
        screen = ScreenProcess(self.command, browser, self.download_manager)
        try:
            await screen.start(
                to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24)
            )
            await self._process_messages(browser, screen)
        finally:
            await screen.stop()
        return browser

    def _refuse_other_names(self, request: web.Request) -> None:
        """Refuse a name of another site that was pointed at this machine, to look like the own page."""
        if not is_own_name(name_of(request.host), self.host):
            raise web.HTTPForbidden(text=f"open the screen at {address(self.host, self.port)}")
