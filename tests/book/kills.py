"""A writer of a book that is killed again and again: fills, imports and closings, each in one transaction."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from riskcalc.book import Book

LEGS = 3
"""Fills of one step: a step that is torn has fewer."""

EARLY = 0.1
"""Share of writers that are killed as they start, before their first step."""
STARTING, STEPPING = 0.8, 0.05
"""Seconds within which the kill falls."""

WRITER = """
import datetime as dt, sys
from pathlib import Path
from riskcalc.book import Book, Contract, Fill
from riskcalc.domain import OptionType

START = dt.datetime(2026, 1, 1)
EXPIRY = dt.date(2026, 9, 18)
folder = Path(sys.argv[1])
book = Book(folder / "book.sqlite", wait=5.0)

def legs(number):
    return [Contract(symbol="IWM", expiry=EXPIRY, strike=200.0 + number + leg, option_type=OptionType.CALL,
                     multiplier=100.0) for leg in range(3)]

def record(number):
    time = START + dt.timedelta(minutes=number)
    book.record([Fill(key=f"{number}-{leg}", time=time, contract=contract, quantity=1, price=5.0, costs=0.65,
                      order=f"o{number}", opens=True, source="broker")
                 for leg, contract in enumerate(legs(number))])

def load(number):
    time = START + dt.timedelta(minutes=number)
    rows = ["date,time,symbol,quantity,price,costs,expiry,strike,type,order"]
    rows += [f"{time.date()},{time:%H:%M},IWM,1,5,0.65,{EXPIRY},{contract.strike:g},call,f{number}"
             for contract in legs(number)]
    path = folder / f"{number}.csv"
    path.write_text("\\n".join(rows) + "\\n")
    assert book.import_file(path, today=EXPIRY).written

def close(number):
    time = START + dt.timedelta(minutes=number)
    opened = START + dt.timedelta(minutes=number - 2)
    trade = next(one for one in reversed(book.trades()) if one.opened == opened)
    book.close(trade.id, price=18.0, time=time)

while True:
    number = len({fill.order for fill in book.fills()})
    (record, load, close)[number % 3](number)
    print(number, flush=True)
"""


class Killed(NamedTuple):
    """What is left of a book whose writer was killed."""

    kills: int
    committed: int
    """Steps whose end the writer had said."""
    steps: int
    """Steps found in the book."""
    torn: int
    """Steps of which not every fill is there."""
    lost: int
    """Steps that were said to be written and are not there."""
    twice: int
    """Fills or closings that are there more than once."""
    again: int
    """Fills that the files of all imports, imported once more, added."""


def kill_during_writes(folder: Path, times: int, *, seed: int = 1) -> Killed:
    """Kill a writer at any moment of its work, start it again, and count what is left."""
    rng, committed = random.Random(seed), -1  # noqa: S311 - moments, not secrets
    for _ in range(times):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        early = rng.random() < EARLY
        line = "" if early else writer.stdout.readline()
        if not early and not line:
            raise RuntimeError("the writer ended by itself")
        # So long that about two more steps are begun, and the kill falls anywhere in one.
        time.sleep(rng.uniform(0.0, STARTING if early else STEPPING))
        writer.kill()
        rest, _ = writer.communicate()
        text = [int(word) for word in (line + rest).split("\n")[:-1] if word]
        committed = max([committed, *text])
    return _counted(folder, times, committed)


def _counted(folder: Path, kills: int, committed: int) -> Killed:
    with Book(folder / "book.sqlite") as book:
        orders = Counter(fill.order for fill in book.fills())
        keys = Counter(fill.key for fill in book.fills())
        closings = Counter(
            (closing.contract, closing.opened)
            for trade in book.ledger.trades.values()
            for closing in trade.closings
        )
        opened = {int(order[1:]) for order in orders if order[0] in "of"}
        closed = len(orders) - len(opened)
        expected = [number for number in range(committed + 1) if number % 3 != 2]
        lost = len(set(expected) - opened) + max((committed + 1) // 3 - closed, 0)
        again = sum(
            book.import_file(path, today=book.fills()[0].time.date()).fills
            for path in folder.glob("*.csv")
            if int(path.stem) in opened
        )
        twice = sum(count - 1 for result in (keys, closings) for count in result.values())
    torn = sum(count != LEGS for count in orders.values())
    return Killed(kills, committed + 1, len(orders), torn, lost, twice, again)
