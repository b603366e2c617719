"""Files of the user's for every test of a page, and the page Chain on a small chain."""

from __future__ import annotations

import pytest

from tests.tui.driving import drive, settle, start
from tests.tui.pages.book_files import TODAY
from tests.tui.pages.chains import made_chain
from tests.tui.test_looks import dump


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A folder of the test's own for all that the pages read."""
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def book_day(monkeypatch):
    """The day of the books."""
    monkeypatch.setenv("RISKCALC_TODAY", TODAY.isoformat())


def on_chain(run, script, *, chain=None, size=(120, 40)):
    """Return what a script returns that gets the pilot and the page Chain on the first preset."""

    async def opened(pilot):
        await renew(pilot, made_chain() if chain is None else chain)
        return await script(pilot, pilot.app.screen)

    return run(opened, size=size)


async def renew(pilot, chain):
    """Open the page as it is at first: on the first leg, without filter and scan."""
    main_screen = pilot.app.main_screen
    editor = main_screen.editor
    assert not editor.load_chain(chain)
    main_screen.show_page("chain")
    await settle(pilot)
    page = pilot.app.screen
    page.remove_class("-scan")
    page.filter_input.remove_class("-open")
    page.set_focus(None)
    page.leg, page.scanned = 0, None
    page.strikes.rows, page._shown = None, ()
    page.expiry = page._first_expiry(chain, editor.state.draft)
    page.refresh_page()
    await settle(pilot)


def drive_chain(script, **named):
    """Run a script on the page that other tests have used: making it takes longer than most scripts."""
    return drive(script, keep=("chain",), **named)


@pytest.fixture
def on_page():
    """Run a script on the page Chain."""

    def run(script, **named):
        return on_chain(drive_chain, script, **named)

    return run


@pytest.fixture
def looks(monkeypatch):
    """Return the page's text and styles in a look and a size."""

    def page_look(look, size, *, chain=None, before=None):
        async def script(pilot, page):
            pilot.app.theme = "textual-light" if look == "light" else "textual-dark"
            if before is not None:
                await before(pilot, page)
            await settle(pilot)
            return dump(pilot.app)

        if look == "none":
            monkeypatch.setenv("NO_COLOR", "1")
        return on_chain(start if look == "none" else drive_chain, script, chain=chain, size=size)

    return page_look
