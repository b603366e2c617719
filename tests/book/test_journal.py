"""The journal: statistics by hand, and odds against outcomes."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

import riskcalc as rc
from riskcalc.book import Book, Contract, Fill
from riskcalc.book.journal import _calibration, drawdown, kelly

NOON = dt.datetime(2026, 7, 20, 12, 0)  # noqa: DTZ001 - New York
PLAN = rc.plan_preset("iwm-shares")
IWM = Contract(symbol="IWM")
ENTRY = 295.39


@pytest.fixture
def book(tmp_path):
    with Book(tmp_path / "book.sqlite") as opened:
        yield opened


def closed_at(book, *moves, **words):
    for day, move in enumerate(moves):
        trade = book.add(PLAN, time=NOON + dt.timedelta(days=day), units=10, preset="iwm-shares", **words)
        book.close(trade.id, price=ENTRY * (1 + move), time=NOON + dt.timedelta(days=day + 1))


def test_statistics_by_hand(book):
    moves = (-0.06, 0.10, -0.06, 0.03)
    closed_at(book, *moves, tags=["core"])
    result = book.journal()
    r = np.array(moves) / 0.06
    assert (result.n, result.win_rate) == (4, 0.5)
    assert result.mean_r == pytest.approx(r.mean())
    assert result.mean_r_error == pytest.approx(r.std(ddof=1) / 2)
    assert result.profit_factor == pytest.approx(0.13 / 0.12)
    assert result.sqn == pytest.approx(r.mean() / r.std(ddof=1) * 2)
    assert result.drawdown_r == pytest.approx(1.0)
    assert [(group.name, group.n) for group in (*result.by_preset, *result.by_tag)] == [
        ("iwm-shares", 4),
        ("core", 4),
    ]
    low, high = result.kelly_band
    assert low <= result.kelly <= high
    assert "too few" in result.notes[0]


def test_odds_against_outcomes(book):
    closed_at(book, -0.06, 0.10, -0.058, 0.03)
    odds = PLAN.odds
    by_event = {calibration.event: calibration for calibration in book.journal().calibration}
    stop = by_event["stop first"]
    assert stop.n == 4
    assert stop.brier == pytest.approx((odds.stop_first - 1) ** 2 / 2 + odds.stop_first**2 / 2)
    assert stop.brier_of_rate == 0.25
    (bin_,) = stop.bins
    assert (bin_.n, bin_.happened) == (4, 0.5)
    assert by_event["target first"].bins[0].happened == 0.25
    assert set(book.journal().to_dict()) >= {"n", "win_rate", "mean_r", "calibration"}


def test_the_exit_of_options_is_known_by_the_mark_of_that_day(book):
    plan = rc.plan_preset("iwm-call-spread")
    for price in (3.0, 3.1):
        trade = book.add(plan, time=NOON, units=1)
        book.close(trade.id, price=price, time=NOON + dt.timedelta(days=int(price * 10)))
    book.mark({IWM: 277.0}, day=dt.date(2026, 8, 19))
    result = book.journal()
    assert result.exits_unknown == 1
    assert {calibration.event: calibration.n for calibration in result.calibration}["stop first"] == 1


def test_trades_without_a_plan_are_left_out_of_r(book):
    for key, quantity, price in (("a", 10, 60.0), ("b", -10, 66.0)):
        at = NOON + dt.timedelta(days=quantity < 0)
        contract = Contract(symbol="TNA")
        book.record([Fill(key=key, time=at, contract=contract, quantity=quantity, price=price, source="b")])
    result = book.journal()
    assert (result.n, result.n_planned, result.win_rate, result.mean_r) == (1, 0, 1.0, None)
    assert result.profit_factor == math.inf
    assert result.notes[-1].startswith("1 of 1 closed trades have no plan")
    assert book.journal(since=dt.date(2027, 1, 1)).n == 0


def test_kelly_of_a_coin():
    r = np.array([2.0, -1.0] * 50)
    assert kelly(r) == pytest.approx(0.25)
    assert kelly(-r / 2) == 0.0
    assert drawdown(np.array([1.0, -2.0, 0.5, -1.0, 3.0])) == 2.5


def test_perfect_odds_are_found_calibrated():
    """Outcomes drawn at the stated odds: reliability within three errors, Brier as its expectation."""
    rng = np.random.default_rng(1)
    odds = rng.uniform(size=4000)
    result = _calibration("x", [(one, bool(rng.uniform() < one)) for one in odds])
    assert result.brier == pytest.approx(float((odds * (1 - odds)).mean()), abs=3 * result.brier_error)
    for bin_ in result.bins:
        assert bin_.happened == pytest.approx(bin_.stated, abs=3 * math.sqrt(0.25 / bin_.n))


def test_the_exit_of_options_is_known_by_the_spot_at_the_close(book):
    plan = rc.plan_preset("iwm-call-spread")
    for spot in (277.0, 326.0, 300.0, None):
        trade = book.add(plan, time=NOON, units=1)
        book.close(trade.id, price=3.0, time=NOON + dt.timedelta(days=20), spot=spot)
    result = book.journal()
    assert [result.outcome for result in result.results] == ["stop", "target", "neither", None]
    assert result.exits_unknown == 1
    # A mark of the evening does not change what was the case when the trade was closed.
    book.mark({IWM: 310.0}, day=dt.date(2026, 8, 9))
    assert [result.outcome for result in book.journal().results][:3] == ["stop", "target", "neither"]


def test_the_equity_curve_adds_up(book):
    closed_at(book, -0.06, -0.03, 0.10, 0.03, -0.06)
    result = book.journal()
    r = [result.r for result in result.results]
    assert [result.total_r for result in result.results] == pytest.approx(np.cumsum(r))
    assert result.results[-1].total_pnl == pytest.approx(result.total_pnl)
    assert (result.longest_losing_streak, result.mean_days) == (2, 1.0)
    assert (result.mean_win_r, result.mean_loss_r) == pytest.approx((0.13 / 0.12, -0.15 / 0.18))
    path = np.concatenate([[0.0], np.cumsum(r)])
    assert result.drawdown_r == pytest.approx((np.maximum.accumulate(path) - path).max())


def test_calibrated_odds_are_scored_beside_the_implied_ones(book):
    closed_at(book, -0.06, 0.10)
    by_event = {calibration.event: calibration for calibration in book.journal().calibration}
    stated = PLAN.calibrated.stop_first
    assert by_event["stop first, calibrated"].brier == pytest.approx(((stated - 1) ** 2 + stated**2) / 2)
    assert list(by_event) == [
        "profit",
        "stop first",
        "target first",
        "stop first, calibrated",
        "target first, calibrated",
    ]
