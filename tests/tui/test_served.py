"""The screen in a browser, as `riskcalc screen --serve` has it, over the websocket that the browser opens."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

aiohttp = pytest.importorskip("aiohttp", reason="the web extra is not installed")

pytestmark = pytest.mark.slow

PATIENCE = 60
"""Seconds for a server, or a frame, to come."""
ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[a-zA-Z]")


@pytest.fixture
def port(tmp_path):
    """The port of a server of the screen, which ends with the test."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        number = free.getsockname()[1]
    environment = os.environ | {
        "RISKCALC_SESSION": str(tmp_path / "session.json"),
        "RISKCALC_PRESETS": str(tmp_path / "presets"),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "riskcalc", "screen", "--serve", "--port", str(number)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        wait_for_port(number)
        yield number
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)


def wait_for_port(number):
    end = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("localhost", number), timeout=1):
            return
        assert time.monotonic() < end, "the server did not come up"
        time.sleep(0.1)


def written(path):
    """The session that is kept when the browser leaves."""
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end, "the session was not kept"
        time.sleep(0.1)
    return path.read_text(encoding="utf-8")


async def read_until(websocket, wanted):
    """Everything written until a text is; fails with what there is instead."""
    seen = ""
    while wanted not in seen:
        message = await asyncio.wait_for(websocket.receive(), PATIENCE)
        assert message.type is aiohttp.WSMsgType.BINARY or message.type is aiohttp.WSMsgType.TEXT, seen
        if message.type is aiohttp.WSMsgType.BINARY:
            seen += ESCAPES.sub("", message.data.decode("utf-8", errors="replace"))
    return seen


def test_the_trade_arrives_in_the_browser_and_follows_the_keys(port, tmp_path):
    async def browse():
        address = f"ws://localhost:{port}/ws?width=120&height=40"
        async with aiohttp.ClientSession() as session, session.ws_connect(address) as websocket:
            first = await read_until(websocket, "P(profit)")
            await websocket.send_json(["stdin", "\x1b[A"])
            return first, await read_until(websocket, "296.00")

    first, _ = asyncio.run(browse())
    assert "iwm-call-spread" in first
    assert "295.39" in first
    assert '"296.00"' in written(tmp_path / "session.json")


def test_a_page_of_another_site_is_refused(port):
    async def browse():
        address = f"ws://localhost:{port}/ws?width=120&height=40"
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(address, origin="http://elsewhere.example")
            async with session.ws_connect(address, origin=f"http://localhost:{port}") as websocket:
                await read_until(websocket, "riskcalc")
            return refused.value.status

    assert asyncio.run(browse()) == 403
