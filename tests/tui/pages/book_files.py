"""Books for the tests of the pages: made with the functions of the package, not with the screen."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import tempfile
from functools import cache
from pathlib import Path

import riskcalc as rc
from riskcalc import cli
from riskcalc.book import Book, Contract
from riskcalc.tui.app import LaunchOptions
from tests.tui.driving import drive, settle, text

TODAY = dt.date(2026, 7, 21)
NOON = dt.datetime(2026, 7, 20, 12, 0)  # noqa: DTZ001 - New York
OPENING = LaunchOptions(today=TODAY, book_wanted=True)
LONG_CALL = "IWM 295 call 2026-09-18"
SHORT_CALL = "IWM 325 call 2026-09-18"


def make_book(path, *, closed=0):
    """Three open trades, marked; and some closed ones."""
    path.write_bytes(_book(closed))


@cache
def _book(closed):
    """The file of such a book, made once in a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.sqlite"
        _write_book(path, closed)
        return path.read_bytes()


def _write_book(path, closed):
    with Book(path) as book:
        plans = {name: rc.plan_preset(name) for name in ("iwm-call-spread", "iwm-shares", "tna-momentum")}
        book.add(
            plans["iwm-call-spread"], time=NOON, units=1, fill=9.65, preset="iwm-call-spread", tags=["core"]
        )
        book.add(plans["iwm-shares"], time=NOON, preset="iwm-shares")
        book.add(plans["tna-momentum"], time=NOON, preset="tna-momentum")
        for number in range(closed):
            trade = book.add(plans["iwm-shares"], time=NOON, units=10, preset="iwm-shares", tags=["swing"])
            gain = (-12.0, 18.0, 7.0)[number % 3]
            time = NOON + dt.timedelta(days=1 + number)
            book.close(trade.id, price=295.39 + gain, time=time)
        book.mark(
            {Contract(symbol="IWM"): 297.4, Contract(symbol="TNA"): 61.2, **spread_marks(book, 11.9, 1.1)},
            day=TODAY,
        )


def spread_marks(book, long, short):
    contracts = {
        holding.contract.label: holding.contract for trade in book.trades() for holding in trade.holdings
    }
    return {contracts[LONG_CALL]: long, contracts[SHORT_CALL]: short}


def on_page(key, script, *, run=drive, size=(120, 40), opening=OPENING):
    """Run a script on a page that a key opens."""

    async def opened(pilot):
        await pilot.press(key)
        await settle(pilot)
        return await script(pilot)

    return run(opened, size=size, opening=opening)


def shown_on(key, *keys, **named):
    """Text of a page after some keys; see `on_page`."""

    async def script(pilot):
        for one in keys:
            await pilot.press(one)
            await settle(pilot)
        return text(pilot.app)

    return on_page(key, script, **named)


def answer(capsys, *words):
    """What a command prints as JSON."""
    capsys.readouterr()
    with contextlib.suppress(SystemExit):
        cli.main([*words, "--json"])
    return json.loads(capsys.readouterr().out)


def amount(shown, label, column=0):
    """A number of a row of a table, by its label and its place among the numbers."""
    line = next(line for line in shown.splitlines() if label in line)
    result = re.findall(r"[-+]?\$?[\d,]+\.?\d*(?=[R%]|\b)", line.split(label, 1)[1])
    return float(result[column].replace("$", "").replace(",", ""))
