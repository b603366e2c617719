"""What the page Today says of a user's files: of a fresh start, a whole day, and wrong ones."""

from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.book import Book
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.pages.entries import file_typed_signal, write_typed_quotes
from riskcalc.editor.pages.today import read_today
from riskcalc.environment import book_path
from riskcalc.errors import InvalidInputError, RiskcalcError
from riskcalc.events.own import add_event, parse_event
from riskcalc.presets import load_preset, plan_preset
from riskcalc.presets.account_file import set_account
from riskcalc.presets.market_file import market_path, read_market
from riskcalc.signals.store import read_store

TODAY = dt.date(2026, 7, 20)
ENTERED = dt.datetime.combine(TODAY, dt.time())


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    return tmp_path


def today(preset="iwm-call-spread", day=TODAY):
    return read_today(TradeEditor(open_draft(load_preset(preset), today=day)).state)


def table(page, name, index=0):
    return page.sections[name][index].table


def facts(page):
    return {fact.label: fact.text for fact in page.facts}


def test_a_fresh_start_lists_the_shipped_rules_and_says_what_to_do():
    page = today()
    assert page.verdict.words == "no signal data"
    assert "riskcalc signals --update FILES" in page.verdict.because
    states = [row[1] for section in page.sections["signals"] for row in section.table.rows]
    assert set(states) == {"no data"}
    assert len(states) > 10
    assert "sample prices" in facts(page)["Market"]
    assert "SAMPLE" in facts(page)["Account"]
    assert table(page, "market").rows[0][:3] == ("IWM", "295.39", "SAMPLE")
    (positions,) = page.sections["positions"]
    assert positions.rows == ()
    assert "add the planned trade to one on the page Trade" in positions.empty
    assert not book_path().exists()


def test_events_name_the_ends_of_the_trade_and_what_comes_before_them():
    rows = table(today(), "events").rows
    dates = [row[0] for row in rows]
    assert dates == sorted(dates)
    before = {row[2]: row[3] for row in rows}
    assert before["TIME STOP of the trade"] == before["EXPIRY of the trade"] == ""
    stop = next(row[0] for row in rows if row[2].startswith("TIME STOP"))
    expiry = next(row[0] for row in rows if row[2].startswith("EXPIRY"))
    for date, _, what, mark, *_ in rows:
        if "of the trade" not in what:
            assert mark == ("time stop" if date <= stop else "expiry" if date <= expiry else "")
    assert dates[-1] > expiry


def test_an_event_of_ones_own_is_among_them_with_its_sessions():
    add_event(parse_event("2026-07-21 08:30 CPI"))
    row = next(row for row in table(today(), "events").rows if row[2] == "CPI")
    assert row == ("2026-07-21", "1", "CPI", "time stop", "08:30", "")


def test_quotes_say_their_age_and_whose_price_the_trade_has():
    write_typed_quotes("IWM=297.40, SPY=752", "IWM=19%", "3.9%", day=TODAY)
    write_typed_quotes("TNA=71.20", "", "", day=dt.date(2026, 7, 15))
    page = today()
    rows = {row[0]: row for row in table(page, "market").rows}
    assert rows["IWM"][1:4] == ("297.40", "today", "19.0%")
    assert rows["TNA"][2] == "3 sessions OLD"
    assert "today's" in facts(page)["Market"]
    assert "rate 3.90%" in table(page, "market").title


def test_old_prices_are_called_so():
    write_typed_quotes("IWM=297.40", "IWM=19%", "", day=dt.date(2026, 7, 15))
    assert "3 sessions old" in facts(today())["Market"]


def test_a_fired_stop_is_the_verdict_and_the_day_holds_it():
    file_typed_signal("high_yield_widening=120 bp", day=TODAY)
    page = today()
    assert (page.verdict.words, page.verdict.because) == ("no new longs", "high_yield_widening fired")
    assert page.known.board.stopped
    stops = table(page, "signals")
    assert stops.rows[0][:3] == ("high_yield_widening", "FIRED", "+120 bp")


def test_old_data_are_marked_where_the_ages_are_left_out():
    file_typed_signal("high_yield_widening=20 bp", day=dt.date(2026, 7, 10))
    row = table(today(), "signals").rows[0]
    assert (row[1], row[4]) == ("armed OLD", "6")


def test_open_trades_are_those_of_the_book_what_is_due_first():
    set_account(["equity=50000"])
    with Book(book_path()) as book:
        for preset in ("iwm-shares", "iwm-call-spread"):
            book.add(plan_preset(preset, today=TODAY), units=1, preset=preset, time=ENTERED)
    page = today(day=dt.date(2026, 8, 31))
    (section,) = page.sections["positions"]
    assert len(section.rows) == 2
    assert section.table.rows[0][1].isupper()
    assert {row.opens[0] for row in section.rows} == {"trade"}
    assert "due first" in page.verdict.because
    assert "the book, marked" in facts(page)["Heat"]
    assert "$3,000" in facts(page)["Heat"]


def test_an_unreadable_book_is_said():
    book_path().write_text("no book")
    with pytest.raises(RiskcalcError):
        today()


@pytest.mark.parametrize(
    ("prices", "vols", "rate", "problem"),
    [
        ("", "", "", "type a price, like IWM=297.40"),
        ("IWM=", "", "", "type a price"),
        ("IWM=-3", "", "", "IWM"),
        ("IWM", "", "", "a price must be like IWM=297.40, got 'IWM'"),
        ("IWM=1 IWM=2", "", "", "IWM has two prices"),
        ("", "IWM=19%", "", "IWM has no price yet"),
        ("IWM=297", "IWM=1900%", "", "vol"),
        ("IWM=297", "", "high", "rate"),
    ],
)
def test_wrong_quotes_are_refused_and_nothing_is_written(prices, vols, rate, problem):
    with pytest.raises(RiskcalcError, match=problem):
        write_typed_quotes(prices, vols, rate, day=TODAY)
    assert not market_path().exists()


def test_an_empty_price_leaves_what_is_known():
    write_typed_quotes("IWM=297.40", "", "", day=TODAY)
    text = write_typed_quotes("IWM=", "IWM=19%", "", day=TODAY)
    assert text == f"IWM of 2026-07-20 written to {market_path()}"
    assert (read_market().quotes["IWM"].spot, read_market().quotes["IWM"].vol) == (297.40, 0.19)


@pytest.mark.parametrize(
    "text", ["high_yield_widening=120", "risk_off=1", "no_such=1 bp", "high_yield_widening", ""]
)
def test_wrong_signals_are_refused_and_nothing_is_filed(text, home):
    with pytest.raises(InvalidInputError):
        file_typed_signal(text, day=TODAY)
    assert read_store() == {}
    assert not list(home.iterdir())
