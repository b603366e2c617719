import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import Side
from riskcalc.errors import InvalidInputError
from riskcalc.sizing import size_by_max_loss, size_by_stop
from tests.reference import rows

EXAMPLES = rows("sizing_percent_risk")
WITH_STOP = [row for row in EXAMPLES if row["stop"]]

equities = st.floats(1e2, 1e8)
fractions = st.floats(1e-4, 1)
prices = st.floats(0.01, 1e4)
stop_shares = st.floats(1e-3, 0.999)
costs = st.floats(0, 1e3)


def _account(row):
    return {"equity": float(row["equity"]), "risk_fraction": float(row["risk_pct"]) / 100}


@pytest.mark.parametrize("row", WITH_STOP, ids=lambda row: row["source"][:30])
def test_published_examples_by_stop(row):
    size = size_by_stop(
        **_account(row),
        entry=float(row["entry"]),
        stop=float(row["stop"]),
        cost_per_trade=float(row["round_trip_commission"]),
    )
    assert size.units == int(row["units_floor"]) == math.floor(Fraction(row["units_exact"]))
    assert size.loss_per_unit == pytest.approx(float(row["risk_per_unit"]), rel=1e-12)
    if row["published_position_value"]:
        assert round(size.units * float(row["entry"])) == int(row["published_position_value"])


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["source"][:30])
def test_published_examples_by_loss_per_unit(row):
    size = size_by_max_loss(
        **_account(row),
        max_loss=float(row["risk_per_unit"]),
        cost_per_trade=float(row["round_trip_commission"]),
    )
    assert size.units == int(row["units_floor"])


def test_one_unit_that_fits_exactly_is_held_in_spite_of_rounding():
    assert 0.29 * 100 / 29 < 1
    assert size_by_max_loss(equity=100, risk_fraction=0.29, max_loss=29).units == 1


@pytest.mark.parametrize(("share", "units"), [(1 - 1e-11, 0), (1 + 1e-11, 1)])
def test_the_guard_does_not_reach_beyond_rounding(share, units):
    assert size_by_max_loss(equity=100_000 * share, risk_fraction=0.01, max_loss=1000).units == units


def test_zero_is_an_answer_with_its_reason():
    size = size_by_max_loss(equity=100_000, risk_fraction=0.01, max_loss=1204)
    assert (size.units, size.risk, size.risk_fraction) == (0, 0, 0)
    assert size.reason == "0 units: one unit risks $1,204.00, the budget is $1,000.00"
    assert size.limits == (("risk budget", 0),)


def test_unlimited_loss_sizes_to_zero_and_says_so():
    size = size_by_max_loss(equity=100_000, risk_fraction=0.01, max_loss=math.inf)
    assert (size.units, size.risk, size.loss_per_unit) == (0, 0, math.inf)
    assert size.reason == "0 units: one unit risks an unlimited amount, the budget is $1,000.00"


def test_costs_beyond_the_budget_leave_no_unit():
    size = size_by_max_loss(equity=1000, risk_fraction=0.01, max_loss=1, cost_per_trade=20)
    assert (size.units, size.risk) == (0, 0)
    assert size.reason == "0 units: one unit risks $21.00, the budget is $10.00"


def test_reason_of_a_size_names_what_one_more_would_do():
    size = size_by_max_loss(equity=100_000, risk_fraction=0.01, max_loss=600)
    assert size.reason == "1 unit: 2 would risk $1,200.00, the budget is $1,000.00"
    assert (size.binding_limit, size.basis, size.risk_fraction) == ("risk budget", "max_loss", 0.006)


def test_short_positions_and_multipliers():
    size = size_by_stop(
        equity=100_000,
        risk_fraction=0.01,
        entry=60,
        stop=66,
        multiplier=100,
        cost_per_unit=2,
        side=Side.SHORT,
    )
    assert (size.units, size.loss_per_unit, size.risk, size.basis) == (1, 602, 602, "stop")


@pytest.mark.parametrize(
    ("stop", "side", "message"),
    [
        (66, Side.LONG, "stop must be below entry for a long position, got stop 66 and entry 60"),
        (60, Side.LONG, "stop must be below entry for a long position, got stop 60 and entry 60"),
        (54, Side.SHORT, "stop must be above entry for a short position, got stop 54 and entry 60"),
        (60, Side.SHORT, "stop must be above entry for a short position, got stop 60 and entry 60"),
    ],
)
def test_a_stop_on_the_wrong_side_is_refused(stop, side, message):
    with pytest.raises(InvalidInputError) as refusal:
        size_by_stop(equity=50_000, risk_fraction=0.01, entry=60, stop=stop, side=side)
    assert str(refusal.value) == message


