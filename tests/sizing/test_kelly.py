import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.errors import InvalidInputError
from riskcalc.sizing import (
    continuous_growth_rate,
    continuous_kelly,
    growth_rate,
    kelly_fraction,
    prob_drawdown,
)
from tests.reference import printed, rows

chances = st.floats(0.01, 0.99)
payoffs = st.floats(0.05, 20)


@pytest.mark.parametrize("row", rows("sizing_kelly"), ids=lambda row: row["case"])
def test_published_bets(row):
    bet = {"win_probability": float(row["win_probability"]), "win": float(row["win"])}
    best = kelly_fraction(**bet)
    assert best == printed(row["published"])
    assert growth_rate(staked=best, **bet) == pytest.approx(float(row["growth_per_bet"]), rel=1e-9)


@pytest.mark.parametrize("row", rows("sizing_kelly_continuous"))
def test_published_asset(row):
    asset = {key: float(row[key]) for key in ("drift", "rate", "vol")}
    best = continuous_kelly(**asset)
    assert best == printed(row["published"])
    assert continuous_growth_rate(held=best, **asset) == pytest.approx(
        float(row["growth_per_year"]), rel=1e-12
    )


@pytest.mark.parametrize("row", rows("sizing_kelly_drawdown"))
def test_published_drawdowns(row):
    chance = prob_drawdown(
        fraction_left=float(row["fraction_left"]), kelly_multiple=float(row["kelly_multiple"])
    )
    assert chance == printed(row["prob"])


def test_no_edge_is_no_bet():
    assert kelly_fraction(win_probability=0.5, win=1) == 0
    assert kelly_fraction(win_probability=0.3, win=2) < 0


def test_a_partial_loss_allows_a_larger_stake():
    assert kelly_fraction(win_probability=0.5, win=0.2, loss=0.1) == pytest.approx(2.5)


@given(win_probability=chances, win=payoffs, loss=payoffs, other=st.floats(0, 1))
def test_no_other_stake_grows_faster(win_probability, win, loss, other):
    bet = {"win_probability": win_probability, "win": win, "loss": loss}
    best = max(kelly_fraction(**bet), 0.0)
    assert growth_rate(staked=other / loss, **bet) <= growth_rate(staked=best, **bet) + 1e-12


@given(drift=st.floats(-1, 1), rate=st.floats(-0.1, 0.2), vol=st.floats(0.05, 2), other=st.floats(-10, 10))
def test_no_other_holding_grows_faster(drift, rate, vol, other):
    asset = {"drift": drift, "rate": rate, "vol": vol}
    best = continuous_growth_rate(held=continuous_kelly(**asset), **asset)
    assert continuous_growth_rate(held=other, **asset) <= best + 1e-12 * (1 + abs(best))


def test_a_stake_that_one_loss_can_take_grows_to_nothing():
    assert growth_rate(staked=1, win_probability=0.9, win=5) == -math.inf
    assert growth_rate(staked=1, win_probability=1, win=1) == pytest.approx(math.log(2))
    assert growth_rate(staked=0, win_probability=0, win=1) == 0


def test_drawdown_limits():
    assert prob_drawdown(fraction_left=1, kelly_multiple=0.3) == 1
    assert prob_drawdown(fraction_left=0.01, kelly_multiple=2) == 1
    assert prob_drawdown(fraction_left=0.01, kelly_multiple=5) == 1
    assert prob_drawdown(fraction_left=0.5, kelly_multiple=1e-9) == 0


@pytest.mark.parametrize(
    ("call", "inputs", "field", "allowed", "bad"),
    [
        (kelly_fraction, {"win": 2}, "win_probability", r"in \[0, 1\]", (math.nan, math.inf, -0.1, 2)),
        (kelly_fraction, {"win_probability": 0.5}, "win", "a number > 0", (math.nan, math.inf, 0, -2)),
        (kelly_fraction, {"win_probability": 0.5, "win": 2}, "loss", "a number > 0", (math.nan, math.inf, 0)),
        (
            growth_rate,
            {"win_probability": 0.5, "win": 2},
            "staked",
            "a number >= 0",
            (math.nan, math.inf, -1),
        ),
        (continuous_kelly, {"drift": 0.1, "rate": 0}, "vol", "a number > 0", (math.nan, math.inf, 0, -1)),
        (continuous_kelly, {"vol": 0.1, "rate": 0}, "drift", "a finite number", (math.nan, math.inf)),
        (prob_drawdown, {"kelly_multiple": 1}, "fraction_left", r"in \(0, 1\]", (math.nan, math.inf, 0, 2)),
        (prob_drawdown, {"fraction_left": 0.5}, "kelly_multiple", "a number > 0", (math.nan, math.inf, 0)),
    ],
)
def test_inputs_out_of_range(call, inputs, field, allowed, bad):
    for value in bad:
        with pytest.raises(InvalidInputError, match=rf"^{field} must be {allowed}, got {value:g}$"):
            call(**inputs | {field: value})
