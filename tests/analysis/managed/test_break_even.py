"""The breakeven drift: that of two exits in closed form, and None where there is none to be known."""

import datetime as dt
import math

import numpy as np
import pytest

from riskcalc.analysis.managed import break_even
from riskcalc.analysis.managed.exit_flow import ExitReason, ExitRecords
from riskcalc.analysis.managed.levels import exit_stages
from riskcalc.analysis.managed.timeline import build_timeline
from riskcalc.domain import ExitPlan, Market, Quote, Target, View, shares

MARKET = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": Quote(spot=300.0, vol=0.2)})
EXITS = ExitPlan(stop=0.06, targets=(Target(move=0.1),), holding_days=60)
TRADE = shares("IWM", entry_price=300.0)
LEVELS = exit_stages(TRADE, MARKET, EXITS)
TIMELINE = build_timeline(TRADE, MARKET, EXITS, view=View(), levels=LEVELS)


def drift_of(pnls, chances=(0.5, 0.5), points=(-0.1, 0.1)):
    """The breakeven drift of exits on the last day."""
    moments = np.array([chances, np.multiply(chances, pnls), np.zeros(len(pnls))])
    exits = ExitRecords.of_reason(ExitReason.TIME, moments, day=60.0, point=np.array(points))
    return break_even.break_even_drift(exits, TIMELINE, LEVELS)


@pytest.mark.parametrize(
    "pnls", [(-100.0, 100.0), (-100.0, 101.0), (-1.0, 1e6), (-1e4, 1.0), (-300.0, 100.0)]
)
def test_two_exits_break_even_where_their_weights_say(pnls):
    """The ratio of the two weights is exp(shift x distance / variance): its log is linear in the drift."""
    shift = math.log(-pnls[0] / pnls[1]) * TIMELINE.diffusion**2 / 0.2
    assert drift_of(pnls) == pytest.approx(TIMELINE.drift + shift, abs=1e-8)


def test_a_zero_on_a_nearly_flat_curve_is_found_and_not_a_point_before_it():
    """Ten orders of magnitude between the ends of the bracket: false position alone hardly moves."""
    points = (-0.4, 0.0, 0.4)
    drift = drift_of((-1.0, -1e-9, 1e9), chances=(1e-9, 1.0 - 2e-9, 1e-9), points=points)
    more, variance = np.float64(drift - TIMELINE.drift), TIMELINE.diffusion**2
    weights = np.array([1e-9, 1.0 - 2e-9, 1e-9]) * np.exp(more * np.array(points) / variance)
    assert weights @ [-1.0, -1e-9, 1e9] == pytest.approx(0.0, abs=1e-7 * weights[2] * 1e9)


@pytest.mark.parametrize(
    "pnls", [(100.0, 200.0), (-100.0, -1.0), (math.nan, 100.0), (-100.0, math.inf), (-math.inf, math.inf)]
)
def test_none_is_found_where_the_trade_only_gains_or_loses_or_its_expectation_is_no_number(pnls):
    assert drift_of(pnls) is None


def test_a_crossing_beyond_shifts_without_an_expectation_is_not_called_the_nearest():
    """The far exit's share of the mean overflows at a drift nearer than the one at which it fades."""
    assert drift_of((-1.0, 1e180), points=(0.0, 40.0)) is None
    assert drift_of((-1.0, 1e100), points=(0.0, 40.0)) < TIMELINE.drift - 0.2


def test_a_search_that_does_not_close_in_says_so(monkeypatch):
    assert drift_of((-100.0, 130.0)) is not None
    monkeypatch.setattr(break_even, "MOST_STEPS", 1)
    assert drift_of((-100.0, 130.0)) is None
