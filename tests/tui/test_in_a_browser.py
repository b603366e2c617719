"""The screen in a real Chromium, without a network: keys, mouse, sizes, tabs, and each way it ends."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tests.browser import chromium, needs_browser
from tests.tui.serving import PATIENCE, listens, serving, wait_for

pytest.importorskip("aiohttp", reason="the web extra is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.alone, needs_browser]

IV_ROW = (60, 95)
"""A place on the field below the spot's slider [pixels]."""
PAGES = {"F1": "[Today", "F3": "[Chain", "F4": "[Book", "F5": "[Journal", "F2": "P(profit)"}


@pytest.fixture
def browse(tmp_path):
    """Run a script on a server and a browser, and check that no page complained or asked elsewhere."""

    def run(script, *arguments):
        async def browsing(server, port):
            async with chromium(tmp_path / "profile") as browser:
                await script(browser, f"http://localhost:{port}/", server)
                for tab in browser.tabs.values():
                    assert tab.problems == []
                    hosts = {url.split("/")[2] for url in tab.asked if url.startswith("http")}
                    assert hosts <= {f"localhost:{port}", f"127.0.0.1:{port}"}

        with serving(tmp_path, *arguments) as (server, port):
            asyncio.run(browsing(server, port))

    return run


def test_keys_mouse_and_sizes_reach_the_screen(browse):
    async def script(browser, address, _):
        tab = await browser.tab(address)
        await tab.resize(1180, 700)  # while it connects
        await tab.until(lambda: "P(profit)" in tab.written, "the first frame")
        await tab.shows("296.00", after=["Up"])
        for key, shown in PAGES.items():
            await tab.shows(shown, after=[key])
        await tab.shows("Esc closes", after=["?"])
        await tab.shows(PAGES["F1"], after=["Escape", "F1"])
        await tab.shows("P(profit)", after=["F2"])
        tab.written = ""
        await tab.click(*IV_ROW)
        await tab.until(lambda: "ATM IV per year" in tab.written, "the help of the clicked field")
        await tab.resize(400, 300)
        await tab.until(lambda: "riskcalc needs 60x18" in tab.written, "the smallest size")
        await tab.resize(1600, 900)
        await tab.shows(PAGES["F1"], after=["F1"])
        await tab.shows("P(profit)", after=["F2"])

    browse(script)


def test_a_reload_keeps_the_trade_and_a_second_tab_is_a_screen_of_its_own(browse):
    async def script(browser, address, _):
        tab = await browser.tab(address)
        await tab.until(lambda: "P(profit)" in tab.written, "the first frame")
        await tab.shows("296.00", after=["Up"])
        tab.written = ""
        await tab.call("Page.reload")
        await tab.until(lambda: "P(profit)" in tab.written and "296.00" in tab.written, "the trade as it was")
        second = await browser.tab(address.replace("localhost", "127.0.0.1"))
        await second.until(lambda: "P(profit)" in second.written, "the screen of the second tab")
        await second.shows("[Book", after=["F4"])
        await tab.shows("297.00", after=["Up"])

    browse(script)


def test_a_screen_that_was_left_opens_again(browse, tmp_path):
    async def script(browser, address, _):
        tab = await browser.tab(address)
        await tab.until(lambda: "P(profit)" in tab.written, "the first frame")
        await tab.press("q")
        await tab.says("The screen is closed; its session is saved.")
        assert (tmp_path / "session.json").exists()
        await tab.shows("P(profit)", after=["Enter"])

    browse(script)


def test_ctrl_c_ends_screens_and_server_without_a_word(browse, tmp_path):
    async def script(browser, address, server):
        tab = await browser.tab(address)
        await tab.until(lambda: "P(profit)" in tab.written, "the first frame")
        os.killpg(server.pid, signal.SIGINT)  # as a terminal does: to the screens as well
        out, _ = await asyncio.to_thread(server.communicate, timeout=PATIENCE)
        assert (server.returncode, out.count("\n")) == (0, 1), out
        assert not listens(int(address.rstrip("/").rpartition(":")[2]))
        assert (tmp_path / "session.json").exists()
        await tab.says("Open the screen")

    browse(script)


def test_without_a_server_the_page_says_so_and_the_screen_ends(browse, tmp_path):
    async def script(browser, address, server):
        tab = await browser.tab(address)
        await tab.until(lambda: "P(profit)" in tab.written, "the first frame")
        server.kill()
        await tab.says("riskcalc has stopped. Start riskcalc screen --serve again, then open the screen.")
        await asyncio.to_thread(wait_for, lambda: not lives(server), "the screen went on without its server")
        assert (tmp_path / "session.json").exists()

    browse(script)


def lives(server):
    """Whether a process of the server's group does."""
    server.poll()
    try:
        os.killpg(server.pid, 0)
    except ProcessLookupError:
        return False
    return True
