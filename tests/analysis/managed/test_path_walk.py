import dataclasses
import datetime as dt

import numpy as np
import pytest

from riskcalc.analysis import enter_at_model
from riskcalc.analysis.managed.exit_values import ExitPricer, exit_points, value_exits
from riskcalc.analysis.managed.levels import exit_stages
from riskcalc.analysis.managed.path_walk import walk_paths
from riskcalc.analysis.managed.timeline import build_nodes, build_timeline
from riskcalc.domain import CashDividend, ExitPlan, Market, Quote, Side, Target, View, shares

DIVIDENDS = (
    CashDividend(ex_date=dt.date(2026, 8, 14), amount=7.0),
    CashDividend(ex_date=dt.date(2026, 8, 24), amount=2.0),
)
TWO = (Target(move=0.02, fraction=0.4), Target(move=0.10, fraction=0.6))
EXITS = ExitPlan(stop=0.06, targets=TWO, holding_days=45)


def path_chances(side, exits, dividends, *, banking):
    quote = Quote(spot=295.0, vol=0.2, dividends=dividends)
    market = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": quote})
    trade = enter_at_model(shares("IWM", side=side), market)
    levels = exit_stages(trade, market, exits)
    timeline = build_timeline(trade, market, exits, view=View.neutral(), levels=levels)
    nodes = build_nodes(levels, timeline)
    pricer = ExitPricer(trade=trade, market=market, levels=levels, cost_per_unit=1.0)
    points = exit_points(pricer, exits, timeline, nodes)
    values = value_exits(pricer, exits, timeline, nodes, points) if banking else None
    return walk_paths(levels, timeline, nodes, values=values)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("dividends", [(), DIVIDENDS[:1], DIVIDENDS])
@pytest.mark.parametrize(
    "exits",
    [
        EXITS,
        dataclasses.replace(EXITS, stop_to_breakeven=True),
        dataclasses.replace(EXITS, targets=(TWO[0], Target(move=0.10, fraction=0.3))),
    ],
)
def test_chances_are_the_same_without_values_and_everyone_ends_once(side, exits, dividends):
    plain, banking = (path_chances(side, exits, dividends, banking=one) for one in (False, True))
    assert plain.drops.keys() == banking.drops.keys()
    for period, other in zip(plain.periods, banking.periods, strict=True):
        np.testing.assert_allclose(period.left[:, :, 0], other.left[:, :, 0], atol=1e-15)
    np.testing.assert_allclose(plain.held[:, 0], banking.held[:, 0], atol=1e-15)
    ends = [passed.stop.sum() + passed.target[..., -1, :].sum() for passed in plain.periods]
    ends += [dropped.stop.sum() + dropped.target[-1].sum() for dropped in plain.drops.values()]
    assert sum(ends) + plain.held.sum() == pytest.approx(1.0, abs=1e-9)
