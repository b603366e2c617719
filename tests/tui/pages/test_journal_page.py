"""The page Journal: its numbers are those of the command, and few trades are said to be few."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from riskcalc.book import Book
from riskcalc.editor.pages import journal
from riskcalc.editor.pages.forms import Typed
from riskcalc.editor.pages.journal import JournalFilter, read_journal
from riskcalc.errors import InvalidInputError
from riskcalc.tui.keys import PAGE_KEYS
from tests.tui.driving import settle, start, text
from tests.tui.pages.book_files import answer, make_book, on_page, shown_on

pytestmark = pytest.mark.usefixtures("book_day")


@pytest.fixture
def book_file(home):
    path = home / "book.sqlite"
    make_book(path, closed=7)
    return path


def row(tables, label):
    return next(row for table in tables for row in table.rows if row[0] == label)


@pytest.mark.parametrize(
    "words", [(), ("--since", "2026-07-24"), ("--preset", "iwm-shares", "--tag", "swing"), ("--tag", "core")]
)
def test_numbers_are_those_of_the_command(book_file, capsys, words):
    message = answer(capsys, "journal", *words)
    named = dict(zip(words[::2], words[1::2], strict=True))
    since = named.get("--since")
    chosen = JournalFilter(
        since=dt.date.fromisoformat(since) if since else None,
        preset=named.get("--preset"),
        tag=named.get("--tag"),
    )
    view = read_journal(chosen, book_file)
    assert view.found.n == message["n"]
    figures = journal.statistics_tables(view)
    assert row(figures, "closed trades")[1] == str(message["n"])
    assert len(journal.trades_grid(view).rows) == message["n"]
    if not message["n"]:
        return
    assert row(figures, "win rate")[1:] == (
        f"{message['win_rate']:.1%}",
        f"± {message['win_rate_error']:.1%}",
    )
    assert row(figures, "mean R")[1:] == (f"{message['mean_r']:+.2f}R", f"± {message['mean_r_error']:.2f}")
    assert row(figures, "profit factor")[1] == f"{message['profit_factor']:.2f}"
    assert row(figures, "SQN")[1] == f"{message['sqn']:.2f}"
    low, high = message["drawdown_band"]
    assert row(figures, "largest drawdown")[1:] == (
        f"{message['drawdown_r']:.2f}R",
        f"{low:.2f} to {high:.2f}",
    )
    low, high = message["kelly_band"]
    kelly = row(figures, "Kelly, 1R of equity")[1:]
    assert kelly == (f"{message['kelly']:.2%}", f"{low:.2%} to {high:.2%}")
    _, curve = journal.equity_curve(view)
    assert curve[1:] == tuple(one["total_r"] for one in message["results"])
    counted = sum(int(bar.cells[1].text) for bar in journal.histogram(view).bars)
    assert counted == message["n_planned"]
    stated = [bin_ for event in message["calibration"].values() for bin_ in event["bins"]]
    bars = journal.reliability_chart(view).bars
    assert [(bar.value, bar.mark) for bar in bars] == [(one["happened"], one["stated"]) for one in stated]
    odds = journal.odds_tables(view)
    assert row(odds, "profit")[2].startswith(f"{message['calibration']['profit']['brier']:.3f}")


@pytest.mark.usefixtures("book_file")
def test_every_view_is_there_at_every_size():
    async def script(pilot):
        result = {}
        for size in ((60, 18), (80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            views = []
            for _ in range(4):
                await settle(pilot)
                views.append(text(pilot.app))
                await pilot.press("v")
            result[size] = "\n".join(views)
        return result

    for size, shown in on_page("W", script).items():
        for words in (
            "7 closed trades",
            "+1.02R",
            "win rate",
            "R of Closed Trades",
            "Equity in R",
            "Reliability",
        ):
            assert words in shown, (size, words)
        assert "too few to tell skill from luck" in " ".join(shown.split()), size


def test_the_filter_is_asked_kept_and_shown(book_file):
    with Book(book_file) as book:
        book.close(1, price=10.8, time=dt.datetime(2026, 7, 21, 12))  # noqa: DTZ001 - New York

    async def script(pilot):
        await pilot.press("slash")
        await settle(pilot)
        await pilot.press("down", *"core", "enter")
        await settle(pilot)
        return text(pilot.app), dict(pilot.app.screen.state)

    shown, state = on_page("W", script, run=start)
    assert "1 of 8 closed trades (tag core)" in shown
    assert state["tag"] == "core"
    assert "1 of 8 closed trades (tag core)" in shown_on("W", run=start, size=(80, 24))


def test_a_wrong_filter_is_one_line_and_a_damaged_one_is_none(book_file):
    form = journal.filter_form(read_journal(JournalFilter(), book_file))
    for values, message in (
        ({"preset": "nothing"}, "preset must be one of iwm-shares, got 'nothing'"),
        ({"tag": "x"}, "tag must be one of swing, got 'x'"),
        ({"since": "soon"}, "closed since must be a date like 2026-09-18, got 'soon'"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            form.work(Typed(values=values))
        assert str(caught.value) == message
    assert JournalFilter.from_state({"since": "soon", "preset": ""}) == JournalFilter()


def test_without_closed_trades_the_page_says_so(home):
    make_book(home / "book.sqlite")
    assert "No closed trades yet" in shown_on("W", size=(80, 24))


def test_a_broken_book_is_one_line(home):
    (home / "book.sqlite").write_bytes(b"no database" * 100)
    view = read_journal(JournalFilter())
    assert "is not a book" in view.problem
    assert view.found is None


@pytest.mark.usefixtures("book_file")
def test_a_closed_trade_is_shown_and_noted():
    async def script(pilot):
        await pilot.press("enter")
        await settle(pilot)
        shown = text(pilot.app)
        await pilot.press("escape", "n")
        await settle(pilot)
        await pilot.press(*"early", "enter")
        await settle(pilot)
        return shown, pilot.app.screen.message.text

    shown, message = on_page("W", script)
    assert "Fills" in shown
    assert "close" in shown
    assert message.startswith("note added to trade ")


def test_the_documents_name_the_keys_of_the_page():
    page = (Path(__file__).parents[3] / "docs" / "screen.md").read_text(encoding="utf-8")
    section = page.partition("### Journal")[2].partition("\n##")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{key.name}` | {' '.join(f'`{name}`' for name in key.shown.split())} | {key.words} |"
        for key in PAGE_KEYS["journal"]
    ]
