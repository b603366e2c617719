import datetime as dt

import numpy as np
import pytest

from riskcalc.analysis import enter_at_model, managed_outcome, value_position
from riskcalc.analysis.managed.exit_flow import exit_weights
from riskcalc.analysis.managed.levels import exit_stages
from riskcalc.analysis.managed.timeline import build_timeline
from riskcalc.analysis.payoff import net_debit
from riskcalc.domain import CashDividend, ExitPlan, Market, Quote, Target, View, call_spread, put_spread

TODAY, EXPIRY = dt.date(2026, 7, 20), dt.date(2026, 9, 18)
HALVES = (Target(move=0.10, fraction=0.5), Target(move=0.15, fraction=0.5))
DIVIDEND = (CashDividend(ex_date=dt.date(2026, 8, 14), amount=2.0),)
SPREAD = call_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY, long_vol=0.21, short_vol=0.18)
BEARISH = put_spread("IWM", long_strike=295, short_strike=270, expiry=EXPIRY, long_vol=0.21, short_vol=0.24)


def market(**quote):
    return Market(date=TODAY, rate=0.04, quotes={"IWM": Quote(**{"spot": 295.0, "vol": 0.2} | quote)})


def weighed(trade, at, exits, *, view, fractions):
    """Expected P&L of one unit as the weights have it."""
    levels = exit_stages(trade, at, exits)
    timeline = build_timeline(trade, at, exits, view=view, levels=levels)
    held_to_expiry = timeline.last_day == EXPIRY
    weights = exit_weights(
        levels,
        timeline,
        exits,
        days_to_expiry=(EXPIRY - TODAY).days,
        least_vol=min(leg.vol for leg in trade.option_legs),
        strikes=[leg.strike for leg in trade.option_legs] if held_to_expiry else (),
    )
    points = weights.points
    spot = 295.0 * np.exp(levels.side * points.distance)
    value = value_position(trade, at, spot=spot, days=points.day, vol_shift=points.vol_shift).value
    known = weights.of(fractions)
    assert known.sum() == pytest.approx(1.0, abs=1e-9)
    return float(known @ (value * np.exp(-at.rate * points.day / 365))) - net_debit(trade)


@pytest.mark.parametrize(
    ("trade", "changes", "quote", "view"),
    [
        (SPREAD, {}, {}, View()),
        (SPREAD, {"vol_shift": 0.03}, {}, View(drift=0.2, vol=0.25)),
        (SPREAD, {"gap_share": 0.3, "gap_shocks": (0.08,)}, {}, View()),
        (SPREAD, {"stop_to_breakeven": True}, {}, View()),
        (SPREAD, {"close_dte": None}, {}, View()),
        (SPREAD, {}, {"dividends": DIVIDEND}, View()),
        (SPREAD, {"targets": (Target(move=0.02, fraction=0.5),)}, {"dividends": DIVIDEND}, View(drift=0.1)),
        (SPREAD, {"targets": ()}, {"dividend_yield": 0.02}, View()),
        (BEARISH, {}, {"dividends": DIVIDEND}, View(drift=-0.1)),
    ],
)
def test_the_weights_give_the_managed_outcome(trade, changes, quote, view):
    exits = ExitPlan(**{"stop": 0.06, "targets": HALVES, "close_dte": 21} | changes)
    at = market(**quote)
    entered = enter_at_model(trade, at)
    fractions = tuple(target.fraction for target in exits.targets)
    outcome = managed_outcome(entered, at, exits, view=view)
    assert weighed(entered, at, exits, view=view, fractions=fractions) == pytest.approx(
        outcome.expected_pnl, abs=2e-3
    )


@pytest.mark.parametrize("fractions", [(1.0, 0.0), (0.0, 1.0), (2 / 3, 1 / 3), (0.25, 0.25)])
def test_parts_are_chosen_after_the_walk(fractions):
    exits = ExitPlan(stop=0.06, targets=(HALVES[0], Target(move=0.15, fraction=0.4)), close_dte=21)
    at = market()
    entered = enter_at_model(SPREAD, at)
    outcome = managed_outcome(entered, at, exits, fractions=fractions)
    assert weighed(entered, at, exits, view=View(), fractions=fractions) == pytest.approx(
        outcome.expected_pnl, abs=2e-3
    )
