from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pytest

from riskcalc.analysis import (
    enter_at_model,
    exit_odds,
    exit_odds_and_first,
    first_exit,
    first_passage,
    managed_outcome,
    touch_probability,
)
from riskcalc.domain import CashDividend, ExitPlan, Market, Quote, Side, Target, View, shares
from tests.analysis.simulated import simulate

TODAY = dt.date(2026, 7, 20)
QUOTE = Quote(spot=295.0, vol=0.2)
MARKET = Market(date=TODAY, rate=0.04, quotes={"IWM": QUOTE})
EXITS = ExitPlan(stop=0.06, targets=(Target(move=0.08),), holding_days=60)


def paying(*dividends):
    paid = tuple(CashDividend(ex_date=day, amount=amount) for day, amount in dividends)
    return dataclasses.replace(MARKET, quotes={"IWM": dataclasses.replace(QUOTE, dividends=paid)})


def held(market, side=Side.LONG):
    return enter_at_model(shares("IWM", side=side), market)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("view", [View.neutral(), View(drift=0.3, vol=0.3)])
def test_without_dividends_they_are_the_closed_forms(side, view):
    odds = exit_odds(held(MARKET, side), MARKET, EXITS, view=view)
    stop, target = 295 * (1 - side * 0.06), 295 * (1 + side * 0.08)
    at = {"spot": 295, "vol": view.vol or 0.2, "drift": view.drift or 0.04, "horizon": 60 / 365}
    passage = first_passage(lower=min(stop, target), upper=max(stop, target), **at)
    first = passage if side > 0 else (passage.upper_first, passage.lower_first, passage.neither)
    assert (odds.stop_first, odds.target_first, odds.neither) == pytest.approx(tuple(first), abs=1e-12)
    assert odds.touch_stop == pytest.approx(touch_probability(level=stop, **at), abs=1e-12)
    assert odds.touch_target == pytest.approx(touch_probability(level=target, **at), abs=1e-12)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("amount", [0.8, 4.0])
def test_with_a_dividend_they_are_those_of_the_managed_trade(side, amount):
    market = paying((dt.date(2026, 8, 14), amount))
    odds = exit_odds(held(market, side), market, EXITS)
    managed = managed_outcome(held(market, side), market, EXITS)
    assert (odds.stop_first, odds.target_first) == pytest.approx(
        (managed.prob_stop, managed.prob_all_targets), abs=1e-9
    )
    assert odds.touch_stop > odds.stop_first
    assert odds.touch_target > odds.target_first


def test_with_a_dividend_they_agree_with_a_simulation():
    market, paths = paying((dt.date(2026, 8, 14), 4.0)), 10_000
    odds = exit_odds(held(market), market, EXITS)
    drawn = simulate(held(market), market, EXITS, drift=0.04, vol=0.2, paths=paths, seed=3, per_day=3)
    for chance, share in ((odds.stop_first, drawn.stopped.mean()), (odds.target_first, drawn.taken.mean())):
        assert chance == pytest.approx(share, abs=3 * math.sqrt(share * (1 - share) / paths))


def test_a_dividend_of_next_to_nothing_changes_nothing():
    tiny = paying((dt.date(2026, 8, 14), 1e-9))
    with_it, without = (exit_odds(held(one), one, EXITS) for one in (tiny, MARKET))
    assert dataclasses.astuple(with_it) == pytest.approx(dataclasses.astuple(without), abs=1e-9)


def test_without_a_target_only_the_stop_counts():
    odds = exit_odds(held(MARKET), MARKET, ExitPlan(stop=0.06, holding_days=60))
    assert (odds.touch_target, odds.target_first) == (None, 0.0)
    assert odds.stop_first == odds.touch_stop


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("other", [View(k=0.83), View(drift=0.3, vol=0.45), View(vol=0.05)])
@pytest.mark.parametrize("dividends", [(), ((dt.date(2026, 8, 14), 4.0), (dt.date(2026, 9, 10), 1.0))])
def test_odds_of_two_views_at_once_are_those_of_each_alone(side, other, dividends):
    market = paying(*dividends)
    odds, first = exit_odds_and_first(held(market, side), market, EXITS, view=View(drift=0.1), other=other)
    apart = [exit_odds(held(market, side), market, EXITS, view=view) for view in (View(drift=0.1), other)]
    assert dataclasses.astuple(odds) == pytest.approx(dataclasses.astuple(apart[0]), abs=1e-9)
    alone = first_exit(held(market, side), market, EXITS, view=other)
    known = (apart[1].stop_first, apart[1].target_first, apart[1].neither)
    for result in (first, alone):
        assert (result.stop, result.target, result.neither) == pytest.approx(known, abs=1e-9)
