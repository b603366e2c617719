"""The scan of the page Chain under the keyboard and the mouse."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from riskcalc.editor.pages import scan as scanning
from riskcalc.errors import ChainError
from tests.tui.driving import settle, strips, text, until
from tests.tui.pages.chains import made_chain

FOLDER = Path(__file__).parents[1] / "snapshots"


async def scan(pilot, page, key="s"):
    await pilot.press(key)
    await until(pilot, lambda: page.in_scan)
    await settle(pilot)


def shown_rows(page):
    return [page.lines.row(line) for line in range(len(page.lines))]


def row_under_cursor(page):
    return page.scanned.row(page.lines.row(page.table_rows.cursor))


def strikes(page):
    return [leg.strike for leg in page.editor.state.draft.trade.option_legs]


def test_a_scan_is_opened_sorted_filtered_and_kept(on_page):
    async def script(pilot, page):
        await scan(pilot, page)
        table = text(pilot.app)
        first = row_under_cursor(page)
        await pilot.press("down")
        second = row_under_cursor(page)
        await pilot.press("i")
        reverse = page.state["sort"], shown_rows(page), row_under_cursor(page)
        await pilot.press("left_square_bracket")
        beside = page.state["sort"], strips(pilot.app)[2].text
        await pilot.press("slash", *"puts", "space", *"credit", "enter")
        await settle(pilot)
        filtered = {page.scanned.row(row)["kind"] for row in shown_rows(page)}, text(pilot.app)
        await pilot.press("slash", *"x", "enter")
        wrong = page.message.kind, page.message.text
        await pilot.press("escape", "escape")
        dropped = page.in_scan, page.state["scan_filter"], len(page.lines)
        await pilot.press("escape")
        back = page.in_scan, text(pilot.app)
        scanned = page.scanned
        await scan(pilot, page)
        again = page.scanned is scanned, page.state["sort"]
        await pilot.press("s")
        return table, first, second, reverse, beside, filtered, wrong, dropped, back, again, page.in_scan

    table, first, second, reverse, beside, filtered, wrong, dropped, back, again, closed = on_page(script)
    assert "verticals, mid fills" in table
    assert "rank▼" in table
    assert first["view_r"] >= second["view_r"]
    assert reverse[0] == "view_r reverse"
    assert reverse[1] == sorted(reverse[1], reverse=True)
    assert reverse[2]["long_strike"] == second["long_strike"], "the cursor stays on its row"
    assert beside[0] == "edge"
    assert "edge▼" in beside[1]
    assert filtered[0] == {"put credit"}
    assert "filter: puts credit" in filtered[1]
    assert wrong[0] == "problem"
    assert wrong[1].startswith("filter: 'x' is not known")
    assert dropped[:2] == (True, "")
    assert dropped[2] == len(reverse[1])
    assert not back[0]
    assert "[M Sep 18" in back[1]
    assert again == (True, "edge")
    assert not closed


def test_a_row_opens_as_the_trade_is_pinned_and_undone(on_page):
    async def script(pilot, page):
        before = strikes(page)
        await scan(pilot, page)
        await pilot.press("down", "down", "c")
        await settle(pilot)
        wanted = row_under_cursor(page)
        pinned, message = page.editor.state.pinned_draft, page.message.text
        unchanged = strikes(page)
        await pilot.press("enter")
        await settle(pilot)
        opened, note, top = strikes(page), page.message.text, strips(pilot.app)[0].text
        await pilot.press("f2")
        await settle(pilot)
        trade = text(pilot.app)
        await pilot.press("f3", "u")
        await settle(pilot)
        return (
            before,
            wanted,
            pinned,
            message,
            unchanged,
            opened,
            note,
            top,
            trade,
            strikes(page),
            page.in_scan,
        )

    before, wanted, pinned, message, unchanged, opened, note, top, trade, after, in_scan = on_page(script)
    both = [wanted["long_strike"], wanted["short_strike"]]
    assert [leg.strike for leg in pinned.trade.option_legs] == both
    assert message.startswith("pinned as A: leg 1: +1")
    assert unchanged == before == after
    assert opened == both
    assert note.startswith(f"leg 1: +1 {str(wanted['kind']).split()[0]} {both[0]:g}")
    assert "iwm-call-spread*" in top
    assert f"{both[0]:g}/{both[1]:g}" in trade
    assert "A/B on" in trade
    assert in_scan


def test_a_scan_shows_progress_and_escape_stops_it(on_page, monkeypatch):
    going, stopped = threading.Event(), threading.Event()

    def slow(*_, progress, **__):
        progress(0, 4)
        progress(1, 4)
        going.set()
        try:
            while True:
                progress(2, 4)
                stopped.wait(0.1)
        except BaseException:
            stopped.set()
            raise

    monkeypatch.setattr(scanning, "run_scan", slow)

    async def script(pilot, page):
        await pilot.press("s")
        await until(pilot, going.is_set)
        await pilot.pause(0.05)
        during, strip = page.message.text, text(pilot.app)
        await pilot.press("down", "escape")
        await until(pilot, stopped.is_set)
        await settle(pilot)
        return during, strip, page.message.text, page.in_scan, page.scanned

    during, strip, after, in_scan, scanned = on_page(script)
    assert during.startswith("scanning expiry 3 of 4 ██████████░░░░░░░░░░ 50%")
    assert during.endswith("Esc cancels")
    assert "[M Sep 18" in strip
    assert (after, in_scan, scanned) == ("stopped scanning", False, None)


def test_a_scan_that_cannot_be_run_says_why(on_page, monkeypatch):
    def fails(*_, **__):
        raise ChainError("IWM: no expiry from 45 to 90 days")

    monkeypatch.setattr(scanning, "run_scan", fails)

    async def script(pilot, page):
        await pilot.press("c", "S")
        await settle(pilot)
        return page.message.kind, page.message.text, page.in_scan

    assert on_page(script) == ("problem", "IWM: no expiry from 45 to 90 days", False)


def test_terms_that_changed_are_said_and_scanned_anew_and_other_quotes_drop_the_scan(on_page):
    async def script(pilot, page):
        await scan(pilot, page)
        before, columns = page.scanned, strips(pilot.app)[2].text
        await pilot.click("#scan", offset=(columns.index("risk") + 1, 0))
        await settle(pilot)
        clicked = page.state["sort"]
        page.editor.enter("account.equity", "2000000")
        page.refresh_page()
        await settle(pilot)
        message = text(pilot.app)
        await pilot.press("S")
        await until(pilot, lambda: page.scanned is not before)
        await settle(pilot)
        now = text(pilot.app)
        assert not page.editor.load_chain(made_chain(oi=False))
        page.refresh_page()
        await settle(pilot)
        return clicked, message, now, page.in_scan, page.scanned

    clicked, message, now, in_scan, scanned = on_page(script)
    assert clicked == "risk"
    assert "the trade's terms have changed: S scans again" in message
    assert "terms have changed" not in now
    assert (in_scan, scanned) == (False, None)


@pytest.mark.parametrize(
    ("look", "size"),
    [
        ("dark", (120, 40)),
        pytest.param("none", (80, 24), marks=pytest.mark.slow),
        pytest.param("light", (200, 60), marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_the_table_looks_as_stored(looks, look, size):
    result = looks(look, size, before=scan)
    path = FOLDER / f"scan-{look}-{size[0]}x{size[1]}.txt"
    if os.environ.get("RISKCALC_REGENERATE"):
        path.write_text(result, encoding="utf-8")
    assert result == path.read_text(encoding="utf-8")
