"""Filters as they are typed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from riskcalc.editor.pages.filters import Condition, Quantity, Vocabulary, read_filter
from riskcalc.errors import InvalidInputError

KNOWN = Vocabulary(
    quantities=(
        Quantity(key="strike", names=("strike",)),
        Quantity(key="delta", names=("delta", "d"), percent=True),
        Quantity(key="oi", names=("oi",)),
        Quantity(key="edge", names=("edge",)),
    ),
    words={"calls": ("type", "call"), "puts": ("type", "put"), "quoted": ("quote", "ok")},
    bare="strike",
    days="expiry",
)


@pytest.mark.parametrize(
    ("text", "key", "low", "high", "open_ends"),
    [
        ("290-310", "strike", 290, 310, False),
        ("$290 .. $310", "strike", 290, 310, False),
        ("290 to 310", "strike", 290, 310, False),
        ("295", "strike", 295, 295, False),
        ("strike=295", "strike", 295, 295, False),
        ("delta 20-40", "delta", 0.2, 0.4, False),
        ("d 0.2-0.4", "delta", 0.2, 0.4, False),
        ("delta .2-.4", "delta", 0.2, 0.4, False),
        ("delta 20%-40%", "delta", 0.2, 0.4, False),
        ("DELTA<=40", "delta", -math.inf, 0.4, False),
        ("oi>500", "oi", 500, math.inf, True),
        ("oi >= 1,500", "oi", 1500, math.inf, False),
        ("oi<5k", "oi", -math.inf, 5000, True),
        ("oi>1m", "oi", 1e6, math.inf, True),
        ("edge -20--5", "edge", -20, -5, False),
        ("edge>-20", "edge", -20, math.inf, True),
    ],
)
def test_a_condition_is_read(text, key, low, high, open_ends):
    (result,) = read_filter(text, KNOWN).conditions
    assert result == Condition(key=key, low=pytest.approx(low), high=pytest.approx(high), open_ends=open_ends)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "dleta 20-40",
            "filter: 'dleta' is not known, did you mean delta? known: calls, puts, quoted, strike",
        ),
        ("xyz>3", "filter: 'xyz' is not known; known: calls"),
        ("delta", "filter: delta needs a range or a bound, like delta 20-40 or delta>20, got nothing"),
        ("oi > many", "filter: oi needs a range or a bound, like oi 20-40 or oi>20, got '>'"),
        ("delta 40-20", "filter: delta must be from low to high, got 40-20"),
        ("#", "filter: strike needs a range or a bound"),
        ("calls oi", "filter: oi needs a range"),
    ],
)
def test_a_wrong_filter_is_one_clear_line(text, said):
    with pytest.raises(InvalidInputError) as refused:
        read_filter(text, KNOWN)
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def passing(text):
    numbers = {
        "strike": np.array([290.0, 300.0, 310.0, 320.0]),
        "delta": np.array([0.6, 0.45, 0.3, math.nan]),
        "oi": np.array([100.0, 500.0, 501.0, math.nan]),
        "edge": np.array([-3.0, 0.0, 2.0, 5.0]),
    }
    texts = {
        "type": ["call", "call", "put", "put"],
        "quote": ["ok"] * 4,
        "expiry": ["2026-09-18", "2026-09-18", "2026-10-16", "2026-12-18"],
    }
    return read_filter(text, KNOWN).holds(numbers, texts, 4).tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [1, 1, 1, 1]),
        (" , ", [1, 1, 1, 1]),
        ("calls", [1, 1, 0, 0]),
        ("calls puts", [1, 1, 1, 1]),
        ("oi>500", [0, 0, 1, 0]),
        ("oi>=500", [0, 1, 1, 0]),
        ("delta 30-50, calls", [0, 1, 0, 0]),
        ("puts, oi<1000, 300-310", [0, 0, 1, 0]),
        ("2026-09-18", [1, 1, 0, 0]),
        ("2026-09-18 2026-12-18 edge>-1", [0, 1, 0, 1]),
    ],
)
def test_all_parts_must_hold_and_what_is_not_known_does_not(text, rows):
    assert passing(text) == [bool(row) for row in rows]
