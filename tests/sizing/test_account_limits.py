import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import Account, RiskLimits
from riskcalc.errors import InvalidInputError
from riskcalc.sizing import size_by_max_loss, size_within_limits

ACCOUNT = Account(equity=100_000, buying_power=20_000, open_risk=4_000)
"""Budget 1,000; heat left 2,000; buying power 20,000; position 100,000."""


@pytest.mark.parametrize(
    ("account", "trade", "units", "binding", "reason"),
    [
        (
            ACCOUNT,
            {"loss_per_unit": 300},
            3,
            "risk budget",
            "3 units: 4 would risk $1,200.00, the budget is $1,000.00",
        ),
        (
            Account(equity=100_000, open_risk=5_500),
            {"loss_per_unit": 300},
            1,
            "portfolio heat",
            "1 unit: 2 would risk $600.00, the heat left is $500.00",
        ),
        (
            Account(equity=100_000, open_risk=7_000),
            {"loss_per_unit": 300},
            0,
            "portfolio heat",
            "0 units: one unit risks $300.00, the heat left is $0.00",
        ),
        (
            ACCOUNT,
            {"loss_per_unit": 20, "capital_per_unit": 960},
            20,
            "buying power",
            "20 units: 21 would need $20,160.00, the buying power is $20,000.00",
        ),
        (
            Account(equity=100_000, buying_power=500),
            {"loss_per_unit": 960, "capital_per_unit": 960},
            0,
            "buying power",
            "0 units: one unit needs $960.00, the buying power is $500.00",
        ),
        (
            Account(equity=100_000, limits=RiskLimits(max_position_fraction=0.1)),
            {"loss_per_unit": 17.7, "market_value_per_unit": 295},
            33,
            "position size",
            "33 units: 34 would take $10,030.00, the largest position is $10,000.00",
        ),
    ],
)
def test_the_binding_limit_is_named(account, trade, units, binding, reason):
    size = size_within_limits(account=account, **trade)
    assert (size.units, size.binding_limit, size.reason) == (units, binding, reason)


def test_every_limit_states_its_units():
    size = size_within_limits(
        account=ACCOUNT, loss_per_unit=300, cost_per_trade=10, capital_per_unit=960, market_value_per_unit=0
    )
    assert size.limits == (
        ("risk budget", 3),
        ("portfolio heat", 6),
        ("buying power", 20),
        ("position size", None),
    )
    assert (size.risk, size.capital, size.risk_budget) == (910, 2880, 1000)
    assert size.risk_fraction == pytest.approx(0.0091)


def test_unlimited_loss_sizes_to_zero():
    size = size_within_limits(account=ACCOUNT, loss_per_unit=math.inf, capital_per_unit=10)
    assert (size.units, size.risk, size.capital) == (0, 0, 0)
    assert size.reason == "0 units: one unit risks an unlimited amount, the budget is $1,000.00"


def test_a_unit_without_loss_is_sized_by_what_it_ties_up():
    size = size_within_limits(account=ACCOUNT, loss_per_unit=0, capital_per_unit=960)
    assert (size.units, size.binding_limit, dict(size.limits)["risk budget"]) == (20, "buying power", None)


def test_a_unit_that_takes_nothing_has_no_size():
    size = size_within_limits(account=ACCOUNT, loss_per_unit=0)
    assert (size.units, size.binding_limit) == (0, "none")
    assert size.reason == "0 units: one unit has no risk and uses no buying power, so no limit sets a size"


def test_rounding_dust_in_the_capital_does_not_bind():
    size = size_within_limits(account=ACCOUNT, loss_per_unit=300, capital_per_unit=1e-14)
    assert (size.units, dict(size.limits)["buying power"]) == (3, None)


def test_costs_of_the_trade_are_heat_too():
    size = size_within_limits(
        account=Account(equity=100_000, open_risk=5_500), loss_per_unit=250, cost_per_trade=10
    )
    assert (size.units, size.binding_limit, size.risk) == (1, "portfolio heat", 260)


def test_costs_alone_may_use_the_budget_up():
    size = size_within_limits(account=ACCOUNT, loss_per_unit=0, cost_per_trade=1001, capital_per_unit=1)
    assert (size.units, size.binding_limit) == (0, "risk budget")


@pytest.mark.parametrize("value", [math.nan, -1])
@pytest.mark.parametrize(
    "field", ["loss_per_unit", "cost_per_trade", "capital_per_unit", "market_value_per_unit"]
)
def test_inputs_must_not_be_negative(field, value):
    with pytest.raises(InvalidInputError, match=rf"^{field} must be a number >= 0, got {value:g}$"):
        size_within_limits(account=ACCOUNT, **{"loss_per_unit": 1} | {field: value})


accounts = st.builds(
    Account,
    equity=st.floats(1e3, 1e7),
    buying_power=st.none() | st.floats(0, 1e7),
    open_risk=st.floats(0, 1e4),
    limits=st.builds(
        RiskLimits,
        risk_fraction=st.floats(0.001, 1),
        max_heat_fraction=st.floats(0.001, 1),
        max_position_fraction=st.floats(0.001, 1),
    ),
)
amounts = st.floats(0, 1e5).filter(lambda amount: amount == 0 or amount > 1e-3)


@given(
    account=accounts,
    loss=st.floats(0.01, 1e5),
    cost=st.floats(0, 100),
    capital=amounts,
    market_value=amounts,
)
def test_one_unit_more_breaks_a_limit_and_none_less(account, loss, cost, capital, market_value):
    size = size_within_limits(
        account=account,
        loss_per_unit=loss,
        cost_per_trade=cost,
        capital_per_unit=capital,
        market_value_per_unit=market_value,
    )

    def within(units, slack):
        return (
            units * loss + cost <= min(account.risk_budget, account.heat_left) * slack
            and units * capital <= account.free_buying_power * slack
            and units * market_value <= account.equity * account.limits.max_position_fraction * slack
        )

    assert size.units == 0 or within(size.units, 1 + 1e-9)
    assert not within(size.units + 1, 1)
    assert size.units == min(units for _, units in size.limits if units is not None)
    assert dict(size.limits)[size.binding_limit] == size.units


@given(account=accounts, loss=st.floats(0.01, 1e5), cost=st.floats(0, 100))
def test_the_risk_budget_is_the_percent_risk_rule(account, loss, cost):
    within = size_within_limits(account=account, loss_per_unit=loss, cost_per_trade=cost)
    alone = size_by_max_loss(
        equity=account.equity,
        risk_fraction=account.limits.risk_fraction,
        max_loss=loss,
        cost_per_trade=cost,
    )
    assert dict(within.limits)["risk budget"] == alone.units >= within.units


@given(account=accounts, low=st.floats(0.01, 1e5), high=st.floats(0.01, 1e5))
def test_a_larger_loss_never_sizes_up(account, low, high):
    low, high = sorted((low, high))
    more, fewer = (size_within_limits(account=account, loss_per_unit=loss).units for loss in (low, high))
    assert more >= fewer
