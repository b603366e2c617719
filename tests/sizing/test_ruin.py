import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve_banded

from riskcalc.errors import InvalidInputError
from riskcalc.sizing import kelly, risk_of_ruin
from tests.reference import printed, rows

PITFALLS = rows("sizing_ruin_pitfalls")


@pytest.mark.parametrize("row", rows("sizing_ruin"), ids=lambda row: f"{row['win_pct']}-{row['payoff']}")
def test_published_table(row):
    ruin = 100 * risk_of_ruin(
        win_probability=int(row["win_pct"]) / 100,
        payoff_ratio=float(row["payoff"]),
        units_of_capital=int(row["units"]),
    )
    assert ruin == printed(row["published_pct"])
    assert ruin == pytest.approx(float(row["exact_pct"]), rel=1e-12)


def _percent(row):
    return 100 * risk_of_ruin(
        win_probability=float(row["win"]),
        payoff_ratio=float(row["payoff"]),
        units_of_capital=100 / float(row["risk_pct"]),
    )


@pytest.mark.parametrize("row", PITFALLS, ids=lambda row: row["note"][:30])
def test_figures_on_the_web_that_are_traps(row):
    assert _percent(row) == pytest.approx(float(row["exact_pct"]), rel=1e-12)
    assert (_percent(row) == printed(row["published_pct"])) == (row["right"] == "yes")


def test_three_of_the_four_are_wrong():
    assert [row["right"] for row in PITFALLS] == ["no", "no", "no", "yes"]


@pytest.mark.parametrize("row", PITFALLS[:2], ids=lambda row: row["risk_pct"])
def test_the_power_of_one_root_is_only_a_bound(row):
    assert _percent(row) < float(row["upper_bound_pct"])


@given(p=st.floats(0.501, 0.999), units=st.integers(1, 200))
def test_even_money_is_the_gamblers_ruin(p, units):
    ruin = risk_of_ruin(win_probability=p, payoff_ratio=1, units_of_capital=units)
    assert ruin == pytest.approx(((1 - p) / p) ** units, rel=1e-9)


@pytest.mark.parametrize(
    ("p", "gain", "loss", "capital"),
    [(0.5, 11, 10, 5.0), (0.45, 3, 2, 7.3), (0.8, 1, 2, 4.0), (0.7, 2, 3, 9.0), (0.9, 1, 4, 3.0)],
)
def test_second_implementation_a_linear_solve_on_a_long_lattice(p, gain, loss, capital):
    top = 3000
    bands, right = np.zeros((gain + loss + 1, top)), np.zeros(top)
    bands[gain] = 1.0
    bands[0, gain:] = -p
    bands[-1, :-loss] = p - 1
    right[:loss] = 1 - p
    expected = solve_banded((loss, gain), bands, right)[math.ceil(capital * loss) - 1]
    ruin = risk_of_ruin(win_probability=p, payoff_ratio=gain / loss, units_of_capital=capital)
    assert ruin == pytest.approx(expected, rel=1e-9)


@given(p=st.floats(0.02, 0.98), payoff=st.integers(2, 400).map(lambda n: n / 100), units=st.floats(2, 100))
def test_one_bet_later_the_chance_is_the_mean_of_both_outcomes(p, payoff, units):
    def ruin(capital):
        if capital <= 1e-12:
            return 1.0
        return risk_of_ruin(win_probability=p, payoff_ratio=payoff, units_of_capital=capital)

    mean = p * ruin(units + payoff) + (1 - p) * ruin(units - 1)
    assert ruin(units) == pytest.approx(mean, rel=1e-7, abs=1e-12)


@given(p=st.floats(0, 1), payoff=st.floats(0.01, 50), units=st.floats(0.5, 100), more=st.floats(0, 20))
def test_more_capital_never_ruins_sooner(p, payoff, units, more):
    fewer = risk_of_ruin(win_probability=p, payoff_ratio=payoff, units_of_capital=units)
    larger = risk_of_ruin(win_probability=p, payoff_ratio=payoff, units_of_capital=units + more)
    assert 0 <= larger <= fewer + 1e-12 <= 1 + 1e-12


@given(p=st.floats(0.3, 0.9), better=st.floats(0, 0.1), payoff=st.integers(1, 300).map(lambda n: n / 100))
def test_a_better_chance_never_ruins_sooner(p, better, payoff):
    def ruin(win_probability):
        return risk_of_ruin(win_probability=win_probability, payoff_ratio=payoff, units_of_capital=20)

    assert ruin(p + better) <= ruin(p) + 1e-12


@pytest.mark.parametrize(("p", "payoff"), [(0.5, 1), (0.4, 1.5), (0.2, 4), (0.25, 3), (0, 5), (0.3, 2)])
def test_no_edge_is_certain_ruin(p, payoff):
    assert risk_of_ruin(win_probability=p, payoff_ratio=payoff, units_of_capital=1e6) == 1.0


def test_limits():
    assert risk_of_ruin(win_probability=1, payoff_ratio=0.5, units_of_capital=1) == 0
    assert risk_of_ruin(win_probability=0.6, payoff_ratio=2, units_of_capital=1e300) == 0
    near = risk_of_ruin(win_probability=0.5 + 1e-9, payoff_ratio=1, units_of_capital=1000)
    assert near == pytest.approx(math.exp(-4e-6), abs=1e-10)
    huge = risk_of_ruin(win_probability=0.51, payoff_ratio=1e9, units_of_capital=3)
    assert huge == pytest.approx(0.49**3, rel=1e-9)


@pytest.mark.parametrize(
    ("field", "allowed", "bad"),
    [
        ("win_probability", r"in \[0, 1\]", (math.nan, math.inf, -0.1, 1.1, 2)),
        ("payoff_ratio", "a number > 0", (math.nan, math.inf, 0, -1)),
        ("payoff_ratio", "at least 0.01", (0.001,)),
        ("units_of_capital", "a number > 0", (math.nan, math.inf, 0, -1)),
    ],
)
def test_inputs_out_of_range(field, allowed, bad):
    inputs = {"win_probability": 0.5, "payoff_ratio": 2, "units_of_capital": 10}
    for value in bad:
        with pytest.raises(InvalidInputError, match=rf"^{field} must be {allowed}, got {value:g}$"):
            risk_of_ruin(**inputs | {field: value})


def test_a_root_that_is_not_found_is_said(monkeypatch):
    monkeypatch.setattr(kelly, "MOST_STEPS", 2)
    with pytest.raises(InvalidInputError, match=r"risk of ruin has no solution for win_probability 0\.6"):
        risk_of_ruin(win_probability=0.6, payoff_ratio=1.5, units_of_capital=10)
