"""The page Book: its numbers are those of the commands, at every size, and what it says without a book."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import riskcalc as rc
from riskcalc.book import Book, added_by, ladder_with
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.pages.book import read_book
from riskcalc.editor.pages.grid import Cell, Grid, GridColumn
from riskcalc.tui.app import LaunchOptions
from riskcalc.tui.keys import PAGE_KEYS
from riskcalc.tui.pages.section_list import SectionList
from tests.tui.driving import drive, settle, start, text
from tests.tui.pages.book_files import (
    TODAY,
    amount,
    answer,
    make_book,
    on_page,
    shown_on,
)

NOON_TODAY = dt.datetime(2026, 7, 21, 12)  # noqa: DTZ001 - New York


pytestmark = pytest.mark.usefixtures("book_day")


@pytest.fixture
def book_file(home):
    path = home / "book.sqlite"
    make_book(path)
    return path


@pytest.mark.usefixtures("book_file")
def test_a_trade_chosen_on_today_is_the_one_the_book_opens_at():
    async def script(pilot):
        chosen = []
        for count in (2, 1):
            await pilot.press("f1")
            await settle(pilot)
            positions = next(
                column
                for column in pilot.app.screen.query(SectionList)
                if any(row and row.opens[0] == "trade" for row in column._rows)
            )
            positions.focus()
            at = [index for index, row in enumerate(positions._rows) if row and row.opens[0] == "trade"]
            positions.highlighted = at[count - 1]
            wanted = int(positions.row.opens[1])
            await pilot.press("enter")
            await settle(pilot)
            assert pilot.app.screen.NAME == "book"
            assert pilot.app.screen.selected.trade.id == wanted
            chosen.append(wanted)
        return chosen

    first, second = drive(script, opening=LaunchOptions(today=TODAY, held_against_day=True))
    assert first != second


@pytest.mark.usefixtures("book_file")
def test_numbers_are_those_of_the_command(capsys):
    shown = shown_on("B")
    message = answer(capsys, "book")
    for trade in message["trades"]:
        line = next(
            line for line in shown.splitlines() if line.split()[:2] == [str(trade["id"]), trade["symbol"]]
        )
        assert f"{trade['pnl']:+,.0f} " in line
        assert f"{trade['r_multiple']:+.2f}R" in line
        assert f"{100 * trade['stop_distance']:.1f}%" in line
        assert f" {trade['stop_deviations']:.1f} " in line
        assert f" {trade['risk']:,.0f} " in line
        assert f"{trade['iwm_equivalent']:+,.0f}" in line
    totals = message["totals"]
    assert amount(shown, "risk now, sum") == round(totals["risk"])
    assert amount(shown, "correlated") == round(totals["heat"]["correlated"])
    assert amount(shown, "IWM ±5%, no stop") == round(totals["heat"]["shock"])
    assert amount(shown, "risk now, in R") == round(totals["risk_in_r"], 2)
    assert amount(shown, " P&L  ") == round(totals["pnl"], 2)
    assert amount(shown, "IWM-equivalent ") == round(totals["iwm_equivalent"])
    assert amount(shown, "SPY beta-weighted delta") == round(totals["spy_equivalent"])
    assert amount(shown, "theta per day") == round(totals["greeks"]["theta_per_day"], 2)
    assert amount(shown, "vega per point") == round(totals["greeks"]["vega_per_point"], 2)
    assert amount(shown, "gamma per 1%") == round(totals["greeks"]["gamma_per_percent"])
    assert amount(shown, "buying power used") == round(totals["buying_power"])
    for row in message["ladder"]:
        assert amount(shown, f" {100 * row['move']:+.0f}% " if row["move"] else "  0% ") == round(row["pnl"])


@pytest.mark.usefixtures("book_file")
def test_what_the_planned_trade_adds_is_what_plan_says(capsys):
    shown = shown_on("B")
    rows = answer(capsys, "plan", "iwm-call-spread")["book"]["totals"]
    for label, name in {
        "risk now, sum": "risk",
        "loss at IWM ±5%": "loss_at_shock",
        "IWM-equivalent ": "iwm_equivalent",
        "buying power used": "buying_power",
    }.items():
        line = next(line for line in shown.splitlines() if label in line and "$" in line)
        assert f"${rows[name]['added']:,.0f} " in line
        assert f"${rows[name]['after']:,.0f}" in line


def test_the_ladder_with_a_trade_is_the_ladder_of_a_book_that_has_it(home):
    path = home / "book.sqlite"
    make_book(path)
    plan = rc.plan_preset("tna-momentum", {"market.quotes.TNA.spot": 61.2, "market.date": "2026-07-21"})
    with Book(path) as book:
        before = book.risk(today=TODAY)
        both = ladder_with(plan, before)
        added = {row.name: row for row in added_by(plan, before)}
        book.add(plan, time=NOON_TODAY)
        after = book.risk(today=TODAY)
    assert [row.after for row in both] == pytest.approx([row.pnl for row in after.ladder], abs=1e-6)
    assert added["loss_at_shock"].after == pytest.approx(after.totals.heat.shock)


@pytest.mark.usefixtures("book_file")
def test_every_view_is_there_and_no_number_is_cut():
    async def script(pilot):
        result = {}
        for size in ((60, 18), (80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            views = []
            for _ in range(3):
                await settle(pilot)
                views.append(text(pilot.app))
                await pilot.press("v")
            result[size] = "\n".join(views)
        return result

    for size, shown in on_page("B", script).items():
        for words in ("IWM +56 shares", "1,105", "+0.11R", "risk now, sum", "-8%", "+4,472", "3 open trades"):
            assert words in shown, (size, words)


def test_a_due_trade_is_said_in_words_with_its_reason(book_file):
    with Book(book_file) as book:
        symbol = next(mark for mark in book.marks() if mark.label == "TNA")
        book.mark({symbol: 40.0}, day=TODAY)
    shown = shown_on("B", "j", "j", size=(80, 24))
    line = next(line for line in shown.splitlines() if line.lstrip().startswith("3 TNA"))
    assert "DUE stop" in line
    assert "max" in line
    assert "passed at 40.00: close" in " ".join(shown.split())
    assert "1 due" in shown


@pytest.mark.usefixtures("book_file")
def test_heat_beyond_the_limit_is_said(home):
    (home / "account.toml").write_text('schema = 1\n[account]\nequity = 30000\nrisk = "1%"\n')
    shown = shown_on("B")
    assert "of $1,800: EXCEEDED" in shown


def test_without_a_book_the_page_says_how_to_make_one_and_makes_none(home):
    shown = shown_on("B", size=(80, 24))
    assert "There is no book yet" in shown
    assert not (home / "book.sqlite").exists()


def broken(path):
    path.write_bytes(b"no database at all, only text" * 100)


def newer(path):
    make_book(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("make", "said"), [(broken, "is not a book"), (newer, "has format 99"), (Path.mkdir, "folder")]
)
def test_a_book_that_cannot_be_read_is_one_line(home, make, said):
    make(home / "book.sqlite")
    shown = shown_on("B", opening=LaunchOptions(today=TODAY))
    lines = [line for line in shown.splitlines() if line.strip().startswith("! ")]
    assert len(lines) == 1
    assert said in lines[0]


@pytest.mark.usefixtures("book_file")
def test_the_selected_trade_and_the_view_are_those_of_the_session():
    async def leave(pilot):
        await pilot.press("j", "v")
        await settle(pilot)
        return pilot.app.screen.rows.row_id, pilot.app.screen.view

    async def come_back(pilot):
        return pilot.app.screen.rows.row_id, pilot.app.screen.view

    assert on_page("B", leave, run=start, size=(80, 24)) == (2, "totals")
    assert on_page("B", come_back, run=start, size=(80, 24)) == (2, "totals")


def test_a_page_that_is_reloaded_keeps_the_cursor_and_shows_the_file(book_file):
    async def script(pilot):
        await pilot.press("j", "j")
        with Book(book_file) as book:
            book.close(1, price=10.8, time=NOON_TODAY)
        await pilot.press("r")
        await settle(pilot)
        return pilot.app.screen.rows.row_id, pilot.app.screen.rows.row_count

    assert on_page("B", script) == (3, 2)


def test_what_another_program_writes_reaches_the_account_of_the_trade(book_file):
    async def script(pilot):
        with Book(book_file) as book:
            book.close(2, price=297.4, time=NOON_TODAY)
            risk = book.risk(today=TODAY).totals.risk
        await pilot.press("r")
        await settle(pilot)
        return pilot.app.main_screen.editor.state.draft.account.open_risk, risk

    open_risk, risk = on_page("B", script)
    assert open_risk == pytest.approx(risk, abs=0.01)


def test_reading_no_book_finds_nothing():
    editor = TradeEditor(open_draft(rc.load_preset("iwm-shares"), today=TODAY))
    result = read_book(editor.state)
    assert (result.exists, result.open_trades, result.problem) == (False, (), "")


def test_a_grid_gives_up_columns_in_order_and_then_cuts_descriptions():
    columns = (
        GridColumn(heading="id"),
        GridColumn(heading="name", left=True, flexible=True),
        GridColumn(heading="first", spare=2),
        GridColumn(heading="last", spare=1),
    )
    row = (Cell("1"), Cell("a long description", short="a short description"[:13]), Cell("22"), Cell("33"))
    grid = Grid(columns=columns, rows=(row,), ids=(1,))
    assert [column.heading.strip() for column in grid.fitted(60).columns] == ["id", "name", "first", "last"]
    assert [column.heading.strip() for column in grid.fitted(24).columns] == ["id", "name", "last"]
    assert [column.heading.strip() for column in grid.fitted(17).columns] == ["id", "name"]
    assert grid.fitted(12).rows[0][1].text.strip() == "a short …"
    assert "a long description" in grid.fitted(60).rows[0][1].text


def test_the_documents_name_the_keys_of_the_page():
    page = (Path(__file__).parents[3] / "docs" / "screen.md").read_text(encoding="utf-8")
    section = page.partition("### Book")[2].partition("\n##")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{key.name}` | {' '.join(f'`{name}`' for name in key.shown.split())} | {key.words} |"
        for key in PAGE_KEYS["book"]
    ]
