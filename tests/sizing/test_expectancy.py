import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.errors import InvalidInputError
from riskcalc.sizing import break_even_win_rate, expectancy, losing_streak_drawdown
from tests.reference import printed, rows

THARP, STREAK = rows("sizing_expectancy")


def test_tharps_five_trades():
    results = [float(part) for part in THARP["inputs"].split(" ")[0].split(",")]
    wins = [result for result in results if result > 0]
    mean = expectancy(win_probability=len(wins) / len(results), win=wins[0], loss=1)
    assert mean * len(results) == printed(THARP["published"])


def test_a_published_losing_streak():
    base, losses = STREAK["inputs"].split("^")
    drawdown = losing_streak_drawdown(risk_fraction=1 - float(base), losses=int(losses))
    assert 100 * drawdown == printed(STREAK["published"])


@given(win=st.floats(0.01, 100), loss=st.floats(0.01, 100))
def test_at_the_break_even_rate_nothing_is_expected(win, loss):
    rate = break_even_win_rate(win=win, loss=loss)
    assert expectancy(win_probability=rate, win=win, loss=loss) == pytest.approx(0, abs=1e-12 * (win + loss))


def test_losing_everything_once_is_enough():
    assert losing_streak_drawdown(risk_fraction=1, losses=1) == 1


@pytest.mark.parametrize(
    ("call", "inputs", "field", "allowed", "bad"),
    [
        (break_even_win_rate, {}, "win", "a number > 0", (math.nan, math.inf, 0, -1)),
        (break_even_win_rate, {"win": 1}, "loss", "a number > 0", (math.nan, math.inf, 0, -1)),
        (expectancy, {"win": 1}, "win_probability", r"in \[0, 1\]", (math.nan, math.inf, -0.5, 2)),
        (losing_streak_drawdown, {"losses": 5}, "risk_fraction", r"in \(0, 1\]", (math.nan, 0, 2)),
        (losing_streak_drawdown, {"risk_fraction": 0.1}, "losses", "a whole number >= 1", (0, 2.5)),
    ],
)
def test_inputs_out_of_range(call, inputs, field, allowed, bad):
    for value in bad:
        with pytest.raises(InvalidInputError, match=rf"^{field} must be {allowed}, got {value:g}$"):
            call(**inputs | {field: value})
