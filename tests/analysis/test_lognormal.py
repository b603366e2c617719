from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis.lognormal import expected_move, prob_below
from riskcalc.domain import CashDividend, Market, Quote, View, call_spread, shares
from riskcalc.errors import InvalidInputError
from riskcalc.planning import evaluate
from tests.reference import rows
from tests.strategies import NEAR, TODAY

MARKET = Market(date=TODAY, rate=0.04, quotes={"IWM": Quote(spot=295, vol=0.2, dividend_yield=0.011)})
SPREAD = call_spread("IWM", long_strike=295, short_strike=325, expiry=NEAR)


@pytest.mark.parametrize("row", rows("optionlab_strategies"), ids=lambda row: row["name"])
def test_published_chance_of_profit(row):
    """On OptionLab's own profit ranges, which it snaps to a grid of one cent."""
    result = 0.0
    for low, high in json.loads(row["profit_ranges"]):
        bounds = [
            prob_below(
                level=math.inf if level == "inf" else level,
                spot=float(row["spot"]),
                vol=float(row["vol"]),
                drift=float(row["r"]),
                time=float(row["t"]),
            )
            for level in (low, high)
        ]
        result += bounds[1] - bounds[0]
    assert result == pytest.approx(float(row["published_pop"]), abs=1e-14)


@pytest.mark.parametrize("row", rows("expected_move_examples"), ids=lambda row: row["symbol"])
def test_published_expected_moves(row):
    spot = float(row["spot"])
    move = expected_move(spot=spot, vol=float(row["atm_iv"]), days=30)
    assert round(100 * move / spot, 2) == float(row["published_expected_move_pct"])
    assert round(move, 2) == float(row["published_expected_move_usd"])


def test_chance_of_profit_agrees_with_a_simulation():
    report = evaluate(SPREAD, MARKET)
    draws = np.random.default_rng(7).standard_normal(400_000)
    time, drift = 60 / 365, 0.04 - 0.011
    ends = 295 * np.exp((drift - 0.2**2 / 2) * time + 0.2 * math.sqrt(time) * draws)
    wins = ends > report.breakevens[0]
    assert report.prob_profit == pytest.approx(wins.mean(), abs=3 * wins.std() / math.sqrt(len(wins)))


@pytest.mark.parametrize("amount", [0.8, 5.0])
@pytest.mark.parametrize("ex_date", [dt.date(2026, 7, 22), dt.date(2026, 8, 19), dt.date(2026, 9, 17)])
def test_chance_of_profit_with_a_cash_dividend_agrees_with_a_simulation(amount, ex_date):
    dividend = CashDividend(ex_date=ex_date, amount=amount)
    quote = Quote(spot=295, vol=0.2, dividends=(dividend,))
    market = Market(date=TODAY, rate=0.04, quotes={"IWM": quote})
    report = evaluate(SPREAD, market)
    draws = np.random.default_rng(7).standard_normal((2, 400_000))
    paid, time = (ex_date - TODAY).days / 365, 60 / 365

    def grown(spot, years, draw):
        return spot * np.exp((0.04 - 0.2**2 / 2) * years + 0.2 * math.sqrt(years) * draw)

    ends = grown(grown(295, paid, draws[0]) - amount, time - paid, draws[1])
    wins = ends > report.breakevens[0]
    assert report.prob_profit == pytest.approx(wins.mean(), abs=3 * wins.std() / math.sqrt(wins.size))


def test_the_view_moves_the_chance_and_not_the_price():
    neutral, hopeful = evaluate(SPREAD, MARKET), evaluate(SPREAD, MARKET, view=View(drift=0.3))
    assert hopeful.prob_profit > neutral.prob_profit
    assert hopeful.value == neutral.value
    assert hopeful.to_dict()["probability"]["view"] == "drift +30.0% per year, implied vol"


def test_a_report_states_the_expected_move_under_its_view():
    assert evaluate(SPREAD, MARKET).expected_move == pytest.approx(expected_move(spot=295, vol=0.2, days=60))
    wilder = evaluate(SPREAD, MARKET, view=View(vol=0.4))
    assert wilder.to_dict()["probability"]["expected_move"] == pytest.approx(wilder.expected_move)
    assert wilder.expected_move == pytest.approx(2 * evaluate(SPREAD, MARKET).expected_move)
    assert evaluate(shares("IWM"), MARKET).expected_move is None


def test_a_trade_in_shares_has_no_expiry_to_win_at():
    assert evaluate(shares("IWM"), MARKET).prob_profit is None


@given(level=st.floats(1, 1000), vol=st.floats(0, 3), drift=st.floats(-0.5, 0.5), time=st.floats(0, 3))
def test_chances_lie_in_the_unit_interval_and_grow_with_the_level(level, vol, drift, time):
    at = {"spot": 295, "vol": vol, "drift": drift, "time": time}
    below, above = prob_below(level=level, **at), prob_below(level=level * 1.1, **at)
    assert 0 <= below <= above <= 1


@pytest.mark.parametrize(("level", "chance"), [(296, 1.0), (294, 0.0), (0, 0.0), (math.inf, 1.0)])
def test_without_time_the_spot_stays(level, chance):
    assert prob_below(level=level, spot=295, vol=0.2, drift=0.1, time=0) == chance


def test_nan_is_refused():
    with pytest.raises(InvalidInputError, match="vol must be a number >= 0, got nan"):
        prob_below(level=1, spot=1, vol=math.nan, drift=0, time=1)
