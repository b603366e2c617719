import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import Side, call_spread, instrument, shares
from riskcalc.errors import InvalidInputError
from riskcalc.sizing import buying_power, share_margin, share_margin_rate, uncovered_margin
from tests.reference import rows
from tests.sizing.positions import EXPIRY, fund, join, max_loss_of, premium_received, trade_of

LOAN_VALUE = "long call 20 months (75% rule)"
"""The one row that does not apply: options are paid in full, as its cash account does."""
CBOE = rows("sizing_margin_cboe")
TASTYWARE = [row for row in rows("sizing_margin_tastyware") if row["case"] != LOAN_VALUE]


def _required(trade, spot):
    return buying_power(trade, spot=spot, max_loss=max_loss_of(trade) if trade.option_legs else math.inf)


def _of(row):
    listed = fund(broad=row["class"] == "broad", leverage=float(row.get("leverage", 1)))
    return trade_of(row["legs"], instrument=listed), float(row["spot"])


@pytest.mark.parametrize("row", CBOE, ids=lambda row: row["position"][:30])
def test_cboe_hand_out(row):
    assert _required(*_of(row)) == pytest.approx(float(row["right"]), abs=0.5)


def test_the_hand_out_is_wrong_on_its_straddle():
    wrong = {row["position"]: float(row["published"]) for row in CBOE if row["published"] != row["right"]}
    assert wrong == {"Long straddle: long 100 P @3.18, long 100 C @1.68": 48_500}
    cost = (3.18 + 1.68) * 100 * 100
    assert cost == pytest.approx(48_600)


@pytest.mark.parametrize("row", TASTYWARE, ids=lambda row: row["case"])
def test_tastyware_cases(row):
    trade, spot = _of(row)
    gross = premium_received(trade) if row["convention"] == "gross" else 0
    assert _required(trade, spot) + gross == pytest.approx(float(row["margin"]), abs=0.5 + 1e-9)


def test_long_options_are_paid_in_full_whatever_their_expiry():
    row = next(row for row in rows("sizing_margin_tastyware") if row["case"] == LOAN_VALUE)
    assert _required(*_of(row)) == pytest.approx(float(row["cash_account"]))


@pytest.mark.parametrize("row", rows("sizing_margin_verticals"), ids=lambda row: row["position"][:30])
def test_published_verticals(row):
    trade = trade_of(row["legs"])
    assert _required(trade, trade.option_legs[0].strike) == pytest.approx(float(row["published"]))


@pytest.mark.parametrize(
    ("symbol", "side", "rate"),
    [
        ("IWM", Side.LONG, 0.5),
        ("IWM", Side.SHORT, 0.5),
        ("TNA", Side.LONG, 0.75),
        ("TNA", Side.SHORT, 0.9),
        ("TZA", Side.LONG, 0.75),
        ("TZA", Side.SHORT, 0.9),
    ],
)
def test_shares_take_reg_t_or_finra_09_53(symbol, side, rate):
    assert share_margin_rate(instrument(symbol), side=side) == pytest.approx(rate)


def test_no_share_ties_up_more_than_its_value():
    assert share_margin_rate(fund(leverage=5), side=Side.LONG) == 1


def test_uncovered_percentages_of_a_broad_3x_fund():
    call = trade_of("-1 C100@5").option_legs[0]
    assert uncovered_margin(call, instrument=instrument("TNA"), spot=100) == pytest.approx(45)
    assert uncovered_margin(call, instrument=fund(leverage=3), spot=100) == pytest.approx(60)
    assert uncovered_margin(call, instrument=fund(leverage=8), spot=100) == pytest.approx(100)


FAR = dt.date(2026, 12, 18)


