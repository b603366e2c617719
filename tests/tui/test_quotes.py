from __future__ import annotations

import threading

import pytest
from textual.widgets import Input

import riskcalc.chains
from riskcalc.editor import session_file
from riskcalc.tui.app import LaunchOptions
from riskcalc.tui.dialogs.quotes_screen import QuotesScreen
from tests.outside import reference_file
from tests.tui.driving import drive, start, text, until
from tests.tui.quote_files import CHAIN, WORTHLESS, write_quotes


@pytest.fixture
def quotes(tmp_path):
    return write_quotes(tmp_path / "quotes.csv")


def legs(main_screen):
    return main_screen.editor.state.plan.report.trade.option_legs


def strikes(main_screen):
    return [leg.strike for leg in legs(main_screen)]


async def go_to(pilot, key):
    main_screen = pilot.app.main_screen
    while main_screen.form.row.key != key:
        await pilot.press("j")


async def ask_for(pilot, path):
    """Open the dialog and type a path."""
    await pilot.press("f")
    await until(pilot, lambda: isinstance(pilot.app.screen, QuotesScreen) and pilot.app.focused)
    pilot.app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")


def test_the_screen_opens_on_quotes_and_steps_along_them(quotes):
    async def script(pilot):
        main_screen = pilot.app.main_screen
        opened = text(pilot.app)
        before = legs(main_screen)
        await go_to(pilot, "legs.1.strike")
        await pilot.press("up")
        stepped = legs(main_screen)
        await pilot.press("J")
        return opened, before, stepped, strikes(main_screen)

    opened, before, stepped, shifted = drive(script, opening=LaunchOptions(chain=quotes))
    assert "opened on quotes.csv at mid" in opened
    assert [leg.strike for leg in before] == [295, 325]
    assert [leg.strike for leg in stepped] == [295, 330]
    quote = CHAIN.quote(expiry=CHAIN.days[1], strike=330, option_type=1)
    assert stepped[1].premium == pytest.approx(quote.mid, abs=0.01)
    assert shifted == [290, 325]


def test_a_quote_that_is_unusable_says_why(quotes):
    async def script(pilot):
        await go_to(pilot, "legs.1.strike")
        await pilot.press("up", "up", "up")
        await pilot.pause()
        message = pilot.app.main_screen.message.text
        await pilot.press("down")
        await pilot.pause()
        return message, strikes(pilot.app.main_screen)

    message, after = drive(script, opening=LaunchOptions(chain=quotes))
    assert f"IWM call {WORTHLESS} 2026-09-18: no bid" in message
    assert after == [295, 335]


def test_a_session_on_quotes_is_restored_on_them(quotes):
    async def leave(pilot):
        await go_to(pilot, "legs.1.strike")
        await pilot.press("up", "q")

    async def come_back(pilot):
        await pilot.press("up")
        return pilot.app.main_screen.editor.chain_path, strikes(pilot.app.main_screen)

    start(leave, opening=LaunchOptions(chain=quotes))
    assert start(come_back) == (quotes, [295, 335])


def test_a_session_whose_quotes_are_gone_says_so(quotes):
    async def leave(pilot):
        await pilot.press("q")

    async def come_back(pilot):
        return text(pilot.app), strikes(pilot.app.main_screen)

    start(leave, opening=LaunchOptions(chain=quotes))
    quotes.unlink()
    screen, result = start(come_back)
    assert "the quotes are no longer available, their prices stay" in screen
    assert result == [295, 325]


def test_quotes_are_loaded_from_the_running_screen(quotes):
    async def script(pilot):
        main_screen = pilot.app.main_screen
        await ask_for(pilot, quotes)
        await until(pilot, lambda: pilot.app.screen is main_screen)
        await pilot.pause()
        message, result = main_screen.message.text, legs(main_screen)
        await pilot.press("u")
        return message, result, main_screen.editor.chain_path

    message, result, undone = drive(script)
    assert message == "on the quotes of quotes.csv"
    quote = CHAIN.quote(expiry=CHAIN.days[1], strike=325, option_type=1)
    assert result[1].premium == pytest.approx(quote.mid, abs=0.01)
    assert undone is None


def test_a_file_that_cannot_be_read_says_why_and_the_dialog_stays():
    async def script(pilot):
        await ask_for(pilot, "no/such.csv")
        for path in ("~nobody/x.csv", "\0", "x" * 5000, "/", "/dev/null"):
            await until(pilot, lambda: "cannot be read" in text(pilot.app) or "is a" in text(pilot.app))
            pilot.app.screen.query_one(Input).value = path
            await pilot.pause()
            assert "cannot be read" not in text(pilot.app)
            await pilot.press("enter")
        await until(pilot, lambda: "cannot be read" in text(pilot.app) or "is a" in text(pilot.app))
        await pilot.press("escape")
        await pilot.pause()
        return pilot.app.screen is pilot.app.main_screen, pilot.app.main_screen.editor.state.draft.chain

    assert drive(script) == (True, None)


def test_escape_gives_the_reading_up_and_what_comes_of_it_is_dropped(quotes, monkeypatch):
    reading, stopped, read = threading.Event(), threading.Event(), threading.Event()
    real = riskcalc.chains.read_chain

    def slow(*arguments, **keywords):
        reading.set()
        stopped.wait(20)
        try:
            return real(*arguments, **keywords)
        finally:
            read.set()

    monkeypatch.setattr("riskcalc.chains.read_chain", slow)

    async def script(pilot):
        main_screen = pilot.app.main_screen
        await ask_for(pilot, quotes)
        await until(pilot, reading.is_set)
        await pilot.pause()
        progress = text(pilot.app)
        await pilot.press("escape")
        await pilot.pause()
        stayed = text(pilot.app)
        await pilot.press("escape")
        await pilot.pause()
        stopped.set()
        await until(pilot, read.is_set)
        await pilot.press("up")
        await pilot.pause(0.2)
        return progress, stayed, main_screen.editor.state.draft.chain, pilot.app.screen is main_screen

    progress, stayed, chain, closed = drive(script)
    assert "reading quotes.csv ████░" in progress
    assert "stopped reading" in stayed
    assert chain is None
    assert closed


def test_real_quotes():
    path = reference_file("06_option_chains/IWM_2026-07-20_yfinance_layout.csv")

    async def script(pilot):
        main_screen = pilot.app.main_screen
        opened = strikes(main_screen)
        await pilot.press("K")
        shifted, premiums = strikes(main_screen), [leg.premium for leg in legs(main_screen)]
        await go_to(pilot, "legs.1.strike")
        await pilot.press("L")
        await pilot.pause()
        return opened, shifted, premiums, main_screen.message.text

    opened, shifted, premiums, message = start(script, opening=LaunchOptions(chain=path))
    assert opened == [295, 325]
    assert shifted == [300, 330]
    assert premiums == pytest.approx([7.84, 0.53])
    assert "no bid" in message
    assert session_file.session_preview().title == "iwm-call-spread*"
