"""Hedges: the measured example of three trades, and what a hedge must and must not do."""

from __future__ import annotations

import datetime as dt

import pytest

import riskcalc as rc
from riskcalc.book import Book
from riskcalc.book.hedge import size_hedge
from riskcalc.domain import Side
from riskcalc.errors import BookError, InvalidInputError

NOON = dt.datetime(2026, 7, 20, 12, 0)  # noqa: DTZ001 - New York
SCENARIOS = rc.load_scenarios()
QUOTES = rc.load_preset("tza-hedge").market
TZA = rc.shares("TZA")


@pytest.fixture
def book(tmp_path):
    with Book(tmp_path / "book.sqlite") as opened:
        for name in ("iwm-call-spread", "iwm-shares", "tna-momentum"):
            opened.add(rc.plan_preset(name), time=NOON, preset=name)
        yield opened


def hedge(book, **goal):
    words = {"unit": TZA, "quotes": QUOTES, "scenarios": SCENARIOS} | goal
    return size_hedge(book.trades(), book.marks(), **words)


def test_all_of_the_exposure_is_offset(book):
    result = hedge(book, share=1.0)
    assert (result.symbol, result.units) == ("TZA", 2280)
    assert result.exposure_before == pytest.approx(54_718.29, abs=0.01)
    assert abs(result.exposure_after) < 24


def test_a_shock_is_held_to_a_loss(book):
    result = hedge(book, at="risk-off-5", to=1000)
    rows = {row.scenario: row for row in result.rows}
    assert result.units == 1228
    assert -1000 <= rows["risk-off-5"].after < -1000 + 8 * 0.15
    assert rows["risk-off-5"].after - rows["risk-off-5"].before == pytest.approx(1228 * 1.2)
    assert rows["rotation-week"].after < rows["rotation-week"].before
    assert set(result.to_dict()) >= {"symbol", "units", "before", "after"}


def test_the_ratio_of_a_fund_drifts_with_its_resets(book):
    ratios = {(row.sessions, round(row.move, 3)): row.ratio for row in hedge(book, share=1.0).drift}
    assert ratios[1, 0.0] == pytest.approx(1.0, abs=0.01)
    down, flat, up = [row.ratio for row in hedge(book, share=1.0).drift if row.sessions == 10]
    assert down > flat > up


def test_a_fund_costs_its_decay(book):
    result = hedge(book, share=1.0)
    assert 0 < result.cost_per_week < 0.01 * result.cost


def test_shares_of_spy_are_sold_and_puts_bought(book):
    spy = rc.load_preset("iwm-spy-pair").market
    sold = hedge(book, unit=rc.shares("SPY", side=Side.SHORT), quotes=spy, share=0.5)
    assert (
        sold.units == round(0.5 * 54_718.29 / (0.66 * spy.quote("SPY").spot) * 0.66 / 1.17) or sold.units > 0
    )
    put = rc.put_spread("IWM", long_strike=285, short_strike=265, expiry=dt.date(2026, 9, 18))
    bought = hedge(book, unit=put, at="risk-off-5", to=1000)
    rows = {row.scenario: row for row in bought.rows}
    assert rows["risk-off-5"].after >= -1000
    assert bought.cost_per_week > 0


def test_no_hedge_is_needed(book):
    assert hedge(book, at="risk-off-3", to=50_000).units == 0


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        ({}, "either the loss"),
        ({"share": 0.5, "to": 1.0, "at": "risk-off-5"}, "either the loss"),
        ({"at": "no-such", "to": 1000}, "at must be one of rotation-day"),
        ({"share": 0.5, "unit": rc.shares("IWM")}, "would add to it"),
        ({"at": "risk-off-5", "to": 10, "unit": rc.shares("IWM")}, "does not gain in risk-off-5"),
        ({"share": 1.5}, "share must be"),
    ],
)
def test_what_is_no_hedge_is_refused(book, goal, message):
    with pytest.raises(InvalidInputError, match=message):
        hedge(book, **goal)


def test_an_empty_book_is_not_hedged(tmp_path):
    with Book(tmp_path / "other.sqlite") as empty, pytest.raises(BookError, match="no open trade"):
        hedge(empty, share=1.0)