@pytest.mark.parametrize(
    ("sold", "bought", "expected"),
    [
        (("-1 C100@5", EXPIRY), ("+1 C100@8", FAR), 300),
        (("-1 C100@5", EXPIRY), ("+1 C110@6", FAR), 100 + 1000),
        (("-1 P100@5", EXPIRY), ("+1 P95@6", FAR), 100 + 500),
        (("-1 C100@8", FAR), ("+1 C100@5", EXPIRY), 500 + 2000),
    ],
)
def test_a_sold_option_is_covered_only_by_one_that_lives_as_long(sold, bought, expected):
    trade = join(trade_of(sold[0], expiry=sold[1]), trade_of(bought[0], expiry=bought[1]))
    assert buying_power(trade, spot=100, max_loss=0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        ("+1 C100@5; -2 C110@2", 500 - 400 + 200 + 1000),
        ("+1 C105@4; -1 C110@2; -1 C100@6", -400 + 500 + 200 + 1000),
        ("-1 P100@1; +1 P90@3; +1 P80@1", 300 + 1000),
        ("+100 S; -1 C90@12", 5000 - 200),
        ("-100 S; -1 P110@12", 5000 - 200),
        ("+100 S; -2 C110@2", 5000 - 200 + 1000),
        ("+100 S; -1 P90@2", 5000 + 1000),
        ("-100 S; +1 C110@2", 5000 + 200),
    ],
)
def test_cover_by_options_and_shares(legs, expected):
    assert _required(trade_of(legs), 100) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        ("+1 C280@18.70; +1 P310@19.33", 3_803),
        ("+1 C280@18.70; -1 C310@5.10; +1 P310@19.33; -1 P280@2.97", 2_996),
        ("-1 C280@18.70; +1 C310@5.10; -1 P310@19.33; +1 P280@2.97", 3_000 - 2_996),
        ("+1 C295@9; +1 P295@8", 1_700),
        ("-2 C305@4; -1 P285@3", -1_100 + 2 * (400 + 3_425) + 300),
        ("-1 C300@8; +1 C400@0.10", -790 + 800 + 3_925),
    ],
)
def test_bought_options_are_paid_in_full_and_the_rest_takes_the_least_the_rule_allows(legs, expected):
    trade = trade_of(legs, instrument=fund(broad=True))
    assert _required(trade, 295) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("symbol", "spot", "share"),
    [
        ("IWM", 295.39, 147.695),
        ("IWM", 8, 5),
        ("IWM", 5, 5),
        ("IWM", 4.99, 4.99),
        ("IWM", 2, 2.5),
        ("TZA", 8, 7.2),
        ("TZA", 5.2, 5),
        ("TZA", 4, 4),
        ("IWM/SPY", 4, 4),
    ],
)
def test_cheap_shares_sold_short_take_dollars_a_share(symbol, spot, share):
    assert share_margin(instrument(symbol), side=Side.SHORT, spot=spot) == pytest.approx(share)
    trade = shares(symbol, shares=100, side=Side.SHORT)
    assert buying_power(trade, spot=spot, max_loss=math.inf) == pytest.approx(100 * share)


def test_cheap_shares_held_take_their_rate_alone():
    assert share_margin(instrument("IWM"), side=Side.LONG, spot=2) == 1


def test_an_uncovered_put_ties_up_no_more_than_it_can_lose():
    trade = trade_of("-1 P10@9.5")
    assert _required(trade, 100) == pytest.approx(50)


def test_net_of_premium_is_never_below_nothing():
    assert _required(trade_of("+1 C100@1; -1 C105@2"), 100) == 0


def test_the_market_must_be_known():
    spread = call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY)
    with pytest.raises(InvalidInputError, match=r"premium must be known .* \+1 call 295 2026-09-18"):
        buying_power(spread, spot=295, max_loss=960)


@pytest.mark.parametrize("value", [math.nan, math.inf, 0, -1])
def test_spot_must_be_positive(value):
    with pytest.raises(InvalidInputError, match=rf"^spot must be a number > 0, got {value:g}$"):
        buying_power(trade_of("+1 C100@5"), spot=value, max_loss=500)


@pytest.mark.parametrize("value", [math.nan, -1])
def test_max_loss_must_not_be_negative(value):
    with pytest.raises(InvalidInputError, match=rf"^max_loss must be a number >= 0, got {value:g}$"):
        buying_power(trade_of("+1 C100@5"), spot=100, max_loss=value)


legs = st.lists(
    st.tuples(
        st.sampled_from([-3, -2, -1, 1, 2, 3]),
        st.sampled_from("CP"),
        st.integers(80, 120),
        st.integers(0, 30),
    ).map("{0[0]:+d} {0[1]}{0[2]}@{0[3]}".format),
    min_size=1,
    max_size=5,
)


@given(legs=legs, spot=st.integers(70, 130))
def test_options_tie_up_their_debit_and_no_more_than_that_and_what_each_spread_can_lose(legs, spot):
    trade = trade_of("; ".join(legs))
    debit = sum(trade.leg_size(leg) * leg.premium for leg in trade.option_legs)
    result = buying_power(trade, spot=spot)
    assert result >= max(debit, 0)
    if all(leg.side is Side.SHORT for leg in trade.option_legs):
        assert result <= max_loss_of(trade)
    assert buying_power(trade, spot=spot, max_loss=0) == result


@given(legs=legs, spot=st.integers(70, 130))
def test_bought_options_tie_up_what_they_cost(legs, spot):
    trade = trade_of("; ".join(leg.replace("-", "+") for leg in legs))
    cost = sum(trade.leg_size(leg) * leg.premium for leg in trade.option_legs)
    assert buying_power(trade, spot=spot, max_loss=math.inf) == pytest.approx(cost)