BY_STOP = {"equity": 50_000, "risk_fraction": 0.01, "entry": 60, "stop": 54}
BY_LOSS = {"equity": 50_000, "risk_fraction": 0.01, "max_loss": 180}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1, 0])
@pytest.mark.parametrize("field", ["equity", "entry", "stop", "multiplier"])
def test_values_that_must_be_positive(field, value):
    with pytest.raises(InvalidInputError, match=rf"^{field} must be a number > 0, got {value:g}$"):
        size_by_stop(**BY_STOP | {field: value})


@pytest.mark.parametrize("value", [math.nan, math.inf, -1])
@pytest.mark.parametrize("field", ["cost_per_unit", "cost_per_trade"])
def test_costs_must_not_be_negative(field, value):
    with pytest.raises(InvalidInputError, match=rf"^{field} must be a number >= 0, got {value:g}$"):
        size_by_stop(**BY_STOP | {field: value})


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.01, 0, 1.1, 2])
@pytest.mark.parametrize(("size", "inputs"), [(size_by_stop, BY_STOP), (size_by_max_loss, BY_LOSS)])
def test_risk_fraction_must_be_a_fraction(size, inputs, value):
    with pytest.raises(InvalidInputError, match=rf"^risk_fraction must be in \(0, 1\], got {value:g}$"):
        size(**inputs | {"risk_fraction": value})


@pytest.mark.parametrize("value", [math.nan, -math.inf, -1, 0])
def test_max_loss_must_be_positive(value):
    with pytest.raises(InvalidInputError, match=rf"^max_loss must be a number > 0, got {value:g}$"):
        size_by_max_loss(**BY_LOSS | {"max_loss": value})


def test_a_loss_too_small_to_count_units_of_is_refused():
    with pytest.raises(InvalidInputError, match=r"^the loss of one unit must be at least .*, got 1e-20$"):
        size_by_max_loss(equity=1e6, risk_fraction=0.01, max_loss=1e-20)


@given(equity=equities, risk_fraction=fractions, max_loss=st.floats(0.01, 1e6), cost_per_trade=costs)
def test_the_size_is_the_largest_within_the_budget(equity, risk_fraction, max_loss, cost_per_trade):
    size = size_by_max_loss(
        equity=equity, risk_fraction=risk_fraction, max_loss=max_loss, cost_per_trade=cost_per_trade
    )
    budget = equity * risk_fraction
    if size.units:
        assert size.units * max_loss + cost_per_trade <= budget * (1 + 2e-12)
        assert size.risk == size.units * max_loss + cost_per_trade
    assert (size.units + 1) * max_loss + cost_per_trade > budget


@given(entry=prices, narrow=stop_shares, wide=stop_shares, side=st.sampled_from(Side), cost_per_unit=costs)
def test_a_wider_stop_never_sizes_up(entry, narrow, wide, side, cost_per_unit):
    narrow, wide = sorted((narrow, wide))
    by_width = [
        size_by_stop(
            equity=1e5,
            risk_fraction=0.01,
            entry=entry,
            stop=entry * (1 - side * width),
            side=side,
            cost_per_unit=cost_per_unit,
        ).units
        for width in (narrow, wide)
    ]
    assert by_width[0] >= by_width[1]


@given(low=equities, high=equities, risk_fraction=fractions, entry=prices, width=stop_shares)
def test_more_equity_never_sizes_down(low, high, risk_fraction, entry, width):
    trade = {"risk_fraction": risk_fraction, "entry": entry, "stop": entry * (1 - width)}
    low, high = sorted((low, high))
    assert size_by_stop(equity=low, **trade).units <= size_by_stop(equity=high, **trade).units


@given(low=fractions, high=fractions, equity=equities, entry=prices, width=stop_shares)
def test_more_risk_never_sizes_down(low, high, equity, entry, width):
    trade = {"equity": equity, "entry": entry, "stop": entry * (1 - width)}
    low, high = sorted((low, high))
    assert size_by_stop(risk_fraction=low, **trade).units <= size_by_stop(risk_fraction=high, **trade).units
