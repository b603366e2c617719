"""Rules on the user's book: heat, drawdown and positions by hand, their age, and what they refuse."""

from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.book import Book, Fill, FillKind, book_values, read_book_values
from riskcalc.book.fills import Contract
from riskcalc.errors import BookError, InvalidInputError, PresetError
from riskcalc.signals.board import signal_board
from riskcalc.signals.book_values import BookValues, book_series
from riskcalc.signals.rules import BOOK_UNITS, load_rules
from riskcalc.trading_day import read_trading_day

DAY = dt.date(2026, 7, 20)
RULES = """schema = 1
[signals.heat]
series = "book.heat"
above = "{heat}"
role = "stop"
[signals.slump]
series = "book.drawdown"
above = "5%"
role = "stop"
[signals.many]
series = "book.positions"
above = "2 positions"
role = "hedge"
[signals.hot_and_many]
all = ["heat", "many"]
role = "stop"
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    monkeypatch.setenv("RISKCALC_TODAY", str(DAY))
    monkeypatch.delenv("RISKCALC_PRESETS", raising=False)
    (tmp_path / "account.toml").write_text("equity = 50_000\n")
    return tmp_path


def rules_of(home, heat="20%", text=RULES):
    (home / "signals.toml").write_text(text.format(heat=heat))
    return load_rules()


def fill(place, quantity, price, *, symbol="IWM", day=1):
    time = dt.datetime.combine(dt.date(2026, 7, day), dt.time(12))
    return Fill(
        key=str(place), time=time, kind=FillKind.TRADE, contract=Contract(symbol=symbol), quantity=quantity,
        price=price,
    )  # fmt: skip


def filled(path, *fills, marks=None, day=DAY):
    with Book(path) as book:
        book.record(fills)
        if marks:
            book.mark({Contract(symbol=symbol): price for symbol, price in marks.items()}, day=day)
    return path


HELD = (fill(1, 20, 290.0), fill(2, 10, 600.0, symbol="SPY"))


def signals(home, heat="20%"):
    board = signal_board(
        rules := rules_of(home, heat), book_series(rules, lambda: read_book_values(DAY)), day=DAY
    )
    return {signal.name: signal for signal in board.signals}


def test_heat_positions_and_buying_power_are_parts_of_equity(home):
    filled(home / "book.sqlite", *HELD, marks={"IWM": 295.0, "SPY": 610.0})
    result = read_book_values(DAY)
    worth = 20 * 295.0 + 10 * 610.0  # shares without a stop can lose all of it
    assert result.values["book.heat"] == pytest.approx(100 * worth / 50_000)
    assert result.values["book.positions"] == 2
    assert result.values["book.drawdown"] == 0  # the open trades have gained
    assert set(result.values) == set(BOOK_UNITS)
    assert (result.day, result.source) == (DAY, "book, equity $50,000")


def test_rules_on_the_book_fire_and_combine(home):
    filled(home / "book.sqlite", *HELD, marks={"IWM": 295.0, "SPY": 610.0})
    result = signals(home)
    assert (result["heat"].value_text, result["heat"].rule, result["heat"].fired) == (
        "24%",
        "above 20%",
        True,
    )
    assert (result["many"].value_text, result["many"].fired) == ("2 positions", True)
    assert result["hot_and_many"].fired is True
    assert result["heat"].source == "book.heat, book, equity $50,000"
    calm = signals(home, heat="25%")
    assert (calm["heat"].fired, calm["heat"].distance) == (False, pytest.approx(1.0))
    assert calm["hot_and_many"].fired is False


def test_the_drawdown_is_from_the_highest_cumulative_profit(home):
    path = filled(
        home / "book.sqlite", fill(1, 100, 200.0, day=1), fill(2, -100, 230.0, day=2),  # +3,000
        fill(3, 100, 250.0, day=3), fill(4, -100, 236.0, day=6),  # -1,400
        fill(5, 10, 300.0, day=7), marks={"IWM": 290.0},  # -100 so far
    )  # fmt: skip
    with Book(path) as book:
        result = book_values(book, equity=50_000, today=DAY)
    assert result.values["book.drawdown"] == pytest.approx(100 * 1_500 / 51_500)


def test_an_open_trade_without_a_mark_has_no_drawdown(home):
    filled(home / "book.sqlite", fill(1, 10, 300.0))
    slump = signals(home)["slump"]
    assert (slump.fired, slump.value) == (None, None)
    assert slump.problem == "book.drawdown is not known: there is no book, or a trade of it has no price"


def test_an_empty_book_and_none(home):
    assert read_book_values(DAY) is None
    assert signals(home)["heat"].fired is None
    with Book(home / "book.sqlite"):
        pass
    result = signals(home)
    assert (result["heat"].value, result["heat"].fired, result["heat"].age_sessions) == (0, False, 0)


def test_old_marks_are_old_values(home):
    filled(home / "book.sqlite", *HELD, marks={"IWM": 295.0}, day=DAY)
    with Book(home / "book.sqlite") as book:
        book.mark({Contract(symbol="SPY"): 610.0}, day=dt.date(2026, 7, 14))
    result = signals(home)["heat"]  # the oldest of the prices counts
    assert (result.age_sessions, result.stale) == (4, True)


def test_unlimited_risk_counts_as_all_equity(home):
    path = filled(home / "book.sqlite", fill(1, -20, 290.0), marks={"IWM": 295.0})
    with Book(path) as book:
        assert book_values(book, equity=50_000, today=DAY).values["book.heat"] == 100


def test_the_book_is_read_only_for_a_rule_on_it(home):
    def fails():
        raise AssertionError

    assert book_series(load_rules(), fails) == {}
    rules_of(home)
    with pytest.raises(AssertionError):
        read_trading_day(DAY, book=fails)
    heat = next(signal for signal in read_trading_day(DAY).board.signals if signal.name == "heat")
    assert heat.fired is None  # without a reader the rule has no data


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('series = "book.heet"\nabove = "5%"', "series book.heet is not of the book: book.heat, "),
        ('series = "book.heat"\nabove = "5 positions"', "the level of book.heat must be in %, got positions"),
        (
            'series = "book.positions"\nabove = "5%"',
            "of book.positions must be in positions, got %",
        ),
        ('series = "book.positions"\nabove = 5', "above must be a level with its unit"),
        (
            'series = "book.heat"\nmeasure = "change"\nsessions = 5\nabove = "5%"',
            "measure of book.heat must be level: the book keeps no history of it",
        ),
    ],
)
def test_a_wrong_rule_on_the_book_is_one_line(home, text, problem):
    with pytest.raises(PresetError) as error:
        rules_of(home, text=f'schema = 1\n[signals.a]\nrole = "stop"\n{text}')
    assert problem in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_values_of_other_names_and_numbers_are_refused():
    with pytest.raises(InvalidInputError, match=r"values must be of book\.heat"):
        BookValues(day=DAY, values={"heat": 1.0})
    with pytest.raises(InvalidInputError, match=r"book\.heat must be a finite number, got inf"):
        BookValues(day=DAY, values={"book.heat": float("inf")})


def test_what_is_no_book_is_an_error(home):
    (home / "book.sqlite").write_text("no book")
    with pytest.raises(BookError):
        read_book_values(DAY)
