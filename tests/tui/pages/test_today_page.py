"""The page Today: what is on it at each size, its dialogs, and what choosing a row opens."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from riskcalc.editor.pages.entries import file_typed_signal, write_typed_quotes
from riskcalc.presets.market_file import market_path, read_market
from riskcalc.signals.store import read_store
from riskcalc.tui.app import LaunchOptions
from riskcalc.tui.pages.section_list import SectionList
from tests.tui.driving import drive, settle, start, text
from tests.tui.test_looks import dump

FOLDER = Path(__file__).parent.parent / "snapshots"
TODAY = dt.date(2026, 7, 20)
SIZES = [(60, 18), (80, 24), (120, 40), (200, 60)]


def on_today(script, *, run=drive, size=(120, 40)):
    async def opened(pilot):
        await pilot.press("f1")
        await settle(pilot)
        return await script(pilot)

    return run(opened, size=size, opening=LaunchOptions(today=TODAY, held_against_day=True))


async def shown(pilot):
    await settle(pilot)
    # A message that wraps is one text.
    return " ".join(text(pilot.app).split())


def lines_of(app):
    """Every line of the lists with the width that it has."""
    return [
        (column.scrollable_content_region.width, line)
        for column in app.screen.query(SectionList)
        if column.display
        for option in column.options
        if not isinstance(option.prompt, str)
        for line in option.prompt.plain.splitlines()
    ]


def test_a_morning_from_a_fresh_start_to_a_stop_signal():
    async def script(pilot):
        app = pilot.app
        for size, columns in zip(SIZES, (1, 1, 2, 3), strict=True):
            await pilot.resize_terminal(*size)
            page = await shown(pilot)
            assert sum(column.display for column in app.screen.query(SectionList)) == columns
            lines = lines_of(app)
            assert len(lines) > 30
            assert all(len(line) <= width for width, line in lines), size
            assert "NO SIGNAL DATA file some: riskcalc signals --update FILES" in page
            assert "not today's; e types today's, f reads a file of quotes" in page
        await pilot.press("e", *"-3", "enter")
        await pilot.pause()
        assert app.screen.query_one("#problem", Static).content.plain == (
            "quotes.IWM.spot must be a number > 0, got -3"
        )
        await pilot.press("escape", "e", *"297.40", "tab", *"IWM=19%", "tab", *"3.9%", "enter")
        page = await shown(pilot)
        assert "IWM 297.40: prices of 2026-07-20 (market.toml), today's" in page
        assert "the trade is priced at them" in page
        assert app.main_screen.editor.state.draft.quote.spot == 297.40
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.screen.query_one(Input).value == "high_yield_widening="
        await pilot.press(*"120 bp", "enter")
        assert "NO NEW LONGS high_yield_widening fired" in await shown(pilot)
        return {check.name: check.status for check in app.main_screen.editor.state.plan.checks}

    checks = on_today(script)
    known = read_market()
    assert (known.quotes["IWM"].spot, known.quotes["IWM"].vol, known.rate) == (297.40, 0.19, 0.039)
    assert checks["stop signals"] == "fail"
    assert "typed.high_yield_widening" in read_store()


def a_day():
    """Files of a day with a fired signal and an old price."""
    file_typed_signal("high_yield_widening=120 bp", day=TODAY)
    write_typed_quotes("IWM=297.40", "IWM=19%", "3.9%", day=TODAY)
    write_typed_quotes("TNA=71.20", "", "", day=dt.date(2026, 7, 15))


def as_stored(name, found):
    path = FOLDER / f"today-{name}.txt"
    if os.environ.get("RISKCALC_REGENERATE"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8"), name


@pytest.mark.slow
def test_the_page_looks_as_stored():
    a_day()

    async def script(pilot):
        result = {}
        await pilot.press("down")
        for size in SIZES[1:]:
            await pilot.resize_terminal(*size)
            await settle(pilot)
            result["dark-{}x{}".format(*size)] = dump(pilot.app)
        await pilot.press("t")
        await settle(pilot)
        result["light-200x60"] = dump(pilot.app)
        return result

    for name, result in on_today(script).items():
        as_stored(name, result)


@pytest.mark.slow
def test_the_page_without_colors_looks_as_stored(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    a_day()

    async def script(pilot):
        await pilot.press("down")
        await settle(pilot)
        return dump(pilot.app)

    as_stored("none-120x40", on_today(script, run=start))


@pytest.mark.slow
def test_an_edited_trade_keeps_its_prices():
    async def script(pilot):
        pilot.app.main_screen.editor.step("market.spot", 1)
        before = pilot.app.main_screen.editor.state.draft.quote.spot
        await pilot.press("e", *"297.40", "enter")
        page = await shown(pilot)
        return before, page, pilot.app.main_screen.editor.state.draft.quote.spot

    before, page, after = on_today(script)
    assert before == after
    assert "the trade is edited and keeps its prices" in page


@pytest.mark.slow
def test_the_cursor_says_what_a_row_is_about_and_stays_where_it_was():
    async def script(pilot):
        await pilot.press("down", "down")
        message = pilot.app.screen.message.text
        row = pilot.app.screen.focused.row
        await pilot.press("r")
        await settle(pilot)
        return message, row, pilot.app.screen.focused.row

    message, row, after = on_today(script)
    assert message.startswith("risk_off: stocks or bonds have fallen sharply")
    assert row == after


@pytest.mark.slow
def test_an_event_opens_nothing_and_says_its_source():
    async def script(pilot):
        await pilot.press("tab", "down", "enter")
        return pilot.app.screen.NAME, pilot.app.screen.message.text

    page, message = on_today(script)
    assert page == "today"
    assert message == (
        "2026-07-29 FOMC decision 14:00: Federal Reserve press release of 2024-08-09, checked 2026-11-27"
    )


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_said():
    async def script(pilot):
        market_path().write_text("quotes = [")
        await pilot.press("r")
        await settle(pilot)
        return pilot.app.screen.message

    message = on_today(script)
    assert message.kind == "problem"
    assert "market.toml" in message.text
