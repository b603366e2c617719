"""A preset's triggers as rules of the board: roles, any and all, units, ages, and typed values."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import pytest

from riskcalc import plan_preset
from riskcalc.domain import CheckStatus, EntryRules, Trigger
from riskcalc.domain.signals import Signal, SignalBoard, SignalRole
from riskcalc.domain.trading_day import TradingDay
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.formatting.signals import plan_triggers

DAY = dt.date(2026, 7, 20)
OK, WARN, FAIL = CheckStatus.OK, CheckStatus.WARN, CheckStatus.FAIL
NAMES = {"entry": "trigger", "stop": "stop trigger", "hedge": "hedge trigger"}


def known(name, value, unit, **changes):
    one = Signal(
        name=name, role=SignalRole.HEDGE, rule="above 0", fired=False, value=value, unit=unit,
        as_of=DAY, age_sessions=0, source=f"{name}.csv",
    )  # fmt: skip
    return dataclasses.replace(one, **changes)


def day(*signals):
    return TradingDay(board=SignalBoard(day=DAY, signals=signals))


def planned(rules, *, preset="iwm-shares", combine="any", board=(), seen=None):
    settings = {"entry.triggers": rules, "entry.combine": combine}
    settings |= {f"market.signals.{name}": value for name, value in (seen or {}).items()}
    return plan_preset(preset, settings, day=day(*board))


def check(plan, role):
    result = [(check.status, check.message) for check in plan.checks if check.name == NAMES[role]]
    return result[0] if result else None


def rule(name, role="entry", level="10 points"):
    return {"signal": name, "above": level, "role": role}


def expected(role, word, states):
    """The verdict by hand: any or all of three-valued states."""
    met = (any if word == "any" else all)(state == 20 for state in states)
    unmet = (all if word == "any" else any)(state == 0 for state in states)
    if not met and not unmet:
        return WARN
    good = {"entry": OK if met else FAIL, "stop": FAIL if met else OK, "hedge": WARN if met else OK}
    return good[role]


@pytest.mark.parametrize("role", NAMES)
@pytest.mark.parametrize("word", ["any", "all"])
def test_roles_and_combinations_of_known_and_unknown_values(role, word):
    for states in itertools.product([20, 0, None], repeat=2):
        board = [
            known(name, value, "points")
            for name, value in zip("ab", states, strict=True)
            if value is not None
        ]
        result = planned([rule("a", role), rule("b", role)], combine=word, board=board)
        assert check(result, role)[0] is expected(role, word, states), (states, check(result, role))


def test_each_role_combines_by_itself():
    rules = [rule("a"), rule("b"), rule("c", "stop"), rule("d", "stop")]
    board = [
        known("a", 20, "points"),
        known("b", 20, "points"),
        known("c", 20, "points"),
        known("d", 0, "points"),
    ]
    result = planned(rules, combine={"entry": "all", "stop": "all"}, board=board)
    assert check(result, "entry")[0] is OK
    assert check(result, "stop") == (OK, "not all have fired: d 0 points, rule: d is above 10 points")
    failing = planned(rules, combine={"entry": "all"}, board=board)
    assert check(failing, "stop") == (FAIL, "no entry: c +20 points, rule: c is above 10 points")
    assert not failing.ok


def test_a_hedge_takes_a_fired_hedge_trigger_as_its_reason():
    rules = [{"signal": "sp500_move", "below": "-3%", "role": "hedge"}]
    for value, falling, rising in ((-4.0, OK, WARN), (-1.0, WARN, OK)):
        board = [known("sp500_move", value, "%")]
        assert check(planned(rules, preset="tza-hedge", board=board), "hedge")[0] is falling
        assert check(planned(rules, board=board), "hedge")[0] is rising


@pytest.mark.parametrize(
    ("level", "unit", "value", "text"),
    [
        ("+25 bp", "bp", 28.0, "x +28 bp, rule: x is above +25 bp"),
        ("3%", "%", 3.4, "x +3.4%, rule: x is above +3%"),
        ("2 sd", "sd", 2.5, "x +2.5 sd, rule: x is above 2 sd"),
        ("1.5x", "ratio", 2.0, "x +2, rule: x is above 1.5"),
        ("$250M", "$M", 300.0, "x +$300M, rule: x is above $250M"),
        ("25 points", "points", 28.0, "x +28 points, rule: x is above 25 points"),
        (25, "bp", 28.0, "x +28 bp, rule: x is above +25 bp"),  # a bare level is in the board's unit
    ],
)
def test_values_are_in_their_own_units(level, unit, value, text):
    result = planned([rule("x", level=level)], board=[known("x", value, unit)])
    assert check(result, "entry") == (OK, text)
    (signal,) = result.to_dict()["triggers"]
    contract = {"name": "x", "value": value, "unit": unit, "role": "entry", "fired": True, "age_sessions": 0}
    assert contract.items() <= signal.items()
    assert signal["source"] == "x.csv"


@pytest.mark.parametrize(("level", "unit"), [("+25 bp", "%"), ("3%", "bp"), (25, "%"), ("25 points", "sd")])
def test_a_board_in_another_unit_says_nothing(level, unit):
    status, text = check(planned([rule("x", level=level)], board=[known("x", 28.0, unit)]), "entry")
    assert status is WARN
    assert f"the board has x in {unit}" in text


def test_old_data_warn_but_a_fired_stop_stands():
    old = {"age_sessions": 4, "max_age": 1}
    status, text = check(planned([rule("x")], board=[known("x", 20, "points", **old)]), "entry")
    assert (status, "x is 4 sessions old (2026-07-20), limit 1" in text) == (WARN, True)
    stop = [rule("x", "stop")]
    assert check(planned(stop, board=[known("x", 0, "points", **old)]), "stop")[0] is WARN
    assert check(planned(stop, board=[known("x", 20, "points", **old)]), "stop")[0] is FAIL


def test_a_typed_value_goes_before_the_board():
    result = planned([rule("x")], board=[known("x", 0, "points")], seen={"x": "20 points"})
    assert check(result, "entry")[0] is OK
    assert (result.triggers[0].source, result.triggers[0].age_sessions) == ("market.signals", None)
    assert check(planned([rule("x")], seen={"x": 5}), "entry")[0] is FAIL  # bare: in the unit of its rule


def test_a_board_without_the_value_says_why():
    board = [known("x", None, "", fired=None, problem="no DGS10 filed", age_sessions=None)]
    status, text = check(planned([rule("x", "stop")], board=board), "stop")
    assert (status, text) == (WARN, "no entry if x is above 10 points; x: no DGS10 filed")


def test_the_table_of_a_plan_has_its_triggers():
    result = planned([rule("x", level="+25 bp"), rule("y", "stop")], board=[known("x", 28.0, "bp")])
    rows = plan_triggers(result).rows
    assert rows[0][:7] == ("x", "entry", "met", "+28 bp", "0", "0", "above +25 bp")
    assert rows[1][:4] == ("y", "stop", "no data", "-")
    assert plan_triggers(plan_preset("iwm-shares")).rows == ()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"entry.triggers": [rule("x", "halt")]}, "entry.triggers.0.role must be"),
        ({"entry.combine": "some"}, "entry.combine"),
        ({"entry.combine": {"halt": "all"}}, "entry.combine"),
        (
            {"entry.triggers": [rule("x", level="25 apples")]},
            "above must be like -3%, +25 bp or 25, got '25 apples'",
        ),
        (
            {"entry.triggers": [rule("x")], "market.signals.x": "25 bp"},
            "market.signals.x must be in points, the unit of its rule, above 10 points, got 25 bp",
        ),
    ],
)
def test_what_is_wrong_is_one_line(settings, says):
    with pytest.raises(PresetError) as error:
        plan_preset("iwm-shares", settings)
    assert says in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_records_refuse_unknown_roles_and_units():
    with pytest.raises(InvalidInputError, match="role must be one of entry, stop, hedge"):
        Trigger(signal="x", above=1, role="halt")
    with pytest.raises(InvalidInputError, match="unit must be one of"):
        Trigger(signal="x", above=1, unit="apples")
    with pytest.raises(InvalidInputError, match="needs_all must be one of"):
        EntryRules(needs_all={"halt"})
