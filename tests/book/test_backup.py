"""A book as TOML, and back: nothing is lost, and nothing is taken twice."""

from __future__ import annotations

import datetime as dt

import pytest

import riskcalc as rc
from riskcalc.book import Book, Contract, Fill, FillKind
from riskcalc.errors import BookError

NOON = dt.datetime(2026, 7, 20, 12, 0)  # noqa: DTZ001 - New York
LATER = dt.datetime(2026, 8, 14, 10, 2)  # noqa: DTZ001 - New York


@pytest.fixture
def book(tmp_path):
    """Planned trades, one closed in part, a broker's fills with a split, notes and marks."""
    with Book(tmp_path / "book.sqlite") as opened:
        spread = opened.add(
            rc.plan_preset("iwm-call-spread"), time=NOON, units=3, preset="iwm-call-spread", tags=["core"]
        )
        opened.add(rc.plan_preset("tna-momentum"), time=NOON, units=10)
        opened.close(spread.id, price=12.3, time=LATER, units=1, spot=301.5)
        tza = Contract(symbol="TZA")
        fills = [
            Fill(key="a", time=NOON, contract=tza, quantity=100, price=8.0, order="7", source="broker"),
            Fill(
                key="b",
                time=LATER,
                contract=tza,
                quantity=0.1,
                price=0.0,
                kind=FillKind.SPLIT,
                source="broker",
            ),
        ]
        opened.record(fills)
        opened.mark({Contract(symbol="IWM"): 297.4, Contract(symbol="TNA"): 61.0}, day=LATER.date())
        opened.note(spread.id, 'half off, "early"\nsecond line', time=LATER)
        yield opened


def whole(book):
    trades = [(trade.to_dict() | {"id": 0}, trade.plan, book.notes(trade.id)) for trade in book.trades()]
    return book.fills(), trades, book.marks()


def restored(tmp_path, text, name="other.sqlite", **words):
    path = tmp_path / "backup.toml"
    path.write_text(text, encoding="utf-8")
    with Book(tmp_path / name) as other:
        return other.import_file(path, **words), whole(other), other.backup()


def test_a_backup_brings_the_whole_book_back(book, tmp_path):
    text = book.backup()
    result, again, its = restored(tmp_path, text)
    assert (result.source, result.fills, result.duplicates, result.written) == (
        "backup of a book",
        7,
        0,
        True,
    )
    assert again == whole(book)
    assert its == text


def test_a_backup_twice_changes_nothing(book, tmp_path):
    restored(tmp_path, book.backup())
    result, again, _ = restored(tmp_path, book.backup())
    assert (result.fills, result.duplicates) == (0, 7)
    assert again == whole(book)


def test_a_dry_run_of_a_backup_writes_nothing(book, tmp_path):
    result, (fills, trades, marks), _ = restored(tmp_path, book.backup(), dry_run=True)
    assert (result.fills, result.written) == (7, False)
    assert (fills, trades, marks) == ((), [], {})


def test_a_backup_adds_to_a_book_and_leaves_what_is_newer(book, tmp_path):
    text = book.backup()
    book.note(1, "later", time=LATER)
    book.mark({Contract(symbol="IWM"): 299.0}, day=LATER.date())
    before = whole(book)
    path = tmp_path / "backup.toml"
    path.write_text(text, encoding="utf-8")
    assert book.import_file(path).fills == 0
    assert whole(book) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("riskcalc_book = 1", "riskcalc_book = 2"), "install a newer riskcalc"),
        (lambda text: text.replace("quantity = 3.0", "quantity = nan", 1), "is not a readable backup"),
        (lambda text: text.replace('kind = "trade"', 'kind = "gift"', 1), "is not a readable backup"),
        (lambda text: text.replace("plan = ", 'plan = "{}" # ', 1), "the plan kept with a trade"),
        (lambda text: text[: len(text) // 2], "is not a readable backup"),
    ],
    ids=["newer", "quantity", "kind", "plan", "cut"],
)
def test_a_damaged_backup_is_refused_whole(book, tmp_path, change, message):
    path = tmp_path / "backup.toml"
    path.write_text(change(book.backup()), encoding="utf-8")
    with Book(tmp_path / "other.sqlite") as other:
        with pytest.raises(BookError, match=message):
            other.import_file(path)
        assert whole(other) == ((), [], {})


def test_a_book_of_the_first_version_is_migrated_and_kept(tmp_path):
    import sqlite3  # noqa: PLC0415 - one test makes such a file

    from riskcalc.book.schema import MIGRATIONS  # noqa: PLC0415 - as above
    from riskcalc.book.store import APPLICATION_ID  # noqa: PLC0415 - as above

    path = tmp_path / "book.sqlite"
    old = sqlite3.connect(path)
    old.executescript(MIGRATIONS[0])
    old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    old.execute("PRAGMA user_version = 1")
    old.execute(
        "INSERT INTO fills VALUES (1, 'a', '2026-07-20T12:00:00', 'trade', 'TNA', NULL, NULL, NULL, 1.0, "
        "100.0, 60.0, 0.0, '', NULL, 'broker', NULL, '2026-07-20')"
    )
    old.commit()
    old.close()
    with Book(path) as book:
        assert [(fill.key, fill.spot) for fill in book.fills()] == [("a", None)]
    assert (tmp_path / "book.sqlite.v1.bak").exists()
