"""The book as a file: what is recorded is found again, and nothing is recorded twice or by halves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sqlite3
import stat

import pytest

import riskcalc as rc
from riskcalc.book import Book, Contract, Fill
from riskcalc.book.schema import VERSION
from riskcalc.domain import LinearLeg
from riskcalc.errors import BookError, InvalidInputError
from tests.book.kills import kill_during_writes

NOON = dt.datetime(2026, 7, 20, 12, 0)  # noqa: DTZ001 - New York
LATER = dt.datetime(2026, 8, 14, 10, 2)  # noqa: DTZ001 - New York
TNA = Contract(symbol="TNA")


@pytest.fixture(scope="session")
def spread():
    return rc.plan_preset("iwm-call-spread")


@pytest.fixture
def book(tmp_path):
    with Book(tmp_path / "book.sqlite") as opened:
        yield opened


def shares(key, quantity, price, *, at=NOON, **words):
    return Fill(key=key, time=at, contract=TNA, quantity=quantity, price=price, source="broker", **words)


def test_a_plan_becomes_a_trade_that_keeps_it(book, spread):
    trade = book.add(spread, time=NOON, units=2, fill=9.65, preset="iwm-call-spread", tags=["core"])
    assert (trade.status, trade.quantity, trade.symbol) == ("open", 2, "IWM")
    assert trade.one_r == pytest.approx(2 * spread.size.loss_per_unit)
    assert sum(holding.quantity * holding.entry for holding in trade.holdings) == pytest.approx(2 * 9.65)
    assert json.loads(trade.plan)["price"] == json.loads(json.dumps(spread.to_dict()))["price"]
    assert (trade.preset, trade.tags) == ("iwm-call-spread", ("core",))


def test_a_closed_trade_has_its_profit_with_costs(book, spread):
    trade = book.add(spread, time=NOON, units=1, fill=9.65)
    closed = book.close(trade.id, price=12.30, time=LATER, costs=0.29)
    entry_costs = (spread.cost_per_trade + spread.cost_per_unit) / 2
    assert closed.status == "closed"
    assert closed.realized_pnl == pytest.approx(265 - 0.29 - entry_costs)
    assert closed.r_multiple == pytest.approx(closed.realized_pnl / trade.one_r)
    with pytest.raises(BookError, match="is closed"):
        book.close(trade.id, price=1.0, time=LATER)


def test_a_part_is_closed(book, spread):
    trade = book.add(spread, time=NOON, units=4, fill=9.65)
    left = book.close(trade.id, price=12.65, time=LATER, units=1)
    assert left.status == "open"
    assert {abs(holding.quantity) for holding in left.holdings} == {3}
    with pytest.raises(InvalidInputError, match="at most the 3 held"):
        book.close(trade.id, price=12.65, time=LATER, units=4)


def test_the_same_fills_again_change_nothing(book):
    fills = [shares("a", 100, 60.0), shares("b", -100, 66.0, at=LATER)]
    first, again = book.record(fills), book.record(fills)
    assert (first.added, first.duplicates, again.added, again.duplicates) == (2, 0, 0, 2)
    assert [trade.realized_pnl for trade in book.trades()] == [600.0]


def test_an_earlier_export_after_a_later_one_gives_the_same_book(book, tmp_path):
    fills = [shares("a", 100, 60.0), shares("b", 50, 61.0, at=LATER), shares("c", -100, 66.0, at=LATER)]
    book.record(fills[1:2])
    book.record(fills[:1])
    book.record(fills[2:])
    with Book(tmp_path / "other.sqlite") as other:
        other.record(fills)
        assert [(trade.realized_pnl, trade.status) for trade in other.trades()] == [
            (trade.realized_pnl, trade.status) for trade in book.trades()
        ]


def test_a_broker_confirms_what_was_typed(book):
    plan = rc.plan_preset("tna-momentum")
    trade = book.add(plan, time=NOON, units=100, fill=60.0)
    result = book.record([shares("a", 100, 60.02, costs=0.08)])
    assert (result.added, result.confirmed) == (0, 1)
    (kept,) = book.trades()
    assert (kept.id, kept.one_r) == (trade.id, trade.one_r)
    assert kept.holdings[0].entry == 60.02
    assert book.record([shares("a", 100, 60.02, costs=0.08)]).duplicates == 1


def test_a_closing_of_what_is_not_held_is_returned(book):
    result = book.record([shares("a", -100, 60.0, opens=False), shares("b", 10, 60.0, opens=True)])
    assert [fill.key for fill in result.unmatched] == ["a"]
    assert result.added == 1


def test_marks_give_open_profit_and_r(book):
    trade = book.add(rc.plan_preset("tna-momentum"), time=NOON, units=10, fill=60.0)
    assert trade.open_pnl is None
    book.mark({TNA: 63.0}, day=dt.date(2026, 7, 21))
    book.mark({TNA: 65.0}, day=dt.date(2026, 7, 22))
    (marked,) = book.trades(status="open")
    assert marked.open_pnl == pytest.approx(50.0 - marked.costs)
    assert marked.holdings[0].mark_day == dt.date(2026, 7, 22)


def test_notes_are_kept_in_order(book):
    trade = book.add(rc.plan_preset("tna-momentum"), time=NOON, units=1)
    book.note(trade.id, "first", time=NOON)
    book.note(trade.id, "second", time=LATER)
    assert book.notes(trade.id) == ((NOON, "first"), (LATER, "second"))
    with pytest.raises(BookError, match="has no trade 9; its trades are 1"):
        book.note(9, "x", time=NOON)


def test_the_file_is_private(book):
    book.record([shares("a", 1, 60.0)])
    for path in book.path.parent.glob("book.sqlite*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_writer_is_told(book):
    other = sqlite3.connect(book.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Book(book.path, wait=0.05) as second, pytest.raises(BookError, match="another riskcalc is writing"):
        second.record([shares("a", 1, 60.0)])
    other.execute("ROLLBACK")
    other.close()
    assert book.trades() == ()


def test_changes_of_another_program_are_seen(book):
    with Book(book.path) as other:
        other.record([shares("a", 1, 60.0)])
    assert len(book.trades()) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"not a database at all, but text" * 40, "is not a book"), (None, "is a folder")],
    ids=["text", "folder"],
)
def test_what_is_no_book_is_refused(tmp_path, content, message):
    path = tmp_path / "book.sqlite"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(BookError, match=message):
        Book(path)
    assert content is None or path.read_bytes() == content


def test_another_database_and_a_newer_book_are_refused(tmp_path):
    path = tmp_path / "book.sqlite"
    newer = f"PRAGMA user_version = {VERSION + 1}"
    for script, message in (("CREATE TABLE x (y)", "not a book"), (newer, "newer")):
        path.unlink(missing_ok=True)
        if message == "newer":
            Book(path).close_file()
        connection = sqlite3.connect(path)
        connection.execute(script)
        connection.commit()
        connection.close()
        with pytest.raises(BookError, match=message):
            Book(path)


def test_a_failing_import_leaves_the_book_as_it_was(book, monkeypatch):
    book.record([shares("a", 1, 60.0)])
    monkeypatch.setattr(Book, "_sync_rows", lambda _: (_ for _ in ()).throw(RuntimeError("boom")))
    with pytest.raises(RuntimeError):
        book.record([shares("b", 1, 61.0)])
    assert len(book.fills()) == 1


def test_a_killed_writer_loses_nothing_and_tears_nothing(tmp_path):
    result = kill_during_writes(tmp_path, 2)
    assert result.steps >= result.committed > 0
    assert (result.torn, result.lost, result.twice, result.again) == (0, 0, 0, 0)


@pytest.mark.slow
def test_a_hundred_kills(tmp_path):
    result = kill_during_writes(tmp_path, 100)
    assert result.committed > 100
    assert (result.torn, result.lost, result.twice, result.again) == (0, 0, 0, 0)


class Future(LinearLeg):
    """A leg of a type that the book has no contract for."""

    entry_name, side, spread_cost = "entry", rc.Side.LONG, 0.0
    count, label, line, entry = 50, "+1 future", (1.0, 0.0), 295.39
    cost_per_side = capital = entered = None


def test_a_leg_without_a_contract_in_the_book_is_refused(book, spread):
    trade = dataclasses.replace(spread.report.trade, legs=(Future(),))
    plan = dataclasses.replace(spread, report=dataclasses.replace(spread.report, trade=trade))
    with pytest.raises(InvalidInputError, match="must be shares or an option for the book"):
        book.add(plan, time=NOON)
    assert not book.trades()
