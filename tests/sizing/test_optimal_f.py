import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.errors import InvalidInputError
from riskcalc.sizing import kelly_fraction, optimal_f
from tests.reference import printed, rows


@pytest.mark.parametrize("row", rows("sizing_optimal_f"))
def test_vinces_sequence(row):
    best = optimal_f([float(trade) for trade in row["trades"].split()])
    assert best.fraction == printed(row["published"])
    assert best.fraction == pytest.approx(float(row["fraction"]), abs=1e-7)
    assert best.terminal_wealth == pytest.approx(float(row["terminal_wealth"]), rel=1e-12)
    assert best.geometric_mean == pytest.approx(float(row["geometric_mean"]), rel=1e-12)
    assert best.dollars_per_unit == pytest.approx(float(row["dollars_per_unit"]), rel=1e-6)


@given(wins=st.integers(1, 30), losses=st.integers(1, 30), payoff=st.floats(0.1, 10))
def test_two_outcomes_are_kellys_bet(wins, losses, payoff):
    best = optimal_f([payoff] * wins + [-1.0] * losses)
    kelly = kelly_fraction(win_probability=wins / (wins + losses), win=payoff)
    assert best.fraction == pytest.approx(max(kelly, 0), abs=1e-12)


@given(trades=st.lists(st.floats(-100, 100), min_size=2, max_size=20), other=st.floats(0, 0.99))
def test_no_other_fraction_ends_richer(trades, other):
    trades = [*trades, -1.0]
    largest_loss = -min(trades)
    wealth = math.prod(1 + other * trade / largest_loss for trade in trades)
    assert wealth <= optimal_f(trades).terminal_wealth * (1 + 1e-9)


def test_a_losing_record_is_not_traded():
    nothing = optimal_f([1, -2])
    assert (nothing.fraction, nothing.terminal_wealth, nothing.dollars_per_unit) == (0, 1, math.inf)


@pytest.mark.parametrize(
    ("trades", "message"),
    [
        ((), "trades must hold at least one loss, got a smallest of 0"),
        ((1, 2), "trades must hold at least one loss, got a smallest of 1"),
        ((1, math.nan), "trades[1] must be a finite number, got nan"),
        ((1, -math.inf), "trades[1] must be a finite number, got -inf"),
    ],
)
def test_a_record_without_a_loss_is_refused(trades, message):
    with pytest.raises(InvalidInputError) as refusal:
        optimal_f(trades)
    assert str(refusal.value) == message
