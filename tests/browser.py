"""A Chromium for tests: where it is, and how to talk to it.

``RISKCALC_BROWSER`` names one that is not on the PATH.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import os
import re
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = os.environ.get("RISKCALC_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
OPTIONS = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --enable-logging=stderr"
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
PATIENCE = 120
"""Seconds for a browser, or what is on its page, to come."""
KEYS = {"Up": ("ArrowUp", 38), "Enter": ("Enter", 13), "Escape": ("Escape", 27)}
KEYS |= {f"F{number}": (f"F{number}", 111 + number) for number in range(1, 13)}
TEXTS = {key: {} for key in KEYS} | {"Enter": {"text": "\r"}}
ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[a-zA-Z]")

needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium on the PATH or in RISKCALC_BROWSER")


@contextlib.asynccontextmanager
async def chromium(profile):
    """A Chromium without a network, by its own protocol; it ends with the block."""
    aiohttp = pytest.importorskip("aiohttp", reason="the web extra is not installed")
    command = [BROWSER, *OPTIONS.split(), OFFLINE, f"--user-data-dir={profile}", "--remote-debugging-port=0"]
    process = await asyncio.create_subprocess_exec(
        *command, "about:blank", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        address = None
        while address is None:
            line = await asyncio.wait_for(process.stderr.readline(), PATIENCE)
            assert line, "the browser did not start"
            address = re.search(r"ws://\S+", line.decode(errors="replace"))
        silent = asyncio.create_task(_read_to_the_end(process.stderr))
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(address[0], max_msg_size=0) as socket,
        ):
            browser = Browser(socket)
            yield browser
            browser.listener.cancel()
        silent.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _read_to_the_end(stream):
    while await stream.readline():
        pass


class Browser:
    """The connection that all tabs share."""

    def __init__(self, socket):
        self.socket, self.numbers, self.answers, self.tabs = socket, itertools.count(1), {}, {}
        self.listener = asyncio.create_task(self._listen())

    async def _listen(self):
        async for message in self.socket:
            data = message.json()
            if "id" in data:
                self.answers.pop(data["id"]).set_result(data)
            elif data.get("sessionId") in self.tabs:
                self.tabs[data["sessionId"]].heard(data["method"], data["params"])

    async def call(self, method, *, tab=None, **given):
        """Call a method of the protocol; returns its result."""
        number = next(self.numbers)
        self.answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": given}
        await self.socket.send_json(message | ({"sessionId": tab} if tab else {}))
        answer = await asyncio.wait_for(self.answers[number], PATIENCE)
        assert "error" not in answer, answer
        return answer["result"]

    async def tab(self, address, *, width=1280, height=800):
        """Open a page in a tab of its own."""
        made = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        tab = self.tabs[attached["sessionId"]] = Tab(self, attached["sessionId"])
        for domain in ("Page", "Runtime", "Log", "Network"):
            await tab.call(f"{domain}.enable")
        await tab.resize(width, height)
        await tab.call("Page.navigate", url=address)
        return tab


class Tab:
    """A page: what it shows, asks for and complains of."""

    def __init__(self, browser, session):
        self.browser, self.session = browser, session
        self.written, self.problems, self.asked = "", [], []

    def heard(self, method, given):
        """Take note of an event."""
        if method == "Network.webSocketFrameReceived" and given["response"]["opcode"] == 2:
            data = base64.b64decode(given["response"]["payloadData"])
            self.written += ESCAPES.sub("", data.decode("utf-8", errors="replace"))
        elif method == "Network.requestWillBeSent":
            self.asked.append(given["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(given["exceptionDetails"])
        elif method == "Log.entryAdded" and given["entry"]["level"] == "error":
            self.problems.append(given["entry"])
        elif method == "Runtime.consoleAPICalled" and given["type"] in {"error", "assert"}:
            self.problems.append(given["args"])

    def call(self, method, **given):
        """Call a method of the protocol for this tab."""
        return self.browser.call(method, tab=self.session, **given)

    async def press(self, key):
        """Press a key by its name, or type a character."""
        name, code = KEYS.get(key, (key, ord(key[0].upper())))
        pressed = {"key": name, "windowsVirtualKeyCode": code} | TEXTS.get(key, {"text": key})
        await self.call("Input.dispatchKeyEvent", type="keyDown", **pressed)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)

    async def click(self, x, y):
        """Click at a place [pixels]."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def resize(self, width, height):
        """Set the size of what is seen of the page [pixels]."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def shows(self, text, *, after=()):
        """Wait until a text is written to the terminal after keys; returns all that was written since."""
        self.written = ""
        for key in after:
            await self.press(key)
        await self.until(lambda: text in self.written, text)
        return self.written

    async def says(self, text):
        """Wait until a text is on the page itself."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while text not in (result := (await self.value("document.body.innerText"))):
            assert asyncio.get_running_loop().time() < end, f"{text!r} did not come, but {result!r}"
            await asyncio.sleep(0.1)

    async def value(self, script):
        """What a script on the page returns."""
        return (await self.call("Runtime.evaluate", expression=script, returnByValue=True))["result"].get(
            "value"
        )

    async def until(self, holds, what):
        """Wait until something holds of what was heard."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not holds():
            assert asyncio.get_running_loop().time() < end, f"{what!r} did not come: {self.written[-2000:]}"
            await asyncio.sleep(0.05)
