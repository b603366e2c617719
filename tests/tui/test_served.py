"""The screen in a browser, as `riskcalc screen --serve` has it, over the websocket that the browser opens."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.tui.serving import PATIENCE, serving, wait_for

aiohttp = pytest.importorskip("aiohttp", reason="the web extra is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.alone]

OTHERS = (
    {"origin": "http://elsewhere.example"},
    # A name of another site that was pointed at this machine.
    {"origin": "http://elsewhere.example", "headers": {"Host": "elsewhere.example"}},
)
"""What a page of another site sends."""
ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[a-zA-Z]")


@pytest.fixture
def port(tmp_path):
    """The port of a server of the screen, which ends with the test."""
    with serving(tmp_path) as (_, number):
        yield number


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
    path = tmp_path / "session.json"
    wait_for(path.exists, "the session was not kept")
    assert '"296.00"' in path.read_text(encoding="utf-8")


def test_a_page_of_another_site_is_refused(port):
    async def browse():
        address = f"ws://localhost:{port}/ws?width=120&height=40"
        async with aiohttp.ClientSession() as session:
            refused = [await refusal(session, address, **given) for given in OTHERS]
            async with session.ws_connect(address, origin=f"http://localhost:{port}") as websocket:
                await read_until(websocket, "riskcalc")
            return refused

    assert asyncio.run(browse()) == [403] * len(OTHERS)


async def refusal(session, address, **given):
    """The status of a websocket that is refused."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(address, **given)
    return refused.value.status


def test_what_cannot_be_opened_is_said_on_the_screen_and_q_leaves_it(port, tmp_path):
    (tmp_path / "book.sqlite").write_text("no book")

    async def browse():
        address = f"ws://localhost:{port}/ws?width=120&height=40"
        async with aiohttp.ClientSession() as session, session.ws_connect(address) as websocket:
            await read_until(websocket, "cannot be opened")
            await websocket.send_json(["stdin", "\x1b[A"])
            await websocket.send_json(["stdin", "q"])
            while (await asyncio.wait_for(websocket.receive(), PATIENCE)).type is aiohttp.WSMsgType.BINARY:
                pass
            return websocket.close_code

    assert asyncio.run(browse()) == aiohttp.WSCloseCode.INTERNAL_ERROR  # its command failed
