"""A book: all risk figures after a mark, and the import of a broker's file."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest

from benchmarks.measure import OURS, measure
from riskcalc.book import Book
from tests.book.many import fill_book, marks, plain_fills

POSITIONS, FILLS = 200, 10_000


def risk(folder):
    book = Book(folder / "book.sqlite")
    fill_book(book, POSITIONS)
    prices = marks(book)

    def run():
        book.mark(prices, day=dt.date(2026, 7, 22))
        return len(book.risk().positions)

    return run


def fills(folder):
    path = folder / "fills.csv"
    path.write_text(plain_fills(FILLS), encoding="utf-8")

    def run():
        with tempfile.TemporaryDirectory() as other, Book(Path(other) / "book.sqlite") as book:
            return book.import_file(path, today=dt.date(2026, 7, 20)).fills

    return run


TASKS = {
    f"a mark, and the risk of {POSITIONS} positions": (risk, POSITIONS),
    f"import of {FILLS:,} fills": (fills, FILLS),
}


@pytest.mark.parametrize("task", TASKS)
def bench_book(benchmark, task, tmp_path):
    prepare, count = TASKS[task]
    counted = measure(benchmark, prepare(tmp_path), task=task, implementation=OURS, options=1, rounds=3)
    assert counted == count
