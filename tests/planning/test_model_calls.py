"""A plan values all its points in few calls of the model, and says what each valuation by itself says."""

from __future__ import annotations

import dataclasses

import pytest

from riskcalc.analysis import managed_outcome, valuation
from riskcalc.planning import plan
from riskcalc.sizing.partial_exits import closed_fractions
from tests.planning.test_plan import ACCOUNT, EXITS, MARKET, SPREAD

TODAY_AND_LEVELS = 2
"""The legs as they stand, which give the entry, and then every other point of the plan."""


@pytest.fixture
def valued(monkeypatch):
    """What the model has been called for."""
    found, value = [], valuation._value_legs
    monkeypatch.setattr(
        valuation, "_value_legs", lambda *given, **more: found.append(1) or value(*given, **more)
    )
    valuation._current_legs.cache_clear()
    return found


@pytest.mark.parametrize(("equity", "units"), [(100_000, 1), (200_000, 2), (300_000, 3), (30_000, 0)])
def test_units_that_close_at_fewer_targets_take_no_more_calls(equity, units, valued):
    account = dataclasses.replace(ACCOUNT, equity=equity)
    found = plan(SPREAD, MARKET, account, EXITS)
    assert found.size.units == units
    assert len(valued) == TODAY_AND_LEVELS
    alone = managed_outcome(
        found.report.trade,
        MARKET,
        dataclasses.replace(EXITS, side=found.side),
        cost_per_unit=found.cost_per_unit,
        fractions=closed_fractions(EXITS, units=units),
    )
    for name in ("expected_pnl", "std", "prob_stop", "prob_all_targets", "expected_days"):
        assert getattr(found.managed, name) == pytest.approx(getattr(alone, name), abs=1e-7)
