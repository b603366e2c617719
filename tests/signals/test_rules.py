"""``signals.toml``: what it refuses, each in one line, and how rules combine."""

from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.domain.signals import SignalRole
from riskcalc.errors import PresetError
from riskcalc.presets.levels import parse_level
from riskcalc.signals.board import signal_board, todays_board
from riskcalc.signals.rules import load_rules
from riskcalc.signals.store import typed_series

DAY = dt.date(2026, 7, 24)


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    monkeypatch.delenv("RISKCALC_PRESETS", raising=False)

    def write(text):
        (tmp_path / "signals.toml").write_text("schema = 1\n" + text)
        return load_rules()

    return write


LEAF = '[signals.{}]\nseries = "typed"\nabove = "1x"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[signals.a]\nseries = "DGS10"\nabove = 25\nrole = "stop"', "above must be a level with its unit"),
        ('[signals.a]\nseries = "DGS10"\nabove = "25"\nrole = "stop"', "above must be a level with its unit"),
        ('[signals.a]\nseries = "DGS10"\nrole = "stop"', "exactly one of above and below must be set"),
        (
            '[signals.a]\nseries = "DGS10"\nabove = "5 bp"\nrole = "halt"',
            "role must be one of entry, stop, hedge",
        ),
        ('[signals.a]\nseries = "DGS10"\nabove = "5 bp"', "role must be one of entry, stop, hedge"),
        (
            '[signals.a]\nseries = "DGS10"\nmeasure = "change"\nabove = "5 bp"\nrole = "stop"',
            "sessions must be a whole number from 1 to 2,520 for measure change",
        ),
        (
            '[signals.a]\nseries = "DGS10"\nmeasure = "zscore"\nsessions = 20\nabove = "5%"\nrole = "stop"',
            "above of measure zscore must be in sd, got '5%'",
        ),
        ('[signals.a]\nseries = "DGS10"\nabov = "5%"\nbelow = "1%"\nrole = "stop"', "did you mean above?"),
        ('[signals.a]\nall = ["a"]\nrole = "stop"', "is circular: a -> a"),
        (
            '[signals.a]\nall = ["b"]\nrole = "stop"\n[signals.b]\nany = ["a"]',
            "is circular: a -> b -> a",
        ),
        ('[signals.a]\nany = ["sp500_mov"]\nrole = "stop"', "did you mean sp500_move?"),
        ("[signals.a]\nany = []\nrole = 'stop'", "combines no rules"),
        ("[signal.a]\nany = []", "signal: unknown"),
    ],
)
def test_a_wrong_rule_is_one_line(own, text, problem):
    with pytest.raises(PresetError) as error:
        own(text)
    assert problem in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_rule_on_an_unknown_series(own):
    rules = own('[signals.a]\nseries = "DGS1O"\nabove = "5%"\nrole = "stop"')
    with pytest.raises(PresetError, match=r"signals.a: unknown series DGS1O: file it first"):
        signal_board(rules, {}, day=DAY)


def test_own_rules_replace_and_remove_shipped_ones(own):
    rules = {
        rule.name: rule for rule in own("[signals.sp500_move]\noff = true\n[signals.risk_off]\noff = true")
    }
    assert "sp500_move" not in rules
    assert "high_yield_widening" in rules
    rules = {rule.name: rule for rule in own(LEAF.format("sp500_move"))}
    assert rules["sp500_move"].unit == "ratio"


@pytest.mark.parametrize(
    ("word", "one", "two", "fired"),
    [
        ("all", 2, 2, True),
        ("all", 2, 0, False),
        ("all", 0, None, False),
        ("all", 2, None, None),
        ("any", 0, 0, False),
        ("any", 2, None, True),
        ("any", 0, None, None),
    ],
)
def test_combinations_with_unknown_members(own, word, one, two, fired):
    rules = own(f'[signals.c]\n{word} = ["a", "b"]\nrole = "stop"\n' + LEAF.format("a") + LEAF.format("b"))
    known = {"a": one, "b": two}
    store = {
        f"typed.{name}": typed_series(name, value, "ratio", DAY)
        for name, value in known.items()
        if value is not None
    }
    board = signal_board(rules, store, day=DAY)
    result = {signal.name: signal for signal in board.signals}
    assert result["c"].fired is fired
    assert (result["a"].role, result["a"].counts) == (SignalRole.STOP, False)
    assert board.stopped is (fired is True)


def test_a_level_counts_as_fired_and_ages_are_sessions(own):
    rules = own(LEAF.format("a") + 'role = "stop"\n')
    store = {"typed.a": typed_series("a", 1.0, "ratio", dt.date(2026, 7, 2))}
    (result,) = (
        signal for signal in signal_board(rules, store, day=dt.date(2026, 7, 7)).signals if signal.name == "a"
    )
    assert (result.fired, result.age_sessions, result.stale) == (True, 2, True)
    assert signal_board(rules, store, day=dt.date(2026, 7, 1)).stopped is False  # not known yet


def test_no_board_without_data_or_own_rules(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    assert todays_board(DAY, {}) is None
    assert todays_board(DAY, {"typed.a": typed_series("a", 1.0, "ratio", DAY)}) is not None
    (tmp_path / "signals.toml").write_text("schema = 1")
    assert todays_board(DAY, {}) is not None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("-3%", (-3, "%")),
        ("−3 %", (-3, "%")),
        ("+25 bp", (25, "bp")),
        ("-$1,250M", (-1250, "$M")),
        ("2", None),
        ("$5", None),
        ("five %", None),
        (5, None),
    ],
)
def test_levels(text, level):
    assert parse_level(text) == level
