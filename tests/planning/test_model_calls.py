"""A plan values all its points in few calls of the model, and says what each valuation by itself says."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from riskcalc.analysis import managed_outcome, valuation
from riskcalc.analysis.managed import exit_odds, path_walk
from riskcalc.domain import CashDividend, shares
from riskcalc.planning import plan
from riskcalc.sizing.partial_exits import closed_fractions
from tests.planning.test_plan import ACCOUNT, EXITS, MARKET, SHARE_EXITS, SPREAD

TODAY_AND_LEVELS = 2
"""The legs as they stand, which give the entry, and then every other point of the plan."""


@pytest.fixture
def valued(monkeypatch):
    """What the model has been called for."""
    result, value = [], valuation._value_legs
    monkeypatch.setattr(
        valuation, "_value_legs", lambda *given, **more: result.append(1) or value(*given, **more)
    )
    valuation._current_legs.cache_clear()
    return result


@pytest.mark.parametrize(("equity", "units"), [(100_000, 1), (200_000, 2), (300_000, 3), (30_000, 0)])
def test_units_that_close_at_fewer_targets_take_no_more_calls(equity, units, valued):
    account = dataclasses.replace(ACCOUNT, equity=equity)
    result = plan(SPREAD, MARKET, account, EXITS)
    assert result.size.units == units
    assert len(valued) == TODAY_AND_LEVELS
    alone = managed_outcome(
        result.report.trade,
        MARKET,
        dataclasses.replace(EXITS, side=result.side),
        cost_per_unit=result.cost_per_unit,
        fractions=closed_fractions(EXITS, units=units),
    )
    for name in ("expected_pnl", "std", "prob_stop", "prob_all_targets", "expected_days"):
        assert getattr(result.managed, name) == pytest.approx(getattr(alone, name), abs=1e-7)


EX_DATE = CashDividend(ex_date=dt.date(2026, 8, 20), amount=0.8)


@pytest.mark.parametrize(
    ("dividends", "changes", "new_odds", "new_periods"),
    [((), {"spot": 61.3}, 0, 0), ((), {"vol": 0.55}, 1, 1), ((EX_DATE,), {"spot": 61.3}, 1, 2)],
    ids=["spot", "vol", "spot and a dividend"],
)
def test_probabilities_are_those_of_the_last_plan_where_the_levels_are_as_far(
    dividends, changes, new_odds, new_periods
):
    """Only a dividend in dollars makes the way to a level depend on the spot."""

    def planned(**quote):
        market = MARKET.with_quote("TNA", dividends=dividends, **quote)
        return plan(shares("TNA"), market, ACCOUNT, SHARE_EXITS)

    computed = (exit_odds._chances_from, path_walk._matrices)
    before = planned(spot=60.0)
    counts = [function.cache_info().misses for function in computed]
    after = planned(**{"spot": 60.0, **changes})
    more = [function.cache_info().misses - count for function, count in zip(computed, counts, strict=True)]
    assert more == [new_odds, new_periods]
    assert (after.odds == before.odds) is (not new_odds)
    for function in computed:
        function.cache_clear()
    assert planned(**{"spot": 60.0, **changes}).managed == after.managed
