"""One screen for all tests of the page Chain: starting one for each takes most of their time."""

from __future__ import annotations

import asyncio

import pytest

from riskcalc.tui.app import LaunchOptions, RiskApp
from tests.tui.driving import live
from tests.tui.pages.chains import made_chain, settle
from tests.tui.test_looks import dump

PRESET = "iwm-call-spread"


class ChainScreen:
    """A running screen, set back to the page Chain on the preset before each script."""

    def __init__(self):
        # One runner keeps one context, which Textual knows its app by.
        self.runner = asyncio.Runner()
        self.running = None

    def __call__(self, script, *, chain=None, size=(120, 40)):
        """Return what a script returns that gets the pilot and the page."""
        return self.runner.run(self._run(script, made_chain() if chain is None else chain, size))

    async def _run(self, script, chain, size):
        if self.running is None:
            self.app = RiskApp(LaunchOptions())
            self.running = self.app.run_test(size=size)
            self.pilot = await self.running.__aenter__()
            await live(self.pilot)
        return await script(self.pilot, await self._page(chain, size))

    async def _page(self, chain, size):
        main_screen = self.app.main_screen
        main_screen.page_states.clear()
        main_screen.show_page("trade")
        editor = main_screen.editor
        if editor.state.pinned is not None:
            editor.pin()
        assert not editor.open(PRESET)
        assert not editor.load_chain(chain)
        main_screen.form.focus_row(0)
        await self.pilot.resize_terminal(*size)
        await settle(self.pilot)
        main_screen.show_page("chain")
        await settle(self.pilot)
        page = self.app.screen
        page.remove_class("-scan")
        page.filter_input.remove_class("-open")
        page.set_focus(None)
        page.leg, page.scanned = 0, None
        page.strikes.rows, page._shown = None, ()
        page.expiry = page._first_expiry(chain, editor.state.draft)
        page.refresh_page()
        await settle(self.pilot)
        return page

    def close(self):
        if self.running is not None:
            self.runner.run(self.running.__aexit__(None, None, None))
        self.runner.close()


@pytest.fixture(scope="session")
def chain_screen(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("chain-screen")
        for name, value in (
            ("RISKCALC_SESSION", str(folder / "session.json")),
            ("RISKCALC_PRESETS", str(folder / "presets")),
            ("COLORTERM", "truecolor"),
            ("TERM", "xterm-256color"),
        ):
            patch.setenv(name, value)
        patch.delenv("NO_COLOR", raising=False)
        screen = ChainScreen()
        yield screen
        screen.close()


@pytest.fixture
def on_page(chain_screen):
    """Run a script on the page Chain."""
    return chain_screen


@pytest.fixture
def looks(chain_screen, monkeypatch):
    """Return the page's text and styles in a look and a size."""

    def found(look, size, *, chain=None, before=None):
        async def script(pilot, page):
            theme = pilot.app.theme
            pilot.app.theme = "textual-light" if look == "light" else "textual-dark"
            if before is not None:
                await before(pilot, page)
            await settle(pilot)
            dumped = dump(pilot.app)
            pilot.app.theme = theme
            return dumped

        if look != "none":
            return chain_screen(script, chain=chain, size=size)
        monkeypatch.setenv("COLORTERM", "truecolor")
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("NO_COLOR", "1")
        alone = ChainScreen()
        try:
            return alone(script, chain=chain, size=size)
        finally:
            alone.close()

    return found
