"""A size by the stop within every limit of an account."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import Account, Costs, RiskLimits, Side
from riskcalc.errors import InvalidInputError
from riskcalc.sizing import size_by_stop, size_by_stop_within_limits

prices = st.floats(0.5, 5_000)


def account(equity=10_000, *, risk=1.0, **known):
    limits = {
        name: known.pop(name) for name in ("max_position_fraction", "max_heat_fraction") if name in known
    }
    return Account(
        equity=equity, limits=RiskLimits(risk_fraction=risk, **{"max_heat_fraction": 1.0} | limits), **known
    )


def test_all_of_the_risk_does_not_buy_twenty_times_the_account():
    result = size_by_stop_within_limits(account=account(), entry=20, stop=19, margin=10)
    assert (result.units, result.binding_limit, result.position_value) == (500, "position size", 10_000)
    assert size_by_stop(equity=10_000, risk_fraction=1, entry=20, stop=19).units == 10_000


@pytest.mark.parametrize(
    ("known", "units", "binding"),
    [
        (account(risk=0.01), 100, "risk budget"),
        (account(max_position_fraction=0.25), 125, "position size"),
        (account(buying_power=1_000), 100, "buying power"),
        (account(max_heat_fraction=0.06, open_risk=550), 50, "portfolio heat"),
        (account(buying_power=0), 0, "buying power"),
    ],
)
def test_the_limit_that_binds_is_named(known, units, binding):
    result = size_by_stop_within_limits(account=known, entry=20, stop=19, margin=10)
    assert (result.units, result.binding_limit) == (units, binding)
    assert result.limits[binding] == units
    assert result.reason.startswith(f"{units} units: ")


def test_fractions_of_a_share():
    result = size_by_stop_within_limits(
        account=account(risk=0.01), entry=295, stop=277.3, margin=147.5, fractional=True
    )
    assert result.units == 5.649
    assert result.loss_per_unit == pytest.approx(17.7)
    assert result.risk == pytest.approx(5.649 * 17.7)
    assert result.reason == "5.649 units: 5.65 would risk $100.0050, the budget is $100.0000"
    assert result.limits["position size"] == 33.898


def test_costs_of_a_trade_are_paid_once():
    costs = Costs(commission_per_trade=5)
    known = Account(equity=10_000, costs=costs)
    result = size_by_stop_within_limits(account=known, entry=20, stop=19, margin=10, cost_per_unit=0.5)
    assert (result.units, result.risk) == (60, 100)


accounts = st.builds(
    account,
    st.floats(100, 1e7),
    risk=st.floats(0.001, 1),
    max_position_fraction=st.floats(0.05, 1),
    buying_power=st.floats(0, 1e6),
)
trades = st.fixed_dictionaries(
    {
        "entry": prices,
        "width": st.floats(0.001, 0.5),
        "side": st.sampled_from(list(Side)),
        "margin": st.floats(0.2, 1),
        "fractional": st.booleans(),
    }
)


@given(known=accounts, trade=trades)
def test_no_limit_is_broken_and_a_part_more_breaks_one(known, trade):
    entry, width, side = trade["entry"], trade.pop("width"), trade["side"]
    stop = entry * (1 - side * width)
    margin = entry * trade["margin"]
    result = size_by_stop_within_limits(account=known, stop=stop, **trade | {"margin": margin})
    more = result.units + (0.001 if trade["fractional"] else 1)
    largest = known.equity * known.limits.max_position_fraction
    taken = (abs(entry - stop), known.risk_budget), (margin, known.free_buying_power), (entry, largest)
    slack = 1 + 1e-9
    assert all(result.units * each <= most * slack for each, most in taken)
    assert any(more * each > most / slack for each, most in taken)
    assert result.capital == pytest.approx(result.units * margin)
    assert result.position_value == pytest.approx(result.units * entry)


@pytest.mark.parametrize(
    ("field", "value"), [("margin", 0), ("margin", math.nan), ("multiplier", 0), ("entry", -1)]
)
def test_inputs_are_checked(field, value):
    with pytest.raises(InvalidInputError, match=rf"^{field} must be"):
        size_by_stop_within_limits(
            **{"account": account(), "entry": 20, "stop": 19, "margin": 10} | {field: value}
        )
