"""Whatever is put into a public function, it answers or names the argument that is wrong."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import inspect
import math

import numpy as np
import pandas as pd
import pytest

import riskcalc as rc
import riskcalc.history
import riskcalc.pricing
import riskcalc.sizing
from riskcalc.errors import RiskcalcError
from tests.entry_points import Array, EntryPoint, Infinite, Maybe, entry_points

WRONG = {
    "None": None,
    "text": "abc",
    "bytes": b"1",
    "a date": dt.date(2026, 7, 20),
    "a datetime": dt.datetime(2026, 7, 20),  # noqa: DTZ001 - wrong whether or not it has a zone
    "a span": dt.timedelta(days=3),
    "an object": object(),
    "a class": int,
    "a function": len,
    "a mixed list": [1.0, "a", None],
    "a mapping": {1: 2},
    "an uneven list": [[1.0], [1.0, 2.0]],
    "complex": 1j,
    "a boolean": True,
    "nan": math.nan,
    "inf": math.inf,
    "a huge integer": 10**400,
    "an integer too long to write": 10**5000,
    "pandas NA": pd.NA,
    "pandas NaT": pd.NaT,
    "a decimal": decimal.Decimal("1.5"),
    "a numpy datetime": np.datetime64("2026-07-20"),
    "a numpy span": np.timedelta64(3, "D"),
    "a numpy boolean": np.True_,
    "an array of text": np.array(["a"]),
}
SCALAR = {"nan", "inf"}


def wrong_for(given):
    """Names of what an argument must refuse."""
    if isinstance(given, Maybe):
        return [name for name in wrong_for(given.value) if name != "None"]
    if isinstance(given, Array):
        return [name for name in WRONG if name not in SCALAR]
    if isinstance(given, Infinite):
        return [
            name for name in WRONG if name not in {"inf", "a huge integer", "an integer too long to write"}
        ]
    if isinstance(given, tuple) and given and isinstance(given[0], str):
        return [name for name in WRONG if name != "an array of text"]
    accepted = {str: {"text"}, bool: {"a boolean"}, dt.date: {"a date"}}.get(type(given), set())
    return [name for name in WRONG if name not in accepted]


def problem(entry, argument, wrong):
    """What is wrong with an entry point's answer to a wrong thing; nothing when it names the argument."""
    try:
        answer = entry.with_argument(argument, WRONG[wrong])
    except (RiskcalcError, TypeError) as error:
        text = str(error)
        return "" if argument in text else f"not named: {type(error).__name__}: {text}"
    except Exception as error:  # noqa: BLE001 - any other is the finding
        return f"{type(error).__name__}: {error}"
    return f"accepted: {str(answer)[:80]}"


@pytest.mark.parametrize("entry", entry_points(), ids=lambda entry: entry.name)
def test_a_wrong_thing_is_refused_by_the_name_of_its_argument(entry: EntryPoint):
    result = {
        (argument, wrong): problem(entry, argument, wrong)
        for argument, given in entry.arguments.items()
        for wrong in wrong_for(given)
    }
    assert {wrong: what for wrong, what in result.items() if what} == {}


def test_the_arguments_of_the_table_are_accepted():
    for entry in entry_points():
        if entry.name != "load_scenarios":
            entry.call_as_given()


def test_every_public_function_and_record_is_in_the_table():
    made_by_riskcalc = {
        "ChainSummary", "Comparison", "RiskReport", "StressResult", "StressRow", "TradePlan", "Preset",
        "Outcomes", "PriceHistory", "Backtest", "BacktestGrid", "BacktestTrade",
    }  # fmt: skip
    without_arguments = {"sample_chain", "sample_prices", "sample_vols"}
    plain = {name for name in rc.__all__ if not _is_enum_or_error(getattr(rc, name))}
    listed = {entry.name for entry in entry_points()}
    assert plain - made_by_riskcalc - without_arguments <= listed
    for module in (riskcalc.pricing, riskcalc.sizing, riskcalc.history):
        functions = {name for name in module.__all__ if inspect.isfunction(getattr(module, name))}
        assert functions - without_arguments <= listed


def _is_enum_or_error(value):
    return isinstance(value, type) and issubclass(value, (enum.Enum, Exception))
